//! Known vulnerabilities: the inventory of a scan, matched with the advisory index.
//!
//! In: the settings and the components that were found. Out: findings, and what became of the check. That there is no index is said
//! wherever there is something to match; it changes the verdict only where the configuration demands an index.

use super::Place;
use super::rules::Selection;
use crate::db::{self, IndexFile};
use crate::error::Error;
use crate::place;
use bartizan_engine::config::Config;
use bartizan_engine::system::System;
use bartizan_engine::{Check, Outcome};
use bartizan_model::{CheckStatus, Component, Finding, PackageUrl, Remedy, Skipped, Target, Timestamp};
use bartizan_supply::advisory::index::{Index, IndexError};
use bartizan_supply::advisory::{AdvisoryCheck, matching};
use bartizan_supply::inventory;
use bartizan_supply::vex::{self, Document};
use std::collections::BTreeSet;

/// Finishes the inventory once every file was read; what could not be said of it is told.
pub(super) fn finish_inventory(outcome: &mut Outcome) {
    let finished = inventory::finish(std::mem::take(&mut outcome.components));
    outcome.components = finished.components;
    outcome
        .skipped
        .extend(finished.notes.into_iter().map(|reason| Skipped {
            path: "(inventory)".to_owned(),
            reason,
            required: false,
        }));
    outcome.skipped.sort();
}

/// VEX documents, with the path that people know them by.
pub(super) type Statements = Vec<(String, Document)>;

/// Reads the VEX documents of the settings.
pub(super) fn statements(system: &dyn System, config: &Config, place: &Place) -> Result<Statements, Error> {
    let files = config.paths("supply.vex").into_iter();
    let read = files.map(|file| {
        let text = system
            .read_text(&file)
            .map_err(|error| Error::reading(&file, &error))?;
        let document = vex::read(text.as_bytes()).map_err(|error| {
            Error::usage(
                format!("`{}` is no VEX document: {error}", file.display()),
                "name a document of OpenVEX, or of CycloneDX with `vulnerabilities`",
            )
        })?;
        Ok((place::shown(&file, &place.start), document))
    });
    read.collect()
}

/// Lets VEX documents speak of findings. What was not understood of them is told.
pub(super) fn speak(
    statements: &Statements,
    findings: &mut [Finding],
    (target, components): (&Target, &[Component]),
    skipped: &mut Vec<Skipped>,
) {
    let purls: Vec<&PackageUrl> = components.iter().map(|component| &component.purl).collect();
    vex::apply(statements, findings, target.image.as_ref(), &purls);
    for (path, document) in statements {
        skipped.extend(document.problems.iter().map(|problem| Skipped {
            path: path.clone(),
            reason: format!("{problem}; it says nothing therefore"),
            required: false,
        }));
    }
    skipped.sort();
}

/// What a scan matches with.
pub(super) struct Supply {
    index: Result<Option<Index<IndexFile>>, IndexError>,
    max_age: u64,
    jobs: usize,
    required: bool,
    now: Timestamp,
}

impl Supply {
    /// Opens the index; none where no rule about it is in force. What once stood in a history is not what a target is built from.
    pub(super) fn open(
        config: &Config,
        selection: &Selection,
        target: &Target,
        now: Timestamp,
    ) -> Option<Self> {
        let past = matches!(target.kind.as_str(), "git-range" | "git-history");
        if past || !selection.family("supply") {
            return None;
        }
        let max_age = config.number("supply.max-index-age");
        Some(Self {
            index: db::open(config),
            max_age,
            jobs: usize::try_from(config.number("scan.jobs")).unwrap_or(0),
            required: config.flag("supply.require-index") || max_age > 0,
            now,
        })
    }

    /// Whether the settings demand that everything be matched.
    pub(super) const fn is_required(&self) -> bool {
        self.required
    }

    /// The check that it adds to a scan, besides the inventory.
    pub(super) fn check(&self) -> Box<dyn Check> {
        let digest = match &self.index {
            Ok(Some(index)) => index.digest(),
            _ => [0; 32],
        };
        Box::new(AdvisoryCheck::new(digest, self.required || self.index.is_err()))
    }

    /// Matches what was found, and says in the outcome what came of it. What closes the findings is returned.
    pub(super) fn judge(&self, selection: &Selection, outcome: &mut Outcome) -> Vec<Remedy> {
        let (status, remedies) = self.matched(selection, outcome);
        let findings = outcome
            .findings
            .iter()
            .filter(|finding| finding.rule.starts_with("supply/"))
            .count() as u64;
        let components = outcome.components.iter();
        let files: BTreeSet<&str> = components
            .flat_map(|component| &component.locations)
            .map(|location| location.path.as_str())
            .collect();
        let run = outcome
            .checks
            .iter_mut()
            .find(|run| run.check == AdvisoryCheck::ID);
        if let Some(run) = run {
            run.files = files.len() as u64;
            run.findings = findings;
            run.status = status;
        }
        remedies
    }

    fn matched(&self, selection: &Selection, outcome: &mut Outcome) -> (CheckStatus, Vec<Remedy>) {
        let without = |status| (status, Vec::new());
        if outcome.components.is_empty() {
            return without(CheckStatus::Ran);
        }
        let index = match &self.index {
            Ok(Some(index)) => index,
            Ok(None) => {
                return without(CheckStatus::Skipped {
                    reason: "no advisory index; run `bartizan db update`".to_owned(),
                });
            }
            Err(error) => return without(failed(error)),
        };
        match matching::find(index, &outcome.components, self.jobs) {
            Ok(mut matches) => {
                matches
                    .findings
                    .retain(|finding| selection.in_force.contains(&finding.rule));
                outcome.findings.append(&mut matches.findings);
                outcome.skipped.append(&mut matches.unjudged);
                outcome.skipped.sort();
                (self.age(index), matches.remedies)
            }
            Err(error) => without(failed(&error)),
        }
    }

    fn age(&self, index: &Index<IndexFile>) -> CheckStatus {
        let built = index.counts().built.map_or(i64::MIN, Timestamp::unix_seconds);
        let days = self.now.unix_seconds().saturating_sub(built) / 86_400;
        if self.max_age == 0 || u64::try_from(days).unwrap_or(0) <= self.max_age {
            return CheckStatus::Ran;
        }
        CheckStatus::Partial {
            errors: vec![format!(
                "the advisory index is {days} days old and `supply.max-index-age` is {}; run `bartizan db update`",
                self.max_age
            )],
        }
    }
}

fn failed(error: &IndexError) -> CheckStatus {
    CheckStatus::Failed {
        error: format!("{error}; {}", error.help()),
    }
}
