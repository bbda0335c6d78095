//! Runs the Markdown tests of the rules about confusion and tampering: every `*.md` under `src/tampering/checks` is a list of
//! cases, each one or more code blocks whose info string ends with a path, followed by a block `findings` with the findings of
//! the page's rule, one `path:line:column severity` a line; then what must hold of every rule, and hostile input.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, and reads its cases from disk"
)]

use bartizan_engine::rule::lines_of;
use bartizan_engine::{Check, Reported};
use bartizan_model::Finding;
use bartizan_supply::tampering::{Options, Own, TamperingCheck, registry, rules, scan};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

struct Page {
    rule: String,
    own: Own,
    page: bartizan_testbed::Page,
}

#[test]
fn every_rule_finds_what_its_page_says_and_nothing_else() {
    let mut failures = Vec::new();
    for page in pages() {
        let check = check(page.own);
        let differences = page.page.differences(&page.rule, |case| {
            let reported = scan(&check, &case.bytes());
            lines_of(&page.rule, &reported).map_err(|why| {
                let messages = reported.findings.iter().map(|one| one.message.as_str());
                format!("{why}; all: {:?}", messages.collect::<Vec<_>>())
            })
        });
        failures.extend(differences);
    }
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}

#[test]
fn every_rule_has_a_manual_a_weakness_and_a_page_with_and_without_findings() {
    let pages: BTreeMap<String, Page> = pages()
        .into_iter()
        .map(|page| (page.rule.clone(), page))
        .collect();
    let ids = registry::ids();
    assert!(ids.is_sorted(), "{ids:?}");
    assert_eq!(
        ids.len(),
        pages.len(),
        "a page without a rule, or a rule without a page"
    );
    for rule in rules() {
        let page = pages
            .get(&rule.id)
            .unwrap_or_else(|| panic!("no page tries {}", rule.id));
        assert!(page.page.tries_both(), "{}", rule.id);
        assert!(rule.manual.len() > 200, "{}: no manual", rule.id);
        assert!(
            !rule.remediation.is_empty() && !rule.references.is_empty(),
            "{}",
            rule.id
        );
        assert!(!rule.cwe.is_empty(), "{}: no weakness", rule.id);
    }
}

#[test]
fn every_finding_says_what_to_do_and_marks_a_place() {
    for page in pages() {
        let check = check(page.own.clone());
        for case in &page.page.cases {
            let files = case.bytes();
            for finding in scan(&check, &files).findings {
                assert!(finding.fix.is_some(), "{}: {}", finding.rule, finding.message);
                let place = finding.primary().unwrap();
                assert!(place.line >= 1 && place.end_line >= place.line, "{place:?}");
                assert!(!finding.message.contains('\n'), "{}", finding.message);
            }
        }
    }
}

#[test]
fn the_order_of_files_makes_no_difference() {
    for page in pages() {
        let check = check(page.own.clone());
        for case in &page.page.cases {
            let mut files = case.bytes();
            let lines =
                |reported: Reported| -> BTreeSet<String> { reported.findings.iter().map(line).collect() };
            let forward = lines(scan(&check, &files));
            files.reverse();
            assert_eq!(
                lines(scan(&check, &files)),
                forward,
                "{}: {}",
                page.rule,
                case.name
            );
        }
    }
}

#[test]
fn a_moved_line_and_a_renamed_directory_keep_the_fingerprint() {
    let check = check(Own::default());
    let text = "--extra-index-url https://packages.acme.example/simple\nflask==2.2.2\n";
    let moved = format!("# a comment\n\n{text}");
    let prints = |path: &str, text: &str| -> BTreeSet<String> {
        let found = scan(&check, &[(path, text.as_bytes())]).findings;
        found
            .iter()
            .map(|one| one.fingerprint.as_str().to_owned())
            .collect()
    };
    let before = prints("api/requirements.txt", text);
    assert!(!before.is_empty());
    assert_eq!(prints("service/requirements.txt", &moved), before);
}

#[test]
fn a_user_and_a_password_in_an_address_are_never_shown() {
    let check = check(Own::default());
    // Built when the test runs: no address with a password stands in the repository.
    let word = ["hunt", "er2"].concat();
    let text = format!("--extra-index-url http://ci:{word}@packages.acme.example/simple?token={word}\n");
    let findings = scan(&check, &[("requirements.txt", text.as_bytes())]).findings;
    assert!(!findings.is_empty());
    let shown = format!("{findings:?}");
    assert!(!shown.contains(&word), "{shown}");
}

