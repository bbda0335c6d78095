//! One workload as it is watched: what the kernel counts of it, and what it tells of its files and connections, put together window by window.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::ops::ControlFlow;
use std::time::Duration;

use bartizan_model::runtime::{Action, Behaviour, Event, Phase};
use bartizan_profile::{Architecture, Window, since};
use bartizan_sensor::learn::{Begins, Cgroup, Found, Learner, label_of};
use bartizan_sensor::{Call, Files, Selection, Sensor, Wanted};

use crate::commands::watch;
use crate::error::Error;
use crate::terminal::Terminal;

/// Calls whose events say what files and connections are needed
const TOLD: [&str; 29] = [
    "execve",
    "execveat",
    "open",
    "openat",
    "openat2",
    "creat",
    "unlink",
    "unlinkat",
    "rmdir",
    "rename",
    "renameat",
    "renameat2",
    "link",
    "linkat",
    "symlink",
    "symlinkat",
    "mkdir",
    "mkdirat",
    "chmod",
    "fchmod",
    "fchmodat",
    "fchmodat2",
    "chown",
    "fchown",
    "fchownat",
    "connect",
    "bind",
    "listen",
    "sendto",
];

/// Bytes of events that may wait: what other workloads do passes through the ring, too, and an event that is missing makes a profile less sure
const RING: u32 = 4 * watch::RING;

/// Processes of a workload, as events tell of them.
#[derive(Default)]
struct Members {
    /// By their numbers, and whether they are the workload or only prepare it
    processes: HashMap<u32, bool>,
    begins: Begins,
    cgroup: Option<Cgroup>,
    container: Option<Box<str>>,
    /// Cgroups that were asked for, and whether they belong to the workload
    known: HashMap<u64, bool>,
}

/// A workload that is watched.
pub(super) struct Watched {
    sensor: Sensor,
    learner: Learner,
    members: Members,
    window: Window,
    before: Behaviour,
    lost: u64,
    /// Parts of the kernel that cannot be watched
    pub(super) unseen: usize,
}

fn refused(error: bartizan_sensor::Error) -> Error {
    let help = error.help();
    Error::usage(error.to_string(), help)
}

impl Watched {
    /// Attaches all there is; nothing is followed yet.
    pub(super) fn start(terminal: Terminal) -> Result<Self, Error> {
        let mut selection = Selection::none();
        let wanted = Wanted {
            success: true,
            failure: true,
            reading: Files::Any,
            writing: Files::Any,
            ..Wanted::default()
        };
        for call in TOLD.iter().flat_map(|name| Call::named(name)) {
            selection.want(call, wanted);
        }
        let sensor = watch::start(&selection, RING)?;
        let learner = Learner::start().map_err(refused)?;
        let mut unseen = watch::say_unseen(&sensor, terminal);
        for hook in learner.hooks() {
            let Some(why) = &hook.refused else { continue };
            if hook.place == "cap_capable" {
                terminal.note(format!(
                    "which {} is not known: this kernel does not tell ({why})",
                    hook.sees
                ));
            } else {
                terminal.warn(format!("{} cannot be watched: {why}", hook.sees));
                unseen += 1;
            }
        }
        Ok(Self {
            sensor,
            learner,
            members: Members::default(),
            window: Window::default(),
            before: Behaviour::default(),
            lost: 0,
            unseen,
        })
    }

    /// Follows what comes into a cgroup, and no more what was followed before.
    pub(super) fn follow(&mut self, cgroup: Cgroup, begins: Begins) -> Result<(), Error> {
        self.learner.expect(begins).map_err(refused)?;
        self.learner.follow_cgroup(&cgroup).map_err(refused)?;
        self.members = Members {
            cgroup: Some(cgroup),
            begins,
            ..Members::default()
        };
        Ok(())
    }

    /// Follows a workload that runs.
    pub(super) fn follow_found(&mut self, found: Found) -> Result<(), Error> {
        self.learner.expect(found.begins).map_err(refused)?;
        if let Some(cgroup) = &found.cgroup {
            self.learner.follow_cgroup(cgroup).map_err(refused)?;
        }
        self.members = Members {
            container: found.container.map(|container| container.id.clone()),
            cgroup: found.cgroup,
            begins: found.begins,
            ..Members::default()
        };
        self.follow_more(found.processes)
    }

    /// Follows further processes of the same workload.
    pub(super) fn follow_more(&mut self, processes: Vec<u32>) -> Result<(), Error> {
        for process in processes {
            if let Entry::Vacant(new) = self.members.processes.entry(process) {
                new.insert(self.learner.follow(process).map_err(refused)? == Phase::Payload);
            }
        }
        Ok(())
    }

    /// The cgroup that is followed.
    pub(super) const fn cgroup(&self) -> Option<&Cgroup> {
        self.members.cgroup.as_ref()
    }

    /// Whether any process of the workload still runs.
    pub(super) fn runs(&self) -> bool {
        match &self.members.cgroup {
            Some(cgroup) => cgroup.processes().is_ok_and(|processes| !processes.is_empty()),
            None => !self.members.processes.is_empty(),
        }
    }

    /// Takes in what is told within a while.
    pub(super) fn read(&mut self, timeout: Duration) -> Result<usize, Error> {
        let (members, window) = (&mut self.members, &mut self.window);
        self.sensor
            .read(timeout, |event| {
                if members.hold(event) {
                    window.note(event);
                    window.label(|path| label_of(&event.process, path));
                }
                ControlFlow::Continue(())
            })
            .map_err(refused)
    }

    /// What was done since the last window was closed.
    pub(super) fn close_window(&mut self) -> Result<Window, Error> {
        while self.read(Duration::ZERO)? > 0 {}
        let counted = self.learner.counted().map_err(refused)?;
        let mut window = std::mem::take(&mut self.window);
        window.count(&since(&counted, &self.before), Architecture::HERE);
        self.before = counted;
        let lost = self.sensor.counts().lost();
        window.unreadable.events += lost - self.lost;
        self.lost = lost;
        Ok(window)
    }
}

impl Members {
    /// Whether an event comes from the workload; those that come into it are remembered.
    fn hold(&mut self, event: &Event<'_>) -> bool {
        let process = event.process.pid;
        let known = self.processes.get(&process).copied();
        let mut belongs = known == Some(true);
        // Before it starts the first program of the workload, a process that came into it only prepares it.
        let starts = matches!(event.action, Action::Execute { .. }) && event.result >= 0;
        if starts && !belongs && (known.is_some() || self.is_home(event)) && self.begins.with(&event.process)
        {
            belongs = true;
            self.processes.insert(process, true);
        }
        match event.action {
            Action::Fork { child } if known.is_some() || self.is_home(event) => {
                self.processes.insert(child, belongs);
            }
            Action::Exit { .. } => {
                self.processes.remove(&process);
            }
            _ => {}
        }
        belongs
    }

    fn is_home(&mut self, event: &Event<'_>) -> bool {
        let container = event.process.container.as_ref();
        if self.container.is_some() && container.map(|container| &container.id) == self.container.as_ref() {
            return true;
        }
        let Some(cgroup) = &self.cgroup else {
            return false;
        };
        *self
            .known
            .entry(event.process.cgroup)
            .or_insert_with(|| cgroup.holds(event.process.cgroup))
    }
}
