//! Bringing what a statement says into the graph.

use super::what::What;
use super::{advisories, alerts, bearing, bill, decide, identity, links, log::IngestError, scan};
use bartizan_store::Session;

/// From which statement something comes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Source<'a> {
    /// Its place in the log.
    pub(super) seq: i64,
    /// When it came in, in milliseconds since 1970.
    pub(super) at: i64,
    /// Who sent it.
    pub(super) by: &'a str,
    /// The type of its predicate.
    pub(super) predicate: &'a str,
}

/// What a statement changed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Effect {
    /// The thing that it is about, where it is one thing.
    pub asset: Option<String>,
    /// Findings that were not known before.
    pub opened: u64,
    /// Findings that were fixed and are back.
    pub reopened: u64,
    /// Findings that are gone.
    pub fixed: u64,
    /// Findings that were known and are still there.
    pub seen: u64,
    /// Findings that are waived since.
    pub waived: u64,
    /// Components in the inventory.
    pub components: u64,
    /// What was not understood.
    pub problems: Vec<String>,
}

pub(super) fn absorb(
    session: &mut Session<'_>,
    source: &Source<'_>,
    what: &What,
) -> Result<Effect, IngestError> {
    match what {
        What::Scan(report) => scan::absorb(session, source, report),
        What::Bill(bill) => bill::absorb(session, source, bill),
        What::Decision(decision) => decide::absorb(session, source, decision),
        What::Advisories(records) => advisories::absorb(session, source, records),
        What::Alerts(batch) => alerts::absorb(session, source, batch),
        What::Links(told) => links::absorb(session, source, told),
        What::Provenance(subjects) => links::absorb_provenance(session, source, subjects),
        What::Other(subjects) => {
            for subject in subjects.iter().filter(|subject| !subject.name.is_empty()) {
                let asset = session.see_asset(&identity::of_name(&subject.name), source.at)?;
                bearing::told(session, source, asset, source.at)?;
            }
            Ok(Effect::default())
        }
    }
}
