//! Java and other languages of its machine: Maven's `pom.xml`, lock files and verification metadata of Gradle, and what
//! the members of archives say of themselves.
//!
//! The source opens archives, so a cataloger sees `shop.jar!/META-INF/…`; archives within archives likewise.

mod gradle_lockfile;
mod gradle_verification;
mod manifest;
pub(crate) mod maven;
mod pom;
mod pom_properties;

pub use gradle_lockfile::GradleLockfile;
pub use gradle_verification::GradleVerification;
pub use manifest::Manifest;
pub use pom::Pom;
pub use pom_properties::PomProperties;

use bartizan_model::Component;
use std::collections::HashSet;

/// Ecosystem of Maven repositories.
const MAVEN: &str = "Maven";

/// The archive that a member below `META-INF/` belongs to.
fn archive_of(path: &str) -> Option<&str> {
    let (archive, member) = path.rsplit_once("!/")?;
    member.starts_with("META-INF/").then_some(archive)
}

/// The name and version in the file name of an archive: `commons-io-2.11.0.jar` is `commons-io` and `2.11.0`.
fn name_and_version(archive: &str) -> (&str, Option<&str>) {
    let file = super::file_name(archive);
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    let dashes = stem.match_indices('-').map(|(at, _)| at);
    for at in dashes {
        let rest = stem.get(at + 1..).unwrap_or_default();
        if rest.starts_with(|c: char| c.is_ascii_digit()) {
            return (stem.get(..at).unwrap_or(stem), Some(rest));
        }
    }
    (stem, None)
}

/// Whether the file name of an archive is that of an artifact, whatever its version and classifier.
fn is_named(archive: &str, artifact: &str) -> bool {
    let rest = super::file_name(archive).strip_prefix(artifact);
    rest.is_some_and(|rest| rest.starts_with(['-', '.']))
}

/// Leaves out what a manifest says of an archive whose own coordinates Maven recorded.
pub(crate) fn without_guesses(mut components: Vec<Component>) -> Vec<Component> {
    let recorded: HashSet<String> = components
        .iter()
        .filter(|component| component.cataloger == pom_properties::ID)
        .flat_map(|component| {
            let name = component.purl.name();
            let archives = component.locations.iter().filter_map(|at| archive_of(&at.path));
            archives.filter(move |archive| is_named(archive, name))
        })
        .map(str::to_owned)
        .collect();
    components.retain_mut(|component| {
        if component.cataloger == manifest::ID {
            component
                .locations
                .retain(|at| archive_of(&at.path).is_none_or(|archive| !recorded.contains(archive)));
        }
        !component.locations.is_empty()
    });
    components
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_begins_with_a_digit_after_a_hyphen() {
        assert_eq!(
            name_and_version("lib/commons-io-2.11.0.jar"),
            ("commons-io", Some("2.11.0"))
        );
        assert_eq!(name_and_version("a.war!/WEB-INF/lib/log4j.jar"), ("log4j", None));
        assert_eq!(
            name_and_version("log4j-1.2-api-2.1.jar"),
            ("log4j", Some("1.2-api-2.1"))
        );
    }
}
