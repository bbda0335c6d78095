//! Code that stands twice.

#![allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

use bartizan_code::quality::duplication::{all_windows, duplicates, landmarks};
use bartizan_code::quality::{Duplicates, Limits, Part, Tokens};
use bartizan_syntax::{Language, parse};
use proptest::prelude::*;

fn found(texts: &[&str], limits: Limits) -> Duplicates {
    found_from(0, texts, limits)
}

fn found_from(from: usize, texts: &[&str], limits: Limits) -> Duplicates {
    let files = texts
        .iter()
        .map(|text| Tokens::of(&parse(text, Language::JavaScript).ast, text));
    let files: Vec<Tokens> = files.collect();
    duplicates(&files.iter().collect::<Vec<_>>(), from, limits)
}

/// A function of twelve lines, about a hundred and thirty tokens.
fn function(name: &str, word: &str) -> String {
    let mut text = format!("function {name}(input, output) {{\n");
    for step in 0..10 {
        text.push_str(&format!(
            "  output.push(input.get({step}) + \"{word}\" + input.size());\n"
        ));
    }
    text.push_str("}\n");
    text
}

#[test]
fn the_same_function_in_two_files_is_a_duplicate_with_its_lines() {
    let one = format!("import a from 'b';\n{}", function("first", "x"));
    let two = format!("const q = 1;\n\n\n{}const z = 2;\n", function("second", "y"));
    let found = found(&[&one, &two], Limits::default());
    assert_eq!(found.pairs.len(), 1);
    let pair = found.pairs[0];
    let part = |file, first_line, last_line| Part {
        file,
        first_line,
        last_line,
    };
    // Names differ, so that the run begins after them, on the same line.
    assert_eq!((pair.original, pair.copy), (part(0, 2, 13), part(1, 4, 15)));
    assert_eq!(found.lines, [vec![(2, 13)], vec![(4, 15)]]);
    assert!(found.limited.is_empty());
}

#[test]
fn what_stands_twice_only_in_files_to_compare_with_is_not_told() {
    let text = function("f", "x");
    let found = found_from(2, &[&text, &text, &text], Limits::default());
    let copies: Vec<usize> = found.pairs.iter().map(|pair| pair.copy.file).collect();
    assert_eq!(copies, [2]);
}

#[test]
fn texts_and_numbers_may_differ_and_names_may_not() {
    let one = function("f", "one");
    let other = function("f", "other").replace("output", "result");
    assert_eq!(
        found(&[&one, &function("f", "two")], Limits::default())
            .pairs
            .len(),
        1
    );
    assert_eq!(found(&[&one, &other], Limits::default()).pairs, []);
}

#[test]
fn comments_and_imports_are_not_compared() {
    let one = function("f", "x");
    let commented = one.replace(";\n", "; // a remark\n");
    assert_eq!(found(&[&one, &commented], Limits::default()).pairs.len(), 1);
    let imports: String = (0..60).map(|n| format!("import a{n} from 'm';\n")).collect();
    assert_eq!(found(&[&imports, &imports], Limits::default()).pairs, []);
}

#[test]
fn what_is_short_in_tokens_or_in_lines_is_no_duplicate() {
    let short = "function f(a) {\n  return a + 1;\n}\n";
    assert_eq!(found(&[short, short], Limits::default()).pairs, []);
    let line = function("f", "x").replace('\n', " ");
    assert_eq!(found(&[&line, &line], Limits::default()).pairs, []);
}

#[test]
fn a_file_may_repeat_itself() {
    let text = format!(
        "{}\nconst between = 1;\n{}",
        function("f", "x"),
        function("f", "y")
    );
    let found = found(&[&text], Limits::default());
    assert_eq!(found.pairs.len(), 1);
    assert_eq!(found.lines[0], [(1, 12), (15, 26)]);
}

#[test]
fn many_copies_are_bounded_and_said_to_be() {
    let text = function("f", "x");
    let files: Vec<&str> = (0..50).map(|_| text.as_str()).collect();
    let found = found(
        &files,
        Limits {
            candidates: 4,
            pairs: 10,
            ..Limits::default()
        },
    );
    assert_eq!(found.pairs.len(), 10);
    assert!(!found.limited.is_empty());
    assert!(found.lines.iter().all(|lines| !lines.is_empty()));
}

#[test]
fn what_repeats_itself_on_long_lines_costs_a_bounded_count() {
    let limits = Limits {
        comparisons: 100_000,
        ..Limits::default()
    };
    let text = |lines: usize| format!("{}\n", "f(a, b); ".repeat(4_000 / lines)).repeat(lines);
    // A file of fewer lines than a run needs is not compared at all.
    let few = text(9);
    let found_in_few = found(&[&few, &few], limits);
    assert_eq!((found_in_few.pairs.len(), found_in_few.limited), (0, vec![]));
    let long = text(40);
    assert_eq!(found(&[&few, &long, &long], limits).limited, [1, 2]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    /// Whatever stands around it, a run that is long enough is found, and both its places are told.
    #[test]
    fn a_long_run_is_found_whatever_stands_around_it(
        before in prop::collection::vec(0..9_u8, 0..60),
        run in prop::collection::vec(0..9_u8, 12..40),
        between in prop::collection::vec(0..9_u8, 0..60),
    ) {
        let lines = |numbers: &[u8], mark: &str| -> String {
            numbers.iter().map(|number| format!("{mark}{number};\n")).collect()
        };
        let copy = lines(&run, "same");
        let one = format!("{}{copy}", lines(&before, "a"));
        let two = format!("{}{copy}", lines(&between, "b"));
        let limits = Limits { tokens: 24, lines: 5, ..Limits::default() };
        let found = found(&[&one, &two], limits);
        let covered = found.pairs.iter().filter(|pair| pair.copy.file == 1);
        let start = u32::try_from(between.len()).unwrap();
        let last = start + u32::try_from(run.len()).unwrap();
        let whole = covered.map(|pair| (pair.copy.first_line, pair.copy.last_line)).any(|(first, end)| first <= start + 1 && end >= last);
        prop_assert!(whole, "{:?}", found.pairs);
    }

    /// Files that hold none of another's windows as landmarks share no run with it, so that they need not be compared.
    #[test]
    fn what_is_found_does_not_depend_on_files_without_a_common_landmark(
        files in prop::collection::vec(prop::collection::vec(0..4_u8, 0..60), 1..8),
    ) {
        let limits = Limits { tokens: 12, lines: 3, ..Limits::default() };
        let text = |numbers: &Vec<u8>| -> String { numbers.iter().map(|number| format!("a{number};\n")).collect() };
        let texts: Vec<String> = files.iter().map(text).collect();
        let tokens: Vec<Tokens> = texts.iter().map(|text| Tokens::of(&parse(text, Language::JavaScript).ast, text)).collect();
        let (own, around) = tokens.split_last().unwrap();
        let windows = all_windows(std::iter::once(own), limits);
        let is_alike = |file: &&Tokens| landmarks(file, limits).iter().any(|landmark| windows.contains(landmark));
        let lines = |around: Vec<&Tokens>| {
            let files: Vec<&Tokens> = around.iter().copied().chain([own]).collect();
            let mut found = duplicates(&files, around.len(), limits);
            (found.lines.pop(), found.pairs.iter().map(|pair| (pair.copy.first_line, pair.copy.last_line, pair.tokens)).collect::<Vec<_>>())
        };
        prop_assert_eq!(lines(around.iter().filter(is_alike).collect()), lines(around.iter().collect()));
    }
}
