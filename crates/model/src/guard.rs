//! What must not happen on a host while it runs: policies, as whoever reads and whoever enforces them speak of them.
//!
//! In: nothing. Out: [`Policy`], and which [`Workload`]s it holds for by the cgroup and the container of a process.

use std::collections::BTreeMap;
use std::net::IpAddr;

use crate::runtime::Container;

/// Policies there may be at once: the kernel has one bit for each
pub const POLICIES_MAX: usize = 64;

/// Types of programs for the kernel by their numbers (`enum bpf_prog_type` in `linux/bpf.h`), as bpftool names them
pub const PROGRAM_TYPES: [&str; 33] = [
    "unspec",
    "socket_filter",
    "kprobe",
    "sched_cls",
    "sched_act",
    "tracepoint",
    "xdp",
    "perf_event",
    "cgroup_skb",
    "cgroup_sock",
    "lwt_in",
    "lwt_out",
    "lwt_xmit",
    "sock_ops",
    "sk_skb",
    "cgroup_device",
    "sk_msg",
    "raw_tracepoint",
    "cgroup_sock_addr",
    "lwt_seg6local",
    "lirc_mode2",
    "sk_reuseport",
    "flow_dissector",
    "cgroup_sysctl",
    "raw_tracepoint_writable",
    "cgroup_sockopt",
    "tracing",
    "struct_ops",
    "ext",
    "lsm",
    "sk_lookup",
    "syscall",
    "netfilter",
];

/// Something that a policy forbids. The order is that of `enum rule` in the sensor's `bpf/verdict.h`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Forbidden {
    /// Running a file of an image's file system that was written since the container was made
    ChangedProgram,
    /// Running a file that has no name: of memory, or removed
    ProgramInMemory,
    /// Running a file that anybody may write, or may put another one in the place of
    ProgramInWritablePlace,
    /// Running a file that is not listed
    UnlistedProgram,
    /// Writing, making, changing or removing below protected paths
    Write,
    /// Loading a module into the kernel
    Module,
    /// Tracing a process of another user
    TracingOthers,
    /// Mounting
    Mount,
    /// Speaking to an address that is not listed
    UnlistedPeer,
    /// Loading a program into the kernel by an executable that is not listed
    UnlistedLoader,
    /// Loading a program into the kernel that carries no signature by a key of the kernel's
    UnsignedProgram,
}

impl Forbidden {
    /// All of them, in their order
    pub const ALL: [Self; 11] = [
        Self::ChangedProgram,
        Self::ProgramInMemory,
        Self::ProgramInWritablePlace,
        Self::UnlistedProgram,
        Self::Write,
        Self::Module,
        Self::TracingOthers,
        Self::Mount,
        Self::UnlistedPeer,
        Self::UnlistedLoader,
        Self::UnsignedProgram,
    ];

    /// As it is written in a policy, with dots between keys
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::ChangedProgram => "exec.changed",
            Self::ProgramInMemory => "exec.memory",
            Self::ProgramInWritablePlace => "exec.writable_places",
            Self::UnlistedProgram => "exec.only",
            Self::Write => "write",
            Self::Module => "modules",
            Self::TracingOthers => "ptrace_others",
            Self::Mount => "mount",
            Self::UnlistedPeer => "connect.only",
            Self::UnlistedLoader => "bpf.only",
            Self::UnsignedProgram => "bpf.signed",
        }
    }
}

/// Whether a policy only tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mode {
    /// It tells what it would forbid
    #[default]
    Audit,
    /// It forbids
    Enforce,
}

/// What is done where a policy forbids.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Action {
    /// The kernel refuses
    #[default]
    Deny,
    /// The process is killed
    Kill,
}

/// What must not happen in some workloads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// Its name, which is unique
    pub name: Box<str>,
    /// It holds where any of these does
    pub workloads: Vec<Workload>,
    /// Whether it only tells
    pub mode: Mode,
    /// What is done where it does more than tell
    pub action: Action,
    /// What it forbids
    pub rules: Rules,
}

