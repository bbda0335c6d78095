//! What a workload did during a while: one exercise of it, one run of a command, or some seconds of a service.
//!
//! In: events of its processes, and what was counted in the kernel before and after. Out: the facts a [`Profile`](crate::Profile) takes in, each once.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::net::IpAddr;

use bartizan_model::runtime::{
    Action, Behaviour, CallUse, CapabilityUse, Endpoint, Event, FileKind, FileLabel, Phase, Socket,
    SocketFamily, SocketKind as Kind,
};

use crate::calls::{self, Architecture};
use crate::capability;
use crate::parties::{PodIdentity, host_name};
use crate::path::{Asker, directory_of, generalised, is_of_itself};
use crate::profile::{Access, SocketKind, Transport, Unreadable};

/// Flags of `open(2)`
const WRITE_ONLY: u32 = 1;
const READ_WRITE: u32 = 2;
const ACCESS: u32 = 3;
const CREATE: u32 = 0o100;
const TRUNCATE: u32 = 0o1000;
/// `EPERM`, `EACCES` and `EROFS`, as answers
const DENIED: [i64; 3] = [-1, -13, -30];
/// Paths of one window that are kept at most
const PATHS_MAX: usize = 65_536;
/// Names of hosts of one window that are kept at most
const NAMES_MAX: usize = 4096;

/// What a workload did during a while.
#[derive(Debug, Clone, Default)]
pub struct Window {
    /// Names of system calls of its programs
    pub calls: BTreeSet<String>,
    /// Names of system calls of its 32-bit programs
    pub compat_calls: BTreeSet<String>,
    /// Calls between the filter of a container's runtime and the program
    pub filtered: BTreeSet<String>,
    /// Calls of a runtime before its filter
    pub start: BTreeSet<String>,
    /// Calls that a filter refused, by name
    pub refused: BTreeSet<String>,
    /// Numbers of calls without a known name
    pub unnamed: BTreeSet<u16>,
    /// Capabilities that were needed and there, with the calls that needed them; None where the kernel does not tell
    pub capabilities: Option<BTreeMap<String, BTreeSet<String>>>,
    /// Capabilities that were asked for and not there, with the calls that asked
    pub lacking: BTreeMap<String, BTreeSet<String>>,
    /// Kinds of sockets
    pub sockets: BTreeSet<SocketKind>,
    /// Namespaces that processes were made with (bits of `CLONE_NEW…`)
    pub namespaces: u64,
    /// Files by their generalised paths
    pub files: BTreeMap<String, Access>,
    /// Files that could not be opened or changed for want of a permission, by their generalised paths
    pub denied: BTreeSet<String>,
    /// What SELinux knows files and the directories above them by, by their generalised paths; those without a label left out
    pub labels: BTreeMap<String, BTreeSet<FileLabel>>,
    /// Where connections went, or something was sent
    pub connects: BTreeSet<(Transport, IpAddr, u16)>,
    /// Where connections were waited for
    pub listens: BTreeSet<(Transport, IpAddr, u16)>,
    /// Who connected to it, and to which port of its own
    pub peers: BTreeSet<(Transport, IpAddr, u16)>,
    /// Names that it asked DNS for, with the addresses that answers gave them
    pub names: BTreeMap<String, BTreeSet<IpAddr>>,
    /// Pods of this host by their addresses, where the other end of a connection is one
    pub pods: BTreeMap<IpAddr, BTreeSet<PodIdentity>>,
    /// What could not be taken in, and how often
    pub unreadable: Unreadable,
    /// Addresses that sockets were bound to, by process and descriptor, until one of them is connected or listens
    pub(crate) bound: HashMap<(u32, u32), (Transport, IpAddr, u16)>,
    /// Paths whose label was not asked for yet, with what they are generalised to
    pub(crate) unlabelled: Vec<(Vec<u8>, String)>,
    /// Paths whose label was asked for
    pub(crate) asked: HashSet<Vec<u8>>,
}

