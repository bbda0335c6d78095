//! An event as one line, in the manner of packet dumps: when, who, what, and what came of it.

use std::fmt::Write;

use bartizan_model::runtime::{Action, Certainty, Event, FileKind, Object, Process, Socket};
use bartizan_model::text::visible;

use super::time;

/// Bytes of a text that are shown at most
const SHOWN: usize = 240;

/// One line without its end.
pub(crate) fn of(event: &Event<'_>) -> String {
    let mut line = time::of_day(event.time);
    let _ = write!(
        line,
        "  {:>7} {:<15}",
        event.process.pid,
        shown(&event.process.name)
    );
    if let Some(container) = &event.process.container {
        let name = if container.name.is_empty() {
            container.id.get(..12).unwrap_or(&container.id)
        } else {
            &container.name
        };
        let _ = write!(line, " [{}]", shown(name.as_bytes()));
    }
    let _ = write!(line, "  {}", event.call);
    if event.by_ring {
        line.push_str(" (io_uring)");
    }
    if let Some(what) = what(event) {
        line.push(' ');
        line.push_str(&what);
    }
    if event.result < 0 {
        let _ = write!(line, " = {}", error_name(event.result));
    }
    if event.certainty == Certainty::Changeable && names_something(&event.action) {
        line.push_str(" (as the process said)");
    }
    line
}

/// A text as one harmless piece of a line
fn shown(bytes: &[u8]) -> String {
    let text = visible(bytes.get(..SHOWN).unwrap_or(bytes));
    if bytes.len() > SHOWN {
        format!("{text}…")
    } else {
        text
    }
}

const fn names_something(action: &Action<'_>) -> bool {
    !matches!(action, Action::Other | Action::MemoryFile { .. })
}

fn command(process: &Process) -> String {
    let mut text = String::new();
    for argument in &process.arguments {
        if text.len() > SHOWN {
            text.push_str(" …");
            break;
        }
        if !text.is_empty() {
            text.push(' ');
        }
        let argument = shown(argument);
        if argument.is_empty() || argument.contains(' ') {
            let _ = write!(text, "'{argument}'");
        } else {
            text.push_str(&argument);
        }
    }
    text
}

fn what(event: &Event<'_>) -> Option<String> {
    Some(match &event.action {
        Action::Execute { asked } if event.result < 0 => shown(asked),
        Action::Execute { .. } => {
            let process = &event.process;
            format!("{}: {}", shown(&process.executable.path), command(process))
        }
        Action::Fork { child } => format!("process {child}"),
        Action::Exit { code, signal: 0 } => format!("code {code}"),
        Action::Exit { signal, .. } => format!("signal {signal}"),
        Action::Open { file, flags, .. } => {
            let use_ = match flags & 3 {
                0 => "read",
                1 => "write",
                _ => "read, write",
            };
            let kind = match file.kind {
                FileKind::Regular => "",
                FileKind::Directory => ", directory",
                FileKind::Device => ", device",
                FileKind::Pipe => ", pipe",
                FileKind::Socket => ", socket",
                FileKind::Other => ", special",
            };
            format!("{} ({use_}{kind})", shown(file.path))
        }
        Action::Unlink { path, .. } => shown(path),
        Action::Rename { from, to } => format!("{} to {}", shown(from), shown(to)),
        Action::Link { target, path } | Action::Symlink { target, path } => {
            format!("{} for {}", shown(path), shown(target))
        }
        Action::MakeDirectory { path, mode } | Action::ChangeMode { path, mode } => {
            format!("{} {:04o}", shown(path), mode & 0o7777)
        }
        Action::ChangeOwner { path, user, group } => format!("{} {user}:{group}", shown(path)),
        Action::ChangeTimes { path, modified } => {
            format!("{} to {modified}", shown(path))
        }
        Action::Attribute {
            path,
            name,
            value: Some(_),
        } => format!("{} of {}", shown(name), shown(path)),
        Action::Attribute { path, name, .. } => format!("{} removed from {}", shown(name), shown(path)),
        Action::Mount {
            source, target, kind, ..
        } => {
            format!("{} on {} ({})", shown(source), shown(target), shown(kind))
        }
        Action::Unmount { target } => shown(target),
        Action::MemoryFile { name, .. } => shown(name),
        Action::Trace { request, target } => format!("request {request} of process {target}"),
        Action::LoadModule { name: [] } => return None,
        Action::LoadModule { name } => shown(name),
        Action::Bpf { command } => format!("command {command}"),
        Action::SetUser { user } => format!("to {user}"),
        Action::SetGroup { group } => format!("to {group}"),
        Action::SetCapabilities { effective } => format!("to {effective:#x}"),
        Action::Namespaces { flags } => format!("{flags:#x}"),
        Action::Socket {
            family,
            kind,
            protocol,
            ..
        } => format!("family {family}, kind {kind}, protocol {protocol}"),
        Action::Connect { socket, .. } | Action::Accept { socket, .. } | Action::Receive { socket, .. } => {
            between(socket)
        }
        Action::Bind { socket, .. } | Action::Listen { socket, .. } => own_end(socket),
        Action::Send {
            socket, question: [], ..
        } => between(socket),
        Action::Send { socket, question, .. } => format!("{} asks for {}", between(socket), shown(question)),
        Action::Signal {
            signal,
            target,
            process: None,
        } => format!("{signal} to {target}"),
        Action::Signal {
            signal,
            process: Some(process),
            ..
        } => format!(
            "{signal} to {} ({})",
            process.pid,
            shown(&process.executable.path)
        ),
        Action::Duplicate { object, from, to } => {
            let to = to.map_or_else(|| "nothing".to_owned(), |to| to.to_string());
            let what = match object {
                Object::File(file) => shown(file.path),
                Object::Socket(socket) => between(socket),
                Object::Unknown => "something".to_owned(),
            };
            format!("{from} to {to}: {what}")
        }
        _ => return None,
    })
}

