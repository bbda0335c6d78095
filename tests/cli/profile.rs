//! `bartizan profile`: real programs are watched, and run again in a real container under what was learned.

#![allow(clippy::print_stderr)]

use std::path::Path;

use bartizan_sensor::learn::{Cgroup, find};

use crate::sandbox::{Answer, Sandbox};

/// Whether profiles can be verified here; says why not.
fn verifiable() -> bool {
    let root = crate::sandbox::is_root();
    let runc = ["/usr/bin/runc", "/usr/sbin/runc"]
        .iter()
        .any(|path| Path::new(path).exists());
    if !root || !runc {
        eprintln!("skipped: workloads are watched as root, and verified with Debian's runc");
    }
    root && runc
}

fn run(sandbox: &Sandbox, arguments: &str, command: &[&str]) -> Answer {
    let mut all: Vec<&str> = std::iter::once("profile").chain(arguments.split(' ')).collect();
    if !command.is_empty() {
        all.push("--");
        all.extend(command);
    }
    sandbox.run(&all)
}

const FILES: &str = "set -e; echo one > out/made; cat out/made /etc/hostname > /dev/null; mv out/made out/moved; rm out/moved";

#[test]
fn a_workload_does_under_its_profile_what_it_did_before_and_nothing_else() {
    if !verifiable() {
        return;
    }
    let sandbox = Sandbox::new();
    std::fs::create_dir(sandbox.path("out")).unwrap();
    let learned = run(&sandbox, "learn files --starts 3", &["/bin/sh", "-c", FILES]);
    assert_eq!(learned.code, 0, "{learned}");
    let verified = run(&sandbox, "verify files", &[]);
    assert_eq!(verified.code, 0, "{verified}");
    for (what, script, broken) in [
        ("mounts", "mount -t tmpfs none /mnt", "system call refused: mount"),
        (
            "makes namespaces",
            "unshare --user true",
            "system call refused: unshare",
        ),
        (
            "opens raw sockets",
            "exec /usr/bin/python3 -S -c 'import socket; socket.socket(2, 3, 1)'",
            "system call refused: socket",
        ),
        (
            "writes elsewhere",
            "echo x > /etc/bartizan-test",
            "file refused: /etc/bartizan-test",
        ),
        ("fails", "exit 3", "end: it ended with 3"),
    ] {
        let verified = run(&sandbox, "verify files", &["/bin/sh", "-c", script]);
        assert_eq!(verified.code, 1, "{what}: {verified}");
        assert!(verified.out.contains(broken), "{what}: {verified}");
    }
    assert!(!Path::new("/etc/bartizan-test").exists());
}

#[test]
fn a_profile_says_what_it_saw_and_whether_that_is_enough() {
    if !verifiable() {
        return;
    }
    let sandbox = Sandbox::new();
    let learned = run(
        &sandbox,
        "learn true --starts 12 --file true.json",
        &["/bin/true"],
    );
    assert_eq!(learned.code, 0, "{learned}");
    let shown = run(&sandbox, "show true --file true.json", &[]);
    assert!(shown.out.contains("Seen: 12 starts"), "{shown}");
    assert!(shown.out.contains("That is enough."), "{shown}");
    let filter = run(&sandbox, "show true --file true.json -o seccomp", &[]);
    let filter: serde_json::Value = serde_json::from_str(&filter.out).unwrap();
    let names = filter["syscalls"][0]["names"].as_array().unwrap();
    assert!(names.iter().any(|name| name == "execve"));
    assert!(!names.iter().any(|name| name == "ptrace" || name == "socket"));
}

