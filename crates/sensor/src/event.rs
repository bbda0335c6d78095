//! From a record to an event: what numbers and texts mean for each call.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;

use bartizan_model::runtime::{
    Action, Certainty, Endpoint, Event, File, FileKind, FileTime, Object, Process, Role, Socket,
    SocketFamily, SocketKind,
};

use crate::call::Call;
use crate::dns;
use crate::path::absolute;
use crate::wire::{self, Bytes, Record};

const FILE_KIND: u32 = 0o170_000;
/// `AT_REMOVEDIR` of `unlinkat(2)`
const REMOVE_DIRECTORY: u32 = 0x200;
/// Fractions of a second that are none (`utimensat(2)`)
const UTIME_NOW: i64 = (1 << 30) - 1;
const UTIME_OMIT: i64 = (1 << 30) - 2;

/// Room for paths that are put together, used again for each event.
#[derive(Debug, Default)]
pub(crate) struct Buffers {
    first: Vec<u8>,
    second: Vec<u8>,
}

/// The event that a record tells of, by the process that it comes from and, of a signal, the one that it went to.
pub(crate) fn event<'a>(
    record: &Record<'a>,
    (process, target): (Arc<Process>, Option<Arc<Process>>),
    time: u64,
    number: u64,
    buffers: &'a mut Buffers,
) -> Event<'a> {
    let action = if record.call.signals() {
        Action::Signal {
            signal: record.low(0),
            target: record.low(1).cast_signed(),
            process: target,
        }
    } else {
        action(record, buffers)
    };
    // Of a file that was opened only the path that was asked for is from the memory of the process; what was opened is told.
    let changeable = record.has(wire::CHANGEABLE) && !(record.call.opens() && record.has(wire::RESOLVED));
    Event {
        time,
        number,
        cpu: record.processor,
        thread: record.thread,
        call: record.call.name(),
        by_ring: record.has(wire::BY_RING),
        result: record.result,
        action,
        certainty: if changeable {
            Certainty::Changeable
        } else {
            Certainty::Sure
        },
        process,
    }
}

fn action<'a>(record: &Record<'a>, buffers: &'a mut Buffers) -> Action<'a> {
    let number = |index: usize| record.number.get(index).copied().unwrap_or_default();
    match record.call {
        Call::Execute => Action::Execute {
            asked: record.text(2),
        },
        Call::Execve | Call::Execveat => Action::Execute {
            asked: record.text(0),
        },
        Call::Fork => Action::Fork { child: record.low(0) },
        Call::Exit => {
            let [signal, code, ..] = record.low(0).to_le_bytes();
            Action::Exit {
                code,
                signal: signal & 0x7f,
            }
        }
        Call::Open | Call::Openat | Call::Openat2 | Call::Creat => opened(record, buffers),
        Call::MemfdCreate => Action::MemoryFile {
            name: record.text(0),
            flags: record.low(0),
            descriptor: record.descriptor(),
        },
        Call::Ptrace => Action::Trace {
            request: number(0),
            target: record.low(1),
        },
        Call::InitModule => Action::LoadModule { name: &[] },
        Call::FinitModule => Action::LoadModule { name: record.text(0) },
        Call::Bpf => Action::Bpf {
            command: record.low(0),
        },
        Call::Setuid => Action::SetUser { user: record.low(0) },
        // The effective one, which is what counts
        Call::Setreuid | Call::Setresuid => Action::SetUser { user: record.low(1) },
        Call::Setgid => Action::SetGroup { group: record.low(0) },
        Call::Setregid | Call::Setresgid => Action::SetGroup { group: record.low(1) },
        Call::Capset => Action::SetCapabilities { effective: number(0) },
        Call::Unshare => Action::Namespaces { flags: number(0) },
        Call::Setns => Action::Namespaces { flags: number(1) },
        Call::Userfaultfd | Call::Chroot | Call::PivotRoot => Action::Other,
        Call::Dup | Call::Dup2 | Call::Dup3 | Call::Fcntl | Call::Fcntl64 => Action::Duplicate {
            object: object(record),
            from: record.low(0),
            to: record.descriptor(),
        },
        Call::Socket => Action::Socket {
            family: record.low(0),
            // SOCK_CLOEXEC and SOCK_NONBLOCK stand above the kind.
            kind: record.low(1) & 0xf,
            protocol: record.low(2),
            descriptor: record.descriptor(),
        },
        Call::Connect
        | Call::Accept
        | Call::Accept4
        | Call::Bind
        | Call::Listen
        | Call::Sendto
        | Call::Sendmsg
        | Call::Sendmmsg
        | Call::Recvfrom
        | Call::Recvmsg => on_socket(record, buffers),
        Call::Utime
        | Call::Utimes
        | Call::Futimesat
        | Call::Utimensat
        | Call::UtimensatTime64
        | Call::Setxattr
        | Call::Lsetxattr
        | Call::Fsetxattr
        | Call::Setxattrat
        | Call::Removexattr
        | Call::Lremovexattr
        | Call::Fremovexattr
        | Call::Removexattrat => marked(record, buffers),
        _ => on_paths(record, buffers),
    }
}

