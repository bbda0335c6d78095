//! What is wrong with a Dockerfile. One file a rule, listed in [`ALL`]; `<id>.md` beside it is its test.

mod add_not_copy;
mod added_from_address;
mod credential_file;
mod insecure_run;
mod piped_script;
mod root_user;
mod secret_variable;
mod ssh_server;
mod sudo;
mod undecided;
mod unpinned_base;
mod unproven_download;
pub(super) mod whole_context;
mod world_writable;

pub(super) use undecided::Undecided;
pub(super) use whole_context::WholeContext;

use super::{Build, Dockerfile};
use crate::doubt::Doubt;
use bartizan_engine::rule::{About, Report};

/// A Dockerfile as rules see it.
pub(super) struct Judged<'a> {
    pub(super) text: &'a str,
    pub(super) file: &'a Dockerfile,
    pub(super) build: &'a Build<'a>,
}

/// One rule.
pub(super) struct Rule {
    pub(super) about: &'static About,
    pub(super) judge: fn(&Judged<'_>, &mut Report<'_>, &mut Vec<Doubt>),
}

/// Every rule that judges a file, ordered by id.
pub(super) static ALL: &[Rule] = &[
    add_not_copy::RULE,
    added_from_address::RULE,
    credential_file::RULE,
    insecure_run::RULE,
    piped_script::RULE,
    root_user::RULE,
    secret_variable::RULE,
    ssh_server::RULE,
    sudo::RULE,
    unpinned_base::RULE,
    unproven_download::RULE,
    whole_context::RULE,
    world_writable::RULE,
];

/// What is known of every rule, ordered by id.
pub(super) fn all() -> Vec<&'static About> {
    let mut all: Vec<&About> = ALL.iter().map(|rule| rule.about).collect();
    all.push(&Undecided::ABOUT);
    all.sort_by_key(|about| about.id);
    all
}

/// Whether a source of `ADD` is an address or a repository.
pub(super) fn is_remote(source: &str) -> bool {
    let schemes = ["http://", "https://", "git@", "git://", "ssh://"];
    let lower = source.to_ascii_lowercase();
    schemes.iter().any(|scheme| lower.starts_with(scheme))
}

/// Text that is fit to be shown: of an address without user and query.
pub(super) fn shown(text: &str) -> String {
    let text = text.split('?').next().unwrap_or_default();
    let bare = match text.split_once("://") {
        Some((scheme, rest)) => {
            let (authority, path) = rest
                .split_once('/')
                .map_or((rest, None), |(a, path)| (a, Some(path)));
            let host = authority.rsplit('@').next().unwrap_or(authority);
            path.map_or_else(
                || format!("{scheme}://{host}"),
                |path| format!("{scheme}://{host}/{path}"),
            )
        }
        None => text.to_owned(),
    };
    bare.escape_debug().to_string().chars().take(120).collect()
}
