//! The control plane over real HTTP: a listener on the loopback interface, and a client that speaks as a browser or a program would.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod answers;
mod at_once;
mod channels;
mod client;
mod compliance;
mod live;
mod log;
mod notices;
mod oidc;
mod operation;
mod people;
mod questions;
mod roles;
mod server;
mod sign_in;
mod stand_in;
mod tokens;
mod told;
mod trackers;
mod wall;