fn opened<'a>(record: &Record<'a>, buffers: &'a mut Buffers) -> Action<'a> {
    let asked = record.text(1);
    let (path, kind) = if record.has(wire::RESOLVED) {
        (record.text(0), kind(record.low(2)))
    } else {
        // Nothing was opened: what was asked for, from the working directory
        (
            absolute(record.text(2), asked, &mut buffers.first),
            FileKind::Regular,
        )
    };
    Action::Open {
        file: File {
            path,
            kind,
            device: device(record.low(3)),
            inode: record.number.get(4).copied().unwrap_or_default(),
            cut: record.has(wire::CUT),
        },
        asked,
        flags: record.low(0),
        mode: record.low(1),
        // A file that goes to a slot of an io_uring has none.
        descriptor: record.descriptor().filter(|_| record.has(wire::RESOLVED)),
    }
}

/// Number of a device as `stat(2)` tells it, from the one of the kernel (`MKDEV`)
pub(crate) const fn device(kernel: u32) -> u64 {
    let (major, minor) = ((kernel >> 20) as u64, (kernel & 0xf_ffff) as u64);
    (minor & 0xff) | (major & 0xfff) << 8 | (minor & !0xff) << 12
}

const fn kind(mode: u32) -> FileKind {
    match mode & FILE_KIND {
        0o100_000 => FileKind::Regular,
        0o040_000 => FileKind::Directory,
        0o020_000 | 0o060_000 => FileKind::Device,
        0o010_000 => FileKind::Pipe,
        0o140_000 => FileKind::Socket,
        _ => FileKind::Other,
    }
}

fn object<'a>(record: &Record<'a>) -> Object<'a> {
    if let Some(socket) = Ends::read(record.text(0)).map(|ends| ends.socket(Role::Unknown)) {
        return Object::Socket(socket);
    }
    Object::File(File {
        path: record.text(1),
        kind: kind(record.low(2)),
        ..File::default()
    })
}

