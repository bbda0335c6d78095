//! What is wrong with who may do what. One rule a file; its doc comment is the manual, its page in Markdown the test.

use super::judge::{Broken, View};
use bartizan_engine::rule::About;

mod anonymous;
mod cluster_admin;
mod default_account;
mod everybody;
mod exec;
mod secrets;
mod takes_cluster;
mod token;
mod unknown_role;
mod wildcard;

/// The rule about what was not read.
pub(super) const UNKNOWN_ROLE: &str = unknown_role::UnknownRole::ABOUT.id;

type Judge = fn(&View<'_>, &mut Vec<Broken>);

/// Every rule, ordered by id.
pub(super) const ALL: &[(&About, Judge)] = &[
    (&anonymous::Anonymous::ABOUT, anonymous::judge),
    (&cluster_admin::ClusterAdmin::ABOUT, cluster_admin::judge),
    (&default_account::DefaultAccount::ABOUT, default_account::judge),
    (&everybody::Everybody::ABOUT, everybody::judge),
    (&exec::Exec::ABOUT, exec::judge),
    (&secrets::Secrets::ABOUT, secrets::judge),
    (&takes_cluster::TakesCluster::ABOUT, takes_cluster::judge),
    (&token::Token::ABOUT, token::judge),
    (&unknown_role::UnknownRole::ABOUT, unknown_role::judge),
    (&wildcard::Wildcard::ABOUT, wildcard::judge),
];
