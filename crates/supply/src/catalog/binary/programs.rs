//! Programs that nobody recorded: what their own executables say of their version.
//!
//! Which texts tell a version is data, `content/programs.toml`. The OSV schema has no ecosystem for such programs, so they are listed but
//! matched with no advisories. Those that a distribution installed are its packages and not listed twice: [`without_packaged`] is told
//! once all files are read.

use super::begins_as_binary;
use crate::catalog::form::{place, purl};
use crate::catalog::{Cataloger, Inventory, Package, Unreadable, file_name, os};
use bartizan_engine::Input;
use bartizan_model::{Component, Scope};
use serde::Deserialize;
use std::collections::BTreeSet;
use std::sync::LazyLock;

/// Reads programs and libraries by the texts in them.
pub struct Programs;

/// Reads the file `release` of an installation of Java.
pub struct JavaRelease;

const ID: &str = "binary-programs";
const JAVA: &str = "java-release";
/// Longest version, in bytes.
const LONGEST: usize = 40;

#[derive(Deserialize)]
struct Rules {
    #[serde(default)]
    program: Vec<Rule>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rule {
    name: String,
    files: Vec<String>,
    before: String,
    #[serde(default)]
    starts: String,
    #[serde(default)]
    after: String,
    #[serde(default = "two")]
    parts: usize,
}

const fn two() -> usize {
    2
}

/// The rules; a test of the crate fails where they cannot be read.
static RULES: LazyLock<Vec<Rule>> = LazyLock::new(|| {
    let text = include_str!("../../../../../content/programs.toml");
    toml::from_str::<Rules>(text).map_or_else(|_| Vec::new(), |rules| rules.program)
});

impl Cataloger for Programs {
    fn id(&self) -> &'static str {
        ID
    }

    fn title(&self) -> &'static str {
        "Programs by the version in them"
    }

    fn tells_installed(&self, _path: &str) -> bool {
        true
    }

    fn reads(&self, path: &str) -> bool {
        rules_for(path).next().is_some()
    }

    fn least_size(&self) -> u64 {
        super::LEAST_SIZE
    }

    fn recognises(&self, head: &[u8]) -> bool {
        begins_as_binary(head)
    }

    fn read(&self, input: &Input<'_>, out: &mut Inventory<'_>) -> Result<(), Unreadable> {
        for rule in rules_for(input.path()) {
            if let Some(version) = rule.version(input.bytes) {
                out.add(Package {
                    purl: purl("generic", None, &rule.name, Some(version)),
                    scope: Scope::Runtime,
                    ..Package::default()
                });
            }
        }
        Ok(())
    }
}

fn rules_for(path: &str) -> impl Iterator<Item = &'static Rule> {
    let name = file_name(path);
    let fits = move |pattern: &String| match pattern.split_once('*') {
        None => name == pattern,
        Some((start, end)) => {
            name.len() >= start.len() + end.len() && name.starts_with(start) && name.ends_with(end)
        }
    };
    RULES.iter().filter(move |rule| rule.files.iter().any(fits))
}

impl Rule {
    /// The first version that the rule finds.
    fn version<'b>(&self, bytes: &'b [u8]) -> Option<&'b str> {
        let wanted = [self.before.as_bytes(), self.starts.as_bytes()].concat();
        let first = *wanted.first()?;
        let mut at = 0;
        loop {
            at += bytes.get(at..)?.iter().position(|byte| *byte == first)?;
            let rest = bytes.get(at..)?;
            at += 1;
            if rest.starts_with(&wanted)
                && let Some(version) = self.version_at(rest.get(self.before.len()..)?)
            {
                return Some(version);
            }
        }
    }

    /// The version with which bytes begin.
    fn version_at<'b>(&self, bytes: &'b [u8]) -> Option<&'b str> {
        let end = bytes
            .iter()
            .take(LONGEST)
            .take_while(|byte| byte.is_ascii_digit() || **byte == b'.')
            .count();
        let version = std::str::from_utf8(bytes.get(..end)?).ok()?.trim_end_matches('.');
        let mut numbers = version.split('.');
        let whole = numbers.clone().count() >= self.parts && numbers.all(|number| !number.is_empty());
        let followed = bytes.get(version.len()..)?.starts_with(self.after.as_bytes());
        (whole && followed).then_some(version)
    }
}

impl Cataloger for JavaRelease {
    fn id(&self) -> &'static str {
        JAVA
    }

    fn title(&self) -> &'static str {
        "Installations of Java"
    }

    fn tells_installed(&self, _path: &str) -> bool {
        true
    }

    fn reads(&self, path: &str) -> bool {
        file_name(path) == "release" && path.contains('/')
    }

    fn read(&self, input: &Input<'_>, out: &mut Inventory<'_>) -> Result<(), Unreadable> {
        // Other things have a file of this name too.
        let Ok(text) = std::str::from_utf8(input.bytes) else {
            return Ok(());
        };
        let value = |key: &str| {
            let mut lines = text.lines().filter_map(|line| line.split_once('='));
            lines
                .find(|(name, _)| *name == key)
                .map(|(_, value)| value.trim_matches('"'))
        };
        let Some(version) = value("JAVA_VERSION").filter(|version| !version.is_empty()) else {
            return Ok(());
        };
        out.add(Package {
            purl: purl("generic", None, "openjdk", Some(version)),
            scope: Scope::Runtime,
            at: place(text, version),
            ..Package::default()
        });
        Ok(())
    }
}

/// Leaves out programs that lie where only a distribution puts them, in a root with its package database.
/// <https://refspecs.linuxfoundation.org/FHS_3.0/fhs/index.html>: what it does not manage belongs below `/usr/local`, `/opt` and `/srv`.
pub(crate) fn without_packaged(mut components: Vec<Component>) -> Vec<Component> {
    const OF_DISTRIBUTIONS: [&str; 7] = [
        "bin/",
        "sbin/",
        "lib",
        "usr/bin/",
        "usr/sbin/",
        "usr/lib",
        "usr/share/",
    ];
    let packages = components
        .iter()
        .filter(|one| matches!(one.purl.kind(), "deb" | "rpm" | "apk" | "alpm"));
    let roots: BTreeSet<String> = packages
        .flat_map(|one| &one.locations)
        .filter_map(|at| os::root_of(&at.path).map(str::to_owned))
        .collect();
    components.retain_mut(|component| {
        if component.cataloger == ID || component.cataloger == JAVA {
            component.locations.retain(|at| {
                let within = roots
                    .iter()
                    .filter_map(|root| at.path.strip_prefix(root.as_str()));
                let below = within.min_by_key(|below| below.len());
                below.is_none_or(|below| !OF_DISTRIBUTIONS.iter().any(|place| below.starts_with(place)))
            });
        }
        !component.locations.is_empty()
    });
    components
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rules_can_be_read_and_stand_in_order() {
        let text = include_str!("../../../../../content/programs.toml");
        let rules: Rules = toml::from_str(text).unwrap();
        assert!(!rules.program.is_empty());
        assert!(rules.program.iter().map(|rule| &rule.name).is_sorted());
        assert!(
            rules
                .program
                .iter()
                .all(|rule| !rule.before.is_empty()
                    && rule.files.iter().all(|one| one.matches('*').count() < 2))
        );
    }
}
