//! A baseline comes with the code that is scanned: what reads is written back as it was understood.

#![no_main]

use bartizan_engine::baseline::Baseline;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(baseline) = Baseline::read(text) {
        let written = baseline.write();
        let again = Baseline::read(&written).expect("what was written reads back");
        assert_eq!(again.write(), written);
    }
});
