//! How it is heard that a log grew: within this process, and by NATS JetStream in all servers that share a database.
//!
//! In: events, each of which says that a statement has a place in the log of a tenant. Out: the same to whoever listens. An event is a hint
//! and never the truth: what was acknowledged is in the database, and whoever hears of it reads it there. That is why an event that is lost
//! on the way costs time and nothing else, and why what others put on the bus is believed to no greater extent than that it is worth a look.
//!
//! What both kinds of bus promise, and one contract suite holds against both: what is told of one tenant is heard in the order of its log;
//! what is told twice is heard once; whoever may have missed something hears of a [`Heard::Gap`]; and nobody who tells waits for somebody
//! who listens.

mod local;
mod nats;
mod url;

pub use local::Local;
pub use nats::Nats;
pub use url::{BusUrl, NatsOptions};

use crate::TenantId;
use std::sync::Arc;
use tokio::sync::{broadcast, watch};

/// Events that wait for a listener; one that is slower hears of a gap.
const ROOM: usize = 1_024;

/// That a statement was taken in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Whose log grew.
    pub tenant: TenantId,
    /// The place of the statement in that log, from 0.
    pub seq: i64,
    /// What is told of it to others beside us; nothing within a process.
    pub body: Vec<u8>,
}

/// What a listener hears.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heard {
    /// The log of this tenant grew.
    Grew(TenantId),
    /// Anything may have happened: look at everything.
    Gap,
}

/// How a bus is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BusState {
    /// What is told is heard.
    Up,
    /// There is no connection, and why where that is known. It is made again as soon as it can be had.
    Lost(String),
    /// There is a connection, and what is told is not taken.
    Failing(String),
}

/// Why something could not be told, or the bus not be had.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BusError {
    /// The text names no bus.
    #[error("`{0}` names no bus: {1}")]
    Url(String, String),
    /// Nobody answers.
    #[error("the bus cannot be reached: {0}")]
    Unreachable(String),
    /// It does not let us in.
    #[error("the bus lets nobody in with these credentials: {0}")]
    Refused(String),
    /// A file of ours cannot be used.
    #[error("the bus cannot be asked: {0}")]
    File(String),
    /// The way is not protected as it was asked for.
    #[error("the bus is not who it should be, or speaks no TLS: {0}")]
    Untrusted(String),
    /// The stream cannot be had.
    #[error("the stream of the bus cannot be had: {0}")]
    Stream(String),
    /// It was not acknowledged.
    #[error("the bus did not take an event: {0}")]
    NotTaken(String),
}

impl BusError {
    /// What the operator can do about it.
    #[must_use]
    pub fn help(&self) -> String {
        match self {
            Self::Url(..) => "write `nats://HOST:4222` or `tls://HOST:4222`; several servers of one cluster are separated by commas",
            Self::Unreachable(_) => "check that the NATS server runs and that --bus names it",
            Self::Refused(_) => {
                "check the user and password or token in --bus or BARTIZAN_PLANE_BUS, or the file of --bus-credentials"
            }
            Self::File(_) => "name files that can be read, in PEM, with --bus-ca, --bus-cert and --bus-key; or credentials as `nsc` writes them",
            Self::Untrusted(_) => "name the authority with --bus-ca FILE, and the server as its certificate does",
            Self::Stream(_) => {
                "start the NATS server with JetStream (`jetstream {}` or `-js`), and let this user use $JS.API and bartizan.>, or make the stream BARTIZAN yourself"
            }
            Self::NotTaken(_) => "look at the limits of the stream and the log of the NATS server; what was not taken is told again",
        }
        .to_owned()
    }
}

/// A bus.
#[derive(Debug)]
pub enum Bus {
    /// Within this process.
    Local(Arc<Local>),
    /// Between servers.
    Nats(Box<Nats>),
}

impl Bus {
    /// Tells of a statement. Done when it is durable, as far as this bus is.
    ///
    /// # Errors
    /// When it was not taken; it can be told again, and is heard once.
    pub async fn publish(&self, event: &Event) -> Result<(), BusError> {
        match self {
            Self::Local(local) => {
                local.tell(event.tenant, event.seq);
                Ok(())
            }
            Self::Nats(nats) => nats.publish(event).await,
        }
    }

    /// Listens from now on.
    #[must_use]
    pub fn listen(&self) -> Listener {
        match self {
            Self::Local(local) => local.listen(),
            Self::Nats(nats) => nats.listen(),
        }
    }

    /// How it is, now and from now on.
    #[must_use]
    pub fn state(&self) -> watch::Receiver<BusState> {
        match self {
            Self::Local(local) => local.state(),
            Self::Nats(nats) => nats.state(),
        }
    }
}

/// Somebody who listens.
#[derive(Debug)]
pub struct Listener(broadcast::Receiver<Heard>);

impl Listener {
    /// What happens next. Never anything, once the bus is gone.
    pub async fn next(&mut self) -> Heard {
        match self.0.recv().await {
            Ok(heard) => heard,
            Err(broadcast::error::RecvError::Lagged(_)) => Heard::Gap,
            Err(broadcast::error::RecvError::Closed) => std::future::pending().await,
        }
    }

    /// What happened already; none where nothing did.
    pub fn already(&mut self) -> Option<Heard> {
        match self.0.try_recv() {
            Ok(heard) => Some(heard),
            Err(broadcast::error::TryRecvError::Lagged(_)) => Some(Heard::Gap),
            Err(_) => None,
        }
    }
}
