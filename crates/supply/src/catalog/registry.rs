//! The catalogers, in the order in which they run.

use super::Cataloger;
use super::npm;
use super::python;

/// Every cataloger, ordered by id.
pub static ALL: &[&dyn Cataloger] = &[
    &npm::BunLock,
    &npm::InstalledPackage,
    &npm::PackageLock,
    &npm::PnpmLock,
    &npm::YarnLock,
    &python::InstalledDistribution,
    &python::PdmLock,
    &python::PipfileLock,
    &python::PoetryLock,
    &python::Requirements,
    &python::UvLock,
];
