//! Every built-in leak rule does what its examples say, alone and among all the others.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use bartizan_code::leak::{GenericMode, LeakCheck, LeakOptions, examples};
use bartizan_content::builtin;
use bartizan_engine::{Check, Input, Sink};
use bartizan_source::FileMeta;

#[test]
fn every_rule_alone_fires_where_it_must_and_stays_quiet_where_it_must() {
    let mut problems = Vec::new();
    for rule in builtin::leak_rules() {
        problems.extend(
            examples::problems(rule)
                .into_iter()
                .map(|problem| format!("{}: {problem}", rule.id)),
        );
    }
    assert!(
        problems.is_empty(),
        "{} problems\n{}",
        problems.len(),
        problems.join("\n")
    );
}

#[test]
fn with_all_rules_in_force_every_example_is_still_found() {
    let check = LeakCheck::new(LeakOptions {
        generic: GenericMode::Off,
        ..LeakOptions::default()
    });
    let mut missed = Vec::new();
    for rule in builtin::leak_rules() {
        for example in &rule.examples.fire {
            for text in examples::texts(rule, example).unwrap() {
                let path = example.file.as_deref().unwrap_or("example.txt").into();
                let meta = FileMeta {
                    path,
                    size: text.len() as u64,
                    commit: None,
                    author: None,
                    layer: None,
                };
                let mut sink = Sink::default();
                check.run(&Input::whole(&meta, &text), &mut sink).unwrap();
                if sink.findings().is_empty() {
                    missed.push(rule.id.clone());
                }
            }
        }
    }
    missed.dedup();
    assert!(missed.is_empty(), "missed: {missed:?}");
}
