//! Runs the Markdown tests of the rules about files of continuous integration, and holds what must be true of every one of them.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, and reads its cases from disk"
)]

use bartizan_code::ci::{CiCheck, rules};
use bartizan_engine::rule::{Enabled, lines_of, scan};
use bartizan_testbed::{Page, pages};
use std::path::Path;

fn all_pages() -> Vec<Page> {
    pages(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/ci/checks")).unwrap()
}

fn check() -> CiCheck {
    CiCheck::new(Enabled::default(), true)
}

#[test]
fn every_rule_finds_what_its_page_says_and_nothing_else() {
    let mut failures = Vec::new();
    for page in all_pages() {
        let rule = format!("ci/{}", page.rule);
        failures.extend(page.differences(&rule, |case| lines_of(&rule, &scan(&check(), &case.bytes()))));
    }
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}

#[test]
fn every_rule_has_a_manual_a_weakness_and_a_page_with_and_without_findings() {
    let (rules, pages) = (rules(), all_pages());
    assert!(rules.is_sorted_by_key(|rule| rule.id.clone()));
    assert_eq!(rules.len(), pages.len());
    for rule in &rules {
        let name = rule.id.strip_prefix("ci/").unwrap();
        let page = pages.iter().find(|page| page.rule == name);
        let page = page.unwrap_or_else(|| panic!("no page tries {}", rule.id));
        assert!(page.tries_both(), "{}", rule.id);
        assert!(rule.manual.len() > 200, "{}: no manual", rule.id);
        assert!(
            !rule.remediation.is_empty() && !rule.references.is_empty(),
            "{}",
            rule.id
        );
        assert!(!rule.cwe.is_empty() && !rule.controls.is_empty(), "{}", rule.id);
    }
}

#[test]
fn every_finding_says_what_to_do_and_its_message_is_one_line() {
    for case in all_pages().iter().flat_map(|page| &page.cases) {
        for finding in scan(&check(), &case.bytes()).findings {
            let fix = finding.fix.unwrap();
            assert!(
                !fix.description.is_empty() && !fix.description.contains('\n'),
                "{}",
                finding.rule
            );
            assert!(
                !finding.message.contains('\n'),
                "{}: {}",
                finding.rule,
                finding.message
            );
        }
    }
}

#[test]
fn hostile_files_are_read_without_harm_and_what_is_broken_is_said() {
    for text in [
        "on: push\njobs: {a: {steps: [{run: \"".to_owned(),
        format!("on: issues\njobs: {{a: {{steps: [{{run: \"{}\"}}]}}}}\n", "${{ ".repeat(20_000)),
        format!("on: issues\njobs: {{a: {{steps: [{{run: '{}'}}]}}}}\n", "$(".repeat(20_000)),
        "on: [[[[[]]]]]\njobs: [1, 2]\n".to_owned(),
        "jobs: &a {b: {steps: [{uses: 1, run: 2, with: [3]}]}}\non: *a\n".to_owned(),
        "on: issues\njobs: {a: {env: {X: '${{ env.Y }}', Y: '${{ env.X }}'}, steps: [{run: '${{ env.X }}'}]}}\n".to_owned(),
    ] {
        let reported = scan(&check(), &[(".github/workflows/a.yml", text.as_bytes())]);
        assert!(reported.findings.len() < 1000);
    }
    let broken = scan(&check(), &[(".github/workflows/a.yml", b"jobs: [\n")]);
    assert_eq!(broken.errors.len(), 1);
}

proptest::proptest! {
    #[test]
    fn any_text_is_judged_with_places_within_it(text in "(on: issues\n|jobs:\n|  a:\n|    steps:\n|      - run: |      - uses: |\\$\\{\\{ |\\}\\}|github.head_ref|[a-z|>\"'{}$\n -]){0,30}") {
        let reported = scan(&check(), &[(".github/workflows/a.yml", text.as_bytes())]);
        let lines = u32::try_from(text.lines().count()).unwrap();
        for finding in &reported.findings {
            for place in &finding.locations {
                assert!(place.line <= lines + 1 && place.end_line >= place.line);
            }
        }
    }
}
