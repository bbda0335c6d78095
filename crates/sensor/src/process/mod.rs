//! Which processes there are, by what programs in the kernel tell of them and, for those from before, by `/proc`.
//!
//! In: records of programs that start, fork and end. Out: for each record the process that it comes from, with those that started it.

mod digests;
mod proc;

pub use digests::digest_of_listed;
pub(crate) use proc::{mount_namespace_of, network_namespace_of, numbers};

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use bartizan_model::runtime::{Capabilities, Executable, Process, Terminal, User};

use crate::clock::Clock;
use crate::event::device;
use crate::host::Host;
use crate::wire::{self, Identity, Record};
use digests::{Digests, Key};

/// How many of those that started a process are kept with it
const ANCESTORS: usize = 8;
/// Processes that ended and are still known, for records that come late
const ENDED_KEPT: usize = 1024;
/// Processes that are known at once; beyond it the one that was seen longest ago is asked of `/proc` again
const KNOWN_MAX: usize = 1 << 17;
const NO_LOGIN: u32 = u32::MAX;
const NAMESPACES: [&str; 6] = ["uts", "ipc", "mnt", "pid", "net", "cgroup"];

/// The processes of the host.
#[derive(Debug)]
pub(crate) struct Processes {
    known: HashMap<u32, Known>,
    ended: VecDeque<(u32, u64)>,
    host: Host,
    /// Where somebody asks for digests of programs
    digests: Option<Digests>,
}

/// How far the digest of the program of a process is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Program {
    Unasked,
    Asked(Key),
    /// It is known, or will never be
    Done,
}

#[derive(Debug)]
struct Known {
    /// Nanoseconds since the host was started, of which only whole ticks count: `/proc` knows no more
    started: u64,
    process: Arc<Process>,
    program: Program,
}

impl Processes {
    /// Those that are there now.
    pub(crate) fn now(clock: Clock) -> Self {
        let mut this = Self {
            known: HashMap::new(),
            ended: VecDeque::new(),
            host: Host::default(),
            digests: None,
        };
        for pid in proc::numbers() {
            this.learn(pid, clock);
        }
        this
    }

    /// Asks `/proc` for a process and those that started it.
    fn learn(&mut self, pid: u32, clock: Clock) -> Option<Arc<Process>> {
        let mut line = Vec::new();
        let mut next = pid;
        while next != 0 && line.len() <= ANCESTORS && !self.knows(next) {
            let read = proc::read(next, clock, &mut self.host)?;
            next = read.1.parent_pid;
            line.push(read);
        }
        for (started, mut process) in line.into_iter().rev() {
            process.parent = self.parent(process.parent_pid);
            let pid = process.pid;
            self.insert(
                pid,
                Known {
                    started,
                    process: Arc::new(process),
                    program: Program::Unasked,
                },
            );
        }
        self.known.get(&pid).map(|known| Arc::clone(&known.process))
    }

    /// Whether the process that has this number now is known. One whose start was not told may have got the number of another.
    fn knows(&mut self, pid: u32) -> bool {
        let Some(known) = self.known.get(&pid) else {
            return false;
        };
        let is_it = proc::started(pid).is_none_or(|started| is_same(known.started, started));
        if !is_it {
            self.known.remove(&pid);
        }
        is_it
    }

    fn insert(&mut self, pid: u32, known: Known) {
        if self.known.len() >= KNOWN_MAX {
            self.known.clear();
            self.ended.clear();
        }
        self.known.insert(pid, known);
    }

    fn parent(&self, pid: u32) -> Option<Arc<Process>> {
        self.known
            .get(&pid)
            .map(|known| shortened(&known.process, ANCESTORS - 1))
    }

    /// From now on programs are read for their digests.
    pub(crate) fn digest_programs(&mut self) {
        self.digests.get_or_insert_with(Digests::start);
    }

    /// What is known of the host
    pub(crate) const fn host(&mut self) -> &mut crate::host::Host {
        &mut self.host
    }

    /// Asks these container runtimes from now on; processes that are known are looked at again.
    pub(crate) fn ask_runtimes(&mut self, runtimes: Vec<crate::host::runtime::Runtime>, clock: Clock) {
        self.host.ask_runtimes(runtimes);
        let in_containers = self
            .known
            .iter()
            .filter(|(_, known)| known.process.container.is_some());
        let pids: Vec<u32> = in_containers.map(|(pid, _)| *pid).collect();
        for pid in pids {
            self.known.remove(&pid);
            self.learn(pid, clock);
        }
    }

