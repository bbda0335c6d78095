//! What the control plane does of its own accord, because time passes.

use crate::app::App;
use crate::ingest::{IngestError, OURSELVES, RETENTION, Retention, forget, rebuild, record, verify_log};
use crate::notify;
use bartizan_ledger::decision::Decision;
use bartizan_ledger::statement::DECISION;
use bartizan_store::{SCHEMA_VERSION, Session, Store, StoreError};

/// Bodies that are taken away at once: the graph is made again each time.
const MOST_FORGOTTEN: usize = 1_000;
/// Statements that are looked at in one step.
const STEP: i64 = 500;

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
pub fn sweep(store: &Store, at: i64) -> Result<u64, IngestError> {
    let mut swept = 0;
    for tenant in store.read_all(|installation| installation.tenants())? {
        store.write(tenant.id, |session| {
            session.sweep_deliveries(at.saturating_sub(KEPT))
        })?;
        swept += 1;
    }
    Ok(swept)
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

/// Takes away the bodies that are older at `at`, in milliseconds since 1970, than the policy of their tenant keeps them: at most
/// a thousand of a tenant. Decisions stay, and so do what is held and what something rests on that is still open or in force. Out
/// comes how many were taken away.
///
/// # Errors
/// Those of the ledger and of the store; tenants that come before stay done.
pub fn retain(store: &Store, at: i64) -> Result<u64, IngestError> {
    let mut taken = 0;
    for tenant in store.read_all(|installation| installation.tenants())? {
        let overdue = store.read(tenant.id, |session| overdue(session, at))?;
        if overdue.is_empty() {
            continue;
        }
        taken += store.write(tenant.id, |session| {
            session.hold_log()?;
            // Another replica may have been first, or somebody may have laid a hold.
            let seqs = self::overdue(session, at)?;
            if seqs.is_empty() {
                return Ok::<_, IngestError>(0);
            }
            let reason = "older than the policy `retention` keeps it";
            Ok(forget(session, &seqs, reason, (OURSELVES, at))?.statements)
        })?;
    }
    Ok(taken)
}

/// Statements whose body is to be taken away.
fn overdue(session: &mut Session<'_>, at: i64) -> Result<Vec<i64>, StoreError> {
    let retention: Retention = session
        .policy(RETENTION)?
        .and_then(|text| serde_json::from_str(&text).ok())
        .unwrap_or_default();
    let Some(shortest) = retention.shortest() else {
        return Ok(Vec::new());
    };
    let mut overdue = Vec::new();
    let mut from = 0;
    loop {
        let rows = session.old_bodies((from, at.saturating_sub(shortest)), DECISION, STEP)?;
        let Some((last, ..)) = rows.last() else { break };
        from = last.saturating_add(1);
        for (seq, predicate, received) in rows {
            let is_old = retention
                .milliseconds(&predicate)
                .is_some_and(|kept| received < at.saturating_sub(kept));
            if is_old && session.hold_on(seq)?.is_none() && !session.counts_still(seq)? {
                overdue.push(seq);
            }
            if overdue.len() >= MOST_FORGOTTEN {
                return Ok(overdue);
            }
        }
    }
    Ok(overdue)
}
