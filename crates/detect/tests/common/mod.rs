//! Events from small documents, so that a test says what happens and nothing else:
//!
//! ```yaml
//! call: openat
//! path: /etc/shadow
//! flags: O_RDONLY
//! result: 3
//! process: { name: cat, args: [/etc/shadow], exe: /usr/bin/cat, user: root, parents: [bash, sshd] }
//! container: { image: docker.io/library/nginx }
//! ```

#![allow(dead_code, unreachable_pub, reason = "each test uses a part of it")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a wrong example ends the test"
)]

use std::net::SocketAddr;
use std::sync::Arc;

use bartizan_detect::{Detector, Loader, Problem, Rules, Weight};
use bartizan_document::{Dialect, Limits, Node, Value, read};
use bartizan_model::runtime::{
    Action, Certainty, Container, Endpoint, Event, Executable, File, FileKind, Object, Pod, Process, Role,
    Socket, SocketFamily, SocketKind, Terminal,
};

/// Noon of a day in 2027
pub const NOW: u64 = 1_800_000_000_000_000_000;

/// Events of a test live as long as it.
fn kept<T: Into<Box<[u8]>>>(bytes: T) -> &'static [u8] {
    Box::leak(bytes.into())
}

fn text<'n>(node: &'n Node, key: &str) -> Option<&'n str> {
    node.get(key).map(|value| {
        value
            .text()
            .unwrap_or_else(|| panic!("`{key}` is {}", value.kind()))
    })
}

fn path(node: &Node, key: &str) -> &'static [u8] {
    kept(text(node, key).unwrap_or_default().as_bytes())
}

fn number(node: &Node, key: &str, default: i64) -> i64 {
    node.get(key).map_or(default, |value| {
        value
            .int()
            .unwrap_or_else(|| panic!("`{key}` is {}", value.kind()))
    })
}

fn small(node: &Node, key: &str, default: u32) -> u32 {
    u32::try_from(number(node, key, default.into())).unwrap()
}

fn flag(node: &Node, key: &str) -> Option<bool> {
    node.get(key).map(|value| {
        value
            .bool()
            .unwrap_or_else(|| panic!("`{key}` is {}", value.kind()))
    })
}

/// Flags by their names, joined by `|`
fn flags(node: &Node, names: &[(&str, u64)]) -> u64 {
    match node.get("flags").map(|flags| &flags.value) {
        None => 0,
        Some(Value::Int(value)) => u64::try_from(*value).unwrap(),
        _ => {
            let given = text(node, "flags").unwrap().split('|');
            given
                .map(|one| {
                    names
                        .iter()
                        .find(|(name, _)| *name == one)
                        .unwrap_or_else(|| panic!("no flag {one}"))
                        .1
                })
                .fold(0, |all, one| all | one)
        }
    }
}

const OPEN: &[(&str, u64)] = &[
    ("O_RDONLY", 0),
    ("O_WRONLY", 1),
    ("O_RDWR", 2),
    ("O_CREAT", 0o100),
    ("O_EXCL", 0o200),
    ("O_TRUNC", 0o1000),
    ("O_APPEND", 0o2000),
    ("O_DIRECTORY", 0o200_000),
    ("O_NOFOLLOW", 0o400_000),
    ("O_CLOEXEC", 0o2_000_000),
    ("O_TMPFILE", 0o20_200_000),
];
const NAMESPACES: &[(&str, u64)] = &[
    ("CLONE_NEWNS", 0x2_0000),
    ("CLONE_NEWUSER", 0x1000_0000),
    ("CLONE_NEWPID", 0x2000_0000),
    ("CLONE_NEWNET", 0x4000_0000),
];
const MOUNT: &[(&str, u64)] = &[("RDONLY", 1), ("BIND", 0x1000), ("REMOUNT", 0x20)];
const CAPABILITIES: &[(&str, u64)] = &[
    ("CAP_DAC_OVERRIDE", 1 << 1),
    ("CAP_DAC_READ_SEARCH", 1 << 2),
    ("CAP_SETUID", 1 << 7),
    ("CAP_NET_ADMIN", 1 << 12),
    ("CAP_SYS_MODULE", 1 << 16),
    ("CAP_SYS_PTRACE", 1 << 19),
    ("CAP_SYS_ADMIN", 1 << 21),
    ("CAP_BPF", 1 << 39),
];

