//! What workloads and Services lack. One rule a file; its doc comment is the manual, its page in Markdown the test.

mod default_account;
mod default_namespace;
mod external_ips;
mod image_not_pinned;
mod ingress_snippets;
mod no_memory_limit;
pub(crate) mod no_network_policy;
mod published_service;
mod secret_in_environment;
mod writable_root;

use crate::kube::rule::ObjectRule;
use crate::kube::{Container, Pod, Role};
use bartizan_document::Span;

/// Every rule that judges one object.
pub(crate) const ALL: &[ObjectRule] = &[
    default_account::RULE,
    default_namespace::RULE,
    external_ips::RULE,
    image_not_pinned::RULE,
    ingress_snippets::RULE,
    no_memory_limit::RULE,
    published_service::RULE,
    secret_in_environment::RULE,
    writable_root::RULE,
];

/// Containers that a manifest says of, those that somebody added to a running pod aside.
fn containers(pod: Pod<'_>) -> impl Iterator<Item = Container<'_>> {
    pod.containers()
        .filter(|container| container.role != Role::Ephemeral)
}

/// `container "a"`, or `containers "a", "b"`.
fn named(all: &[Container<'_>]) -> String {
    let names: Vec<String> = all
        .iter()
        .take(5)
        .map(|one| format!("\"{}\"", one.name()))
        .collect();
    let word = if all.len() == 1 { "container" } else { "containers" };
    let more = all.len().saturating_sub(5);
    let more = if more > 0 {
        format!(" and {more} more")
    } else {
        String::new()
    };
    format!("{word} {}{more}", names.join(", "))
}

/// Where containers are named.
fn places(all: &[Container<'_>]) -> Vec<Span> {
    all.iter()
        .map(|one| {
            one.node.get("name").map_or(
                Span {
                    start: one.node.span.start,
                    end: one.node.span.start,
                },
                |name| name.span,
            )
        })
        .collect()
}
