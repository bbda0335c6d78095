//! Public data that conformance tests hold the product to; it lies beside the repository and is no part of it.

use std::path::{Path, PathBuf};

/// The directory or file of that data below `BARTIZAN_TESTDATA`, or below `../shared/testdata` beside the repository. Where it is absent
/// that is said on standard error, and the test that asked is to end.
#[allow(clippy::print_stderr, reason = "a test that is skipped says why")]
#[must_use]
pub fn testdata(below: &str) -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/testdata");
    let path = std::env::var_os("BARTIZAN_TESTDATA")
        .map_or(beside, PathBuf::from)
        .join(below);
    if path.exists() {
        return Some(path);
    }
    eprintln!(
        "skipped: {} is absent; set BARTIZAN_TESTDATA to where the test data is",
        path.display()
    );
    None
}
