//! Names of calls that rules may ask for, and what is told of each.
//!
//! They are those of system calls (`man 2 syscalls`) and of events that Falco names beside them (<https://falco.org/docs/reference/rules/supported-events/>).

use bartizan_model::runtime::Action;

/// What an event tells of, without what it says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Kind {
    Execute,
    Fork,
    Exit,
    Open,
    Unlink,
    Rename,
    Link,
    Symlink,
    MakeDirectory,
    ChangeMode,
    ChangeOwner,
    ChangeTimes,
    Attribute,
    Mount,
    Unmount,
    MemoryFile,
    Trace,
    LoadModule,
    Bpf,
    SetUser,
    SetGroup,
    SetCapabilities,
    Namespaces,
    Socket,
    Connect,
    Accept,
    Bind,
    Listen,
    Send,
    Receive,
    Signal,
    Duplicate,
    Other,
}

impl Kind {
    /// Number of kinds
    pub(crate) const COUNT: u32 = Self::Other as u32 + 1;

    /// A set with this kind alone
    pub(crate) const fn alone(self) -> Kinds {
        Kinds(1 << self as u32)
    }

    /// What an action is of
    pub(crate) const fn of(action: &Action<'_>) -> Self {
        match action {
            Action::Execute { .. } => Self::Execute,
            Action::Fork { .. } => Self::Fork,
            Action::Exit { .. } => Self::Exit,
            Action::Open { .. } => Self::Open,
            Action::Unlink { .. } => Self::Unlink,
            Action::Rename { .. } => Self::Rename,
            Action::Link { .. } => Self::Link,
            Action::Symlink { .. } => Self::Symlink,
            Action::MakeDirectory { .. } => Self::MakeDirectory,
            Action::ChangeMode { .. } => Self::ChangeMode,
            Action::ChangeOwner { .. } => Self::ChangeOwner,
            Action::ChangeTimes { .. } => Self::ChangeTimes,
            Action::Attribute { .. } => Self::Attribute,
            Action::Mount { .. } => Self::Mount,
            Action::Unmount { .. } => Self::Unmount,
            Action::MemoryFile { .. } => Self::MemoryFile,
            Action::Trace { .. } => Self::Trace,
            Action::LoadModule { .. } => Self::LoadModule,
            Action::Bpf { .. } => Self::Bpf,
            Action::SetUser { .. } => Self::SetUser,
            Action::SetGroup { .. } => Self::SetGroup,
            Action::SetCapabilities { .. } => Self::SetCapabilities,
            Action::Namespaces { .. } => Self::Namespaces,
            Action::Socket { .. } => Self::Socket,
            Action::Connect { .. } => Self::Connect,
            Action::Accept { .. } => Self::Accept,
            Action::Bind { .. } => Self::Bind,
            Action::Listen { .. } => Self::Listen,
            Action::Send { .. } => Self::Send,
            Action::Receive { .. } => Self::Receive,
            Action::Signal { .. } => Self::Signal,
            Action::Duplicate { .. } => Self::Duplicate,
            _ => Self::Other,
        }
    }
}

/// A set of kinds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Kinds(u64);

impl Kinds {
    /// All kinds
    pub(crate) const ALL: Self = Self((1 << Kind::COUNT) - 1);

    /// The kinds of a list
    pub(crate) const fn of(kinds: &[Kind]) -> Self {
        let mut bits = 0;
        let mut rest = kinds;
        while let [kind, after @ ..] = rest {
            bits |= 1 << *kind as u32;
            rest = after;
        }
        Self(bits)
    }

    /// Whether a kind is in it
    pub(crate) const fn has(self, kind: Kind) -> bool {
        self.0 & kind.alone().0 != 0
    }
}

/// What a call of this name tells; None where no call has it.
pub(crate) fn kind(name: &str) -> Option<Kind> {
    let told = TOLD.iter().find(|(known, _)| *known == name);
    let other = || OTHERS.binary_search(&name).ok().map(|_| Kind::Other);
    told.map(|(_, kind)| *kind).or_else(other)
}

/// All names, with what is told of each.
pub(crate) fn all() -> impl Iterator<Item = (&'static str, Kind)> {
    let others = OTHERS.iter().map(|name| (*name, Kind::Other));
    TOLD.iter().copied().chain(others)
}

