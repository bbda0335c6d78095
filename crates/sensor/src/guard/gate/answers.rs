//! Answers to processes that wait to open a file.
//!
//! In: events of a group of fanotify, each with the file and the thread that waits. Out: leave, or none. Nothing here opens a file that could be
//! marked, or waits for anybody: files of `/proc` are all that is read, and the beginning of programs.

use std::collections::HashMap;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use aya::Ebpf;
use aya::programs::{RawTracePoint, RawTracePointRunOptions, TestRun};
use nix::sys::fanotify::{Fanotify, FanotifyEvent, FanotifyResponse, MaskFlags, Response};
use rustix::event::{PollFd, PollFlags, poll};
use rustix::fs::{CWD, Mode, OFlags, openat};

use super::question::{BEGINNING, Beginning, Question, beginning, writes};
use super::{LOOK, PROGRAM, program};
use crate::clock::since_start;
use crate::error::{Error, Result};

/// How long after a program its loader is waited for: the kernel opens it next
const LOADER_FOLLOWS: Duration = Duration::from_secs(1);
/// Threads whose loader is waited for, at most
const LOADERS_MAX: usize = 4096;
/// Bytes of `/proc/TID/syscall`
const LINE: usize = 256;

/// Since when an answer is being found, in nanoseconds since the host was started; 0 for not at all.
#[derive(Debug, Default)]
pub(super) struct Busy(AtomicU64);

impl Busy {
    /// How long it is taking
    pub(super) fn time(&self) -> Option<Duration> {
        match self.0.load(Ordering::Relaxed) {
            0 => None,
            since => Some(Duration::from_nanos(since_start().saturating_sub(since))),
        }
    }
}

/// Whoever answers.
pub(super) struct Answers {
    group: Arc<Fanotify>,
    programs: Ebpf,
    busy: Arc<Busy>,
    ended: Arc<AtomicBool>,
    /// Threads that began to run a program, and when
    loading: HashMap<i32, Instant>,
}

/// Ends the process where an answer was left half found: otherwise others would wait for it for ever.
struct Answering;

impl Drop for Answering {
    fn drop(&mut self) {
        if std::thread::panicking() {
            std::process::abort();
        }
    }
}

impl Answers {
    pub(super) fn new(group: Arc<Fanotify>, programs: Ebpf, busy: Arc<Busy>, ended: Arc<AtomicBool>) -> Self {
        Self {
            group,
            programs,
            busy,
            ended,
            loading: HashMap::new(),
        }
    }

    /// Answers until the end.
    pub(super) fn answer(mut self) {
        let _answering = Answering;
        let wait = rustix::time::Timespec {
            tv_sec: 0,
            tv_nsec: i64::from(LOOK.subsec_nanos()),
        };
        while !self.ended.load(Ordering::Relaxed) {
            let mut waiting = [PollFd::from_borrowed_fd(self.group.as_fd(), PollFlags::IN)];
            if poll(&mut waiting, Some(&wait)).unwrap_or(0) == 0 {
                continue;
            }
            self.busy.0.store(since_start(), Ordering::Relaxed);
            // The kernel itself answers where it has no descriptor for a file.
            for event in self.group.read_events().unwrap_or_default() {
                self.busy.0.store(since_start(), Ordering::Relaxed);
                let refused = self.refuses(&event);
                if let Some(file) = event.fd() {
                    let answer = if refused {
                        Response::FAN_DENY
                    } else {
                        Response::FAN_ALLOW
                    };
                    // Whoever was killed meanwhile waits no longer.
                    let _ = self.group.write_response(FanotifyResponse::new(file, answer));
                }
            }
            self.busy.0.store(0, Ordering::Relaxed);
        }
    }

    /// Whether policies forbid it, and it can be refused. What is not known here is judged when it was done.
    fn refuses(&mut self, event: &FanotifyEvent) -> bool {
        let Some(file) = event.fd() else { return false };
        let folder = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let Ok(thread) = openat(CWD, format!("/proc/{}", event.pid()), folder, Mode::empty()) else {
            return false;
        };
        let question = if event.mask().contains(MaskFlags::FAN_OPEN_EXEC_PERM) {
            self.of_program(file, event.pid())
        } else if writing(&thread) == Some(true) {
            Question::Write
        } else {
            return false;
        };
        let given = [descriptor(file), descriptor(thread.as_fd())];
        program(&mut self.programs)
            .and_then(|program| ask(program, given, question))
            .unwrap_or(false)
    }

    fn of_program(&mut self, file: BorrowedFd<'_>, thread: i32) -> Question {
        let began = self.loading.remove(&thread);
        if began.is_some_and(|began| began.elapsed() < LOADER_FOLLOWS) {
            return Question::Loader;
        }
        let mut bytes = [0; BEGINNING];
        let length = rustix::io::pread(file, &mut bytes, 0).unwrap_or(0);
        match beginning(bytes.get(..length).unwrap_or_default()) {
            Beginning::Alone => Question::Program,
            Beginning::Loaded => {
                if self.loading.len() >= LOADERS_MAX {
                    self.loading.clear();
                }
                self.loading.insert(thread, Instant::now());
                Question::Program
            }
            Beginning::Other => Question::Script,
        }
    }
}

/// Whether the call that a thread is in opens a file to write it
fn writing(thread: &OwnedFd) -> Option<bool> {
    let line = openat(thread, "syscall", OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty()).ok()?;
    let mut bytes = [0; LINE];
    let length = rustix::io::read(&line, &mut bytes).ok()?;
    writes(std::str::from_utf8(bytes.get(..length)?).ok()?)
}

fn descriptor(of: BorrowedFd<'_>) -> u64 {
    u64::try_from(of.as_raw_fd()).unwrap_or(u64::MAX)
}

/// Asks the program about a file and a thread, by their descriptors: whether policies refuse it.
pub(super) fn ask(program: &RawTracePoint, [file, thread]: [u64; 2], question: Question) -> Result<bool> {
    let mut options = RawTracePointRunOptions::new();
    let given = [file, thread, question as u64];
    options
        .args
        .iter_mut()
        .zip(given)
        .for_each(|(to, from)| *to = from);
    let answer = program
        .test_run(options)
        .map_err(|cause| Error::Program { name: PROGRAM, cause })?;
    Ok(answer.return_value != 0)
}
