//! Where the control plane keeps its state: one SQLite file on one machine, or PostgreSQL for several replicas.
//!
//! In: typed calls within a transaction. Out: rows, typed. Every call is made through a [`Session`], which is bound to one tenant, so
//! that no statement can be written that reaches over the wall; what belongs to the whole installation (people, settings,
//! the list of tenants) goes through [`Installation`]. Statements are SQL that both engines understand, written once;
//! the few words in which they differ are replaced when the schema is laid (docs/adr/0011). All calls block.

mod backend;
pub mod bus;
mod error;
pub mod graph;
pub mod ledger;
mod migrate;
pub mod notify;
mod pack;
pub mod people;
mod percent;
mod pool;
pub mod rates;
mod session;
mod settings;
pub mod sign_ins;
mod statistics;
mod store;
mod tenants;
mod tls;
mod url;

pub mod value;

pub use error::StoreError;
pub use migrate::{SCHEMA_VERSION, Upgrade};
pub use pool::PoolUse;
pub use session::{Installation, Session, TenantId};
pub use store::{Options, Store};
pub use tenants::Tenant;
pub use url::{DatabaseUrl, UrlError};
