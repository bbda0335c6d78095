//! Values for the tests of this crate.

use bartizan_model::{AssetId, Confidence, Finding, FingerprintBuilder, Location, Severity};

/// A finding of a rule at a line of a file.
pub(crate) fn finding(rule: &str, severity: Severity, path: &str, line: u32) -> Finding {
    let mut location = Location::of_file(path);
    (location.line, location.end_line) = (line, line);
    let fingerprint = FingerprintBuilder::new(rule)
        .file_name_of(path)
        .part(&line.to_le_bytes())
        .finish();
    Finding {
        title: "A title".to_owned(),
        message: "a message".to_owned(),
        locations: vec![location],
        ..Finding::new(
            rule,
            (severity, Confidence::High),
            fingerprint,
            AssetId::file(path),
        )
    }
}
