//! Configurations come from anywhere: reading and judging them ends, two runs agree, and every place lies within its file.

#![no_main]

use bartizan_deploy::terraform::{File, load};
use bartizan_deploy::TerraformCheck;
use bartizan_engine::rule::Enabled;
use bartizan_engine::{Check, Fact, Sink};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    // What follows a line of dashes is a module beside the first configuration.
    let (first, second) = text.split_once("\n---\n").unwrap_or((text, ""));
    let files = [("live/main.tf", first), ("mod/main.tf", second)];
    let loaded = load(&files.map(|(path, text)| File { path, text }));
    for resource in &loaded.resources {
        let (_, text) = files[resource.at.file];
        assert!(resource.at.span.end as usize <= text.len());
    }
    let facts = files.map(|(path, text)| Fact { path: path.to_owned(), data: text.to_owned() });
    let findings = || {
        let mut sink = Sink::default();
        TerraformCheck::new(Enabled::default(), false).finish(&facts, &mut sink).unwrap();
        sink.into_reported().findings
    };
    assert_eq!(findings(), findings());
});
