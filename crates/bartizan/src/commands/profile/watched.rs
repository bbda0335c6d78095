//! One workload as it is watched: what the kernel counts of it, and what it tells of its files and connections, put together window by window.

use std::net::IpAddr;
use std::ops::ControlFlow;
use std::time::Duration;

use bartizan_model::runtime::{Action, Behaviour, SocketKind};
use bartizan_profile::{Architecture, PodIdentity, Window, since};
use bartizan_sensor::learn::{Answers, Begins, Cgroup, Found, Learner, Neighbours, label_of};
use bartizan_sensor::{Call, Files, Selection, Sensor, Wanted};

use crate::commands::watch;
use crate::error::Error;
use crate::terminal::Terminal;

/// Calls whose events say what files and connections are needed
const TOLD: [&str; 33] = [
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
    "sendmsg",
    "sendmmsg",
    "accept",
    "accept4",
];

/// Port of DNS
const DNS: u16 = 53;

/// Bytes of events that may wait: one that is missing makes a profile less sure
const RING: u32 = 4 * watch::RING;

/// A workload that is watched.
pub(super) struct Watched {
    sensor: Sensor,
    learner: Learner,
    cgroup: Option<Cgroup>,
    answers: Answers,
    neighbours: Neighbours,
    terminal: Terminal,
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
        selection.only_followed();
        let mut sensor = watch::start(&selection, RING)?;
        let mut learner = Learner::start().map_err(refused)?;
        learner.tell_with(&mut sensor);
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
            cgroup: None,
            answers: Answers::default(),
            neighbours: Neighbours::default(),
            terminal,
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
        self.cgroup = Some(cgroup);
        // What is started here begins in the network of this process.
        listen(&mut self.answers, std::process::id(), None, self.terminal);
        Ok(())
    }

    /// Follows a workload that runs.
    pub(super) fn follow_found(&mut self, found: Found) -> Result<(), Error> {
        self.learner.expect(found.begins).map_err(refused)?;
        if let Some(cgroup) = &found.cgroup {
            self.learner.follow_cgroup(cgroup).map_err(refused)?;
        }
        self.cgroup = found.cgroup;
        self.follow_more(found.processes)
    }

    /// Follows further processes of the same workload.
    pub(super) fn follow_more(&mut self, processes: Vec<u32>) -> Result<(), Error> {
        for process in processes {
            self.learner.follow(process).map_err(refused)?;
            listen(&mut self.answers, process, None, self.terminal);
        }
        Ok(())
    }

    /// The cgroup that is followed.
    pub(super) const fn cgroup(&self) -> Option<&Cgroup> {
        self.cgroup.as_ref()
    }

    /// Whether any process of the workload still runs.
    pub(super) fn runs(&self) -> bool {
        match &self.cgroup {
            Some(cgroup) => cgroup.processes().is_ok_and(|processes| !processes.is_empty()),
            None => self.learner.follows_any(),
        }
    }

    /// Takes in what is told within a while.
    pub(super) fn read(&mut self, timeout: Duration) -> Result<usize, Error> {
        let (window, answers, terminal) = (&mut self.window, &mut self.answers, self.terminal);
        self.sensor
            .read(timeout, |event| {
                window.note(event);
                window.label(|path| label_of(&event.process, path));
                let resolver = asked(&event.action);
                if resolver.is_some() || matches!(event.action, Action::Execute { .. }) {
                    listen(answers, event.process.pid, resolver, terminal);
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
        self.answers.read(|answer, its_own| {
            window.answer(answer.name, answer.addresses, its_own);
        });
        self.name_pods(&mut window);
        window.count(&since(&counted, &self.before), Architecture::HERE);
        self.before = counted;
        let lost = self.sensor.counts().lost();
        window.unreadable.events += lost - self.lost;
        self.lost = lost;
        Ok(window)
    }

    /// Says which pods of this host are at the other ends of connections.
    fn name_pods(&mut self, window: &mut Window) {
        let others: Vec<IpAddr> = window.others().collect();
        if others.is_empty() {
            return;
        }
        let containers = self.neighbours.by_address();
        for address in others {
            let pod = containers
                .get(&address)
                .and_then(|container| container.pod.as_ref());
            if let Some(pod) = pod.and_then(PodIdentity::of) {
                window.pods.entry(address).or_default().insert(pod);
            }
        }
    }
}

/// Listens to the resolvers of a process; says it where that is refused.
fn listen(answers: &mut Answers, process: u32, resolver: Option<IpAddr>, terminal: Terminal) {
    if let Err(error) = answers.listen(process, resolver) {
        terminal.warn(format!(
            "answers of DNS cannot be read, so that addresses stay without names: {}",
            crate::error::plain(&error)
        ));
    }
}

/// The resolver that something is sent to, or is about to be
fn asked(action: &Action<'_>) -> Option<IpAddr> {
    match action {
        Action::Connect { socket, .. } | Action::Send { socket, .. } => socket
            .remote
            .filter(|remote| socket.kind == SocketKind::Datagram && remote.port == DNS)
            .map(|remote| remote.address.to_canonical()),
        _ => None,
    }
}
