//! The rules of the product: each is understood, does on its examples what they say, and asks the kernel for little.

#![allow(missing_docs)]

mod common;

use std::collections::BTreeSet;

use bartizan_content::builtin::detect_pack;
use bartizan_content::detect::OWN;
use bartizan_detect::{Loader, Paths, example, problems_of_pack};
use common::{fired, told};

#[test]
fn every_rule_is_understood_and_does_what_its_examples_say() {
    let wrong: Vec<String> = problems_of_pack()
        .into_iter()
        .flat_map(|(id, problems)| problems.into_iter().map(move |one| format!("{id}: {one}")))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_rule_names_a_technique_and_a_control_and_shows_who_did_it() {
    for rule in &detect_pack().rules {
        assert!(rule.techniques().next().is_some(), "{}", rule.id);
        assert!(!rule.controls.is_empty(), "{}", rule.id);
        assert!(rule.output.contains("%proc.exepath"), "{}", rule.id);
        assert!(
            rule.references.iter().all(|one| one.starts_with("https://")),
            "{}",
            rule.id
        );
    }
}

#[test]
fn forty_techniques_are_known() {
    let techniques: BTreeSet<&str> = detect_pack()
        .rules
        .iter()
        .flat_map(bartizan_content::DetectRule::techniques)
        .collect();
    assert!(techniques.len() >= 40, "{}", techniques.len());
}

#[test]
fn what_rules_share_has_names_that_no_other_file_has() {
    for (name, text) in &detect_pack().shared {
        let document = example::document(text).unwrap();
        assert!(!document.items().is_empty(), "{name}");
        for item in document.items() {
            let called = item.text_of("macro").or_else(|| item.text_of("list"));
            assert!(
                called.is_some_and(|called| called.starts_with(OWN)),
                "{name}: {called:?}"
            );
        }
    }
}

#[test]
fn the_kernel_is_asked_for_chosen_files_alone() {
    let (rules, _) = std::mem::take(Loader::new().add_pack()).finish();
    for (call, needs) in &rules.needs().calls {
        for opening in &needs.openings {
            assert!(opening.success && !opening.failure, "{call}: {opening:?}");
            assert_ne!(opening.paths, Paths::All, "{call}: {opening:?}");
        }
    }
}

#[test]
fn a_file_that_is_loaded_beside_changes_a_rule_by_its_id() {
    let read = told("{call: openat, path: /etc/shadow, process: {name: backup, exe: /opt/backup}}");
    for (change, fires) in [
        ("", true),
        ("- rule: detect/password-hashes-read\n  enabled: false\n", false),
        (
            "- list: bartizan_account_programs\n  append: true\n  items: [backup]\n",
            false,
        ),
    ] {
        let mut loader = Loader::new();
        loader.add_pack().add("own.yaml", change);
        let (rules, problems) = loader.finish();
        assert!(problems.is_empty(), "{problems:?}");
        let mut detector = bartizan_detect::Detector::new(std::sync::Arc::new(rules));
        let names = fired(&mut detector, &read);
        assert_eq!(
            names.iter().any(|name| name == "detect/password-hashes-read"),
            fires,
            "{change}: {names:?}"
        );
    }
}
