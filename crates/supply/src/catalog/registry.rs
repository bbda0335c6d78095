//! The catalogers, in the order in which they run.

use super::Cataloger;
use super::npm;

/// Every cataloger, ordered by id.
pub static ALL: &[&dyn Cataloger] = &[&npm::PackageLock];
