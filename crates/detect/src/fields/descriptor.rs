//! `fd.*` and `fs.path.*`: the file or socket that a call is about.

use std::io::Write;
use std::net::IpAddr;

use bartizan_model::runtime::{
    Action, Endpoint, Event, File, FileKind, Object, Role, Socket, SocketFamily, SocketKind,
};

use super::{Each, Field, Read, View, field, known, put};
use crate::calls::{Kind, Kinds};

const FILES: Kinds = Kinds::of(&[Kind::Open, Kind::Duplicate]);
const SOCKETS: Kinds = Kinds::of(&[
    Kind::Connect,
    Kind::Accept,
    Kind::Bind,
    Kind::Listen,
    Kind::Send,
    Kind::Receive,
    Kind::Duplicate,
]);
const DESCRIPTORS: Kinds = Kinds::of(&[
    Kind::Open,
    Kind::Duplicate,
    Kind::MemoryFile,
    Kind::Socket,
    Kind::Connect,
    Kind::Accept,
    Kind::Bind,
    Kind::Listen,
    Kind::Send,
    Kind::Receive,
]);
const PATHS: Kinds = Kinds::of(&[
    Kind::Open,
    Kind::Unlink,
    Kind::Rename,
    Kind::Link,
    Kind::Symlink,
    Kind::MakeDirectory,
    Kind::ChangeMode,
    Kind::ChangeOwner,
    Kind::ChangeTimes,
    Kind::Attribute,
    Kind::Mount,
    Kind::Unmount,
]);
const TWO_PATHS: Kinds = Kinds::of(&[Kind::Rename, Kind::Link, Kind::Symlink]);

const fn file<'e>(event: &'e Event<'e>) -> Option<&'e File<'e>> {
    match &event.action {
        Action::Open { file, .. }
        | Action::Duplicate {
            object: Object::File(file),
            ..
        } => Some(file),
        _ => None,
    }
}

pub(super) const fn socket<'e>(event: &'e Event<'e>) -> Option<&'e Socket<'e>> {
    match &event.action {
        Action::Connect { socket, .. }
        | Action::Accept { socket, .. }
        | Action::Bind { socket, .. }
        | Action::Listen { socket, .. }
        | Action::Send { socket, .. }
        | Action::Receive { socket, .. }
        | Action::Duplicate {
            object: Object::Socket(socket),
            ..
        } => Some(socket),
        _ => None,
    }
}

/// The descriptor: the new one of calls that make one, which is -1 where they failed
pub(super) fn number_of(event: &Event<'_>) -> Option<i64> {
    let made = |descriptor: Option<u32>| {
        // What was opened into a slot of an io_uring has the number of that.
        let slot = event.result.max(-1);
        Some(descriptor.map_or(slot, i64::from))
    };
    match event.action {
        Action::Open { descriptor, .. }
        | Action::MemoryFile { descriptor, .. }
        | Action::Socket { descriptor, .. }
        | Action::Accept { descriptor, .. } => made(descriptor),
        Action::Duplicate { to, .. } => made(to),
        Action::Connect { descriptor, .. }
        | Action::Bind { descriptor, .. }
        | Action::Listen { descriptor, .. }
        | Action::Send { descriptor, .. }
        | Action::Receive { descriptor, .. } => Some(descriptor.into()),
        _ => None,
    }
}

/// Where both ends are known, the one that went to the other and the one that it went to
const fn client_and_server(socket: &Socket<'_>) -> (Option<Endpoint>, Option<Endpoint>) {
    match socket.role {
        Role::Server => (socket.remote, socket.local),
        Role::Client | Role::Unknown => (socket.local, socket.remote),
    }
}

fn ends(view: &View<'_>) -> Option<(Option<Endpoint>, Option<Endpoint>)> {
    socket(view.event).map(client_and_server)
}

fn client(view: &View<'_>) -> Option<Endpoint> {
    ends(view)?.0
}

fn server(view: &View<'_>) -> Option<Endpoint> {
    ends(view)?.1
}

fn local(view: &View<'_>) -> Option<Endpoint> {
    socket(view.event)?.local
}

fn remote(view: &View<'_>) -> Option<Endpoint> {
    socket(view.event)?.remote
}

fn address(end: Option<Endpoint>) -> Option<IpAddr> {
    end.map(|end| end.address.to_canonical())
}

fn port(end: Option<Endpoint>) -> Option<i64> {
    end.map(|end| end.port.into())
}

fn either(view: &View<'_>) -> [Option<IpAddr>; 2] {
    [address(client(view)), address(server(view))]
}

fn names<'e>(view: &View<'e>, end: Option<Endpoint>, each: Each<'_, 'e>) -> bool {
    let known = address(end).and_then(|address| view.names.get(&address));
    known.is_some_and(|names| names.iter().any(|name| each(name.as_bytes())))
}