/// What was counted after an earlier count.
#[must_use]
pub fn since(now: &Behaviour, before: &Behaviour) -> Behaviour {
    let call = |call: &CallUse| (call.phase, call.compat, call.number);
    let calls: HashMap<_, _> = before.calls.iter().map(|used| (call(used), used)).collect();
    let question = |used: &CapabilityUse| (used.phase, used.capability, used.call, used.compat, used.granted);
    let capabilities: HashMap<_, _> = before
        .capabilities
        .iter()
        .flatten()
        .map(|used| (question(used), used.count))
        .collect();
    let sockets: HashMap<_, _> = before
        .sockets
        .iter()
        .map(|used| ((used.phase, used.family, used.kind, used.protocol), used.count))
        .collect();
    Behaviour {
        calls: now
            .calls
            .iter()
            .filter_map(|used| {
                let (made, refused) = calls
                    .get(&call(used))
                    .map_or((0, 0), |before| (before.made, before.refused));
                let left = CallUse {
                    made: used.made.saturating_sub(made),
                    refused: used.refused.saturating_sub(refused),
                    ..*used
                };
                (left.made + left.refused > 0).then_some(left)
            })
            .collect(),
        capabilities: now.capabilities.as_ref().map(|all| {
            all.iter()
                .filter(|used| used.count > capabilities.get(&question(used)).copied().unwrap_or_default())
                .copied()
                .collect()
        }),
        sockets: now
            .sockets
            .iter()
            .filter(|used| {
                let key = (used.phase, used.family, used.kind, used.protocol);
                used.count > sockets.get(&key).copied().unwrap_or_default()
            })
            .copied()
            .collect(),
        namespaces: now.namespaces,
        uncounted: now.uncounted.saturating_sub(before.uncounted),
    }
}

/// What is known of names, put together.
pub(crate) fn join<K: Ord, V: Ord>(
    known: &mut BTreeMap<K, BTreeSet<V>>,
    more: impl IntoIterator<Item = (K, BTreeSet<V>)>,
) {
    for (name, values) in more {
        known.entry(name).or_default().extend(values);
    }
}

