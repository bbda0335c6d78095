//! The document that is kept of a workload: what it was seen to need, in how many of its starts and of its exercises.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use bartizan_model::runtime::FileLabel;
use serde::{Deserialize, Serialize};

use crate::calls::Architecture;
use crate::parties::PodIdentity;
use crate::window::{Window, join};

/// Name of the form of the document
pub const SCHEMA: &str = "bartizan/profile/v1";

/// In how many starts and in how many later windows something was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seen {
    /// Windows that began with the start of the workload
    pub starts: u32,
    /// Windows of a workload that ran already
    pub windows: u32,
}

/// How much a profile goes by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Extent {
    /// Starts that were watched
    pub starts: u32,
    /// Windows of a running workload in which it did anything
    pub windows: u32,
    /// Seconds that were watched
    pub seconds: u64,
    /// What was not seen
    pub unreadable: Unreadable,
}

/// What could not be taken in, in numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unreadable {
    /// Events that were lost before they were read
    pub events: u64,
    /// Counts for which there was no room
    pub uncounted: u64,
    /// Paths that were cut off, are no text, or were too many; names of hosts that were too many
    pub paths: u64,
}

impl Unreadable {
    /// Takes in what else could not be.
    pub const fn and(&mut self, other: Self) {
        self.events += other.events;
        self.uncounted += other.uncounted;
        self.paths += other.paths;
    }

    /// Whether there is nothing of the kind.
    #[must_use]
    pub const fn is_none(self) -> bool {
        self.events == 0 && self.uncounted == 0 && self.paths == 0
    }
}

/// What was started to be watched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Command {
    /// Program and arguments
    pub arguments: Vec<String>,
    /// Working directory
    pub directory: String,
    /// What it returned; absent where it was ended
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub code: Option<i32>,
}

/// A kind of socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SocketKind {
    /// `AF_…`
    pub family: u32,
    /// `SOCK_…`, without flags
    pub kind: u32,
    /// Protocol of a raw socket; 0 for others
    pub protocol: u32,
}

impl SocketKind {
    /// `SOCK_RAW`
    pub(crate) const RAW: u32 = 3;
}

/// How data is carried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Transport {
    /// TCP
    Tcp,
    /// UDP
    Udp,
}

impl Transport {
    /// As it is written in capitals
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Tcp => "TCP",
            Self::Udp => "UDP",
        }
    }
}

/// What was done with a file.
#[allow(clippy::struct_excessive_bools, reason = "each is a permission of its own")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Access {
    /// Read, or listed where it is a directory
    #[serde(skip_serializing_if = "is_false")]
    pub read: bool,
    /// Written to
    #[serde(skip_serializing_if = "is_false")]
    pub write: bool,
    /// Made, removed, renamed, or given other permissions
    #[serde(skip_serializing_if = "is_false")]
    pub change: bool,
    /// Run
    #[serde(skip_serializing_if = "is_false")]
    pub execute: bool,
    /// A unix socket that was connected to
    #[serde(skip_serializing_if = "is_false")]
    pub connect: bool,
    /// It is a directory
    #[serde(skip_serializing_if = "is_false")]
    pub directory: bool,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks for it")]
const fn is_false(value: &bool) -> bool {
    !*value
}

impl Access {
    const NONE: Self = Self {
        read: false,
        write: false,
        change: false,
        execute: false,
        connect: false,
        directory: false,
    };
    pub(crate) const EXECUTE: Self = Self {
        read: true,
        execute: true,
        ..Self::NONE
    };
    pub(crate) const CHANGE: Self = Self {
        change: true,
        ..Self::NONE
    };
    pub(crate) const CONNECT: Self = Self {
        connect: true,
        ..Self::NONE
    };

    /// What either allows.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self {
            read: self.read || other.read,
            write: self.write || other.write,
            change: self.change || other.change,
            execute: self.execute || other.execute,
            connect: self.connect || other.connect,
            directory: self.directory || other.directory,
        }
    }

    /// Whether its file system has to be writable.
    #[must_use]
    pub const fn writes(self) -> bool {
        self.write || self.change
    }
}

/// What was done with a file, and how often that was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct FileUse {
    /// What was done
    #[serde(flatten)]
    pub access: Access,
    /// In how many windows
    #[serde(flatten)]
    pub seen: Seen,
}

