//! Reports to render: an ordinary one, a hostile one, and the edges.
#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "each test binary uses the part it needs"
)]

use bartizan_model::*;
use bartizan_report::{Context, Format, GroupBy, render};
use std::collections::BTreeMap;

/// A fingerprint that depends on `seed` alone.
pub(crate) fn fingerprint(seed: &str) -> Fingerprint {
    FingerprintBuilder::new("test").part(seed.as_bytes()).finish()
}

pub(crate) fn location(path: &str, line: u32, column: u32, end_column: u32) -> Location {
    Location {
        path: path.into(),
        line,
        column,
        end_line: line,
        end_column,
        commit: None,
        layer: None,
    }
}

pub(crate) fn rule(id: &str, title: &str, severity: Severity) -> RuleInfo {
    RuleInfo {
        id: id.into(),
        title: title.into(),
        severity,
        confidence: Confidence::High,
        cwe: vec!["CWE-798".into()],
        controls: vec![Control { framework: "OWASP-ASVS-5.0".into(), id: "13.3.1".into() }],
        manual: "A long-lived key in source code works for **everyone** who can read the repository, its history and \
                 its forks, and it keeps working after the line is deleted.\n\nMore in the [guide](https://example.com/g)."
            .into(),
        remediation: "1. Deactivate the key at the provider, then delete it.\n2. Read the access log for uses you do \
                      not know.\n3. Let the program take a role, or read the key from a secret store."
            .into(),
        references: vec!["https://example.com/rotate".into()],
    }
}

pub(crate) fn rules() -> BTreeMap<String, RuleInfo> {
    [
        rule(
            "leak/aws-access-key",
            "AWS access key in source code",
            Severity::Critical,
        ),
        rule(
            "leak/generic-password",
            "Password in an assignment",
            Severity::Medium,
        ),
    ]
    .into_iter()
    .map(|rule| (rule.id.clone(), rule))
    .collect()
}

pub(crate) fn finding(rule: &str, severity: Severity, path: &str, line: u32) -> Finding {
    let masked = format!("AKIA{}", "*".repeat(16));
    let prefix = "aws_key = \"";
    let start = prefix.len() as u32;
    Finding {
        rule: rule.into(),
        check: String::new(),
        severity,
        confidence: Confidence::High,
        title: "AWS access key in source code".into(),
        message: "access key of account 1234…, with the form AWS gives its keys".into(),
        fingerprint: fingerprint(&format!("{rule} {path} {line}")),
        asset: AssetId::file(path),
        locations: vec![location(path, line, start + 1, start + 21)],
        evidence: vec![EvidenceStep {
            message: "the key's checksum holds".into(),
            location: None,
        }],
        cwe: vec!["CWE-798".into()],
        ids: vec![],
        controls: vec![Control {
            framework: "OWASP-ASVS-5.0".into(),
            id: "13.3.1".into(),
        }],
        fix: None,
        waiver: None,
        risk: None,
        priority: None,
        first_seen: None,
        due: None,
        snippet: Some(Snippet {
            first_line: line - 1,
            lines: vec![
                "import boto3".into(),
                format!("{prefix}{masked}\"  # production"),
                String::new(),
            ],
            highlight: (start, start + 20),
        }),
    }
}

pub(crate) fn waiver() -> Waiver {
    Waiver {
        rule: Some("leak/generic-password".into()),
        fingerprint: None,
        scope: None,
        reason: "the throw-away database of the tutorial".into(),
        owner: Some("platform".into()),
        until: Some("2027-03-01".parse().unwrap()),
        vex: None,
        origin: WaiverOrigin::Inline {
            path: "tutorial/db.py".into(),
            line: 3,
        },
    }
}

pub(crate) fn empty() -> Report {
    Report {
        schema: REPORT_SCHEMA.into(),
        quality: None,
        tool: Tool {
            name: "bartizan".into(),
            version: "0.1.0".into(),
            rules_digest: "ab".repeat(32),
            only: Vec::new(),
            skip: Vec::new(),
        },
        target: Target {
            name: ".".into(),
            kind: "dir".into(),
            sha256: Some("cd".repeat(32)),
            ..Target::default()
        },
        started: Timestamp::from_unix_seconds(1_800_000_000),
        verdict: Verdict::Allow,
        findings: vec![],
        remedies: vec![],
        components: vec![],
        checks: vec![ran("leak", 0)],
        skipped: vec![],
        stats: Stats {
            files: 312,
            cached: 120,
            known: 0,
            bytes: 4_123_456,
            seconds: 0.4213,
        },
    }
}