fn own_end(socket: &Socket<'_>) -> String {
    match socket.local {
        Some(end) => super::json::end(end),
        None => shown(socket.path),
    }
}

fn between(socket: &Socket<'_>) -> String {
    match (socket.local, socket.remote) {
        (Some(local), Some(remote)) => format!("{} to {}", super::json::end(local), super::json::end(remote)),
        (_, Some(remote)) => super::json::end(remote),
        (Some(local), None) => super::json::end(local),
        (None, None) => shown(socket.path),
    }
}

/// The name of an error of the kernel, or its number
fn error_name(result: i64) -> String {
    let number = result.unsigned_abs();
    ERRORS
        .iter()
        .find(|(each, _)| *each == number)
        .map_or_else(|| format!("error {number}"), |(_, name)| (*name).to_owned())
}

/// Errors that calls of files and sockets give (`errno(3)`), the same on `x86_64` and `aarch64`
const ERRORS: &[(u64, &str)] = &[
    (1, "EPERM"),
    (2, "ENOENT"),
    (3, "ESRCH"),
    (4, "EINTR"),
    (5, "EIO"),
    (6, "ENXIO"),
    (8, "ENOEXEC"),
    (9, "EBADF"),
    (11, "EAGAIN"),
    (12, "ENOMEM"),
    (13, "EACCES"),
    (14, "EFAULT"),
    (16, "EBUSY"),
    (17, "EEXIST"),
    (18, "EXDEV"),
    (19, "ENODEV"),
    (20, "ENOTDIR"),
    (21, "EISDIR"),
    (22, "EINVAL"),
    (23, "ENFILE"),
    (24, "EMFILE"),
    (26, "ETXTBSY"),
    (28, "ENOSPC"),
    (30, "EROFS"),
    (36, "ENAMETOOLONG"),
    (38, "ENOSYS"),
    (39, "ENOTEMPTY"),
    (40, "ELOOP"),
    (95, "EOPNOTSUPP"),
    (97, "EAFNOSUPPORT"),
    (98, "EADDRINUSE"),
    (99, "EADDRNOTAVAIL"),
    (101, "ENETUNREACH"),
    (104, "ECONNRESET"),
    (110, "ETIMEDOUT"),
    (111, "ECONNREFUSED"),
    (113, "EHOSTUNREACH"),
    (114, "EALREADY"),
    (115, "EINPROGRESS"),
];
