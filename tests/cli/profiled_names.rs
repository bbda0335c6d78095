//! `bartizan profile`: names that a program asks a real server of DNS for, who connects to it, and what policies make of both.

#![allow(clippy::print_stderr)]

use std::path::{Path, PathBuf};
use std::process::{Child, Command};

use bartizan_sensor::learn::Cgroup;
use serde_json::{Value, json};

use crate::sandbox::{Answer, Sandbox};

/// In a network of its own with a resolver of its own: waits on three addresses, and connects to two of them by their names and to one without.
const CLIENT: &str = "
import socket, time
places = [('192.0.2.10', 5432), ('192.0.2.11', 443), ('192.0.2.12', 443)]
servers = [socket.create_server(place) for place in places]
time.sleep(1)
";

/// What is learned of a program that runs these lines behind [`CLIENT`].
fn learn(sandbox: &Sandbox, lines: &str) -> Answer {
    sandbox.write("resolv.conf", "nameserver 127.0.0.53\n");
    sandbox.write("client.py", &format!("{CLIENT}{lines}"));
    let script = "set -e; ip link set lo up; for last in 10 11 12; do ip addr add 192.0.2.$last/32 dev lo; done
        mount --bind resolv.conf /etc/resolv.conf
        /usr/sbin/dnsmasq --conf-file=/dev/null --no-resolv --no-hosts --user=root --pid-file= --bind-interfaces --listen-address=127.0.0.53 \
            --host-record=db.example.test,192.0.2.10 --host-record=edge.example.test,192.0.2.11 --cname=www.example.test,edge.example.test \
            --host-record=unused.example.test,192.0.2.99
        /usr/bin/python3 -S client.py";
    sandbox.run(&[
        "profile",
        "learn",
        "web",
        "--file",
        "web.json",
        "--",
        "unshare",
        "--net",
        "--mount",
        "--pid",
        "--fork",
        "--mount-proc",
        "/bin/bash",
        "-c",
        script,
    ])
}

fn can_ask() -> bool {
    let is_there = Path::new("/usr/sbin/dnsmasq").exists();
    if !crate::sandbox::is_root() || !is_there {
        eprintln!("skipped: names are asked for of Debian's dnsmasq, and workloads watched, as root");
    }
    crate::sandbox::is_root() && is_there
}

#[test]
fn addresses_have_the_names_that_were_asked_for() {
    if !can_ask() {
        return;
    }
    let sandbox = Sandbox::new();
    let learned = learn(
        &sandbox,
        "
for host, port in [('db.example.test', 5432), ('WWW.example.test', 443), ('192.0.2.12', 443)]:
    socket.create_connection((host, port)).close()
socket.getaddrinfo('unused.example.test', 80)
",
    );
    assert_eq!(learned.code, 0, "{learned}");
    let profile: Value = serde_json::from_str(&sandbox.read("web.json")).unwrap();
    let of = |name: &str| profile["names"][name].clone();
    assert_eq!(
        of("db.example.test"),
        json!(["192.0.2.10"]),
        "{}",
        profile["names"]
    );
    assert_eq!(
        of("www.example.test"),
        json!(["192.0.2.11"]),
        "{}",
        profile["names"]
    );
    let show = |format: &str| {
        let shown = sandbox.run(&["profile", "show", "web", "--file", "web.json", "-o", format]);
        assert_eq!(shown.code, 0, "{shown}");
        shown.out
    };
    let mesh = show("mesh");
    for (part, is_there) in [
        ("hosts: [\"db.example.test\"]", true),
        ("hosts: [\"www.example.test\"]", true),
        ("hosts: [\"web-443.seen.invalid\"]", true),
        ("addresses: [\"192.0.2.12\"]", true),
        ("unused", false),
        ("192.0.2.10", false),
    ] {
        assert_eq!(mesh.contains(part), is_there, "{part}: {mesh}");
    }
    let policy = show("networkpolicy");
    assert!(
        policy.contains("cidr: 192.0.2.10/32 # db.example.test\n"),
        "{policy}"
    );
    assert!(policy.contains("cidr: 192.0.2.12/32\n"), "{policy}");
}

