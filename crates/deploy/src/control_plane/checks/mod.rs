//! What is wrong with control planes and nodes. One rule a file; its doc comment is the manual, its page in Markdown the test.

mod admission_plugins;
mod anonymous_requests;
mod api_authorization;
mod audit_log;
mod audit_policy;
mod controller_identity;
mod controller_listens;
mod etcd_clients;
mod etcd_peers;
mod etcd_transport;
mod insecure_port;
mod kubeconfig_unverified;
mod kubelet_anonymous;
mod kubelet_authorization;
mod kubelet_certificates;
mod kubelet_identity;
mod kubelet_read_only_port;
mod kubelet_restraint;
mod pod_security_defaults;
mod profiling;
mod proxy_metrics;
mod secrets_at_rest;
mod static_credentials;
mod token_lookup;
mod weak_tls;

use super::flags::{Flag, Invocation, Program, Told};
use crate::kube::rule::{Judged, ObjectRule};
use bartizan_document::Span;
use bartizan_engine::rule::About;

/// A rule that judges what a program was told.
pub(crate) struct FlagRule {
    pub(crate) about: &'static About,
    /// The programs that it judges.
    pub(crate) programs: &'static [Program],
    pub(crate) run: fn(&Invocation, &mut Judged),
}

/// Rules about flags.
pub(crate) const FLAGS: &[FlagRule] = &[
    admission_plugins::RULE,
    anonymous_requests::RULE,
    api_authorization::RULE,
    audit_log::RULE,
    controller_identity::RULE,
    controller_listens::RULE,
    etcd_clients::RULE,
    etcd_peers::RULE,
    etcd_transport::RULE,
    insecure_port::RULE,
    kubelet_anonymous::RULE,
    kubelet_authorization::RULE,
    kubelet_certificates::RULE,
    kubelet_identity::RULE,
    kubelet_read_only_port::RULE,
    kubelet_restraint::RULE,
    profiling::RULE,
    proxy_metrics::RULE,
    secrets_at_rest::RULE,
    static_credentials::RULE,
    token_lookup::RULE,
    weak_tls::RULE,
];

/// Rules about objects.
pub(crate) const OBJECTS: &[ObjectRule] = &[
    audit_policy::RULE,
    kubeconfig_unverified::RULE,
    pod_security_defaults::RULE,
];

/// The value that is in force.
struct InForce {
    text: String,
    at: Span,
    /// How it came to be, for messages: `` `--profiling` is `true` `` or the same `by default`.
    said: String,
}

impl InForce {
    fn is(&self, value: &str) -> bool {
        self.text.eq_ignore_ascii_case(value)
    }
}

/// The value of a flag, or its default; none where nothing can be said of it here, which is noted where it is undecided.
fn in_force(one: &Invocation, name: &str, default: &str, judged: &mut Judged) -> Option<InForce> {
    match one.told(name) {
        Told::Said(flag) => Some(InForce {
            text: flag.value.clone(),
            at: flag.at,
            said: format!("{} is `{}`", one.label(name), flag.value),
        }),
        Told::Default => Some(InForce {
            text: default.to_owned(),
            at: one.place,
            said: format!("{} is `{default}` by default", one.label(name)),
        }),
        Told::Silent => None,
        Told::Unknown(why) => {
            judged.undecided(why, one.place);
            None
        }
    }
}

/// Whether a flag is known not to be there.
fn is_missing(one: &Invocation, name: &str, judged: &mut Judged) -> bool {
    match one.told(name) {
        Told::Said(flag) => flag.value.is_empty(),
        Told::Default => true,
        Told::Silent => false,
        Told::Unknown(why) => {
            judged.undecided(why, one.place);
            false
        }
    }
}

/// A flag that was written.
fn written<'i>(one: &'i Invocation, name: &str) -> Option<&'i Flag> {
    match one.told(name) {
        Told::Said(flag) => Some(flag),
        _ => None,
    }
}

/// Whether an address, or the host of a URL, is the machine itself.
fn is_loopback(text: &str) -> bool {
    let host = text.split_once("://").map_or(text, |(_, rest)| rest);
    let host = host.strip_prefix('[').map_or_else(
        || host.split([':', '/']).next().unwrap_or(host),
        |rest| rest.split(']').next().unwrap_or(rest),
    );
    let is_six = text == "::1" || host == "::1";
    is_six || host == "localhost" || host.starts_with("127.")
}

/// Those of a list of addresses that other machines reach.
fn far_urls(list: &str) -> Vec<&str> {
    let urls = list.split(',').map(str::trim);
    urls.filter(|url| !is_loopback(url)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_the_machine_itself_are_known() {
        for text in [
            "127.0.0.1",
            "http://127.0.0.1:2379",
            "localhost",
            "https://localhost:1",
            "::1",
            "http://[::1]:80",
        ] {
            assert!(is_loopback(text), "{text}");
        }
        for text in [
            "0.0.0.0",
            "::",
            "http://10.0.0.1:2379",
            "https://[::]:2379",
            "etcd.example",
        ] {
            assert!(!is_loopback(text), "{text}");
        }
    }
}
