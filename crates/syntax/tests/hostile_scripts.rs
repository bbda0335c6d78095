//! Texts of JavaScript, TypeScript and Go that nobody writes, or that machines do: nested, cut off, mixed up, minified.

#![allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

#[path = "common/invariants.rs"]
mod invariants;

use bartizan_syntax::{Kind, Language, MAX_BYTES, Trouble, parse};
use invariants::check;
use proptest::prelude::*;

const LANGUAGES: [Language; 4] = [
    Language::JavaScript,
    Language::TypeScript,
    Language::Tsx,
    Language::Go,
];

/// The sources of the samples of a language, one after the other.
fn sample(language: Language) -> String {
    let samples = match language {
        Language::Go => include_str!("trees/go.md"),
        Language::TypeScript => include_str!("trees/typescript.md"),
        Language::Tsx => include_str!("trees/tsx.md"),
        _ => include_str!("trees/javascript.md"),
    };
    let sections = samples.split("\n## ").skip(1);
    let fences = sections.filter_map(|section| section.split("```").nth(1));
    let sources: Vec<&str> = fences
        .filter_map(|fence| Some(fence.split_once('\n')?.1))
        .collect();
    // Without it, the next line could go on with the expression.
    sources.join(if language == Language::Go { "" } else { ";" })
}

fn troubles(text: &str, language: Language) -> Vec<Trouble> {
    let parsed = check(text, language);
    parsed.problems.iter().map(|problem| problem.what).collect()
}

#[test]
fn samples_one_after_the_other_give_a_tree_that_holds_together() {
    for language in LANGUAGES {
        let text = sample(language);
        let parsed = check(&text, language);
        let line = |start: u32| text[..start as usize].lines().next_back();
        let unread: Vec<_> = parsed
            .problems
            .iter()
            .map(|problem| line(problem.span.start))
            .collect();
        assert_eq!(unread, [], "{language:?}");
    }
}

#[test]
fn a_hundred_thousand_brackets_are_read_to_the_limit() {
    for (open, close) in [("(", ")"), ("[", "]"), ("{", "}")] {
        for language in LANGUAGES {
            let text = format!("x = {}1{};", open.repeat(100_000), close.repeat(100_000));
            assert!(!troubles(&text, language).is_empty(), "{open} in {language:?}");
        }
    }
}

#[test]
fn whatever_can_be_nested_is_read_to_the_limit() {
    for (open, close) in [
        ("f(", ")"),
        ("!", ""),
        ("x ? y : ", ""),
        ("() => ", ""),
        ("`${", "}`"),
        ("<a>", "</a>"),
        ("[]", ""),
        ("func() { ", " }"),
        ("if (x) ", ""),
    ] {
        for language in LANGUAGES {
            let text = format!("x = {}1{};", open.repeat(4_000), close.repeat(4_000));
            assert!(!troubles(&text, language).is_empty(), "{open} in {language:?}");
        }
    }
}

#[test]
fn deep_brackets_that_close_are_too_deep_and_nothing_else() {
    let text = format!("x = {}1{};", "[".repeat(5_000), "]".repeat(5_000));
    for language in [Language::JavaScript, Language::TypeScript, Language::Tsx] {
        assert_eq!(troubles(&text, language), [Trouble::TooDeep]);
    }
    let text = format!("package p\nvar x = {}1{}\n", "(".repeat(5_000), ")".repeat(5_000));
    assert_eq!(troubles(&text, Language::Go), [Trouble::TooDeep]);
}

#[test]
fn long_sums_unions_and_chains_of_conditions_are_not_too_deep() {
    let sum = vec!["\"a\""; 1_000].join(" + ");
    assert_eq!(troubles(&format!("x = {sum};"), Language::JavaScript), []);
    assert_eq!(troubles(&format!("package p\nvar x = {sum}\n"), Language::Go), []);
    let union = vec!["'a'"; 5_000].join(" | ");
    assert_eq!(troubles(&format!("type T = {union};"), Language::TypeScript), []);
}

#[test]
fn shared_types_of_nested_functions_do_not_multiply() {
    let text = format!(
        "package p\nfunc f({}x, y int{}) {{}}\n",
        "a, b func(".repeat(300),
        ")".repeat(300)
    );
    assert!(check(&text, Language::Go).ast.len() < 200_000);
}

#[test]
fn one_line_of_two_megabytes_is_read() {
    let text = "function a(b,c){return b?c[0]||a(c,b):{d:1}}".repeat(50_000);
    assert!(text.len() > 2_000_000 && text.len() < MAX_BYTES);
    let parsed = parse(&text, Language::JavaScript);
    assert_eq!(parsed.problems, []);
    let functions = parsed
        .ast
        .ids()
        .filter(|&id| parsed.ast.kind(id) == Kind::Function);
    assert_eq!(functions.count(), 50_000);
}

#[test]
fn what_stands_before_and_after_a_broken_statement_is_read() {
    let count = |text: &str, language| {
        let parsed = check(text, language);
        assert!(!parsed.problems.is_empty());
        parsed
            .ast
            .ids()
            .filter(|&id| parsed.ast.kind(id) == Kind::Call)
            .count()
    };
    assert_eq!(count("f(1);\nlet = = ) 3;\ng(2);\n", Language::JavaScript), 2);
    assert_eq!(
        count(
            "package p\nfunc a() { f(1) }\nvar x = = 3 )\nfunc b() { g(2) }\n",
            Language::Go
        ),
        2
    );
}

#[test]
fn strings_with_escapes_that_are_none_have_a_value() {
    for text in [
        "x = '\\xzz \\u{110000} \\u12 \\ud83d \\",
        "x = `\\u{${a}`",
        "x = /[/",
        "'\\\r\n'",
    ] {
        for language in LANGUAGES {
            check(text, language);
        }
    }
}

/// Pieces that mean something to a parser, in any order.
fn soup() -> impl Strategy<Value = String> {
    let pieces = "( ) [ ] { } ; , . ?. ... = == === => < > </ /> + ++ - * ** / // /* */ ! ? : ?? && || @ # \" ' ` ${ \\ x y.z 1 0x 1n \
        var let const function function* class extends if else for in of while do switch case default: break continue return throw try catch \
        finally async await yield new delete typeof import export from as import( type interface enum namespace declare abstract readonly \
        static get set <T> <a> </a> : :string package func go defer chan <- range select := struct interface{} map[ fallthrough goto é \u{feff} \0";
    let mut pieces: Vec<String> = pieces.split(' ').map(|piece| format!("{piece} ")).collect();
    pieces.extend(["\n", "\r\n", "\t", "//", "`", "'"].map(str::to_owned));
    prop::collection::vec(prop::sample::select(pieces), 0..120).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    #[test]
    fn any_pieces_of_code_give_a_tree_that_holds_together(text in soup()) {
        for language in LANGUAGES {
            check(&text, language);
        }
    }

    #[test]
    fn half_edited_files_give_a_tree_that_holds_together(cut in 0..6_000_usize, length in 0..60_usize, put in soup()) {
        for language in LANGUAGES {
            let letters: Vec<char> = sample(language).chars().collect();
            let cut = cut.min(letters.len());
            let rest = (cut + length).min(letters.len());
            let edited: String = letters[..cut].iter().copied().chain(put.chars()).chain(letters[rest..].iter().copied()).collect();
            check(&edited, language);
            let truncated: String = letters[..cut].iter().collect();
            check(&truncated, language);
        }
    }
}
