//! `bartizan profile learn` of containers that real runtimes start while they are watched: what the runtime does is not the workload's.

#![allow(clippy::print_stderr)]

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use bartizan_sensor::learn::Cgroup;
use serde_json::{Value, json};

use crate::containers;
use crate::sandbox::Sandbox;

/// What runc has to do for a container, and what a shell that reads a file never does
const OF_RUNTIMES: [&str; 10] = [
    "capset",
    "keyctl",
    "mount",
    "pivot_root",
    "seccomp",
    "setgroups",
    "sethostname",
    "umount2",
    "unshare",
    "setns",
];

/// A bundle with a root of its own, in which there is a shell; None where it cannot be run, which is said.
struct Container {
    sandbox: Sandbox,
    number: String,
    /// The topmost of its cgroups
    cgroup: String,
}

impl Container {
    fn new(name: &str, script: &str, cgroup: &str) -> Option<Self> {
        if !containers::can_run() {
            return None;
        }
        if !Path::new("/usr/bin/busybox").exists() {
            eprintln!("skipped: busybox-static is not there; scripts/setup.sh test installs it");
            return None;
        }
        let sandbox = Sandbox::new();
        let container = Self {
            number: format!("bartizan-{name}-{}", std::process::id()),
            sandbox,
            cgroup: cgroup.split('/').next().unwrap_or_default().to_owned(),
        };
        let binaries = container.sandbox.path("bundle/rootfs/bin");
        fs::create_dir_all(&binaries).unwrap();
        fs::copy("/usr/bin/busybox", binaries.join("sh")).unwrap();
        fs::write(container.sandbox.path("bundle/rootfs/file"), "text").unwrap();
        assert!(
            container
                .runc(&["spec", "--bundle", "bundle"])
                .status()
                .unwrap()
                .success()
        );
        let mut config: Value = serde_json::from_str(&container.sandbox.read("bundle/config.json")).unwrap();
        config["process"]["terminal"] = json!(false);
        config["process"]["args"] = json!(["/bin/sh", "-c", script]);
        config["linux"]["cgroupsPath"] = json!(format!("/{cgroup}"));
        container.sandbox.write("bundle/config.json", &config.to_string());
        Some(container)
    }

    fn runc(&self, arguments: &[&str]) -> Command {
        let mut command = self.sandbox.program("runc");
        command
            .arg("--root")
            .arg(self.sandbox.path("state"))
            .args(arguments);
        command.stdin(Stdio::null());
        command
    }

    fn start(&self) -> Child {
        self.runc(&["run", "--bundle", "bundle", &self.number])
            .spawn()
            .unwrap()
    }

    fn profile(&self) -> Value {
        serde_json::from_str(&self.sandbox.read("profile.json")).unwrap()
    }
}

impl Drop for Container {
    fn drop(&mut self) {
        let _ = self
            .runc(&["delete", "--force", &self.number])
            .stderr(Stdio::null())
            .status();
        bartizan_testbed::remove_cgroups_everywhere(&self.cgroup);
    }
}

fn has(profile: &Value, part: &str, call: &str) -> bool {
    let names = &profile[part];
    names.get(call).is_some()
        || names
            .as_array()
            .is_some_and(|all| all.iter().any(|name| name == call))
}

/// The profile has the calls and files of the shell, and none that only the runtime makes.
fn assert_is_the_shells(profile: &Value) {
    for call in OF_RUNTIMES {
        assert!(!has(profile, "calls", call), "{call}: {profile:#}");
    }
    assert!(
        has(profile, "calls", "execve") && has(profile, "calls", "openat"),
        "{profile:#}"
    );
    assert_eq!(profile["files"]["/file"]["read"], true, "{profile:#}");
    for path in profile["files"].as_object().unwrap().keys() {
        let belongs =
            ["/bin/sh", "/file", "/out", "/proc/self/exe", "/dev/null", "/"].contains(&path.as_str());
        assert!(belongs, "{path}: {profile:#}");
    }
}

#[test]
fn what_a_runtime_does_before_the_program_of_its_container_is_not_the_workloads() {
    let Some(container) = Container::new("start", "read text < /file; sleep 1", "bartizan-start") else {
        return;
    };
    let state = container.sandbox.path("state").display().to_string();
    let mut arguments = vec![
        "profile",
        "learn",
        "shell",
        "--file",
        "profile.json",
        "--container",
        "--",
    ];
    arguments.extend([
        "runc",
        "--root",
        &state,
        "run",
        "--bundle",
        "bundle",
        &container.number,
    ]);
    let learned = container.sandbox.run(&arguments);
    assert_eq!(learned.code, 0, "{learned}");
    let profile = container.profile();
    assert_is_the_shells(&profile);
    for call in ["mount", "pivot_root", "unshare"] {
        assert!(has(&profile, "start", call), "{call}: {profile:#}");
    }
    assert_eq!(
        profile["capabilities"]
            .as_object()
            .map_or(0, serde_json::Map::len),
        0,
        "{profile:#}"
    );
}

#[test]
fn a_command_that_starts_no_container_is_not_taken_for_one() {
    let Some(container) = Container::new("none", "true", "bartizan-none") else {
        return;
    };
    let arguments = "profile learn true --file profile.json --container -- /bin/true";
    let learned = container.sandbox.run(&arguments.split(' ').collect::<Vec<_>>());
    assert_eq!(learned.code, 4, "{learned}");
    assert!(
        learned.err.contains("no program of the workload was seen"),
        "{learned}"
    );
}

#[test]
fn containers_and_programs_that_come_into_a_watched_cgroup_bring_nothing_of_their_runtime() {
    let parent = format!("bartizan-parent-{}", std::process::id());
    let script = "while :; do read text < /file; sleep 0.2; done";
    let Some(first) = Container::new("first", script, &format!("{parent}/first")) else {
        return;
    };
    let cgroup = Cgroup::make(&parent).unwrap();
    let mut first_runs = first.start();
    let until = Instant::now() + Duration::from_secs(20);
    while cgroup.processes().unwrap().is_empty()
        || !first
            .runc(&["exec", &first.number, "/bin/sh", "-c", "true"])
            .status()
            .unwrap()
            .success()
    {
        assert!(Instant::now() < until, "the container did not start");
    }
    let path = cgroup.path();
    let mut learning = first
        .sandbox
        .bartizan(&[
            "profile",
            "learn",
            path,
            "--for",
            "8s",
            "--window",
            "1s",
            "--file",
            "profile.json",
        ])
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // It says that it watches only when it does.
    let mut said = [0; 1];
    std::io::Read::read_exact(learning.stderr.as_mut().unwrap(), &mut said).unwrap();
    let second = Container::new(
        "second",
        "echo > /proc/self/oom_score_adj; read text < /file; sleep 1",
        &format!("{parent}/second"),
    )
    .unwrap();
    let mut second_runs = second.start();
    let into = ["exec", &first.number, "/bin/sh", "-c", "kill -0 1"];
    assert!(first.runc(&into).status().unwrap().success());
    let learned = first.sandbox.answer(learning.wait_with_output().unwrap());
    drop(cgroup);
    first_runs.wait().unwrap();
    second_runs.wait().unwrap();
    assert_eq!(learned.code, 0, "{learned}");
    let profile = first.profile();
    for call in ["kill", "openat"] {
        assert!(has(&profile, "calls", call), "{call}: {profile:#}");
    }
    for call in OF_RUNTIMES {
        assert!(!has(&profile, "calls", call), "{call}: {profile:#}");
    }
    assert!(
        has(&profile, "start", "setns") || has(&profile, "start", "pivot_root"),
        "{profile:#}"
    );
}
