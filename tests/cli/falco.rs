//! The rules that the Falco project publishes (github.com/falcosecurity/rules, Apache-2.0), read where they lie and judged by what really happens.

#![allow(clippy::print_stderr)]

use crate::containers::{self, Container, Kept};
use crate::running::{done_unseen, told, watched, watched_by};
use crate::sandbox::Sandbox;
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// The files of rules below `$BARTIZAN_CORPORA/falco-rules`; None where they are not, which is said.
fn published() -> Option<PathBuf> {
    let folder =
        std::env::var_os("BARTIZAN_CORPORA").map(|corpora| PathBuf::from(corpora).join("falco-rules/rules"));
    let folder = folder.filter(|folder| folder.join("falco_rules.yaml").is_file());
    if folder.is_none() {
        eprintln!("skipped: falco_rules.yaml is not below $BARTIZAN_CORPORA/falco-rules/rules");
    }
    folder
}

#[test]
fn every_published_rule_is_understood() {
    let Some(folder) = published() else { return };
    let answer = Sandbox::new().run(&["agent", "--check", "--rules", folder.to_str().unwrap()]);
    assert_eq!(answer.code, 0, "{answer}");
    assert!(!answer.err.contains("does not run"), "{answer}");
}

#[test]
fn every_published_rule_is_tried() {
    let Some(folder) = published() else { return };
    let text = std::fs::read_to_string(folder.join("falco_rules.yaml")).unwrap();
    let published: BTreeSet<&str> = text
        .lines()
        .filter_map(|line| line.strip_prefix("- rule: "))
        .collect();
    let of_host = DEEDS.iter().map(|(rule, _)| *rule);
    let tried: BTreeSet<&str> = of_host.chain(TWINS.iter().map(|(rule, ..)| *rule)).collect();
    assert_eq!(published, tried);
}

/// What each rule about the host is to be seen by, as a line of shell in a folder of its own.
const DEEDS: &[(&str, &str)] = &[
    ("Read sensitive file untrusted", "cat /etc/shadow"),
    ("Create Symlink Over Sensitive Files", "ln -s /etc/shadow soft"),
    (
        "Create Hardlink Over Sensitive Files",
        "ln /etc/shadow hard; rm -f hard",
    ),
    ("Search Private Keys or Passwords", "find . -name id_rsa"),
    ("Remove Bulk Data from Disk", "touch x; shred -u x"),
    (
        "PTRACE anti-debug attempt",
        "python3 -c 'import ctypes; ctypes.CDLL(None).ptrace(0, 0, 0, 0)'",
    ),
    (
        "PTRACE attached to process",
        "sleep 9 & python3 -c \"import ctypes; ctypes.CDLL(None).ptrace(16, $!, 0, 0)\"; kill $!",
    ),
    (
        "Execution from /dev/shm",
        "d=$(mktemp -d -p /dev/shm); cp /bin/true $d/x; $d/x; rm -r $d",
    ),
    (
        "Fileless execution via memfd_create",
        "python3 -c \"import os; f=os.memfd_create('h'); os.write(f,open('/bin/true','rb').read()); os.execve('/proc/self/fd/%d'%f,['k'],{})\"",
    ),
    (
        "Clear Log Activities",
        "f=/var/log/bartizan-test-$$.log; echo x > $f; rm $f",
    ),
];

/// Where something is done.
#[derive(Clone, Copy)]
enum Place {
    Host,
    /// In a container of a pod
    Pod,
    /// In a terminal of that container
    Terminal,
    /// In a container of Docker that has all privileges
    Privileged,
}

