//! One piece of software in an inventory.

use crate::{Location, PackageUrl};
use serde::{Deserialize, Serialize};

/// A package, library, application or operating system that the target contains or is built from.
///
/// Within an inventory the package URL is the identity: two findings of the same package URL are one component with
/// several locations.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Component {
    /// Identity, with the version where it is known.
    pub purl: PackageUrl,
    /// Name as its ecosystem writes it: `@scope/name`, `group:artifact`, `github.com/owner/module`.
    pub name: String,
    /// Version as its ecosystem writes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// Ecosystem under which advisories speak of it, in the spelling of the OSV schema (`npm`, `Debian:12`); none where
    /// no ecosystem of that schema fits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ecosystem: Option<String>,
    /// The source package it was built from, where distributions name their advisories by that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<SourcePackage>,
    /// When it is needed.
    pub scope: Scope,
    /// Whether the project itself asks for it, rather than another component; none where the evidence does not tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub direct: Option<bool>,
    /// Licences as SPDX expressions where they are such, else as declared; sorted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub licenses: Vec<String>,
    /// Digests of the distributed file; sorted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hashes: Vec<Hash>,
    /// Components of the same inventory that it depends on; sorted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub depends_on: Vec<PackageUrl>,
    /// The versions of these that it asks for, where the evidence tells; sorted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub asks_for: Vec<Requirement>,
    /// What proves that it is there: entries of lock files, package databases, the file itself.
    pub locations: Vec<Location>,
    /// Id of the cataloger that found it first.
    pub cataloger: String,
}

/// When a component is needed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// The evidence does not tell.
    #[default]
    Unknown,
    /// Only to build or test.
    Development,
    /// At run time, in some installations.
    Optional,
    /// At run time.
    Runtime,
}

/// The versions of a component that another asks for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Requirement {
    /// The component that it got.
    pub component: PackageUrl,
    /// The range, as its ecosystem writes it: `^1.2.0`.
    pub range: String,
}

/// The source package of a distribution's binary package.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourcePackage {
    /// Its name.
    pub name: String,
    /// Its version, where it is not that of the binary package.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
}

/// A digest.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Hash {
    /// Algorithm in the spelling of CycloneDX (`SHA-1`, `SHA-256`, `SHA-512`, `MD5`).
    pub algorithm: String,
    /// Lower-case hexadecimal digits.
    pub value: String,
}

impl Component {
    /// A component of which nothing is known but its identity and where it was seen.
    #[must_use]
    pub fn new(purl: PackageUrl, name: impl Into<String>, cataloger: &str, location: Location) -> Self {
        Self {
            version: purl.version().map(str::to_owned),
            purl,
            name: name.into(),
            ecosystem: None,
            source: None,
            scope: Scope::Unknown,
            direct: None,
            licenses: Vec::new(),
            hashes: Vec::new(),
            depends_on: Vec::new(),
            asks_for: Vec::new(),
            locations: vec![location],
            cataloger: cataloger.to_owned(),
        }
    }

    /// Adds what another finding of the same component knows; [`Component::tidy`] is to follow. The wider scope counts; a
    /// component that is asked for directly anywhere is direct.
    pub fn absorb(&mut self, other: Self) {
        self.scope = self.scope.max(other.scope);
        self.direct = match (self.direct, other.direct) {
            (Some(a), Some(b)) => Some(a || b),
            (a, b) => a.or(b),
        };
        self.version = self.version.take().or(other.version);
        self.ecosystem = self.ecosystem.take().or(other.ecosystem);
        self.source = self.source.take().or(other.source);
        self.licenses.extend(other.licenses);
        self.hashes.extend(other.hashes);
        self.depends_on.extend(other.depends_on);
        self.asks_for.extend(other.asks_for);
        self.locations.extend(other.locations);
    }

    /// Sorts every list and removes what stands twice.
    pub fn tidy(&mut self) {
        self.licenses.sort();
        self.licenses.dedup();
        self.hashes.sort();
        self.hashes.dedup();
        self.depends_on.sort();
        self.depends_on.dedup();
        self.asks_for.sort();
        self.asks_for.dedup();
        self.locations.sort();
        self.locations.dedup();
    }
}