#[test]
fn a_profile_of_an_earlier_version_is_read() {
    let sandbox = Sandbox::new();
    let mut profile = serde_json::to_value(bartizan_profile::Profile::new(
        "old",
        bartizan_profile::Architecture::X86_64,
    ))
    .unwrap();
    let parts = profile.as_object_mut().unwrap();
    for part in ["peers", "names", "pods", "labels"] {
        assert!(
            !parts.contains_key(part),
            "{part} is left out where there is none"
        );
    }
    sandbox.write("old.json", &profile.to_string());
    let shown = sandbox.run(&["profile", "show", "old", "--file", "old.json", "-o", "mesh"]);
    assert_eq!(shown.code, 0, "{shown}");
}

/// A process in the cgroup of a container of a pod, with a network of its own, and what containerd keeps of such a container.
struct Pod {
    process: Child,
    state: PathBuf,
    _cgroup: Cgroup,
}

impl Pod {
    fn start(name: &str, namespace: &str) -> Self {
        let id = format!("{:064x}", std::process::id());
        let state = Path::new("/run/containerd/io.containerd.runtime.v2.task/k8s.io").join(&id);
        std::fs::create_dir_all(&state).unwrap();
        let config = json!({"annotations": {
            "io.kubernetes.cri.container-name": "app",
            "io.kubernetes.cri.sandbox-name": name,
            "io.kubernetes.cri.sandbox-namespace": namespace,
        }});
        std::fs::write(state.join("config.json"), config.to_string()).unwrap();
        let cgroup = Cgroup::make(&format!("cri-containerd-{id}.scope")).unwrap();
        let mut command = Command::new("unshare");
        command.args(["--net", "sleep", "60"]);
        let process = cgroup.within(|| command.spawn()).unwrap().unwrap();
        Self {
            process,
            state,
            _cgroup: cgroup,
        }
    }
}

impl Drop for Pod {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = std::fs::remove_dir_all(&self.state);
    }
}

const SERVER: &str = "
import socket
server = socket.create_server(('10.77.0.1', 8080))
while server.accept()[0].recv(9) != b'end':
    pass
";

#[test]
fn callers_that_are_pods_of_this_host_are_known_as_such() {
    if !crate::sandbox::is_root() {
        eprintln!("skipped: networks are made, and workloads watched, as root");
        return;
    }
    let sandbox = Sandbox::new();
    let pod = Pod::start("front-5d9c", "shop");
    let process = pod.process.id();
    let script = format!(
        "set -e; ip link add name seen0 type veth peer name eth0 netns {process}; ip addr add 10.77.0.1/24 dev seen0; ip link set seen0 up
        nsenter -t {process} -n ip addr add 10.77.0.7/24 dev eth0; nsenter -t {process} -n ip link set eth0 up
        /usr/bin/python3 -S server.py & sleep 1
        nsenter -t {process} -n /usr/bin/python3 -S -c \"import socket; socket.create_connection(('10.77.0.1', 8080)).send(b'end')\"
        wait"
    );
    sandbox.write("server.py", SERVER);
    let learned = sandbox.run(&[
        "profile",
        "learn",
        "web",
        "--file",
        "web.json",
        "--",
        "unshare",
        "--net",
        "/bin/bash",
        "-c",
        &script,
    ]);
    assert_eq!(learned.code, 0, "{learned}");
    let profile: Value = serde_json::from_str(&sandbox.read("web.json")).unwrap();
    assert_eq!(
        profile["peers"]["tcp"]["8080"],
        json!(["10.77.0.7"]),
        "{}",
        profile["peers"]
    );
    assert_eq!(
        profile["pods"]["10.77.0.7"][0]["namespace"], "shop",
        "{}",
        profile["pods"]
    );
    let shown = sandbox.run(&["profile", "show", "web", "--file", "web.json", "-o", "mesh"]);
    assert!(shown.out.contains("namespaces: [\"shop\"]"), "{shown}");
    assert!(!shown.out.contains("10.77.0.7"), "{shown}");
}
