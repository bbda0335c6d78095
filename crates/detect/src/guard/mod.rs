//! Files of policies: what must not happen on a host, as data.
//!
//! In: the text of a file. Out: [`Policy`]s, or every problem with its line and a way out. A file with a problem gives none: a policy that lost a
//! word forbids something else than its author meant. `docs/guarding.md` describes the format.

mod files;
mod peer;
mod read;

use bartizan_document::{Dialect, Limits, Node};
use bartizan_model::guard::{Action, Mode, POLICIES_MAX, Policy, Rules, Workload};

use crate::problem::Problem;
use read::{Reader, shown};

/// Nodes of one file at most
const NODES: usize = 100_000;
/// Levels of nesting at most
const DEPTH: usize = 16;

const KEYS: [&str; 1] = ["policies"];
const OF_POLICY: [&str; 5] = ["name", "workloads", "mode", "action", "rules"];
const OF_WORKLOAD: [&str; 6] = ["image", "namespace", "labels", "cgroup", "unit", "host"];
const OF_RULES: [&str; 7] = [
    "exec",
    "write",
    "modules",
    "ptrace_others",
    "mount",
    "connect",
    "bpf",
];
const OF_EXEC: [&str; 4] = ["changed", "memory", "writable_places", "only"];
const ONLY: [&str; 1] = ["only"];
const OF_BPF: [&str; 4] = ["only", "manifest", "key", "signed"];

/// Reads a file of policies. `name` is what problems call it.
///
/// # Errors
/// Every problem there is, in the order of the file.
pub fn policies(name: &str, text: &str) -> Result<Vec<Policy>, Vec<Problem>> {
    let limits = Limits {
        nodes: NODES,
        depth: DEPTH,
    };
    let stream = bartizan_document::read(text, Dialect::Core, limits);
    let mut reader = Reader::new(name, text);
    for error in &stream.errors {
        reader.wrong_at(
            error.at.start as usize,
            format!("the file cannot be read as YAML from here on: {}", error.message),
            "mend it: nothing of a file with a problem is in force",
        );
    }
    let mut policies: Vec<Policy> = Vec::new();
    for document in &stream.documents {
        for twice in &document.duplicates {
            reader.wrong_at(
                twice.at.start as usize,
                twice.message.clone(),
                "write each key once",
            );
        }
        reader.keys(&document.root, "a file of policies", &KEYS);
        for node in reader.list(&document.root, "policies") {
            let policy = policy(&mut reader, node);
            if policies.iter().any(|other| other.name == policy.name) {
                reader.wrong(
                    node,
                    format!("there are two policies `{}`", shown(&policy.name)),
                    "give each its own name: alerts are told by it",
                );
            }
            policies.push(policy);
        }
    }
    if policies.len() > POLICIES_MAX {
        reader.wrong_at(
            0,
            format!(
                "{} policies are more than the {POLICIES_MAX} that the kernel is told of",
                policies.len()
            ),
            "put together those that hold for the same workloads",
        );
    }
    if policies.is_empty() {
        reader.wrong_at(0, "there is no policy".to_owned(), "begin with `policies:`");
    }
    reader.finish().map(|()| policies)
}

fn policy(reader: &mut Reader<'_>, node: &Node) -> Policy {
    reader.keys(node, "a policy", &OF_POLICY);
    let name = reader.text(node, "name").unwrap_or_default();
    if name.is_empty() {
        reader.wrong(
            node,
            "a policy has no name".to_owned(),
            "write `name:` with a few words: alerts are told by it",
        );
    }
    let mode = reader.one_of(
        node,
        "mode",
        &[("audit", Mode::Audit), ("enforce", Mode::Enforce)],
    );
    let action = reader.one_of(node, "action", &[("deny", Action::Deny), ("kill", Action::Kill)]);
    let workloads: Vec<Workload> = reader
        .list(node, "workloads")
        .iter()
        .map(|one| workload(reader, one))
        .collect();
    if workloads.is_empty() {
        reader.wrong(
            node,
            format!("the policy `{}` holds nowhere", shown(&name)),
            "name workloads, as `workloads: [{host: true}]` or `workloads: [{image: \"*/nginx:*\"}]`",
        );
    }
    let rules = match node.get("rules") {
        Some(rules) => self::rules(reader, rules),
        None => Rules::default(),
    };
    if rules == Rules::default() {
        reader.wrong(
            node,
            format!("the policy `{}` forbids nothing", shown(&name)),
            "name rules, as `rules: {exec: {memory: true}}`",
        );
    }
    Policy {
        name,
        workloads,
        mode,
        action,
        rules,
    }
}