/// `10.0.0.1:4000->10.0.0.2:80`; the path of a unix socket; the own end of one that is not connected
pub(super) fn socket_name(socket: &Socket<'_>, to: &mut Vec<u8>) -> bool {
    if !socket.path.is_empty() {
        return put(socket.path, to);
    }
    let write = |end: Endpoint, to: &mut Vec<u8>| write!(to, "{}:{}", end.address, end.port).is_ok();
    match client_and_server(socket) {
        (Some(client), Some(server)) => write(client, to) && put(b"->", to) && write(server, to),
        (Some(end), None) | (None, Some(end)) => write(end, to),
        (None, None) => false,
    }
}

fn directory(path: &[u8]) -> &[u8] {
    match path.iter().rposition(|byte| *byte == b'/') {
        Some(0) | None => b"/",
        Some(at) => path.get(..at).unwrap_or_default(),
    }
}

pub(crate) fn base(path: &[u8]) -> &[u8] {
    match path.iter().rposition(|byte| *byte == b'/') {
        Some(at) => path.get(at + 1..).unwrap_or_default(),
        None => path,
    }
}

/// Name of a type and the letter for it
fn kind(event: &Event<'_>) -> Option<(&'static str, &'static str)> {
    if let Some(socket) = socket(event) {
        return Some(family(&socket.family));
    }
    Some(match (&event.action, file(event)?.kind) {
        (_, FileKind::Directory) => ("directory", "d"),
        // A descriptor that a path was opened for is a file to rules, whatever lies there.
        (Action::Open { .. }, _) | (_, FileKind::Regular | FileKind::Device) => ("file", "f"),
        (_, FileKind::Pipe) => ("pipe", "p"),
        (_, FileKind::Socket) => ("unix", "u"),
        (_, FileKind::Other) => ("other", "o"),
    })
}

const fn family(family: &SocketFamily) -> (&'static str, &'static str) {
    match family {
        SocketFamily::V4 => ("ipv4", "4"),
        SocketFamily::V6 => ("ipv6", "6"),
        SocketFamily::Unix => ("unix", "u"),
        SocketFamily::Netlink => ("netlink", "n"),
        _ => ("other", "o"),
    }
}

const fn transport(socket: &Socket<'_>) -> Option<&'static [u8]> {
    Some(match (socket.family, socket.kind, socket.protocol) {
        (SocketFamily::V4 | SocketFamily::V6, _, 6) => b"tcp",
        (SocketFamily::V4 | SocketFamily::V6, _, 17) => b"udp",
        (SocketFamily::V4 | SocketFamily::V6, _, 1 | 58) => b"icmp",
        (SocketFamily::V4 | SocketFamily::V6, SocketKind::Stream, 0) => b"tcp",
        (SocketFamily::V4 | SocketFamily::V6, SocketKind::Datagram, 0) => b"udp",
        (_, SocketKind::Raw, _) => b"raw",
        _ => return None,
    })
}

/// The path that a call is about, and the one that it leads to
const fn paths<'e>(event: &'e Event<'e>) -> Option<(&'e [u8], Option<&'e [u8]>)> {
    match &event.action {
        Action::Open { file, .. } => Some((file.path, None)),
        Action::Unlink { path, .. }
        | Action::MakeDirectory { path, .. }
        | Action::ChangeMode { path, .. }
        | Action::ChangeOwner { path, .. }
        | Action::ChangeTimes { path, .. }
        | Action::Attribute { path, .. } => Some((path, None)),
        Action::Rename { from, to } => Some((to, Some(from))),
        Action::Link { target, path } | Action::Symlink { target, path } => Some((path, Some(target))),
        Action::Mount { source, target, .. } => Some((target, Some(source))),
        Action::Unmount { target } => Some((target, None)),
        _ => None,
    }
}

