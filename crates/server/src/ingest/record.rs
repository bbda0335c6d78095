//! Decisions as statements, appended within a transaction that may do something else too.

use super::log::{Arrival, IngestError, Receipt, take_within};
use bartizan_ledger::decision::Decision;
use bartizan_ledger::statement::{DECISION, STATEMENT_TYPE};
use bartizan_ledger::tlog::entry::Trust;
use bartizan_model::encoding::hex;
use bartizan_store::Session;
use sha2::{Digest, Sha256};

/// Who does what the control plane does of its own accord.
pub(crate) const OURSELVES: &str = "bartizan";

/// Appends a decision to the ledger, and brings it into the graph. `at` is in milliseconds since 1970. The same decision taken twice is two.
///
/// # Errors
/// When it cannot be taken, or the store fails; then nothing of the transaction may stay.
pub fn record(
    session: &mut Session<'_>,
    decision: &Decision,
    by: &str,
    at: i64,
) -> Result<Receipt, IngestError> {
    // The same may happen twice in a millisecond: its place tells the statements apart.
    let place = session.hold_log()?;
    let predicate = serde_json::to_value(decision).unwrap_or_default();
    let digest = Sha256::digest(format!("{at} {by} {place} {predicate}").as_bytes());
    let body = serde_json::json!({
        "_type": STATEMENT_TYPE,
        "subject": [{
            "name": format!("decision:{}", decision.action()),
            "digest": { "sha256": hex(&digest) },
        }],
        "predicateType": DECISION,
        "predicate": predicate,
    })
    .to_string()
    .into_bytes();
    take_within(
        session,
        &Arrival {
            body: &body,
            statement: &body,
            trust: Trust::Authenticated,
            by,
            at,
        },
    )
}
