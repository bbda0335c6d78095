//! The control plane: what scans and people send is taken into the ledger, the graph is made from it, and questions are answered.
//!
//! In: statements, over the network. Out: answers, for programs and for the console. The ledger and the graph are kept by
//! `bartizan_store`; what is decided is decided by the crates that know it, and wired together here.

mod api;
mod app;
mod auth;
mod bills;
pub mod comply;
mod console;
mod graphs;
pub mod http;
pub mod ingest;
pub mod jobs;
pub mod listen;
mod live;
mod log_key;
pub mod notify;
mod oidc;
mod relay;
mod remediation;
mod serve;
mod watch;

pub use app::{App, AppOptions};
pub use auth::{Caller, Role, Transport, secret, setup};
pub use bartizan_ledger::statement::{CYCLONEDX, SPDX};
pub use bills::bill_statement;
pub use bills::sha256;
pub use log_key::{LogKey, LogKeyError};
pub use oidc::{OidcSettings, SettingsError};
pub use relay::{ConnectError, installation, relay};
pub use serve::{Event, ServeError, ServeOptions, description, router, serve};
/// The least that a log says.
pub use tracing::Level as LogLevel;
pub use watch::{Exposition, LogFormat, TraceOptions};
