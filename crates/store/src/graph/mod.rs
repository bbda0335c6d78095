//! The derived part: assets, what was looked at, findings, what closes them, components. All of it can be made again from
//! the ledger.

mod assets;
mod bearing;
mod bills;
mod clear;
mod components;
mod coverage;
mod days;
mod decisions;
mod dues;
mod edges;
pub(crate) mod findings;
mod history;
mod journey;
mod keeping;
mod keys;
mod members;
mod packs;
mod questions;
mod remedies;
mod scans;
mod snapshots;
mod status;

pub use assets::AssetRow;
pub use bearing::{FindingCountRow, FindingSumRow};
pub use bills::{BillRow, InventoryRow};
pub use components::{ChunkRow, ComponentRow};
pub use coverage::{AssetStatementRow, Cited, CoverageRow, SignInRow, VerificationRow};
pub use days::DayRow;
pub use decisions::{AttestationRow, WaiverRow};
pub use dues::{Breached, ClosingRow, DueRow, GroupRow};
pub use edges::EdgeRow;
pub(crate) use edges::pack_known;
pub use findings::{FindingFilter, FindingRow};
pub use history::EventRow;
pub use journey::Counted;
pub use keeping::{HoldRow, TombstoneRow};
pub use keys::TrustedKeyRow;
pub use members::Member;
pub use packs::EdgePack;
pub use questions::{ChangeRow, Lack, OpenRow, Shipped};
pub use remedies::{RemedyRow, RemedyTotals};
pub use scans::{CheckRunRow, ScanRow, ScopeRow};
pub use snapshots::SnapshotRow;
pub use status::Status;
