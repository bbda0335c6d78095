//! `bartizan profile show -o selinux`: what a program did with labelled files and ports becomes a module, which is compiled together with Debian's policy
//! and asked what it allows.

#![allow(clippy::print_stderr)]

use std::path::Path;

use crate::sandbox::Sandbox;

/// What container-selinux brings beside Debian's policy, which has no containers: the block that modules inherit from, cut down to a domain that is given nothing.
const CONTAINERS: &str = "
(block container
    (type process)
    (roletype system_r process)
    (typeattributeset domain (process)))
";

/// In a network of its own: waits on two ports and connects to both, reads a file and makes one.
const SERVER: &str = "
import os, socket
def served(port):
    server = socket.socket()
    server.bind(('0.0.0.0', port))
    server.listen()
    socket.create_connection(('127.0.0.1', port)).close()
served(8443)
served(8444)
open('data/page').read()
open('logs/run.log', 'w').write('x')
os.rename('logs/run.log', 'logs/run.log.1')
os.unlink('logs/run.log.1')
";

/// Where Debian keeps the base of its policy, and what turns its form into CIL
const BASE: &str = "/usr/share/selinux/default/base.pp.bz2";
const CONVERTER: &str = "/usr/libexec/selinux/hll/pp";

/// Whether modules can be compiled and asked here; says why not.
fn compilable() -> bool {
    let tools = ["/usr/bin/secilc", "/usr/bin/sesearch", "/usr/sbin/semanage"];
    let missing: Vec<&str> = tools
        .into_iter()
        .chain([BASE, CONVERTER])
        .filter(|path| !Path::new(path).exists())
        .collect();
    if !crate::sandbox::is_root() {
        eprintln!("skipped: files are labelled, and workloads watched, as root");
        return false;
    }
    if !missing.is_empty() {
        eprintln!(
            "skipped: {} is not there; scripts/setup.sh test installs it",
            missing.join(", ")
        );
    }
    missing.is_empty()
}

