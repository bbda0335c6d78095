//! `evt.arg.*`: what a call was given. Calls of one kind have the same names, whichever of them a program made.

use bartizan_model::runtime::{Action, Event, Executable};

use super::descriptor::socket_name;
use super::event::result;
use super::{Argument, Field, Read, View, field, names, number, put, put_number};
use crate::calls::{Kind, Kinds};

/// Bytes of all arguments that are shown at most
const ALL_MAX: usize = 4096;

macro_rules! arguments {
    ($($name:literal $function:ident [$($kind:ident)*];)*) => {
        /// What each name is built by
        #[allow(clippy::type_complexity, reason = "a table of three columns")]
        const ARGUMENTS: &[(&str, fn(&Event<'_>, &mut Vec<u8>) -> bool, Kinds)] = &[
            $(($name, $function, Kinds::of(&[$(Kind::$kind),*]))),*
        ];

        pub(super) const FIELDS: &[Field] = &[
            $(field(
                concat!("evt.arg.", $name),
                Read::Built(|view, _, to| $function(view.event, to)),
            )
            .on(Kinds::of(&[$(Kind::$kind),*])),)*
            field("evt.arg.res", Read::Built(|view, _, to| result(view.event.result, to))),
            field("evt.arg.ret", Read::Built(|view, _, to| result(view.event.result, to))),
            field("evt.arg.res_or_fd", Read::Built(|view, _, to| put_number(view.event.result, to))),
            field("evt.rawarg.res", Read::Number(|view, _| Some(view.event.result))),
            field("evt.rawarg.flags", Read::Number(raw_flags)).on(Kinds::of(&[Kind::Open, Kind::Mount, Kind::MemoryFile, Kind::Namespaces])),
            field("evt.rawarg.mode", Read::Number(raw_mode)).on(Kinds::of(&[Kind::Open, Kind::ChangeMode, Kind::MakeDirectory])),
        ];
    };
}

arguments! {
    "name" name [Open Unlink MemoryFile Unmount MakeDirectory LoadModule Attribute];
    "path" path [Unlink MakeDirectory ChangeTimes Attribute];
    "filename" filename [Execute ChangeMode ChangeOwner];
    "pathname" filename [Execute ChangeMode ChangeOwner];
    "flags" flags [Execute Open Mount MemoryFile Namespaces];
    "mode" mode [Open ChangeMode MakeDirectory];
    "dev" device [Open Mount];
    "ino" inode [Open];
    "oldpath" old_path [Rename Link];
    "newpath" new_path [Rename Link];
    "target" target [Symlink];
    "linkpath" link_path [Symlink];
    "dir" directory [Mount];
    "type" kind [Mount Socket];
    "uid" user [SetUser ChangeOwner];
    "euid" user [SetUser];
    "gid" group [SetGroup ChangeOwner];
    "egid" group [SetGroup];
    "mtime" modified [ChangeTimes];
    "capabilities" file_capabilities [Attribute];
    "request" request [Trace];
    "pid" other_process [Trace Signal];
    "cmd" command [Bpf];
    "domain" domain [Socket];
    "proto" protocol [Socket];
    "fd" file_descriptor [Open MemoryFile Socket Connect Accept Bind Listen Send Receive Duplicate];
    "oldfd" old_descriptor [Duplicate];
    "newfd" file_descriptor [Duplicate];
    "tuple" tuple [Connect Accept Bind Listen Send Receive];
    "addr" tuple [Connect Bind];
    "nstype" flags [Namespaces];
    "cap_effective" effective [SetCapabilities];
    "exe" executable [Execute];
    "args" call_arguments [Execute];
    "cwd" working_directory [Execute];
    "status" status [Exit];
    "sig" signal [Exit Signal];
}

/// All arguments that the call has, as `name=value`, joined by blanks
pub(super) fn all(view: &View<'_>, to: &mut Vec<u8>) -> bool {
    let kind = Kind::of(&view.event.action);
    for (name, build, _) in ARGUMENTS.iter().filter(|(_, _, on)| on.has(kind)) {
        let before = to.len();
        if before > 0 {
            to.push(b' ');
        }
        to.extend_from_slice(name.as_bytes());
        to.push(b'=');
        if !build(view.event, to) || to.len() > ALL_MAX {
            to.truncate(before);
        }
    }
    true
}

/// The argument of a name that is known only as a text
pub(super) fn named(view: &View<'_>, name: &str, to: &mut Vec<u8>) -> bool {
    let found = ARGUMENTS.iter().find(|(known, ..)| *known == name);
    found.is_some_and(|(_, build, _)| build(view.event, to))
}

fn name(event: &Event<'_>, to: &mut Vec<u8>) -> bool {
    match &event.action {
        Action::Open { asked, .. } => put(asked, to),
        Action::Unlink { path, .. } | Action::MakeDirectory { path, .. } => put(path, to),
        Action::MemoryFile { name, .. } | Action::LoadModule { name } | Action::Attribute { name, .. } => {
            put(name, to)
        }
        Action::Unmount { target } => put(target, to),
        _ => false,
    }
}

fn path(event: &Event<'_>, to: &mut Vec<u8>) -> bool {
    match &event.action {
        Action::Unlink { path, .. }
        | Action::MakeDirectory { path, .. }
        | Action::ChangeTimes { path, .. }
        | Action::Attribute { path, .. } => put(path, to),
        _ => false,
    }
}

fn modified(event: &Event<'_>, to: &mut Vec<u8>) -> bool {
    match &event.action {
        Action::ChangeTimes { modified, .. } => put_number(modified, to),
        _ => false,
    }
}

/// What a file gives to whoever runs it (`struct vfs_cap_data` of `linux/capability.h`)
fn file_capabilities(event: &Event<'_>, to: &mut Vec<u8>) -> bool {
    let Action::Attribute {
        name: b"security.capability",
        value: Some(value),
        ..
    } = event.action
    else {
        return false;
    };
    // Its version and flags, then permitted and inheritable ones in halves, the lower first
    let half = |index: usize| {
        let bytes = value.chunks_exact(4).nth(index)?.try_into().ok()?;
        Some(u64::from(u32::from_le_bytes(bytes)))
    };
    let (Some(low), high) = (half(1), half(3).unwrap_or(0)) else {
        return false;
    };
    names::capabilities(low | high << 32, to);
    true
}

fn filename(event: &Event<'_>, to: &mut Vec<u8>) -> bool {
    match &event.action {
        Action::Execute { asked } => put(asked, to),
        Action::ChangeMode { path, .. } | Action::ChangeOwner { path, .. } => put(path, to),
        _ => false,
    }
}

fn flags(event: &Event<'_>, to: &mut Vec<u8>) -> bool {
    match &event.action {
        Action::Execute { .. } => executable_flags(&event.process.executable, to),
        Action::Open { flags, .. } => {
            let access: &[u8] = match flags & 3 {
                0 => b"O_RDONLY",
                1 => b"O_WRONLY",
                _ => b"O_RDWR",
            };
            put(access, to);
            let others = u64::from(flags & !3);
            if others != 0 {
                to.push(b'|');
                names::flags(others, names::OPEN_FLAGS, to);
            }
        }
        Action::Mount { flags, .. } => names::flags(*flags, names::MOUNT_FLAGS, to),
        Action::MemoryFile { flags, .. } => names::flags((*flags).into(), names::MEMORY_FILE_FLAGS, to),
        Action::Namespaces { flags } => names::flags(*flags, names::CLONE_FLAGS, to),
        _ => return false,
    }
    true
}

fn executable_flags(executable: &Executable, to: &mut Vec<u8>) {
    let flags = [
        (executable.writable, "EXE_WRITABLE"),
        (executable.beside_image == Some(true), "EXE_UPPER_LAYER"),
        (executable.in_memory, "EXE_FROM_MEMFD"),
    ];
    let set = flags.iter().filter(|(set, _)| *set).map(|(_, name)| *name);
    let set = set.collect::<Vec<_>>().join("|");
    put(if set.is_empty() { b"0" } else { set.as_bytes() }, to);
}

fn raw_flags(view: &View<'_>, _: &Argument) -> Option<i64> {
    match view.event.action {
        Action::Open { flags, .. } | Action::MemoryFile { flags, .. } => Some(flags.into()),
        Action::Mount { flags, .. } | Action::Namespaces { flags } => Some(number(flags)),
        _ => None,
    }
}

fn raw_mode(view: &View<'_>, _: &Argument) -> Option<i64> {
    match view.event.action {
        Action::Open { mode, .. } | Action::ChangeMode { mode, .. } | Action::MakeDirectory { mode, .. } => {
            Some(mode.into())
        }
        _ => None,
    }
}

fn mode(event: &Event<'_>, to: &mut Vec<u8>) -> bool {
    match &event.action {
        Action::Open { mode, .. } | Action::MakeDirectory { mode, .. } => {
            put_number(format_args!("0{mode:o}"), to)
        }
        Action::ChangeMode { mode, .. } => {
            names::flags((*mode).into(), names::MODES, to);
            true
        }
        _ => false,
    }
}

fn device(event: &Event<'_>, to: &mut Vec<u8>) -> bool {
    match &event.action {
        Action::Open { file, .. } => put_number(format_args!("0x{:X}", file.device), to),
        Action::Mount { source, .. } => put(source, to),
        _ => false,
    }
}

fn inode(event: &Event<'_>, to: &mut Vec<u8>) -> bool {
    match &event.action {
        Action::Open { file, .. } => put_number(file.inode, to),
        _ => false,
    }
}

fn old_path(event: &Event<'_>, to: &mut Vec<u8>) -> bool {
    match &event.action {
        Action::Rename { from, .. } => put(from, to),
        Action::Link { target, .. } => put(target, to),
        _ => false,
    }
}

fn new_path(event: &Event<'_>, to: &mut Vec<u8>) -> bool {
    match &event.action {
        Action::Rename { to: path, .. } | Action::Link { path, .. } => put(path, to),
        _ => false,
    }
}

fn target(event: &Event<'_>, to: &mut Vec<u8>) -> bool {
    match &event.action {
        Action::Symlink { target, .. } => put(target, to),
        _ => false,
    }
}

fn link_path(event: &Event<'_>, to: &mut Vec<u8>) -> bool {
    match &event.action {
        Action::Symlink { path, .. } => put(path, to),
        _ => false,
    }
}

fn directory(event: &Event<'_>, to: &mut Vec<u8>) -> bool {
    match &event.action {
        Action::Mount { target, .. } => put(target, to),
        _ => false,
    }
}

fn kind(event: &Event<'_>, to: &mut Vec<u8>) -> bool {
    match &event.action {
        Action::Mount { kind, .. } => put(kind, to),
        Action::Socket { kind, .. } => put_number(kind, to),
        _ => false,
    }
}

/// The name of a user where it is that of the process itself or of root, as the number of anybody else
fn user(event: &Event<'_>, to: &mut Vec<u8>) -> bool {
    let (Action::SetUser { user } | Action::ChangeOwner { user, .. }) = event.action else {
        return false;
    };
    let own = &event.process.user;
    match user {
        0 => put(b"root", to),
        user if user == own.id && !own.name.is_empty() => put(own.name.as_bytes(), to),
        user => put_number(user, to),
    }
}

fn group(event: &Event<'_>, to: &mut Vec<u8>) -> bool {
    let (Action::SetGroup { group } | Action::ChangeOwner { group, .. }) = event.action else {
        return false;
    };
    let own = &event.process.user;
    match group {
        0 => put(b"root", to),
        group if group == own.group && !own.group_name.is_empty() => put(own.group_name.as_bytes(), to),
        group => put_number(group, to),
    }
}

/// The name of a number of the kernel
fn named_number(value: u64, table: &[(u64, &'static str)], to: &mut Vec<u8>) -> bool {
    match names::name(value, table) {
        Some(name) => put(name.as_bytes(), to),
        None => put_number(value, to),
    }
}

fn request(event: &Event<'_>, to: &mut Vec<u8>) -> bool {
    match event.action {
        Action::Trace { request, .. } => named_number(request, names::TRACE_REQUESTS, to),
        _ => false,
    }
}

fn other_process(event: &Event<'_>, to: &mut Vec<u8>) -> bool {
    match event.action {
        Action::Trace { target, .. } => put_number(target, to),
        Action::Signal { target, .. } => put_number(target, to),
        _ => false,
    }
}

fn command(event: &Event<'_>, to: &mut Vec<u8>) -> bool {
    match event.action {
        Action::Bpf { command } => named_number(command.into(), names::BPF_COMMANDS, to),
        _ => false,
    }
}

fn domain(event: &Event<'_>, to: &mut Vec<u8>) -> bool {
    match event.action {
        Action::Socket { family, .. } => named_number(family.into(), names::FAMILIES, to),
        _ => false,
    }
}

fn protocol(event: &Event<'_>, to: &mut Vec<u8>) -> bool {
    match event.action {
        Action::Socket { protocol, .. } => put_number(protocol, to),
        _ => false,
    }
}

fn file_descriptor(event: &Event<'_>, to: &mut Vec<u8>) -> bool {
    super::descriptor::number_of(event).is_some_and(|number| put_number(number, to))
}

fn old_descriptor(event: &Event<'_>, to: &mut Vec<u8>) -> bool {
    match event.action {
        Action::Duplicate { from, .. } => put_number(from, to),
        _ => false,
    }
}

fn tuple(event: &Event<'_>, to: &mut Vec<u8>) -> bool {
    super::descriptor::socket(event).is_some_and(|socket| socket_name(socket, to))
}

fn effective(event: &Event<'_>, to: &mut Vec<u8>) -> bool {
    let Action::SetCapabilities { effective } = event.action else {
        return false;
    };
    names::capabilities(effective, to);
    true
}

fn executable(event: &Event<'_>, to: &mut Vec<u8>) -> bool {
    event
        .process
        .arguments
        .first()
        .is_some_and(|first| put(first, to))
}

fn call_arguments(event: &Event<'_>, to: &mut Vec<u8>) -> bool {
    super::process::join(event.process.arguments.get(1..).unwrap_or_default(), to);
    true
}

fn working_directory(event: &Event<'_>, to: &mut Vec<u8>) -> bool {
    put(&event.process.directory, to)
}

fn status(event: &Event<'_>, to: &mut Vec<u8>) -> bool {
    match event.action {
        Action::Exit { code, .. } => put_number(code, to),
        _ => false,
    }
}

fn signal(event: &Event<'_>, to: &mut Vec<u8>) -> bool {
    match event.action {
        Action::Exit { signal, .. } => put_number(signal, to),
        Action::Signal { signal, .. } => named_number(signal.into(), names::SIGNALS, to),
        _ => false,
    }
}
