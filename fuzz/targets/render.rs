//! Templates and what was made of them come from anywhere: reading them ends, and every line that is named is there.

#![no_main]

use bartizan_deploy::render::{Chart, Kustomization, Lines, of_chart, of_kustomization};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    // What follows a line of dots is what was made of the template before it.
    let (template, made) = text.split_once("\n...\n").unwrap_or((text, text));
    let _ = Kustomization::read(template);
    if let Some(chart) = Chart::read(template) {
        assert!(!chart.release().is_empty());
    }
    let _ = of_chart(made);
    let _ = of_kustomization(made);
    let (written, rendered) = (Lines::of(template), Lines::of(made));
    for line in 0..=made.lines().count() {
        let at = written.source_of(&rendered, line);
        assert!(at >= 1 && at <= template.lines().count().max(1));
    }
});
