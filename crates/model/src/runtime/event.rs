//! Something that a process asked of the kernel, and what came of it.

use std::fmt::{self, Display, Formatter};
use std::net::IpAddr;
use std::sync::Arc;

use super::Process;
use crate::Timestamp;

/// Something that a process asked of the kernel. Texts live as long as the buffer that they were read from.
#[derive(Debug, Clone)]
pub struct Event<'a> {
    /// Nanoseconds since 1970
    pub time: u64,
    /// Number in the order of being told, from 1
    pub number: u64,
    /// The processor that it happened on
    pub cpu: u32,
    /// The thread that asked, in the namespace of the host
    pub thread: u32,
    /// Name of the system call, whichever way it was made: `openat` for one by `io_uring`, too
    pub call: &'static str,
    /// Whether it was made by way of `io_uring`
    pub by_ring: bool,
    /// What the kernel answered: at least 0 is success, below it is an error number with its sign changed
    pub result: i64,
    /// What was asked
    pub action: Action<'a>,
    /// Whether the process could still change what was read
    pub certainty: Certainty,
    /// Who asked
    pub process: Arc<Process>,
}

/// Whether what is told is what the kernel acted on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Certainty {
    /// Read from the kernel's own copy
    #[default]
    Sure,
    /// Read from the memory of the process, which another thread of it may have changed meanwhile
    Changeable,
}

/// What was asked of the kernel. Paths are absolute in the mount namespace of the process wherever that could be told.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Action<'a> {
    /// Another program was started in the process; what it is stands with the process
    Execute {
        /// The path as it was asked for
        asked: &'a [u8],
    },
    /// A process was started
    Fork {
        /// Its number in the namespace of the host
        child: u32,
    },
    /// The process ended
    Exit {
        /// What it returned
        code: u8,
        /// The signal that ended it; 0 without one
        signal: u8,
    },
    /// A file was opened, or could not be
    Open {
        /// What was opened; its path is the one that was asked for where nothing was
        file: File<'a>,
        /// The path as it was asked for
        asked: &'a [u8],
        /// Flags as in `open(2)`
        flags: u32,
        /// Permissions that were asked for when it was to be made
        mode: u32,
        /// The new descriptor; None where nothing was opened
        descriptor: Option<u32>,
    },
    /// A name of a file was removed
    Unlink {
        /// Which one
        path: &'a [u8],
        /// It was a directory
        directory: bool,
    },
    /// A file was given another name
    Rename {
        /// Name before
        from: &'a [u8],
        /// Name after
        to: &'a [u8],
    },
    /// A file was given a further name
    Link {
        /// Name that it had
        target: &'a [u8],
        /// Further name
        path: &'a [u8],
    },
    /// A symbolic link was made
    Symlink {
        /// Where it leads, as it was written
        target: &'a [u8],
        /// Its own path
        path: &'a [u8],
    },
    /// A directory was made
    MakeDirectory {
        /// Which one
        path: &'a [u8],
        /// Its permissions
        mode: u32,
    },
    /// The permissions of a file were changed
    ChangeMode {
        /// Which one
        path: &'a [u8],
        /// Permissions as in `chmod(2)`
        mode: u32,
    },
    /// The owner of a file was changed
    ChangeOwner {
        /// Which one
        path: &'a [u8],
        /// New user; `u32::MAX` leaves it
        user: u32,
        /// New group; `u32::MAX` leaves it
        group: u32,
    },
    /// The times of a file were changed
    ChangeTimes {
        /// Which one
        path: &'a [u8],
        /// When its content is said to have been written
        modified: FileTime,
    },
    /// An extended attribute of a file was set or removed
    Attribute {
        /// Which file
        path: &'a [u8],
        /// Which attribute: `security.capability`
        name: &'a [u8],
        /// What it has now, 64 bytes of it at most; None where it was removed
        value: Option<&'a [u8]>,
    },
    /// A file system was mounted
    Mount {
        /// What
        source: &'a [u8],
        /// Where
        target: &'a [u8],
        /// Kind of file system
        kind: &'a [u8],
        /// Flags as in `mount(2)`
        flags: u64,
    },
    /// A file system was unmounted
    Unmount {
        /// Where
        target: &'a [u8],
    },
    /// A file in memory was made
    MemoryFile {
        /// Its name
        name: &'a [u8],
        /// Flags as in `memfd_create(2)`
        flags: u32,
        /// The new descriptor; None where none was made
        descriptor: Option<u32>,
    },
    /// Another process was traced
    Trace {
        /// Request as in `ptrace(2)`
        request: u64,
        /// Number of the process, as the asking one numbers it
        target: u32,
    },
    /// A module was loaded into the kernel
    LoadModule {
        /// Its name as the kernel has it, or the path of its file; empty where unknown
        name: &'a [u8],
    },
    /// `bpf(2)` was called
    Bpf {
        /// Command as in `enum bpf_cmd`
        command: u32,
    },
    /// The process changed its user
    SetUser {
        /// New user as it was asked for
        user: u32,
    },
    /// The process changed its group
    SetGroup {
        /// New group as it was asked for
        group: u32,
    },
    /// The process changed its capabilities
    SetCapabilities {
        /// Effective ones afterwards
        effective: u64,
    },
    /// The process went into other namespaces, or made new ones
    Namespaces {
        /// Flags as in `clone(2)`
        flags: u64,
    },
    /// A socket was made
    Socket {
        /// `AF_…`
        family: u32,
        /// `SOCK_…`, without flags
        kind: u32,
        /// Protocol
        protocol: u32,
        /// The new descriptor; None where none was made
        descriptor: Option<u32>,
    },
    /// A socket was connected
    Connect {
        /// Both ends
        socket: Socket<'a>,
        /// The descriptor
        descriptor: u32,
    },
    /// A connection was accepted
    Accept {
        /// Both ends
        socket: Socket<'a>,
        /// The new descriptor; None where none was made
        descriptor: Option<u32>,
    },
    /// A socket was given an address of this host
    Bind {
        /// Its own end
        socket: Socket<'a>,
        /// The descriptor
        descriptor: u32,
    },
    /// A socket waits for connections
    Listen {
        /// Its own end
        socket: Socket<'a>,
        /// The descriptor
        descriptor: u32,
    },
    /// Something was sent without a connection
    Send {
        /// Both ends
        socket: Socket<'a>,
        /// The descriptor
        descriptor: u32,
        /// A name that was asked for by DNS; empty where it was none
        question: &'a [u8],
    },
    /// Something was received without a connection
    Receive {
        /// Both ends
        socket: Socket<'a>,
        /// The descriptor
        descriptor: u32,
    },
    /// A signal was sent, or could not be; each process that it reached has an event of its own
    Signal {
        /// Which one; 0 only asks whether one could be sent
        signal: u32,
        /// Whom to, as the asking process numbers it: below 0 for groups of processes, the descriptor for `pidfd_send_signal(2)`
        target: i32,
        /// The process that it went to; None where it went to none, or that process is not known
        process: Option<Arc<Process>>,
    },
    /// A descriptor was made to stand for another one's object
    Duplicate {
        /// What it stands for now
        object: Object<'a>,
        /// The descriptor it was taken from
        from: u32,
        /// The new descriptor; None where none was made
        to: Option<u32>,
    },
    /// Another call of which nothing more is told
    Other,
}

