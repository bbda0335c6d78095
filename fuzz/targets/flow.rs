//! Data is followed through whatever a text reads as: within the limits, without a panic, and twice the same. The first byte chooses the
//! language.

#![no_main]

#[path = "../../crates/flow/tests/common/mod.rs"]
mod common;

use bartizan_syntax::Language;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Some((first, rest)) = bytes.split_first() else { return };
    let followed: Vec<Language> = Language::ALL.into_iter().filter(|language| language.is_followed()).collect();
    let language = followed[usize::from(first.wrapping_sub(b'a')) % followed.len()];
    let files = vec![("a".to_owned(), String::from_utf8_lossy(rest).into_owned())];
    let (_, once) = common::run(&files, language);
    let (_, twice) = common::run(&files, language);
    assert_eq!(once.findings, twice.findings);
    assert_eq!(once.limited, twice.limited);
});
