//! Catalogues of controls, and the automatic tests that bear on them.

use super::AssetKind;
use crate::{Control, Severity};
use serde::{Deserialize, Serialize};

/// Whose words the titles of a catalogue are in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Wording {
    /// The publisher's: the text may be copied.
    Published,
    /// Ours: the publisher's text is not reproduced.
    Own,
}

/// The controls of one published framework.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Catalog {
    /// Short name on the command line: `nist`.
    pub key: String,
    /// Short name and version, as in [`Control::framework`]: `NIST-800-53-r5`.
    pub framework: String,
    /// Name for people.
    pub name: String,
    /// Version, as the publisher counts.
    pub version: String,
    /// Whose words the titles are in.
    pub wording: Wording,
    /// Under what terms numbers and titles stand here.
    pub licence: String,
    /// Where it is published.
    pub source: String,
    /// Families, chapters or requirements, in the catalogue's order.
    pub groups: Vec<ControlGroup>,
    /// Every control, in the catalogue's order.
    pub controls: Vec<CatalogControl>,
}

impl Catalog {
    /// The control of this number; letters may have either case.
    #[must_use]
    pub fn find(&self, id: &str) -> Option<&CatalogControl> {
        self.controls
            .iter()
            .find(|control| control.id.eq_ignore_ascii_case(id))
    }
}

/// Controls that stand together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ControlGroup {
    /// Identity in OSCAL: `ac`.
    pub id: String,
    /// Title.
    pub title: String,
}

/// One control.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CatalogControl {
    /// Number as the publisher writes it: `AC-2(1)`, `6.3.3`, `164.312(b)`.
    pub id: String,
    /// Identity in OSCAL, a token: `ac-2.1`, `pci-6.3.3`, `hipaa-164.312.b`.
    pub oscal: String,
    /// Title, or what it asks for in our own words.
    pub title: String,
    /// [`ControlGroup::id`] of its group.
    pub group: String,
    /// Number of the control that it adds to, where the catalogue nests controls.
    pub parent: Option<String>,
    /// Whether the publisher withdrew it: the number is kept and asks for nothing.
    pub withdrawn: bool,
}

/// A test that evidence answers without a person, and the controls that it bears on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AutomaticTest {
    /// Short name: `no-credentials-in-images`.
    pub id: String,
    /// What is so when it passes.
    pub title: String,
    /// What it is asked of.
    pub over: AssetKind,
    /// Days for which evidence counts, from 1.
    pub within_days: u16,
    /// What it needs.
    pub requires: Requirement,
    /// The controls that it bears on.
    pub controls: Vec<ControlMapping>,
}

/// What a test needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Requirement {
    /// Checks ran completely over every asset, and nothing they look for is open.
    Findings {
        /// Rules, by id or `family/*`.
        rules: Vec<String>,
        /// Checks that must have run.
        checks: Vec<String>,
        /// Severity from which an open finding counts.
        at_least: Severity,
    },
    /// Checks ran completely over every asset; no finding is open past its day, and none was closed past it within the days for which
    /// evidence counts.
    Objectives {
        /// Rules, by id or `family/*`.
        rules: Vec<String>,
        /// Checks that must have run.
        checks: Vec<String>,
    },
    /// Every asset has a statement of one of these predicate types.
    Statement {
        /// Predicate types, as addresses.
        types: Vec<String>,
    },
    /// The audit ledger was verified and is whole.
    Ledger,
    /// Sign-ins tell this.
    SignIns(SignInAsk),
}

impl Requirement {
    /// Rules whose findings speak against it, by id or `family/*`.
    #[must_use]
    pub fn rules(&self) -> &[String] {
        match self {
            Self::Findings { rules, .. } | Self::Objectives { rules, .. } => rules,
            Self::Statement { .. } | Self::Ledger | Self::SignIns(_) => &[],
        }
    }

    /// Checks that must have run.
    #[must_use]
    pub fn checks(&self) -> &[String] {
        match self {
            Self::Findings { checks, .. } | Self::Objectives { checks, .. } => checks,
            Self::Statement { .. } | Self::Ledger | Self::SignIns(_) => &[],
        }
    }

    /// Whether findings of `rule` speak against it.
    #[must_use]
    pub fn looks_for(&self, rule: &str) -> bool {
        self.rules().iter().any(|glob| match glob.strip_suffix('*') {
            Some(beginning) => rule.starts_with(beginning),
            None => rule == glob,
        })
    }
}

/// What sign-ins must tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum SignInAsk {
    /// That they are recorded: there is at least one.
    Recorded,
    /// That each one of a person that was granted had a second factor.
    SecondFactor,
}

/// That a test bears on a control.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ControlMapping {
    /// The control.
    pub control: Control,
    /// How much of it.
    pub covers: Covers,
    /// Why, one sentence in our own words.
    pub why: String,
    /// Where the mapping comes from (`content/controls/SOURCES.md`).
    pub source: String,
}

/// How much of a control the tests that bear on it answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Covers {
    /// With the other tests that bear on it, all of it.
    Whole,
    /// Not all: a person must attest the rest.
    Part {
        /// What is left to a person.
        left: String,
    },
}