    /// How often container runtimes did not answer
    pub(crate) fn runtimes_failed(&self) -> u64 {
        self.host.runtimes_failed()
    }

    /// How often a digest was not known when it was asked for
    pub(crate) fn digests_unknown(&self) -> u64 {
        self.digests.as_ref().map_or(0, Digests::unknown)
    }

    /// The process of a record, after what the record itself says of it.
    pub(crate) fn of(&mut self, record: &Record<'_>, clock: Clock) -> Arc<Process> {
        let process = match record.call {
            crate::Call::Execute => self.execute(record, clock),
            crate::Call::Fork => {
                self.fork(record, clock);
                self.current(record, clock)
            }
            crate::Call::Exit => {
                self.end(record);
                self.current(record, clock)
            }
            _ => self.current(record, clock),
        };
        self.with_digest(record.process).unwrap_or(process)
    }

    /// The process that a signal went to. One that ended of it is still known.
    pub(crate) fn target(&self, record: &Record<'_>) -> Option<Arc<Process>> {
        let [_, _, _, started, ..] = record.number;
        let known = self.known.get(&record.low(2)).filter(|_| record.call.signals())?;
        is_same(known.started, started).then(|| Arc::clone(&known.process))
    }

    /// A known process whose digest has just become known.
    fn with_digest(&mut self, pid: u32) -> Option<Arc<Process>> {
        let digests = self.digests.as_mut()?;
        let known = self.known.get_mut(&pid)?;
        let digest = match known.program {
            Program::Done => return None,
            Program::Asked(key) => digests.known(&key),
            Program::Unasked => {
                let Some(key) = digests.ask(&known.process) else {
                    known.program = Program::Done;
                    return None;
                };
                known.program = Program::Asked(key);
                digests.awaited(&key)
            }
        }?;
        known.program = Program::Done;
        Arc::make_mut(&mut known.process).executable.digest = digest;
        Some(Arc::clone(&known.process))
    }

    fn current(&mut self, record: &Record<'_>, clock: Clock) -> Arc<Process> {
        if let Some(known) = self.known.get(&record.process) {
            if is_same(known.started, record.started) {
                return Arc::clone(&known.process);
            }
            self.known.remove(&record.process);
        }
        if let Some(process) = self.learn(record.process, clock) {
            return process;
        }
        // It ended before anyone could ask: what the record itself says is all there is.
        Arc::new(Process {
            pid: record.process,
            started: clock.of_day(record.started),
            user: User {
                id: record.user,
                effective: record.user,
                group: record.group,
                ..User::default()
            },
            cgroup: record.cgroup,
            ..Process::default()
        })
    }

    fn execute(&mut self, record: &Record<'_>, clock: Clock) -> Arc<Process> {
        let Some(identity) = Identity::read(record.text(0)) else {
            return self.current(record, clock);
        };
        let before = self
            .known
            .get(&record.process)
            .filter(|known| is_same(known.started, record.started));
        // A process keeps the one that started it; of one that is seen for the first time, it is looked for.
        let parent = before.and_then(|known| known.process.parent.clone());
        let parent = parent.or_else(|| {
            self.learn(identity.parent, clock)
                .map(|parent| shortened(&parent, ANCESTORS - 1))
        });
        let [_, _, mount, ..] = identity.namespaces;
        let container = self
            .host
            .container(record.process, record.cgroup, mount)
            .or_else(|| {
                parent
                    .as_ref()
                    .filter(|parent| parent.cgroup == record.cgroup && mount_namespace(parent) == Some(mount))
                    .and_then(|parent| parent.container.clone())
            });
        let path = record.text(1);
        let (changed, modified) = proc::times_of_program(record.process, identity.inode);
        let login = Some(identity.login).filter(|login| *login != NO_LOGIN);
        let mut process = Process {
            pid: record.process,
            inner_pid: identity.inner,
            started: clock.of_day(record.started),
            parent_pid: identity.parent,
            group: identity.process_group,
            session: identity.session,
            name: until_nul(&identity.name).into(),
            executable: Executable {
                path: path.into(),
                device: device(identity.device),
                inode: identity.inode,
                changed,
                modified,
                beside_image: container.is_some().then(|| record.has(wire::UPPER)),
                in_memory: identity.links == 0 && path.starts_with(b"/memfd:"),
                writable: identity.mode & 0o222 != 0,
                ..Executable::default()
            },
            arguments: split(record.text(3)),
            arguments_cut: record
                .number
                .first()
                .is_some_and(|all| *all > record.text(3).len() as u64),
            environment_digest: Host::digest_of_environment(record.text(4)),
            directory: record.text(5).into(),
            user: User {
                id: record.user,
                effective: identity.effective_user,
                group: record.group,
                login,
                ..User::default()
            },
            capabilities: Capabilities {
                permitted: identity.permitted,
                effective: identity.effective,
                inheritable: identity.inheritable,
            },
            terminal: (identity.terminal_major != 0).then_some(Terminal {
                major: identity.terminal_major,
                minor: identity.terminal_minor,
            }),
            namespaces: NAMESPACES.into_iter().zip(identity.namespaces).collect(),
            cgroup: record.cgroup,
            container,
            parent,
        };
        self.host.name_users(&mut process.user, record.process, mount);
        let process = Arc::new(process);
        self.insert(
            record.process,
            Known {
                started: record.started,
                process: Arc::clone(&process),
                program: Program::Unasked,
            },
        );
        process
    }

