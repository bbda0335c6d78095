//! Workflows and pipelines come from anywhere: judging them ends, and two runs agree.

#![no_main]

use bartizan_code::ci::CiCheck;
use bartizan_engine::rule::{Enabled, scan};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let check = CiCheck::new(Enabled::default(), true);
    for path in [".github/workflows/a.yml", "action.yml", ".gitlab-ci.yml"] {
        let findings = || scan(&check, &[(path, bytes)]).findings;
        assert_eq!(findings(), findings());
    }
});
