//! What is to be done first and by when, what evidence says of the controls of published frameworks; and the log of what was taken in
//! ([`tlog`]).
//!
//! In: findings, what is known of the place where they are, and when they were first seen. Out: for each a decision with its
//! reasons and a day by which it must be closed, and what closes them in the order in which to do it. From facts and attestations:
//! the status of every control. No input or output: who calls gives times and texts, and keeps what comes back.

pub mod absence;
pub mod alerts;
pub mod bill;
pub mod calendar;
pub mod clock;
pub mod compliance;
pub mod debt;
pub mod decision;
pub mod difference;
pub mod first_seen;
pub mod graph;
pub mod journey;
pub mod judgement;
pub mod objective;
pub mod priority;
pub mod remedies;
pub mod schedule;
pub mod statement;
pub mod tlog;
pub mod ways;
