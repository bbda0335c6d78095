//! `bartizan profile`: what a workload needs, as policies, and the proof that it still works under them.
//!
//! `watched` joins what the kernel counts with what it tells, for one workload; `drive` starts a workload and has it do things; `learn` adds to the
//! profile that `crate::profiles` keeps, `show` writes it in the languages of `bartizan-profile`, `packages` joins it with what is installed, `verify` runs the workload
//! under it in a `bundle` made on a `root` as `launch` says, and `run` starts one that gives up on this host what it does not need.

mod bundle;
mod drive;
mod launch;
mod learn;
mod packages;
mod root;
mod run;
mod show;
mod verify;
mod watched;

use crate::args::{Common, ProfileVerb};
use crate::error::Outcome;
use crate::terminal::Terminal;

/// Runs the verb.
pub(crate) fn run(common: &Common, verb: &ProfileVerb, terminal: Terminal) -> Outcome {
    match verb {
        ProfileVerb::Learn(args) => learn::run(common, args, terminal),
        ProfileVerb::Packages(args) => packages::run(common, args, terminal),
        ProfileVerb::Show(args) => show::run(common, args, terminal),
        ProfileVerb::Run(args) => run::run(common, args, terminal),
        ProfileVerb::Verify(args) => verify::run(common, args, terminal),
    }
}
