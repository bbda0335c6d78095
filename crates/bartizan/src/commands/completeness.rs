//! Holds the mappings of controls against the rules and checks of this version.

use bartizan_content::controls;
use bartizan_model::compliance::Requirement;
use std::collections::BTreeSet;

/// Checks that reports name.
fn check_ids() -> BTreeSet<&'static str> {
    BTreeSet::from([
        "leak/credentials",
        bartizan_supply::catalog::InventoryCheck::ID,
        bartizan_supply::advisory::AdvisoryCheck::ID,
        bartizan_supply::tampering::TamperingCheck::ID,
        bartizan_code::ci::CiCheck::ID,
        bartizan_code::sast::CodeCheck::ID,
        bartizan_code::quality::QualityCheck::ID,
        bartizan_deploy::ComposeCheck::ID,
        bartizan_deploy::DockerfileCheck::ID,
        bartizan_deploy::ComponentsCheck::ID,
        bartizan_deploy::KubernetesCheck::ID,
        bartizan_deploy::TerraformCheck::ID,
        bartizan_deploy::RbacCheck::ID,
        bartizan_deploy::TenancyCheck::ID,
        bartizan_supply::image::checks::ConfigurationCheck::ID,
        bartizan_supply::image::minimal::ContentsCheck::ID,
        "waiver/inline",
    ])
}

#[test]
fn every_rule_and_check_that_a_test_names_exists() {
    let (rules, checks) = (super::rules::known_ids(), check_ids());
    for test in controls::tests() {
        for glob in test.requires.rules() {
            let one = Requirement::Objectives {
                rules: vec![glob.clone()],
                checks: Vec::new(),
            };
            assert!(
                rules.iter().any(|rule| one.looks_for(rule)),
                "{}: {glob}",
                test.id
            );
        }
        for check in test.requires.checks() {
            assert!(checks.contains(check.as_str()), "{}: {check}", test.id);
        }
    }
}

#[test]
fn every_rule_has_a_weakness_or_a_control_and_bears_on_a_control() {
    for rule in super::rules::manuals(&crate::scan::Loaded::default()) {
        assert!(!rule.cwe.is_empty() || !rule.controls.is_empty(), "{}", rule.id);
        // Alerts of a running host are no findings of a scan, which evidence is made of.
        assert!(
            rule.id.starts_with("detect/") || !controls::of_rule(&rule.id).is_empty(),
            "{} bears on no control",
            rule.id
        );
    }
}
