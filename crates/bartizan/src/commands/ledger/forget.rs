//! `bartizan ledger forget`: take away for good what was sent.

use crate::args::{Common, ForgetArgs};
use crate::error::Outcome;
use crate::plane::Plane;
use crate::table::counted;
use crate::terminal::Terminal;
use serde::Deserialize;

/// What came of it.
#[derive(Deserialize)]
struct Forgotten {
    open_before: i64,
    open_after: i64,
    made_from: u64,
    about_nothing: u64,
}

/// Takes the bodies away, one after the other.
pub(super) fn run(common: &Common, args: &ForgetArgs, terminal: Terminal) -> Outcome {
    let config = super::super::serve::configuration(common)?;
    let plane = Plane::open(common, &config)?;
    for seq in &args.statements {
        let body = serde_json::json!({ "reason": args.reason }).to_string();
        let path = format!("/api/v1/statements/{seq}/forget");
        let done: Forgotten = plane.post(&path, "application/json", body.as_bytes())?;
        terminal.note(format!(
            "statement {seq}: what was sent is gone, its record stays; the graph was made again from {}: {} open, {} before",
            counted(usize::try_from(done.made_from).unwrap_or(usize::MAX), "statement"),
            done.open_after,
            done.open_before
        ));
        if done.about_nothing > 0 {
            terminal.note(format!(
                "{} about what is gone",
                counted(
                    usize::try_from(done.about_nothing).unwrap_or(usize::MAX),
                    "decision"
                )
            ));
        }
    }
    Ok(0)
}