    fn fork(&mut self, record: &Record<'_>, clock: Clock) {
        let parent = self.current(record, clock);
        let program = self
            .known
            .get(&record.process)
            .map_or(Program::Unasked, |known| known.program);
        let child = record.low(0);
        let started = record.number.get(1).copied().unwrap_or_default();
        let process = Process {
            pid: child,
            inner_pid: 0,
            started: clock.of_day(started),
            parent_pid: record.low(2),
            parent: Some(shortened(&parent, ANCESTORS - 1)),
            ..(*parent).clone()
        };
        self.insert(
            child,
            Known {
                started,
                process: Arc::new(process),
                program,
            },
        );
    }

    fn end(&mut self, record: &Record<'_>) {
        self.ended.push_back((record.process, record.started));
        if self.ended.len() <= ENDED_KEPT {
            return;
        }
        if let Some((pid, started)) = self.ended.pop_front()
            && self
                .known
                .get(&pid)
                .is_some_and(|known| is_same(known.started, started))
        {
            self.known.remove(&pid);
        }
    }

    /// How many are known
    pub(crate) fn len(&self) -> usize {
        self.known.len()
    }
}

/// Whether processes of one number that were started then are the same
const fn is_same(one: u64, other: u64) -> bool {
    one / proc::TICK == other / proc::TICK
}

fn mount_namespace(process: &Process) -> Option<u32> {
    process
        .namespaces
        .iter()
        .find_map(|(name, number)| (*name == "mnt").then_some(*number))
}

fn until_nul(bytes: &[u8]) -> &[u8] {
    bytes.split(|byte| *byte == 0).next().unwrap_or_default()
}

/// Texts that each end with a NUL
fn split(bytes: &[u8]) -> Box<[Box<[u8]>]> {
    let bytes = bytes.strip_suffix(&[0]).unwrap_or(bytes);
    if bytes.is_empty() {
        return Box::default();
    }
    bytes.split(|byte| *byte == 0).map(Into::into).collect()
}

/// A process with at most so many of those that started it
fn shortened(process: &Arc<Process>, most: usize) -> Arc<Process> {
    if process.ancestors().count() <= most {
        return Arc::clone(process);
    }
    let parent = process
        .parent
        .as_ref()
        .filter(|_| most > 0)
        .map(|parent| shortened(parent, most - 1));
    Arc::new(Process {
        parent,
        ..(**process).clone()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_ancestors_ends_at_the_depth_that_is_kept() {
        let mut last: Option<Arc<Process>> = None;
        for pid in 1..40 {
            let parent = last.as_ref().map(|last| shortened(last, ANCESTORS - 1));
            last = Some(Arc::new(Process {
                pid,
                parent,
                ..Process::default()
            }));
        }
        let pids: Vec<_> = last.unwrap().ancestors().map(|process| process.pid).collect();
        assert_eq!(pids, [38, 37, 36, 35, 34, 33, 32, 31]);
    }

    #[test]
    fn an_empty_argument_stays_one() {
        assert_eq!(split(b"sh\0\0x\0").len(), 3);
        assert_eq!(split(b"").len(), 0);
    }
}