impl Window {
    /// Whether the workload did anything at all.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.calls.is_empty() && self.compat_calls.is_empty() && self.files.is_empty()
    }

    /// Takes in what was done during another while.
    pub fn and(&mut self, other: Self) {
        self.calls.extend(other.calls);
        self.compat_calls.extend(other.compat_calls);
        self.filtered.extend(other.filtered);
        self.start.extend(other.start);
        self.refused.extend(other.refused);
        self.unnamed.extend(other.unnamed);
        if let Some(all) = other.capabilities {
            join(self.capabilities.get_or_insert_default(), all);
        }
        join(&mut self.lacking, other.lacking);
        self.sockets.extend(other.sockets);
        self.namespaces |= other.namespaces;
        for (path, access) in other.files {
            let known = self.files.entry(path).or_default();
            *known = known.and(access);
        }
        self.denied.extend(other.denied);
        join(&mut self.labels, other.labels);
        self.connects.extend(other.connects);
        self.listens.extend(other.listens);
        self.peers.extend(other.peers);
        join(&mut self.names, other.names);
        join(&mut self.pods, other.pods);
        self.unreadable.and(other.unreadable);
        self.bound.extend(other.bound);
    }

    /// Takes in what was counted during the while.
    pub fn count(&mut self, counted: &Behaviour, architecture: Architecture) {
        let name = |number: u16, compat: bool| {
            let architecture = if compat {
                architecture.compat()
            } else {
                Some(architecture)
            };
            architecture.and_then(|architecture| calls::name_of(architecture, number))
        };
        for used in &counted.calls {
            let Some(name) = name(used.number, used.compat) else {
                self.unnamed.insert(used.number);
                continue;
            };
            if used.refused > 0 {
                self.refused.insert(name.to_owned());
            }
            if used.made > 0 {
                let set = match (used.phase, used.compat) {
                    (Phase::Start, _) => &mut self.start,
                    (Phase::Filtered, _) => &mut self.filtered,
                    (Phase::Payload, true) => &mut self.compat_calls,
                    (Phase::Payload, false) => &mut self.calls,
                };
                set.insert(name.to_owned());
            }
        }
        if let Some(all) = &counted.capabilities {
            let needed = self.capabilities.get_or_insert_default();
            for used in all.iter().filter(|used| used.phase == Phase::Payload) {
                let call = used.call.and_then(|number| name(number, used.compat));
                let Some(capability) = capability::name_of(used.capability) else {
                    continue;
                };
                if !capability::is_needed(capability, call) {
                    continue;
                }
                let asked = if used.granted {
                    &mut *needed
                } else {
                    &mut self.lacking
                };
                let calls = asked.entry(capability.to_owned()).or_default();
                calls.extend(call.map(str::to_owned));
            }
        }
        let sockets = counted.sockets.iter().filter(|used| used.phase == Phase::Payload);
        self.sockets.extend(sockets.map(|used| SocketKind {
            family: used.family,
            kind: used.kind,
            // Only of raw sockets the protocol is a privilege of its own.
            protocol: if used.kind == SocketKind::RAW {
                used.protocol
            } else {
                0
            },
        }));
        let [.., payload] = counted.namespaces;
        self.namespaces |= payload;
        self.unreadable.uncounted += counted.uncounted;
    }

    /// Takes in what one of its processes did.
    pub fn note(&mut self, event: &Event<'_>) {
        let own = Asker {
            numbers: [event.process.inner_pid, event.process.pid],
            directory: text(&event.process.directory).unwrap_or_default(),
        };
        if event.result < 0 {
            if DENIED.contains(&event.result)
                && let Some(path) = changed(&event.action).or(match &event.action {
                    Action::Open { file, .. } => Some(file.path),
                    Action::Execute { asked } => Some(asked),
                    _ => None,
                })
                && let Some(path) = text(path)
            {
                self.denied.insert(generalised(path, own));
            }
            // A connection that is on its way is answered so.
            if event.result != IN_PROGRESS {
                return;
            }
        }
        let process = event.process.pid;
        match &event.action {
            Action::Open { file, flags, .. } => {
                if file.cut {
                    self.unreadable.paths += 1;
                }
                if matches!(
                    file.kind,
                    FileKind::Regular | FileKind::Directory | FileKind::Device
                ) {
                    self.file(file.path, own, opened(*flags, file.kind));
                }
            }
            Action::Execute { asked } => {
                self.file(&event.process.executable.path, own, Access::EXECUTE);
                self.file(asked, own, Access::EXECUTE);
            }
            Action::Rename { from, to } => {
                self.file(from, own, Access::CHANGE);
                self.file(to, own, Access::CHANGE);
            }
            Action::Connect { socket, .. } => self.connected(socket, own),
            Action::Send { socket, question, .. } => {
                self.connected(socket, own);
                if let Some(name) = host_name(question) {
                    self.name(name);
                }
            }
            Action::Accept { socket, .. } => {
                if let Some(((transport, local), remote)) =
                    transport(socket).zip(socket.local).zip(socket.remote)
                {
                    self.peers
                        .insert((transport, remote.address.to_canonical(), local.port));
                }
            }
            Action::Bind { socket, descriptor } => {
                if socket.family == SocketFamily::Unix {
                    self.file(socket.path, own, Access::CHANGE);
                } else if let Some((transport, local)) = transport(socket).zip(socket.local) {
                    let place = (transport, local.address, local.port);
                    if transport == Transport::Udp {
                        // Who binds a port of his own choosing waits there; the others were chosen by the kernel.
                        self.listen(place);
                    } else {
                        self.bound.insert((process, *descriptor), place);
                    }
                }
            }
            Action::Listen { socket, descriptor } => {
                let place = transport(socket)
                    .zip(socket.local)
                    .map(|(transport, local)| (transport, local.address, local.port))
                    .or_else(|| self.bound.get(&(process, *descriptor)).copied());
                if let Some(place) = place {
                    self.listen(place);
                }
            }
            action => {
                if let Some(path) = changed(action) {
                    self.file(path, own, Access::CHANGE);
                }
            }
        }
    }

    /// Takes in that a name was said to have these addresses, where the workload asked for it in this while; `its_own` when nobody else can have.
    pub fn answer(&mut self, name: String, addresses: impl IntoIterator<Item = IpAddr>, its_own: bool) {
        if its_own {
            self.name(name.clone());
        }
        if let Some(known) = self.names.get_mut(&name) {
            known.extend(addresses);
        }
    }

    /// The other ends of its connections, loopback left out.
    pub fn others(&self) -> impl Iterator<Item = IpAddr> {
        let all = self.connects.iter().chain(&self.peers);
        all.map(|(_, address, _)| *address)
            .filter(|address| !address.is_loopback())
    }

    fn name(&mut self, name: String) {
        if self.names.len() < NAMES_MAX {
            self.names.entry(name).or_default();
        } else if !self.names.contains_key(&name) {
            self.unreadable.paths += 1;
        }
    }

    /// Takes in the labels of the files that were noted since, and of the directories above them; `of` asks for one by its path.
    pub fn label(&mut self, of: impl Fn(&[u8]) -> Option<FileLabel>) {
        for (real, general) in std::mem::take(&mut self.unlabelled) {
            let mut next = Some((real.as_slice(), general.as_str()));
            while let Some((path, name)) = next {
                if self.asked.len() >= PATHS_MAX || !self.asked.insert(path.to_owned()) {
                    break;
                }
                if let Some(label) = of(path) {
                    self.labels.entry(name.to_owned()).or_default().insert(label);
                }
                next = std::str::from_utf8(path)
                    .ok()
                    .and_then(directory_of)
                    .map(str::as_bytes)
                    .zip(directory_of(name));
            }
        }
    }

    fn file(&mut self, path: &[u8], own: Asker<'_>, access: Access) {
        // Pipes, sockets and files in memory have names that are no paths, and so have files of other mount namespaces.
        if path.first() != Some(&b'/') || path.starts_with(b"/memfd:") {
            return;
        }
        let Some(real) = text(path) else {
            self.unreadable.paths += 1;
            return;
        };
        let path = generalised(real, own);
        if self.files.len() >= PATHS_MAX && !self.files.contains_key(&path) {
            self.unreadable.paths += 1;
            return;
        }
        // What a process is told of itself bears the label of the process.
        if !self.asked.contains(real.as_bytes()) && !is_of_itself(&path) {
            self.unlabelled.push((real.as_bytes().to_vec(), path.clone()));
        }
        let known = self.files.entry(path).or_default();
        *known = known.and(access);
    }

    fn connected(&mut self, socket: &Socket<'_>, own: Asker<'_>) {
        if socket.family == SocketFamily::Unix {
            self.file(socket.path, own, Access::CONNECT);
        } else if let (Some(transport), Some(Endpoint { address, port })) = (transport(socket), socket.remote)
            && port != 0
        {
            self.connects.insert((transport, address.to_canonical(), port));
        }
    }

    fn listen(&mut self, place: (Transport, IpAddr, u16)) {
        if place.2 != 0 {
            self.listens.insert(place);
        }
    }
}

