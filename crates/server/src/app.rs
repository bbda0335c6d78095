//! The application: what all requests share, and which way leads where.

use crate::auth::{Gate, PER_CREDENTIAL, Transport};
use crate::http::{Kind, Problem};
use bartizan_store::{Installation, Session, Store, StoreError, TenantId};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::sync::Semaphore;

/// What all requests share.
#[derive(Debug, Clone)]
pub struct App {
    store: Arc<Store>,
    gate: Arc<Gate>,
    /// Turns on the threads that may block.
    turns: Arc<Semaphore>,
}

/// Requests that are worked on at once, on threads that may block.
pub(crate) const AT_ONCE: usize = 64;
/// How long a request waits for its turn.
const TURN: Duration = Duration::from_secs(20);

impl App {
    /// An application on this store, whose schema was laid, and which browsers reach over TLS.
    #[must_use]
    pub fn new(store: Store) -> Self {
        Self::reached(store, Transport::Tls)
    }

    /// An application on this store, whose schema was laid, and which browsers reach in this way.
    #[must_use]
    pub fn reached(store: Store, transport: Transport) -> Self {
        Self::held_to(store, transport, PER_CREDENTIAL)
    }

    /// The same, with so many requests a minute for each token or cookie.
    #[must_use]
    pub fn held_to(store: Store, transport: Transport, per_credential: u32) -> Self {
        Self {
            store: Arc::new(store),
            gate: Arc::new(Gate::new(transport, per_credential)),
            turns: Arc::new(Semaphore::new(AT_ONCE)),
        }
    }

    /// What stands between the network and the store.
    pub(crate) fn gate(&self) -> &Gate {
        &self.gate
    }

    /// The store, for work that blocks.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// Milliseconds since 1970.
    #[must_use]
    pub fn now(&self) -> i64 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
    }

    /// Does work that blocks where it holds nobody up.
    ///
    /// # Errors
    /// Those of the work; a problem of our own when it panicked.
    pub async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Store) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let turn = tokio::time::timeout(TURN, Arc::clone(&self.turns).acquire_owned());
        let Ok(Ok(turn)) = turn.await else {
            return Err(Problem::new(
                Kind::Unavailable,
                "the database is slow, and too many requests wait for it already",
            ));
        };
        let store = Arc::clone(&self.store);
        tokio::task::spawn_blocking(move || {
            let _turn = turn;
            work(&store)
        })
        .await
        .unwrap_or_else(|error| Err(Problem::new(Kind::Internal, error.to_string())))
    }

    /// Reads within a tenant.
    ///
    /// # Errors
    /// Those of the work and of the store.
    pub async fn read<T: Send + 'static>(
        &self,
        tenant: TenantId,
        work: impl FnOnce(&mut Session<'_>) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        self.blocking(move |store| store.read(tenant, work)).await
    }

    /// Reads what belongs to the installation.
    ///
    /// # Errors
    /// Those of the work and of the store.
    pub async fn read_all<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Installation<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, Problem> {
        self.blocking(move |store| store.read_all(work).map_err(Problem::from))
            .await
    }

    /// Changes what belongs to the installation.
    ///
    /// # Errors
    /// Those of the work and of the store.
    pub async fn write_all<T: Send + 'static>(
        &self,
        work: impl FnMut(&mut Installation<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, Problem> {
        self.blocking(move |store| store.write_all(work).map_err(Problem::from))
            .await
    }
}
