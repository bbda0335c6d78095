//! Rule files named by `--rules`: whatever they hold, they load or are refused.

#![no_main]

use bartizan_content::load::{leak_rule, literals_of};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|yaml: &str| {
    if let Ok(rule) = leak_rule(yaml) {
        let has_place = !literals_of(&rule).is_empty() || !rule.paths.is_empty();
        assert!(has_place, "a rule that was accepted can be looked for");
    }
});
