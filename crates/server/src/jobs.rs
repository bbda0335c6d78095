//! What the control plane does of its own accord, because time passes.

use crate::app::App;
use crate::ingest::{IngestError, OURSELVES, record};
use crate::notify;
use bartizan_ledger::decision::Decision;
use bartizan_store::{Store, StoreError};

/// What was sent or given up is kept for so many milliseconds.
const KEPT: i64 = 90 * 86_400_000;

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

/// What [`tell`] did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Told {
    /// Notices that came up.
    pub notices: u64,
    /// Attempts to send something.
    pub attempts: usize,
}

/// Tells others of what happened until now, in milliseconds since 1970: findings that are due or soon will be, what is critical and new, waivers that end.
/// Each is told once, however many replicas do this and however often they are restarted.
///
/// # Errors
/// Those of the store; what was told before stays told, and what was not is told the next time.
pub fn tell(app: &App, now: &dyn Fn() -> i64) -> Result<Told, StoreError> {
    let mut told = Told::default();
    let Some(notifier) = app.notifier() else {
        return Ok(told);
    };
    let mut failed = None;
    for tenant in app.store().read_all(|installation| installation.tenants())? {
        // What fails for one tenant holds up no other.
        let mut work = || {
            told.notices += notify::follow(app.store(), &notifier, &tenant, now())?;
            told.attempts += notify::deliver(app.store(), &notifier, &tenant, now())?;
            Ok(())
        };
        failed = work().err().or(failed);
    }
    failed.map_or(Ok(told), Err)
}

/// Takes away what was sent or given up long ago.
///
/// # Errors
/// Those of the store.
pub fn sweep(store: &Store, at: i64) -> Result<(), StoreError> {
    for tenant in store.read_all(|installation| installation.tenants())? {
        store.write(tenant.id, |session| {
            session.sweep_deliveries(at.saturating_sub(KEPT))
        })?;
    }
    Ok(())
}
