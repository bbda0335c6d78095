//! Ecosystems as OSV records name them, and how each orders its versions.
//!
//! In: a name such as `npm`, `Debian:12` or `Ubuntu:22.04:LTS`. Out: the ecosystem, the release or repository it is narrowed to, and
//! the scheme of its versions. The names are those of <https://ossf.github.io/osv-schema/#defined-ecosystems>; a name that is not
//! there is an error, because a guessed order gives wrong answers that look right.

use crate::version::Scheme;
use std::fmt;

/// A known ecosystem, with what its name was narrowed by.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ecosystem {
    name: &'static str,
    suffix: Option<Box<str>>,
    scheme: Option<Scheme>,
}

/// The name is not one that the OSV schema defines.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is not an ecosystem of the OSV schema that this version knows, so nothing can be said about its versions"
)]
pub struct UnknownEcosystem(pub String);

impl Ecosystem {
    /// Reads a name, in the exact letter case of the schema.
    ///
    /// # Errors
    /// The name before the first `:` is unknown.
    pub fn parse(text: &str) -> Result<Self, UnknownEcosystem> {
        let (base, suffix) = text
            .split_once(':')
            .map_or((text, None), |(base, suffix)| (base, Some(suffix)));
        let unknown = || UnknownEcosystem(text.to_owned());
        let (name, order) = TABLE.iter().find(|(name, _)| *name == base).ok_or_else(unknown)?;
        let scheme = match order {
            Order::By(scheme) => Some(*scheme),
            Order::Undefined => None,
            Order::Echo => echo_scheme(suffix).ok_or_else(unknown)?,
            Order::Root => root_scheme(suffix),
        };
        Ok(Self {
            name,
            suffix: suffix.map(Box::from),
            scheme,
        })
    }

    /// The name without what narrows it: `Debian` of `Debian:12`.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// What narrows it: `12` of `Debian:12`, `22.04:LTS` of `Ubuntu:22.04:LTS`.
    #[must_use]
    pub fn suffix(&self) -> Option<&str> {
        self.suffix.as_deref()
    }

    /// How its versions are ordered; none where nobody has defined an order, so that only listed versions can be matched.
    #[must_use]
    pub const fn scheme(&self) -> Option<Scheme> {
        self.scheme
    }

    /// The names of all ecosystems that are known, without suffixes.
    pub fn names() -> impl Iterator<Item = &'static str> {
        TABLE.iter().map(|(name, _)| *name)
    }
}

impl fmt::Display for Ecosystem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.suffix {
            None => f.write_str(self.name),
            Some(suffix) => write!(f, "{}:{suffix}", self.name),
        }
    }
}

#[derive(Clone, Copy)]
enum Order {
    By(Scheme),
    /// Nobody has defined an order, or versions are commits.
    Undefined,
    /// Rebuilt packages of several ecosystems, named by the suffix; without one, Debian's.
    Echo,
    /// The same, where the suffix may go on with a release.
    Root,
}

use Order::{By, Undefined};

const TABLE: [(&str, Order); 49] = [
    ("AlmaLinux", By(Scheme::Rpm)),
    ("Alpaquita", By(Scheme::Alpine)),
    ("Alpine", By(Scheme::Alpine)),
    // Patch levels are dates, releases are numbers with letters, kernels are commits.
    ("Android", Undefined),
    ("Azure Linux", By(Scheme::Rpm)),
    ("BellSoft Hardened Containers", By(Scheme::Alpine)),
    ("Bioconductor", By(Scheme::R)),
    ("Bitnami", By(Scheme::SemVer)),
    ("CRAN", By(Scheme::R)),
    ("Chainguard", By(Scheme::Alpine)),
    ("CleanStart", By(Scheme::Alpine)),
    // Recipes carry whatever version upstream has, 1.1.1w for instance; the schema defines no order.
    ("ConanCenter", Undefined),
    ("Debian", By(Scheme::Debian)),
    ("Docker Hardened Images", By(Scheme::SemVer)),
    ("Echo", Order::Echo),
    // pkg-version(8) has an order of its own, which is not implemented.
    ("FreeBSD", Undefined),
    ("GHC", By(Scheme::SemVer)),
    ("GIT", Undefined),
    // Releases of actions are tags that GitHub asks to be semantic versions.
    ("GitHub Actions", By(Scheme::SemVer)),
    ("Go", By(Scheme::SemVer)),
    ("Hackage", By(Scheme::Hackage)),
    ("Hex", By(Scheme::SemVer)),
    ("Julia", By(Scheme::SemVer)),
    ("Kubernetes", By(Scheme::SemVer)),
    // Numbers with dots between, and -rc for candidates: https://docs.kernel.org/process/2.Process.html
    ("Linux", By(Scheme::SemVer)),
    ("Mageia", By(Scheme::Rpm)),
    ("Maven", By(Scheme::Maven)),
    ("MinimOS", By(Scheme::Alpine)),
    ("NuGet", By(Scheme::NuGet)),
    // Projects are built from commits.
    ("OSS-Fuzz", Undefined),
    ("Packagist", By(Scheme::Packagist)),
    ("Photon OS", By(Scheme::Rpm)),
    ("Pub", By(Scheme::Pub)),
    ("PyPI", By(Scheme::PyPi)),
    ("Red Hat", By(Scheme::Rpm)),
    ("Rocky Linux", By(Scheme::Rpm)),
    ("Root", Order::Root),
    ("RubyGems", By(Scheme::RubyGems)),
    ("SUSE", By(Scheme::Rpm)),
    ("SwiftURL", By(Scheme::SemVer)),
    // Rebuilds of several ecosystems whose own suffixes the base orders misplace.
    ("TuxCare", Undefined),
    ("Ubuntu", By(Scheme::Debian)),
    ("VSCode", By(Scheme::SemVer)),
    ("Wolfi", By(Scheme::Alpine)),
    ("crates.io", By(Scheme::SemVer)),
    ("npm", By(Scheme::SemVer)),
    ("opam", By(Scheme::Debian)),
    ("openEuler", By(Scheme::Rpm)),
    ("openSUSE", By(Scheme::Rpm)),
];

