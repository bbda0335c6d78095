//! Taking statements in: each is appended to the ledger and brought into the graph in one transaction, or not at all.
//!
//! What is made of a statement depends on the statements before it and on nothing else, so that [`rebuild`] makes the same graph again.

mod absorb;
mod advisories;
mod bill;
mod burden;
mod decide;
pub(crate) mod envelope;
mod identity;
mod log;
pub(crate) mod policy;
mod rebuild;
mod record;
mod row;
mod scan;
mod tally;
mod verify;
mod what;

pub use absorb::Effect;
pub use bartizan_ledger::tlog::entry::Trust;
pub use log::{Arrival, IngestError, Receipt, take};
pub use rebuild::{Difference, rebuild, verify_graph};
pub(crate) use record::{OURSELVES, record};
pub use verify::{Fault, Proof, verify_log};
