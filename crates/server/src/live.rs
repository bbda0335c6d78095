//! Who waits for what is new: open pages, each of which hears of every statement that was taken in, by whichever replica.
//!
//! In: a tenant. Out: the number of statements of its log, whenever it grew. The bus says when that may be so; the database is asked then, and
//! for each tenant that somebody waits for, however many wait, once a second besides: that is what makes this work with several replicas that have no
//! bus between them, and with one that is lost. While servers hear of one another by a bus, every fifteen seconds are enough.
//! While somebody waits the edges of the tenant are kept in memory, so that the first question which follows them is quick too.

use crate::app::App;
use bartizan_store::TenantId;
use bartizan_store::bus::{Bus, BusState, Heard};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

/// Pages that wait at once, of all tenants.
const MOST: usize = 1_000;
/// Pages of one person that wait at once.
const OF_PERSON: usize = 20;
/// How often it is looked whether the database is to be asked.
const EVERY: Duration = Duration::from_secs(1);
/// In how many of these looks the database is asked once, while servers hear of one another.
const HEARING: u32 = 15;
/// How long what comes at once is gathered.
const GATHER: Duration = Duration::from_millis(50);
/// How often it is looked before the edges are read: the page that was opened comes first.
const BEFORE_EDGES: u32 = 2;

/// Who waits.
#[derive(Debug)]
pub(crate) struct Hub {
    places: Arc<Semaphore>,
    people: Mutex<HashMap<i64, usize>>,
    tenants: Mutex<HashMap<TenantId, watch::Receiver<i64>>>,
    closing: watch::Sender<bool>,
}

/// A place among those who wait, until it is dropped.
pub(crate) struct Waiting {
    app: App,
    person: i64,
    /// How many statements there are.
    pub(crate) size: watch::Receiver<i64>,
    /// Whether the server stops.
    pub(crate) closing: watch::Receiver<bool>,
    _place: OwnedSemaphorePermit,
}

impl Drop for Waiting {
    fn drop(&mut self) {
        let mut people = lock(&self.app.hub().people);
        if let Some(count) = people.get_mut(&self.person) {
            *count -= 1;
            if *count == 0 {
                people.remove(&self.person);
            }
        }
    }
}

impl Hub {
    pub(crate) fn new() -> Self {
        Self {
            places: Arc::new(Semaphore::new(MOST)),
            people: Mutex::new(HashMap::new()),
            tenants: Mutex::new(HashMap::new()),
            closing: watch::Sender::new(false),
        }
    }

    /// Lets everybody go who waits.
    pub(crate) fn close(&self) {
        self.closing.send_replace(true);
    }

    /// How many wait.
    fn is_person_full(&self, person: i64) -> bool {
        let mut people = lock(&self.people);
        let count = people.entry(person).or_default();
        if *count >= OF_PERSON {
            return true;
        }
        *count += 1;
        false
    }
}

/// Takes a place among those who wait; none where there is none left. `size` is how many statements there are now.
pub(crate) fn wait(app: &App, tenant: TenantId, person: i64, size: i64) -> Option<Waiting> {
    let hub = app.hub();
    let place = Arc::clone(&hub.places).try_acquire_owned().ok()?;
    if hub.is_person_full(person) {
        return None;
    }
    let mut tenants = lock(&hub.tenants);
    let watched = tenants
        .get(&tenant)
        .filter(|known| known.has_changed().is_ok())
        .cloned();
    let size = watched.unwrap_or_else(|| {
        let (tell, told) = watch::channel(size);
        tenants.insert(tenant, told.clone());
        tokio::spawn(look(app.clone(), tenant, tell));
        told
    });
    Some(Waiting {
        app: app.clone(),
        person,
        size,
        closing: hub.closing.subscribe(),
        _place: place,
    })
}

/// Looks how many statements there are, until nobody waits. The map of the hub holds one receiver; whoever waits holds another.
async fn look(app: App, tenant: TenantId, tell: watch::Sender<i64>) {
    let mut clock = tokio::time::interval(EVERY);
    clock.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut listener = app.bus().listen();
    let (mut looked, mut since) = (0_u32, HEARING);
    // When what was heard of is looked at.
    let mut due: Option<tokio::time::Instant> = None;
    loop {
        let has_grown = tokio::select! {
            _ = clock.tick() => false,
            () = reached(due) => true,
            heard = listener.next() => {
                if heard == Heard::Gap || heard == Heard::Grew(tenant) {
                    due.get_or_insert_with(|| tokio::time::Instant::now() + GATHER);
                }
                continue;
            }
        };
        if has_grown {
            due = None;
        } else {
            let mut tenants = lock(&app.hub().tenants);
            if tell.receiver_count() <= 1 {
                tenants.remove(&tenant);
                return;
            }
            since = since.saturating_add(1);
        }
        if has_grown || since >= HEARING || !is_told_by_others(&app) {
            // A database that does not answer now may do so the next time.
            if let Ok(size) = app.read(tenant, |session| Ok(session.log_size()?)).await {
                tell.send_if_modified(|known| std::mem::replace(known, size) != size);
                since = 0;
            }
        }
        if has_grown {
            continue;
        }
        looked = looked.saturating_add(1);
        let graphs = Arc::clone(app.graphs());
        if looked == BEFORE_EDGES {
            // Whoever asks a question is told what is wrong; nobody asked one yet.
            let _ = app
                .read(tenant, move |session| graphs.of(session).map(drop))
                .await;
        } else {
            graphs.keep(tenant);
        }
    }
}

/// Whether this server hears of what others take in.
fn is_told_by_others(app: &App) -> bool {
    matches!(**app.bus(), Bus::Nats(_)) && *app.bus().state().borrow() == BusState::Up
}

/// Waits until then; for ever where there is no such moment.
async fn reached(moment: Option<tokio::time::Instant>) {
    match moment {
        Some(moment) => tokio::time::sleep_until(moment).await,
        None => std::future::pending().await,
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
