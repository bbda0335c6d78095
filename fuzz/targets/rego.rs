//! Policies come from anywhere: whatever the text, it is read or refused, and what was read ends within its limits without a panic.

#![no_main]

use bartizan_policy::rego::{Dialect, Rego, Surroundings};
use bartizan_policy::{Cause, Limits};
use libfuzzer_sys::fuzz_target;
use serde_json::json;

fuzz_target!(|text: &str| {
    let limits = Limits {
        steps: 10_000,
        made_bytes: 1 << 20,
        ..Limits::default()
    };
    let Ok(mut rego) = Rego::new(limits, Surroundings { now_ns: Some(0) }) else {
        return;
    };
    if rego.add_module("fuzz.rego", text, Dialect::Either).is_ok() {
        let answer = rego.query("data", &json!({ "kind": "Pod" }));
        assert!(!matches!(answer, Err(Cause::Panicked(_))), "{answer:?}");
    }
});
