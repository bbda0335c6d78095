//! What the control plane does of its own accord, because time passes.

use crate::ingest::{IngestError, OURSELVES, rebuild, record, verify_log};
use bartizan_ledger::decision::Decision;
use bartizan_store::{SCHEMA_VERSION, Store};

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

/// How long a verification of the ledger is good enough, in milliseconds.
const VERIFIED_FOR: i64 = 20 * 3_600_000;

/// The setting that says with which schema the graph was made.
const GRAPH: &str = "graph";

/// Reads the ledgers that nobody verified since most of a day, and says in each what was found, which is evidence for controls that ask
/// after it. Out comes how many were read.
///
/// # Errors
/// Those of the ledger and of the store; tenants that come before stay done.
pub fn verify_ledgers(store: &Store, at: i64) -> Result<u64, IngestError> {
    let mut read = 0;
    for tenant in store.read_all(|installation| installation.tenants())? {
        let is_due = |row: Option<bartizan_store::graph::VerificationRow>| {
            row.is_none_or(|row| row.at + VERIFIED_FOR < at)
        };
        if !is_due(store.read(tenant.id, |session| session.verification())?) {
            continue;
        }
        let proof = verify_log(store, tenant.id)?;
        let verified = Decision::Verified {
            entries: proof.size,
            root: proof.root,
            is_intact: proof.faults.is_empty(),
        };
        store.write(tenant.id, |session| {
            session.hold_log()?;
            // Another replica may have been faster.
            if !is_due(session.verification()?) {
                return Ok::<_, IngestError>(());
            }
            record(session, &verified, OURSELVES, at).map(|_| ())
        })?;
        read += 1;
    }
    Ok(read)
}

/// Makes every graph again that was made with another schema: a schema that is renewed has tables which the statements of before
/// have to fill. Out comes how many were made.
///
/// # Errors
/// Those of the ledger and of the store; then the next start tries again.
pub fn renew_graphs(store: &Store) -> Result<u64, IngestError> {
    let made_with = SCHEMA_VERSION.to_string().into_bytes();
    if store.read_all(|installation| installation.setting(GRAPH))? == Some(made_with.clone()) {
        return Ok(0);
    }
    let mut made = 0;
    for tenant in store.read_all(|installation| installation.tenants())? {
        rebuild(store, tenant.id)?;
        made += 1;
    }
    store.write_all(|installation| installation.set_setting(GRAPH, &made_with))?;
    Ok(made)
}
