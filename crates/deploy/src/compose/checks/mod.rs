//! What is wrong with a Compose file. One file a rule, listed in [`ALL`]; `<id>.md` beside it is its test.

mod added_capabilities;
mod container_socket;
mod host_namespace;
mod host_path;
mod new_privileges;
mod open_data_store;
mod privileged;
mod root_user;
mod secret_variable;
mod unconfined;
mod undecided;
mod unpinned_image;

pub(super) use secret_variable::secrets;
pub(super) use undecided::Undecided;

use super::read::Compose;
use crate::doubt::Doubt;
use bartizan_engine::rule::{About, Report};

/// One rule.
pub(super) struct Rule {
    pub(super) about: &'static About,
    pub(super) judge: fn(&Compose<'_>, &mut Report<'_>, &mut Vec<Doubt>),
}

/// Every rule, ordered by id.
pub(super) static ALL: &[Rule] = &[
    added_capabilities::RULE,
    container_socket::RULE,
    host_namespace::RULE,
    host_path::RULE,
    new_privileges::RULE,
    open_data_store::RULE,
    privileged::RULE,
    root_user::RULE,
    secret_variable::RULE,
    unconfined::RULE,
    unpinned_image::RULE,
];

/// What is known of every rule, ordered by id.
pub(super) fn all() -> Vec<&'static About> {
    let mut all: Vec<&About> = ALL.iter().map(|rule| rule.about).collect();
    all.push(&Undecided::ABOUT);
    all.sort_by_key(|about| about.id);
    all
}

/// The name of an image without registry, owner, tag and digest.
pub(super) fn short_name(image: &str) -> &str {
    let bare = image.split('@').next().unwrap_or_default();
    let last = bare.rsplit('/').next().unwrap_or(bare);
    last.split(':').next().unwrap_or(last)
}

/// Whether a path is one of the sockets by which containers are made.
pub(super) fn is_socket(path: &str) -> bool {
    [
        "docker.sock",
        "containerd.sock",
        "crio.sock",
        "podman.sock",
        "dockershim.sock",
    ]
    .iter()
    .any(|name| path.ends_with(name))
}
