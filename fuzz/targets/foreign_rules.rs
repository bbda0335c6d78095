//! Rule files of other tools: whatever they hold, each rule is taken over whole or refused by name.

#![no_main]

use bartizan_content::foreign::read;
use bartizan_content::load::literals_of;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(imported) = read(text) {
        for rule in &imported.rules {
            assert!(!literals_of(rule).is_empty(), "a rule that was accepted can be looked for");
        }
        for refused in &imported.refused {
            assert!(!refused.reason.is_empty(), "a refusal says why");
        }
    }
});
