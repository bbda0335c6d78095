//! Under which name and release advisories speak of a package.
//!
//! In: names and ecosystems as components and records spell them. Out: the spelling to compare by. The rules are those of each
//! registry: <https://packaging.python.org/en/latest/specifications/name-normalization/> for PyPI; NuGet, Packagist, Hex, pub and
//! GitHub compare without letter case.

use crate::ecosystem::Ecosystem;
use std::borrow::Cow;

/// Names without regard to the case of ASCII letters.
const CASELESS: [&str; 6] = ["GitHub Actions", "Hex", "NuGet", "Packagist", "Pub", "SwiftURL"];

/// Distributions whose advisories name the source package alone.
const BY_SOURCE: [&str; 9] = [
    "Alpaquita",
    "Alpine",
    "BellSoft Hardened Containers",
    "Chainguard",
    "Debian",
    "Echo",
    "MinimOS",
    "Ubuntu",
    "Wolfi",
];

/// Distributions whose advisories are of one release, so that without a release nothing can be said.
const BY_RELEASE: [&str; 14] = [
    "AlmaLinux",
    "Alpaquita",
    "Alpine",
    "Azure Linux",
    "BellSoft Hardened Containers",
    "Debian",
    "Mageia",
    "Photon OS",
    "Red Hat",
    "Rocky Linux",
    "SUSE",
    "Ubuntu",
    "openEuler",
    "openSUSE",
];

/// The name to compare by.
#[must_use]
pub fn name<'a>(ecosystem: &str, name: &'a str) -> Cow<'a, str> {
    match ecosystem {
        "PyPI" => python(name),
        _ if CASELESS.contains(&ecosystem) && name.bytes().any(|byte| byte.is_ascii_uppercase()) => {
            Cow::Owned(name.to_ascii_lowercase())
        }
        _ => Cow::Borrowed(name),
    }
}

fn python(name: &str) -> Cow<'_, str> {
    let is_separator = |c: char| matches!(c, '-' | '_' | '.');
    let plain = name
        .chars()
        .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
        && !name.contains("--");
    if plain {
        return Cow::Borrowed(name);
    }
    let mut out = String::with_capacity(name.len());
    for c in name.chars() {
        if !is_separator(c) {
            out.push(c.to_ascii_lowercase());
        } else if !out.ends_with('-') {
            out.push('-');
        }
    }
    Cow::Owned(out)
}

/// The version to compare: Go writes `v1.2.3` where its advisories write `1.2.3`.
#[must_use]
pub fn version<'a>(ecosystem: &str, version: &'a str) -> &'a str {
    match ecosystem {
        "Go" => version.strip_prefix('v').unwrap_or(version),
        _ => version,
    }
}

/// Whether advisories name the source package alone.
#[must_use]
pub fn by_source(ecosystem: &str) -> bool {
    BY_SOURCE.contains(&ecosystem)
}

/// Whether an advisory about one release or repository speaks of a component of another spelling.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Release {
    /// It does.
    Same,
    /// It does not.
    Other,
    /// The component's release is not known.
    Unknown,
}

/// Compares what an advisory is narrowed to with what a component is narrowed to.
#[must_use]
pub fn release(component: &Ecosystem, advisory: Option<&str>) -> Release {
    let Some(advisory) = advisory else {
        return Release::Same;
    };
    match component.suffix() {
        Some(own) if plain(own) == plain(advisory) => Release::Same,
        Some(_) => Release::Other,
        None if BY_RELEASE.contains(&component.name()) => Release::Unknown,
        None => Release::Other,
    }
}

/// Ubuntu marks releases of long support; the release is the same.
fn plain(suffix: &str) -> &str {
    suffix.strip_suffix(":LTS").unwrap_or(suffix)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_compared_as_their_registry_does() {
        assert_eq!(name("PyPI", "Zope._-Interface"), "zope-interface");
        assert_eq!(name("PyPI", "a--b"), "a-b");
        assert_eq!(name("NuGet", "Newtonsoft.Json"), "newtonsoft.json");
        assert_eq!(name("npm", "JSONStream"), "JSONStream");
        assert_eq!(version("Go", "v1.2.3"), "1.2.3");
    }

    #[test]
    fn an_advisory_speaks_of_its_own_release() {
        let of = |component: &str, advisory| release(&Ecosystem::parse(component).unwrap(), advisory);
        assert_eq!(of("Debian:12", Some("12")), Release::Same);
        assert_eq!(of("Debian:12", Some("11")), Release::Other);
        assert_eq!(of("Debian:12", None), Release::Same);
        assert_eq!(of("Debian", Some("12")), Release::Unknown);
        assert_eq!(of("Ubuntu:22.04", Some("22.04:LTS")), Release::Same);
        assert_eq!(of("Maven", Some("https://maven.google.com")), Release::Other);
    }
}
