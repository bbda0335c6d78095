//! Prints the tree of a pattern: `pattern LANGUAGE` with the pattern on standard input.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::unwrap_used,
    clippy::expect_used
)]

use bartizan_syntax::Language;
use std::io::Read;

fn main() {
    let extension = std::env::args().nth(1).expect("an extension, as `py`");
    let language = Language::of_path(&format!("x.{extension}")).expect("a known extension");
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text).expect("text");
    match bartizan_syntax::pattern::parse_pattern(&text, language) {
        Ok(pattern) => println!("expression: {}\n{}", pattern.expression, pattern.ast.dump()),
        Err(error) => println!("{error}"),
    }
}
