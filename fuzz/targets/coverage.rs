//! Reports of coverage come from any tool: each is read within its limits, in every format.

#![no_main]

use bartizan_code::quality::coverage::{Format, read};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    for format in [Format::Lcov, Format::Cobertura, Format::Jacoco, Format::Go, Format::Llvm] {
        if let Ok(coverage) = read(&text, Some(format)) {
            for (path, file) in coverage.files() {
                let share = file.share();
                assert!(share.covered <= share.all);
                assert!(coverage.of(path).is_some());
            }
        }
    }
    let _ = read(&text, None);
});
