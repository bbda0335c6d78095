//! The derived part: assets, what was looked at, findings, what closes them, components. All of it can be made again from
//! the ledger.

mod assets;
mod bills;
mod clear;
mod components;
mod days;
mod decisions;
pub(crate) mod findings;
mod history;
mod members;
mod remedies;
mod scans;
mod status;

pub use assets::{AssetRow, EdgeRow};
pub use bills::{BillRow, InventoryRow};
pub use components::{ChunkRow, ComponentRow};
pub use days::DayRow;
pub use decisions::{AttestationRow, WaiverRow};
pub use findings::{FindingFilter, FindingRow};
pub use history::EventRow;
pub use members::Member;
pub use remedies::{RemedyRow, RemedyTotals};
pub use scans::{CheckRunRow, ScanRow, ScopeRow};
pub use status::Status;
