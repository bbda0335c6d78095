//! Whether this process may load programs into the kernel, and stands where it sees all others.

use std::fs;

use crate::error::{Error, Result};

/// Capabilities that loading and attaching need, by their bits (`linux/capability.h`)
const NEEDED: [(u64, &str); 2] = [(39, "CAP_BPF"), (38, "CAP_PERFMON")];
/// It stands for both on older kernels and newer ones
const SYS_ADMIN: u64 = 21;
/// Number of the first namespace of processes (`PROC_PID_INIT_INO`)
const FIRST_NAMESPACE: &str = "pid:[4026531836]";

/// Says what lacks, before the kernel refuses with less of a word.
pub(crate) fn check() -> Result<()> {
    let effective = fs::read_to_string("/proc/self/status")
        .ok()
        .and_then(|status| {
            let line = status.lines().find_map(|line| line.strip_prefix("CapEff:"))?;
            u64::from_str_radix(line.trim(), 16).ok()
        })
        .unwrap_or(u64::MAX);
    let has = |bit: u64| effective >> bit & 1 == 1;
    if let Some((_, name)) = NEEDED.into_iter().find(|(bit, _)| !has(*bit) && !has(SYS_ADMIN)) {
        return Err(Error::Privilege(name));
    }
    match fs::read_link("/proc/self/ns/pid") {
        Ok(own) if own.as_os_str() != FIRST_NAMESPACE => Err(Error::Namespace),
        _ => Ok(()),
    }
}
