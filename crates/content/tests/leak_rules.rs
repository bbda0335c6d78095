//! Every rule file in `content/rules/leak` is valid, and its pattern matches its own examples.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use bartizan_content::leak::LeakRule;
use bartizan_content::{generate, load};
use std::collections::HashMap;
use std::path::{Path, PathBuf};

fn rule_files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../content/rules/leak");
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|e| e.unwrap().path())
        .collect();
    files.sort();
    files
}

fn problems_of(rule: &LeakRule) -> Vec<String> {
    let mut problems = Vec::new();
    let regex = load::compile(&rule.pattern).unwrap();
    if rule.examples.fire.len() < 2 || rule.examples.quiet.len() < 2 {
        problems.push("needs two examples that fire and two that do not".to_owned());
    }
    for example in rule.examples.fire.iter().chain(&rule.examples.quiet) {
        if example.generate.is_some() == example.text.is_some() {
            problems.push("an example has either `generate` or `text`".to_owned());
        }
    }
    for example in &rule.examples.fire {
        for seed in 0..5 {
            let text = match &example.generate {
                Some(pattern) => match generate::expand(pattern, seed) {
                    Ok(text) => text,
                    Err(error) => {
                        problems.push(format!("{pattern}: {error}"));
                        break;
                    }
                },
                None => example.text.clone().unwrap_or_default(),
            };
            if !regex.is_match(&text) {
                problems.push(format!("does not match its example {text:?}"));
                break;
            }
            let folded = text.to_ascii_lowercase();
            let literals = load::literals_of(rule);
            if !literals.is_empty()
                && !literals.iter().any(|l| {
                    let text = if l.ignores_case() { &folded } else { &text };
                    memmem(text.as_bytes(), l.bytes())
                })
            {
                problems.push(format!("no literal of {literals:?} stands in {text:?}"));
                break;
            }
        }
    }
    problems
}

fn memmem(text: &[u8], needle: &[u8]) -> bool {
    text.windows(needle.len()).any(|w| w == needle)
}

#[test]
fn every_rule_file_is_valid_and_matches_its_examples() {
    let mut problems = Vec::new();
    let mut ids: HashMap<String, PathBuf> = HashMap::new();
    for file in rule_files() {
        let stem = file.file_stem().unwrap().to_string_lossy().into_owned();
        match load::leak_rule(&std::fs::read_to_string(&file).unwrap()) {
            Ok(rule) => {
                if rule.id != format!("leak/{stem}") {
                    problems.push(format!("{stem}: the file name differs from the id {}", rule.id));
                }
                problems.extend(problems_of(&rule).into_iter().map(|p| format!("{stem}: {p}")));
                ids.insert(rule.id, file);
            }
            Err(error) => problems.push(format!("{stem}: {error}")),
        }
    }
    assert!(
        problems.is_empty(),
        "{} problems\n{}",
        problems.len(),
        problems.join("\n")
    );
}
