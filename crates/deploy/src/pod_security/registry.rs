//! Every check of the standards, and which of them a standard has.

use super::Standard;
use super::checks::{self, Check, Run};
use crate::kube::Minor;
use bartizan_engine::rule::About;

/// Checks in the order in which the API server names them: by level, and in it by its own name of the check.
const ALL: &[&Check] = &[
    &checks::app_armor_profile::BASELINE,
    &checks::capabilities::BASELINE,
    &checks::host_namespaces::BASELINE,
    &checks::host_path_volumes::BASELINE,
    &checks::host_ports::BASELINE,
    &checks::host_probes::BASELINE,
    &checks::privileged::BASELINE,
    &checks::proc_mount::BASELINE,
    &checks::selinux_options::BASELINE,
    &checks::seccomp_profile::BASELINE,
    &checks::sysctls::BASELINE,
    &checks::windows_host_process::BASELINE,
    &checks::allow_privilege_escalation::RESTRICTED,
    &checks::capabilities::RESTRICTED,
    &checks::proc_mount::RESTRICTED,
    &checks::restricted_volumes::RESTRICTED,
    &checks::run_as_non_root::RESTRICTED,
    &checks::run_as_user::RESTRICTED,
    &checks::seccomp_profile::RESTRICTED,
];

/// The checks of a standard, each as it is at its version.
pub(crate) fn of(standard: Standard) -> impl Iterator<Item = (&'static Check, Run)> {
    let at = move |check: &'static Check| {
        let begun = |since: &u16| standard.version == Minor::Latest || Minor::One(*since) <= standard.version;
        let last = check.since.iter().rev().find(|(since, _)| begun(since));
        last.filter(|_| check.level <= standard.level)
            .map(|(_, run)| (check, *run))
    };
    let replaced = move |check: &Check| {
        let mut others = ALL.iter().filter_map(|other| at(other));
        others.any(|(other, _)| other.replaces == Some(check.id))
    };
    ALL.iter()
        .filter_map(move |check| at(check))
        .filter(move |(check, _)| !replaced(check))
}

/// What is known of every rule, ordered by id.
pub(crate) fn all() -> Vec<&'static About> {
    let mut all: Vec<&About> = ALL.iter().map(|check| check.about).collect();
    all.sort_by_key(|about| about.id);
    all.dedup_by_key(|about| about.id);
    all
}