/// Calls that name one or two paths: the third text is the working directory, the fourth and fifth are those that a path starts from instead.
fn on_paths<'a>(record: &Record<'a>, buffers: &'a mut Buffers) -> Action<'a> {
    let flags = record.number.first().copied().unwrap_or_default();
    let low = record.low(0);
    #[allow(clippy::cast_possible_truncation, reason = "the upper half is the group")]
    let high = (flags >> 32) as u32;
    if record.has(wire::RESOLVED) {
        let path = record.text(0);
        return if record.call == Call::Fchmod {
            Action::ChangeMode { path, mode: low }
        } else {
            Action::ChangeOwner {
                path,
                user: low,
                group: record.low(2),
            }
        };
    }
    let Buffers { first, second } = buffers;
    let path = absolute(record.from(3), record.text(0), first);
    match record.call {
        Call::Unlink | Call::Unlinkat | Call::Rmdir => Action::Unlink {
            path,
            directory: record.call == Call::Rmdir
                || (record.call == Call::Unlinkat && low & REMOVE_DIRECTORY != 0),
        },
        Call::Rename | Call::Renameat | Call::Renameat2 => Action::Rename {
            from: path,
            to: absolute(record.from(4), record.text(1), second),
        },
        Call::Link | Call::Linkat => Action::Link {
            target: path,
            path: absolute(record.from(4), record.text(1), second),
        },
        Call::Symlink | Call::Symlinkat => Action::Symlink {
            target: record.text(0),
            path: absolute(record.from(4), record.text(1), second),
        },
        Call::Mkdir | Call::Mkdirat => Action::MakeDirectory { path, mode: low },
        Call::Chmod | Call::Fchmodat | Call::Fchmodat2 => Action::ChangeMode { path, mode: low },
        Call::Chown | Call::Lchown | Call::Fchownat => Action::ChangeOwner {
            path,
            user: low,
            group: high,
        },
        Call::Mount => Action::Mount {
            source: record.text(0),
            target: absolute(record.text(2), record.text(1), second),
            kind: record.text(3),
            flags,
        },
        Call::MoveMount => Action::Mount {
            source: path,
            target: absolute(record.from(4), record.text(1), second),
            kind: &[],
            flags,
        },
        Call::Umount2 => Action::Unmount { target: path },
        _ => Action::Other,
    }
}

/// Calls that change times or an extended attribute: the first text is the path, or where the kernel's own object was at hand that of it; the second
/// the attribute, the sixth its value.
fn marked<'a>(record: &Record<'a>, buffers: &'a mut Buffers) -> Action<'a> {
    let path = if record.has(wire::RESOLVED) {
        record.text(0)
    } else {
        absolute(record.from(3), record.text(0), &mut buffers.first)
    };
    match record.call {
        Call::Utime | Call::Utimes | Call::Futimesat | Call::Utimensat | Call::UtimensatTime64 => {
            let [_, _, _, seconds, fraction, _] = record.number.map(u64::cast_signed);
            Action::ChangeTimes {
                path,
                modified: match fraction {
                    UTIME_NOW => FileTime::Now,
                    UTIME_OMIT => FileTime::Kept,
                    _ => FileTime::At(seconds),
                },
            }
        }
        Call::Setxattr | Call::Lsetxattr | Call::Fsetxattr | Call::Setxattrat => Action::Attribute {
            path,
            name: record.text(1),
            value: Some(record.text(5)),
        },
        _ => Action::Attribute {
            path,
            name: record.text(1),
            value: None,
        },
    }
}

fn on_socket<'a>(record: &Record<'a>, buffers: &'a mut Buffers) -> Action<'a> {
    let Some(ends) = Ends::read(record.text(0)) else {
        return Action::Other;
    };
    let descriptor = record.low(0);
    match record.call {
        Call::Connect => Action::Connect {
            socket: ends.socket(Role::Client),
            descriptor,
        },
        Call::Accept | Call::Accept4 => Action::Accept {
            socket: ends.socket(Role::Server),
            descriptor: record.descriptor(),
        },
        Call::Bind => Action::Bind {
            socket: ends.socket(Role::Server),
            descriptor,
        },
        Call::Listen => Action::Listen {
            socket: ends.socket(Role::Server),
            descriptor,
        },
        Call::Recvfrom | Call::Recvmsg => Action::Receive {
            socket: ends.socket(Role::Server),
            descriptor,
        },
        _ => Action::Send {
            socket: ends.socket(Role::Client),
            descriptor,
            question: dns::question(record.text(1), &mut buffers.first),
        },
    }
}

/// Both ends of a socket (`struct ends`).
struct Ends<'a> {
    local: [u8; 16],
    remote: [u8; 16],
    local_port: u16,
    remote_port: u16,
    family: u16,
    kind: u16,
    protocol: u16,
    path: &'a [u8],
}

impl<'a> Ends<'a> {
    fn read(bytes: &'a [u8]) -> Option<Self> {
        let mut from = Bytes(bytes);
        let (local, remote) = (from.take()?, from.take()?);
        let (local_port, remote_port) = (from.u16()?, from.u16()?);
        let (family, kind, protocol) = (from.u16()?, from.u16()?, from.u16()?);
        let length = usize::from(from.u16()?);
        Some(Self {
            local,
            remote,
            local_port,
            remote_port,
            family,
            kind,
            protocol,
            path: from.slice(length)?,
        })
    }

