//! What can go wrong between the sensor and the kernel, each with a way out.

/// An error of the sensor.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The process may not load programs
    #[error("programs cannot be loaded into the kernel without the privilege to: {0} is not there")]
    Privilege(&'static str),
    /// The process may not list what is in the kernel
    #[error("what is in the kernel is told only to who has CAP_SYS_ADMIN")]
    ListPrivilege,
    /// Numbers of processes would not be those of the host
    #[error("this runs in a namespace of processes of its own, where the host's cannot be told apart")]
    Namespace,
    /// The kernel says nothing of its own types
    #[error("the kernel does not describe its types: {0}")]
    NoTypes(aya::BtfError),
    /// The programs are not those that were built
    #[error("the programs for the kernel are damaged: {name} has the digest {found}, not {expected}")]
    Damaged {
        /// Of the object
        name: &'static str,
        /// SHA-256, lower-case hexadecimal
        found: String,
        /// SHA-256, lower-case hexadecimal
        expected: &'static str,
    },
    /// An object was refused as a whole
    #[error("the kernel did not take the programs: {0}")]
    Load(#[from] aya::EbpfError),
    /// One program was refused that nothing goes without
    #[error("the kernel did not take the program {name}: {cause}")]
    Program {
        /// Of the program
        name: &'static str,
        /// What the kernel said
        cause: aya::programs::ProgramError,
    },
    /// A map could not be written or read
    #[error("a map of the programs could not be used: {0}")]
    Map(#[from] aya::maps::MapError),
    /// Something that an object should hold is not there
    #[error("the programs for the kernel lack {0}")]
    Missing(&'static str),
    /// More paths were selected than there is room for
    #[error("{0} names of paths are selected, more than the {most} that there is room for", most = crate::selection::STEPS_MAX)]
    TooManyPaths(usize),
    /// An executable that may load programs is not the one that is listed
    #[error("{path}, which a policy or a manifest lists, is not what it says: {why}")]
    Listed {
        /// Of the executable
        path: Box<str>,
        /// What is so instead
        why: String,
    },
    /// A network has too many ranges of ports
    #[error("a policy lists more than 16 ranges of ports for one network")]
    TooManyPorts,
    /// Cgroups of version 2 are not there
    #[error("no cgroups of version 2 are mounted, by which workloads are told apart")]
    NoCgroups,
    /// Programs were attached, and are not asked
    #[error(
        "programs can be attached to hooks of LSM, but the kernel does not ask them: `bpf` is not among the modules that it was started with"
    )]
    NeverAsked,
    /// Processes cannot be made to wait for an answer
    #[error("the kernel lets no process wait for leave to open a file (fanotify): {0}")]
    NoWaiting(std::io::Error),
    /// A process waited too long for an answer
    #[error(
        "a process waited for more than 10 seconds for leave to open a file: the agent ends, so that nobody waits any longer"
    )]
    Unanswered,
    /// A thread could not be started
    #[error("a thread cannot be started: {0}")]
    Thread(std::io::Error),
    /// A policy asks for signatures that this kernel knows nothing of
    #[error(
        "programs for the kernel cannot be held to signatures (`bpf.signed`): this kernel does not verify any"
    )]
    NoSignatures,
    /// A policy asks for signatures in a tier that sees none
    #[error("whether a program for the kernel is signed (`bpf.signed`) is known in the tier guard only")]
    SignaturesUnseen,
    /// The file system of BPF could not be written
    #[error("programs cannot be pinned at {path}: {why}")]
    Pinned {
        /// Where
        path: String,
        /// What the kernel said
        why: String,
    },
    /// The container runtime that was to be asked does not answer
    #[error("no container runtime answers at {path}: {error}")]
    Runtime {
        /// Of the socket
        path: std::path::PathBuf,
        /// What the system says
        error: std::io::Error,
    },
    /// A cgroup could not be made, entered or looked at
    #[error("the cgroup {path} cannot be {what}: {cause}")]
    Cgroup {
        /// Where it is mounted
        path: std::path::PathBuf,
        /// What was tried: made, entered, read
        what: &'static str,
        /// What the kernel said
        cause: std::io::Error,
    },
    /// A root could not be laid over another one
    #[error("{path} cannot be laid under a root of its own: {cause}")]
    Overlay {
        /// What was to lie below
        path: std::path::PathBuf,
        /// What the kernel said
        cause: std::io::Error,
    },
    /// Landlock did not take a rule
    #[error("Landlock refuses: {0}")]
    Landlock(String),
    /// The kernel did not do what it was asked for while events were read, or privileges given up
    #[error("the kernel refuses: {0}")]
    System(#[from] rustix::io::Errno),
}