/// Calls of which more is told than that they were made.
const TOLD: &[(&str, Kind)] = &[
    ("execve", Kind::Execute),
    ("execveat", Kind::Execute),
    ("clone", Kind::Fork),
    ("fork", Kind::Fork),
    ("vfork", Kind::Fork),
    ("clone3", Kind::Fork),
    ("procexit", Kind::Exit),
    ("open", Kind::Open),
    ("openat", Kind::Open),
    ("openat2", Kind::Open),
    ("creat", Kind::Open),
    ("open_by_handle_at", Kind::Open),
    ("unlink", Kind::Unlink),
    ("unlinkat", Kind::Unlink),
    ("rmdir", Kind::Unlink),
    ("rename", Kind::Rename),
    ("renameat", Kind::Rename),
    ("renameat2", Kind::Rename),
    ("link", Kind::Link),
    ("linkat", Kind::Link),
    ("symlink", Kind::Symlink),
    ("symlinkat", Kind::Symlink),
    ("mkdir", Kind::MakeDirectory),
    ("mkdirat", Kind::MakeDirectory),
    ("chmod", Kind::ChangeMode),
    ("fchmod", Kind::ChangeMode),
    ("fchmodat", Kind::ChangeMode),
    ("fchmodat2", Kind::ChangeMode),
    ("chown", Kind::ChangeOwner),
    ("lchown", Kind::ChangeOwner),
    ("fchown", Kind::ChangeOwner),
    ("fchownat", Kind::ChangeOwner),
    ("utime", Kind::ChangeTimes),
    ("utimes", Kind::ChangeTimes),
    ("futimesat", Kind::ChangeTimes),
    ("utimensat", Kind::ChangeTimes),
    ("utimensat_time64", Kind::ChangeTimes),
    ("setxattr", Kind::Attribute),
    ("lsetxattr", Kind::Attribute),
    ("fsetxattr", Kind::Attribute),
    ("setxattrat", Kind::Attribute),
    ("removexattr", Kind::Attribute),
    ("lremovexattr", Kind::Attribute),
    ("fremovexattr", Kind::Attribute),
    ("removexattrat", Kind::Attribute),
    ("mount", Kind::Mount),
    ("move_mount", Kind::Mount),
    ("umount2", Kind::Unmount),
    ("umount", Kind::Unmount),
    ("memfd_create", Kind::MemoryFile),
    ("ptrace", Kind::Trace),
    ("init_module", Kind::LoadModule),
    ("finit_module", Kind::LoadModule),
    ("bpf", Kind::Bpf),
    ("setuid", Kind::SetUser),
    ("setreuid", Kind::SetUser),
    ("setresuid", Kind::SetUser),
    ("setgid", Kind::SetGroup),
    ("setregid", Kind::SetGroup),
    ("setresgid", Kind::SetGroup),
    ("capset", Kind::SetCapabilities),
    ("unshare", Kind::Namespaces),
    ("setns", Kind::Namespaces),
    ("socket", Kind::Socket),
    ("connect", Kind::Connect),
    ("accept", Kind::Accept),
    ("accept4", Kind::Accept),
    ("bind", Kind::Bind),
    ("listen", Kind::Listen),
    ("sendto", Kind::Send),
    ("sendmsg", Kind::Send),
    ("sendmmsg", Kind::Send),
    ("dup", Kind::Duplicate),
    ("dup2", Kind::Duplicate),
    ("dup3", Kind::Duplicate),
    ("fcntl", Kind::Duplicate),
    ("fcntl64", Kind::Duplicate),
    ("recvfrom", Kind::Receive),
    ("recvmsg", Kind::Receive),
    ("kill", Kind::Signal),
    ("tkill", Kind::Signal),
    ("tgkill", Kind::Signal),
    ("rt_sigqueueinfo", Kind::Signal),
    ("rt_tgsigqueueinfo", Kind::Signal),
    ("pidfd_send_signal", Kind::Signal),
];

