//! What each format looks like, and what all of them promise.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests"
)]

mod common;

use bartizan_model::{Finding, Report, Severity, Timestamp, Verdict};
use bartizan_report::{Context, Format, GroupBy, render, summary};
use serde_json::Value;
use std::collections::BTreeMap;
use std::io;
use std::time::{Duration, Instant};

fn snapshot(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_omit_expression(true);
    settings.set_prepend_module_to_snapshot(false);
    settings.bind(|| insta::assert_snapshot!(name, text));
}

#[test]
fn every_format_shows_an_ordinary_report() {
    for format in Format::ALL {
        snapshot(
            &format!("ordinary-{format}"),
            &common::rendered(format, &common::ordinary()),
        );
    }
}

#[test]
fn every_format_says_what_was_not_looked_at() {
    for format in Format::ALL {
        snapshot(
            &format!("unknown-{format}"),
            &common::rendered(format, &common::unknown()),
        );
    }
}

#[test]
fn bills_of_materials_show_every_field_of_a_component() {
    for format in [Format::Cyclonedx, Format::Spdx] {
        snapshot(
            &format!("inventory-{format}"),
            &common::rendered(format, &common::inventory()),
        );
    }
}

#[test]
fn what_there_is_to_do_is_listed_instead_of_findings() {
    let rules = common::rules();
    let context = Context {
        group_by: GroupBy::Fix,
        ..common::context(&rules)
    };
    for format in [Format::Pretty, Format::Concise] {
        snapshot(
            &format!("remedies-{format}"),
            &common::rendered_with(format, &common::remediable(), &context),
        );
    }
    assert_eq!(
        common::rendered_with(Format::Pretty, &common::empty(), &context),
        ""
    );
}

#[test]
fn the_time_that_is_left_is_told_for_what_was_seen_before() {
    let rules = common::rules();
    let first = Timestamp::from_unix_seconds(1_800_000_000);
    let later = |hours: i64| Timestamp::from_unix_seconds(first.unix_seconds() + hours * 3_600);
    let mut report = common::remediable();
    for finding in &mut report.findings {
        finding.first_seen = Some(first);
        finding.due = Some(later(72));
    }
    let shown = |now| {
        let now = Some(now);
        common::rendered_with(
            Format::Pretty,
            &report,
            &Context {
                now,
                ..common::context(&rules)
            },
        )
    };
    assert!(!shown(first).contains("due:"));
    assert!(!shown(Timestamp::from_unix_seconds(first.unix_seconds() + 3_599)).contains("due:"));
    assert!(shown(later(1)).contains("due: in 2 days, 2027-01-18 (first seen 2027-01-15)"));
    assert!(shown(later(71)).contains("due: in 1 hour,"));
    assert!(shown(later(76)).contains("due: overdue for 4 hours,"));
    report.started = later(73);
    assert!(summary(&report, &common::context(&rules)).contains("; 3 overdue;"));
}

#[test]
fn what_was_said_of_vulnerabilities_is_said_on() {
    for format in [Format::Openvex, Format::Cyclonedx] {
        snapshot(
            &format!("spoken-of-{format}"),
            &common::rendered(format, &common::spoken_of()),
        );
    }
}

#[test]
fn frames_are_styled_only_when_asked() {
    let rules = common::rules();
    let mut context = common::context(&rules);
    let plain = common::rendered_with(Format::Pretty, &common::ordinary(), &context);
    assert!(!plain.contains('\u{1b}'));
    context.color = true;
    let styled = common::rendered_with(Format::Pretty, &common::ordinary(), &context);
    let mut stripped = String::new();
    let mut rest = styled.as_str();
    while let Some((before, after)) = rest.split_once('\u{1b}') {
        stripped.push_str(before);
        rest = after.split_once('m').unwrap().1;
    }
    stripped.push_str(rest);
    assert_ne!(styled, stripped);
    assert_eq!(stripped, plain, "colour changes nothing but colour");
    for format in Format::ALL.into_iter().filter(|format| !format.is_for_people()) {
        let text = common::rendered_with(format, &common::ordinary(), &context);
        assert!(!text.contains('\u{1b}'), "{format}");
    }
}