/// What a workload was seen to need.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// [`SCHEMA`]
    pub schema: String,
    /// What it was called
    pub workload: String,
    /// The processor it ran on
    pub architecture: Architecture,
    /// What was started; absent for what ran already
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub command: Option<Command>,
    /// How much was watched
    pub extent: Extent,
    /// System calls of its programs
    pub calls: BTreeMap<String, Seen>,
    /// System calls of its 32-bit programs
    pub compat_calls: BTreeMap<String, Seen>,
    /// Calls of the container's runtime between its filter and the program
    pub filtered: BTreeSet<String>,
    /// Calls of the container's runtime before its filter
    pub start: BTreeSet<String>,
    /// Calls that a filter refused while it was watched
    pub refused: BTreeSet<String>,
    /// Numbers of calls whose names are not known, and which no policy can name
    pub unnamed: BTreeSet<u16>,
    /// Capabilities that were needed, and the calls that needed them; absent where the kernel does not tell
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub capabilities: Option<BTreeMap<String, BTreeSet<String>>>,
    /// Capabilities that were asked for and not there
    pub lacking: BTreeSet<String>,
    /// Kinds of sockets
    pub sockets: BTreeSet<SocketKind>,
    /// Namespaces that processes were made with (bits of `CLONE_NEW…`)
    pub namespaces: u64,
    /// Files by their paths, in which `*` stands for one name or a part of one
    pub files: BTreeMap<String, FileUse>,
    /// Files that could not be opened or changed for want of a permission
    pub denied: BTreeSet<String>,
    /// What SELinux knows files and the directories above them by; those without a label left out
    #[serde(skip_serializing_if = "BTreeMap::is_empty", default)]
    pub labels: BTreeMap<String, BTreeSet<FileLabel>>,
    /// Where connections went, or something was sent
    pub connects: BTreeMap<Transport, BTreeMap<u16, BTreeSet<IpAddr>>>,
    /// Where connections were waited for
    pub listens: BTreeMap<Transport, BTreeMap<u16, BTreeSet<IpAddr>>>,
    /// Who connected to it, by its own ports
    #[serde(skip_serializing_if = "BTreeMap::is_empty", default)]
    pub peers: BTreeMap<Transport, BTreeMap<u16, BTreeSet<IpAddr>>>,
    /// Names that it asked DNS for, with the addresses that answers gave them
    #[serde(skip_serializing_if = "BTreeMap::is_empty", default)]
    pub names: BTreeMap<String, BTreeSet<IpAddr>>,
    /// Pods at the other ends of its connections, by their addresses
    #[serde(skip_serializing_if = "BTreeMap::is_empty", default)]
    pub pods: BTreeMap<IpAddr, BTreeSet<PodIdentity>>,
}

impl Profile {
    /// The profile of a workload of which nothing was seen.
    #[must_use]
    pub fn new(workload: &str, architecture: Architecture) -> Self {
        Self {
            schema: SCHEMA.to_owned(),
            workload: workload.to_owned(),
            architecture,
            command: None,
            extent: Extent::default(),
            calls: BTreeMap::new(),
            compat_calls: BTreeMap::new(),
            filtered: BTreeSet::new(),
            start: BTreeSet::new(),
            refused: BTreeSet::new(),
            unnamed: BTreeSet::new(),
            capabilities: None,
            lacking: BTreeSet::new(),
            sockets: BTreeSet::new(),
            namespaces: 0,
            files: BTreeMap::new(),
            denied: BTreeSet::new(),
            labels: BTreeMap::new(),
            connects: BTreeMap::new(),
            listens: BTreeMap::new(),
            peers: BTreeMap::new(),
            names: BTreeMap::new(),
            pods: BTreeMap::new(),
        }
    }

    /// Reads a document.
    ///
    /// # Errors
    /// When it is none of this form.
    pub fn read(bytes: &[u8]) -> Result<Self, String> {
        let profile: Self = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
        if profile.schema == SCHEMA {
            Ok(profile)
        } else {
            Err(format!("its form is `{}`, not `{SCHEMA}`", profile.schema))
        }
    }

    /// Files that were read or run, by where they lie. A path of which a part is left open may be any file and is not among them.
    pub fn touched(&self) -> impl Iterator<Item = &str> {
        let used = self.files.iter().filter(|(path, file)| {
            (file.access.read || file.access.execute) && !file.access.directory && !path.contains('*')
        });
        used.map(|(path, _)| path.as_str())
    }

    /// Takes in what a workload did during a while; `start` when that began with its start. A window in which nothing happened says nothing.
    pub fn add(&mut self, window: Window, start: bool) {
        self.extent.unreadable.and(window.unreadable);
        if window.is_idle() {
            return;
        }
        let once = if start {
            self.extent.starts += 1;
            Seen {
                starts: 1,
                windows: 0,
            }
        } else {
            self.extent.windows += 1;
            Seen {
                starts: 0,
                windows: 1,
            }
        };
        count(&mut self.calls, window.calls, once);
        count(&mut self.compat_calls, window.compat_calls, once);
        for (path, access) in window.files {
            let known = self.files.entry(path).or_default();
            known.access = known.access.and(access);
            known.seen = known.seen.and(once);
        }
        self.filtered.extend(window.filtered);
        self.start.extend(window.start);
        self.refused.extend(window.refused);
        self.unnamed.extend(window.unnamed);
        if let Some(all) = window.capabilities {
            join(self.capabilities.get_or_insert_default(), all);
        }
        self.lacking.extend(window.lacking.into_keys());
        self.sockets.extend(window.sockets);
        self.namespaces |= window.namespaces;
        self.denied.extend(window.denied);
        join(&mut self.labels, window.labels);
        place(&mut self.connects, window.connects);
        place(&mut self.listens, window.listens);
        place(&mut self.peers, window.peers);
        join(&mut self.names, window.names);
        join(&mut self.pods, window.pods);
    }

    /// The files that were made, changed or written to.
    pub fn written(&self) -> impl Iterator<Item = (&str, Access)> {
        self.files
            .iter()
            .filter(|(_, file)| file.access.writes())
            .map(|(path, file)| (path.as_str(), file.access))
    }
}

impl Seen {
    const fn and(self, other: Self) -> Self {
        Self {
            starts: self.starts.saturating_add(other.starts),
            windows: self.windows.saturating_add(other.windows),
        }
    }
}

fn count(known: &mut BTreeMap<String, Seen>, names: BTreeSet<String>, once: Seen) {
    for name in names {
        let seen = known.entry(name).or_default();
        *seen = seen.and(once);
    }
}

fn place(
    known: &mut BTreeMap<Transport, BTreeMap<u16, BTreeSet<IpAddr>>>,
    places: BTreeSet<(Transport, IpAddr, u16)>,
) {
    for (transport, address, port) in places {
        known
            .entry(transport)
            .or_default()
            .entry(port)
            .or_default()
            .insert(address);
    }
}