/// What a policy forbids.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[allow(
    clippy::struct_excessive_bools,
    reason = "each is a rule that is there or not"
)]
pub struct Rules {
    /// Programs that were written since the container was made
    pub changed_programs: bool,
    /// Programs that have no name
    pub programs_in_memory: bool,
    /// Programs where anybody may write
    pub programs_in_writable_places: bool,
    /// All programs but these
    pub only_programs: Option<Programs>,
    /// Writing to these: paths of files, or of directories with a slash at their end
    pub write: Vec<Box<str>>,
    /// Modules of the kernel
    pub modules: bool,
    /// Tracing processes of other users
    pub tracing_others: bool,
    /// Mounting
    pub mount: bool,
    /// All peers but these
    pub only_peers: Option<Vec<Peer>>,
    /// Loading programs into the kernel by all but these
    pub only_loaders: Option<Vec<Loader>>,
    /// Where more of them are listed, which whoever enforces the policy reads
    pub manifest: Option<Manifest>,
    /// Loading programs into the kernel that nobody signed
    pub unsigned_programs: bool,
}

impl Rules {
    /// Whether this is forbidden at all
    #[must_use]
    pub const fn has(&self, what: Forbidden) -> bool {
        match what {
            Forbidden::ChangedProgram => self.changed_programs,
            Forbidden::ProgramInMemory => self.programs_in_memory,
            Forbidden::ProgramInWritablePlace => self.programs_in_writable_places,
            Forbidden::UnlistedProgram => self.only_programs.is_some(),
            Forbidden::Write => !self.write.is_empty(),
            Forbidden::Module => self.modules,
            Forbidden::TracingOthers => self.tracing_others,
            Forbidden::Mount => self.mount,
            Forbidden::UnlistedPeer => self.only_peers.is_some(),
            Forbidden::UnlistedLoader => self.only_loaders.is_some(),
            Forbidden::UnsignedProgram => self.unsigned_programs,
        }
    }
}

/// Addresses that may be spoken to, by ports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Peer {
    /// First address of the network
    pub network: IpAddr,
    /// Bits of it that count: at most 32 of version 4, 128 of version 6
    pub bits: u8,
    /// First port
    pub from: u16,
    /// Last port
    pub until: u16,
}

/// Programs that may be run.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Programs {
    /// Paths of files, or of directories with a slash at their end, as the process sees them
    pub places: Vec<Box<str>>,
    /// Files of this content
    pub files: Vec<Listed>,
}

/// A file of the host with a content that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Its path on the host
    pub path: Box<str>,
    /// SHA-256 of it, lower-case hexadecimal
    pub digest: Box<str>,
}

impl Listed {
    /// Whether this can be a file: a path from the root on, and a digest.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.path.starts_with('/') && crate::encoding::is_hex(&self.digest, 64)
    }
}

/// An executable that may load programs into the kernel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loader {
    /// Which one
    pub file: Listed,
    /// Types of programs that it may load, as numbers of [`PROGRAM_TYPES`]; None for any
    pub types: Option<Vec<u32>>,
}

/// A signed list of executables that may load programs into the kernel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manifest {
    /// Path of the list
    pub file: Box<str>,
    /// Path of the public key that must have signed it
    pub key: Box<str>,
}

/// The number of a type of programs by its name.
#[must_use]
pub fn program_type(name: &str) -> Option<u32> {
    let number = PROGRAM_TYPES.iter().position(|known| *known == name)?;
    u32::try_from(number).ok()
}

/// Where a policy holds: all that is said must be so. What nothing is said of does not matter.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Workload {
    /// In containers of images whose name with tag, or digest, matches; `*` stands for any text
    pub image: Option<Box<str>>,
    /// In pods of this namespace; `*` stands for any text
    pub namespace: Option<Box<str>>,
    /// In pods with these labels
    pub labels: BTreeMap<Box<str>, Box<str>>,
    /// In this cgroup and all below
    pub cgroup: Option<Box<str>>,
    /// In this unit of systemd
    pub unit: Option<Box<str>>,
    /// In no container
    pub host: bool,
}

