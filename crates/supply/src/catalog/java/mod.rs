//! Java and other languages of its machine: Maven's `pom.xml`, lock files and verification metadata of Gradle.

mod gradle_lockfile;
mod gradle_verification;
mod pom;

pub use gradle_lockfile::GradleLockfile;
pub use gradle_verification::GradleVerification;
pub use pom::Pom;

/// Ecosystem of Maven repositories.
const MAVEN: &str = "Maven";
