//! What was taken in is told on the bus between servers.
//!
//! In: the ledgers, and how far each was told. Out: one event a statement, in the order of its log, as CloudEvents in JSON
//! (<https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md>). The ledger itself is the outbox: a statement is
//! acknowledged once it is durable there, whatever the bus does, and is told as soon as the bus takes it, by whichever server comes first. What two
//! servers tell, or one tells twice because it was killed, has the same identity and is on the bus once.

use crate::app::App;
use crate::http::Problem;
use bartizan_store::bus::{Bus, BusError, BusState, Event};
use bartizan_store::ledger::StatementRow;
use bartizan_store::{Store, StoreError, TenantId};
use std::sync::Arc;
use std::time::Duration;

/// The setting by which those who share a database know themselves on the bus.
const INSTALLATION: &str = "installation";
/// Statements that are read at once.
const STEP: i64 = 256;
/// How often it is looked whether another server left something untold.
const LOOK: Duration = Duration::from_secs(5);

/// Why there is no bus.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The bus.
    #[error(transparent)]
    Bus(#[from] BusError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The system has no random bytes.
    #[error("the system has no random bytes")]
    Random,
}

/// The word by which those who share this database know themselves.
///
/// # Errors
/// Those of the store, and when the system has no random bytes.
pub fn installation(store: &Store) -> Result<String, ConnectError> {
    let fresh = crate::auth::secret::random::<8>().map_err(|_| ConnectError::Random)?;
    let fresh = bartizan_model::encoding::hex(&fresh);
    let word = store.write_all(|all| all.setting_or(INSTALLATION, fresh.as_bytes()))?;
    Ok(String::from_utf8_lossy(&word).into_owned())
}

/// Tells everything that is not told yet, until it is stopped.
pub async fn relay(app: App) {
    let bus = Arc::clone(app.bus());
    if matches!(*bus, Bus::Local(_)) {
        return;
    }
    let mut grown = app.store().grown().listen();
    let mut state = bus.state();
    let mut clock = tokio::time::interval(LOOK);
    clock.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut known = BusState::Up;
    loop {
        say(&mut known, &state.borrow_and_update());
        if !matches!(known, BusState::Lost(_)) {
            // What fails is told again; why it failed is the state of the bus, or the database says it to everybody.
            let _ = tell_all(&app, &bus).await;
            say(&mut known, &state.borrow_and_update());
        }
        tokio::select! {
            _ = grown.next() => while grown.already().is_some() {},
            changed = state.changed() => if changed.is_err() { return },
            _ = clock.tick() => {}
        }
    }
}

/// Says how the bus is, when that is new.
fn say(known: &mut BusState, state: &BusState) {
    if known == state {
        return;
    }
    match state {
        BusState::Up => tracing::warn!(target: "bartizan", "the bus is back"),
        BusState::Lost(why) if matches!(known, BusState::Lost(_)) => {
            tracing::info!(target: "bartizan", why = %why, "the bus is still lost");
        }
        BusState::Lost(why) => {
            tracing::warn!(target: "bartizan", why = %why, "the bus is lost: what is taken in is told when it is back");
        }
        BusState::Failing(why) => {
            tracing::error!(target: "bartizan", why = %why, "the bus takes nothing: what is taken in is told when it does");
        }
    }
    known.clone_from(state);
}

/// Why something was not told.
enum Untold {
    Bus,
    Store,
}

impl From<Problem> for Untold {
    fn from(_: Problem) -> Self {
        Self::Store
    }
}

async fn tell_all(app: &App, bus: &Bus) -> Result<(), Untold> {
    for (tenant, _) in app.read_all(|all| all.untold()).await? {
        while tell_some(app, bus, tenant).await? {}
    }
    Ok(())
}

/// Tells of what comes next in a log; out comes whether there was something.
async fn tell_some(app: &App, bus: &Bus, tenant: TenantId) -> Result<bool, Untold> {
    let rows = app.read(tenant, |session| {
        let from = session.told()?;
        Ok(session.statements(from, from.saturating_add(STEP))?)
    });
    let rows = rows.await?;
    let metrics = &app.watch().metrics;
    let (mut next, mut outcome) = (None, Ok(()));
    for row in &rows {
        outcome = bus.publish(&event(tenant, row)).await;
        metrics.told(outcome.is_ok());
        if outcome.is_err() {
            break;
        }
        next = Some(row.seq + 1);
    }
    if let Some(next) = next {
        let keep = move |store: &Store| Ok(store.write(tenant, |session| session.set_told(next))?);
        app.blocking(keep).await?;
    }
    outcome.map_err(|_: BusError| Untold::Bus)?;
    Ok(next.is_some())
}

/// What is told of a statement.
fn event(tenant: TenantId, row: &StatementRow) -> Event {
    let digest = bartizan_model::encoding::hex(&row.digest);
    let log = format!("/api/v1/logs/{}", tenant.0);
    let body = serde_json::json!({
        "specversion": "1.0",
        "id": format!("{}.{}", tenant.0, row.seq),
        "source": log,
        "type": "dev.bartizan.statement",
        "time": crate::api::shown::time(row.received),
        "subject": format!("sha256:{digest}"),
        "datacontenttype": "application/json",
        "data": { "seq": row.seq, "predicate_type": row.predicate, "trust": row.trust },
    });
    Event {
        tenant,
        seq: row.seq,
        body: body.to_string().into_bytes(),
    }
}
