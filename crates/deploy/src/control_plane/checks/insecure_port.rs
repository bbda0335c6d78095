//! `deploy/control-plane/insecure-port`: the door without a lock of old API servers.

use super::{FlagRule, Invocation, Program, Told, is_loopback};
use crate::kube::rule::Judged;
use bartizan_engine::rule;
use bartizan_engine::rule::Severity;

rule! {
    /// Up to version 1.19 the API server had a port without encryption, authentication or authorisation: whoever reaches it is an
    /// administrator. It was on by default, on port 8080 of the node itself, where every pod with the node's network reaches it; with
    /// `--insecure-bind-address` it stands open to the network. From 1.20 on it cannot be opened, and from 1.24 on the flags are gone.
    InsecurePort {
        id: "deploy/control-plane/insecure-port",
        title: "API server has a port without authentication",
        severity: Medium,
        confidence: High,
        cwe: ["CWE-306"],
        controls: [
            ("NIST-800-53-r5", "AC-3"),
            ("PCI-DSS-4.0.1", "2.2.6"),
            ("HIPAA-Security-Rule", "164.312(a)(1)"),
            ("NSA-CISA-Kubernetes-1.2", "Authentication and authorization"),
        ],
        remediation: "Say `--insecure-port=0`, and move to a version that is still maintained.",
        references: [
            "https://kubernetes.io/docs/concepts/security/controlling-access/",
            "https://github.com/kubernetes/kubernetes/blob/master/CHANGELOG/CHANGELOG-1.20.md",
        ],
    }
}

pub(super) const RULE: FlagRule = FlagRule {
    about: &InsecurePort::ABOUT,
    programs: &[Program::ApiServer],
    run,
};

/// The first version without it.
const GONE: u16 = 20;

fn run(one: &Invocation, judged: &mut Judged) {
    if one.minor.is_some_and(|minor| minor >= GONE) {
        return;
    }
    let (port, at) = match one.told("insecure-port") {
        Told::Said(flag) => (flag.value.as_str(), flag.at),
        Told::Default if one.minor.is_some() => ("8080", one.place),
        Told::Default => {
            let why = "whether the API server has its port without authentication depends on its version, which is not known";
            judged.undecided(why, one.place);
            return;
        }
        Told::Silent => return,
        Told::Unknown(why) => {
            judged.undecided(why, one.place);
            return;
        }
    };
    if port == "0" {
        return;
    }
    let flag = match one.told("insecure-bind-address") {
        Told::Said(flag) if !is_loopback(&flag.value) => Some(flag),
        _ => None,
    };
    match flag {
        Some(flag) => {
            let what = format!(
                "lets in whoever reaches port {port} at `{}`, without asking who it is",
                flag.value
            );
            judged.rated(Severity::High, what, flag.at);
        }
        None => judged.one(
            format!("lets in whoever reaches port {port} on its node, without asking who it is"),
            at,
        ),
    }
}
