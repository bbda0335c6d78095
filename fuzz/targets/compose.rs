//! Compose files come from anywhere: judging them ends, and two runs agree.

#![no_main]

use bartizan_deploy::ComposeCheck;
use bartizan_engine::rule::{Enabled, scan};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let check = ComposeCheck::new(Enabled::default(), true);
    let findings = || scan(&check, &[("compose.yaml", bytes)]).findings;
    assert_eq!(findings(), findings());
});
