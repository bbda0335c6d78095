//! What patterns match, told by the pages in `tests/patterns`: each has, again and again, a block of a pattern and a block of code in which
//! a comment `match` ends every line where a match begins.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::format_push_string
)]

use bartizan_code::sast::pattern::{Facts, Options, Regexes, search};
use bartizan_syntax::pattern::{is_statement, parse_pattern};
use bartizan_syntax::{Ast, Kind, Language, NodeId, parse};
use std::collections::BTreeSet;

/// The fenced blocks of a page, by the word after the fence.
fn blocks(page: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut open: Option<(String, String)> = None;
    for line in page.lines() {
        match (line.strip_prefix("```"), &mut open) {
            (Some(word), None) => open = Some((word.to_owned(), String::new())),
            (Some(_), Some(_)) => found.extend(open.take()),
            (None, Some((_, text))) => {
                text.push_str(line);
                text.push('\n');
            }
            (None, None) => {}
        }
    }
    found
}

fn check(page: &str, language: Language) {
    let mut pattern = None;
    let mut cases = 0;
    for (word, text) in blocks(page) {
        if word == "pattern" {
            pattern = Some(text);
            continue;
        }
        let wanted_pattern = pattern.as_deref().expect("a pattern stands before its code");
        let read = parse_pattern(wanted_pattern, language)
            .unwrap_or_else(|error| panic!("{wanted_pattern}: {error}"));
        let parsed = parse(&text, language);
        assert!(parsed.problems.is_empty(), "{text}: {:?}", parsed.problems);
        let regexes = Regexes::default();
        let facts = Facts::new(&parsed.ast, &text, &regexes);
        let found = search(&read, &facts, Options::default(), None);
        let line = |at: u32| text[..at as usize].matches('\n').count() + 1;
        let lines: BTreeSet<usize> = found.matches.iter().map(|one| line(one.span.start)).collect();
        let marked = text
            .lines()
            .enumerate()
            .filter(|(_, line)| line.trim_end().ends_with("match"));
        let wanted: BTreeSet<usize> = marked.map(|(index, _)| index + 1).collect();
        assert_eq!(lines, wanted, "lines that\n{wanted_pattern}matches in\n{text}");
        assert!(!found.cut, "{wanted_pattern} is searched to the end");
        cases += 1;
    }
    assert!(cases > 5, "the page has cases");
}

#[test]
fn patterns_match_python_as_the_page_says() {
    check(include_str!("patterns/python.md"), Language::Python);
}

#[test]
fn patterns_match_javascript_as_the_page_says() {
    check(include_str!("patterns/javascript.md"), Language::JavaScript);
}

#[test]
fn patterns_match_java_as_the_page_says() {
    check(include_str!("patterns/java.md"), Language::Java);
}

#[test]
fn patterns_match_go_as_the_page_says() {
    check(include_str!("patterns/go.md"), Language::Go);
}

#[test]
fn patterns_match_ruby_as_the_page_says() {
    check(include_str!("patterns/ruby.md"), Language::Ruby);
}

#[test]
fn patterns_match_php_as_the_page_says() {
    check(include_str!("patterns/php.md"), Language::Php);
}

#[test]
fn patterns_match_csharp_as_the_page_says() {
    check(include_str!("patterns/csharp.md"), Language::CSharp);
}

#[test]
fn patterns_match_kotlin_as_the_page_says() {
    check(include_str!("patterns/kotlin.md"), Language::Kotlin);
}

#[test]
fn patterns_match_rust_as_the_page_says() {
    check(include_str!("patterns/rust.md"), Language::Rust);
}

#[test]
fn patterns_match_c_as_the_page_says() {
    check(include_str!("patterns/c.md"), Language::C);
}

#[test]
fn patterns_match_cpp_as_the_page_says() {
    check(include_str!("patterns/cpp.md"), Language::Cpp);
}

#[test]
fn patterns_match_scala_as_the_page_says() {
    check(include_str!("patterns/scala.md"), Language::Scala);
}

#[test]
fn patterns_match_bash_as_the_page_says() {
    check(include_str!("patterns/bash.md"), Language::Bash);
}

const SAMPLES: [(Language, &str); 4] = [
    (
        Language::Python,
        "import os\n\ndef f(a, b=1):\n    x = [i for i in a if i]\n    with open(a) as h:\n        h.write(f\"{x} {b}\")\n    try:\n        return os.path.join(a, *x)\n    except ValueError as e:\n        raise\n",
    ),
    (
        Language::JavaScript,
        "const m = require('m');\nasync function f(a, {b}, ...c) {\n  for (const x of a) { await m.g(x, `s${b}`); }\n  if (a > 1) { return {b, k: [1, ...c]}; } else { throw new Error('e'); }\n}\n",
    ),
    (
        Language::Java,
        "class A { int f(String a, int... b) { for (int i = 0; i < 3; i++) { g(a + i); } try { return b[0]; } catch (Exception e) { throw new E(\"m\", e); } } }\n",
    ),
    (
        Language::Go,
        "package p\n\nfunc f(a string, b ...int) (int, error) {\n\tx := g(a, b...)\n\tif x == nil {\n\t\treturn 0, nil\n\t}\n\tfor _, v := range b {\n\t\tdefer h(&T{A: v})\n\t}\n\treturn x.y[0], nil\n}\n",
    ),
];

/// Whether the text of a node says all of it: a statement, or an expression that is not the text between two placeholders.
fn stands_alone(ast: &Ast, facts: &Facts<'_>, id: NodeId) -> bool {
    let parent = ast.parent(id).map(|parent| ast.kind(parent));
    let between = ast.kind(id) == Kind::Str && parent == Some(Kind::Template);
    let statement = is_statement(ast.kind(id)) && ast.kind(id) != Kind::Block;
    (facts.is_expression(id) && !between) || statement
}

proptest::proptest! {
    #[test]
    fn code_of_a_file_taken_as_a_pattern_matches_itself(sample in 0_usize..SAMPLES.len(), pick in 0_usize..400) {
        let (language, source) = SAMPLES[sample];
        let parsed = parse(source, language);
        let regexes = Regexes::default();
        let facts = Facts::new(&parsed.ast, source, &regexes);
        let nodes: Vec<_> = parsed.ast.ids().filter(|&id| stands_alone(&parsed.ast, &facts, id)).collect();
        let id = nodes[pick % nodes.len()];
        let span = parsed.ast.span(id);
        let text = &source[span.range()];
        if let Ok(pattern) = parse_pattern(text, language) {
            let found = search(&pattern, &facts, Options::default(), None);
            proptest::prop_assert!(found.matches.iter().any(|one| one.span.start <= span.start && span.end <= one.span.end), "{}", text);
        }
    }
}

#[test]
fn a_pattern_made_to_backtrack_ends_and_says_that_it_was_cut_short() {
    let ellipses: String = (0..12).map(|number| format!("..., $A{number}, ")).collect();
    let pattern = parse_pattern(&format!("f({ellipses}..., nowhere)"), Language::Python).unwrap();
    let arguments: String = (0..400).map(|number| format!("a{number}, ")).collect();
    let source = format!("f({arguments})\n");
    let parsed = parse(&source, Language::Python);
    let regexes = Regexes::default();
    let facts = Facts::new(&parsed.ast, &source, &regexes);
    let found = search(&pattern, &facts, Options::default(), None);
    assert!(found.cut);
    assert!(found.matches.is_empty());
}
