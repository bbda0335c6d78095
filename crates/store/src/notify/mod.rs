//! What others are told: channels, how far the ledger and the time were followed, and the outbox.

mod channels;
mod deliveries;
mod follow;

pub use channels::{ChannelRow, IssueRow};
pub use deliveries::{Delivery, DeliveryFilter, DeliveryStatus, NewDelivery};
pub use follow::{Changed, Cursor, Ending, Place};
