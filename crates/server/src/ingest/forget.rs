//! Taking bodies away for good. The records of the statements and the tree over them stay as they are, a statement says who took what away
//! and why, and the graph is made again from what is left: it never rests on what nobody can read any more.

use super::log::IngestError;
use super::rebuild::{Made, make};
use super::record::record;
use super::what::Rejected;
use bartizan_ledger::decision::Decision;
use bartizan_ledger::statement::DECISION;
use bartizan_model::encoding::hex;
use bartizan_store::Session;
use bartizan_store::graph::Status;

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Forgotten {
    /// Bodies that were taken away.
    pub statements: u64,
    /// Open findings before.
    pub open_before: i64,
    /// Open findings of the graph that the rest gives.
    pub open_after: i64,
    /// What the graph was made from.
    pub made: Made,
}

/// Takes the bodies of these statements away, within a transaction. `at` is in milliseconds since 1970.
///
/// # Errors
/// When one is not there, was taken away before, is held or is a decision, and those of the store; then nothing of the transaction
/// may stay.
pub fn forget(
    session: &mut Session<'_>,
    statements: &[i64],
    reason: &str,
    (by, at): (&str, i64),
) -> Result<Forgotten, IngestError> {
    session.hold_log()?;
    let open_before = session.count_findings(Status::Open)?;
    let mut count = 0;
    for seq in statements {
        take_away(session, *seq, reason, (by, at))?;
        count += 1;
    }
    let made = make(session)?;
    Ok(Forgotten {
        statements: count,
        open_before,
        open_after: session.count_findings(Status::Open)?,
        made,
    })
}

fn take_away(
    session: &mut Session<'_>,
    seq: i64,
    reason: &str,
    (by, at): (&str, i64),
) -> Result<(), IngestError> {
    let Some(row) = session.statement(seq)? else {
        return Err(Rejected::Missing(format!("statement {seq}")).into());
    };
    if row.predicate == DECISION {
        return Err(Rejected::Kept(format!(
            "statement {seq} is a decision: without it nobody could tell what holds, and why"
        ))
        .into());
    }
    if let Some(hold) = session.hold_on(seq)? {
        let because: String = hold.reason.chars().take(200).collect();
        return Err(Rejected::Kept(format!(
            "statement {seq} is held by statement {}, by {}: {because}",
            hold.seq, hold.by
        ))
        .into());
    }
    let decision = Decision::TakeAway {
        statement: u64::try_from(seq).unwrap_or_default(),
        digest: hex(&row.digest),
        reason: reason.to_owned(),
    };
    decision.check().map_err(Rejected::from)?;
    if !session.take_body_away(seq)? {
        return Err(Rejected::Missing(format!("body of statement {seq}: it was taken away before")).into());
    }
    record(session, &decision, by, at).map(|_| ())
}
