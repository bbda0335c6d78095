//! What controls rest on, kept while statements are brought into the graph: how many findings there are, which check looked at all of
//! what and when, which statements there are about a thing, and who signed in.

use super::absorb::Source;
use super::row::text;
use bartizan_ledger::compliance::narrowed;
use bartizan_model::compliance::AssetKind;
use bartizan_model::{CheckStatus, Report};
use bartizan_store::graph::{AssetStatementRow, CoverageRow, FindingCountRow, FindingRow, SignInRow, Status};
use bartizan_store::{Session, StoreError};
use std::collections::{BTreeMap, BTreeSet};

const DAY: i64 = 86_400_000;

/// Schemes of the things that controls are asked of. A directory without an address is source code as a repository is.
pub(crate) const SCHEMES: [(&str, AssetKind); 4] = [
    ("repo", AssetKind::Repository),
    ("dir", AssetKind::Repository),
    ("image", AssetKind::Image),
    ("host", AssetKind::Host),
];

/// The number by which counts know the kind of a thing; 0 for what no control is asked of.
pub(crate) const fn class_of(kind: Option<AssetKind>) -> i64 {
    match kind {
        Some(AssetKind::Repository) => 1,
        Some(AssetKind::Image) => 2,
        Some(AssetKind::Host) => 3,
        Some(AssetKind::ControlPlane | AssetKind::System) | None => 0,
    }
}

/// The kind that a number stands for.
pub(crate) const fn kind_of(class: i64) -> Option<AssetKind> {
    match class {
        1 => Some(AssetKind::Repository),
        2 => Some(AssetKind::Image),
        3 => Some(AssetKind::Host),
        _ => None,
    }
}

fn kind_of_scheme(scheme: &str) -> Option<AssetKind> {
    SCHEMES
        .into_iter()
        .find(|(known, _)| *known == scheme)
        .map(|(_, kind)| kind)
}

/// How the numbers of findings change: by thing, rule, state, severity and the day that is due.
#[derive(Debug, Default)]
pub(super) struct Counts(BTreeMap<(i64, String, i64, i64, i64), i64>);

impl Counts {
    /// So many more findings like this one.
    pub(super) fn add(&mut self, row: &FindingRow, more: i64) {
        let due_day = match (row.status, row.due) {
            (Status::Open, Some(due)) if due >= 0 => due.div_euclid(DAY),
            _ => -1,
        };
        let key = (
            row.asset,
            row.rule.clone(),
            row.status.number(),
            row.severity,
            due_day,
        );
        *self.0.entry(key).or_default() += more;
    }

    /// Writes them.
    pub(super) fn write(self, session: &mut Session<'_>) -> Result<(), StoreError> {
        let assets: BTreeSet<i64> = self.0.keys().map(|key| key.0).collect();
        let classes: BTreeMap<i64, i64> = session
            .assets_of(&assets.into_iter().collect::<Vec<_>>())?
            .into_iter()
            .map(|row| (row.id, class_of(kind_of_scheme(&row.kind))))
            .collect();
        let changed = self.0.into_iter().filter(|(_, findings)| *findings != 0);
        let rows: Vec<FindingCountRow> = changed
            .map(
                |((asset, rule, status, severity, due_day), findings)| FindingCountRow {
                    class: classes.get(&asset).copied().unwrap_or_default(),
                    rule,
                    status,
                    severity,
                    asset,
                    due_day,
                    findings,
                },
            )
            .collect();
        session.add_to_finding_counts(&rows)
    }
}

/// There is a statement about a thing; `at` is when it was so, in milliseconds since 1970.
pub(super) fn told(
    session: &mut Session<'_>,
    source: &Source<'_>,
    asset: i64,
    at: i64,
) -> Result<(), StoreError> {
    session.see_asset_statement(&AssetStatementRow {
        predicate: text(source.predicate),
        asset,
        seq: source.seq,
        at,
    })
}

/// Checks were run over a thing.
pub(super) fn covered(
    session: &mut Session<'_>,
    source: &Source<'_>,
    (asset, at): (i64, i64),
    report: &Report,
) -> Result<(), StoreError> {
    let left_out = narrowed(report);
    let mut rows: BTreeMap<String, CoverageRow> = BTreeMap::new();
    for run in &report.checks {
        let first = |texts: &[String]| texts.first().cloned();
        let (status, why) = match &run.status {
            // What was left out may hold what the check judges.
            CheckStatus::NotApplicable { reason } if left_out.is_empty() => {
                ("not-applicable", reason.clone())
            }
            CheckStatus::Ran | CheckStatus::NotApplicable { .. } => {
                ("ran", first(&left_out).unwrap_or_default())
            }
            CheckStatus::Partial { errors } => {
                ("partial", first(errors).unwrap_or_else(|| "partial".to_owned()))
            }
            CheckStatus::Skipped { reason } => ("skipped", reason.clone()),
            CheckStatus::Failed { error } => ("failed", error.clone()),
        };
        let is_whole = status == "ran" && why.is_empty();
        let row = CoverageRow {
            name: text(&run.check),
            asset,
            seq: source.seq,
            at,
            status: status.to_owned(),
            why: text(&why),
            whole_seq: is_whole.then_some(source.seq),
            whole_at: is_whole.then_some(at),
        };
        // Of two with one name the last counts.
        rows.insert(row.name.clone(), row);
    }
    session.set_coverage(&rows.into_values().collect::<Vec<_>>())
}

/// Something happened that has to do with access.
pub(super) fn signed_in(
    session: &mut Session<'_>,
    source: &Source<'_>,
    event: &str,
    login: &str,
) -> Result<(), StoreError> {
    let granted = match event {
        "sign-in" => true,
        "sign-in-failed" => false,
        _ => return Ok(()),
    };
    session.see_sign_in(&SignInRow {
        login: text(login),
        granted,
        seq: source.seq,
        at: source.at,
    })
}
