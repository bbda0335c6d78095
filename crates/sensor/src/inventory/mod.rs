//! What is loaded into the kernel by eBPF, who holds it, and which processes could load more.
//!
//! In: the kernel's own lists of programs, maps and links (`BPF_*_GET_NEXT_ID`, `BPF_OBJ_GET_INFO_BY_FD`), of devices of the network and their filters
//! (netlink), what is pinned below mounts of the file system of BPF, and `/proc`. Out: an [`Inventory`]. What could not be read stands in it as a sentence: what is not listed was then not seen, not absent.
//!
//! The kernel keeps the user who loaded a program, not the executable. Who may be known is who holds the program, one of its links or one of its maps by a
//! descriptor. An attachment of an old kind (a filter of `tc`, a program of a cgroup without a link) holds a program without any: those at devices of the
//! network and at cgroups are listed, too.

mod cgroups;
mod descriptors;
mod links;
mod loaded;
mod names;
mod netlink;
mod network;
mod pins;
mod processes;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::SystemTime;

use bartizan_model::runtime::{AlertContainer, Container};

use crate::error::Result;

/// All of it.
#[derive(Debug, Clone, Default)]
pub struct Inventory {
    /// Programs by their numbers
    pub programs: Vec<Program>,
    /// Maps by their numbers
    pub maps: Vec<Map>,
    /// Links by their numbers
    pub links: Vec<Link>,
    /// Where programs are attached without a link, as far as the kernel lists it; none before [`Self::add_attachments`]
    pub attachments: Vec<Attachment>,
    /// Processes that hold one of these, or a capability by which programs are loaded and used; by their numbers
    pub processes: BTreeMap<u32, Holder>,
    /// What could not be read, a sentence each
    pub unread: Vec<String>,
}

/// Something that is kept in the kernel by others.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Kept {
    /// Paths that it is pinned at
    pub pins: Vec<PathBuf>,
    /// Numbers of processes with a descriptor of it
    pub holders: Vec<u32>,
}

/// A program in the kernel.
#[derive(Debug, Clone)]
pub struct Program {
    /// Its number
    pub id: u32,
    /// The name of its type, as bpftool has it; `type N` for one that is not known
    pub kind: String,
    /// Its name, at most 15 bytes that whoever loaded it chose
    pub name: Vec<u8>,
    /// Digest of its instructions, 16 hexadecimal digits
    pub tag: String,
    /// When it was loaded
    pub loaded: Option<SystemTime>,
    /// The user who loaded it
    pub user: Option<u32>,
    /// Numbers of the maps that it uses; None where the kernel does not tell
    pub maps: Option<Vec<u32>>,
    /// Who keeps it by itself
    pub kept: Kept,
}

/// A map in the kernel.
#[derive(Debug, Clone)]
pub struct Map {
    /// Its number
    pub id: u32,
    /// The name of its type
    pub kind: String,
    /// Its name, at most 15 bytes that whoever made it chose
    pub name: Vec<u8>,
    /// Bytes of a key, and of a value
    pub sizes: [u32; 2],
    /// Entries at most
    pub entries: u32,
    /// Who keeps it
    pub kept: Kept,
}

/// What attaches a program to a place.
#[derive(Debug, Clone)]
pub struct Link {
    /// Its number
    pub id: u32,
    /// The name of its type
    pub kind: String,
    /// Number of the program
    pub program: u32,
    /// Where, as far as the kernel tells who holds or pins the link: `hook bpf_lsm_bpf`, `cgroup /system.slice`, `device eth0`
    pub place: Option<String>,
    /// How it is attached there: `lsm_mac`, `cgroup_inet4_connect`
    pub attached: Option<String>,
    /// Who keeps it
    pub kept: Kept,
}

/// A place that a program is attached to without a link, which nobody needs to hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// Number of the program
    pub program: u32,
    /// Where: `device eth0`, `device eth0 in the network namespace 4026532281 of process 77`, `cgroup /system.slice`
    pub place: String,
    /// How: `tc ingress`, `tc at 1:0`, `xdp (generic)`, `tcx_egress`, `cgroup_device`
    pub attached: String,
}

/// A process that holds something of it, or could load it.
#[derive(Debug, Clone, Default)]
pub struct Holder {
    /// Its number
    pub pid: u32,
    /// Its name, which it chose itself
    pub name: Vec<u8>,
    /// The path of the program that it runs, as the process sees it
    pub path: Vec<u8>,
    /// SHA-256 of that program, lower-case hexadecimal; None where it could not be read
    pub digest: Option<Box<str>>,
    /// Capabilities that any of its threads has or may take: CAP_BPF, CAP_PERFMON, CAP_SYS_ADMIN
    pub capabilities: Vec<&'static str>,
    /// Whether these hold for the host, being of its namespace of users; None where that could not be read
    pub of_host: Option<bool>,
    /// The effective user
    pub user: u32,
    /// The path of its cgroup of version 2
    pub cgroup: Box<str>,
    /// The container that it runs in
    pub container: Option<Container>,
    /// Whether it runs the program that asks
    pub own: bool,
}

impl Inventory {
    /// Takes it.
    ///
    /// # Errors
    /// When privileges lack, or this runs in a namespace of processes of its own: the kernel then tells of nothing.
    pub fn take() -> Result<Self> {
        crate::privilege::check_list()?;
        let mut inventory = Self::default();
        let mut seen = descriptors::Seen::default();
        // What is held is looked at first: this program opens what is pinned itself.
        processes::look(&mut inventory, &mut seen);
        pins::look(&mut inventory, &mut seen);
        loaded::list(&mut inventory, &seen);
        links::place(&mut inventory, &seen);
        inventory.unread.sort();
        inventory.unread.dedup();
        Ok(inventory)
    }

    /// Adds where programs are attached without a link, and places of links at cgroups: every network namespace is entered for that, and a program loaded.
    pub fn add_attachments(&mut self) {
        network::look(self);
        cgroups::look(self);
        self.unread.sort();
        self.unread.dedup();
    }

    /// Numbers of the processes that hold a program: by itself or by a link.
    #[must_use]
    pub fn holders_of(&self, program: &Program) -> Vec<u32> {
        let links = self.links.iter().filter(|link| link.program == program.id);
        let mut all: Vec<u32> = links
            .flat_map(|link| &link.kept.holders)
            .chain(&program.kept.holders)
            .copied()
            .collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// Attachments of a program that none of its links is known to stand for: what lists them does not tell which are by a link.
    pub fn attachments_of<'i>(&'i self, program: &'i Program) -> impl Iterator<Item = &'i Attachment> {
        let links = || self.links.iter().filter(|link| link.program == program.id);
        self.attachments.iter().filter(move |attachment| {
            attachment.program == program.id
                && links().all(|link| link.place.as_deref() != Some(&attachment.place))
        })
    }

    /// Paths that a program or a link of it is pinned at.
    #[must_use]
    pub fn pins_of<'i>(&'i self, program: &'i Program) -> Vec<&'i PathBuf> {
        let links = self.links.iter().filter(|link| link.program == program.id);
        links
            .flat_map(|link| &link.kept.pins)
            .chain(&program.kept.pins)
            .collect()
    }
}

impl Holder {
    /// What is told of its container.
    #[must_use]
    pub fn shown_container(&self, show: impl Fn(&[u8]) -> String) -> Option<AlertContainer> {
        self.container
            .as_ref()
            .map(|container| AlertContainer::of(container, show))
    }
}
