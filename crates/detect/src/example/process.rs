//! The process of an example, those that started it, and its container.

use std::sync::Arc;

use bartizan_document::{Node, Value};
use bartizan_model::runtime::{Container, Executable, Pod, Process, Terminal};

use super::{NOW, Says, Told, bit};

/// Number of the process; those of its parents are lower
pub(super) const PID: u32 = 1001;
const SECOND: u64 = 1_000_000_000;

pub(super) const CAPABILITIES: &[(&str, u64)] = &[
    ("CAP_DAC_OVERRIDE", 1 << 1),
    ("CAP_DAC_READ_SEARCH", 1 << 2),
    ("CAP_SETUID", 1 << 7),
    ("CAP_NET_ADMIN", 1 << 12),
    ("CAP_SYS_MODULE", 1 << 16),
    ("CAP_SYS_PTRACE", 1 << 19),
    ("CAP_SYS_ADMIN", 1 << 21),
    ("CAP_BPF", 1 << 39),
];
const KEYS: &[&str] = &[
    "name",
    "argv0",
    "args",
    "user",
    "real_user",
    "login",
    "exe",
    "age",
    "pid",
    "vpid",
    "group",
    "session",
    "beside_image",
    "in_memory",
    "writable",
    "cwd",
    "terminal",
    "capabilities",
    "parents",
];
const CONTAINER_KEYS: &[&str] = &[
    "id",
    "name",
    "runtime",
    "image",
    "tag",
    "privileged",
    "mounts",
    "namespace",
    "pod",
    "pod_uid",
    "service_account",
];

/// The process of a node, or one of which nothing is said.
pub(super) fn of(node: Option<&Node>, container: Option<&Arc<Container>>) -> Told<Arc<Process>> {
    let mut above = None;
    let parents = node.map(|node| node.items_of("parents")).unwrap_or_default();
    for (steps, parent) in parents.iter().enumerate().rev() {
        let number = PID - 1 - u32::try_from(steps).map_err(|error| error.to_string())?;
        above = Some(Arc::new(one(Some(parent), container, above, number)?));
    }
    let pid = node.map_or(Ok(PID), |node| Says(node).small("pid", PID))?;
    one(node, container, above, pid).map(Arc::new)
}

/// A process by its name alone, or by a map
fn one(
    node: Option<&Node>,
    container: Option<&Arc<Container>>,
    above: Option<Arc<Process>>,
    pid: u32,
) -> Told<Process> {
    let nothing = Node {
        value: Value::Map(Vec::new()),
        span: bartizan_document::Span::new(0, 0),
        tag: None,
    };
    let node = node.unwrap_or(&nothing);
    let says = Says(node);
    says.has_only(KEYS)?;
    let name = node.text().or(says.text("name")?).unwrap_or("program");
    let called = says.text("argv0")?.unwrap_or(name);
    let (user, user_name) = match node.get("user").map(|user| &user.value) {
        None => (0, "root"),
        Some(Value::Int(_)) => (says.small("user", 0)?, ""),
        Some(_) => match says.text("user")?.unwrap_or_default() {
            "root" => (0, "root"),
            other => (1000, other),
        },
    };
    let path = says
        .text("exe")?
        .map_or_else(|| format!("/usr/bin/{name}"), ToOwned::to_owned);
    let age = u64::from(says.small("age", 60)?);
    let mut process = Process {
        pid,
        inner_pid: says.small("vpid", pid)?,
        started: NOW - age * SECOND,
        parent_pid: above.as_ref().map_or(0, |above| above.pid),
        group: says.small("group", pid)?,
        session: says.small("session", pid)?,
        name: name.as_bytes().iter().copied().take(15).collect(),
        executable: Executable {
            path: path.as_bytes().into(),
            inode: 4711,
            beside_image: says.flag("beside_image")?,
            in_memory: says.flag("in_memory")?.unwrap_or(false),
            writable: says.flag("writable")?.unwrap_or(false),
            ..Executable::default()
        },
        arguments: std::iter::once(called)
            .chain(says.texts("args")?)
            .map(|one| one.as_bytes().into())
            .collect(),
        directory: says.text("cwd")?.unwrap_or("/").as_bytes().into(),
        terminal: says
            .flag("terminal")?
            .filter(|on| *on)
            .map(|_| Terminal { major: 136, minor: 1 }),
        container: container.cloned(),
        parent: above,
        ..Process::default()
    };
    process.user.id = says.small("real_user", user)?;
    process.user.effective = user;
    process.user.name = user_name.into();
    process.user.login = match node.get("login") {
        Some(_) => Some(says.small("login", 0)?),
        None => None,
    };
    for name in says.texts("capabilities")? {
        process.capabilities.effective |= bit(name, CAPABILITIES)?;
    }
    process.capabilities.permitted = process.capabilities.effective;
    Ok(process)
}

pub(super) fn container(node: &Node) -> Told<Container> {
    let says = Says(node);
    says.has_only(CONTAINER_KEYS)?;
    let own = |key: &str, default: &str| says.text(key).map(|text| Box::from(text.unwrap_or(default)));
    let mounts = says.texts("mounts")?.into_iter().map(|mount| {
        let (source, target) = mount
            .split_once(':')
            .ok_or_else(|| format!("`{mount}` is no mount: write SOURCE:TARGET"))?;
        Ok((source.into(), target.into()))
    });
    let pod = match says.text("namespace")? {
        Some(namespace) => Some(Pod {
            uid: own("pod_uid", "6f1c")?,
            name: own("pod", "web-1")?,
            namespace: namespace.into(),
            service_account: own("service_account", "default")?,
            ..Pod::default()
        }),
        None => None,
    };
    Ok(Container {
        id: own("id", "0123456789abcdef0123456789abcdef")?,
        name: own("name", "web")?,
        runtime: own("runtime", "containerd")?,
        image: own("image", "docker.io/library/nginx")?,
        tag: own("tag", "1.27")?,
        privileged: says.flag("privileged")?,
        mounts: mounts.collect::<Told<_>>()?,
        started: NOW - 60 * SECOND,
        pod,
        ..Container::default()
    })
}
