//! Dockerfiles come from anywhere: the pieces cover the text, every place lies within it, and two runs agree.

#![no_main]

use bartizan_deploy::DockerfileCheck;
use bartizan_deploy::dockerfile::{Build, read};
use bartizan_engine::rule::{Enabled, scan};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let file = read(text);
    let mut end = 0;
    for (_, span) in &file.pieces {
        assert_eq!(span.start as usize, end);
        end = span.end as usize;
    }
    assert_eq!(end, text.len());
    for step in &Build::of(&file).steps {
        assert!(text.get(step.instruction.head()).is_some());
        for word in &step.words {
            assert!(text.get(word.at.clone()).is_some());
        }
    }
    let check = DockerfileCheck::new(Enabled::default(), true, true);
    let findings = || scan(&check, &[("Dockerfile", bytes)]).findings;
    assert_eq!(findings(), findings());
});
