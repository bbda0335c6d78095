//! The catalogers, in the order in which they run.

use super::Cataloger;
use super::dotnet;
use super::java;
use super::language;
use super::npm;
use super::platform;
use super::python;

/// Every cataloger, ordered by id.
pub static ALL: &[&dyn Cataloger] = &[
    &language::CargoLock,
    &language::ComposerLock,
    &language::ConanLock,
    &language::GemfileLock,
    &platform::GithubActions,
    &language::GoMod,
    &java::GradleLockfile,
    &java::GradleVerification,
    &platform::HelmChart,
    &java::Pom,
    &language::MixLock,
    &npm::BunLock,
    &npm::InstalledPackage,
    &npm::PackageLock,
    &npm::PnpmLock,
    &npm::YarnLock,
    &dotnet::DepsJson,
    &dotnet::PackagesConfig,
    &dotnet::PackagesLock,
    &language::PubLock,
    &python::InstalledDistribution,
    &python::PdmLock,
    &python::PipfileLock,
    &python::PoetryLock,
    &python::Requirements,
    &python::UvLock,
    &language::SwiftResolved,
    &platform::TerraformLock,
];
