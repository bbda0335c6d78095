//! Edits that make a pod keep to a rule, where they are safe.
//!
//! In: the text of a manifest, a pod in it, the rule that it breaks. Out: edits, or none where a person must decide. Safe is what takes away
//! rights that the pod shows no sign of using: what somebody wrote on purpose (`privileged: true`, a capability, a namespace or a path of the
//! node, `Unconfined`) is left to them.

use crate::kube::{Container, Pod};
use bartizan_document::Node;
use bartizan_document::edit::{self, Edit, New};

/// The edits that make a pod keep to a rule; none where no edit is safe.
pub(crate) fn edits(text: &str, pod: Pod<'_>, rule: &str) -> Vec<Edit> {
    let edits = match rule.rsplit('/').next().unwrap_or_default() {
        "allow-privilege-escalation" => of_containers(pod, |container| escalation(text, container)),
        "capabilities" => of_containers(pod, |container| capabilities(text, pod, container)),
        "seccomp-profile" => seccomp(text, pod),
        "run-as-non-root" => non_root(text, pod),
        _ => None,
    };
    edits.unwrap_or_default()
}

/// The edits of every container, or none where one of them is not to be edited.
fn of_containers<'o>(pod: Pod<'o>, one: impl Fn(Container<'o>) -> Option<Vec<Edit>>) -> Option<Vec<Edit>> {
    let all: Option<Vec<Vec<Edit>>> = pod.containers().map(one).collect();
    let mut all: Vec<Edit> = all?.into_iter().flatten().collect();
    // Containers that share their text by an alias share the edit.
    all.sort_by_key(|(range, _)| range.start);
    all.dedup();
    Some(all)
}

fn context<'o>(node: &'o Node, way: &[&str]) -> Option<&'o Node> {
    node.get("securityContext")?
        .at(way)
        .filter(|value| !value.is_null())
}

fn adds(container: Container<'_>) -> Vec<&str> {
    let list = context(container.node, &["capabilities", "add"]);
    let items = list.map_or(&[][..], Node::items).iter();
    items.filter_map(Node::text).collect()
}

fn escalation(text: &str, container: Container<'_>) -> Option<Vec<Edit>> {
    let way = ["securityContext", "allowPrivilegeEscalation"];
    if container.node.at(&way).and_then(Node::bool) == Some(false) {
        return Some(Vec::new());
    }
    // The API server refuses `false` beside these.
    let is_privileged =
        context(container.node, &["privileged"]).is_some_and(|node| node.bool() != Some(false));
    let is_admin = adds(container)
        .iter()
        .any(|name| matches!(name.trim_start_matches("CAP_"), "SYS_ADMIN" | "ALL"));
    if is_privileged || is_admin {
        return None;
    }
    edit::set(text, container.node, &way, New::scalar("false")).map(|edit| vec![edit])
}

/// Dropping all changes nothing for a user who has none of them in force, or where nothing but a port below 1024 is asked for.
fn capabilities(text: &str, pod: Pod<'_>, container: Container<'_>) -> Option<Vec<Edit>> {
    let added = adds(container);
    let way = ["securityContext", "capabilities", "drop"];
    let drop = container.node.at(&way).filter(|node| !node.is_null());
    if added.iter().any(|name| *name != "NET_BIND_SERVICE") {
        return None;
    }
    if drop.is_some_and(|list| list.items().iter().any(|item| item.text() == Some("ALL"))) {
        return Some(Vec::new());
    }
    let is_privileged =
        context(container.node, &["privileged"]).is_some_and(|node| node.bool() != Some(false));
    if is_privileged || !runs_as_user(pod, container) {
        return None;
    }
    let edit = match drop {
        Some(list) => edit::append(text, list, "ALL"),
        None => edit::set(text, container.node, &way, New::List(vec!["ALL".to_owned()])),
    };
    edit.map(|edit| vec![edit])
}

/// Whether a container says that it does not run as root.
fn runs_as_user(pod: Pod<'_>, container: Container<'_>) -> bool {
    let of = |key: &str| context(container.node, &[key]).or_else(|| context(pod.spec, &[key]));
    match of("runAsUser") {
        Some(user) => user.int().is_some_and(|user| user > 0),
        None => of("runAsNonRoot").and_then(Node::bool) == Some(true),
    }
}

/// The profile of the runtime, where nothing is said; it is what containers have outside of Kubernetes.
fn seccomp(text: &str, pod: Pod<'_>) -> Option<Vec<Edit>> {
    let says = |node: &Node| context(node, &["seccompProfile"]).is_some();
    let privileged = |container: Container<'_>| {
        context(container.node, &["privileged"]).is_some_and(|node| node.bool() != Some(false))
    };
    if says(pod.spec)
        || pod
            .containers()
            .any(|container| says(container.node) || privileged(container))
    {
        return None;
    }
    let way = ["securityContext", "seccompProfile", "type"];
    edit::set(text, pod.spec, &way, New::scalar("RuntimeDefault")).map(|edit| vec![edit])
}

/// Only where every container runs by the number of a user: else the image may be one that runs as root, and would not start.
fn non_root(text: &str, pod: Pod<'_>) -> Option<Vec<Edit>> {
    let by_number = |container: Container<'_>| {
        let user = context(container.node, &["runAsUser"]).or_else(|| context(pod.spec, &["runAsUser"]));
        user.and_then(Node::int).is_some_and(|user| user > 0)
    };
    let says = |node: &Node| context(node, &["runAsNonRoot"]).is_some();
    if says(pod.spec) || !pod.containers().all(by_number) || pod.containers().any(|one| says(one.node)) {
        return None;
    }
    let way = ["securityContext", "runAsNonRoot"];
    edit::set(text, pod.spec, &way, New::scalar("true")).map(|edit| vec![edit])
}
