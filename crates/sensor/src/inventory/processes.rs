//! Processes that hold what is in the kernel, and those that may load more: by their descriptors and capabilities in `/proc`.
//!
//! Threads may have descriptors and capabilities of their own, so that each is looked at.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::ErrorKind;
use std::os::unix::ffi::OsStringExt;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::descriptors::{Place, Seen, Thing, thing};
use super::{Holder, Inventory};
use crate::host::{self, Host};
use crate::process::{digest_of_listed, mount_namespace_of, numbers};

/// Capabilities by which programs are loaded, attached or read, by their bits (`linux/capability.h`)
const CAPABILITIES: [(u32, &str); 3] = [(39, "CAP_BPF"), (38, "CAP_PERFMON"), (21, "CAP_SYS_ADMIN")];
/// Number of the first namespace of users (`PROC_USER_INIT_INO`)
const FIRST_USERS: &str = "user:[4026531837]";
/// Descriptors that are looked at
const MOST: usize = 4_000_000;

/// What was read of programs before: several processes run the same one.
#[derive(Default)]
struct Reader {
    digests: HashMap<(u64, u64, i64), Option<Box<str>>>,
    host: Host,
    left: usize,
}

pub(super) fn look(inventory: &mut Inventory, seen: &mut Seen) {
    let mut reader = Reader {
        left: MOST,
        ..Reader::default()
    };
    let own = std::process::id();
    let (program, digest) = (identity(own), reader.digest(own));
    for pid in numbers() {
        match of(pid, &mut reader, seen) {
            Ok(Some((mut holder, are_known))) => {
                if !are_known {
                    inventory
                        .unread
                        .push(format!("descriptors of process {pid} cannot be read"));
                }
                holder.own = (program.is_some() && identity(pid) == program)
                    || (digest.is_some() && holder.digest == digest);
                inventory.processes.insert(pid, holder);
            }
            Ok(None) => {}
            Err(error) if is_gone(&error) => {}
            Err(error) => inventory
                .unread
                .push(format!("process {pid} cannot be looked at: {error}")),
        }
    }
    if reader.left == 0 {
        inventory.unread.push(format!(
            "there are more than {MOST} descriptors: others were not looked at"
        ));
    }
}

/// Whether a process, or what was asked of it, is not there any more
pub(super) fn is_gone(error: &std::io::Error) -> bool {
    // ESRCH: it ended between being opened and being read
    error.kind() == ErrorKind::NotFound || error.raw_os_error() == Some(3)
}

/// What a process holds and may do, and whether all that it holds could be read; None where that is nothing, and for threads of the kernel.
fn of(pid: u32, reader: &mut Reader, seen: &mut Seen) -> std::io::Result<Option<(Holder, bool)>> {
    let folder = PathBuf::from(format!("/proc/{pid}"));
    let status = fs::read(folder.join("status"))?;
    let status = String::from_utf8_lossy(&status);
    // Threads of the kernel have no memory of their own, and neither have processes that ended.
    if line(&status, "VmSize").is_none() {
        return Ok(None);
    }
    let (mut permitted, mut held, mut are_known) = (0, Vec::new(), true);
    for task in fs::read_dir(folder.join("task"))? {
        let task = task?.path();
        let looked = permitted_of(&task).and_then(|found| {
            permitted |= found;
            descriptors(&task, &mut reader.left, &mut held)
        });
        are_known &= looked.is_ok() || looked.is_err_and(|error| is_gone(&error));
    }
    let capabilities: Vec<&str> = CAPABILITIES
        .into_iter()
        .filter(|(bit, _)| permitted >> bit & 1 == 1)
        .map(|(_, name)| name)
        .collect();
    if capabilities.is_empty() && held.is_empty() && are_known {
        return Ok(None);
    }
    for (thing, place) in held {
        let holders = &mut seen.kept(thing, place).holders;
        if !holders.contains(&pid) {
            holders.push(pid);
        }
    }
    let cgroups = host::cgroup::lines_of(pid).unwrap_or_default();
    let mount = mount_namespace_of(pid);
    let container = mount.and_then(|mount| {
        let cgroup = reader.host.cgroup_number(pid);
        reader.host.container(pid, cgroup, mount)
    });
    let mut name = fs::read(folder.join("comm"))?;
    name.pop_if(|last| *last == b'\n');
    let holder = Holder {
        pid,
        name,
        path: fs::read_link(folder.join("exe"))
            .map(|path| path.into_os_string().into_vec())
            .unwrap_or_default(),
        digest: reader.digest(pid),
        capabilities,
        user: line(&status, "Uid")
            .and_then(|text| text.split_whitespace().nth(1)?.parse().ok())
            .unwrap_or(0),
        cgroup: cgroups
            .lines()
            .find_map(|line| line.strip_prefix("0::"))
            .unwrap_or("/")
            .into(),
        of_host: fs::read_link(folder.join("ns/user"))
            .ok()
            .map(|own| own.as_os_str() == FIRST_USERS),
        container: container.map(|container| (*container).clone()),
        own: false,
    };
    Ok(Some((holder, are_known)))
}

/// The file that a process runs
fn identity(pid: u32) -> Option<(u64, u64)> {
    let about = fs::metadata(format!("/proc/{pid}/exe")).ok()?;
    Some((about.dev(), about.ino()))
}

fn line<'t>(status: &'t str, key: &str) -> Option<&'t str> {
    status
        .lines()
        .find_map(|line| Some(line.strip_prefix(key)?.strip_prefix(':')?.trim()))
}

/// Capabilities that a thread has or may take, as bits
fn permitted_of(task: &Path) -> std::io::Result<u64> {
    let status = fs::read(task.join("status"))?;
    let status = String::from_utf8_lossy(&status);
    line(&status, "CapPrm")
        .and_then(|text| u64::from_str_radix(text, 16).ok())
        .ok_or_else(|| ErrorKind::InvalidData.into())
}

fn descriptors(task: &Path, left: &mut usize, held: &mut Vec<(Thing, Place)>) -> std::io::Result<()> {
    for entry in fs::read_dir(task.join("fd"))? {
        let entry = entry?;
        if *left == 0 {
            return Ok(());
        }
        *left -= 1;
        // `anon_inode:bpf-map`, `anon_inode:bpf-prog`, `anon_inode:bpf_link`; older kernels put brackets around the last part.
        let link = match fs::read_link(entry.path()) {
            Ok(link) => link,
            Err(error) if is_gone(&error) => continue,
            Err(error) => return Err(error),
        };
        if !link
            .to_string_lossy()
            .trim_start_matches("anon_inode:")
            .contains("bpf")
        {
            continue;
        }
        match fs::read_to_string(task.join("fdinfo").join(entry.file_name())) {
            Ok(text) => {
                let new = thing(&text).filter(|(new, _)| !held.iter().any(|(known, _)| known == new));
                held.extend(new);
            }
            Err(error) if is_gone(&error) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

impl Reader {
    /// SHA-256 of the program that a process runs, whatever lies at its path by now
    fn digest(&mut self, pid: u32) -> Option<Box<str>> {
        let file = File::open(format!("/proc/{pid}/exe")).ok()?;
        let about = file.metadata().ok()?;
        let key = (about.dev(), about.ino(), about.ctime_nsec() ^ about.ctime() << 30);
        self.digests
            .entry(key)
            .or_insert_with(|| digest_of_listed(file).ok())
            .clone()
    }
}