    fn end(&self, address: [u8; 16], port: u16) -> Option<Endpoint> {
        let address = match self.family {
            2 => {
                let [a, b, c, d, ..] = address;
                IpAddr::V4(Ipv4Addr::new(a, b, c, d))
            }
            10 => IpAddr::V6(Ipv6Addr::from(address)).to_canonical(),
            _ => return None,
        };
        (port != 0 || !address.is_unspecified()).then_some(Endpoint { address, port })
    }

    fn socket(&self, role: Role) -> Socket<'a> {
        // A path of the file system ends at a NUL; a name without a file begins with one.
        let path = match self.path {
            [0, ..] => self.path,
            path => path.split(|byte| *byte == 0).next().unwrap_or_default(),
        };
        Socket {
            family: match self.family {
                1 => SocketFamily::Unix,
                2 => SocketFamily::V4,
                10 => SocketFamily::V6,
                16 => SocketFamily::Netlink,
                17 => SocketFamily::Packet,
                40 => SocketFamily::Vsock,
                other => SocketFamily::Other(other),
            },
            kind: match self.kind {
                1 => SocketKind::Stream,
                2 => SocketKind::Datagram,
                3 => SocketKind::Raw,
                other => SocketKind::Other(other),
            },
            protocol: self.protocol,
            local: self.end(self.local, self.local_port),
            remote: self.end(self.remote, self.remote_port),
            path,
            role,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A record of any call with any numbers and texts
    fn record() -> impl Strategy<Value = Vec<u8>> {
        let texts = prop::collection::vec(prop::collection::vec(any::<u8>(), 0..200), 6);
        (
            1..=Call::ALL.len() as u16,
            any::<u16>(),
            any::<[u64; 6]>(),
            any::<i64>(),
            texts,
            any::<u32>(),
        )
            .prop_map(|(call, flags, numbers, result, texts, low)| {
                let mut bytes = Vec::new();
                for number in [1_u64, 2, 3] {
                    bytes.extend(number.to_ne_bytes());
                }
                bytes.extend(result.to_ne_bytes());
                numbers
                    .iter()
                    .for_each(|number| bytes.extend(number.to_ne_bytes()));
                for number in [low, 8, 9, 10] {
                    bytes.extend(number.to_ne_bytes());
                }
                bytes.extend(call.to_ne_bytes());
                bytes.extend(flags.to_ne_bytes());
                bytes.extend(11_u32.to_ne_bytes());
                texts
                    .iter()
                    .for_each(|text| bytes.extend((text.len() as u32).to_ne_bytes()));
                texts.iter().for_each(|text| bytes.extend(text));
                bytes
            })
    }

    proptest! {
        #[test]
        fn whatever_a_process_writes_becomes_an_event(bytes in record(), cut in 0..1200_usize) {
            let whole = Record::read(&bytes).expect("it is a record");
            let mut buffers = Buffers::default();
            let told = event(&whole, (Arc::new(Process::default()), None), 0, 1, &mut buffers);
            prop_assert_eq!(told.call, whole.call.name());
            // What is cut off is no record, and no panic either.
            if cut < bytes.len() {
                prop_assert!(Record::read(&bytes[..cut]).is_none());
            }
        }

        #[test]
        fn paths_that_are_put_together_are_absolute(directory in "/[a-z./]{0,20}", path in "[a-z./]{0,20}") {
            let mut out = Vec::new();
            let whole = absolute(directory.as_bytes(), path.as_bytes(), &mut out);
            prop_assert!(whole.starts_with(b"/"));
            prop_assert!(whole.split(|byte| *byte == b'/').all(|name| name != b".." && name != b"."));
        }

        #[test]
        fn any_message_is_a_question_or_none(message in prop::collection::vec(any::<u8>(), 0..600)) {
            let mut out = Vec::new();
            prop_assert!(dns::question(&message, &mut out).len() <= 255);
        }
    }
}