impl Workload {
    /// Whether it can be that of a cgroup (its path from the root of version 2, `/system.slice/nginx.service`) with the container that runs there.
    /// The host is that of the outermost cgroup.
    #[must_use]
    pub fn selects(&self, cgroup: &str, container: Option<&Container>) -> bool {
        if self.host && (container.is_some() || cgroup != "/") {
            return false;
        }
        let of_container = self.image.is_some() || self.namespace.is_some() || !self.labels.is_empty();
        if of_container && !container.is_some_and(|container| self.selects_container(container)) {
            return false;
        }
        let inside = self.cgroup.as_deref().is_none_or(|prefix| {
            let prefix = prefix.trim_end_matches('/');
            cgroup
                .strip_prefix(prefix)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        });
        let unit = self
            .unit
            .as_deref()
            .is_none_or(|unit| cgroup.split('/').any(|part| part == unit));
        inside && unit
    }

    fn selects_container(&self, container: &Container) -> bool {
        let image = self.image.as_deref().is_none_or(|pattern| {
            let tagged = format!("{}:{}", container.image, container.tag);
            [&container.image, tagged.as_str(), &container.image_digest]
                .iter()
                .any(|name| !name.is_empty() && matches(pattern, name))
        });
        let pod = container.pod.as_ref();
        let namespace = self
            .namespace
            .as_deref()
            .is_none_or(|pattern| pod.is_some_and(|pod| matches(pattern, &pod.namespace)));
        let labels = self.labels.iter().all(|(name, value)| {
            pod.is_some_and(|pod| {
                pod.labels
                    .iter()
                    .any(|(other, has)| other == name && has == value)
            })
        });
        image && namespace && labels
    }
}

/// Whether a text is what a pattern says, in which `*` stands for any text. Takes time with the product of their lengths at most.
fn matches(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.as_bytes(), text.as_bytes());
    let (mut at, mut from) = (0, 0);
    let mut star = None;
    while from < text.len() {
        match pattern.get(at) {
            Some(b'*') => {
                star = Some((at, from));
                at += 1;
            }
            Some(byte) if text.get(from) == Some(byte) => {
                at += 1;
                from += 1;
            }
            _ => {
                let Some((after, begun)) = star else {
                    return false;
                };
                star = Some((after, begun + 1));
                at = after + 1;
                from = begun + 1;
            }
        }
    }
    pattern.iter().skip(at).all(|byte| *byte == b'*')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runtime::Pod;

    fn container() -> Container {
        Container {
            image: "registry.example/pay/api".into(),
            tag: "1.4".into(),
            pod: Some(Pod {
                namespace: "pay".into(),
                labels: Box::new([("app".into(), "api".into())]),
                ..Pod::default()
            }),
            ..Container::default()
        }
    }

    #[test]
    fn a_pattern_stands_for_any_text() {
        assert!(matches("registry.example/*", "registry.example/pay/api:1"));
        assert!(matches("*/api:*", "registry.example/pay/api:1"));
        assert!(matches("*", ""));
        assert!(matches("a*b*c", "axxbxbxc"));
        assert!(!matches("a*b", "axxbx"));
        assert!(!matches("", "a"));
    }

    #[test]
    fn all_that_is_said_of_a_container_must_be_so() {
        let mut workload = Workload {
            image: Some("*/pay/*".into()),
            namespace: Some("pay".into()),
            ..Workload::default()
        };
        assert!(workload.selects("/kubepods/x", Some(&container())));
        assert!(!workload.selects("/kubepods/x", None));
        workload.labels.insert("app".into(), "web".into());
        assert!(!workload.selects("/kubepods/x", Some(&container())));
    }

    #[test]
    fn a_cgroup_is_one_with_all_below_and_not_one_whose_name_begins_so() {
        let workload = Workload {
            cgroup: Some("/system.slice/nginx".into()),
            ..Workload::default()
        };
        assert!(workload.selects("/system.slice/nginx", None));
        assert!(workload.selects("/system.slice/nginx/worker", None));
        assert!(!workload.selects("/system.slice/nginx-other", None));
    }

    #[test]
    fn a_unit_is_a_whole_part_of_the_path_and_the_host_is_its_root() {
        let unit = Workload {
            unit: Some("nginx.service".into()),
            ..Workload::default()
        };
        assert!(unit.selects("/system.slice/nginx.service", None));
        assert!(!unit.selects("/system.slice/my-nginx.service", None));
        let host = Workload {
            host: true,
            ..Workload::default()
        };
        assert!(host.selects("/", None));
        assert!(!host.selects("/docker/x", Some(&container())));
    }
}
