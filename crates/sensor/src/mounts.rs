//! What is mounted where, as a process sees it: lines of `/proc/PID/mountinfo` (`proc_pid_mountinfo(5)`).

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};

/// Kinds of file systems that answer by themselves: opening a file of one never waits for another process or another host, which could make all who open
/// wait
const ALONE: [&str; 21] = [
    "bcachefs", "btrfs", "devtmpfs", "erofs", "exfat", "ext2", "ext3", "ext4", "f2fs", "hfsplus", "iso9660",
    "jfs", "ntfs3", "overlay", "ramfs", "reiserfs", "rootfs", "squashfs", "tmpfs", "vfat", "xfs",
];
/// Mounts of one process that are looked at
const MOUNTS_MAX: usize = 4096;
/// Kinds that hold mount points and nothing to mark
const PASSED: [&str; 5] = ["cgroup", "cgroup2", "proc", "sysfs", "zfs"];

/// Something mounted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mount {
    number: u32,
    parent: u32,
    /// What of its file system is mounted
    pub(crate) root: String,
    /// Where, from the root of the process on
    pub(crate) place: PathBuf,
    /// Number of its file system, as it is written
    pub(crate) device: String,
    /// Kind of its file system
    pub(crate) kind: String,
}

impl Mount {
    /// Whether its files come from a lower and an upper layer
    pub(crate) fn is_overlay(&self) -> bool {
        self.kind == "overlay"
    }

    fn covers(&self, other: &Self) -> bool {
        if self.place == other.place {
            self.parent == other.number
        } else {
            self.parent == other.parent && other.place.starts_with(&self.place)
        }
    }
}

/// All that a table lists. What is no line of one is left out.
pub(crate) fn all(table: &[u8]) -> impl Iterator<Item = Mount> {
    table.split(|byte| *byte == b'\n').filter_map(line)
}

/// Those of a table that are not covered by others, whose file systems answer by themselves, and which are reached over none that does not.
pub(crate) fn alone(table: &[u8]) -> Vec<Mount> {
    let mut all: Vec<Mount> = all(table).take(MOUNTS_MAX).collect();
    loop {
        let covered = |mount: &&Mount| {
            all.iter()
                .any(|other| other.number != mount.number && other.covers(mount))
        };
        let gone: Vec<Mount> = all.iter().filter(covered).cloned().collect();
        if gone.is_empty() {
            break;
        }
        // What is mounted on something that is covered is covered, too, unless it is what covers it.
        all.retain(|mount| {
            !gone.iter().any(|one| {
                one.number == mount.number || one.number == mount.parent && one.place != mount.place
            })
        });
    }
    let waits: Vec<PathBuf> = all
        .iter()
        .filter(|mount| !ALONE.contains(&&*mount.kind) && !PASSED.contains(&&*mount.kind))
        .map(|mount| mount.place.clone())
        .collect();
    all.retain(|mount| {
        ALONE.contains(&&*mount.kind) && !waits.iter().any(|place| mount.place.starts_with(place))
    });
    all
}

/// The one that a path lies in, unless that is none of these
pub(crate) fn of<'m>(mounts: &'m [Mount], path: &Path) -> Option<&'m Mount> {
    mounts
        .iter()
        .filter(|mount| path.starts_with(&mount.place))
        .max_by_key(|mount| mount.place.as_os_str().len())
}

fn line(bytes: &[u8]) -> Option<Mount> {
    let mut fields = bytes.split(|byte| *byte == b' ');
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let number = text(fields.next()?).parse().ok()?;
    let parent = text(fields.next()?).parse().ok()?;
    let device = fields.next()?;
    let root = fields.next()?;
    let place = fields.next()?;
    let kind = fields.skip_while(|field| *field != b"-").nth(1)?;
    Some(Mount {
        number,
        parent,
        root: text(root),
        place: PathBuf::from(OsString::from_vec(unescaped(place))),
        device: text(device),
        kind: text(kind),
    })
}

/// Without the octal numbers that stand for blanks, line ends and backslashes
fn unescaped(bytes: &[u8]) -> Vec<u8> {
    let mut all = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((first, after)) = rest.split_first() {
        let number = after.get(..3).filter(|_| *first == b'\\').and_then(|digits| {
            let text = std::str::from_utf8(digits).ok()?;
            u8::from_str_radix(text, 8).ok()
        });
        match number {
            Some(byte) => {
                all.push(byte);
                rest = after.get(3..).unwrap_or_default();
            }
            None => {
                all.push(*first);
                rest = after;
            }
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_waits_for_others_is_left_out_with_all_that_lies_below() {
        let table = b"21 1 254:0 / / rw,relatime - ext4 /dev/vda rw\n\
            22 21 0:20 / /proc rw - proc proc rw\n\
            23 21 0:30 / /srv rw shared:1 - fuse.sshfs host: rw\n\
            24 23 254:1 / /srv/disk rw - ext4 /dev/vdb rw\n\
            25 21 0:31 / /with\\040blank rw - tmpfs none rw\n\
            nonsense\n";
        let all = alone(table);
        let places: Vec<&str> = all.iter().filter_map(|mount| mount.place.to_str()).collect();
        assert_eq!(places, ["/", "/with blank"]);
        assert_eq!(
            of(&all, Path::new("/with blank/x")).map(|mount| &*mount.kind),
            Some("tmpfs")
        );
        assert_eq!(
            of(&all, Path::new("/etc")).map(|mount| &*mount.device),
            Some("254:0")
        );
    }

    #[test]
    fn what_is_covered_does_not_count() {
        // The root was mounted last, as it is by a memory disk that hands over to it.
        let table = b"22 30 0:31 / /a/b rw - tmpfs none rw\n\
            24 30 0:33 / /run rw - tmpfs none rw\n\
            25 24 0:34 / /run rw - overlay none rw\n\
            30 1 254:0 / / rw - ext4 /dev/vda rw\n\
            23 30 0:32 / /a rw - fuse.x none rw\n";
        let all = alone(table);
        let kinds: Vec<&str> = all.iter().map(|mount| &*mount.kind).collect();
        assert_eq!(kinds, ["overlay", "ext4"]);
    }
}
