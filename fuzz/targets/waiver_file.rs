//! `bartizan.waivers.toml` comes with the code that is scanned: it reads or is refused at a line, and edits keep the other entries.

#![no_main]

use bartizan_engine::waiver::{Addition, add, read, remove};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    match read("bartizan.waivers.toml", text) {
        Err(error) => assert!(error.line >= 1 && !error.help.is_empty()),
        Ok(before) => {
            let addition =
                Addition { rule: Some("leak/*".to_owned()), reason: "because".to_owned(), ..Addition::default() };
            // A list written inline has no place for another table.
            let Ok(longer) = add(text, &addition) else { return };
            let after = read("bartizan.waivers.toml", &longer).expect("what was written reads back");
            assert_eq!(after.len(), before.len() + 1);
            let shorter = remove(&longer, &[before.len()]).expect("the entry is there");
            let again = read("bartizan.waivers.toml", &shorter).expect("what was written reads back");
            assert_eq!(again.len(), before.len());
        }
    }
});