fn bits(node: &Node, key: &str, names: &[(&str, u64)]) -> u64 {
    let given = node.items_of(key).iter().map(|one| one.text().unwrap());
    given
        .map(|one| {
            names
                .iter()
                .find(|(name, _)| *name == one)
                .unwrap_or_else(|| panic!("no {one}"))
                .1
        })
        .fold(0, |all, one| all | one)
}

fn container(node: &Node) -> Container {
    let own = |key: &str, default: &str| Box::from(text(node, key).unwrap_or(default));
    let mounts = node.items_of("mounts").iter().map(|mount| {
        let (source, target) = mount.text().unwrap().split_once(':').unwrap();
        (source.into(), target.into())
    });
    Container {
        id: own("id", "0123456789abcdef0123456789abcdef"),
        name: own("name", "web"),
        runtime: own("runtime", "containerd"),
        image: own("image", "docker.io/library/nginx"),
        tag: own("tag", "1.27"),
        privileged: flag(node, "privileged"),
        mounts: mounts.collect(),
        started: NOW - 60_000_000_000,
        pod: text(node, "namespace").map(|namespace| Pod {
            uid: own("pod_uid", "6f1c"),
            name: own("pod", "web-1"),
            namespace: namespace.into(),
            service_account: own("service_account", "default"),
            ..Pod::default()
        }),
        ..Container::default()
    }
}

/// A process by its name alone, or by a map
fn process(
    node: &Node,
    container: Option<&Arc<Container>>,
    above: Option<Arc<Process>>,
    pid: u32,
) -> Process {
    let name = node.text().or_else(|| text(node, "name")).unwrap_or("program");
    let called = text(node, "argv0").unwrap_or(name);
    let args = node.items_of("args").iter().map(|one| one.text().unwrap());
    let user = match node.get("user").map(|user| &user.value) {
        Some(Value::Int(id)) => (u32::try_from(*id).unwrap(), ""),
        Some(Value::Text(name)) if **name == *"root" => (0, "root"),
        Some(Value::Text(name)) => (1000, &**name),
        _ => (0, "root"),
    };
    let file = text(node, "exe").map_or_else(|| format!("/usr/bin/{name}"), ToOwned::to_owned);
    let mut process = Process {
        pid,
        inner_pid: small(node, "vpid", pid),
        started: NOW - u64::try_from(number(node, "age", 60)).unwrap() * 1_000_000_000,
        parent_pid: above.as_ref().map_or(0, |above| above.pid),
        group: small(node, "group", pid),
        session: small(node, "session", pid),
        name: name.as_bytes().iter().copied().take(15).collect(),
        executable: Executable {
            path: file.as_bytes().into(),
            inode: 4711,
            beside_image: flag(node, "beside_image"),
            in_memory: flag(node, "in_memory").unwrap_or(false),
            writable: flag(node, "writable").unwrap_or(false),
            ..Executable::default()
        },
        arguments: std::iter::once(called)
            .chain(args)
            .map(|one| one.as_bytes().into())
            .collect(),
        directory: text(node, "cwd").unwrap_or("/").as_bytes().into(),
        terminal: flag(node, "terminal")
            .filter(|on| *on)
            .map(|_| Terminal { major: 136, minor: 1 }),
        container: container.cloned(),
        parent: above,
        ..Process::default()
    };
    process.user.id = small(node, "real_user", user.0);
    process.user.effective = user.0;
    process.user.name = user.1.into();
    process.user.login = node
        .get("login")
        .and_then(Node::int)
        .map(|id| u32::try_from(id).unwrap());
    process.capabilities.effective = bits(node, "capabilities", CAPABILITIES);
    process.capabilities.permitted = process.capabilities.effective;
    process
}

fn endpoint(node: &Node, key: &str) -> Option<Endpoint> {
    let address: SocketAddr = text(node, key)?.parse().unwrap();
    Some(Endpoint {
        address: address.ip(),
        port: address.port(),
    })
}

