//! Opens that are refused before they take effect, on kernels that ask no program: the kernel lets a process wait (permission events of fanotify)
//! while the agent asks a program in the kernel, which decides as it does elsewhere.
//!
//! In: policies, by what is marked for them, and each file that is opened there. Out: leave to open it or not; decisions come from the program as all
//! others do. What cannot be asked about is judged when it was done: a process that may not have it is killed. When the agent ends, whichever way, the
//! kernel lets all who wait go on.

mod answers;
mod marks;
mod question;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use aya::Ebpf;
use aya::programs::RawTracePoint;
use bartizan_model::guard::Policy;
use nix::sys::fanotify::{EventFFlags, Fanotify, InitFlags, MarkFlags, MaskFlags};
use rustix::fs::MemfdFlags;
use rustix::thread::CapabilitySet;

use crate::error::{Error, Result};
use answers::{Answers, Busy};
use marks::Marks;

/// The program that decides (`bpf/question.h`)
const PROGRAM: &str = "on_question";
/// How long a thread waits before it looks whether it is to end
const LOOK: Duration = Duration::from_millis(100);
/// Longest time that an answer may take before the agent gives up, so that the kernel lets all go on
const PATIENCE: Duration = Duration::from_secs(10);

/// A cgroup, by its folder, and the policies that hold in it as bits
pub(super) type Held = (PathBuf, u64);

/// Answers to those who wait, until it goes.
pub(super) struct Gate {
    busy: Arc<Busy>,
    ended: Arc<AtomicBool>,
    full: Arc<AtomicBool>,
    held: Option<Sender<Vec<Held>>>,
    threads: Vec<JoinHandle<()>>,
}

impl Gate {
    /// Marks what policies are about and answers from now on. The program is one of `programs`.
    ///
    /// # Errors
    /// When the kernel lets no process wait, or takes no questions.
    pub(super) fn start(mut programs: Ebpf, policies: &[Policy], held: &[Held]) -> Result<Self> {
        let group = Arc::new(group()?);
        ready(&mut programs)?;
        let busy = Arc::new(Busy::default());
        let [ended, full] = std::array::from_fn(|_| Arc::new(AtomicBool::new(false)));
        let answers = Answers::new(
            Arc::clone(&group),
            programs,
            Arc::clone(&busy),
            Arc::clone(&ended),
        );
        let (told, telling) = channel();
        let mut gate = Self {
            busy,
            ended: Arc::clone(&ended),
            full: Arc::clone(&full),
            held: Some(told),
            threads: Vec::new(),
        };
        // Whoever opens what is marked waits: so somebody answers first.
        gate.begin(
            "answers",
            CapabilitySet::BPF | CapabilitySet::SYS_PTRACE,
            move || answers.answer(),
        )?;
        let mut marks = Marks::new(group, policies, ended, full);
        marks.look(held);
        let looking = CapabilitySet::SYS_ADMIN | CapabilitySet::SYS_PTRACE | CapabilitySet::DAC_READ_SEARCH;
        gate.begin("marks", looking, move || follow(&mut marks, &telling))?;
        Ok(gate)
    }

    /// A thread that keeps no more privileges than it needs
    fn begin(&mut self, name: &str, kept: CapabilitySet, work: impl FnOnce() + Send + 'static) -> Result<()> {
        let work = move || {
            // Nobody is left waiting for the sake of a privilege that could not be given up.
            let _ = crate::privilege::keep(kept);
            work();
        };
        let thread = std::thread::Builder::new().name(name.to_owned()).spawn(work);
        self.threads.push(thread.map_err(Error::Thread)?);
        Ok(())
    }

    /// Policies hold in these cgroups from now on.
    pub(super) fn hold(&self, held: Vec<Held>) {
        if let Some(told) = &self.held {
            // Without somebody who listens opens are judged when they were done.
            let _ = told.send(held);
        }
    }

    /// Whether more is to be marked than can be
    pub(super) fn is_full(&self) -> bool {
        self.full.load(Ordering::Relaxed)
    }

    /// Whether answers are given in time
    ///
    /// # Errors
    /// When one was not: the agent is to end, and those who wait go on.
    pub(super) fn answers(&self) -> Result<()> {
        match self.busy.time() {
            Some(time) if time > PATIENCE => Err(Error::Unanswered),
            _ => Ok(()),
        }
    }
}

impl Drop for Gate {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::Relaxed);
        self.held = None;
        // An answer that is not given in time is not waited for: the end of the process lets all go on.
        if self.answers().is_ok() {
            for thread in self.threads.drain(..).rev() {
                let _ = thread.join();
            }
        }
    }
}

/// Marks what is new, until the end.
fn follow(marks: &mut Marks, told: &Receiver<Vec<Held>>) {
    loop {
        match told.recv_timeout(LOOK) {
            Ok(held) => marks.look(&held),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}

/// A group that processes wait for, found out by marking a file that nobody else has
fn group() -> Result<Fanotify> {
    let refused = |cause: nix::Error| Error::NoWaiting(cause.into());
    let group = Fanotify::init(
        InitFlags::FAN_CLASS_CONTENT
            | InitFlags::FAN_CLOEXEC
            | InitFlags::FAN_NONBLOCK
            | InitFlags::FAN_UNLIMITED_QUEUE
            | InitFlags::FAN_UNLIMITED_MARKS
            | InitFlags::FAN_REPORT_TID,
        EventFFlags::O_RDONLY
            | EventFFlags::O_CLOEXEC
            | EventFFlags::O_LARGEFILE
            | EventFFlags::O_NOATIME
            | EventFFlags::O_NONBLOCK,
    )
    .map_err(refused)?;
    let own = rustix::fs::memfd_create("marked", MemfdFlags::CLOEXEC)?;
    let both = MaskFlags::FAN_OPEN_PERM | MaskFlags::FAN_OPEN_EXEC_PERM;
    group
        .mark(MarkFlags::FAN_MARK_ADD, both, &own, None::<&str>)
        .map_err(refused)?;
    Ok(group)
}

/// The program that decides
fn program(programs: &mut Ebpf) -> Result<&mut RawTracePoint> {
    let program = programs.program_mut(PROGRAM).ok_or(Error::Missing(PROGRAM))?;
    program
        .try_into()
        .map_err(|cause| Error::Program { name: PROGRAM, cause })
}

/// Loads the program that decides, and has it decide about nothing.
fn ready(programs: &mut Ebpf) -> Result<()> {
    let program = program(programs)?;
    program
        .load()
        .map_err(|cause| Error::Program { name: PROGRAM, cause })?;
    answers::ask(program, [u64::MAX; 2], question::Question::Program).map(drop)
}
