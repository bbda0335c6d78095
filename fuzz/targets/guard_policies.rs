//! Files of policies come from anywhere: reading them ends, and each problem has a line and a way out.

#![no_main]

use bartizan_detect::policies;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    match policies("fuzz.yaml", text) {
        Ok(all) => assert!(!all.is_empty() && all.iter().all(|policy| !policy.workloads.is_empty())),
        Err(problems) => {
            assert!(!problems.is_empty());
            for problem in problems {
                assert!(problem.line > 0 && !problem.message.is_empty() && !problem.help.is_empty());
            }
        }
    }
});
