//! The check `deploy/rbac`: notes what each manifest has to do with who may do what, and judges it once every file was read, because
//! roles, bindings, accounts and what runs as them stand in several.

use super::checks;
use super::judge::View;
use super::manifest::Manifest;
use super::permissions::Permissions;
use crate::facts;
use bartizan_engine::rule::Enabled;
use bartizan_engine::{Check, CheckError, Fact, Input, Meta, Sink};
use bartizan_model::{FingerprintBuilder, RuleInfo};
use bartizan_source::{FileMeta, Interest};

/// Changes when a manifest is read differently; part of the key of cached results.
const REVISION: &[u8] = b"1";
/// Largest manifest that is read, in bytes.
const LARGEST: u64 = 64 << 20;
/// Most findings of one rule.
const MOST_FINDINGS: usize = 1000;

/// Who may do what in a cluster.
pub struct RbacCheck {
    meta: Meta,
    enabled: Enabled,
    complete: bool,
}

/// The manuals of every rule about who may do what, ordered by id.
#[must_use]
pub fn rules() -> Vec<RuleInfo> {
    checks::ALL.iter().map(|(about, _)| about.info()).collect()
}

impl RbacCheck {
    /// Its id.
    pub const ID: &'static str = "deploy/rbac";

    /// The check with the rules whose ids are given, or all of them. `complete`: whether every file of the target is looked at; where not, a role
    /// that was not read is no finding. `required`: whether the verdict depends on it having run everywhere.
    #[must_use]
    pub fn new(enabled: Enabled, complete: bool, required: bool) -> Self {
        Self {
            meta: Meta {
                id: Self::ID,
                title: "Who may do what in a cluster",
                required,
                // Of a file only what it says is noted, and what is made of it is kept nowhere: the rules do not count.
                digest: Meta::digest_of(FingerprintBuilder::new(Self::ID).part(REVISION)),
            },
            enabled,
            complete,
        }
    }

    fn is_enabled(&self, id: &str) -> bool {
        (self.complete || id != checks::UNKNOWN_ROLE) && self.enabled.has(id)
    }
}

impl Check for RbacCheck {
    fn meta(&self) -> &Meta {
        &self.meta
    }

    fn rules(&self) -> Vec<RuleInfo> {
        rules()
    }

    fn wants(&self, file: &FileMeta) -> Interest {
        if bartizan_document::is_manifest(&file.path) {
            Interest::Entire(LARGEST)
        } else {
            Interest::No
        }
    }

    fn recognises(&self, _file: &FileMeta, head: &[u8]) -> bool {
        bartizan_document::has_objects(head)
    }

    fn run(&self, input: &Input<'_>, out: &mut Sink) -> Result<(), CheckError> {
        if !Manifest::concerns(input.bytes) {
            return Ok(());
        }
        // What is no text, and documents that cannot be read, `deploy/kubernetes` says of the same file.
        let Ok(text) = std::str::from_utf8(input.bytes) else {
            return Ok(());
        };
        let manifest = Manifest::read(input.path(), text);
        if manifest.is_empty() {
            return Ok(());
        }
        let noted = serde_json::to_string(&manifest);
        out.fact(noted.map_err(|error| CheckError(error.to_string()))?);
        Ok(())
    }

    fn finish(&self, facts: &[Fact], out: &mut Sink) -> Result<(), CheckError> {
        let mut manifests = Vec::new();
        for fact in facts::within(facts, "about roles", out) {
            match serde_json::from_str::<Manifest>(&fact.data) {
                Ok(manifest) => manifests.push(Manifest {
                    path: fact.path.clone(),
                    ..manifest
                }),
                Err(error) => out.error(format!("{}: what was noted cannot be read: {error}", fact.path)),
            }
        }
        if manifests.is_empty() {
            return Ok(());
        }
        let permissions = Permissions::of(manifests);
        for note in permissions.notes() {
            out.error(format!("{}:{}: {}", note.path, note.line, note.message));
        }
        let escalations = permissions.escalations();
        let view = View::of(&escalations);
        for (about, judge) in checks::ALL {
            if !self.is_enabled(about.id) {
                continue;
            }
            let mut broken = Vec::new();
            judge(&view, &mut broken);
            if broken.len() > MOST_FINDINGS {
                out.error(format!("{}: more than {MOST_FINDINGS} findings", about.id));
            }
            for one in broken
                .into_iter()
                .filter(|one| !one.path.is_empty())
                .take(MOST_FINDINGS)
            {
                out.finding(one.finding());
            }
        }
        Ok(())
    }
}
