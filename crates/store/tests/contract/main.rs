//! What the store promises, held against both engines: each test is run with a fresh file of SQLite and with a real PostgreSQL.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod alike;
mod decisions;
mod graph;
mod installation;
mod inventory;
mod keeping;
mod ledger;
mod notify;
mod operation;
mod operations;
mod people;
mod questions;
mod support;
mod transactions;
mod upgrade;
mod wall;
