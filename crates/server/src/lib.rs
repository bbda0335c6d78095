//! The control plane: what scans and people send is taken into the ledger, the graph is made from it, and questions are answered.
//!
//! In: statements, over the network. Out: answers, for programs and for the console. The ledger and the graph are kept by
//! `bartizan_store`; what is decided is decided by the crates that know it, and wired together here.

mod api;
mod app;
mod auth;
mod bills;
mod console;
pub mod http;
pub mod ingest;
pub mod jobs;
mod live;
pub mod notify;
mod serve;

pub use app::App;
pub use auth::{Caller, Role, Transport, secret, setup};
pub use bartizan_ledger::statement::{CYCLONEDX, SPDX};
pub use bills::bill_statement;
pub use serve::{Event, ServeError, ServeOptions, description, router, serve};
