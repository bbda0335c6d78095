//! Who asks, and what they may do.

mod caller;
mod role;
pub mod secret;

pub use caller::Caller;
pub use role::Role;
