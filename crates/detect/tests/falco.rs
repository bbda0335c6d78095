//! The rule files that Falco publishes: all of their rules run, and the stable ones fire on what they are about. The files are read where
//! `$BARTIZAN_CORPORA/falco-rules` has them, and never kept here.

#![allow(missing_docs)]
#![allow(
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "published files stand outside, and a test that cannot read them says so"
)]

mod common;

use std::path::PathBuf;
use std::sync::Arc;

use bartizan_detect::{Detector, Loader, Problem, Rules, Weight};
use common::{fired, told};

/// The files of the names given, or none, said aloud, where there are none.
fn published(names: &[&str]) -> Option<(Rules, Vec<Problem>)> {
    let Some(corpora) = std::env::var_os("BARTIZAN_CORPORA") else {
        eprintln!("skipped: BARTIZAN_CORPORA is not set, so that there are no published rules to read");
        return None;
    };
    let directory = PathBuf::from(corpora).join("falco-rules");
    let mut loader = Loader::new();
    for name in names {
        match std::fs::read_to_string(directory.join(name)) {
            // Some are written and off; those are to run, too.
            Ok(text) => loader.add(name, &text.replace("enabled: false", "enabled: true")),
            Err(error) => {
                eprintln!("skipped: {name} is not in {}: {error}", directory.display());
                return None;
            }
        };
    }
    Some(loader.finish())
}

fn errors(problems: &[Problem]) -> Vec<String> {
    let wrong = problems.iter().filter(|problem| problem.weight == Weight::Error);
    wrong.map(ToString::to_string).collect()
}

#[test]
fn every_published_rule_runs() {
    for (name, count) in [
        ("falco_rules.yaml", 25),
        ("falco-incubating_rules.yaml", 31),
        ("falco-sandbox_rules.yaml", 37),
    ] {
        let Some((rules, problems)) = published(&[name]) else {
            return;
        };
        assert_eq!(errors(&problems), Vec::<String>::new(), "{name}");
        assert_eq!(rules.all().len(), count, "{name}");
    }
}

#[test]
fn of_files_the_stable_rules_ask_only_for_some() {
    let Some((rules, _)) = published(&["falco_rules.yaml"]) else {
        return;
    };
    let opened = &rules.needs().calls["openat"];
    assert!(opened.success && opened.failure && opened.reading && opened.writing);
    assert!(!rules.needs().calls.contains_key("read"));
}

#[test]
fn stable_rules_fire_on_what_they_are_about() {
    let Some((rules, _)) = published(&["falco_rules.yaml"]) else {
        return;
    };
    let mut detector = Detector::new(Arc::new(rules));
    for (name, event) in STABLE {
        let event = told(event);
        let fired = fired(&mut detector, &event);
        assert!(fired.iter().any(|one| one == name), "{name}: {fired:?}");
        assert!(detector.rules().needs().cover(&event), "{name}");
    }
    let quiet = told("{call: openat, path: /usr/lib/libc.so.6, process: {name: cat, parents: [bash]}}");
    assert!(fired(&mut detector, &quiet).is_empty());
}

const STABLE: &[(&str, &str)] = &[
    (
        "Directory traversal monitored file read",
        "{call: openat, path: /etc/passwd, asked: ../../../../etc/passwd, process: {name: httpd}}",
    ),
    (
        "Read sensitive file trusted after startup",
        "{call: openat, path: /etc/shadow, process: {name: nginx}}",
    ),
    (
        "Read sensitive file untrusted",
        "{call: openat, path: /etc/shadow, process: {name: cat, parents: [bash]}}",
    ),
    (
        "Run shell untrusted",
        "{call: execve, process: {name: bash, parents: [nginx, systemd]}}",
    ),
    (
        "System user interactive",
        "{call: execve, process: {name: id, user: www-data, parents: [bash, sshd]}}",
    ),
    (
        "Terminal shell in container",
        "{call: execve, process: {name: bash, terminal: true, parents: [runc]}, container: {}}",
    ),
    (
        "Netcat Remote Code Execution in Container",
        "{call: execve, process: {name: nc, args: [10.0.0.1, '4444', -e, /bin/sh]}, container: {}}",
    ),
    (
        "Search Private Keys or Passwords",
        "{call: execve, process: {name: grep, args: [-r, 'BEGIN RSA PRIVATE', /]}}",
    ),
    (
        "Clear Log Activities",
        "{call: openat, path: /var/log/auth.log, flags: O_WRONLY|O_TRUNC, process: {name: sh}}",
    ),
    (
        "Remove Bulk Data from Disk",
        "{call: execve, process: {name: shred, args: [/dev/sda]}}",
    ),
    (
        "Create Symlink Over Sensitive Files",
        "{call: symlinkat, target: /etc/shadow, path: /tmp/x}",
    ),
    (
        "Create Hardlink Over Sensitive Files",
        "{call: linkat, target: /etc/shadow, path: /tmp/x}",
    ),
    (
        "Packet socket created in container",
        "{call: socket, family: 17, type: 3, container: {}}",
    ),
    (
        "Redirect STDOUT/STDIN to Network Connection in Container",
        "{call: dup2, result: 1, local: '10.0.0.5:40000', remote: '203.0.113.9:4444', container: {}}",
    ),
    (
        "Linux Kernel Module Injection Detected",
        "{call: finit_module, path: /tmp/x.ko, process: {name: insmod, capabilities: [CAP_SYS_MODULE]}, container: {}}",
    ),
    (
        "Debugfs Launched in Privileged Container",
        "{call: execve, process: {name: debugfs}, container: {privileged: true}}",
    ),
    (
        "Detect release_agent File Container Escapes",
        "{call: openat, path: /sys/fs/cgroup/release_agent, flags: O_WRONLY, process: {name: sh, capabilities: [CAP_SYS_ADMIN]}, container: {}}",
    ),
    (
        "PTRACE attached to process",
        "{call: ptrace, request: 16, process: {name: evil}}",
    ),
    (
        "PTRACE anti-debug attempt",
        "{call: ptrace, request: 0, process: {name: evil}}",
    ),
    (
        "Find AWS Credentials",
        "{call: execve, process: {name: grep, args: [-r, aws_secret_access_key, /root]}}",
    ),
    (
        "Execution from /dev/shm",
        "{call: execve, process: {name: x, argv0: /dev/shm/x, exe: /dev/shm/x}}",
    ),
    (
        "Drop and execute new binary in container",
        "{call: execve, process: {name: x, beside_image: true}, container: {}}",
    ),
    (
        "Disallowed SSH Connection Non Standard Port",
        "{call: connect, local: '10.0.0.5:40000', remote: '203.0.113.9:443', process: {name: ssh, argv0: /usr/bin/ssh}}",
    ),
    (
        "Fileless execution via memfd_create",
        "{call: execve, process: {name: x, exe: '/memfd:x', in_memory: true}}",
    ),
];

#[test]
fn a_connection_to_the_api_server_is_known_by_its_address() {
    let Some((rules, _)) = published(&["falco_rules.yaml"]) else {
        return;
    };
    let host = "kubernetes.default.svc.cluster.local";
    assert!(rules.host_names().iter().any(|name| **name == *host));
    let mut detector = Detector::new(Arc::new(rules));
    let connect = told(
        "{call: connect, local: '10.0.0.5:40000', remote: '10.96.0.1:443', process: {name: curl}, container: {}}",
    );
    assert!(fired(&mut detector, &connect).is_empty());
    detector.know([("10.96.0.1".parse().unwrap(), host.into())]);
    assert_eq!(
        fired(&mut detector, &connect),
        ["Contact K8S API Server From Container"]
    );
}
