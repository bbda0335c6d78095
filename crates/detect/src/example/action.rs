//! What the call of an example did, with as much of it as its document says.

use std::net::SocketAddr;

use bartizan_model::runtime::{
    Action, Endpoint, File, FileKind, FileTime, Object, Role, Socket, SocketFamily, SocketKind,
};

use super::process::CAPABILITIES;
use super::{Says, Told, bit};

const OPEN: &[(&str, u64)] = &[
    ("O_RDONLY", 0),
    ("O_WRONLY", 1),
    ("O_RDWR", 2),
    ("O_CREAT", 0o100),
    ("O_EXCL", 0o200),
    ("O_TRUNC", 0o1000),
    ("O_APPEND", 0o2000),
    ("O_DIRECTORY", 0o200_000),
    ("O_NOFOLLOW", 0o400_000),
    ("O_CLOEXEC", 0o2_000_000),
    ("O_TMPFILE", 0o20_200_000),
];
const NAMESPACES: &[(&str, u64)] = &[
    ("CLONE_NEWNS", 0x2_0000),
    ("CLONE_NEWUSER", 0x1000_0000),
    ("CLONE_NEWPID", 0x2000_0000),
    ("CLONE_NEWNET", 0x4000_0000),
];
const MOUNT: &[(&str, u64)] = &[("RDONLY", 1), ("BIND", 0x1000), ("REMOUNT", 0x20)];

pub(super) fn of<'n>(call: &str, says: Says<'n>, result: i64) -> Told<Action<'n>> {
    let path = says.path("path")?;
    let kind = match says.text("kind")? {
        Some("directory") => FileKind::Directory,
        Some("device") => FileKind::Device,
        _ => FileKind::Regular,
    };
    let file = File {
        path,
        kind,
        inode: 12,
        ..File::default()
    };
    Ok(match call {
        "open" | "openat" | "openat2" | "creat" => Action::Open {
            file,
            asked: says.text("asked")?.map_or(path, str::as_bytes),
            flags: u32::try_from(says.flags("flags", OPEN)?).unwrap_or_default(),
            mode: says.small("mode", 0)?,
            descriptor: u32::try_from(result).ok(),
        },
        "unlink" | "unlinkat" | "rmdir" => Action::Unlink {
            path,
            directory: call == "rmdir",
        },
        "rename" | "renameat" | "renameat2" => Action::Rename {
            from: says.path("from")?,
            to: says.path("to")?,
        },
        "link" | "linkat" => Action::Link {
            target: says.path("target")?,
            path,
        },
        "symlink" | "symlinkat" => Action::Symlink {
            target: says.path("target")?,
            path,
        },
        "mkdir" | "mkdirat" => Action::MakeDirectory { path, mode: 0o755 },
        "chmod" | "fchmod" | "fchmodat" | "fchmodat2" => Action::ChangeMode {
            path,
            mode: says.small("mode", 0o644)?,
        },
        "chown" | "fchown" | "lchown" | "fchownat" => Action::ChangeOwner {
            path,
            user: says.small("to_user", 0)?,
            group: says.small("to_group", 0)?,
        },
        "utime" | "utimes" | "futimesat" | "utimensat" => Action::ChangeTimes {
            path,
            modified: match says.text("mtime")? {
                None | Some("now") => FileTime::Now,
                Some("kept") => FileTime::Kept,
                Some(seconds) => FileTime::At(seconds.parse().map_err(|_| {
                    format!("`mtime` is `now`, `kept` or a number of seconds, not {seconds}")
                })?),
            },
        },
        "setxattr" | "lsetxattr" | "fsetxattr" | "setxattrat" => Action::Attribute {
            path,
            name: says.path("name")?,
            value: Some(says.path("value")?),
        },
        "removexattr" | "lremovexattr" | "fremovexattr" | "removexattrat" => Action::Attribute {
            path,
            name: says.path("name")?,
            value: None,
        },
        "mount" | "move_mount" => Action::Mount {
            source: says.path("source")?,
            target: path,
            kind: says.path("filesystem")?,
            flags: says.flags("flags", MOUNT)?,
        },
        "umount2" => Action::Unmount { target: path },
        _ => of_processes(call, says, result, file)?,
    })
}

