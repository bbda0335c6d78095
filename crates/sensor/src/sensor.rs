//! The sensor itself: programs in the kernel, the ring they write to, and the processes that their records come from.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use bartizan_model::runtime::{Event, Process};
use rustix::event::{PollFd, PollFlags, Timespec, poll};

use crate::clock::Clock;
use crate::error::{Error, Result};
use crate::event::{Buffers, event};
use crate::host::Host;
use crate::host::runtime::Runtime;
use crate::learn::Followed;
use crate::load::{Hook, Loaded, load};
use crate::process::Processes;
use crate::reached::Reached;
use crate::selection::Selection;
use crate::wire::{self, Record};

/// How long records lie in the ring at most before they are looked for. Programs wake the reader only when much is there, since each time costs
/// the process that an event comes from.
const LOOK_EVERY: Duration = Duration::from_millis(10);
/// After how long the time of day is asked for again
const CLOCK_EVERY: Duration = Duration::from_secs(10);

/// Bytes of the smallest ring that is of use
const RING_LEAST: u32 = 1 << 16;

/// What happened to events that were not told, and to those that were.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Events that were told
    pub told: u64,
    /// Not told, because the ring was full
    pub full: u64,
    /// Not told, because another event was being written on the same processor
    pub nested: u64,
    /// Not told, because their cgroup had told as many within a second as it may ([`Selection::at_most`])
    pub capped: u64,
    /// Processes that were to be followed and could not, since there were too many; what they did was not told
    pub unfollowed: u64,
    /// Records that could not be read
    pub unread: u64,
    /// Processes that are known
    pub processes: usize,
    /// How often the digest of a program was not known when it was asked for: it is gone, larger than 256 MiB, or was not read in time
    pub digests_unknown: u64,
    /// How often the container runtime did not answer; what files tell is known all the same
    pub runtimes_failed: u64,
}

impl Counts {
    /// Events that were not told, for whatever reason
    #[must_use]
    pub const fn lost(self) -> u64 {
        self.full + self.nested + self.capped + self.unfollowed + self.unread
    }
}

/// Attaches everything there is, and takes it away at once: what the kernel lets be seen.
///
/// # Errors
/// As [`Sensor::start`].
pub fn probe() -> Result<Vec<Hook>> {
    Ok(load(&Selection::all(), RING_LEAST)?.hooks)
}

/// Programs in the kernel and what they tell. When it goes, they go.
pub struct Sensor {
    loaded: Loaded,
    processes: Processes,
    clock: Clock,
    clock_read: Instant,
    buffers: Buffers,
    reached: Reached,
    told: u64,
    unread: u64,
}

impl Sensor {
    /// Loads and attaches what a selection needs. `ring_bytes` is how much may wait to be read: a power of two, at least 64 KiB.
    ///
    /// # Errors
    /// When the kernel does not describe its types, refuses the programs, or privileges lack.
    pub fn start(selection: &Selection, ring_bytes: u32) -> Result<Self> {
        let loaded = load(selection, ring_bytes)?;
        let clock = Clock::now();
        // What happens meanwhile waits in the ring: a process is known by the scan, by its records, or by both.
        let processes = Processes::now(clock);
        Ok(Self {
            loaded,
            processes,
            clock,
            clock_read: Instant::now(),
            buffers: Buffers::default(),
            reached: Reached::default(),
            told: 0,
            unread: 0,
        })
    }

    /// Gives up what is not needed once programs are attached: of all privileges the thread keeps those to read of other processes and of its own maps.
    /// Threads that were started before keep theirs.
    ///
    /// # Errors
    /// When the kernel refuses.
    pub fn give_up_privileges(&self) -> Result<()> {
        crate::privilege::give_up()
    }

    /// Reads the programs of processes from now on, for `Executable::digest`. An event waits for that 20 milliseconds at most; a digest that was not
    /// known by then is known to later events of the process.
    pub fn digest_programs(&mut self) {
        self.processes.digest_programs();
    }