/// Echo marks rebuilds as `1.2.3+echo.1`: Debian, Python and Maven order that by themselves, and for npm it is what build metadata
/// is to pub. The outer `None` is an unknown suffix.
fn echo_scheme(suffix: Option<&str>) -> Option<Option<Scheme>> {
    match suffix.map(str::to_ascii_lowercase).as_deref() {
        None => Some(Some(Scheme::Debian)),
        Some("pypi") => Some(Some(Scheme::PyPi)),
        Some("maven") => Some(Some(Scheme::Maven)),
        Some("npm") => Some(Some(Scheme::Pub)),
        Some(_) => None,
    }
}

/// Root marks rebuilds in ways that only these schemes order by themselves; for the others no order is defined.
fn root_scheme(suffix: Option<&str>) -> Option<Scheme> {
    match suffix.and_then(|s| s.split(':').next()) {
        Some("Alpine") => Some(Scheme::Alpine),
        Some("Debian" | "Ubuntu") => Some(Scheme::Debian),
        Some("PyPI") => Some(Scheme::PyPi),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scheme(text: &str) -> Option<Scheme> {
        Ecosystem::parse(text).unwrap().scheme()
    }

    #[test]
    fn a_release_or_repository_after_the_colon_does_not_change_the_order() {
        assert_eq!(scheme("Debian:12"), Some(Scheme::Debian));
        assert_eq!(scheme("Ubuntu:22.04:LTS"), Some(Scheme::Debian));
        assert_eq!(scheme("Ubuntu:Pro:18.04:LTS"), Some(Scheme::Debian));
        assert_eq!(scheme("Alpine:v3.19"), Some(Scheme::Alpine));
        assert_eq!(scheme("Rocky Linux:9"), Some(Scheme::Rpm));
        assert_eq!(scheme("Red Hat:rhel_aus:8.4::appstream"), Some(Scheme::Rpm));
        assert_eq!(scheme("Maven:https://maven.google.com"), Some(Scheme::Maven));
    }

    #[test]
    fn an_ecosystem_prints_as_it_was_read() {
        for text in ["npm", "Ubuntu:22.04:LTS", "BellSoft Hardened Containers:23"] {
            let ecosystem = Ecosystem::parse(text).unwrap();
            assert_eq!(ecosystem.to_string(), text);
        }
        assert_eq!(
            Ecosystem::parse("Ubuntu:22.04:LTS").unwrap().suffix(),
            Some("22.04:LTS")
        );
    }

    #[test]
    fn an_unknown_ecosystem_is_an_error() {
        for text in [
            "",
            "NPM",
            "npm ",
            "Debian12",
            ":12",
            "Slackware:15",
            "Echo:Slackware",
        ] {
            assert_eq!(Ecosystem::parse(text), Err(UnknownEcosystem(text.into())));
        }
    }

    #[test]
    fn where_no_order_is_defined_none_is_made_up() {
        for text in [
            "GIT",
            "OSS-Fuzz",
            "Android",
            "ConanCenter",
            "FreeBSD:ports",
            "Root:npm",
            "TuxCare:PyPI",
        ] {
            assert_eq!(scheme(text), None, "{text}");
        }
    }

    #[test]
    fn rebuilt_packages_sort_after_what_they_were_built_from() {
        let echo = scheme("Echo:npm").unwrap();
        assert!(echo.compare("1.2.3", "1.2.3+echo.1").is_lt());
        assert!(echo.compare("1.2.3+echo.2", "1.2.4").is_lt());
        let root = scheme("Root:PyPI").unwrap();
        assert!(root.compare("1.0.0", "1.0.0+root.io.1").is_lt());
    }

    #[test]
    fn every_name_stands_once() {
        let mut names: Vec<&str> = Ecosystem::names().collect();
        names.sort_unstable();
        let before = names.len();
        names.dedup();
        assert_eq!(names.len(), before);
    }
}