fn of_processes<'n>(call: &str, says: Says<'n>, result: i64, file: File<'n>) -> Told<Action<'n>> {
    let descriptor = u32::try_from(result).ok();
    Ok(match call {
        "execve" | "execveat" => Action::Execute { asked: file.path },
        "clone" | "fork" | "vfork" => Action::Fork { child: 4242 },
        "procexit" => Action::Exit { code: 0, signal: 0 },
        "memfd_create" => Action::MemoryFile {
            name: file.path,
            flags: 1,
            descriptor,
        },
        "ptrace" => Action::Trace {
            request: says.small("request", 16)?.into(),
            target: 99,
        },
        "kill" | "tkill" | "tgkill" | "rt_sigqueueinfo" | "pidfd_send_signal" => Action::Signal {
            signal: says.small("signal", 15)?,
            target: i32::try_from(super::process::PID).unwrap_or_default(),
            process: match says.0.get("reached") {
                Some(reached) => Some(super::process::of(Some(reached), None)?),
                None => None,
            },
        },
        "init_module" | "finit_module" => Action::LoadModule { name: file.path },
        "bpf" => Action::Bpf {
            command: says.small("command", 5)?,
        },
        "setuid" | "setreuid" | "setresuid" => Action::SetUser {
            user: says.small("to_user", 0)?,
        },
        "setgid" | "setregid" | "setresgid" => Action::SetGroup {
            group: says.small("to_group", 0)?,
        },
        "capset" => Action::SetCapabilities {
            effective: says
                .texts("effective")?
                .iter()
                .try_fold(0, |all, one| Ok::<_, String>(all | bit(one, CAPABILITIES)?))?,
        },
        "unshare" | "setns" => Action::Namespaces {
            flags: says.flags("flags", NAMESPACES)?,
        },
        "socket" => Action::Socket {
            family: says.small("family", 2)?,
            kind: says.small("type", 1)?,
            protocol: 0,
            descriptor,
        },
        _ => on_socket(call, says, descriptor, file)?,
    })
}

fn on_socket<'n>(call: &str, says: Says<'n>, descriptor: Option<u32>, file: File<'n>) -> Told<Action<'n>> {
    let from = says.small("fd", 3)?;
    Ok(match call {
        "connect" => Action::Connect {
            socket: socket(says, Role::Client)?,
            descriptor: from,
        },
        "accept" | "accept4" => Action::Accept {
            socket: socket(says, Role::Server)?,
            descriptor,
        },
        "bind" => Action::Bind {
            socket: socket(says, Role::Server)?,
            descriptor: from,
        },
        "listen" => Action::Listen {
            socket: socket(says, Role::Server)?,
            descriptor: from,
        },
        "recvfrom" | "recvmsg" => Action::Receive {
            socket: socket(says, Role::Server)?,
            descriptor: from,
        },
        "sendto" | "sendmsg" | "sendmmsg" => Action::Send {
            socket: socket(says, Role::Client)?,
            descriptor: from,
            question: says.path("question")?,
        },
        "dup" | "dup2" | "dup3" | "fcntl" => Action::Duplicate {
            object: if says.0.get("remote").is_some() || says.0.get("unix").is_some() {
                Object::Socket(socket(says, Role::Client)?)
            } else {
                Object::File(file)
            },
            from,
            to: descriptor,
        },
        _ => Action::Other,
    })
}

fn endpoint(says: Says<'_>, key: &str) -> Told<Option<Endpoint>> {
    let Some(text) = says.text(key)? else {
        return Ok(None);
    };
    let address: SocketAddr = text
        .parse()
        .map_err(|_| format!("`{key}` is no address with a port: {text}"))?;
    Ok(Some(Endpoint {
        address: address.ip(),
        port: address.port(),
    }))
}

fn socket<'n>(says: Says<'n>, role: Role) -> Told<Socket<'n>> {
    let (local, remote) = (endpoint(says, "local")?, endpoint(says, "remote")?);
    let path = says.path("unix")?;
    let sixth = [local, remote]
        .into_iter()
        .flatten()
        .any(|end| end.address.is_ipv6());
    let udp = says.text("transport")? == Some("udp");
    Ok(Socket {
        family: match (path.is_empty(), sixth) {
            (false, _) => SocketFamily::Unix,
            (_, true) => SocketFamily::V6,
            _ => SocketFamily::V4,
        },
        kind: if udp {
            SocketKind::Datagram
        } else {
            SocketKind::Stream
        },
        protocol: match (path.is_empty(), udp) {
            (false, _) => 0,
            (_, true) => 17,
            _ => 6,
        },
        local,
        remote,
        path,
        role,
    })
}
