//! The check `supply/advisories`, as the engine lists it.
//!
//! Advisories are matched with the whole inventory, once it is complete, and not file by file: the check looks at no file. It stands
//! among the others for its manuals, its place in the report, and its digest, which is that of the index.

use super::rules;
use bartizan_engine::{Check, CheckError, Input, Meta, Sink};
use bartizan_model::RuleInfo;
use bartizan_source::{FileMeta, Interest};

/// What is known of the matching before it is done.
pub struct AdvisoryCheck {
    meta: Meta,
}

impl AdvisoryCheck {
    /// Its id.
    pub const ID: &'static str = "supply/advisories";

    /// The check by an index with this digest. `required`: whether the verdict depends on it.
    #[must_use]
    pub const fn new(digest: [u8; 32], required: bool) -> Self {
        Self {
            meta: Meta {
                id: Self::ID,
                title: "Known vulnerabilities and malicious packages",
                required,
                digest,
            },
        }
    }
}

impl Check for AdvisoryCheck {
    fn meta(&self) -> &Meta {
        &self.meta
    }

    fn rules(&self) -> Vec<RuleInfo> {
        rules()
    }

    fn looks_at_files(&self) -> bool {
        false
    }

    fn wants(&self, _: &FileMeta) -> Interest {
        Interest::No
    }

    fn run(&self, _: &Input<'_>, _: &mut Sink) -> Result<(), CheckError> {
        Ok(())
    }
}
