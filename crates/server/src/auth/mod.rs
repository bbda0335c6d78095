//! Who asks, and what they may do.

pub(crate) mod attempts;
pub(crate) mod audit;
mod caller;
mod cookie;
pub(crate) mod federated;
mod gate;
pub(crate) mod password;
mod peer;
mod rate;
mod role;
pub mod secret;
pub(crate) mod session;
pub mod setup;

pub use caller::Caller;
pub use cookie::Transport;
pub(crate) use gate::{Gate, PER_CREDENTIAL};
pub(crate) use peer::{Peer, check_site};
pub use role::Role;
pub(crate) use session::SignedIn;
