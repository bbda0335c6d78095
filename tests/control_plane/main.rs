//! What breaks under the control plane, and what the running program makes of that: the real binary, real databases, real clients.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, and waits for other processes"
)]

mod agent;
mod bus;
mod client;
mod clock;
mod database;
mod disk;
mod evidence;
mod hostile;
mod kills;
mod plane;
mod proxy;
mod replicas;
