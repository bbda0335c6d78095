//! What is pinned: files of the file system of BPF, wherever it is mounted.

use std::fs;
use std::os::fd::{AsFd, AsRawFd};
use std::path::{Path, PathBuf};

use aya::maps::MapData;

use super::Inventory;
use super::descriptors::{Seen, thing};
use super::loaded::is_gone;
use crate::error::with_causes;
use crate::mounts;

/// Files that are looked at, and levels of directories
const MOST: usize = 100_000;
const DEPTH: usize = 32;

pub(super) fn look(inventory: &mut Inventory, seen: &mut Seen) {
    let mounts = match fs::read("/proc/self/mountinfo") {
        Ok(table) => of_bpf(&table),
        Err(error) => {
            inventory.unread.push(format!(
                "mounts cannot be read, so that pins are not known: {error}"
            ));
            return;
        }
    };
    let mut left = MOST;
    for mount in mounts {
        descend(&mount, DEPTH, &mut left, &mut |path| match opened(path) {
            Ok(Some(text)) => {
                if let Some((thing, place)) = thing(&text) {
                    seen.kept(thing, place).pins.push(path.to_owned());
                }
            }
            Ok(None) => {}
            Err(why) => inventory.unread.push(format!(
                "what is pinned at {} cannot be opened: {why}",
                path.display()
            )),
        });
    }
    if left == 0 {
        inventory.unread.push(format!(
            "more than {MOST} files are pinned: others were not looked at"
        ));
    }
}

/// Where file systems of BPF are mounted
fn of_bpf(table: &[u8]) -> Vec<PathBuf> {
    mounts::all(table)
        .filter(|mount| mount.kind == "bpf")
        .map(|mount| mount.place)
        .collect()
}

fn descend(folder: &Path, depth: usize, left: &mut usize, found: &mut impl FnMut(&Path)) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let Ok(kind) = entry.file_type() else { continue };
        if kind.is_dir() && depth > 0 {
            descend(&entry.path(), depth - 1, left, found);
        } else if kind.is_file() && *left > 0 {
            *left -= 1;
            found(&entry.path());
        }
    }
}

/// What `/proc` says of a descriptor of what is pinned there, of whatever kind it is; None where nothing is (any more).
fn opened(path: &Path) -> Result<Option<String>, String> {
    // That it is opened as a map means only that a descriptor of it is there: programs and links are told by what is read of it.
    match MapData::from_pin(path) {
        Ok(opened) => {
            let number = opened.fd().as_fd().as_raw_fd();
            fs::read_to_string(format!("/proc/self/fdinfo/{number}"))
                .map(Some)
                .map_err(|error| error.to_string())
        }
        Err(error) if is_gone(&error) => Ok(None),
        Err(error) => Err(with_causes(&error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mounts_are_told_by_the_type_of_their_file_system() {
        let table = b"31 24 0:28 / /sys/fs/bpf rw,nosuid - bpf bpf rw,mode=700\n\
                    32 24 0:29 / /tmp/bpf rw - tmpfs bpf rw\n\
                    33 24 0:30 / /run/a\\040b rw shared:7 - bpf none rw\nbroken\n";
        assert_eq!(
            of_bpf(table),
            [PathBuf::from("/sys/fs/bpf"), PathBuf::from("/run/a b")]
        );
    }
}