pub(crate) fn ran(check: &str, findings: u64) -> CheckRun {
    CheckRun {
        check: check.into(),
        status: CheckStatus::Ran,
        required: true,
        files: 312,
        findings,
    }
}

/// Three findings of two rules, one of them waived.
pub(crate) fn ordinary() -> Report {
    let mut first = finding("leak/aws-access-key", Severity::Critical, "src/app.py", 12);
    first.locations.push(location("src/old/app.py", 9, 12, 32));
    let mut second = finding(
        "leak/aws-access-key",
        Severity::Critical,
        "deploy/values.yaml",
        99,
    );
    second.fix = Some(Fix {
        description: "Replace the value by a reference to a secret.".into(),
        edits: vec![],
    });
    let mut third = finding("leak/generic-password", Severity::Medium, "tutorial/db.py", 4);
    third.title = "Password in an assignment".into();
    third.message = "a literal is assigned to `password`".into();
    third.confidence = Confidence::Medium;
    third.evidence = vec![];
    third.waiver = Some(waiver());
    Report {
        verdict: Verdict::Deny {
            reasons: vec!["2 findings at or above high".into()],
        },
        findings: vec![first, second, third],
        checks: vec![ran("leak", 3)],
        ..empty()
    }
}

/// A fix with one edit a span (line, column, end line, end column) of `src/app.py`.
pub(crate) fn fix(spans: &[(u32, u32, u32, u32)]) -> Fix {
    let edits = spans
        .iter()
        .map(|&(line, column, end_line, end_column)| TextEdit {
            location: Location {
                end_line,
                ..location("src/app.py", line, column, end_column)
            },
            replacement: "new\n".into(),
        });
    Fix {
        description: "Read it from a secret store.".into(),
        edits: edits.collect(),
    }
}

/// Findings of a package that one upgrade closes in part, and a leak beside them.
pub(crate) fn remediable() -> Report {
    let mut grave = finding(
        "supply/vulnerable-package",
        Severity::Critical,
        "package-lock.json",
        7,
    );
    grave.ids = vec!["CVE-2024-1".into(), "GHSA-2222-3333-4444".into()];
    grave.risk = Some(Risk {
        score: Some(9.8),
        exploited: true,
        automatable: Some(true),
        ..Risk::default()
    });
    grave.priority = Some(Priority {
        decision: Decision::Immediate,
        reasons: vec!["exploited".into(), "open to everybody".into()],
    });
    let mut stays = finding("supply/vulnerable-package", Severity::Low, "package-lock.json", 8);
    stays.ids = vec!["CVE-2024-2".into()];
    let leak = finding("leak/aws-access-key", Severity::High, "src/app.py", 12);
    for finding in [&mut grave, &mut stays] {
        finding.asset = AssetId::from_text("pkg:npm/left@1.0.0");
        finding.cwe = vec!["CWE-1395".into()];
    }
    let remedies = vec![
        Remedy {
            description: "upgrade `left` from 1.0.0 to 1.2.0".into(),
            upgrade: Some(Upgrade {
                component: PackageUrl::parse("pkg:npm/left@1.0.0").unwrap(),
                from: Some("1.0.0".into()),
                to: "1.2.0".into(),
                by_way_of: None,
            }),
            decision: Some(Decision::Immediate),
            severity: Severity::Critical,
            closes: vec![grave.fingerprint.clone()],
            leaves: vec![stays.fingerprint.clone()],
        },
        Remedy {
            description: "revoke it".into(),
            upgrade: None,
            decision: None,
            severity: Severity::High,
            closes: vec![leak.fingerprint.clone()],
            leaves: vec![],
        },
    ];
    Report {
        findings: vec![grave, leak, stays],
        remedies,
        components: vec![component("left", "1.0.0")],
        ..empty()
    }
}

