//! Versions of the API of Kubernetes that are understood.
//!
//! Source: <https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.34/>,
//! <https://kubernetes.io/docs/reference/using-api/deprecation-guide/>.

use super::Object;

/// Groups whose objects are judged, and their versions: those that are served and those that were.
const GROUPS: [(&str, &[&str]); 11] = [
    ("admissionregistration.k8s.io", &["v1", "v1beta1", "v1alpha1"]),
    ("apiserver.config.k8s.io", &["v1", "v1beta1", "v1alpha1"]),
    ("apps", &["v1", "v1beta1", "v1beta2"]),
    ("batch", &["v1", "v1beta1", "v2alpha1"]),
    ("extensions", &["v1beta1"]),
    (
        "gateway.networking.k8s.io",
        &["v1", "v1beta1", "v1alpha1", "v1alpha2", "v1alpha3"],
    ),
    ("kubelet.config.k8s.io", &["v1", "v1beta1", "v1alpha1"]),
    ("networking.k8s.io", &["v1", "v1beta1", "v1alpha1"]),
    ("policy", &["v1", "v1beta1"]),
    ("policy.networking.k8s.io", &["v1alpha1", "v1alpha2"]),
    ("rbac.authorization.k8s.io", &["v1", "v1beta1", "v1alpha1"]),
];
/// Kinds of the core group that are judged. It has one version.
const CORE: [&str; 9] = [
    "ConfigMap",
    "Namespace",
    "PersistentVolume",
    "PersistentVolumeClaim",
    "Pod",
    "ReplicationController",
    "Secret",
    "Service",
    "ServiceAccount",
];

/// What is not understood of the API version of an object that is judged: one that is newer than these tables, or never was.
pub(crate) fn unknown(object: &Object) -> Option<String> {
    let version = object.api_version.as_str();
    let (group, number) = version.split_once('/').unwrap_or(("", version));
    let known = if group.is_empty() {
        CORE.contains(&object.kind.as_str()).then_some(&["v1"][..])?
    } else {
        GROUPS.iter().find(|(one, _)| *one == group)?.1
    };
    (!known.contains(&number)).then(|| {
        format!(
            "{}: nothing is known of `{}`, so that it may mean something else than it was judged by; known of this group: {}",
            object.title(),
            version.escape_debug(),
            known.join(", ")
        )
    })
}

#[cfg(test)]
mod tests {
    use super::super::objects;
    use super::*;

    fn told(version: &str, kind: &str) -> bool {
        let text = format!("apiVersion: {version}\nkind: {kind}\nmetadata: {{name: a}}\n");
        let manifest = objects(&text, bartizan_document::Limits::default());
        unknown(&manifest.objects[0]).is_some()
    }

    #[test]
    fn versions_of_kubernetes_that_are_not_known_are_told_and_those_of_others_are_not() {
        for (version, kind) in [
            ("apps/v9", "Deployment"),
            ("networking.k8s.io/v2", "NetworkPolicy"),
            ("v2", "Pod"),
            ("apps", "Pod"),
        ] {
            assert!(told(version, kind), "{version} {kind}");
        }
        for (version, kind) in [
            ("v1", "Pod"),
            ("extensions/v1beta1", "Ingress"),
            ("gateway.networking.k8s.io/v1", "Gateway"),
            ("example.com/v9", "Deployment"),
            ("v7", "Widget"),
        ] {
            assert!(!told(version, kind), "{version} {kind}");
        }
    }
}
