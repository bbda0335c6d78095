//! Runs the Markdown tests of the catalogers: every `*.md` under `src/catalog` is a list of cases, each a code block whose
//! info string ends with a file name, followed by a block `inventory` with what is to be read from it.
//!
//! A line of an inventory is `PURL SCOPE [direct|transitive] [LICENCE…] [-> PURL, PURL]`, without the scope where it is
//! unknown; a line that begins with `!` is a problem.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, and reads its cases from disk"
)]

use bartizan_engine::Input;
use bartizan_model::{Component, Scope};
use bartizan_source::FileMeta;
use bartizan_supply::catalog::{Cataloger, read_with, registry};
use bartizan_supply::inventory::finish;
use std::path::{Path, PathBuf};

struct Case {
    name: String,
    file: String,
    text: String,
    expected: String,
}

#[test]
fn every_cataloger_reads_what_its_page_says() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/catalog");
    let mut failures = Vec::new();
    let mut ran = 0;
    for page in pages(&root) {
        let text = std::fs::read_to_string(&page).unwrap();
        for case in cases(&text) {
            ran += 1;
            let actual = inventory(&case);
            if actual.trim() != case.expected.trim() {
                failures.push(format!(
                    "{}: {}\n--- expected\n{}\n--- read\n{actual}",
                    page.display(),
                    case.name,
                    case.expected
                ));
            }
        }
    }
    assert!(ran > 0, "no case was found");
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}

#[test]
fn every_cataloger_has_a_page_that_tries_it_and_ids_are_in_order() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/catalog");
    let files: Vec<String> = pages(&root)
        .iter()
        .flat_map(|page| cases(&std::fs::read_to_string(page).unwrap()))
        .map(|case| case.file)
        .collect();
    let ids: Vec<&str> = registry::ALL.iter().map(|cataloger| cataloger.id()).collect();
    assert!(ids.is_sorted(), "{ids:?}");
    for cataloger in registry::ALL {
        let tried =
            files.iter().any(|file| cataloger.reads(file)) || TRIED_ELSEWHERE.contains(&cataloger.id());
        assert!(tried, "no page tries {}", cataloger.id());
        assert!(!cataloger.title().is_empty());
    }
}

/// Catalogers of binary formats, whose tests make their files with the real tools.
const TRIED_ELSEWHERE: &[&str] = &[
    "binary-cargo-auditable",
    "binary-go-build-info",
    "binary-programs",
    "os-rpm",
];

fn pages(root: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(root).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(pages(&path));
        } else if path.extension().is_some_and(|extension| extension == "md") {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn cases(page: &str) -> Vec<Case> {
    let mut cases = Vec::new();
    let mut name = String::new();
    let mut file: Option<(String, String)> = None;
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        if let Some(heading) = line.strip_prefix("## ") {
            name = heading.to_owned();
        } else if let Some(info) = line.strip_prefix("```") {
            let body: String = lines
                .by_ref()
                .take_while(|line| *line != "```")
                .map(|line| format!("{line}\n"))
                .collect();
            if info == "inventory" {
                let (file, text) = file.take().expect("an inventory follows a file");
                cases.push(Case {
                    name: name.clone(),
                    file,
                    text,
                    expected: body,
                });
            } else {
                let path = info.rsplit(' ').next().unwrap_or(info).to_owned();
                file = Some((path, body));
            }
        }
    }
    cases
}

fn inventory(case: &Case) -> String {
    let meta = FileMeta {
        path: case.file.as_str().into(),
        size: case.text.len() as u64,
        commit: None,
        author: None,
        layer: None,
    };
    let input = Input::whole(&meta, case.text.as_bytes());
    let readers: Vec<&dyn Cataloger> = registry::ALL
        .iter()
        .copied()
        .filter(|one| one.reads(&case.file))
        .collect();
    assert!(!readers.is_empty(), "{}: nothing reads {}", case.name, case.file);
    let mut shown = String::new();
    for reader in readers {
        let (mut components, mut problems) = read_with(reader, &input);
        if matches!(reader.id(), "maven-pom" | "go-mod") {
            let finished = finish(components);
            components = finished.components;
            problems.extend(finished.notes);
        }
        for component in &components {
            shown.push_str(&line(component));
            shown.push('\n');
        }
        for problem in problems {
            shown.push_str(&format!("! {problem}\n"));
        }
    }
    shown
}

fn line(component: &Component) -> String {
    let mut words = vec![component.purl.to_string()];
    match component.scope {
        Scope::Runtime => words.push("runtime".to_owned()),
        Scope::Optional => words.push("optional".to_owned()),
        Scope::Development => words.push("development".to_owned()),
        Scope::Unknown => {}
    }
    match component.direct {
        Some(true) => words.push("direct".to_owned()),
        Some(false) => words.push("transitive".to_owned()),
        None => {}
    }
    words.extend(component.licenses.iter().cloned());
    if !component.depends_on.is_empty() {
        let on: Vec<String> = component.depends_on.iter().map(ToString::to_string).collect();
        words.push(format!("-> {}", on.join(", ")));
    }
    words.join(" ")
}
