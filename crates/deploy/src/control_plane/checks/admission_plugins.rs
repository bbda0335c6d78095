//! `deploy/control-plane/admission-plugins`: what stands between a permitted request and the store.

use super::{FlagRule, Invocation, Program, Told, written};
use crate::kube::rule::Judged;
use bartizan_document::Span;
use bartizan_engine::rule;

rule! {
    /// Admission plug-ins look at what a permitted request would store. `NodeRestriction` keeps a kubelet to its own node and pods;
    /// without it a taken node relabels and changes all others. `ServiceAccount`, `NamespaceLifecycle` and `PodSecurity` are on by
    /// default, and switching them off takes away checks that other rules rely on. `AlwaysAdmit` admits everything, whatever the others
    /// would say of it afterwards being no longer the point.
    AdmissionPlugins {
        id: "deploy/control-plane/admission-plugins",
        title: "Admission plug-ins that guard the cluster are not in force",
        severity: Medium,
        confidence: High,
        cwe: ["CWE-693"],
        controls: [
            ("CIS-Kubernetes-1.12", "1.2.10"),
            ("CIS-Kubernetes-1.12", "1.2.12"),
            ("CIS-Kubernetes-1.12", "1.2.13"),
            ("CIS-Kubernetes-1.12", "1.2.14"),
            ("NIST-800-53-r5", "CM-7"),
            ("NSA-CISA-Kubernetes-1.2", "Authentication and authorization"),
        ],
        remediation: "Enable `NodeRestriction`, take `AlwaysAdmit` away, and disable none of `NamespaceLifecycle`, `PodSecurity` and `ServiceAccount`.",
        references: [
            "https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/",
        ],
    }
}

pub(super) const RULE: FlagRule = FlagRule {
    about: &AdmissionPlugins::ABOUT,
    programs: &[Program::ApiServer],
    run,
};

fn run(one: &Invocation, judged: &mut Judged) {
    // The flag of the versions before 1.10 lists all that are in force.
    let old = written(one, "admission-control").is_some();
    let enabling = if old {
        "admission-control"
    } else {
        "enable-admission-plugins"
    };
    let place = |name: &str| written(one, name).map_or(one.place, |flag| flag.at);
    let mut say = |key: &str, what: String, at: Span| judged.keyed(key, None, what, at);
    match one.told(enabling) {
        Told::Said(_) | Told::Default => {
            let enabled = one.list(enabling);
            if enabled.contains(&"AlwaysAdmit") {
                say(
                    "AlwaysAdmit",
                    "admits everything: `AlwaysAdmit` is enabled".to_owned(),
                    place(enabling),
                );
            }
            if !enabled.contains(&"NodeRestriction") {
                let what = "lets a kubelet change other nodes: `NodeRestriction` is not enabled";
                say("NodeRestriction", what.to_owned(), place(enabling));
            }
        }
        Told::Silent => {}
        Told::Unknown(why) => judged.undecided(why, one.place),
    }
    let disabled = one.list("disable-admission-plugins");
    for plugin in ["NamespaceLifecycle", "PodSecurity", "ServiceAccount"] {
        if disabled.contains(&plugin) {
            let what = format!("has the admission plug-in `{plugin}` switched off");
            judged.keyed(plugin, None, what, place("disable-admission-plugins"));
        }
    }
}
