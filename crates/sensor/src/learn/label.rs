//! The label that SELinux has for a file, as the process that asked for the file finds it.

use std::os::fd::AsRawFd;

use bartizan_model::runtime::{FileClass, FileLabel, Process};
use rustix::fs::{FileType, OFlags, fstat, getxattr};

use crate::host::open_below;
use crate::process::mount_namespace_of;

/// Where file systems keep it
const ATTRIBUTE: &str = "security.selinux";
/// Bytes of a label at most: more categories than that are no use
const LENGTH_MAX: usize = 4096;

/// The label of a file by its path in the mount namespace of a process; None where there is no such file any more, or it bears none. A process that has
/// ended is stood in for by one that started it, or by this one, where it sees the same mounts.
#[must_use]
pub fn label_of(process: &Process, path: &[u8]) -> Option<FileLabel> {
    let mounts = process
        .namespaces
        .iter()
        .find(|(name, _)| *name == "mnt")
        .map(|(_, number)| *number)?;
    let who = std::iter::once(process)
        .chain(process.ancestors())
        .map(|process| process.pid)
        .chain([std::process::id()])
        .find(|pid| mount_namespace_of(*pid) == Some(mounts))?;
    let file = open_below(who, path, OFlags::PATH | OFlags::NOFOLLOW)?;
    let class = match FileType::from_raw_mode(fstat(&file).ok()?.st_mode) {
        FileType::RegularFile => FileClass::File,
        FileType::Directory => FileClass::Dir,
        FileType::Symlink => FileClass::LnkFile,
        FileType::CharacterDevice => FileClass::ChrFile,
        FileType::BlockDevice => FileClass::BlkFile,
        FileType::Socket => FileClass::SockFile,
        FileType::Fifo => FileClass::FifoFile,
        FileType::Unknown => return None,
    };
    let mut context = [0; LENGTH_MAX];
    // A descriptor that only stands for a path has no attributes itself.
    let length = getxattr(
        format!("/proc/self/fd/{}", file.as_raw_fd()),
        ATTRIBUTE,
        &mut context[..],
    )
    .ok()?;
    FileLabel::of_context(class, context.get(..length)?)
}
