//! The exact order of versions, one file for each scheme.
//!
//! In: a version as text. Out: its place, as bytes: each scheme writes a version as a *key*, so that the order of versions is the
//! order of their keys byte by byte. That makes every scheme a total order whatever the text is, makes a comparison as cheap as
//! `memcmp`, and gives an index something to sort by and to search in.
//!
//! No text is refused: package managers differ in what they accept and a database holds what was once published. Where a scheme's
//! own comparison is circular or undefined for a malformed text, its file says which order was chosen.

mod alpine;
mod debian;
mod dotted;
mod key;
mod maven;
mod nuget;
mod packagist;
mod pypi;
pub(crate) mod requirement;
mod rpm;
mod rubygems;
mod semver;

use key::KeyWriter;
use std::cmp::Ordering;
use std::fmt;

/// How versions are ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Scheme {
    /// apk of Alpine Linux and those that use it.
    Alpine,
    /// dpkg of Debian and Ubuntu.
    Debian,
    /// Numbers with dots between, as Hackage orders them.
    Hackage,
    /// Maven's `ComparableVersion`.
    Maven,
    /// NuGet: SemVer with a fourth number and without letter case.
    NuGet,
    /// PHP's `version_compare`, after a leading `v` is dropped as Composer does.
    Packagist,
    /// Dart's pub: SemVer, with build metadata taking part.
    Pub,
    /// PEP 440, and below it what setuptools made of texts that are none.
    PyPi,
    /// R's `package_version`: numbers with dots and hyphens between.
    R,
    /// `rpmvercmp` with epoch and release.
    Rpm,
    /// `Gem::Version`.
    RubyGems,
    /// Semantic Versioning 2.0: npm, crates.io, Go, Hex, Swift and others.
    SemVer,
}

impl Scheme {
    /// Every scheme.
    pub const ALL: [Self; 12] = [
        Self::Alpine,
        Self::Debian,
        Self::Hackage,
        Self::Maven,
        Self::NuGet,
        Self::Packagist,
        Self::Pub,
        Self::PyPi,
        Self::R,
        Self::Rpm,
        Self::RubyGems,
        Self::SemVer,
    ];

    /// Which of two versions is the newer: for every scheme but one the order of their keys.
    ///
    /// [`Scheme::Maven`] answers as Maven 3 does, which runs in a circle where a word stands behind a dot
    /// (`1.0.RC1 < 1.0 < 1.0-1 < 1.0.RC1`). To sort, or to ask whether a version lies in a range, compare keys.
    ///
    /// Allocates only for Maven, and for versions of more than about a hundred characters.
    #[must_use]
    pub fn compare(self, left: &str, right: &str) -> Ordering {
        if left == right {
            return Ordering::Equal;
        }
        if self == Self::Maven {
            return maven::compare(left, right);
        }
        let (mut a, mut b) = (KeyWriter::new(), KeyWriter::new());
        self.write_key(left, &mut a);
        self.write_key(right, &mut b);
        a.as_bytes().cmp(b.as_bytes())
    }

    /// Whether a version lies above the one with this key.
    #[must_use]
    pub fn is_above(self, version: &str, key: &VersionKey) -> bool {
        let mut out = KeyWriter::new();
        self.write_key(version, &mut out);
        out.as_bytes() > key.as_bytes()
    }

    /// The place of a version, to be compared often. Keys of different schemes have nothing to say to each other.
    #[must_use]
    pub fn key(self, version: &str) -> VersionKey {
        let mut out = KeyWriter::new();
        self.write_key(version, &mut out);
        VersionKey(out.as_bytes().into())
    }

    fn write_key(self, version: &str, out: &mut KeyWriter) {
        match self {
            Self::Alpine => alpine::write_key(version, out),
            Self::Debian => debian::write_key(version, out),
            Self::Hackage => dotted::write_key(version, b".", out),
            Self::Maven => maven::write_key(version, out),
            Self::NuGet => nuget::write_key(version, out),
            Self::Packagist => packagist::write_key(version, out),
            Self::Pub => semver::write_key_with_build(version, out),
            Self::PyPi => pypi::write_key(version, out),
            Self::R => dotted::write_key(version, b".-", out),
            Self::Rpm => rpm::write_key(version, out),
            Self::RubyGems => rubygems::write_key(version, out),
            Self::SemVer => semver::write_key(version, out),
        }
    }
}

/// The place of a version in the order of its scheme. Equal keys mean versions that the scheme calls equal, such as `1.0` and
/// `1.0.0` of PEP 440.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VersionKey(Box<[u8]>);

impl VersionKey {
    /// The bytes, whose order is that of the versions.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for VersionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VersionKey({})", self.0.escape_ascii())
    }
}