pub(super) const FIELDS: &[Field] = &[
    field("fd.num", Read::Number(|view, _| number_of(view.event))).on(DESCRIPTORS),
    field(
        "fd.name",
        Read::Built(|view, _, to| {
            if let Some(file) = file(view.event) {
                return !file.path.is_empty() && put(file.path, to);
            }
            match (&view.event.action, socket(view.event)) {
                (_, Some(socket)) => socket_name(socket, to),
                (Action::MemoryFile { name, .. }, _) => put(b"memfd:", to) && put(name, to),
                _ => false,
            }
        }),
    )
    .on(DESCRIPTORS),
    field(
        "fd.nameraw",
        Read::Text(|view, _| match view.event.action {
            Action::Open { asked, .. } => known(asked),
            _ => file(view.event).and_then(|file| known(file.path)),
        }),
    )
    .on(FILES),
    field(
        "fd.directory",
        Read::Text(|view, _| file(view.event).and_then(|file| known(file.path)).map(directory)),
    )
    .on(FILES),
    field(
        "fd.filename",
        Read::Text(|view, _| file(view.event).and_then(|file| known(file.path)).map(base)),
    )
    .on(FILES),
    field(
        "fd.type",
        Read::Text(|view, _| kind(view.event).map(|(name, _)| name.as_bytes())),
    )
    .on(DESCRIPTORS),
    field(
        "fd.typechar",
        Read::Text(|view, _| kind(view.event).map(|(_, letter)| letter.as_bytes())),
    )
    .on(DESCRIPTORS),
    field(
        "fd.ino",
        Read::Number(|view, _| file(view.event).map(|file| super::number(file.inode))),
    )
    .on(FILES),
    field(
        "fd.dev",
        Read::Number(|view, _| file(view.event).map(|file| super::number(file.device))),
    )
    .on(FILES),
    field("fd.ip", Read::Address(either)).on(SOCKETS),
    field("fd.cip", Read::Address(|view| [address(client(view)), None])).on(SOCKETS),
    field("fd.sip", Read::Address(|view| [address(server(view)), None])).on(SOCKETS),
    field("fd.lip", Read::Address(|view| [address(local(view)), None])).on(SOCKETS),
    field("fd.rip", Read::Address(|view| [address(remote(view)), None])).on(SOCKETS),
    field("fd.net", Read::Network(either)).on(SOCKETS),
    field("fd.cnet", Read::Network(|view| [address(client(view)), None])).on(SOCKETS),
    field("fd.snet", Read::Network(|view| [address(server(view)), None])).on(SOCKETS),
    field("fd.lnet", Read::Network(|view| [address(local(view)), None])).on(SOCKETS),
    field("fd.rnet", Read::Network(|view| [address(remote(view)), None])).on(SOCKETS),
    field(
        "fd.port",
        Read::Numbers(|view| [port(client(view)), port(server(view))]),
    )
    .on(SOCKETS),
    field("fd.cport", Read::Number(|view, _| port(client(view)))).on(SOCKETS),
    field("fd.sport", Read::Number(|view, _| port(server(view)))).on(SOCKETS),
    field("fd.lport", Read::Number(|view, _| port(local(view)))).on(SOCKETS),
    field("fd.rport", Read::Number(|view, _| port(remote(view)))).on(SOCKETS),
    field(
        "fd.cip.name",
        Read::Many(|view, _, each| names(view, client(view), each)),
    )
    .on(SOCKETS),
    field(
        "fd.sip.name",
        Read::Many(|view, _, each| names(view, server(view), each)),
    )
    .on(SOCKETS),
    field(
        "fd.lip.name",
        Read::Many(|view, _, each| names(view, local(view), each)),
    )
    .on(SOCKETS),
    field(
        "fd.rip.name",
        Read::Many(|view, _, each| names(view, remote(view), each)),
    )
    .on(SOCKETS),
    field(
        "fd.l4proto",
        Read::Text(|view, _| socket(view.event).and_then(transport)),
    )
    .on(SOCKETS),
    field(
        "fd.sockfamily",
        Read::Text(|view, _| match socket(view.event)?.family {
            SocketFamily::V4 | SocketFamily::V6 => Some(b"ip"),
            SocketFamily::Unix => Some(b"unix"),
            _ => None,
        }),
    )
    .on(SOCKETS),
    field(
        "fd.is_server",
        Read::Boolean(|view| socket(view.event).map(|socket| socket.role == Role::Server)),
    )
    .on(SOCKETS),
    field(
        "fd.connected",
        Read::Boolean(|view| match view.event.action {
            Action::Send { .. } | Action::Receive { .. } => Some(false),
            _ => socket(view.event).map(|socket| view.event.result >= 0 && socket.remote.is_some()),
        }),
    )
    .on(SOCKETS),
    field(
        "fd.name_changed",
        Read::Boolean(|view| {
            socket(view.event)?;
            Some(matches!(
                view.event.action,
                Action::Send { .. } | Action::Receive { .. } | Action::Connect { .. }
            ))
        }),
    )
    .on(SOCKETS),
    field(
        "fs.path.name",
        Read::Text(|view, _| paths(view.event).and_then(|(path, _)| known(path))),
    )
    .on(PATHS),
    field(
        "fs.path.nameraw",
        Read::Text(|view, _| match view.event.action {
            Action::Open { asked, .. } => known(asked),
            _ => paths(view.event).and_then(|(path, _)| known(path)),
        }),
    )
    .on(PATHS),
    field(
        "fs.path.source",
        Read::Text(|view, _| paths(view.event).and_then(|(_, source)| source)),
    )
    .on(TWO_PATHS),
    field(
        "fs.path.sourceraw",
        Read::Text(|view, _| paths(view.event).and_then(|(_, source)| source)),
    )
    .on(TWO_PATHS),
    field(
        "fs.path.target",
        Read::Text(|view, _| {
            let (path, source) = paths(view.event)?;
            source.map(|_| path)
        }),
    )
    .on(TWO_PATHS),
    field(
        "fs.path.targetraw",
        Read::Text(|view, _| {
            let (path, source) = paths(view.event)?;
            source.map(|_| path)
        }),
    )
    .on(TWO_PATHS),
    field(
        "dns.question",
        Read::Text(|view, _| match view.event.action {
            Action::Send { question, .. } => known(question),
            _ => None,
        }),
    )
    .on(Kind::Send.alone()),
];
