//! A cgroup with policies in force for it, in whichever tier this kernel reaches. What is done in it is judged by them, and it goes with the test.
#![allow(dead_code, reason = "not every test that has a ward needs all of it")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use bartizan_model::guard::{Action, Forbidden, Mode, Policy, Rules, Workload};
use bartizan_sensor::guard::{Decision, Guard, Verdict};
use bartizan_sensor::{Selection, Sensor};

pub(crate) const EPERM: i32 = 1;
const RING: u32 = 1 << 20;

/// A cgroup of a test, with policies in force for it.
pub(crate) struct Ward {
    pub(crate) folder: PathBuf,
    pub(crate) guard: Guard,
    sensor: Sensor,
}

impl Drop for Ward {
    fn drop(&mut self) {
        bartizan_testbed::remove_cgroup(&self.folder);
    }
}

/// The folder of a new cgroup, and its path; None where there are none.
pub(crate) fn cgroup() -> Option<(PathBuf, String)> {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    if !rustix::process::geteuid().is_root() {
        eprintln!("skipped: programs can be loaded into the kernel by root only");
        return None;
    }
    let name = format!(
        "/bartizan-test-{}-{}",
        std::process::id(),
        COUNT.fetch_add(1, Ordering::Relaxed)
    );
    let root = ["/sys/fs/cgroup/unified", "/sys/fs/cgroup"]
        .into_iter()
        .find(|root| Path::new(root).join("cgroup.procs").exists());
    let folder = PathBuf::from(format!("{}{name}", root.unwrap_or("/sys/fs/cgroup")));
    if root.is_none() || fs::create_dir(&folder).is_err() {
        eprintln!("skipped: no cgroup of version 2 can be made");
        return None;
    }
    Some((folder, name))
}

pub(crate) fn ward(mode: Mode, action: Action, rules: Rules) -> Option<Ward> {
    let (folder, name) = cgroup()?;
    let (guard, sensor) = of(&name, mode, action, rules);
    Some(Ward {
        folder,
        guard,
        sensor,
    })
}

/// A policy for a cgroup.
pub(crate) fn policy(cgroup: &str, mode: Mode, action: Action, rules: Rules) -> Policy {
    Policy {
        name: "ward".into(),
        workloads: vec![Workload {
            cgroup: Some(cgroup.into()),
            ..Workload::default()
        }],
        mode,
        action,
        rules,
    }
}

/// Policies in force for a cgroup.
pub(crate) fn of(cgroup: &str, mode: Mode, action: Action, rules: Rules) -> (Guard, Sensor) {
    let sensor = Sensor::start(&Selection::none(), RING).unwrap_or_else(|error| panic!("{error}"));
    let started = Guard::start(vec![policy(cgroup, mode, action, rules)]);
    let (guard, unreached) = started.unwrap_or_else(|error| panic!("{error}"));
    (
        guard.unwrap_or_else(|| panic!("no tier was reached: {unreached:?}")),
        sensor,
    )
}

pub(crate) fn enforced(rules: Rules) -> Option<Ward> {
    ward(Mode::Enforce, Action::Deny, rules)
}

impl Ward {
    /// How a script of a shell ends that runs in the cgroup.
    pub(crate) fn shell(&self, script: &str) -> ExitStatus {
        let inside = format!("echo $$ > {}/cgroup.procs; {script}", self.folder.display());
        Command::new("/bin/sh")
            .args(["-c", &inside])
            .status()
            .expect("a shell starts")
    }

    /// How a script of Python ends there; it returns the number of an error, or 0.
    pub(crate) fn python(&self, script: &str) -> ExitStatus {
        let script = format!(
            "import os,sys,ctypes,socket\ntry:\n    {}\nexcept OSError as e:\n    sys.exit(e.errno)",
            script.replace('\n', "\n    ")
        );
        let file = tempfile::NamedTempFile::new().expect("a file");
        fs::write(file.path(), script).expect("the script is written");
        self.shell(&format!("exec /usr/bin/python3 -S {}", file.path().display()))
    }

    pub(crate) fn decisions(&mut self) -> Vec<Decision> {
        let mut all = Vec::new();
        let Self { guard, sensor, .. } = self;
        sensor
            .read(Duration::from_millis(50), |_| std::ops::ControlFlow::Continue(()))
            .expect("events are read");
        guard
            .read(sensor, |decision| all.push(decision.clone()))
            .expect("decisions are read");
        assert_eq!(guard.untold(), 0);
        all
    }

    /// Rules and verdicts of what was decided, each once
    pub(crate) fn verdicts(&mut self) -> Vec<(Forbidden, Verdict)> {
        let mut all: Vec<_> = self
            .decisions()
            .into_iter()
            .map(|decision| (decision.rule, decision.verdict))
            .collect();
        all.dedup();
        all
    }
}
