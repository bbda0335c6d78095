//! Whether this process may load programs into the kernel and stands where it sees all others, and what it gives up when they are loaded.

use std::fs;

use rustix::thread::{CapabilitySet, CapabilitySets, set_capabilities, set_no_new_privs};

use crate::error::{Error, Result};

/// Capabilities that loading and attaching need, by their bits (`linux/capability.h`)
const NEEDED: [(u64, &str); 2] = [(39, "CAP_BPF"), (38, "CAP_PERFMON")];
/// It stands for both on older kernels and newer ones
const SYS_ADMIN: u64 = 21;
/// Number of the first namespace of processes (`PROC_PID_INIT_INO`)
const FIRST_NAMESPACE: &str = "pid:[4026531836]";

/// Says what lacks, before the kernel refuses with less of a word.
pub(crate) fn check() -> Result<()> {
    if let Some((_, name)) = NEEDED.into_iter().find(|(bit, _)| !has(*bit) && !has(SYS_ADMIN)) {
        return Err(Error::Privilege(name));
    }
    sees_others()
}

/// The same before what is in the kernel is listed, which no smaller capability allows.
pub(crate) fn check_list() -> Result<()> {
    if !has(SYS_ADMIN) {
        return Err(Error::ListPrivilege);
    }
    sees_others()
}

/// Whether this process has a capability, by its bit; yes where that cannot be read
fn has(bit: u64) -> bool {
    let effective = fs::read_to_string("/proc/self/status")
        .ok()
        .and_then(|status| {
            let line = status.lines().find_map(|line| line.strip_prefix("CapEff:"))?;
            u64::from_str_radix(line.trim(), 16).ok()
        })
        .unwrap_or(u64::MAX);
    effective >> bit & 1 == 1
}

fn sees_others() -> Result<()> {
    match fs::read_link("/proc/self/ns/pid") {
        Ok(own) if own.as_os_str() != FIRST_NAMESPACE => Err(Error::Namespace),
        _ => Ok(()),
    }
}

/// What is still needed once programs are attached: counters are read from their maps, and `/proc` tells of processes of others.
const KEPT: CapabilitySet = CapabilitySet::BPF
    .union(CapabilitySet::SYS_PTRACE)
    .union(CapabilitySet::DAC_READ_SEARCH);

/// Gives up all other privileges of this thread and those that it starts, for good.
pub(crate) fn give_up() -> Result<()> {
    keep(KEPT)
}

/// Gives up all privileges of this thread but these, for good.
pub(crate) fn keep(these: CapabilitySet) -> Result<()> {
    set_no_new_privs(true)?;
    let had = rustix::thread::capabilities(None)?;
    let kept = had.permitted & these;
    set_capabilities(
        None,
        CapabilitySets {
            effective: kept,
            permitted: kept,
            inheritable: CapabilitySet::empty(),
        },
    )?;
    Ok(())
}