#[test]
fn policies_of_a_profile_are_those_that_their_tools_take() {
    if !verifiable() {
        return;
    }
    let sandbox = Sandbox::new();
    std::fs::create_dir(sandbox.path("out")).unwrap();
    let learned = run(&sandbox, "learn files", &["/bin/sh", "-c", FILES]);
    assert_eq!(learned.code, 0, "{learned}");
    let parser = ["/sbin/apparmor_parser", "/usr/sbin/apparmor_parser"];
    if let Some(parser) = parser.iter().find(|path| Path::new(path).exists()) {
        let written = run(&sandbox, "show files -o apparmor=files.apparmor", &[]);
        assert_eq!(written.code, 0, "{written}");
        let judged = sandbox
            .program(parser)
            .args(["-Q", "-K", "files.apparmor"])
            .output()
            .unwrap();
        assert!(
            judged.status.success(),
            "{}",
            String::from_utf8_lossy(&judged.stderr)
        );
    } else {
        eprintln!("skipped: apparmor_parser is not here to read the profile");
    }
    let written = run(&sandbox, "show files -o networkpolicy=policy.yaml", &[]);
    assert_eq!(written.code, 0, "{written}");
    sandbox.write(
        "pod.yaml",
        "apiVersion: v1\nkind: Pod\nmetadata:\n  name: files\n  labels:\n    app.kubernetes.io/name: files\nspec:\n  containers: []\n",
    );
    let reached = sandbox.run(&["reach", ".", "--from", "default/files"]);
    assert_eq!(reached.code, 0, "{reached}");
    assert!(
        !reached.out.contains("=> external"),
        "it connected to nobody: {reached}"
    );
}

const SERVER: &str = "
import socket, threading
server = socket.socket()
server.bind(('0.0.0.0', 0))
server.listen()
threading.Thread(target=lambda: socket.create_connection(server.getsockname()).close()).start()
server.accept()
print(server.getsockname()[1])
";

#[test]
fn policies_for_a_mesh_are_read_as_they_are_meant() {
    if !verifiable() {
        return;
    }
    let sandbox = Sandbox::new();
    let learned = run(&sandbox, "learn web", &["/usr/bin/python3", "-S", "-c", SERVER]);
    assert_eq!(learned.code, 0, "{learned}");
    let port = learned.out.trim();
    let written = run(&sandbox, "show web -o mesh=mesh.yaml", &[]);
    assert_eq!(written.code, 0, "{written}");
    sandbox.write(
        "pods.yaml",
        "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: default\n  labels:\n    istio-injection: enabled\n---\n\
         apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\n  labels:\n    app.kubernetes.io/name: web\nspec:\n  containers: []\n---\n\
         apiVersion: v1\nkind: Pod\nmetadata:\n  name: other\nspec:\n  containers: []\n",
    );
    let into = sandbox.run(&["reach", ".", "--from", "default/other"]);
    assert_eq!(into.code, 0, "{into}");
    assert!(
        into.out.contains(&format!(
            "=> default/web[Pod] : SCTP 1-65535,TCP {port},UDP 1-65535"
        )),
        "{into}"
    );
    let out = sandbox.run(&["reach", ".", "--from", "default/web", "--to", "default/other"]);
    assert!(
        !out.out.contains("default/web[Pod] => default/other[Pod] : All"),
        "{out}"
    );
}

const MODES: &str = "
import socket, sys
mode = sys.argv[1]
if mode == 'seen':
    open('out/file', 'w').write('x')
elif mode == 'file':
    open(sys.argv[2], 'w')
elif mode == 'secret':
    open('/etc/shadow').read()
elif mode == 'connect':
    socket.create_connection(('127.0.0.1', int(sys.argv[2])))
";