    /// Asks container runtimes about containers from now on, before the files that they keep: the one that listens at a path, by CRI or as Docker and Podman
    /// do; or without a path all that answer at their usual sockets. The paths of those that are asked.
    ///
    /// # Errors
    /// When the one of this path does not answer as a runtime does.
    pub fn ask_runtimes(&mut self, path: Option<&Path>) -> Result<Vec<PathBuf>> {
        let runtimes = match path {
            Some(path) => vec![Runtime::open(path).map_err(|error| Error::Runtime {
                path: path.to_owned(),
                error,
            })?],
            None => Runtime::all_known(),
        };
        let paths = runtimes
            .iter()
            .map(|runtime| runtime.socket().to_owned())
            .collect();
        if !runtimes.is_empty() {
            self.processes.ask_runtimes(runtimes, self.clock);
        }
        Ok(paths)
    }

    /// What is known of the host
    pub(crate) const fn host(&mut self) -> &mut Host {
        self.processes.host()
    }

    /// The places where programs were to be attached.
    #[must_use]
    pub fn hooks(&self) -> &[Hook] {
        &self.loaded.hooks
    }

    /// What says which processes are followed, once; None where all are told of.
    pub(crate) fn followed(&mut self) -> Option<Followed> {
        self.loaded.followed.take()
    }

    /// Hands over what is in the ring, or what comes within `timeout`; how many events that were. `tell` may end it early.
    ///
    /// # Errors
    /// When waiting fails.
    pub fn read(
        &mut self,
        timeout: Duration,
        mut tell: impl FnMut(&Event<'_>) -> ControlFlow<()>,
    ) -> Result<usize> {
        let until = Instant::now() + timeout;
        if self.clock_read.elapsed() > CLOCK_EVERY {
            self.clock = Clock::now();
            self.clock_read = Instant::now();
        }
        loop {
            let count = self.drain(&mut tell);
            let left = until.saturating_duration_since(Instant::now());
            if count > 0 || left.is_zero() {
                return Ok(count);
            }
            let wait = Timespec::try_from(left.min(LOOK_EVERY)).unwrap_or(Timespec {
                tv_sec: 0,
                tv_nsec: 0,
            });
            match poll(&mut [PollFd::new(&self.loaded.ring, PollFlags::IN)], Some(&wait)) {
                Ok(_) | Err(rustix::io::Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// The process that a record comes from, and its time in nanoseconds since 1970
    pub(crate) fn who(&mut self, record: &Record<'_>) -> (Arc<Process>, u64) {
        (
            self.processes.of(record, self.clock),
            self.clock.of_day(record.time),
        )
    }

    fn drain(&mut self, tell: &mut impl FnMut(&Event<'_>) -> ControlFlow<()>) -> usize {
        let before = self.told;
        let mut hand_over = |record: &Record<'_>| {
            let process: Arc<Process> = self.processes.of(record, self.clock);
            let target = self.processes.target(record);
            self.told += 1;
            tell(&event(
                record,
                (process, target),
                self.clock.of_day(record.time),
                self.told,
                &mut self.buffers,
            ))
        };
        while let Some(item) = self.loaded.ring.next() {
            let Some(record) = Record::read(&item) else {
                self.unread += 1;
                continue;
            };
            if record.has(wire::REACHED) {
                self.reached.keep(&record);
                continue;
            }
            let mut handed = hand_over(&record);
            for further in self.reached.beside(&record) {
                if handed.is_continue() {
                    handed = hand_over(&further.of(record));
                }
            }
            if handed.is_break() {
                break;
            }
        }
        usize::try_from(self.told - before).unwrap_or(usize::MAX)
    }

    /// What was told and what was not, since the start.
    #[must_use]
    pub fn counts(&self) -> Counts {
        let lost = |index| {
            self.loaded
                .lost
                .get(&index, 0)
                .map_or(0, |by_processor| by_processor.iter().sum())
        };
        Counts {
            told: self.told,
            full: lost(0),
            nested: lost(1),
            capped: lost(2),
            unfollowed: lost(3),
            unread: self.unread,
            processes: self.processes.len(),
            digests_unknown: self.processes.digests_unknown(),
            runtimes_failed: self.processes.runtimes_failed(),
        }
    }
}