fn shell(sandbox: &Sandbox, script: &str) -> String {
    let output = sandbox
        .program("/bin/bash")
        .args(["-ec", script])
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{script}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Compiles a module together with the base of Debian's policy; who logs in as whom is no part of what the kernel loads.
fn compile(sandbox: &Sandbox, module: &str) {
    sandbox.write("containers.cil", CONTAINERS);
    shell(
        sandbox,
        &format!(
            "bzcat {BASE} > base.pp; {CONVERTER} base.pp | grep -v '^(selinuxuser' > base.cil; secilc -o policy -f contexts base.cil containers.cil {module}"
        ),
    );
}

/// Permissions that the domain of a module has on a type, by classes; none is no line.
fn allowed(sandbox: &Sandbox, domain: &str, kind: &str) -> String {
    shell(
        sandbox,
        &format!("sesearch --allow -s {domain} -t {kind} -ds -dt policy"),
    )
}

fn has(rules: &str, class: &str, permission: &str) -> bool {
    rules.lines().any(|rule| {
        rule.split_once(':').is_some_and(|(_, rest)| {
            let mut words = rest.split(|character: char| !(character.is_alphanumeric() || character == '_'));
            words.next() == Some(class) && words.any(|word| word == permission)
        })
    })
}

#[test]
fn a_module_allows_the_types_that_were_seen_and_no_others() {
    if !compilable() {
        return;
    }
    let sandbox = Sandbox::new();
    sandbox.write("data/page", "hello");
    std::fs::create_dir(sandbox.path("logs")).unwrap();
    shell(
        &sandbox,
        "python3 -c \"import os
for path, kind in [('data', 'public_content_t'), ('data/page', 'public_content_t'), ('logs', 'var_log_t')]:
    os.setxattr(path, 'security.selinux', f'system_u:object_r:{kind}:s0'.encode() + bytes(1))\"",
    );
    let script = format!("ip link set lo up && exec /usr/bin/python3 -S -c \"{SERVER}\"");
    let learned = sandbox.run(&[
        "profile", "learn", "web", "--", "unshare", "--net", "/bin/sh", "-c", &script,
    ]);
    assert_eq!(learned.code, 0, "{learned}");
    let shown = sandbox.run(&["profile", "show", "web", "-o", "selinux=web.cil"]);
    // The rest of this host bears no labels, which is said.
    assert_eq!(shown.code, 4, "{shown}");
    let module = sandbox.read("web.cil");
    assert!(
        module
            .lines()
            .any(|line| line.starts_with("; Not known: the type of /usr/bin/python3")),
        "{module}"
    );
    assert!(!module.contains("Not known: the type of TCP port"), "{module}");
    compile(&sandbox, "web.cil");
    let of = |kind: &str| allowed(&sandbox, "bartizan_web.process", kind);
    for (kind, class, seen, unseen) in [
        ("public_content_t", "file", "read", "write"),
        ("public_content_t", "file", "map", "execute"),
        ("public_content_t", "dir", "search", "add_name"),
        ("var_log_t", "file", "create", "execute"),
        ("var_log_t", "file", "unlink", "relabelto"),
        ("var_log_t", "dir", "remove_name", "rmdir"),
        ("http_port_t", "tcp_socket", "name_bind", "append"),
        ("unreserved_port_t", "tcp_socket", "name_connect", "append"),
        ("node_t", "tcp_socket", "node_bind", "append"),
        ("bartizan_web.process", "tcp_socket", "accept", "relabelto"),
    ] {
        let rules = of(kind);
        assert!(has(&rules, class, seen), "{kind} {class} {seen}: {rules}");
        assert!(!has(&rules, class, unseen), "{kind} {class} {unseen}: {rules}");
    }
    for kind in [
        "etc_t",
        "shadow_t",
        "var_lib_t",
        "postgresql_port_t",
        "dns_port_t",
        "unconfined_t",
    ] {
        let exists = std::fs::read_to_string(sandbox.path("base.cil"))
            .unwrap()
            .contains(&format!("(type {kind})"));
        assert!(!exists || of(kind).is_empty(), "{kind}: {}", of(kind));
    }
    assert!(!has(&of("http_port_t"), "udp_socket", "name_bind"));
}

#[test]
fn the_types_of_well_known_ports_are_those_of_a_real_policy() {
    if !compilable() {
        return;
    }
    let sandbox = Sandbox::new();
    let learned = sandbox.run(&[
        "profile",
        "learn",
        "ports",
        "--file",
        "ports.json",
        "--",
        "/bin/true",
    ]);
    assert_eq!(learned.code, 0, "{learned}");
    let mut profile: serde_json::Value = serde_json::from_str(&sandbox.read("ports.json")).unwrap();
    let all = |last: u32| {
        let ports = (1..=last).map(|port| (port.to_string(), serde_json::json!(["10.0.0.1"])));
        serde_json::Value::Object(ports.collect())
    };
    profile["connects"] = serde_json::json!({"tcp": all(65_535)});
    profile["listens"] = serde_json::json!({"udp": all(1023)});
    sandbox.write("ports.json", &profile.to_string());
    let show = |path: Option<&str>| {
        let mut command = sandbox.bartizan(&[
            "profile",
            "show",
            "ports",
            "--file",
            "ports.json",
            "-o",
            "selinux",
        ]);
        if let Some(path) = path {
            command.env("PATH", path);
        }
        sandbox.answer(command.output().unwrap()).out
    };
    let (real, known) = (show(None), show(Some("/nonexistent")));
    let rules = |text: &str| {
        text.lines()
            .filter(|line| line.contains("_port_t "))
            .map(str::to_owned)
            .collect::<std::collections::BTreeSet<_>>()
    };
    assert!(rules(&known).len() >= 14, "{known}");
    assert!(rules(&known).is_subset(&rules(&real)), "{known}\n{real}");
}