fn socket(node: &Node, role: Role) -> Socket<'static> {
    let (local, remote) = (endpoint(node, "local"), endpoint(node, "remote"));
    let unix = path(node, "unix");
    let sixth = [local, remote]
        .into_iter()
        .flatten()
        .any(|end| end.address.is_ipv6());
    let udp = text(node, "transport") == Some("udp");
    Socket {
        family: match (unix.is_empty(), sixth) {
            (false, _) => SocketFamily::Unix,
            (_, true) => SocketFamily::V6,
            _ => SocketFamily::V4,
        },
        kind: if udp {
            SocketKind::Datagram
        } else {
            SocketKind::Stream
        },
        protocol: if !unix.is_empty() {
            0
        } else if udp {
            17
        } else {
            6
        },
        local,
        remote,
        path: unix,
        role,
    }
}

fn action(call: &str, node: &Node, result: i64) -> Action<'static> {
    let descriptor = u32::try_from(result).ok();
    let own = path(node, "path");
    let kind = match text(node, "kind") {
        Some("directory") => FileKind::Directory,
        Some("device") => FileKind::Device,
        _ => FileKind::Regular,
    };
    let file = File {
        path: own,
        kind,
        inode: 12,
        ..File::default()
    };
    match call {
        "execve" | "execveat" => Action::Execute { asked: own },
        "clone" | "fork" | "vfork" => Action::Fork { child: 4242 },
        "procexit" => Action::Exit { code: 0, signal: 0 },
        "open" | "openat" | "openat2" | "creat" => Action::Open {
            file,
            asked: text(node, "asked").map_or(own, |asked| kept(asked.as_bytes())),
            flags: u32::try_from(flags(node, OPEN)).unwrap(),
            mode: small(node, "mode", 0),
            descriptor,
        },
        "unlink" | "unlinkat" | "rmdir" => Action::Unlink {
            path: own,
            directory: call == "rmdir",
        },
        "rename" | "renameat" | "renameat2" => Action::Rename {
            from: path(node, "from"),
            to: path(node, "to"),
        },
        "link" | "linkat" => Action::Link {
            target: path(node, "target"),
            path: own,
        },
        "symlink" | "symlinkat" => Action::Symlink {
            target: path(node, "target"),
            path: own,
        },
        "mkdir" | "mkdirat" => Action::MakeDirectory {
            path: own,
            mode: 0o755,
        },
        "chmod" | "fchmod" | "fchmodat" => Action::ChangeMode {
            path: own,
            mode: small(node, "mode", 0o644),
        },
        "chown" | "fchown" | "lchown" | "fchownat" => Action::ChangeOwner {
            path: own,
            user: small(node, "to_user", 0),
            group: small(node, "to_group", 0),
        },
        "mount" => Action::Mount {
            source: path(node, "source"),
            target: own,
            kind: path(node, "filesystem"),
            flags: flags(node, MOUNT),
        },
        "umount2" => Action::Unmount { target: own },
        "memfd_create" => Action::MemoryFile {
            name: own,
            flags: 1,
            descriptor,
        },
        "ptrace" => Action::Trace {
            request: u64::try_from(number(node, "request", 16)).unwrap(),
            target: 99,
        },
        "init_module" | "finit_module" => Action::LoadModule { name: own },
        "bpf" => Action::Bpf {
            command: small(node, "command", 5),
        },
        "setuid" | "setreuid" | "setresuid" => Action::SetUser {
            user: small(node, "to_user", 0),
        },
        "setgid" | "setregid" | "setresgid" => Action::SetGroup {
            group: small(node, "to_group", 0),
        },
        "capset" => Action::SetCapabilities {
            effective: bits(node, "effective", CAPABILITIES),
        },
        "unshare" | "setns" => Action::Namespaces {
            flags: flags(node, NAMESPACES),
        },
        "socket" => Action::Socket {
            family: small(node, "family", 2),
            kind: small(node, "type", 1),
            protocol: 0,
            descriptor,
        },
        _ => on_socket(call, node, descriptor, file),
    }
}