#[test]
fn a_command_that_is_restrained_opens_what_it_was_seen_to_open_and_nothing_else() {
    if !verifiable() {
        return;
    }
    let sandbox = Sandbox::new();
    std::fs::create_dir(sandbox.path("out")).unwrap();
    sandbox.write("modes.py", MODES);
    let server = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = server.local_addr().unwrap().port().to_string();
    let python = |rest: &[&'static str]| [&["/usr/bin/python3", "-S", "modes.py"], rest].concat();
    let learned = run(&sandbox, "learn modes", &python(&["seen"]));
    assert_eq!(learned.code, 0, "{learned}");
    let restrained = run(&sandbox, "run modes", &[]);
    assert_eq!(restrained.code, 0, "{restrained}");
    let mut connect = python(&["connect"]);
    connect.push(&port);
    for command in [
        connect,
        python(&["file", "elsewhere"]),
        python(&["secret"]),
        vec!["/usr/bin/id"],
    ] {
        let restrained = run(&sandbox, "run modes", &command);
        assert_ne!(restrained.code, 0, "{command:?}: {restrained}");
        assert!(
            restrained.err.contains("ermission denied"),
            "{command:?}: {restrained}"
        );
    }
    assert!(!sandbox.path("elsewhere").exists());
}

#[test]
fn what_runs_already_is_watched_by_the_name_of_its_cgroup() {
    if !verifiable() {
        return;
    }
    let sandbox = Sandbox::new();
    let name = format!("bartizan-test-running-{}", std::process::id());
    let cgroup = Cgroup::make(&name).unwrap();
    let script = "while :; do cat /etc/hostname > /dev/null; sleep 0.1; done";
    let mut service = cgroup
        .within(|| std::process::Command::new("/bin/sh").args(["-c", script]).spawn())
        .unwrap()
        .unwrap();
    let found = find(&name).unwrap();
    assert!(found.processes.contains(&service.id()), "{found:?}");
    assert_eq!(found.cgroup.unwrap().path(), cgroup.path());
    let learned = run(
        &sandbox,
        &format!("learn {} --for 3s --window 1s --file running.json", cgroup.path()),
        &[],
    );
    drop(cgroup);
    service.wait().unwrap();
    assert_eq!(learned.code, 0, "{learned}");
    let profile: serde_json::Value = serde_json::from_str(&sandbox.read("running.json")).unwrap();
    let windows = profile["extent"]["windows"].as_u64().unwrap();
    assert!((2..=4).contains(&windows), "{profile}");
    assert!(
        profile["calls"]["openat"]["windows"].as_u64().unwrap() >= 2,
        "{profile}"
    );
    assert_eq!(profile["files"]["/etc/hostname"]["read"], true, "{profile}");
    assert_eq!(profile["extent"]["starts"], 0, "its start was not seen");
}

#[test]
fn another_root_is_taken_as_it_is_and_not_changed() {
    if !verifiable() {
        return;
    }
    let sandbox = Sandbox::new();
    sandbox.write(
        "write.c",
        "#include <stdio.h>\nint main(void) { FILE *f = fopen(\"/srv/data/file\", \"w\"); return !f || fclose(f); }",
    );
    let root = sandbox.path("image");
    std::fs::create_dir_all(root.join("srv/data")).unwrap();
    let made = sandbox
        .program("cc")
        .args(["-static", "-o", "image/write", "write.c"])
        .status()
        .unwrap();
    assert!(made.success());
    // In this root the program writes where the profile lets it, which was learned from another one: under chroot(8).
    let image = root.display().to_string();
    let learned = run(&sandbox, "learn write", &["/usr/sbin/chroot", &image, "/write"]);
    assert_eq!(learned.code, 0, "{learned}");
    std::fs::remove_file(root.join("srv/data/file")).unwrap();
    let verified = run(&sandbox, &format!("verify write --rootfs {image}"), &["/write"]);
    assert_eq!(verified.code, 0, "{verified}");
    assert!(!root.join("srv/data/file").exists(), "it was changed");
}

#[test]
fn what_is_not_there_is_said() {
    let sandbox = Sandbox::new();
    let shown = run(&sandbox, "show nobody", &[]);
    assert_eq!(shown.code, 3, "{shown}");
    sandbox.write("broken.json", "{\"schema\": \"other\"}");
    let shown = run(&sandbox, "show nobody --file broken.json", &[]);
    assert_eq!(shown.code, 2, "{shown}");
    let shown = run(&sandbox, "show nobody --file /dev/zero", &[]);
    assert_eq!(shown.code, 2, "it never ends: {shown}");
    if !verifiable() {
        return;
    }
    let learned = run(&sandbox, "learn no-such-workload --for 1s", &[]);
    assert_eq!(learned.code, 3, "{learned}");
}