#[test]
fn waived_findings_are_framed_only_when_asked_for() {
    let rules = common::rules();
    let mut context = common::context(&rules);
    let quiet = common::rendered_with(Format::Pretty, &common::ordinary(), &context);
    assert!(!quiet.contains("tutorial/db.py"));
    context.verbose = 1;
    let verbose = common::rendered_with(Format::Pretty, &common::ordinary(), &context);
    assert!(
        verbose.contains("= waived: the throw-away database of the tutorial until 2027-03-01, platform"),
        "{verbose}"
    );
}

#[test]
fn many_findings_end_in_a_ranked_overview() {
    let mut report = common::ordinary();
    report.findings = (2..14)
        .map(|line| {
            let (rule, severity) = if line % 3 == 0 {
                ("leak/b", Severity::High)
            } else {
                ("leak/a", Severity::Low)
            };
            common::finding(rule, severity, "web/settings.py", line)
        })
        .collect();
    let text = common::rendered(Format::Pretty, &report);
    let (_, overview) = text.split_once("12 findings by rule").expect("an overview");
    snapshot("overview", overview);
}

#[test]
fn a_rule_is_explained_in_full_only_the_first_time() {
    let text = common::rendered(Format::Pretty, &common::ordinary());
    assert_eq!(text.matches("= why: ").count(), 1);
    assert_eq!(text.matches("= more: ").count(), 2);
    assert!(
        text.contains("= fix: Replace the value by a reference to a secret."),
        "a fix of its own is shown"
    );

    let mut same = common::ordinary();
    let fix = same.findings[1].fix.clone();
    same.findings[0].fix = fix;
    assert_eq!(
        common::rendered(Format::Pretty, &same).matches("= fix: ").count(),
        1
    );
}

#[test]
fn a_denial_for_many_reasons_names_the_first_and_counts_the_rest() {
    let mut report = common::ordinary();
    report.verdict = Verdict::Deny {
        reasons: (0..40).map(|index| format!("reason {index}")).collect(),
    };
    let rules = common::rules();
    let line = summary(&report, &common::context(&rules));
    assert!(
        line.starts_with("deny (reason 0, reason 1, reason 2, and 37 more reasons); "),
        "{line}"
    );
}

#[test]
fn the_summary_says_totals_waivers_checks_gaps_and_time() {
    let rules = common::rules();
    let context = common::context(&rules);
    insta::assert_snapshot!(summary(&common::ordinary(), &context), @"deny (2 findings at or above high); 2 findings: 2 critical; 1 waived; 1 check ran; 312 files, 4.1 MB in 0.42 s, 120 from the cache");
    insta::assert_snapshot!(summary(&common::empty(), &context), @"allow; no findings; 1 check ran; 312 files, 4.1 MB in 0.42 s, 120 from the cache");
    insta::assert_snapshot!(summary(&common::unknown(), &context), @"unknown (1 file a required check wanted could not be read); no findings; 0 of 3 checks ran, leak ran in part (src/a.bin: read error), code/sql skipped (not asked for), ci/pins failed (panicked: index 3); 312 files, 4.1 MB in 0.42 s, 120 from the cache; 2 not looked at: nested deeper than 4 archives, permission denied");
}

#[test]
fn an_unknown_verdict_never_reads_as_a_pass() {
    let report = common::unknown();
    let json = |format| serde_json::from_str::<Value>(&common::rendered(format, &report)).unwrap();
    assert_eq!(json(Format::Json)["verdict"]["decision"], "unknown");
    assert_eq!(json(Format::Statement)["predicate"]["result"], "FAILED");
    assert_eq!(json(Format::Gitlab)["scan"]["status"], "failure");
    assert_eq!(
        json(Format::Sarif)["runs"][0]["invocations"][0]["executionSuccessful"],
        false
    );
    assert_eq!(json(Format::Sarif)["runs"][0]["invocations"][0]["exitCode"], 4);
    assert!(common::rendered(Format::Junit, &report).contains("<error type=\"unknown\""));
    assert!(common::rendered(Format::Github, &report).contains("::error title=bartizan%3A unknown::"));
    assert!(common::rendered(Format::Markdown, &report).starts_with("## Bartizan: unknown"));

    let mut bare = common::empty();
    bare.verdict = Verdict::Unknown {
        cause: "no check ran".into(),
    };
    bare.checks.clear();
    let statement: Value = serde_json::from_str(&common::rendered(Format::Statement, &bare)).unwrap();
    assert_eq!(statement["predicate"]["result"], "FAILED");
}

