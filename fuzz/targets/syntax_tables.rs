//! Source code in the languages that are told by tables: every text has a tree that holds together, within the limits, and names that can be
//! asked. The first byte says the language, so that one target has what it learns of one for the others.

#![no_main]

#[path = "../../crates/syntax/tests/common/invariants.rs"]
mod invariants;

use bartizan_syntax::Language;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let told: Vec<Language> = Language::ALL.into_iter().filter(|language| !language.is_judged()).collect();
    if let Some((&first, text)) = bytes.split_first() {
        let language = told[usize::from(first.wrapping_sub(b'a')) % told.len()];
        invariants::check(&String::from_utf8_lossy(text), language);
    }
});
