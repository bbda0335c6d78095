//! The catalogers, in the order in which they run.

use super::Cataloger;
use super::{binary, java, npm, os};

/// Every cataloger, ordered by id.
pub static ALL: &[&dyn Cataloger] = &[
    &binary::CargoAuditable,
    &binary::GoBuildInfo,
    &java::Manifest,
    &java::PomProperties,
    &npm::PackageLock,
    &os::Apk,
    &os::Dpkg,
    &os::Pacman,
    &os::OsRelease,
    &os::Rpm,
];
