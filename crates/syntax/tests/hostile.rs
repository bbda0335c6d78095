//! Texts that nobody writes: nested, cut off, mixed up, huge. There is a tree for each, within its limits.

#![allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

#[path = "common/invariants.rs"]
mod invariants;

use bartizan_syntax::{Kind, Language, MAX_BYTES, NodeId, Trouble, parse};
use invariants::check;
use proptest::prelude::*;

const LANGUAGES: [Language; 2] = [Language::Python, Language::Java];
const PYTHON: &str = include_str!("samples/service.py");
const JAVA: &str = include_str!("samples/Service.java");

fn sample(language: Language) -> &'static str {
    match language {
        Language::Java => JAVA,
        _ => PYTHON,
    }
}

fn troubles(text: &str, language: Language) -> Vec<Trouble> {
    let parsed = check(text, language);
    parsed.problems.iter().map(|problem| problem.what).collect()
}

#[test]
fn samples_are_read_without_a_problem() {
    for language in LANGUAGES {
        assert_eq!(troubles(sample(language), language), []);
    }
}

#[test]
fn a_hundred_thousand_brackets_are_read_to_the_limit_and_said_to_be_too_deep() {
    for (open, close) in [
        ("(", ")"),
        ("[", "]"),
        ("{", "}"),
        ("f(", ")"),
        ("-", ""),
        ("not ", ""),
        ("!", ""),
        ("x if y else ", ""),
    ] {
        for language in LANGUAGES {
            let text = format!("x = {}1{};", open.repeat(100_000), close.repeat(100_000));
            assert!(!troubles(&text, language).is_empty(), "{open} in {language:?}");
        }
    }
}

#[test]
fn deep_brackets_that_close_are_too_deep_and_nothing_else() {
    let text = format!("x = {}1{}\n", "[".repeat(5_000), "]".repeat(5_000));
    assert_eq!(troubles(&text, Language::Python), [Trouble::TooDeep]);
    let text = format!(
        "class A {{ Object x = {}1{}; }}",
        "(".repeat(5_000),
        ")".repeat(5_000)
    );
    assert_eq!(troubles(&text, Language::Java), [Trouble::TooDeep]);
}

#[test]
fn a_sum_of_a_thousand_parts_is_not_too_deep() {
    let sum = vec!["'a'"; 1_000].join(" + ");
    assert_eq!(troubles(&format!("x = {sum}\n"), Language::Python), []);
    let sum = sum.replace('\'', "\"");
    assert_eq!(
        troubles(&format!("class A {{ String x = {sum}; }}"), Language::Java),
        []
    );
}

#[test]
fn a_class_literal_without_its_last_word_holds_together() {
    check("A}@\u{fffd}\u{fffd}.%(", Language::Java);
}

#[test]
fn a_thousand_branches_are_not_too_deep() {
    let branches = "else if (x == 1) { f(); } ".repeat(999);
    let text = format!("class A {{ void f() {{ if (x == 1) {{ f(); }} {branches} }} }}");
    assert_eq!(troubles(&text, Language::Java), []);
    let branches = "elif x == 1:\n  f()\n".repeat(999);
    assert_eq!(
        troubles(&format!("if x:\n  f()\n{branches}"), Language::Python),
        []
    );
}

#[test]
fn a_comparison_of_comparisons_does_not_multiply() {
    let text = format!("x = {}a < b < c{}\n", "a < (".repeat(300), ") < z".repeat(300));
    assert!(check(&text, Language::Python).ast.len() < 100_000);
}

#[test]
fn more_bytes_than_are_read_are_named_and_not_read() {
    let text = format!("x = '{}'\n", "a".repeat(MAX_BYTES));
    for language in LANGUAGES {
        let parsed = check(&text, language);
        assert_eq!(parsed.problems.len(), 1);
        assert_eq!(parsed.problems[0].what, Trouble::TooLarge);
        assert_eq!(
            parsed.ast.kind(parsed.ast.children(NodeId::ROOT)[0]),
            Kind::Broken
        );
    }
}

#[test]
fn a_long_line_is_read_as_any_other() {
    let text = format!("x = [{}]\n", "1,".repeat(50_000));
    assert_eq!(troubles(&text, Language::Python), []);
}

#[test]
fn marks_of_byte_order_tabs_and_other_line_ends_are_no_problem() {
    for text in [
        "\u{feff}import os\r\nif x:\r\n\tos.system(x)\r\n",
        "if x:\n\tif y:\n\t\tz\n",
        "x = 1\r\r\n",
        "x = 1\x0c\n",
    ] {
        assert_eq!(troubles(text, Language::Python), [], "{text:?}");
    }
    assert_eq!(
        troubles("\u{feff}class A {\r\n\tint x;\r\n}\r\n", Language::Java),
        []
    );
}

#[test]
fn invalid_escapes_have_a_value_all_the_same() {
    for text in [
        r"x = '\xzz \u12 \N{no such} \999 \
 \'",
        r#"x = b"\u1234""#,
        "x = '\\",
    ] {
        check(text, Language::Python);
    }
    for text in [
        r#"class A { String x = "\q \u12 \ud83d \777"; char c = '\u'; }"#,
        "class A { String x = \"\"\"\n\\",
    ] {
        check(text, Language::Java);
    }
}

#[test]
fn what_stands_before_and_after_a_broken_statement_is_read() {
    let parsed = check(
        "import os\nx = = 3 )\ndef f():\n    os.system(x)\n",
        Language::Python,
    );
    let function = parsed.ast.ids().any(|id| parsed.ast.kind(id) == Kind::Function);
    assert!(function && !parsed.problems.is_empty());
}

#[test]
fn two_readings_of_a_text_agree() {
    let first = parse(PYTHON, Language::Python);
    assert_eq!(first.ast.dump(), parse(PYTHON, Language::Python).ast.dump());
}

/// Pieces that mean something to a parser, in any order.
fn soup() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        "\n",
        "\n    ",
        "\t",
        " ",
        ":",
        ";",
        ",",
        ".",
        "=",
        "==",
        "<",
        ">",
        "->",
        "*",
        "**",
        "@",
        "\"",
        "\"\"\"",
        "'",
        "'''",
        "f'{",
        "\\",
        "#",
        "//",
        "/*",
        "*/",
        "x",
        "y.z",
        "1",
        "0x",
        "def ",
        "class ",
        "if ",
        "else",
        "for ",
        "in ",
        "import ",
        "from ",
        "as ",
        "lambda ",
        "match ",
        "case ",
        "with ",
        "try",
        "except ",
        "finally",
        "async ",
        "await ",
        "yield ",
        "return ",
        "new ",
        "switch",
        "default",
        "static ",
        "void ",
        "int ",
        "String ",
        "instanceof ",
        "record ",
        "enum ",
        "::",
        "...",
        "é",
        "\u{feff}",
        "\r\n",
        "\0",
    ]);
    prop::collection::vec(piece, 0..120).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_give_a_tree_that_holds_together(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let text = String::from_utf8_lossy(&bytes);
        for language in LANGUAGES {
            check(&text, language);
        }
    }

    #[test]
    fn any_pieces_of_code_give_a_tree_that_holds_together(text in soup()) {
        for language in LANGUAGES {
            check(&text, language);
        }
    }

    #[test]
    fn half_edited_files_give_a_tree_that_holds_together(cut in 0..4_000_usize, length in 0..60_usize, put in soup()) {
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
