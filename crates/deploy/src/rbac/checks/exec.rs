//! `deploy/rbac/exec`.

use crate::rbac::Power;
use crate::rbac::judge::{Broken, View, everywhere};
use bartizan_engine::rule;

rule! {
    /// A subject may run programs in pods of every namespace: by `pods/exec`, `pods/attach`, `pods/ephemeralcontainers`, or through kubelets by
    /// `nodes/proxy`, which admission and the audit log do not see. It so has the data, the network and the account of every pod. High for groups of
    /// everybody, medium for an account, low for people. Not reported beside `deploy/rbac/takes-cluster`.
    Exec {
        id: "deploy/rbac/exec",
        title: "Programs can be run in pods of all namespaces",
        severity: Medium,
        confidence: High,
        cwe: ["CWE-269"],
        controls: [("CIS-Kubernetes-1.12", "5.1.10"), ("NIST-800-53-r5", "AC-6"), ("NSA-CISA-Kubernetes-1.2", "Authentication and authorization")],
        remediation: "Bind in the namespace where it is needed (`RoleBinding`); for `nodes/proxy` grant what is read instead: `nodes/metrics`, `nodes/stats`, `nodes/log`.",
        references: [
            "https://kubernetes.io/docs/concepts/security/rbac-good-practices/#access-to-proxy-subresource-of-nodes",
            "https://kubernetes.io/docs/reference/access-authn-authz/kubelet-authn-authz/",
        ],
    }
}

/// Subjects that can, and do not take the cluster.
pub(crate) fn judge(view: &View<'_>, out: &mut Vec<Broken>) {
    everywhere(
        view,
        &Exec::ABOUT,
        (&[Power::Exec, Power::ProxyNodes], "run programs in pods"),
        out,
    );
}
