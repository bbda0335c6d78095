//! `deploy/control-plane/pod-security-defaults`: what namespaces without labels admit.

use crate::kube::rule::{Judged, ObjectRule, Subject};
use bartizan_document::Node;
use bartizan_engine::rule;

rule! {
    /// The admission plug-in for the Pod Security Standards holds pods of a namespace to the level in its labels, and those of
    /// namespaces without labels to the level in this configuration. With `privileged`, which it is where nothing is said, a new
    /// namespace that nobody labelled admits pods that take over their node.
    PodSecurityDefaults {
        id: "deploy/control-plane/pod-security-defaults",
        title: "Namespaces without labels admit privileged pods",
        severity: Medium,
        confidence: High,
        cwe: ["CWE-1188"],
        controls: [
            ("CIS-Kubernetes-1.12", "5.2.1"),
            ("NIST-800-53-r5", "CM-6"),
            ("PCI-DSS-4.0.1", "2.2.6"),
            ("NSA-CISA-Kubernetes-1.2", "Kubernetes Pod security"),
        ],
        remediation: "Set `defaults.enforce: baseline` or `restricted`, and label the namespaces that need more.",
        references: [
            "https://kubernetes.io/docs/tasks/configure-pod-container/enforce-standards-admission-controller/",
        ],
    }
}

pub(super) const RULE: ObjectRule = ObjectRule {
    about: &PodSecurityDefaults::ABOUT,
    run,
};

fn run(subject: &Subject<'_>, judged: &mut Judged) {
    let root = &subject.object.root;
    if subject.is("pod-security.admission.config.k8s.io", "PodSecurityConfiguration") {
        configuration(root, judged);
    } else if subject.is("apiserver.config.k8s.io", "AdmissionConfiguration") {
        let plugins = root.items_of("plugins").iter();
        for plugin in plugins.filter(|plugin| plugin.text_of("name") == Some("PodSecurity")) {
            match (plugin.get("configuration").filter(|node| !node.is_null()), plugin.get("path")) {
                (Some(inline), _) => configuration(inline, judged),
                (None, Some(path)) => judged.undecided("the configuration of the plug-in `PodSecurity` lies in a file of its own", path.span),
                (None, None) => judged.one("gives `PodSecurity` no configuration, so that namespaces without labels admit privileged pods", plugin.span),
            }
        }
    }
}

fn configuration(root: &Node, judged: &mut Judged) {
    let enforce = root.at(&["defaults", "enforce"]);
    let level = enforce.and_then(Node::text).unwrap_or("privileged");
    if level == "privileged" {
        let defaults = root.entry("defaults").map(|entry| entry.key_span);
        let kind = root.get("kind").map(|kind| kind.span);
        let at = enforce
            .map(|enforce| enforce.span)
            .or(defaults)
            .or(kind)
            .unwrap_or(root.span);
        judged.one(
            "lets namespaces without labels admit privileged pods: `defaults.enforce` is `privileged`",
            at,
        );
    }
}