/// A time that a file was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileTime {
    /// The one of the call
    Now,
    /// The one that it had
    Kept,
    /// Seconds since 1970
    At(i64),
}

impl Display for FileTime {
    fn fmt(&self, to: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Now => to.write_str("now"),
            Self::Kept => to.write_str("kept"),
            Self::At(seconds) => Timestamp::from_unix_seconds(*seconds).fmt(to),
        }
    }
}

/// A file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct File<'a> {
    /// Path in the mount namespace of the process, with symbolic links followed where it was opened
    pub path: &'a [u8],
    /// What it is
    pub kind: FileKind,
    /// Device of its file system
    pub device: u64,
    /// Number on that device
    pub inode: u64,
    /// Whether the path was longer than what was read; its end is there
    pub cut: bool,
}

/// Kinds of files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum FileKind {
    /// Plain content
    #[default]
    Regular,
    /// Directory
    Directory,
    /// Character or block device
    Device,
    /// Named or unnamed pipe
    Pipe,
    /// Socket
    Socket,
    /// None of these: `eventfd`, `bpf-map`, …
    Other,
}

/// What a descriptor stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Object<'a> {
    /// A file
    File(File<'a>),
    /// A socket
    Socket(Socket<'a>),
    /// Unknown
    Unknown,
}

/// A socket and the ends of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Socket<'a> {
    /// Kind of address
    pub family: SocketFamily,
    /// How it carries data
    pub kind: SocketKind,
    /// Number of the protocol (`IPPROTO_…`)
    pub protocol: u16,
    /// Its own end
    pub local: Option<Endpoint>,
    /// The other end
    pub remote: Option<Endpoint>,
    /// Path of a unix socket; empty for others, and with a NUL first for one without a file
    pub path: &'a [u8],
    /// Which side the process is on
    pub role: Role,
}

/// One end of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Endpoint {
    /// Address
    pub address: IpAddr,
    /// Port
    pub port: u16,
}

/// Kinds of addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SocketFamily {
    /// On this host, by a path
    Unix,
    /// IPv4
    V4,
    /// IPv6
    V6,
    /// Between programs and the kernel
    Netlink,
    /// Frames as they are on the wire
    Packet,
    /// Between machines on one host
    Vsock,
    /// Others, by their `AF_…`
    Other(u16),
}

/// How a socket carries data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SocketKind {
    /// In order: TCP
    Stream,
    /// In pieces: UDP
    Datagram,
    /// With headers of one's own
    Raw,
    /// Others, by their `SOCK_…`
    Other(u16),
}

/// Which side of a connection a process is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// It went to the other end
    Client,
    /// The other end came to it
    Server,
    /// Not told
    Unknown,
}
