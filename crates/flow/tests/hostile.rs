//! Texts that are cut off, turned around or nested without end are followed within the bounds, and give the same twice.

#![allow(clippy::indexing_slicing, reason = "helpers of tests fail as tests do")]

mod common;

use bartizan_flow::{Limit, Limits};
use bartizan_syntax::Language;

const RUBY: &str = include_str!("pages/ruby.md");
const PHP: &str = include_str!("pages/php.md");
const CSHARP: &str = include_str!("pages/csharp.md");

/// The programs of a page, without what is said about them.
fn code(page: &str) -> String {
    let mut inside = false;
    let mut text = String::new();
    for line in page.lines() {
        if line.starts_with("```") {
            inside = !inside;
        } else if inside {
            text.push_str(line);
            text.push('\n');
        }
    }
    text
}

fn same_twice(text: &str, language: Language) {
    let files = vec![("a".to_owned(), text.to_owned())];
    let (_, once) = common::run(&files, language);
    let (_, twice) = common::run(&files, language);
    assert_eq!(once.findings, twice.findings);
    assert_eq!(once.limited, twice.limited);
}

/// Beginnings and ends of a text, and both the wrong way round.
fn pieces(text: &str) -> impl Iterator<Item = String> + '_ {
    let places = (0..text.len())
        .step_by(149)
        .filter(|&at| text.is_char_boundary(at));
    places.flat_map(|at| {
        let (first, second) = text.split_at(at);
        [first.to_owned(), second.to_owned(), format!("{second}{first}")]
    })
}

fn cut_and_turned(page: &str, language: Language) {
    for piece in pieces(&code(page)) {
        same_twice(&piece, language);
    }
}

#[test]
fn ruby_that_is_cut_or_turned_around_is_finished() {
    cut_and_turned(RUBY, Language::Ruby);
}

#[test]
fn php_that_is_cut_or_turned_around_is_finished() {
    cut_and_turned(PHP, Language::Php);
}

#[test]
fn csharp_that_is_cut_or_turned_around_is_finished() {
    cut_and_turned(CSHARP, Language::CSharp);
}

#[test]
fn what_is_nested_without_end_is_told() {
    let within = |open: &str, inner: &str, close: &str| {
        let times = 2_000;
        format!("{}{inner}{}", open.repeat(times), close.repeat(times))
    };
    same_twice(&within("f { |x| ", "source()", "}"), Language::Ruby);
    same_twice(&within("class A { ", "source()", "}"), Language::CSharp);
    let arrows = within("fn($x) => g(", "source()", ")");
    same_twice(&format!("<?php $f = {arrows};"), Language::Php);
    let deep = format!("sink({}source(){})", "g(".repeat(60), ")".repeat(60));
    let limits = Limits {
        depth: 20,
        ..Limits::default()
    };
    for (text, language) in [
        (format!("def f\n {deep}\nend\n"), Language::Ruby),
        (format!("<?php function f() {{ {deep}; }}"), Language::Php),
        (format!("class A {{ void F() {{ {deep}; }} }}"), Language::CSharp),
    ] {
        let files = vec![("a".to_owned(), text)];
        let (_, found) = common::run_within(&files, language, &limits);
        assert!(
            found.limited.iter().any(|one| one.limit == Limit::Depth),
            "{language:?}"
        );
    }
}

#[test]
fn accessors_that_name_themselves_are_finished() {
    same_twice(
        "class A\n attr_accessor :a, 'b', c, :a\n def a; a; end\n def a=(x); self.a = x; end\n def m(&block); yield m(&block); end\nend\n\
         A.new.a = source\nA.new.m { |x| sink(x) }\n",
        Language::Ruby,
    );
    same_twice(
        "class A { string P { get { return P; } set { P = value; } } string Q => Q; void F() { P = source(); sink(P + Q); } }",
        Language::CSharp,
    );
    same_twice(
        "<?php class A extends A { use A; function __construct(public $x = new A()) { parent::__construct(self::$x); $this->$x = $$x; } }",
        Language::Php,
    );
}
