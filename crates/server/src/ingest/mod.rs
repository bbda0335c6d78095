//! Taking statements in: each is appended to the ledger and brought into the graph in one transaction, or not at all.
//!
//! What is made of a statement depends on the statements before it and on nothing else, so that [`rebuild`] makes the same graph again.

mod absorb;
mod advisories;
mod alerts;
pub(crate) mod bearing;
mod bill;
mod burden;
mod decide;
mod envelope;
mod forget;
mod identity;
mod links;
mod log;
pub(crate) mod policy;
mod rebuild;
mod record;
mod remedy;
mod row;
mod scan;
mod tally;
mod trusted;
mod verify;
mod vouch;
mod what;

pub use absorb::Effect;
pub use bartizan_ledger::tlog::entry::Trust;
pub use forget::{Forgotten, forget};
pub use log::{Arrival, IngestError, Receipt, Sent, push, take};
pub(crate) use policy::{COMPLIANCE, RETENTION, Retention};
pub use rebuild::{Difference, Made, rebuild, verify_graph};
pub(crate) use record::OURSELVES;
pub use record::record;
pub use verify::{Fault, Proof, TakenAway, verify_log};
pub use what::Rejected;