/// A result of the sensor.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// What to do about it.
    #[must_use]
    pub const fn help(&self) -> &'static str {
        match self {
            Self::Runtime { .. } => {
                "name the socket of containerd, CRI-O, Docker or Podman, which is for root, or leave it out: files of runtimes are read then"
            }
            Self::Privilege(_) => {
                "run it as root, or with the capabilities CAP_BPF, CAP_PERFMON and CAP_SYS_PTRACE"
            }
            Self::ListPrivilege => "run it as root",
            Self::Namespace => "run it in the host's (hostPID: true in Kubernetes, --pid=host with Docker)",
            Self::NoTypes(_) => {
                "a kernel from 5.10 on with CONFIG_DEBUG_INFO_BTF is needed; /sys/kernel/btf/vmlinux is there when it is"
            }
            Self::Damaged { .. } => "install Bartizan again, and find out who changed it",
            Self::Load(_) | Self::Program { .. } | Self::Map(_) => {
                "`bartizan doctor` shows what the kernel takes"
            }
            Self::Missing(_) => "the program and its objects are not of one build: install Bartizan again",
            Self::Listed { .. } => {
                "write its digest anew where the file is the right one, and find out who changed it where it is not"
            }
            Self::TooManyPorts => "write a wider range in place of several",
            Self::NoCgroups => "mount them: `mount -t cgroup2 none /sys/fs/cgroup/unified`",
            Self::NeverAsked => "add `bpf` to `lsm=` on the command line of the kernel",
            Self::NoWaiting(_) => {
                "it needs CAP_SYS_ADMIN and a kernel with CONFIG_FANOTIFY_ACCESS_PERMISSIONS; without it processes are killed instead of refused"
            }
            Self::Unanswered => "start it again; a disk that does not answer may be why",
            Self::Thread(_) => "raise the limit of threads (RLIMIT_NPROC, pids.max)",
            Self::NoSignatures => "run a kernel from 6.18 on, or leave `bpf.signed` out of the policy",
            Self::SignaturesUnseen => {
                "add `bpf` to `lsm=` on the command line of the kernel, or leave `bpf.signed` out of the policy"
            }
            Self::Pinned { .. } => "mount the file system of BPF: `mount -t bpf none /sys/fs/bpf`",
            Self::TooManyPaths(_) => "name fewer paths in rules, or directories in place of their files",
            Self::Cgroup { .. } => "run it as root, where the cgroups of the host can be written to",
            Self::Overlay { .. } => "run it as root, on a kernel with overlayfs",
            Self::Landlock(_) => {
                "learn the workload again; a rule may name what is no file and no directory any more"
            }
            Self::System(_) => "try again",
        }
    }
}

/// An error with all that caused it
pub(crate) fn with_causes(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |error| error.source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}

/// The number of the kernel's error among the causes of one
pub(crate) fn os_error(error: &(dyn std::error::Error + 'static)) -> Option<i32> {
    std::iter::successors(Some(error), |error| error.source())
        .find_map(|error| error.downcast_ref::<std::io::Error>()?.raw_os_error())
}
