//! Names of capabilities (`linux/capability.h`), and which questions for one say that it is needed.

const NAMES: [&str; 41] = [
    "CAP_CHOWN",
    "CAP_DAC_OVERRIDE",
    "CAP_DAC_READ_SEARCH",
    "CAP_FOWNER",
    "CAP_FSETID",
    "CAP_KILL",
    "CAP_SETGID",
    "CAP_SETUID",
    "CAP_SETPCAP",
    "CAP_LINUX_IMMUTABLE",
    "CAP_NET_BIND_SERVICE",
    "CAP_NET_BROADCAST",
    "CAP_NET_ADMIN",
    "CAP_NET_RAW",
    "CAP_IPC_LOCK",
    "CAP_IPC_OWNER",
    "CAP_SYS_MODULE",
    "CAP_SYS_RAWIO",
    "CAP_SYS_CHROOT",
    "CAP_SYS_PTRACE",
    "CAP_SYS_PACCT",
    "CAP_SYS_ADMIN",
    "CAP_SYS_BOOT",
    "CAP_SYS_NICE",
    "CAP_SYS_RESOURCE",
    "CAP_SYS_TIME",
    "CAP_SYS_TTY_CONFIG",
    "CAP_MKNOD",
    "CAP_LEASE",
    "CAP_AUDIT_WRITE",
    "CAP_AUDIT_CONTROL",
    "CAP_SETFCAP",
    "CAP_MAC_OVERRIDE",
    "CAP_MAC_ADMIN",
    "CAP_SYSLOG",
    "CAP_WAKE_ALARM",
    "CAP_BLOCK_SUSPEND",
    "CAP_AUDIT_READ",
    "CAP_PERFMON",
    "CAP_BPF",
    "CAP_CHECKPOINT_RESTORE",
];

/// Calls that take memory: for each the kernel asks for CAP_SYS_ADMIN, and lets its holder have a reserve that others have not
/// (`cap_vm_enough_memory`). A workload that needs the reserve has run out of memory.
const MEMORY: [&str; 14] = [
    "brk", "clone", "clone3", "execve", "execveat", "fork", "mmap", "mmap2", "mprotect", "mremap", "munmap",
    "shmat", "shmget", "vfork",
];

/// Name of a capability; None for a number that none had when this was written.
pub(crate) fn name_of(number: u8) -> Option<&'static str> {
    NAMES.get(usize::from(number)).copied()
}

/// Number of a capability; None for a name that is none.
pub(crate) fn number_of(name: &str) -> Option<usize> {
    NAMES.iter().position(|known| *known == name)
}

/// Whether a question for a capability within a call says that the call needs it.
pub(crate) fn is_needed(capability: &str, call: Option<&str>) -> bool {
    !(capability == "CAP_SYS_ADMIN" && call.is_none_or(|call| MEMORY.contains(&call)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn to_take_memory_needs_no_privilege_and_to_mount_does() {
        assert!(!is_needed("CAP_SYS_ADMIN", Some("mmap")));
        assert!(is_needed("CAP_SYS_ADMIN", Some("mount")));
        assert!(is_needed("CAP_CHOWN", Some("fchownat")));
        assert_eq!(name_of(40), Some("CAP_CHECKPOINT_RESTORE"));
        assert_eq!(name_of(41), None);
    }
}
