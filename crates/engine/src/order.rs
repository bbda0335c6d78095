//! The order of findings in a report, and the digest that says by which checks it was made.

use crate::Check;
use bartizan_model::Finding;
use std::cmp::Ordering;

/// Severity and confidence, highest first, then what is in use or not known to be idle, then path, line, column and rule.
#[must_use]
pub fn report_order(a: &Finding, b: &Finding) -> Ordering {
    (b.severity, b.confidence)
        .cmp(&(a.severity, a.confidence))
        .then_with(|| a.is_idle().cmp(&b.is_idle()))
        .then_with(|| a.primary().cmp(&b.primary()))
        .then_with(|| a.rule.cmp(&b.rule))
        .then_with(|| a.fingerprint.cmp(&b.fingerprint))
}

/// Digest over what the checks judge by, as 64 hexadecimal digits: two reports with the same digest judged alike.
#[must_use]
pub fn digest_of_checks(checks: &[Box<dyn Check>]) -> String {
    let mut hasher = blake3::Hasher::new_derive_key("bartizan rules digest v1");
    for check in checks {
        let meta = check.meta();
        hasher.update(&(meta.id.len() as u64).to_le_bytes());
        hasher.update(meta.id.as_bytes());
        hasher.update(&meta.digest);
    }
    hasher.finalize().to_hex().to_string()
}
