//! What a check hands back while it looks at a file.

use bartizan_model::{Component, Finding, Measured};
use bartizan_source::ContentDigests;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// A waiver comment as it stands in a file, not yet judged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InlineWaiver {
    /// Line of the comment, from 1.
    pub line: u32,
    /// Whether the comment has its line for itself: then it covers the next line, else its own.
    pub alone: bool,
    /// Rule id or glob in the brackets.
    pub rule: String,
    /// Text after `until`, if any.
    pub until: Option<String>,
    /// Text after `--`, if any.
    pub reason: Option<String>,
}

/// What a check noted of one file, to judge it together with other files once all were read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Fact {
    /// Path of the file.
    pub path: String,
    /// What was noted, in a form that only the check knows.
    pub data: String,
}

/// The content of a file in which something was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    /// Path of the file; of an archive in which something was found, its own.
    pub path: String,
    /// Digest of the layer that holds it, in images.
    pub layer: Option<String>,
    /// Digests of all of its bytes.
    pub digests: ContentDigests,
}

/// Receives what a check finds in one file.
#[derive(Debug, Default)]
pub struct Sink {
    findings: Vec<Finding>,
    components: Vec<Component>,
    facts: Vec<String>,
    waivers: Vec<InlineWaiver>,
    errors: Vec<String>,
    measured: Option<Measured>,
    not_applicable: Option<String>,
    interrupt: Option<Arc<AtomicBool>>,
}

/// Everything a check reported of one file.
#[derive(Debug, Default)]
pub struct Reported {
    /// Problems.
    pub findings: Vec<Finding>,
    /// Components of the inventory.
    pub components: Vec<Component>,
    /// What the check noted for [`crate::Check::finish`].
    pub facts: Vec<String>,
    /// Waiver comments.
    pub waivers: Vec<InlineWaiver>,
    /// What could not be judged.
    pub errors: Vec<String>,
    /// What was measured.
    pub measured: Option<Measured>,
    /// Why there was nothing to judge.
    pub not_applicable: Option<String>,
}

impl Sink {
    /// One for work that ends early once the flag is set.
    pub(crate) fn until(interrupt: Arc<AtomicBool>) -> Self {
        Self {
            interrupt: Some(interrupt),
            ..Self::default()
        }
    }

    /// Whether the scan was interrupted: nobody asks any more for what would be put out.
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        let interrupt = self.interrupt.as_ref();
        interrupt.is_some_and(|flag| flag.load(Ordering::Relaxed))
    }

    /// Reports a finding.
    pub fn finding(&mut self, finding: Finding) {
        self.findings.push(finding);
    }

    /// Reports a component of the inventory.
    pub fn component(&mut self, component: Component) {
        self.components.push(component);
    }

    /// Notes something of this file for [`crate::Check::finish`]. It is kept with the results of the file, so it must
    /// depend on nothing but the file.
    pub fn fact(&mut self, data: String) {
        self.facts.push(data);
    }

    /// Reports a waiver comment.
    pub fn inline_waiver(&mut self, waiver: InlineWaiver) {
        self.waivers.push(waiver);
    }

    /// Says that a part of the file could not be judged: the check's status becomes Partial.
    pub fn error(&mut self, error: impl Into<String>) {
        self.errors.push(error.into());
    }

    /// Hands on what was measured of all files ([`crate::Program::judge`]).
    pub fn measured(&mut self, measured: Measured) {
        self.measured = Some(measured);
    }

    /// Says in [`crate::Check::finish`] that nothing in the target is what the check judges, and what there is none of: unless something
    /// could not be judged, its status becomes NotApplicable.
    pub fn not_applicable(&mut self, reason: impl Into<String>) {
        self.not_applicable = Some(reason.into());
    }

    /// What was reported so far.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// Everything that was reported.
    #[must_use]
    pub fn into_reported(self) -> Reported {
        Reported {
            findings: self.findings,
            components: self.components,
            facts: self.facts,
            waivers: self.waivers,
            errors: self.errors,
            measured: self.measured,
            not_applicable: self.not_applicable,
        }
    }
}