fn workload(reader: &mut Reader<'_>, node: &Node) -> Workload {
    reader.keys(node, "a workload", &OF_WORKLOAD);
    let mut workload = Workload {
        image: reader.text(node, "image"),
        namespace: reader.text(node, "namespace"),
        cgroup: reader.text(node, "cgroup"),
        unit: reader.text(node, "unit"),
        host: reader.flag(node, "host"),
        ..Workload::default()
    };
    if let Some(labels) = node.get("labels") {
        reader.map(labels, "labels");
        for label in labels.entries() {
            if let Some(value) = reader.text(labels, &label.key) {
                workload.labels.insert(label.key.clone(), value);
            }
        }
    }
    if workload
        .cgroup
        .as_deref()
        .is_some_and(|cgroup| !cgroup.starts_with('/'))
    {
        reader.wrong(
            node,
            "a cgroup is named by its path from the root".to_owned(),
            "begin it with a slash, as `/system.slice/nginx.service`",
        );
    }
    if workload == Workload::default() {
        reader.wrong(
            node,
            "a workload says nothing of where the policy holds".to_owned(),
            "write one of image, namespace, labels, cgroup, unit or host; all of the host is `cgroup: /`",
        );
    }
    if workload.host && (workload.image.is_some() || workload.namespace.is_some()) {
        reader.wrong(
            node,
            "what runs on the host itself has no image and no pod".to_owned(),
            "make two workloads of it",
        );
    }
    workload
}

fn rules(reader: &mut Reader<'_>, node: &Node) -> Rules {
    reader.keys(node, "rules", &OF_RULES);
    let protected = reader.list(node, "write");
    let mut rules = Rules {
        write: files::paths(reader, protected),
        modules: reader.flag(node, "modules"),
        tracing_others: reader.flag(node, "ptrace_others"),
        mount: reader.flag(node, "mount"),
        ..Rules::default()
    };
    if let Some(exec) = node.get("exec") {
        reader.keys(exec, "`exec`", &OF_EXEC);
        rules.changed_programs = reader.flag(exec, "changed");
        rules.programs_in_memory = reader.flag(exec, "memory");
        rules.programs_in_writable_places = reader.flag(exec, "writable_places");
        rules.only_programs = exec.get("only").map(|_| files::programs(reader, exec));
    }
    if let Some(connect) = node.get("connect") {
        reader.keys(connect, "`connect`", &ONLY);
        let listed = reader.list(connect, "only");
        rules.only_peers = Some(
            listed
                .iter()
                .filter_map(|item| match peer::read(item.text().unwrap_or_default()) {
                    Ok(peer) => Some(peer),
                    Err(message) => {
                        reader.wrong(
                            item,
                            message,
                            "write `10.0.0.0/8:443`, `192.0.2.7`, `192.0.2.0/24:8000-8080` or `[2001:db8::/32]:443`",
                        );
                        None
                    }
                })
                .collect(),
        );
    }
    if let Some(bpf) = node.get("bpf") {
        reader.keys(bpf, "`bpf`", &OF_BPF);
        rules.manifest = files::manifest(reader, bpf);
        if bpf.get("only").is_some() || rules.manifest.is_some() {
            let listed = reader.list(bpf, "only");
            rules.only_loaders = Some(listed.iter().map(|item| files::loader(reader, item)).collect());
        }
        rules.unsigned_programs =
            reader.one_of(bpf, "signed", &[("not required", false), ("required", true)]);
    }
    rules
}
