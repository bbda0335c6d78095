//! SIGHUP: rules are read again, and manifests that policies name.
//!
//! What the kernel tells is chosen when programs are loaded, for which privileges are needed that the agent has given up by then. So rules that
//! ask the kernel for the same take the place of those before, and no event is lost; others do not, and that is said.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::rules::{self, Loaded};
use crate::args::AgentArgs;
use crate::interrupt;
use crate::table::counted;
use crate::terminal::Terminal;

/// Whether rules are to be read again.
pub(super) struct Reload {
    asked: Arc<AtomicBool>,
}

impl Reload {
    /// Listens to SIGHUP from now on.
    pub(super) fn install() -> Self {
        Self {
            asked: interrupt::hang_up(),
        }
    }

    /// Whether that was asked for since the last time
    pub(super) fn is_asked(&self) -> bool {
        self.asked.swap(false, Ordering::Relaxed)
    }

    /// The rules as they are now, where they can take the place of those in force.
    pub(super) fn latest(args: &AgentArgs, in_force: &Loaded, terminal: Terminal) -> Option<Loaded> {
        let keep = "the rules in force stay";
        let loaded = match rules::load(&args.rules, args.guard.policy.is_empty(), terminal) {
            Ok(loaded) => loaded,
            Err(error) => {
                terminal.warn(format!("{}; {keep}", error.message));
                return None;
            }
        };
        if loaded.refused > in_force.refused {
            terminal.warn(format!(
                "more rules than before are not understood; {keep} until their files are mended and read again"
            ));
            return None;
        }
        if loaded.rules.needs() != in_force.rules.needs() {
            terminal.warn(format!(
                "the rules ask the kernel for something else than at the start; {keep} until the agent is started again"
            ));
            return None;
        }
        terminal.note(format!(
            "watching by {}, read again",
            counted(loaded.rules.all().len(), "rule")
        ));
        Some(loaded)
    }
}
