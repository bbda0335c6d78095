//! Expressions come from anywhere: whatever the text, it is read or refused, and what was read ends without a panic.

#![no_main]

use bartizan_policy::cel::{Environment, Failure};
use bartizan_policy::Cause;
use libfuzzer_sys::fuzz_target;
use std::collections::BTreeMap;

fuzz_target!(|text: &str| {
    let Ok(environment) = Environment::kubernetes() else { return };
    match environment.read(text) {
        Ok(expression) => {
            let answer = environment.value(&expression, &BTreeMap::new());
            assert!(!matches!(answer, Err(Failure::Unknown(Cause::Panicked(_)))), "{answer:?}");
        }
        Err(cause) => assert!(!matches!(cause, Cause::Panicked(_)), "{cause:?}"),
    }
});