/// `EINPROGRESS`, as an answer
const IN_PROGRESS: i64 = -115;

/// A path as text; None for bytes that are none, and for texts that a line of a policy could not hold
fn text(path: &[u8]) -> Option<&str> {
    std::str::from_utf8(path)
        .ok()
        .filter(|path| !path.is_empty() && !path.chars().any(char::is_control))
}

const fn opened(flags: u32, kind: FileKind) -> Access {
    let mode = flags & ACCESS;
    let makes = flags & CREATE != 0 && !matches!(kind, FileKind::Device);
    Access {
        read: mode != WRITE_ONLY,
        write: mode == WRITE_ONLY || mode == READ_WRITE || flags & TRUNCATE != 0,
        change: makes,
        execute: false,
        connect: false,
        directory: matches!(kind, FileKind::Directory),
    }
}

/// The path whose name, owner, permissions, times or attributes an action changes
const fn changed<'e>(action: &Action<'e>) -> Option<&'e [u8]> {
    match action {
        Action::Unlink { path, .. }
        | Action::Link { path, .. }
        | Action::Symlink { path, .. }
        | Action::MakeDirectory { path, .. }
        | Action::ChangeMode { path, .. }
        | Action::ChangeOwner { path, .. }
        | Action::ChangeTimes { path, .. }
        | Action::Attribute { path, .. } => Some(path),
        Action::Rename { from, .. } => Some(from),
        _ => None,
    }
}

const fn transport(socket: &Socket<'_>) -> Option<Transport> {
    match (socket.family, socket.kind) {
        (SocketFamily::V4 | SocketFamily::V6, Kind::Stream) => Some(Transport::Tcp),
        (SocketFamily::V4 | SocketFamily::V6, Kind::Datagram) => Some(Transport::Udp),
        _ => None,
    }
}
