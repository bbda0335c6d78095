//! Files as a process sees them: below its own root, whatever links lie there.

use std::fs::File;
use std::io::Read;
use std::os::fd::OwnedFd;

use rustix::fs::{Mode, OFlags, ResolveFlags, open, openat2};
use rustix::path::Arg;

/// Bytes that are read of a file at most
const MOST: u64 = 1 << 20;

/// The content of a plain file below the root of a process; None where it is none or cannot be read.
pub(crate) fn read_below(pid: u32, path: &str) -> Option<Vec<u8>> {
    let file = File::from(open_below(
        pid,
        path,
        OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY,
    )?);
    file.metadata().ok()?.is_file().then_some(())?;
    let mut bytes = Vec::new();
    file.take(MOST).read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

/// A file below the root of a process; None where there is none or it cannot be opened.
pub(crate) fn open_below(pid: u32, path: impl Arg, flags: OFlags) -> Option<OwnedFd> {
    let root = open(
        format!("/proc/{pid}/root"),
        OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC,
        Mode::empty(),
    )
    .ok()?;
    openat2(
        root,
        path,
        flags | OFlags::CLOEXEC,
        Mode::empty(),
        ResolveFlags::IN_ROOT | ResolveFlags::NO_MAGICLINKS,
    )
    .ok()
}
