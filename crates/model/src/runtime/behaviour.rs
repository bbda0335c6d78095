//! What a workload asked of the kernel over a while, as it was counted: system calls by phases, capabilities, sockets.

/// How far a process of a workload had come when it asked for something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Phase {
    /// It was in the workload and prepared it, as runtimes of containers do
    Start,
    /// It had put a filter of system calls on itself, and did what was left before the program of the workload
    Filtered,
    /// It was the program of the workload, or something that one started
    Payload,
}

impl Phase {
    /// All of them, in their order
    pub const ALL: [Self; 3] = [Self::Start, Self::Filtered, Self::Payload];
}

/// How often one system call was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CallUse {
    /// When
    pub phase: Phase,
    /// Made by a 32-bit program on a 64-bit kernel, whose numbers are others
    pub compat: bool,
    /// Number on this processor
    pub number: u16,
    /// How often it was made
    pub made: u64,
    /// How often a filter refused it before the kernel looked at it
    pub refused: u64,
}

/// A question of the kernel whether a process has a capability.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CapabilityUse {
    /// When
    pub phase: Phase,
    /// Number of the capability (`linux/capability.h`)
    pub capability: u8,
    /// Number of the system call that led to the question; None outside of one
    pub call: Option<u16>,
    /// That call was made by a 32-bit program
    pub compat: bool,
    /// The answer
    pub granted: bool,
    /// How often
    pub count: u64,
}

/// A kind of socket that was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SocketUse {
    /// When
    pub phase: Phase,
    /// `AF_…`
    pub family: u32,
    /// `SOCK_…`, without flags
    pub kind: u32,
    /// Protocol as it was asked for
    pub protocol: u32,
    /// How often
    pub count: u64,
}

/// All that was counted since the start.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Behaviour {
    /// System calls, those that were never made or refused left out
    pub calls: Vec<CallUse>,
    /// Capabilities; None where the kernel does not tell
    pub capabilities: Option<Vec<CapabilityUse>>,
    /// Sockets
    pub sockets: Vec<SocketUse>,
    /// Namespaces that new processes were made with (bits of `CLONE_NEW…`), by phase
    pub namespaces: [u64; 3],
    /// What could not be counted for want of room
    pub uncounted: u64,
}
