//! A process as it was when something happened, with those that started it, and where it runs.

use std::sync::Arc;

/// A process, told apart from others by its number and when it started.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Process {
    /// Number in the namespace of the host
    pub pid: u32,
    /// Number in its own namespace; 0 where unknown
    pub inner_pid: u32,
    /// Nanoseconds since 1970 when it was started; 0 where unknown
    pub started: u64,
    /// Number of the process that started it, in the namespace of the host
    pub parent_pid: u32,
    /// Group and session in the namespace of the host
    pub group: u32,
    /// The session, by the number of the process that leads it
    pub session: u32,
    /// The name that the kernel keeps: at most 15 bytes, of the process's own choosing
    pub name: Box<[u8]>,
    /// The program it runs
    pub executable: Executable,
    /// All arguments, the first of which is by habit the name it was called by
    pub arguments: Box<[Box<[u8]>]>,
    /// Whether there were more arguments than were read
    pub arguments_cut: bool,
    /// SHA-256 of its environment when it was started, lower-case hexadecimal; empty where unknown
    pub environment_digest: Box<str>,
    /// The directory it started in; empty where unknown
    pub directory: Box<[u8]>,
    /// Who it acts as
    pub user: User,
    /// What it may do beyond that
    pub capabilities: Capabilities,
    /// The terminal it is controlled from
    pub terminal: Option<Terminal>,
    /// Inode numbers of its namespaces, by their names in `/proc/PID/ns`
    pub namespaces: Box<[(&'static str, u32)]>,
    /// Its cgroup, by the number that the kernel gives it
    pub cgroup: u64,
    /// Where it runs; None on the host itself
    pub container: Option<Arc<Container>>,
    /// The process that started it, as it was then; kept to a depth of eight
    pub parent: Option<Arc<Process>>,
}

/// The file of a program.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Executable {
    /// Path in the mount namespace of the process; empty where unknown
    pub path: Box<[u8]>,
    /// Device of its file system and number on it
    pub device: u64,
    /// Number of its file on that device
    pub inode: u64,
    /// When its inode was changed and its content, nanoseconds since 1970; 0 where unknown
    pub changed: u64,
    /// When its content was written, nanoseconds since 1970; 0 where unknown
    pub modified: u64,
    /// SHA-256 of its content, lower-case hexadecimal; empty where it was not read
    pub digest: Box<str>,
    /// It lies in the writable layer of a container and was not in its image; None where unknown
    pub beside_image: Option<bool>,
    /// It has no place in any file system: a memory file
    pub in_memory: bool,
    /// The process may write to it
    pub writable: bool,
}

/// Who a process acts as.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct User {
    /// The real user
    pub id: u32,
    /// The effective user
    pub effective: u32,
    /// The real group
    pub group: u32,
    /// Name of the real user in its own `/etc/passwd`; empty where there is none
    pub name: Box<str>,
    /// Name of the real group; empty where there is none
    pub group_name: Box<str>,
    /// Who logged in at first, whatever it became since; None without a login
    pub login: Option<u32>,
    /// Name of that user; empty where there is none
    pub login_name: Box<str>,
}

/// Sets of capabilities, one bit for each (`linux/capability.h`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Capabilities {
    /// What it may make effective
    pub permitted: u64,
    /// What counts now
    pub effective: u64,
    /// What a program that it starts may get
    pub inheritable: u64,
}

/// A terminal, by the number of its device (major and minor).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Terminal {
    /// Kind of device: 136 and up for pseudo terminals, 4 for consoles
    pub major: u32,
    /// Which one of them
    pub minor: u32,
}

/// A container, as far as its runtime or its cgroup tells.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Container {
    /// As its runtime names it, in full
    pub id: Box<str>,
    /// Name of the container; empty where unknown
    pub name: Box<str>,
    /// `docker`, `containerd`, `cri-o`, `podman`, `runc`; empty where unknown
    pub runtime: Box<str>,
    /// Image without tag or digest: `docker.io/library/nginx`; empty where unknown
    pub image: Box<str>,
    /// Tag; empty where unknown or none
    pub tag: Box<str>,
    /// `sha256:…`; empty where unknown
    pub image_digest: Box<str>,
    /// Labels in the order of their names; none where unknown
    pub labels: Box<[(Box<str>, Box<str>)]>,
    /// Whether it has all of the host's privileges; None where unknown
    pub privileged: Option<bool>,
    /// Mounts from outside, as `(source, destination)`
    pub mounts: Box<[(Box<str>, Box<str>)]>,
    /// Nanoseconds since 1970; 0 where unknown
    pub started: u64,
    /// The pod of Kubernetes that it belongs to
    pub pod: Option<Pod>,
}

/// A pod of Kubernetes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Pod {
    /// Unique number of it
    pub uid: Box<str>,
    /// Name; empty where unknown
    pub name: Box<str>,
    /// Namespace; empty where unknown
    pub namespace: Box<str>,
    /// Service account; empty where unknown
    pub service_account: Box<str>,
    /// Labels in the order of their names
    pub labels: Box<[(Box<str>, Box<str>)]>,
}

impl Process {
    /// The processes that started this one, the nearest first.
    pub fn ancestors(&self) -> impl Iterator<Item = &Self> {
        std::iter::successors(self.parent.as_deref(), |process| process.parent.as_deref())
    }
}