#[test]
fn what_was_not_looked_at_is_not_missing() {
    let own = Own::new(|kind| {
        if kind == "npm" {
            ["@acme/*".to_owned()].to_vec().leak()
        } else {
            &[]
        }
    })
    .unwrap();
    let check = TamperingCheck::new(Options {
        own,
        complete: false,
        ..Options::default()
    });
    let files: [(&str, &[u8]); 2] = [
        ("package.json", br#"{"dependencies":{"@acme/cart":"^1.0.0"}}"#),
        ("go.mod", b"module a\nrequire github.com/pkg/errors v0.9.1\n"),
    ];
    assert_eq!(scan(&check, &files).findings, []);
}

#[test]
fn an_unknown_version_of_a_lock_file_is_said_with_its_number() {
    let check = check(Own::default());
    let files: [(&str, &[u8], &str); 6] = [
        (
            "package-lock.json",
            br#"{"lockfileVersion": 9, "packages": {}}"#,
            "lock file version 9",
        ),
        (
            "yarn.lock",
            b"__metadata:\n  version: 99\n",
            "lock file version 99",
        ),
        (
            "pnpm-lock.yaml",
            b"lockfileVersion: '12.0'\n",
            "lock file version 12.0",
        ),
        ("uv.lock", b"version = 7\n", "lock file version 7"),
        ("Cargo.lock", b"version = 11\n", "lock file version 11"),
        (
            "poetry.lock",
            b"[metadata]\nlock-version = \"8.0\"\n",
            "lock file version 8.0",
        ),
    ];
    for (path, bytes, says) in files {
        let errors = scan(&check, &[(path, bytes)]).errors;
        assert!(
            errors.iter().any(|error| error.contains(says)),
            "{path}: {errors:?}"
        );
    }
}

#[test]
fn damaged_files_end_and_point_inside_themselves() {
    for page in pages() {
        let check = check(page.own.clone());
        for (path, text) in page.page.cases.iter().flat_map(|case| &case.files) {
            let bytes = text.as_bytes();
            let step = (bytes.len() / 60).max(1);
            for end in (0..bytes.len()).step_by(step) {
                within(&check, path, &bytes[..end]);
            }
            let mut damaged = bytes.to_vec();
            for at in (0..bytes.len()).step_by(step) {
                for value in [0, 0xff, bytes[at] ^ 0x80, b'{', b'"', b'\n'] {
                    damaged[at] = value;
                    within(&check, path, &damaged);
                }
                damaged[at] = bytes[at];
            }
        }
    }
}

fn within(check: &TamperingCheck, path: &str, bytes: &[u8]) {
    let lines = bytes.iter().filter(|byte| **byte == b'\n').count() + 1;
    for finding in scan(check, &[(path, bytes)]).findings {
        for place in &finding.locations {
            assert!(place.end_line as usize <= lines, "{path}: {place:?} of {lines}");
        }
    }
}

#[test]
fn nesting_and_cycles_without_end_are_bounded() {
    let check = check(Own::default());
    let deep = "{\"dependencies\":{\"a\":".repeat(50_000);
    assert!(
        !scan(&check, &[("package-lock.json", deep.as_bytes())])
            .errors
            .is_empty()
    );
    let nested = "{\"overrides\":".to_owned() + &"{\"a\":".repeat(100) + "{}" + &"}".repeat(101);
    assert_eq!(scan(&check, &[("package.json", nested.as_bytes())]).findings, []);
    let cycle = "# yarn lockfile v1\n\na@1:\n  version \"1.0.0\"\n  dependencies:\n    b \"1\"\n\nb@1:\n  version \"1.0.0\"\n  dependencies:\n    a \"1\"\n";
    assert_eq!(
        scan(&check, &[("yarn.lock", cycle.as_bytes())]).errors,
        Vec::<String>::new()
    );
}

#[test]
fn a_lock_file_of_fifty_megabytes_is_judged() {
    let check = check(Own::default());
    let mut text = String::from("{\"lockfileVersion\":3,\"packages\":{");
    let mut count = 0;
    while text.len() < 50 << 20 {
        count += 1;
        text.push_str(&format!(
            "\n\"node_modules/package-{count}\":{{\"version\":\"1.0.0\",\"resolved\":\"https://registry.npmjs.org/package-{count}/-/package-{count}-1.0.0.tgz\"}},"
        ));
    }
    text.push_str("\n\"node_modules/last\":{\"version\":\"1.0.0\"}}}");
    let reported = scan(&check, &[("package-lock.json", text.as_bytes())]);
    assert_eq!(reported.errors, Vec::<String>::new());
    let finding = reported
        .findings
        .iter()
        .find(|one| one.rule == "supply/missing-digest")
        .unwrap();
    assert!(
        finding.message.starts_with(&format!("{} of", count + 1)),
        "{}",
        finding.message
    );
    assert!(finding.locations.len() <= 20 && finding.message.len() < 1000);
}

#[test]
fn what_is_installed_is_not_the_projects_own() {
    let check = check(Own::default());
    let meta = |path: &str| bartizan_source::FileMeta {
        path: path.into(),
        size: 1,
        commit: None,
        author: None,
        layer: None,
    };
    assert_eq!(
        check.wants(&meta("node_modules/a/package.json")),
        bartizan_source::Interest::No
    );
    assert_ne!(
        check.wants(&meta("web/package.json")),
        bartizan_source::Interest::No
    );
}

fn check(own: Own) -> TamperingCheck {
    TamperingCheck::new(Options {
        own,
        complete: true,
        ..Options::default()
    })
}

fn line(finding: &Finding) -> String {
    let place = finding.primary().unwrap();
    format!(
        "{}:{}:{} {}",
        place.path, place.line, place.column, finding.severity
    )
}

fn pages() -> Vec<Page> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/tampering/checks");
    let pages = bartizan_testbed::pages(&root).unwrap().into_iter();
    let page = |page: bartizan_testbed::Page| Page {
        rule: format!("supply/{}", page.rule),
        own: own(&page.settings),
        page,
    };
    pages.map(page).collect()
}

fn own(text: &str) -> Own {
    let table: BTreeMap<String, Vec<String>> = toml::from_str(text).unwrap();
    Own::new(|kind| table.get(kind).map_or(&[], Vec::as_slice)).unwrap()
}