/// All others, in the order of their names.
#[rustfmt::skip]
const OTHERS: &[&str] = &[
    "_llseek", "_newselect", "_sysctl", "access", "acct", "add_key", "adjtimex", "afs_syscall", "alarm", "arch_prctl", "asyncevent", "bdflush",
    "break", "brk", "capget", "chdir", "chown32", "chroot", "clock_adjtime", "clock_adjtime64", "clock_getres", "clock_getres_time64",
    "clock_gettime", "clock_gettime64", "clock_nanosleep", "clock_nanosleep_time64", "clock_settime", "clock_settime64", "clone20", "close",
    "close_range", "container", "copy_file_range", "cpu_hotplug", "create_module", "delete_module", "drop", "epoll_create", "epoll_create1",
    "epoll_ctl", "epoll_ctl_old", "epoll_pwait", "epoll_pwait2", "epoll_wait", "epoll_wait_old", "eventfd", "eventfd2", "exit", "exit_group",
    "faccessat", "faccessat2", "fadvise64", "fadvise64_64", "fallocate", "fanotify_init", "fanotify_mark", "fchdir", "fchown32",
    "fdatasync", "fgetxattr", "flistxattr", "flock", "fsconfig", "fsmount", "fsopen", "fspick", "fstat",
    "fstat64", "fstatat64", "fstatfs", "fstatfs64", "fsync", "ftime", "ftruncate", "ftruncate64", "futex", "futex_time64", "futex_waitv",
    "generic", "get_kernel_syms", "get_mempolicy", "get_robust_list", "get_thread_area", "getcpu", "getcwd", "getdents",
    "getdents64", "getegid", "getegid32", "geteuid", "geteuid32", "getgid", "getgid32", "getgroups", "getgroups32", "getitimer", "getpeername",
    "getpgid", "getpgrp", "getpid", "getpmsg", "getppid", "getpriority", "getrandom", "getresgid", "getresgid32", "getresuid", "getresuid32",
    "getrlimit", "getrusage", "getsid", "getsockname", "getsockopt", "gettid", "gettimeofday", "getuid", "getuid32", "getxattr", "groupadded",
    "groupdeleted", "gtty", "idle", "infra", "inotify_add_watch", "inotify_init", "inotify_init1", "inotify_rm_watch", "io_cancel", "io_destroy",
    "io_getevents", "io_pgetevents", "io_pgetevents_time64", "io_setup", "io_submit", "io_uring_enter", "io_uring_register", "io_uring_setup",
    "ioctl", "ioperm", "iopl", "ioprio_get", "ioprio_set", "ipc", "k8s", "kcmp", "kexec_file_load", "kexec_load", "keyctl",
    "landlock_add_rule", "landlock_create_ruleset", "landlock_restrict_self", "lchown32", "lgetxattr", "listxattr", "llistxattr", "lock",
    "lookup_dcookie", "lseek", "lstat", "lstat64", "madvise", "mbind", "membarrier", "memfd_secret", "mesos",
    "migrate_pages", "mincore", "mknod", "mknodat", "mlock", "mlock2", "mlockall", "mmap", "mmap2", "modify_ldt", "mount_setattr", "move_pages",
    "mprotect", "mpx", "mq_getsetattr", "mq_notify", "mq_open", "mq_timedreceive", "mq_timedreceive_time64", "mq_timedsend",
    "mq_timedsend_time64", "mq_unlink", "mremap", "msgctl", "msgget", "msgrcv", "msgsnd", "msync", "munlock", "munlockall", "munmap",
    "name_to_handle_at", "nanosleep", "netlink", "newfstatat", "nfsservctl", "nice", "notification", "oldfstat", "oldlstat", "oldolduname",
    "oldstat", "olduname", "open_tree", "open_tree_attr", "page_fault", "pagefault", "pause", "perf_event_open", "personality", "pidfd_getfd",
    "pidfd_open", "pipe", "pipe2", "pivot_root", "pkey_alloc", "pkey_free", "pkey_mprotect", "pluginevent", "poll", "ppoll",
    "ppoll_time64", "prctl", "pread64", "preadv", "preadv2", "prlimit64", "process_madvise", "process_mrelease", "process_vm_readv",
    "process_vm_writev", "procinfo", "prof", "profil", "pselect6", "pselect6_time64", "putpmsg", "pwrite64", "pwritev", "pwritev2",
    "query_module", "quotactl", "quotactl_fd", "read", "readahead", "readdir", "readlink", "readlinkat", "readv", "reboot", "recv",
    "recvmmsg", "recvmmsg_time64", "remap_file_pages", "request_key", "restart_syscall", "rseq", "rt_sigaction",
    "rt_sigpending", "rt_sigprocmask", "rt_sigreturn", "rt_sigsuspend", "rt_sigtimedwait", "rt_sigtimedwait_time64",
    "scapevent", "sched_get_priority_max", "sched_get_priority_min", "sched_getaffinity", "sched_getattr", "sched_getparam",
    "sched_getscheduler", "sched_rr_get_interval", "sched_rr_get_interval_time64", "sched_setaffinity", "sched_setattr", "sched_setparam",
    "sched_setscheduler", "sched_yield", "seccomp", "security", "select", "semctl", "semget", "semop", "semtimedop", "semtimedop_time64", "send",
    "sendfile", "sendfile64", "set_mempolicy", "set_mempolicy_home_node", "set_robust_list", "set_thread_area", "set_tid_address",
    "setdomainname", "setfsgid", "setfsgid32", "setfsuid", "setfsuid32", "setgid32", "setgroups", "setgroups32", "sethostname", "setitimer",
    "setpgid", "setpriority", "setregid32", "setresgid32", "setresuid32", "setreuid32", "setrlimit", "setsid", "setsockopt", "settimeofday",
    "setuid32", "sgetmask", "shmat", "shmctl", "shmdt", "shmget", "shutdown", "sigaction", "sigaltstack", "signal", "signaldeliver",
    "signalfd", "signalfd4", "sigpending", "sigprocmask", "sigreturn", "sigsuspend", "socketcall", "socketpair", "splice", "ssetmask", "stat",
    "stat64", "statfs", "statfs64", "statx", "stime", "stty", "swapoff", "swapon", "switch", "sync", "sync_file_range", "syncfs", "syscall",
    "sysdigevent", "sysfs", "sysinfo", "syslog", "tee", "time", "timer_create", "timer_delete", "timer_getoverrun", "timer_gettime",
    "timer_gettime64", "timer_settime", "timer_settime64", "timerfd_create", "timerfd_gettime", "timerfd_gettime64", "timerfd_settime",
    "timerfd_settime64", "times", "tracer", "truncate", "truncate64", "tuxcall", "ugetrlimit", "ulimit", "umask", "uname", "uretprobe",
    "uselib", "useradded", "userdeleted", "userevent", "userfaultfd", "ustat", "vhangup",
    "vm86", "vm86old", "vmsplice", "vserver", "wait4", "waitid", "waitpid", "write", "writev",
];