/// The findings of [`remediable`], about which VEX documents and waivers say everything that they can.
pub(crate) fn spoken_of() -> Report {
    let mut report = remediable();
    let plain = waiver();
    let said = |fixed: bool, vex: Option<&str>| Waiver {
        vex: vex.map(Into::into),
        until: None,
        origin: WaiverOrigin::Vex {
            path: "vendor.json".into(),
            statement: 3,
            fixed,
        },
        ..plain.clone()
    };
    let waivers = [
        None,
        Some(plain.clone()),
        Some(said(true, None)),
        Some(said(false, None)),
        Some(said(false, Some("vulnerable_code_not_in_execute_path"))),
        Some(said(
            false,
            Some("vulnerable_code_cannot_be_controlled_by_adversary"),
        )),
        Some(Waiver {
            vex: Some("component_not_present".into()),
            ..plain.clone()
        }),
    ];
    let first = report.findings.remove(0);
    report.findings = waivers
        .into_iter()
        .zip(1..)
        .map(|(waiver, number)| Finding {
            waiver,
            ids: vec![format!("CVE-2024-{number}"), "GHSA-2222-3333-4444".into()],
            fingerprint: fingerprint(&number.to_string()),
            first_seen: (number == 1).then_some(report.started),
            ..first.clone()
        })
        .collect();
    report
}

/// A check that broke and files that could not be read; nothing found.
pub(crate) fn unknown() -> Report {
    Report {
        verdict: Verdict::Unknown {
            cause: "1 file a required check wanted could not be read".into(),
        },
        checks: vec![
            CheckRun {
                status: CheckStatus::Partial {
                    errors: vec!["src/a.bin: read error".into()],
                },
                ..ran("leak", 0)
            },
            CheckRun {
                status: CheckStatus::Skipped {
                    reason: "not asked for".into(),
                },
                required: false,
                files: 0,
                ..ran("code/sql", 0)
            },
            CheckRun {
                status: CheckStatus::Failed {
                    error: "panicked: index 3".into(),
                },
                files: 1,
                ..ran("ci/pins", 0)
            },
        ],
        skipped: vec![
            Skipped {
                path: "src/a.bin".into(),
                reason: "permission denied".into(),
                required: true,
            },
            Skipped {
                path: "big.tar".into(),
                reason: "nested deeper than 4 archives".into(),
                required: false,
            },
        ],
        ..empty()
    }
}

/// A component of npm that nothing depends on.
pub(crate) fn component(name: &str, version: &str) -> Component {
    let purl = PackageUrl::parse(&format!("pkg:npm/{name}@{version}")).unwrap();
    let usual = purl.usual_name();
    Component {
        ecosystem: Some("npm".into()),
        scope: Scope::Runtime,
        ..Component::new(
            purl,
            usual,
            "npm-package-lock",
            location("package-lock.json", 7, 1, 1),
        )
    }
}

/// An inventory in which every field of a component is used somewhere.
pub(crate) fn inventory() -> Report {
    let mut app = component("%40acme/app", "1.0.0");
    let mut tool = component("tool", "2.0.0");
    let mut leaf = component("leaf", "0.1.0-rc.1+b");
    app.direct = Some(true);
    app.licenses = vec!["MIT".into()];
    app.hashes = vec![
        Hash {
            algorithm: "SHA-1".into(),
            value: "ab".repeat(20),
        },
        Hash {
            algorithm: "SHA-512".into(),
            value: "cd".repeat(64),
        },
    ];
    app.depends_on = vec![leaf.purl.clone()];
    app.locations.push(location("web/package-lock.json", 99, 1, 1));
    tool.direct = Some(true);
    tool.scope = Scope::Development;
    tool.licenses = vec!["SEE LICENSE IN LICENSE.txt".into()];
    tool.hashes = vec![Hash {
        algorithm: "h1".into(),
        value: "ef".repeat(20),
    }];
    tool.depends_on = vec![leaf.purl.clone()];
    leaf.direct = Some(false);
    leaf.scope = Scope::Optional;
    leaf.licenses = vec!["Apache-2.0 OR MIT".into()];
    // A cycle, as npm allows.
    leaf.depends_on = vec![app.purl.clone()];
    let purl = PackageUrl::parse("pkg:deb/debian/libssl3@3.0.11-1?arch=amd64").unwrap();
    let mut system = Component::new(purl, "libssl3", "dpkg", location("var/lib/dpkg/status", 1, 1, 1));
    system.ecosystem = Some("Debian:12".into());
    system.source = Some(SourcePackage {
        name: "openssl".into(),
        version: Some("3.0.11".into()),
    });
    let purl = PackageUrl::parse("pkg:maven/org.acme/thing@1").unwrap();
    let jar = Component::new(
        purl,
        "Thing of Acme",
        "jar",
        location("a.jar!/META-INF/MANIFEST.MF", 1, 1, 1),
    );
    let mut components = vec![app, tool, leaf, system, jar];
    components.sort_by(|a, b| a.purl.cmp(&b.purl));
    Report {
        components,
        checks: vec![ran("supply/inventory", 0)],
        ..empty()
    }
}

