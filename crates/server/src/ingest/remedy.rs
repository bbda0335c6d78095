//! What closes findings: one row for each thing to do on each thing.
//!
//! In: findings and the remedies that a report offers for them. Out: the number of the row that closes each.

use super::row::text;
use bartizan_ledger::bill::package_of;
use bartizan_model::{Finding, Fingerprint, Remedy};
use bartizan_store::graph::{RemedyRow, RemedyTotals};
use bartizan_store::{Session, StoreError};
use std::collections::HashMap;

/// What closes a finding, wherever it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Closing {
    /// What to do, in the imperative.
    what: String,
    /// What is the same on other things.
    change: String,
    /// JSON of the upgrade, if it is one.
    upgrade: Option<String>,
}

/// The remedy that a report offers for each finding.
pub(super) fn offered(remedies: &[Remedy]) -> HashMap<&Fingerprint, &Remedy> {
    let mut offered = HashMap::new();
    for remedy in remedies {
        for print in remedy.closes.iter().chain(&remedy.leaves) {
            offered.entry(print).or_insert(remedy);
        }
    }
    offered
}

impl Closing {
    /// What closes the finding: what is offered for it, else its own fix.
    pub(super) fn of(finding: &Finding, offered: Option<&Remedy>) -> Self {
        let own = finding
            .fix
            .as_ref()
            .map_or(&finding.title, |fix| &fix.description);
        let what = text(offered.map_or(own, |remedy| &remedy.description));
        let upgrade = offered.and_then(|remedy| remedy.upgrade.as_ref());
        let change = match upgrade {
            Some(upgrade) => format!("{} to {}", package_of(&upgrade.component), upgrade.to),
            None => format!("{}: {what}", finding.rule),
        };
        Self {
            change: text(&change),
            upgrade: upgrade.and_then(|upgrade| serde_json::to_string(upgrade).ok()),
            what,
        }
    }
}

/// The remedies of things, as far as they were asked for, and those that are new.
#[derive(Debug)]
pub(super) struct Remedies {
    known: HashMap<i64, HashMap<String, i64>>,
    next: i64,
    new: Vec<RemedyRow>,
}

impl Remedies {
    /// Knows nothing yet.
    pub(super) fn begin(session: &mut Session<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            known: HashMap::new(),
            next: session.next_remedy()?,
            new: Vec::new(),
        })
    }

    /// Asks for everything that is to be done on a thing.
    pub(super) fn know_all_of(&mut self, session: &mut Session<'_>, asset: i64) -> Result<(), StoreError> {
        let rows = session.remedies_of(asset)?;
        let own = self.known.entry(asset).or_default();
        own.extend(rows.into_iter().map(|row| (row.what, row.id)));
        Ok(())
    }

    /// Asks on which of the things the same is to be done.
    pub(super) fn know_everywhere(
        &mut self,
        session: &mut Session<'_>,
        closing: &Closing,
        assets: &[i64],
    ) -> Result<(), StoreError> {
        for (asset, id) in session.remedies_called(&closing.what, assets)? {
            self.known
                .entry(asset)
                .or_default()
                .insert(closing.what.clone(), id);
        }
        Ok(())
    }

    /// The number of what closes a finding of a thing that was asked for.
    pub(super) fn number(&mut self, asset: i64, closing: &Closing) -> i64 {
        let own = self.known.entry(asset).or_default();
        if let Some(id) = own.get(&closing.what) {
            return *id;
        }
        let id = self.next;
        self.next += 1;
        own.insert(closing.what.clone(), id);
        self.new.push(RemedyRow {
            id,
            asset,
            what: closing.what.clone(),
            change: closing.change.clone(),
            upgrade: closing.upgrade.clone(),
            owner: None,
            totals: RemedyTotals::default(),
        });
        id
    }

    /// Writes those that are new.
    pub(super) fn write(self, session: &mut Session<'_>) -> Result<(), StoreError> {
        session.set_remedies(&self.new)
    }
}
