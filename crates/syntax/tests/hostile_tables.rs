//! Texts that nobody writes, in the languages that are told by tables: nested, cut off, mixed up, huge. There is a tree for each.

#![allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

#[path = "common/invariants.rs"]
mod invariants;

use bartizan_syntax::{Kind, Language, MAX_BYTES, Trouble, parse};
use invariants::check;
use proptest::prelude::*;

/// The languages with their samples.
const SAMPLES: [(Language, &str); 9] = [
    (Language::Ruby, include_str!("trees/ruby.md")),
    (Language::Php, include_str!("trees/php.md")),
    (Language::CSharp, include_str!("trees/csharp.md")),
    (Language::Kotlin, include_str!("trees/kotlin.md")),
    (Language::Rust, include_str!("trees/rust.md")),
    (Language::C, include_str!("trees/c.md")),
    (Language::Cpp, include_str!("trees/cpp.md")),
    (Language::Scala, include_str!("trees/scala.md")),
    (Language::Bash, include_str!("trees/bash.md")),
];

/// The sources of the samples of a language.
fn sources(samples: &str) -> Vec<&str> {
    let sections = samples.split("\n## ").skip(1);
    let fences = sections.filter_map(|section| section.split("```").nth(1));
    fences
        .filter_map(|fence| Some(fence.split_once('\n')?.1))
        .collect()
}

fn troubles(text: &str, language: Language) -> Vec<Trouble> {
    let parsed = check(text, language);
    parsed.problems.iter().map(|problem| problem.what).collect()
}

#[test]
fn samples_give_trees_that_hold_together() {
    for (language, samples) in SAMPLES {
        for source in sources(samples) {
            assert_eq!(troubles(source, language), [], "{language:?}: {source}");
        }
    }
}

#[test]
fn samples_that_are_cut_off_anywhere_give_trees_that_hold_together() {
    for (language, samples) in SAMPLES {
        for source in sources(samples) {
            for end in (0..source.len()).filter(|&end| source.is_char_boundary(end)) {
                check(&source[..end], language);
            }
        }
    }
}

#[test]
fn thousands_of_brackets_are_read_to_the_limit() {
    for (open, close) in [
        ("(", ")"),
        ("[", "]"),
        ("{", "}"),
        ("f(", ")"),
        ("-", ""),
        ("*", ""),
        ("if x { ", "}"),
        ("#if A\n", ""),
        ("$(", ")"),
        ("\"${", "}\""),
        ("template <", ">"),
        ("a.", ""),
        ("a::", ""),
    ] {
        for (language, _) in SAMPLES {
            let before = if language == Language::Php { "<?php " } else { "" };
            let text = format!("{before}x = {}1{};", open.repeat(5_000), close.repeat(5_000));
            check(&text, language);
        }
    }
}

#[test]
fn deep_brackets_that_close_are_said_to_be_too_deep() {
    let sum = |open: &str, close: &str| format!("{}1{}", open.repeat(5_000), close.repeat(5_000));
    for (text, language) in [
        (format!("x = {}\n", sum("[", "]")), Language::Ruby),
        (format!("<?php $x = {};", sum("(", ")")), Language::Php),
        (format!("int x = {};", sum("(", ")")), Language::C),
        (format!("const X: i32 = {};", sum("(", ")")), Language::Rust),
    ] {
        assert_eq!(troubles(&text, language), [Trouble::TooDeep], "{language:?}");
    }
}

#[test]
fn a_sum_of_a_thousand_parts_is_not_too_deep() {
    let sum = vec!["a"; 1_000].join(" + ");
    for (text, language) in [
        (format!("x = {sum}\n"), Language::Ruby),
        (format!("val x = {sum}\n"), Language::Kotlin),
        (format!("int x = {sum};"), Language::C),
        (format!("class A {{ int x = {sum}; }}"), Language::CSharp),
        (format!("object A {{ val x = {sum} }}"), Language::Scala),
    ] {
        assert_eq!(troubles(&text, language), [], "{language:?}");
    }
}

#[test]
fn more_bytes_than_are_read_are_named_and_not_read() {
    let text = "a".repeat(MAX_BYTES + 1);
    for (language, _) in SAMPLES {
        assert_eq!(troubles(&text, language), [Trouble::TooLarge]);
    }
}

#[test]
fn what_stands_before_and_after_a_broken_statement_is_read() {
    let parsed = check(
        "int a = 1;\nint = ) 3;\nvoid f(void) { system(a); }\n",
        Language::C,
    );
    let function = parsed.ast.ids().any(|id| parsed.ast.kind(id) == Kind::Function);
    assert!(function && !parsed.problems.is_empty());
}

#[test]
fn two_readings_of_a_text_agree() {
    for (language, samples) in SAMPLES {
        for source in sources(samples) {
            assert_eq!(
                parse(source, language).ast.dump(),
                parse(source, language).ast.dump()
            );
        }
    }
}

/// Pieces that mean something to a parser, in any order.
fn soup() -> impl Strategy<Value = String> {
    let pieces = "( ) [ ] { } < > ; , . : :: => -> = == + - * & | ! ? ?. ?? $ $x #{ ${ \" ' ` \"\"\" <<~A A /* */ // # @ \\ 1 x y.z \
        def end do begin rescue class module fun val var object when if else elsif unless case match switch for foreach \
        while try catch finally function fn let mut impl struct enum namespace use using import include return echo new \
        <?php ?> #if #endif template typename fi done esac then in $( )";
    let mut all: Vec<String> = pieces.split_whitespace().map(str::to_owned).collect();
    all.extend(["\n".to_owned(), " ".to_owned(), "\n    ".to_owned()]);
    let piece = prop::sample::select(all);
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.join(" "))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_pieces_give_a_tree_that_holds_together(text in soup()) {
        for (language, _) in SAMPLES {
            check(&text, language);
            if language == Language::Php {
                check(&format!("<?php {text}"), language);
            }
        }
    }
}
