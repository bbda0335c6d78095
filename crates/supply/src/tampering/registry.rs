//! The rules, ordered by id.

use super::checks;
use super::rule::Rule;

/// Every rule.
pub(crate) static ALL: &[&dyn Rule] = &[
    &checks::ExtraIndex,
    &checks::FloatingVersion,
    &checks::InsecureIndex,
    &checks::InstallScript,
    &checks::LockHostDrift,
    &checks::LockNameMismatch,
    &checks::LockOutOfStep,
    &checks::LookalikeName,
    &checks::MissingDigest,
    &checks::OwnNameFromPublicRegistry,
    &checks::ReplacedSource,
    &checks::UnpinnedRepository,
    &checks::UrlDependency,
    &checks::VendoredTreeDiffers,
    &checks::VerificationOff,
    &checks::WeakDigest,
];

/// Every rule's id, in order.
#[must_use]
pub fn ids() -> Vec<&'static str> {
    ALL.iter().map(|rule| rule.about().id).collect()
}
