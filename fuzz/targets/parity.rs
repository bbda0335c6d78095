//! Manifests of both environments come from anywhere: comparing them ends, and an environment does not differ from itself.

#![no_main]

use bartizan_deploy::parity::{Environment, compare};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    // What follows a line of dots is the other environment.
    let (staging, production) = text.split_once("\n...\n").unwrap_or((text, ""));
    let (staging, production) = (Environment::of([("a", staging)]), Environment::of([("b", production)]));
    assert_eq!(compare(&staging, &staging).drifts, []);
    assert_eq!(compare(&production, &production).drifts, []);
    let _ = compare(&staging, &production);
});
