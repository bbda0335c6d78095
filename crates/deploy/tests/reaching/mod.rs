//! What tests of who reaches whom have in common.

use bartizan_deploy::reach::{Edge, Manifest, Manifests, Protocol, Reach};
use proptest::sample::Index;
use std::collections::BTreeSet;
use std::convert::Infallible;

pub(crate) fn manifests(text: &str) -> Manifests {
    let mut manifests = Manifests::default();
    manifests.add(Manifest::read("all.yaml", text));
    manifests
}

pub(crate) fn told(edge: &Edge<'_>) -> String {
    let conditions = edge.conditions.iter().map(|one| one.told(edge.connections));
    let conditions: Vec<String> = conditions.collect();
    let line = format!("{} => {} : {}", edge.source, edge.destination, edge.connections);
    if conditions.is_empty() {
        line
    } else {
        format!("{line} ({})", conditions.join("; "))
    }
}

/// Every edge with what it depends on, kinds of workloads left out.
pub(crate) fn all(text: &str) -> Vec<String> {
    let manifests = manifests(text);
    let mut reach = Reach::new(&manifests).unwrap();
    let mut lines = Vec::new();
    let (sources, destinations) = (reach.sources(None), reach.destinations(None));
    let done: Result<(), Infallible> = reach.edges(&sources, &destinations, |edge| {
        lines.push(told(&edge).replace("[Pod]", ""));
        Ok(())
    });
    done.unwrap();
    lines
}

/// Edges that do not begin or end outside.
pub(crate) fn inside(text: &str) -> Vec<String> {
    let lines = all(text).into_iter();
    lines.filter(|line| !line.contains("[External]")).collect()
}

/// Edges to one workload or from it.
pub(crate) fn of(text: &str, name: &str) -> Vec<String> {
    let lines = all(text).into_iter();
    lines.filter(|line| line.contains(name)).collect()
}

/// Edges into one workload.
pub(crate) fn into(text: &str, name: &str) -> Vec<String> {
    let lines = all(text).into_iter();
    lines
        .filter(|line| line.contains(&format!("=> {name} :")))
        .collect()
}

/// Each pair and port of a few that may be connected with, whatever it depends on.
pub(crate) fn pairs(text: &str) -> BTreeSet<(String, u16)> {
    let manifests = manifests(text);
    let mut reach = Reach::new(&manifests).unwrap();
    let mut pairs = BTreeSet::new();
    let (sources, destinations) = (reach.sources(None), reach.destinations(None));
    let done: Result<(), Infallible> = reach.edges(&sources, &destinations, |edge| {
        let tcp = edge.connections.ports(Protocol::Tcp);
        let open = [1, 75, 80, 443].into_iter().filter(|port| tcp.contains(*port));
        pairs.extend(open.map(|port| (format!("{} {}", edge.source, edge.destination), port)));
        Ok(())
    });
    done.unwrap();
    pairs
}

/// The text with something else in place of a part of it.
pub(crate) fn mangled(mut text: String, from: Index, length: usize, with: &str) -> String {
    let from = from.index(text.len());
    let to = (from + length).min(text.len());
    text.replace_range(from..to, with);
    text
}

pub(crate) fn notes(text: &str) -> Vec<String> {
    let manifests = manifests(text);
    let reach = Reach::new(&manifests).unwrap();
    let notes = reach.notes().iter();
    notes
        .map(|note| format!("{}: {}", note.place, note.message))
        .collect()
}

/// Why one reaches another, as `layer policy rule action connections condition`.
pub(crate) fn why(text: &str, from: &str, to: &str) -> Vec<String> {
    let manifests = manifests(text);
    let mut reach = Reach::new(&manifests).unwrap();
    let (from, to) = (reach.sources(Some(from))[0], reach.destinations(Some(to))[0]);
    let reasons = reach.why(from, to).into_iter();
    reasons
        .map(|one| {
            let or = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
            format!(
                "{:?} {} {} {:?} {} {}",
                one.layer,
                or(one.policy),
                or(one.rule),
                one.action,
                one.connections,
                or(one.condition.or(one.says))
            )
        })
        .collect()
}

pub(crate) fn pod(namespace: &str, name: &str, labels: &str, spec: &str) -> String {
    format!(
        "---\n{{apiVersion: v1, kind: Pod, metadata: {{name: {name}, namespace: {namespace}, labels: {{app: {name}{labels}}}}}, spec: {{containers: [{{name: c, ports: [{{name: http, containerPort: 8080}}]}}]{spec}}}}}\n"
    )
}

pub(crate) fn namespace(name: &str, labels: &str) -> String {
    format!("---\n{{apiVersion: v1, kind: Namespace, metadata: {{name: {name}, labels: {{{labels}}}}}}}\n")
}

pub(crate) fn object(api: &str, kind: &str, namespace: &str, name: &str, spec: &str) -> String {
    format!(
        "---\n{{apiVersion: {api}, kind: {kind}, metadata: {{name: {name}, namespace: {namespace}}}, spec: {{{spec}}}}}\n"
    )
}
