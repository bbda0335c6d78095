//! What the control plane does of its own accord, because time passes.

use crate::ingest::{IngestError, OURSELVES, record};
use bartizan_ledger::decision::Decision;
use bartizan_store::Store;

/// Ends the waivers whose last day is over at `at`, in milliseconds since 1970. Out comes in how many tenants there were such.
///
/// # Errors
/// Those of the ledger and of the store; tenants that come before stay done.
pub fn end_waivers(store: &Store, at: i64) -> Result<u64, IngestError> {
    let mut tenants = 0;
    for tenant in store.read_all(|installation| installation.tenants())? {
        let has_ended = |ended: Vec<_>| !ended.is_empty();
        // Asked first without holding anybody up, and once more in the transaction: another replica may have been first.
        if !store.read(tenant.id, |session| session.ended_waivers(at, 1).map(has_ended))? {
            continue;
        }
        tenants += store.write(tenant.id, |session| {
            session.hold_log()?;
            if !has_ended(session.ended_waivers(at, 1)?) {
                return Ok::<_, IngestError>(0);
            }
            record(session, &Decision::LetWaiversEnd {}, OURSELVES, at).map(|_| 1)
        })?;
    }
    Ok(tenants)
}
