//! Options of policies that the agent enforces.

use std::path::PathBuf;
use std::time::Duration;

use bartizan_sensor::guard::Tier;
use clap::{Args, ValueHint};

/// What is stopped, and how surely.
#[derive(Debug, Clone, Args)]
pub(crate) struct GuardArgs {
    /// Put policies of this file in force: what must not happen, told or stopped (repeatable)
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Policies")]
    pub(crate) policy: Vec<PathBuf>,

    /// Do not start where less can be done about what policies forbid: observe, restrain, guard
    #[arg(long, value_name = "TIER", default_value = "observe", value_parser = tier, help_heading = "Policies")]
    pub(crate) tier: Tier,

    /// Enforce for this time (30s, 5m, 1h) and then only tell, unless confirmed by SIGUSR1
    #[arg(long, value_name = "TIME", requires = "policy", value_parser = super::duration::duration, help_heading = "Policies")]
    pub(crate) confirm_within: Option<Duration>,

    /// Leave policies in force when the agent ends
    #[arg(long, requires = "policy", help_heading = "Policies")]
    pub(crate) pin: bool,

    /// Take away what agents before left in force, and end
    #[arg(long, conflicts_with_all = ["policy", "rules"], help_heading = "Policies")]
    pub(crate) unpin: bool,
}

fn tier(text: &str) -> Result<Tier, String> {
    let named = Tier::ALL.into_iter().find(|tier| tier.name() == text);
    named.ok_or_else(|| format!("the tiers are {}", Tier::ALL.map(Tier::name).join(", ")))
}
