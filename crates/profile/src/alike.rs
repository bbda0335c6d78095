//! Calls that are allowed although they were not seen, because they give a workload nothing that it does not have: libraries choose between them by
//! their version, the kernel by its clock, and both make some of their own accord.

use std::collections::BTreeSet;

/// Made by the kernel or by every program's own libraries at any time, and about nothing but the process itself.
const ALWAYS: [&str; 52] = [
    // The kernel makes them in place of the process: after a signal, and after it was stopped.
    "restart_syscall",
    "rt_sigreturn",
    "sigreturn",
    // To end is never forbidden.
    "exit",
    "exit_group",
    // The time is asked of the kernel only where the clock cannot be read without it.
    "clock_getres",
    "clock_gettime",
    "clock_gettime64",
    "getcpu",
    "gettimeofday",
    "time",
    // Its own memory
    "brk",
    "madvise",
    "mmap",
    "mmap2",
    "mprotect",
    "mremap",
    "munmap",
    // Its own descriptors, signals and threads
    "close",
    "close_range",
    "futex",
    "futex_time64",
    "get_robust_list",
    "membarrier",
    "nanosleep",
    "clock_nanosleep",
    "rseq",
    "rt_sigaction",
    "rt_sigpending",
    "rt_sigprocmask",
    "rt_sigtimedwait",
    "sched_getaffinity",
    "sched_yield",
    "set_robust_list",
    "set_tid_address",
    "sigaltstack",
    // Who and where it is
    "getcwd",
    "getegid",
    "geteuid",
    "getgid",
    "getgroups",
    "getpgid",
    "getpgrp",
    "getpid",
    "getppid",
    "getrandom",
    "getresgid",
    "getresuid",
    "getrusage",
    "getsid",
    "gettid",
    "getuid",
];

/// Each says the same in several ways: whoever may make one may make all.
const SAME: &[&[&str]] = &[
    &["accept", "accept4"],
    &["access", "faccessat", "faccessat2"],
    &["chmod", "fchmod", "fchmodat", "fchmodat2"],
    &[
        "chown", "chown32", "fchown", "fchown32", "fchownat", "lchown", "lchown32",
    ],
    &["clone", "clone3", "fork", "vfork"],
    &["dup", "dup2", "dup3"],
    &["epoll_create", "epoll_create1"],
    &["epoll_ctl", "epoll_ctl_old"],
    &["epoll_pwait", "epoll_pwait2", "epoll_wait", "epoll_wait_old"],
    &["eventfd", "eventfd2"],
    &["fcntl", "fcntl64"],
    &["fdatasync", "fsync", "sync_file_range"],
    &[
        "fstat",
        "fstat64",
        "fstatat64",
        "lstat",
        "lstat64",
        "newfstatat",
        "stat",
        "stat64",
        "statx",
    ],
    &["fstatfs", "fstatfs64", "statfs", "statfs64"],
    &["ftruncate", "ftruncate64", "truncate", "truncate64"],
    &["getdents", "getdents64"],
    &["getrlimit", "ugetrlimit"],
    &["inotify_init", "inotify_init1"],
    &["link", "linkat"],
    &["lseek", "_llseek"],
    &["mkdir", "mkdirat"],
    &["mknod", "mknodat"],
    &["open", "openat", "openat2", "creat"],
    &["pipe", "pipe2"],
    &["poll", "ppoll", "ppoll_time64"],
    &["pselect6", "pselect6_time64", "select", "_newselect"],
    &["pread64", "preadv", "preadv2", "read", "readv"],
    &["pwrite64", "pwritev", "pwritev2", "write", "writev"],
    &["readlink", "readlinkat"],
    &["recv", "recvfrom", "recvmmsg", "recvmmsg_time64", "recvmsg"],
    &["rename", "renameat", "renameat2"],
    &["rmdir", "unlink", "unlinkat"],
    &["send", "sendmmsg", "sendmsg", "sendto"],
    &["sendfile", "sendfile64"],
    &["signalfd", "signalfd4"],
    &["symlink", "symlinkat"],
    &["tgkill", "tkill"],
    &["futimesat", "utime", "utimensat", "utimensat_time64", "utimes"],
    &["wait4", "waitid", "waitpid"],
];

/// Who may make the first may make the others; not the other way round.
const LESS: &[(&str, &[&str])] = &[
    ("prlimit64", &["getrlimit", "setrlimit"]),
    ("kill", &["tgkill", "tkill"]),
];

/// What is allowed where these calls were seen: they, what is the same, and what is always allowed.
pub(crate) fn allowed<'n>(seen: impl IntoIterator<Item = &'n str>) -> BTreeSet<&'n str> {
    let mut all: BTreeSet<&str> = seen.into_iter().collect();
    for (whole, parts) in LESS {
        if all.contains(whole) {
            all.extend(*parts);
        }
    }
    for group in SAME {
        if group.iter().any(|name| all.contains(name)) {
            all.extend(*group);
        }
    }
    all.extend(ALWAYS);
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calls::{Architecture, has};

    #[test]
    fn a_newer_name_of_a_call_that_was_seen_is_allowed_and_nothing_beyond() {
        let all = allowed(["open", "prlimit64"]);
        assert!(all.contains("openat2") && all.contains("setrlimit"));
        for refused in [
            "socket",
            "execve",
            "ptrace",
            "mount",
            "io_uring_setup",
            "bpf",
            "keyctl",
            "unshare",
        ] {
            assert!(!all.contains(refused), "{refused}");
        }
        assert!(!allowed(["getrlimit"]).contains("prlimit64"));
    }

    #[test]
    fn every_name_is_that_of_a_call() {
        let grouped = SAME.iter().flat_map(|group| group.iter());
        for name in ALWAYS.iter().chain(grouped) {
            let known = [Architecture::X86_64, Architecture::I386, Architecture::Aarch64]
                .into_iter()
                .any(|architecture| has(architecture, name));
            // Numbers of 32-bit ARM are in no table.
            assert!(known || ["recv", "send"].contains(name), "{name}");
        }
    }
}
