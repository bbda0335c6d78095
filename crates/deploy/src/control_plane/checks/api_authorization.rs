//! `deploy/control-plane/api-authorization`: who may do what is decided, or everything is allowed.

use super::{FlagRule, Invocation, Program, Told, written};
use crate::kube::rule::Judged;
use bartizan_engine::rule;
use bartizan_engine::rule::Severity;

rule! {
    /// The API server asks the authorisers that `--authorization-mode` names. `AlwaysAllow`, which is also what it does when nothing is
    /// said, lets every user do everything: any credential, and without further settings no credential at all, is an administrator.
    /// Without `RBAC` the roles and bindings of the cluster mean nothing. Without `Node` a kubelet is given rights by a role, and then
    /// commonly those of all nodes: a taken node reads the secrets of the others.
    ApiAuthorization {
        id: "deploy/control-plane/api-authorization",
        title: "API server does not decide by roles who may do what",
        severity: High,
        confidence: High,
        cwe: ["CWE-862"],
        controls: [
            ("CIS-Kubernetes-1.12", "1.2.6"),
            ("CIS-Kubernetes-1.12", "1.2.7"),
            ("CIS-Kubernetes-1.12", "1.2.8"),
            ("NIST-800-53-r5", "AC-3"),
            ("PCI-DSS-4.0.1", "7.2.5"),
            ("HIPAA-Security-Rule", "164.312(a)(1)"),
            ("NSA-CISA-Kubernetes-1.2", "Authentication and authorization"),
        ],
        remediation: "Say `--authorization-mode=Node,RBAC`.",
        references: [
            "https://kubernetes.io/docs/reference/access-authn-authz/authorization/",
        ],
    }
}

pub(super) const RULE: FlagRule = FlagRule {
    about: &ApiAuthorization::ABOUT,
    programs: &[Program::ApiServer],
    run,
};

fn run(one: &Invocation, judged: &mut Judged) {
    if let Some(file) = written(one, "authorization-config") {
        judged.undecided("`--authorization-config` says who may do what", file.at);
        return;
    }
    let flag = match one.told("authorization-mode") {
        Told::Said(flag) => flag,
        Told::Default => {
            judged.one(
                "allows everybody everything: `--authorization-mode` is `AlwaysAllow` by default",
                one.place,
            );
            return;
        }
        Told::Silent => return,
        Told::Unknown(why) => {
            judged.undecided(why, one.place);
            return;
        }
    };
    let modes = one.list("authorization-mode");
    if modes.contains(&"AlwaysAllow") {
        judged.one(
            "allows everybody everything: `AlwaysAllow` is among its authorisers",
            flag.at,
        );
        return;
    }
    let missing: Vec<&str> = ["Node", "RBAC"]
        .into_iter()
        .filter(|mode| !modes.contains(mode))
        .collect();
    if !missing.is_empty() {
        let what = format!("does not authorise by `{}`", missing.join("` and `"));
        judged.keyed("missing", Some(Severity::Medium), what, flag.at);
    }
}
