//! The check for leaked credentials reads every file there is: for any bytes it ends, points inside them, and says the same twice.

#![no_main]

use bartizan_code::leak::{LeakCheck, LeakOptions};
use bartizan_engine::{Check, Input, Sink};
use bartizan_source::FileMeta;
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

/// Names that switch on different readers.
const NAMES: [&str; 10] = [
    ".env", "secret.yaml", "config.json", "id_rsa", ".npmrc", "prod.tfvars", "package-lock.json", "app.py", "README.md", ".netrc",
];

static CHECK: LazyLock<LeakCheck> = LazyLock::new(|| LeakCheck::new(LeakOptions::default()));

fuzz_target!(|data: &[u8]| {
    let Some((first, bytes)) = data.split_first() else { return };
    let name = NAMES[usize::from(*first) % NAMES.len()];
    let meta = FileMeta { path: name.into(), size: bytes.len() as u64, commit: None, author: None, layer: None };
    let findings = scan(&meta, bytes);
    let lines = bytes.iter().filter(|b| **b == b'\n').count() + 1;
    for finding in &findings {
        let place = finding.primary().expect("a finding in a file has a place");
        assert!(place.line >= 1 && place.end_line as usize <= lines, "{place:?} of {lines} lines");
    }
    assert_eq!(findings, scan(&meta, bytes));
});

fn scan(meta: &FileMeta, bytes: &[u8]) -> Vec<bartizan_model::Finding> {
    let mut out = Sink::default();
    // A file that cannot be judged is an answer too.
    let _ = CHECK.run(&Input::whole(meta, bytes), &mut out);
    out.into_reported().findings
}
