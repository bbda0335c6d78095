//! Every page of `tests/pages` is programs with what is found in them.
//!
//! A heading begins a program. A block of code is a file of it, by the name after the language (`python main.py`). A comment `finds` stands at
//! the end of every line with a sink that is reached; words after it say by which rules: `plain`, `escape` (to which `clean` means nothing) or
//! `label`.

#![allow(
    clippy::indexing_slicing,
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests fail as tests do"
)]

mod common;

use bartizan_syntax::Language;

struct Program {
    title: String,
    language: Language,
    files: Vec<(String, String)>,
}

fn programs(page: &str) -> Vec<Program> {
    let mut programs: Vec<Program> = Vec::new();
    let mut title = String::new();
    let mut file: Option<(String, String)> = None;
    for line in page.lines() {
        if let Some(heading) = line.strip_prefix("## ") {
            heading.clone_into(&mut title);
        } else if let Some((path, mut text)) = file.take() {
            if line == "```" {
                let language = Language::of_path(&path).expect("the name of a file tells its language");
                match programs.last_mut() {
                    Some(last) if last.title == title => last.files.push((path, text)),
                    _ => programs.push(Program {
                        title: title.clone(),
                        language,
                        files: vec![(path, text)],
                    }),
                }
            } else {
                text.push_str(line);
                text.push('\n');
                file = Some((path, text));
            }
        } else if let Some(start) = line.strip_prefix("```") {
            let path = start.split_whitespace().nth(1).expect("a block names its file");
            file = Some((path.to_owned(), String::new()));
        }
    }
    programs
}

/// Lines of a program that say that something is found.
fn expected(program: &Program) -> Vec<(String, usize, &'static str)> {
    let mut all = Vec::new();
    for (path, text) in &program.files {
        for (number, line) in text.lines().enumerate() {
            let Some(at) = line.rfind("finds") else { continue };
            let words: Vec<&str> = line[at..].split_whitespace().skip(1).collect();
            let words = if words.is_empty() { vec!["plain"] } else { words };
            for word in words {
                let kind = ["plain", "escape", "label"]
                    .into_iter()
                    .find(|kind| *kind == word);
                all.push((path.clone(), number + 1, kind.expect("a kind of finding")));
            }
        }
    }
    all.sort();
    all
}

fn found(program: &Program) -> Vec<(String, usize, &'static str)> {
    let (trees, found) = common::run(&program.files, program.language);
    let mut all: Vec<(String, usize, &'static str)> = Vec::new();
    for finding in &found.findings {
        let (path, text) = &program.files[finding.file];
        let start = trees[finding.file].span(finding.sink).start as usize;
        let line = text[..start].matches('\n').count() + 1;
        let kind = match finding.rule {
            common::PLAIN => "plain",
            common::ESCAPED => "escape",
            _ => "label",
        };
        all.push((path.clone(), line, kind));
        assert!(
            !finding.steps.is_empty(),
            "{}: a finding without a way",
            program.title
        );
    }
    all.sort();
    all.dedup();
    // What the plain rule finds the other finds as well.
    let plain: Vec<_> = all.iter().filter(|one| one.2 == "plain").cloned().collect();
    all.retain(|one| one.2 != "escape" || !plain.iter().any(|other| other.0 == one.0 && other.1 == one.1));
    all
}

fn check(page: &str) {
    let mut wrong = String::new();
    for program in programs(page) {
        let (expected, found) = (expected(&program), found(&program));
        if expected != found {
            wrong.push_str(&format!(
                "\n{}: expected {expected:?}\n  but found {found:?}",
                program.title
            ));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn go_is_followed_as_its_page_says() {
    check(include_str!("pages/go.md"));
}

#[test]
fn javascript_is_followed_as_its_page_says() {
    check(include_str!("pages/javascript.md"));
}

#[test]
fn java_is_followed_as_its_page_says() {
    check(include_str!("pages/java.md"));
}

#[test]
fn python_is_followed_as_its_page_says() {
    check(include_str!("pages/python.md"));
}

#[test]
fn rust_is_followed_as_its_page_says() {
    check(include_str!("pages/rust.md"));
}

#[test]
fn kotlin_is_followed_as_its_page_says() {
    check(include_str!("pages/kotlin.md"));
}

#[test]
fn scala_is_followed_as_its_page_says() {
    check(include_str!("pages/scala.md"));
}

#[test]
fn c_is_followed_as_its_page_says() {
    check(include_str!("pages/c.md"));
}

#[test]
fn cpp_is_followed_as_its_page_says() {
    check(include_str!("pages/cpp.md"));
}

#[test]
fn programs_that_are_cut_off_anywhere_end_and_say_the_same_twice() {
    let pages = [
        include_str!("pages/rust.md"),
        include_str!("pages/kotlin.md"),
        include_str!("pages/scala.md"),
        include_str!("pages/c.md"),
        include_str!("pages/cpp.md"),
    ];
    for program in pages.iter().flat_map(|page| programs(page)) {
        for (path, text) in &program.files {
            for cut in (0..text.len()).step_by(17) {
                let files = vec![(path.clone(), text[..cut].to_owned())];
                let (_, once) = common::run(&files, program.language);
                let (_, twice) = common::run(&files, program.language);
                assert_eq!(
                    once.findings, twice.findings,
                    "{} cut off at byte {cut}",
                    program.title
                );
            }
        }
    }
}

#[test]
fn ruby_is_followed_as_its_page_says() {
    check(include_str!("pages/ruby.md"));
}

#[test]
fn php_is_followed_as_its_page_says() {
    check(include_str!("pages/php.md"));
}

#[test]
fn csharp_is_followed_as_its_page_says() {
    check(include_str!("pages/csharp.md"));
}
