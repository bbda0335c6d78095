//! What is marked, so that whoever opens it waits: file systems for programs, and directories with what lies in them for writing, so that opening
//! anything else costs nothing.
//!
//! In: cgroups with the policies that hold there. Out: marks, in the mount namespaces of their processes. File systems that answer only when another
//! process does, and namespaces of users other than the host's, in which anybody may mount such ones, are left out: there, a process that may not have
//! what it opened is killed.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ffi::CStr;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use bartizan_model::guard::{Policy, Workload};
use nix::sys::fanotify::{Fanotify, MarkFlags, MaskFlags};
use rustix::fs::{CWD, Dir, FileType, Mode, OFlags, ResolveFlags, openat2};

use super::Held;
use crate::guard::tables;
use crate::mounts::{Mount, alone, of};

/// After how long directories are looked for again that were made below protected ones
const LOOK_AGAIN: Duration = Duration::from_secs(300);
/// Directories that are marked at most: each is kept in memory by the kernel
const DIRECTORIES_MAX: usize = 32_768;
const DEPTH_MAX: usize = 64;
const PROCESSES_MAX: usize = 65_536;

/// What policies need marked, as bits of those that need it.
struct Needs {
    /// File systems, for programs of any kind
    any_program: u64,
    /// Overlays, for programs that were changed
    changed_program: u64,
    /// Directories, for writing
    write: u64,
    /// What may be so on the host itself, where nobody runs yet
    host: u64,
}

/// What was marked.
pub(super) struct Marks {
    group: Arc<Fanotify>,
    policies: Vec<Policy>,
    needs: Needs,
    ended: Arc<AtomicBool>,
    own_users: Option<u64>,
    /// File systems by their numbers
    file_systems: BTreeSet<String>,
    directories: usize,
    /// Whether there were more directories than are marked at most
    full: Arc<AtomicBool>,
    /// By mount namespace
    seen: HashMap<u64, Seen>,
}

/// A mount namespace as it was looked at last.
struct Seen {
    /// What was mounted, and which policies held
    state: u64,
    when: Instant,
    directories: usize,
}

impl Marks {
    pub(super) fn new(
        group: Arc<Fanotify>,
        policies: &[Policy],
        ended: Arc<AtomicBool>,
        full: Arc<AtomicBool>,
    ) -> Self {
        let of_host = |workload: &Workload| {
            workload.image.is_none() && workload.namespace.is_none() && workload.labels.is_empty()
        };
        let needs = Needs {
            any_program: tables::bits(policies, |policy| {
                let rules = &policy.rules;
                rules.programs_in_memory || rules.programs_in_writable_places || rules.only_programs.is_some()
            }),
            changed_program: tables::bits(policies, |policy| policy.rules.changed_programs),
            write: tables::bits(policies, |policy| !policy.rules.write.is_empty()),
            host: tables::bits(policies, |policy| policy.workloads.iter().any(of_host)),
        };
        Self {
            group,
            policies: policies.to_vec(),
            needs,
            ended,
            own_users: namespace("self", "user"),
            file_systems: BTreeSet::new(),
            directories: 0,
            full,
            seen: HashMap::new(),
        }
    }

    /// Marks what is new where policies hold.
    pub(super) fn look(&mut self, held: &[Held]) {
        let mut found: BTreeMap<u64, (String, u64)> = BTreeMap::new();
        if let Some(own) = namespace("self", "mnt") {
            found.insert(own, ("self".to_owned(), self.needs.host));
        }
        let processes = held.iter().flat_map(|(folder, policies)| {
            let listed = fs::read_to_string(folder.join("cgroup.procs")).unwrap_or_default();
            let listed: Vec<String> = listed.lines().map(str::to_owned).collect();
            listed.into_iter().map(|process| (process, *policies))
        });
        for (process, policies) in processes.take(PROCESSES_MAX) {
            if namespace(&process, "user") == self.own_users
                && let Some(mounts) = namespace(&process, "mnt")
            {
                found.entry(mounts).or_insert((process, 0)).1 |= policies;
            }
        }
        for (number, (process, policies)) in &found {
            self.mark_all(*number, process, *policies);
        }
        let gone: Vec<u64> = self
            .seen
            .keys()
            .copied()
            .filter(|number| !found.contains_key(number))
            .collect();
        for number in gone {
            self.forget(number);
        }
    }

    /// Marks what policies need in a mount namespace, as one of its processes sees it.
    fn mark_all(&mut self, number: u64, process: &str, policies: u64) {
        if policies & (self.needs.any_program | self.needs.changed_program | self.needs.write) == 0 {
            return;
        }
        let Ok(table) = fs::read(format!("/proc/{process}/mountinfo")) else {
            return;
        };
        let mut hasher = DefaultHasher::new();
        (policies, &table).hash(&mut hasher);
        let state = hasher.finish();
        let again = |seen: &Seen| seen.state != state || seen.when.elapsed() > LOOK_AGAIN;
        if !self.seen.get(&number).is_none_or(again) {
            return;
        }
        // They are counted anew.
        self.forget(number);
        let before = self.directories;
        let root = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let Ok(root) = rustix::fs::openat(CWD, format!("/proc/{process}/root"), root, Mode::empty()) else {
            return;
        };
        let mounts = alone(&table);
        if policies & (self.needs.any_program | self.needs.changed_program) != 0 {
            let every = policies & self.needs.any_program != 0;
            for mount in mounts.iter().filter(|mount| every || mount.is_overlay()) {
                self.mark_file_system(&root, mount);
            }
        }
        for path in self.written(policies & self.needs.write) {
            self.mark_written(&root, &mounts, &path);
        }
        let seen = Seen {
            state,
            when: Instant::now(),
            directories: self.directories - before,
        };
        self.seen.insert(number, seen);
    }

