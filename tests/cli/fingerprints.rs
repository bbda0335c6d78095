//! A finding keeps its fingerprint when lines move, directories are renamed, or files are read in another order.

use crate::sandbox::{RULE, token};
use bartizan_code::leak::{LeakCheck, LeakOptions};
use bartizan_content::{LeakMatcher, load};
use bartizan_engine::rule::Enabled;
use bartizan_engine::{Check, RunOptions, Silent, run};
use bartizan_source::{SourceOptions, open};
use proptest::prelude::*;
use std::path::Path;

/// The fingerprints found below a directory, sorted.
fn fingerprints(directory: &Path) -> Vec<String> {
    let rule = load::leak_rule(RULE).unwrap();
    let options = LeakOptions {
        more_rules: vec![(LeakMatcher::from(&rule), rule.info())],
        enabled: Enabled::only(std::iter::once(rule.id).collect()),
        ..LeakOptions::default()
    };
    let checks: Vec<Box<dyn Check>> = vec![Box::new(LeakCheck::new(options))];
    let source = open(directory.to_str().unwrap(), &SourceOptions::default()).unwrap();
    let run_options = RunOptions {
        jobs: 2,
        cache: None,
        identify: false,
        interrupt: std::sync::Arc::default(),
        progress: &Silent,
    };
    let outcome = run(source.as_ref(), &checks, &run_options).unwrap();
    let mut all: Vec<String> = outcome
        .findings
        .iter()
        .map(|finding| finding.fingerprint.to_string())
        .collect();
    all.sort();
    all
}

fn write(directory: &Path, files: &[(String, String)]) {
    for (path, text) in files {
        let path = directory.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
}

fn found_in(files: &[(String, String)]) -> Vec<String> {
    let directory = tempfile::tempdir().unwrap();
    write(directory.path(), files);
    fingerprints(directory.path())
}

fn line(seed: u64) -> String {
    format!("TOKEN = '{}'\n", token(seed))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn lines_that_move_keep_the_fingerprint(before in "([a-z =]{0,20}\n){0,30}", after in "([a-z =]{0,20}\n){0,5}", seed in 0u64..50) {
        let plain = found_in(&[("a.py".to_owned(), line(seed))]);
        prop_assert_eq!(plain.len(), 1);
        prop_assert_eq!(found_in(&[("a.py".to_owned(), format!("{before}{}{after}", line(seed)))]), plain);
    }

    #[test]
    fn a_renamed_directory_keeps_the_fingerprint(from in "[a-z]{1,8}(/[a-z]{1,8}){0,2}", to in "[a-z]{1,8}(/[a-z]{1,8}){0,2}", seed in 0u64..50) {
        let of = |directory: &str| found_in(&[(format!("{directory}/app.py"), line(seed))]);
        prop_assert_eq!(of(&from), of(&to));
    }

    #[test]
    fn files_in_another_order_keep_their_fingerprints(names in proptest::collection::hash_set("[a-z]{1,6}", 2..8), seed in 0u64..50) {
        let names: Vec<String> = names.into_iter().collect();
        // The order of reading is that of the directories' names.
        let files = |reverse: bool| -> Vec<(String, String)> {
            names.iter().enumerate().map(|(index, name)| {
                let place = if reverse { names.len() - index } else { index };
                (format!("d{place:02}/{name}.py"), line(seed + index as u64))
            }).collect()
        };
        let found = found_in(&files(false));
        prop_assert_eq!(found.len(), names.len());
        prop_assert_eq!(found_in(&files(true)), found);
    }

    #[test]
    fn another_secret_is_another_finding(one in 0u64..50, other in 50u64..100) {
        prop_assert_ne!(found_in(&[("a.py".to_owned(), line(one))]), found_in(&[("a.py".to_owned(), line(other))]));
    }
}