#[test]
fn a_statement_passes_only_what_is_clean_and_complete() {
    let result = |report: &Report| -> Value {
        let statement: Value = serde_json::from_str(&common::rendered(Format::Statement, report)).unwrap();
        statement["predicate"]["result"].clone()
    };
    assert_eq!(result(&common::empty()), "PASSED");
    let mut waived = common::ordinary();
    waived.verdict = Verdict::Allow;
    assert_eq!(result(&waived), "WARNED");
    assert_eq!(result(&common::ordinary()), "FAILED");
}

#[test]
fn a_statement_is_about_digests_and_refuses_a_target_without_one() {
    let mut report = common::empty();
    report.target.commit = Some("ab".repeat(20));
    let subject = |report: &Report| -> Value {
        let statement: Value = serde_json::from_str(&common::rendered(Format::Statement, report)).unwrap();
        statement["subject"].clone()
    };
    let work_tree = subject(&report);
    assert_eq!(
        work_tree.as_array().map(Vec::len),
        Some(1),
        "the work tree may differ from its commit"
    );
    report.target.kind = "git-history".into();
    assert_eq!(subject(&report)[1]["digest"]["gitCommit"], "ab".repeat(20));

    report.target.commit = None;
    report.target.sha256 = None;
    let rules = BTreeMap::new();
    let error = render(
        Format::Statement,
        &report,
        &common::context(&rules),
        &mut Vec::new(),
    )
    .unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::InvalidInput);
    assert!(error.to_string().contains("-o json"), "{error}");
}

#[test]
fn gitlab_gets_the_scan_type_of_the_checks_and_an_id_for_every_finding() {
    let document = |report: &Report| -> Value {
        serde_json::from_str(&common::rendered(Format::Gitlab, report)).unwrap()
    };
    assert_eq!(document(&common::ordinary())["scan"]["type"], "secret_detection");
    let mut both = common::ordinary();
    both.checks.push(common::ran("code/sql", 0));
    assert_eq!(document(&both)["scan"]["type"], "sast");

    let mut twins = common::ordinary();
    let twin = twins.findings[0].clone();
    twins.findings = vec![twin.clone(), twin.clone(), twin];
    let document = document(&twins);
    let ids: std::collections::BTreeSet<String> = document["vulnerabilities"]
        .as_array()
        .unwrap()
        .iter()
        .map(|v| v["id"].to_string())
        .collect();
    assert_eq!(ids.len(), 3);
}

#[test]
fn a_suppression_in_sarif_carries_the_waiver() {
    let sarif: Value = serde_json::from_str(&common::rendered(Format::Sarif, &common::ordinary())).unwrap();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    assert_eq!(results[0]["suppressions"], serde_json::json!([]));
    let suppression = &results[2]["suppressions"][0];
    assert_eq!(suppression["kind"], "inSource");
    assert_eq!(
        suppression["justification"],
        "the throw-away database of the tutorial (platform), until 2027-03-01"
    );
}

#[test]
fn rendering_twice_gives_the_same_bytes() {
    for format in Format::ALL {
        assert_eq!(
            common::rendered(format, &common::hostile()),
            common::rendered(format, &common::hostile()),
            "{format}"
        );
    }
}

#[test]
fn a_writer_that_fails_is_reported() {
    struct Full;
    impl io::Write for Full {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::Error::from(io::ErrorKind::StorageFull))
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let rules = BTreeMap::new();
    for format in Format::ALL {
        let error = render(format, &common::ordinary(), &common::context(&rules), &mut Full).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::StorageFull, "{format}");
    }
}

#[test]
fn ten_thousand_findings_are_rendered_in_seconds() {
    let mut report = common::ordinary();
    report.findings = (0..10_000).map(many).collect();
    let rules = common::rules();
    let context: Context<'_> = common::context(&rules);
    for format in Format::ALL
        .into_iter()
        .filter(|format| format.has_every_finding())
    {
        let begun = Instant::now();
        let text = common::rendered_with(format, &report, &context);
        // Far above what an idle machine needs: this catches what grows with the square.
        assert!(
            begun.elapsed() < Duration::from_secs(30),
            "{format} took {:?}",
            begun.elapsed()
        );
        assert!(text.len() > 10_000, "{format}");
    }
}