fn on_socket(call: &str, node: &Node, descriptor: Option<u32>, file: File<'static>) -> Action<'static> {
    let fd = small(node, "fd", 3);
    match call {
        "connect" => Action::Connect {
            socket: socket(node, Role::Client),
            descriptor: fd,
        },
        "accept" | "accept4" => Action::Accept {
            socket: socket(node, Role::Server),
            descriptor,
        },
        "bind" => Action::Bind {
            socket: socket(node, Role::Server),
            descriptor: fd,
        },
        "listen" => Action::Listen {
            socket: socket(node, Role::Server),
            descriptor: fd,
        },
        "sendto" | "sendmsg" => Action::Send {
            socket: socket(node, Role::Client),
            descriptor: fd,
            question: path(node, "question"),
        },
        "dup" | "dup2" | "dup3" => Action::Duplicate {
            object: if node.get("remote").is_some() {
                Object::Socket(socket(node, Role::Client))
            } else {
                Object::File(file)
            },
            from: fd,
            to: descriptor,
        },
        _ => Action::Other,
    }
}

/// The event of one document
pub fn event(node: &Node) -> Event<'static> {
    let known = [
        "call",
        "result",
        "path",
        "asked",
        "flags",
        "mode",
        "kind",
        "from",
        "to",
        "target",
        "source",
        "filesystem",
        "request",
        "command",
        "to_user",
        "to_group",
        "effective",
        "family",
        "type",
        "local",
        "remote",
        "unix",
        "transport",
        "fd",
        "question",
        "process",
        "container",
        "ring",
        "number",
    ];
    for entry in node.entries() {
        assert!(
            known.contains(&&*entry.key),
            "an example says `{}`, which no event has",
            entry.key
        );
    }
    let call: &'static str = Box::leak(text(node, "call").expect("an event has a call").into());
    let result = number(node, "result", if call.starts_with("open") { 3 } else { 0 });
    let container = node.get("container").map(container).map(Arc::new);
    let nothing = Node {
        value: Value::Map(Vec::new()),
        span: node.span,
        tag: None,
    };
    let own = node.get("process").unwrap_or(&nothing);
    let mut above = None;
    let parents = own.items_of("parents");
    for (index, parent) in parents.iter().enumerate().rev() {
        let pid = 1000 - u32::try_from(index).unwrap();
        above = Some(Arc::new(process(parent, container.as_ref(), above, pid)));
    }
    Event {
        time: NOW,
        number: u64::try_from(number(node, "number", 1)).unwrap(),
        cpu: 0,
        thread: 1001,
        call,
        by_ring: flag(node, "ring").unwrap_or(false),
        result,
        action: action(call, node, result),
        certainty: Certainty::Sure,
        process: Arc::new(process(own, container.as_ref(), above, small(own, "pid", 1001))),
    }
}

/// The tree of a text in YAML
pub fn yaml(text: &str) -> Node {
    let mut stream = read(text, Dialect::Core, Limits::default());
    assert!(stream.errors.is_empty(), "{:?} in {text}", stream.errors);
    stream.documents.remove(0).root
}

/// The event of a text in YAML
pub fn told(text: &str) -> Event<'static> {
    event(&yaml(text))
}

/// The rules of a text, and what is said of it
pub fn load(text: &str) -> (Rules, Vec<Problem>) {
    let mut loader = Loader::new();
    loader.add("rules.yaml", text);
    loader.finish()
}

/// A detector with one rule, which is called `R`
pub fn rule(condition: &str) -> Detector {
    let condition = condition.replace('\n', " ");
    let rule =
        format!("- rule: R\n  desc: d\n  condition: >\n    {condition}\n  output: o\n  priority: INFO\n");
    let (rules, problems) = load(&rule);
    let wrong: Vec<_> = problems
        .iter()
        .filter(|one| one.weight == Weight::Error)
        .collect();
    assert!(wrong.is_empty(), "{wrong:?} of {condition}");
    Detector::new(Arc::new(rules))
}

/// Names of the rules that fire for an event
pub fn fired(detector: &mut Detector, event: &Event<'_>) -> Vec<String> {
    let ids = detector.judge(event).to_vec();
    let rules = ids.iter().filter_map(|id| detector.rules().get(*id));
    rules.map(|rule| rule.name.to_string()).collect()
}
