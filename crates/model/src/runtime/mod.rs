//! What happens on a host while it runs: processes, and what they ask of its kernel.
//!
//! In: nothing. Out: [`Event`], which a sensor tells and rules judge, the [`Process`] it comes from, the [`Container`] that this runs in, and the
//! [`Alert`] of a rule that fired; [`Behaviour`], what a workload asked for over a while, in
//! numbers; and the [`FileLabel`] that SELinux knows a file by. Names and paths are bytes as the kernel has them: they may hold anything but a NUL, and whoever shows one makes it harmless first.

mod alert;
mod behaviour;
mod event;
mod label;
mod process;

pub use alert::{Alert, AlertContainer, AlertProcess, Priority};
pub use behaviour::{Behaviour, CallUse, CapabilityUse, Phase, SocketUse};
pub use event::{
    Action, Certainty, Endpoint, Event, File, FileKind, FileTime, Object, Role, Socket, SocketFamily,
    SocketKind,
};
pub use label::{FileClass, FileLabel};
pub use process::{Capabilities, Container, Executable, Pod, Process, Terminal, User};