    fn forget(&mut self, number: u64) {
        if let Some(seen) = self.seen.remove(&number) {
            self.directories = self.directories.saturating_sub(seen.directories);
        }
    }

    /// Paths that some of these policies protect
    fn written(&self, policies: u64) -> BTreeSet<PathBuf> {
        let holding = self.policies.iter().zip(0..u64::BITS);
        let holding = holding.filter(|(_, bit)| policies >> bit & 1 == 1);
        holding
            .flat_map(|(policy, _)| policy.rules.write.iter().map(|path| PathBuf::from(&**path)))
            .collect()
    }

    fn mark_file_system(&mut self, root: &OwnedFd, mount: &Mount) {
        if self.file_systems.contains(&mount.device) {
            return;
        }
        let marked = opened(root, &mount.place, OFlags::PATH, ResolveFlags::empty()).is_some_and(|place| {
            self.mark(
                MarkFlags::FAN_MARK_FILESYSTEM,
                MaskFlags::FAN_OPEN_EXEC_PERM,
                &place,
            )
        });
        if marked {
            self.file_systems.insert(mount.device.clone());
        }
    }

    /// Marks the directories that hold a protected path, and what is mounted on it or below.
    fn mark_written(&mut self, root: &OwnedFd, mounts: &[Mount], path: &Path) {
        let text = path.as_os_str().as_encoded_bytes();
        let below = text.ends_with(b"/");
        let from = if below { Some(path) } else { path.parent() };
        if let Some((from, mount)) = from.and_then(|from| Some((from, of(mounts, from)?)))
            && let Ok(rest) = from.strip_prefix(&mount.place)
            && let Some(top) = opened(root, &mount.place, OFlags::PATH, ResolveFlags::empty())
        {
            let rest = if rest.as_os_str().is_empty() {
                Path::new(".")
            } else {
                rest
            };
            if let Some(top) = opened(
                &top,
                rest,
                OFlags::RDONLY | OFlags::DIRECTORY,
                ResolveFlags::NO_XDEV,
            ) {
                self.mark_directory(&top, if below { DEPTH_MAX } else { 0 });
            }
        }
        let here = |mount: &&Mount| mount.place == path || below && mount.place.starts_with(path);
        for mount in mounts.iter().filter(here) {
            let directory = OFlags::RDONLY | OFlags::DIRECTORY;
            if let Some(top) = opened(root, &mount.place, directory, ResolveFlags::empty()) {
                self.mark_directory(&top, DEPTH_MAX);
            } else if let Some(file) = opened(root, &mount.place, OFlags::PATH, ResolveFlags::empty()) {
                self.mark(MarkFlags::empty(), MaskFlags::FAN_OPEN_PERM, &file);
            }
        }
    }

    /// Marks a directory, and those below of the same file system to this depth. One with devices or pipes is left out: to ask for one is to open it.
    fn mark_directory(&mut self, directory: &OwnedFd, depth: usize) {
        if self.directories >= DIRECTORIES_MAX {
            self.full.store(true, Ordering::Relaxed);
            return;
        }
        if self.ended.load(Ordering::Relaxed) {
            return;
        }
        let Ok(entries) = Dir::read_from(directory) else {
            return;
        };
        let mut devices = false;
        for entry in entries.flatten() {
            let name: &CStr = entry.file_name();
            match entry.file_type() {
                FileType::BlockDevice | FileType::CharacterDevice | FileType::Fifo => devices = true,
                FileType::Directory if depth > 0 && name != c"." && name != c".." => {
                    let flags = OFlags::RDONLY | OFlags::DIRECTORY;
                    let name = Path::new(name.to_str().unwrap_or_default());
                    if let Some(inner) = opened(directory, name, flags, ResolveFlags::NO_XDEV) {
                        self.mark_directory(&inner, depth - 1);
                    }
                }
                _ => {}
            }
        }
        let children = MaskFlags::FAN_OPEN_PERM | MaskFlags::FAN_EVENT_ON_CHILD;
        if !devices && self.mark(MarkFlags::empty(), children, directory) {
            self.directories += 1;
        }
    }

    fn mark(&self, flags: MarkFlags, mask: MaskFlags, what: &OwnedFd) -> bool {
        // By its descriptor, so that nothing else can stand there meanwhile
        let path = format!("/proc/self/fd/{}", what.as_raw_fd());
        self.group
            .mark(MarkFlags::FAN_MARK_ADD | flags, mask, CWD, Some(&*path))
            .is_ok()
    }
}

/// The number of a namespace of a process
fn namespace(process: &str, kind: &str) -> Option<u64> {
    Some(fs::metadata(format!("/proc/{process}/ns/{kind}")).ok()?.ino())
}

/// What lies at a path below a directory, over no links; None where nothing does
fn opened(directory: &OwnedFd, path: &Path, flags: OFlags, also: ResolveFlags) -> Option<OwnedFd> {
    let resolve = ResolveFlags::IN_ROOT | ResolveFlags::NO_SYMLINKS | ResolveFlags::NO_MAGICLINKS | also;
    openat2(
        directory,
        path,
        flags | OFlags::CLOEXEC | OFlags::NOFOLLOW,
        Mode::empty(),
        resolve,
    )
    .ok()
}
