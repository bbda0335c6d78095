//! What the operator sees of a running server: health, metrics, logs and traces, and that it stops.
//!
//! In: what happens to requests. Out: `/healthz`, `/readyz`, `/metrics`, lines on standard error, spans to a collector. Nothing here has a
//! secret in it: addresses are named by their template, people by their login, and queries, bodies and headers by nothing.

mod export;
mod expose;
mod health;
mod histogram;
mod log;
pub(crate) mod metrics;
mod observe;
mod otlp;
mod traces;

pub(crate) use export::Exporter;
pub(crate) use expose::{expose, live, ready};
pub use log::LogFormat;
pub(crate) use log::{Log, listen};
pub use metrics::Exposition;
pub(crate) use observe::{observe, tell};
pub use traces::TraceOptions;

use crate::auth::secret;
use health::Health;
use metrics::Metrics;
use std::sync::Arc;
use tokio::sync::watch;

/// Shared by all requests.
#[derive(Debug)]
pub(crate) struct Watch {
    pub(crate) metrics: Metrics,
    health: Health,
    /// Whether the server stops.
    stopping: watch::Sender<bool>,
    /// SHA-256 of what lets somebody read the metrics from anywhere.
    token: Option<[u8; 32]>,
    /// What takes spans away, where they are sent.
    pub(crate) exporter: Option<Arc<Exporter>>,
}

impl Watch {
    /// `token`: what lets somebody read the metrics from anywhere.
    pub(crate) fn new(token: Option<&str>, exporter: Option<Arc<Exporter>>) -> Self {
        Self {
            metrics: Metrics::default(),
            health: Health::default(),
            stopping: watch::Sender::new(false),
            token: token.map(secret::hash),
            exporter,
        }
    }

    /// Says that the server stops; it is not ready from now on.
    pub(crate) fn stop(&self) {
        self.stopping.send_replace(true);
    }

    /// Whether the server stops.
    pub(crate) fn is_stopping(&self) -> bool {
        *self.stopping.borrow()
    }
}
