//! Each construct of a language beside the tree that it becomes, as written down in `trees/LANGUAGE.md`.
//!
//! `BLESS=1 cargo nextest run -p bartizan-syntax --test constructs` writes the trees anew, to be read before they are committed.

#![allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

use std::fmt::Write as _;
use std::path::Path;

use bartizan_syntax::{Language, parse};

/// Compares what a file of trees says with what is read.
fn agree(name: &str, language: Language) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/trees/{name}.md"));
    let written = std::fs::read_to_string(&path).unwrap();
    let fence = format!("```{name}\n");
    let (head, rest) = written.split_once("\n## ").unwrap();
    let mut read = head.to_owned();
    for section in rest.split("\n## ") {
        let (title, body) = section.split_once('\n').unwrap();
        let (_, code) = body
            .split_once(&fence)
            .unwrap_or_else(|| panic!("{title}: no code"));
        let (code, _) = code.split_once("```").unwrap();
        let parsed = parse(code, language);
        assert_eq!(parsed.problems, [], "{title}");
        write!(
            read,
            "\n## {title}\n\n{fence}{code}```\n\n```tree\n{}```\n",
            parsed.ast.dump()
        )
        .unwrap();
    }
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, &read).unwrap();
    }
    for (expected, found) in written.lines().zip(read.lines()) {
        assert_eq!(expected, found, "in {name}.md; BLESS=1 writes the trees anew");
    }
    assert_eq!(
        written.len(),
        read.len(),
        "{name}.md ends elsewhere; BLESS=1 writes the trees anew"
    );
}

#[test]
fn python_reads_as_written_down() {
    agree("python", Language::Python);
}

#[test]
fn java_reads_as_written_down() {
    agree("java", Language::Java);
}

#[test]
fn javascript_reads_as_written_down() {
    agree("javascript", Language::JavaScript);
}

#[test]
fn typescript_reads_as_written_down() {
    agree("typescript", Language::TypeScript);
}

#[test]
fn tsx_reads_as_written_down() {
    agree("tsx", Language::Tsx);
}

#[test]
fn go_reads_as_written_down() {
    agree("go", Language::Go);
}

#[test]
fn ruby_reads_as_written_down() {
    agree("ruby", Language::Ruby);
}

#[test]
fn php_reads_as_written_down() {
    agree("php", Language::Php);
}

#[test]
fn csharp_reads_as_written_down() {
    agree("csharp", Language::CSharp);
}

#[test]
fn kotlin_reads_as_written_down() {
    agree("kotlin", Language::Kotlin);
}

#[test]
fn rust_reads_as_written_down() {
    agree("rust", Language::Rust);
}

#[test]
fn c_reads_as_written_down() {
    agree("c", Language::C);
}

#[test]
fn cpp_reads_as_written_down() {
    agree("cpp", Language::Cpp);
}

#[test]
fn scala_reads_as_written_down() {
    agree("scala", Language::Scala);
}

#[test]
fn bash_reads_as_written_down() {
    agree("bash", Language::Bash);
}