/// Text that tries to act: on terminals, in XML, Markdown, workflow commands, and by direction.
pub(crate) const HOSTILE: &str = "\u{1b}[31mred\u{1b}[0m\u{7}\r\n::error::x%0A|`<b>&amp;]]>\"'\u{0}\u{9b}2J\u{202e}gpj.exe\u{fffe}[a](b) @all {{x}}";

/// Hostile text in every field that comes from the scanned bytes.
pub(crate) fn hostile() -> Report {
    let mut report = ordinary();
    let text = HOSTILE.to_owned();
    report.remedies = report
        .findings
        .iter()
        .map(|finding| Remedy {
            description: text.clone(),
            upgrade: None,
            decision: None,
            severity: finding.severity,
            closes: vec![finding.fingerprint.clone()],
            leaves: vec![],
        })
        .collect();
    for finding in &mut report.findings {
        finding.ids = vec![text.clone()];
        finding.priority = Some(Priority {
            decision: Decision::Immediate,
            reasons: vec![text.clone()],
        });
        finding.title.clone_from(&text);
        finding.message.clone_from(&text);
        finding.asset = AssetId::from_text(text.clone());
        finding.evidence.push(EvidenceStep {
            message: text.clone(),
            location: Some(location(HOSTILE, 1, 1, 2)),
        });
        finding.fix = Some(Fix {
            description: text.clone(),
            edits: vec![TextEdit {
                location: location(HOSTILE, 1, 1, 2),
                replacement: text.clone(),
            }],
        });
        for location in &mut finding.locations {
            location.path.clone_from(&text);
            location.commit = Some(text.clone());
            location.layer = Some(text.clone());
        }
        if let Some(snippet) = &mut finding.snippet {
            snippet.lines = vec![text.clone(), text.clone()];
            snippet.highlight = (1, 9);
        }
        if let Some(waiver) = &mut finding.waiver {
            waiver.reason.clone_from(&text);
            waiver.owner = Some(text.clone());
            waiver.origin = WaiverOrigin::Inline {
                path: text.clone(),
                line: 1,
            };
        }
    }
    let mut strange = component("x", "1");
    strange.name.clone_from(&text);
    strange.version = Some(text.clone());
    strange.licenses = vec![text.clone()];
    strange.cataloger.clone_from(&text);
    strange.hashes = vec![Hash {
        algorithm: text.clone(),
        value: text.clone(),
    }];
    strange.locations = vec![location(HOSTILE, 1, 1, 2)];
    report.components.push(strange);
    report.target.name.clone_from(&text);
    report.verdict = Verdict::Deny {
        reasons: vec![text.clone()],
    };
    report.checks.push(CheckRun {
        status: CheckStatus::Failed { error: text.clone() },
        ..ran(HOSTILE, 0)
    });
    report.checks.push(CheckRun {
        status: CheckStatus::Partial {
            errors: vec![text.clone()],
        },
        ..ran("partial", 0)
    });
    report.skipped.push(Skipped {
        path: text.clone(),
        reason: text,
        required: true,
    });
    report
}

pub(crate) fn context(rules: &BTreeMap<String, RuleInfo>) -> Context<'_> {
    Context {
        rules,
        color: false,
        width: 100,
        verbose: 0,
        quiet: false,
        now: None,
        group_by: GroupBy::Finding,
    }
}

pub(crate) fn rendered_with(format: Format, report: &Report, context: &Context<'_>) -> String {
    let mut out = Vec::new();
    render(format, report, context, &mut out).expect("rendering to memory");
    String::from_utf8(out).expect("reports are UTF-8")
}

pub(crate) fn rendered(format: Format, report: &Report) -> String {
    let rules = rules();
    rendered_with(format, report, &context(&rules))
}
