//! Runs the Markdown tests of the rules about Dockerfiles and Compose files, and holds what must be true of every one of them.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, and reads its cases from disk"
)]

use bartizan_deploy::{ComposeCheck, DockerfileCheck, compose, dockerfile};
use bartizan_engine::Check;
use bartizan_engine::rule::{Enabled, lines_of, scan};
use bartizan_model::RuleInfo;
use bartizan_testbed::{Page, pages};
use std::path::Path;

struct Family {
    name: &'static str,
    pages: Vec<Page>,
    rules: Vec<RuleInfo>,
    check: Box<dyn Check>,
}

fn families() -> Vec<Family> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    vec![
        Family {
            name: "deploy/compose",
            pages: pages(&root.join("compose/checks")).unwrap(),
            rules: compose::rules(),
            check: Box::new(ComposeCheck::new(Enabled::default(), true)),
        },
        Family {
            name: "deploy/dockerfile",
            pages: pages(&root.join("dockerfile/checks")).unwrap(),
            rules: dockerfile::rules(),
            check: Box::new(DockerfileCheck::new(Enabled::default(), true, true)),
        },
    ]
}

#[test]
fn every_rule_finds_what_its_page_says_and_nothing_else() {
    let mut failures = Vec::new();
    for family in families() {
        for page in &family.pages {
            let rule = format!("{}/{}", family.name, page.rule);
            failures.extend(page.differences(&rule, |case| {
                lines_of(&rule, &scan(family.check.as_ref(), &case.bytes()))
            }));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}

#[test]
fn every_rule_has_a_manual_a_weakness_and_a_page_with_and_without_findings() {
    for family in families() {
        assert!(family.rules.is_sorted_by_key(|rule| rule.id.clone()));
        assert_eq!(family.rules.len(), family.pages.len(), "{}", family.name);
        for rule in &family.rules {
            let name = rule.id.strip_prefix(family.name).unwrap().trim_start_matches('/');
            let page = family.pages.iter().find(|page| page.rule == name);
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
}

#[test]
fn every_finding_says_what_to_do_and_its_message_is_one_line() {
    for family in families() {
        for case in family.pages.iter().flat_map(|page| &page.cases) {
            for finding in scan(family.check.as_ref(), &case.bytes()).findings {
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
}