fn many(index: u32) -> Finding {
    common::finding(
        &format!("leak/rule-{}", index % 300),
        Severity::High,
        &format!("src/{index}.py"),
        2 + index % 900,
    )
}

fn sarif(report: &Report) -> Value {
    serde_json::from_str(&common::rendered(Format::Sarif, report)).unwrap()
}

#[test]
fn sarif_names_the_repository_the_revision_and_the_branch() {
    let mut report = common::ordinary();
    assert!(sarif(&report)["runs"][0]["versionControlProvenance"].is_null());
    report.target.commit = Some("ab".repeat(20));
    report.target.branch = Some("main".into());
    assert!(
        sarif(&report)["runs"][0]["versionControlProvenance"].is_null(),
        "SARIF wants an address"
    );
    report.target.repository = Some("https://git.example/acme/app".into());
    let of = |report: &Report| sarif(report)["runs"][0]["versionControlProvenance"][0].clone();
    let provenance = of(&report);
    assert_eq!(provenance["repositoryUri"], "https://git.example/acme/app");
    assert_eq!(provenance["revisionId"], "ab".repeat(20));
    assert_eq!(provenance["branch"], "main");
    assert!(
        provenance["mappedTo"].is_null(),
        "a directory may be any part of the repository"
    );
    report.target.kind = "git-range".into();
    assert_eq!(of(&report)["mappedTo"]["uriBaseId"], "%SRCROOT%");
}

#[test]
fn sarif_offers_a_fix_only_where_every_edit_is_known_to_the_character() {
    let mut report = common::ordinary();
    if let Some(snippet) = &mut report.findings[0].snippet {
        snippet.lines[1] = "é = aws_key".into();
    }
    let result = |report: &Report| sarif(report)["runs"][0]["results"][0].clone();
    // Bytes 6 to 13 of line 12 are characters 5 to 12.
    report.findings[0].fix = Some(common::fix(&[(12, 6, 12, 13), (20, 1, 21, 1)]));
    let fix = &result(&report)["fixes"][0];
    assert_eq!(fix["description"]["text"], "Read it from a secret store.");
    let replacements = &fix["artifactChanges"][0]["replacements"];
    let region = &replacements[0]["deletedRegion"];
    assert_eq!(
        (&region["startColumn"], &region["endColumn"]),
        (&5.into(), &12.into())
    );
    assert_eq!(replacements[0]["insertedContent"]["text"], "new\n");
    assert_eq!(replacements[1]["deletedRegion"]["endLine"], 21);
    for unknown in [(20, 3, 20, 5), (12, 2, 12, 4), (12, 3, 12, 99), (0, 1, 1, 1)] {
        report.findings[0].fix = Some(common::fix(&[(12, 6, 12, 13), unknown]));
        let result = result(&report);
        assert!(result["fixes"].is_null(), "{unknown:?}");
        assert_eq!(result["properties"]["fix"], "Read it from a secret store.");
    }
}

#[test]
fn findings_that_the_baseline_knows_are_counted_in_every_format_and_never_as_not_looked_at() {
    let mut report = common::empty();
    report.stats.known = 1_234;
    let rules = common::rules();
    let line = summary(&report, &common::context(&rules));
    assert!(line.contains("; 1,234 known by the baseline; "), "{line}");
    assert!(!line.contains("not looked at"), "{line}");
    for format in Format::ALL
        .into_iter()
        .filter(|format| format.has_every_finding())
    {
        // For these two the summary on standard error says it.
        if matches!(format, Format::Pretty | Format::Concise) {
            continue;
        }
        let text = common::rendered(format, &report);
        assert!(
            text.contains("1,234 known by the baseline") || text.contains("\"known\""),
            "{format}: {text}"
        );
        let told = text.replace("Something was not looked at, or not fully.", "");
        assert!(!told.contains("not looked at"), "{format}: {text}");
    }
    assert!(common::rendered(Format::Statement, &report).contains("WARNED"));
}
