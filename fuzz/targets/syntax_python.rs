//! Source code comes from anywhere: every text has a tree that holds together, within the limits, and names that can be asked.

#![no_main]

#[path = "../../crates/syntax/tests/common/invariants.rs"]
mod invariants;

use bartizan_syntax::Language;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    invariants::check(&String::from_utf8_lossy(bytes), Language::Python);
});
