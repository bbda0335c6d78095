//! The application: what all requests share, and which way leads where.

use crate::auth::{Gate, PER_CREDENTIAL, Transport};
use crate::graphs::Graphs;
use crate::http::{Kind, Problem};
use crate::live::Hub;
use crate::log_key::LogKey;
use crate::notify::{Notifier, NotifyOptions};
use crate::oidc::{Oidc, OidcSettings};
use crate::watch::{Exporter, Watch};
use bartizan_source::http::HttpOptions;
use bartizan_store::bus::Bus;
use bartizan_store::{Installation, Session, Store, StoreError, TenantId};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::sync::Semaphore;

/// What all requests share.
#[derive(Debug, Clone)]
pub struct App {
    store: Arc<Store>,
    gate: Arc<Gate>,
    notifier: Option<Arc<Notifier>>,
    hub: Arc<Hub>,
    bus: Arc<Bus>,
    graphs: Arc<Graphs>,
    log_key: Option<LogKey>,
    oidc: Option<Arc<Oidc>>,
    watch: Arc<Watch>,
    /// Turns on the threads that may block.
    turns: Arc<Semaphore>,
}

/// What an application is made from besides its store.
#[derive(Debug, Clone)]
pub struct AppOptions {
    /// How browsers reach it.
    pub transport: Transport,
    /// Requests with one token or session within a minute; at least 1.
    pub requests_per_minute: u32,
    /// The server through which people sign in besides with passwords.
    pub oidc: Option<OidcSettings>,
    /// How other servers are reached.
    pub http: HttpOptions,
    /// What lets somebody read the metrics from anywhere.
    pub metrics_token: Option<String>,
}

impl Default for AppOptions {
    /// Over TLS, with passwords, and metrics for nobody.
    fn default() -> Self {
        Self {
            transport: Transport::Tls,
            requests_per_minute: PER_CREDENTIAL,
            oidc: None,
            http: HttpOptions::default(),
            metrics_token: None,
        }
    }
}

/// Requests that are worked on at once, on threads that may block.
pub(crate) const AT_ONCE: usize = 64;
/// How long a request waits for its turn.
const TURN: Duration = Duration::from_secs(20);

impl App {
    /// An application on this store, whose schema was laid.
    #[must_use]
    pub fn new(store: Store, options: AppOptions) -> Self {
        Self::observed(store, options, None)
    }

    /// The same, with spans for a collector.
    pub(crate) fn observed(store: Store, options: AppOptions, exporter: Option<Arc<Exporter>>) -> Self {
        let http = options.http;
        Self {
            bus: Arc::new(Bus::Local(store.grown())),
            store: Arc::new(store),
            gate: Arc::new(Gate::new(options.transport, options.requests_per_minute)),
            oidc: options.oidc.map(|settings| Arc::new(Oidc::new(settings, http))),
            watch: Arc::new(Watch::new(options.metrics_token.as_deref(), exporter)),
            graphs: Arc::new(Graphs::default()),
            log_key: None,
            notifier: None,
            hub: Arc::new(Hub::new()),
            turns: Arc::new(Semaphore::new(AT_ONCE)),
        }
    }

    /// An application on this store, whose schema was laid, and which browsers reach in this way.
    #[must_use]
    pub fn reached(store: Store, transport: Transport) -> Self {
        Self::new(
            store,
            AppOptions {
                transport,
                ..AppOptions::default()
            },
        )
    }

    /// The server through which people sign in besides with passwords.
    pub(crate) fn oidc(&self) -> Option<Arc<Oidc>> {
        self.oidc.clone()
    }

    /// What the operator sees.
    pub(crate) fn watch(&self) -> &Watch {
        &self.watch
    }

    /// The same, with a key that signs what the logs say of themselves.
    #[must_use]
    pub fn with_log_key(mut self, key: Option<LogKey>) -> Self {
        self.log_key = key;
        self
    }

    /// The key that signs what the logs say of themselves.
    pub(crate) const fn log_key(&self) -> Option<&LogKey> {
        self.log_key.as_ref()
    }

    /// The same, and others are told of what they have to know.
    #[must_use]
    pub fn telling(mut self, options: NotifyOptions) -> Self {
        self.notifier = Some(Arc::new(Notifier::new(options)));
        self
    }

    /// Who tells others; none where this server has no key to keep their secrets with.
    pub(crate) fn notifier(&self) -> Option<Arc<Notifier>> {
        self.notifier.clone()
    }

    /// The same, and servers hear of one another by this bus.
    #[must_use]
    pub fn hearing(mut self, bus: Bus) -> Self {
        self.bus = Arc::new(bus);
        self
    }

    /// On which it is heard that a ledger grew.
    #[must_use]
    pub fn bus(&self) -> &Arc<Bus> {
        &self.bus
    }

    /// Who waits for what is new.
    pub(crate) fn hub(&self) -> &Hub {
        &self.hub
    }

    /// Ends what would go on for ever: open pages that wait for what is new.
    pub fn close(&self) {
        self.hub.close();
    }

    /// What stands between the network and the store.
    pub(crate) fn gate(&self) -> &Gate {
        &self.gate
    }

    /// Edges that are kept in memory.
    pub(crate) fn graphs(&self) -> &Arc<Graphs> {
        &self.graphs
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
        self.blocking_as(work).await
    }

    /// The same, with errors of another type.
    pub(crate) async fn blocking_as<T: Send + 'static, E: From<Problem> + Send + 'static>(
        &self,
        work: impl FnOnce(&Store) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E> {
        let turn = tokio::time::timeout(TURN, Arc::clone(&self.turns).acquire_owned());
        let Ok(Ok(turn)) = turn.await else {
            return Err(Problem::new(
                Kind::Unavailable,
                "the database is slow, and too many requests wait for it already",
            )
            .into());
        };
        let store = Arc::clone(&self.store);
        // Opened here, so that waiting for a thread is a part of it.
        let span = tracing::error_span!(target: "bartizan", "store");
        tokio::task::spawn_blocking(move || {
            let _turn = turn;
            span.in_scope(|| work(&store))
        })
        .await
        .unwrap_or_else(|error| Err(Problem::new(Kind::Internal, error.to_string()).into()))
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