/// A rule, where and by what it is to be seen, and what is alike and must not be told: a line of shell each.
type Twins = (&'static str, (Place, &'static str), (Place, &'static str));

/// The other rules that are stable. `$K8S` is the address of an API server.
const TWINS: &[Twins] = &[
    (
        "Directory traversal monitored file read",
        (Place::Host, "timeout 5 cat ../../../../../../../../etc/hostname"),
        (Place::Host, "timeout 5 cat /etc/hostname"),
    ),
    (
        "Read sensitive file trusted after startup",
        (
            Place::Host,
            "cp /usr/bin/python3 httpd; ./httpd -c 'import time; time.sleep(6); open(\"/etc/shadow\")'",
        ),
        (
            Place::Host,
            "cp /usr/bin/python3 httpd; ./httpd -c 'open(\"/etc/shadow\")'",
        ),
    ),
    (
        "Run shell untrusted",
        (
            Place::Host,
            "cp /usr/bin/python3 httpd; ./httpd -c 'import subprocess; subprocess.run([\"sh\", \"-c\", \"true\"])'",
        ),
        (
            Place::Host,
            "python3 -c 'import subprocess; subprocess.run([\"sh\", \"-c\", \"true\"])'",
        ),
    ),
    (
        "System user interactive",
        (
            Place::Host,
            "cp /usr/bin/python3 sshd; ./sshd -c 'import subprocess; subprocess.run([\"setpriv\", \"--reuid=daemon\", \"--clear-groups\", \"id\"])'",
        ),
        (Place::Host, "setpriv --reuid=daemon --clear-groups id"),
    ),
    (
        "Find AWS Credentials",
        (Place::Host, "grep -r aws_secret_access_key ."),
        (Place::Host, "grep -r aws_region ."),
    ),
    (
        "Disallowed SSH Connection Non Standard Port",
        (
            Place::Host,
            "unshare --net sh -c 'ip link set lo up; ip addr add 203.0.113.9/32 dev lo; timeout 9 python3 -c \"import socket; socket.create_server((str(),443)).accept()\" & timeout 9 ssh -o ConnectionAttempts=9 -p 443 203.0.113.9'",
        ),
        (
            Place::Host,
            "unshare --net sh -c 'ip link set lo up; ip addr add 203.0.113.9/32 dev lo; timeout 9 python3 -c \"import socket; socket.create_server((str(),22)).accept()\" & timeout 9 ssh -o ConnectionAttempts=9 -p 22 203.0.113.9'",
        ),
    ),
    (
        "Terminal shell in container",
        (Place::Terminal, "true"),
        (Place::Pod, "true"),
    ),
    (
        "Contact K8S API Server From Container",
        (Place::Pod, "busybox nc $K8S 6443"),
        (Place::Pod, "busybox nc 127.0.0.78 6443"),
    ),
    (
        "Netcat Remote Code Execution in Container",
        (
            Place::Pod,
            "ln -sf /usr/bin/busybox /tmp/nc; /tmp/nc -w 1 -e /bin/true 127.0.0.79 9",
        ),
        (
            Place::Pod,
            "ln -sf /usr/bin/busybox /tmp/nc; /tmp/nc -w 1 127.0.0.79 9",
        ),
    ),
    (
        "Packet socket created in container",
        (
            Place::Pod,
            "python3 -c 'import socket; socket.socket(socket.AF_PACKET, socket.SOCK_RAW)'",
        ),
        (
            Place::Pod,
            "python3 -c 'import socket; socket.socket(socket.AF_INET, socket.SOCK_RAW, 1)'",
        ),
    ),
    (
        "Redirect STDOUT/STDIN to Network Connection in Container",
        (
            Place::Pod,
            "python3 -c 'import socket,os; s=socket.create_server((\"127.0.0.1\", 0)); c=socket.create_connection(s.getsockname()); os.dup2(c.fileno(), 1)'",
        ),
        (
            Place::Pod,
            "python3 -c 'import socket,os; s=socket.create_server((\"127.0.0.1\", 0)); c=socket.create_connection(s.getsockname()); os.dup2(c.fileno(), 9)'",
        ),
    ),
    (
        "Linux Kernel Module Injection Detected",
        (Place::Privileged, "echo x > /tmp/x.ko; busybox insmod /tmp/x.ko"),
        (Place::Pod, "echo x > /tmp/x.ko; busybox insmod /tmp/x.ko"),
    ),
    (
        "Debugfs Launched in Privileged Container",
        (Place::Privileged, "debugfs -V"),
        (Place::Pod, "debugfs -V"),
    ),
    (
        "Detect release_agent File Container Escapes",
        (Place::Privileged, "echo /x > /tmp/release_agent"),
        (Place::Pod, "echo /x > /tmp/release_agent"),
    ),
    (
        "Drop and execute new binary in container",
        (Place::Pod, "cp /usr/bin/true /tmp/dropped; /tmp/dropped"),
        (Place::Pod, "/app/true"),
    ),
];

#[test]
fn published_rules_tell_of_what_they_are_about_and_not_of_its_twin() {
    let Some(folder) = published() else { return };
    if !containers::can_run() {
        return;
    }
    let sandbox = Sandbox::new();
    let pod = Container::start(&Kept::Pod("web-0", "shop", "docker.io/library/nginx:1.27"));
    let privileged = Container::start(&Kept::Docker("tool", "registry.example/tool:1", true));
    let api_server = "127.0.0.77";
    // The resolver of the agent knows the API server; nothing else on this host does.
    sandbox.write(
        "hosts",
        &format!("127.0.0.1 localhost\n{api_server} kubernetes.default.svc.cluster.local\n"),
    );
    let rules = folder.join("falco_rules.yaml");
    let agent = sandbox.bartizan(&[
        "agent",
        "--resolve",
        "--rules",
        rules.to_str().unwrap(),
        "-o",
        "json",
    ]);
    let mut apart = sandbox.program("unshare");
    apart.args([
        "--mount",
        "sh",
        "-c",
        "mount --bind hosts /etc/hosts; exec \"$@\"",
        "sh",
    ]);
    apart.arg(agent.get_program()).args(agent.get_args());
    let run = |(place, line): (Place, &str)| {
        let line = line.replace("$K8S", api_server);
        let mut command = match place {
            Place::Host => {
                let mut shell = Command::new("sh");
                shell.args(["-c", &line]);
                shell
            }
            Place::Pod => pod.command(&line),
            Place::Terminal => pod.in_terminal(&line),
            Place::Privileged => privileged.command(&line),
        };
        command.current_dir(sandbox.path(""));
        done_unseen(command)
    };
    let mut done = Vec::new();
    let answer = watched_by(&sandbox, apart, |_| {
        for (rule, deed, twin) in TWINS {
            done.push((rule, run(*deed), run(*twin)));
        }
    })
    .unwrap();
    assert_eq!(answer.code, 0, "{answer}");
    let told = told(&answer);
    let tells = |rule: &str, process: u64| told.get(&process).is_some_and(|rules| rules.contains(rule));
    let wrong: Vec<String> = done
        .iter()
        .filter_map(
            |(rule, deed, twin)| match (tells(rule, *deed), tells(rule, *twin)) {
                (true, false) => None,
                (fired, twin) => Some(format!("{rule}: tells of the deed: {fired}, of its twin: {twin}")),
            },
        )
        .collect();
    assert!(wrong.is_empty(), "{}\n{answer}", wrong.join("\n"));
    let of = |rule: &str| {
        answer
            .out
            .lines()
            .find(|line| line.contains(rule))
            .unwrap()
            .to_owned()
    };
    let netcat: Value = serde_json::from_str(&of("Netcat Remote")).unwrap();
    assert_eq!(
        netcat["container"]["image"], "docker.io/library/nginx:1.27",
        "{netcat}"
    );
    assert_eq!(netcat["container"]["pod"], "web-0", "{netcat}");
}

#[test]
fn published_rules_about_the_host_fire_on_what_really_happens() {
    let Some(folder) = published() else { return };
    let sandbox = Sandbox::new();
    let rules = folder.join("falco_rules.yaml");
    let Some(answer) = watched(
        &sandbox,
        &["agent", "--rules", rules.to_str().unwrap(), "-o", "json"],
        || {
            for (_, deed) in DEEDS {
                // Under a program that no rule trusts
                let done = Command::new("sh")
                    .args(["-c", deed])
                    .current_dir(sandbox.path(""))
                    .stdout(Stdio::null())
                    .status();
                done.unwrap();
            }
        },
    ) else {
        return;
    };
    let fired: BTreeSet<String> = answer
        .out
        .lines()
        .filter_map(|line| {
            Some(
                serde_json::from_str::<serde_json::Value>(line).ok()?["rule"]
                    .as_str()?
                    .to_owned(),
            )
        })
        .collect();
    let missing: Vec<&str> = DEEDS
        .iter()
        .map(|(rule, _)| *rule)
        .filter(|rule| !fired.contains(*rule))
        .collect();
    assert!(missing.is_empty(), "not fired: {missing:?}\n{answer}");
}
