//! Each file under `tests/trees` is a language: samples with the trees that they become.
//!
//! A sample is a line `=== what it shows`, the source, a line `---`, and the tree as `Ast::dump` writes it. With `UPDATE_TREES=1` in the
//! environment the trees are written anew, to be read before they are committed.

use std::path::Path;

use bartizan_syntax::{Language, parse};

fn check(file: &str, language: Language) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/trees")
        .join(file);
    let text = std::fs::read_to_string(&path).unwrap();
    let mut fresh = String::new();
    let mut wrong = Vec::new();
    for sample in text.split("=== ").skip(1) {
        let (title, rest) = sample.split_once('\n').unwrap();
        let (source, expected) = rest.split_once("\n---\n").unwrap();
        let parsed = parse(source, language);
        assert_eq!(parsed.problems, [], "{file}: {title}");
        let tree = parsed.ast.dump();
        if tree.trim() != expected.trim() {
            wrong.push(format!(
                "{title}\n  expected: {}\n  is:       {}",
                expected.trim(),
                tree.trim()
            ));
        }
        fresh.push_str(&format!("=== {title}\n{source}\n---\n{tree}\n"));
    }
    if std::env::var_os("UPDATE_TREES").is_some() {
        std::fs::write(&path, fresh).unwrap();
    } else {
        assert!(wrong.is_empty(), "{file}:\n{}", wrong.join("\n"));
    }
}

#[test]
fn samples_of_javascript_become_the_trees_beside_them() {
    check("javascript.txt", Language::JavaScript);
}

#[test]
fn samples_of_typescript_become_the_trees_beside_them() {
    check("typescript.txt", Language::TypeScript);
}

#[test]
fn samples_of_tsx_become_the_trees_beside_them() {
    check("tsx.txt", Language::Tsx);
}

#[test]
fn samples_of_go_become_the_trees_beside_them() {
    check("go.txt", Language::Go);
}
