//! The catalogers, in the order in which they run.

use super::Cataloger;
use super::{java, npm, os};

/// Every cataloger, ordered by id.
pub static ALL: &[&dyn Cataloger] = &[
    &java::Manifest,
    &java::PomProperties,
    &npm::PackageLock,
    &os::Apk,
    &os::Dpkg,
    &os::Pacman,
    &os::OsRelease,
    &os::Rpm,
];
