//! `bartizan bpf`: who gets programs into the kernel.
//!
//! `list` takes the inventory, holds it against a manifest where one is named, and has `show` write both; `manifest` makes one.

mod list;
mod manifest;
mod show;

use crate::args::{BpfVerb, Common};
use crate::error::Outcome;
use crate::terminal::Terminal;

/// Runs the verb.
pub(crate) fn run(_: &Common, verb: &BpfVerb, terminal: Terminal) -> Outcome {
    match verb {
        BpfVerb::List(args) => list::run(args, terminal),
        BpfVerb::Manifest(args) => manifest::run(args, terminal),
    }
}
