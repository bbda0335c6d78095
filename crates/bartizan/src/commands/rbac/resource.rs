//! Resources as people write them: `pods/exec`, `deployments.apps`.

use bartizan_deploy::rbac::Request;

/// Resources of Kubernetes that are not in the core group, where only one group has them.
const GROUPS: &[(&str, &[&str])] = &[
    (
        "apps",
        &[
            "controllerrevisions",
            "daemonsets",
            "deployments",
            "replicasets",
            "statefulsets",
        ],
    ),
    ("batch", &["cronjobs", "jobs"]),
    (
        "rbac.authorization.k8s.io",
        &["clusterrolebindings", "clusterroles", "rolebindings", "roles"],
    ),
    (
        "networking.k8s.io",
        &["ingressclasses", "ingresses", "networkpolicies"],
    ),
    (
        "admissionregistration.k8s.io",
        &["mutatingwebhookconfigurations", "validatingwebhookconfigurations"],
    ),
    ("apiextensions.k8s.io", &["customresourcedefinitions"]),
    ("apiregistration.k8s.io", &["apiservices"]),
    ("certificates.k8s.io", &["certificatesigningrequests", "signers"]),
    ("autoscaling", &["horizontalpodautoscalers"]),
    ("policy", &["poddisruptionbudgets"]),
    ("coordination.k8s.io", &["leases"]),
    ("discovery.k8s.io", &["endpointslices"]),
    (
        "storage.k8s.io",
        &["csidrivers", "csinodes", "storageclasses", "volumeattachments"],
    ),
];

/// The request that a verb and a resource are: of the group that is written, else of the one that has the resource, else of the core group.
pub(super) fn request<'a>(
    verb: &'a str,
    resource: &'a str,
    namespace: &'a str,
    name: &'a str,
) -> Request<'a> {
    if resource.starts_with('/') {
        return Request {
            verb,
            url: resource,
            ..Request::default()
        };
    }
    let (resource, subresource) = resource.split_once('/').unwrap_or((resource, ""));
    let known = || {
        let mut groups = GROUPS.iter().filter(|(_, all)| all.contains(&resource));
        groups.next().map_or("", |(group, _)| *group)
    };
    let (resource, group) = resource.split_once('.').unwrap_or_else(|| (resource, known()));
    Request {
        verb,
        group,
        resource,
        subresource,
        name,
        namespace,
        url: "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_resource_is_of_the_group_that_is_written_or_has_it() {
        let of = |text| {
            let request = request("get", text, "", "");
            (request.resource, request.group, request.subresource)
        };
        assert_eq!(of("pods/exec"), ("pods", "", "exec"));
        assert_eq!(of("deployments"), ("deployments", "apps", ""));
        assert_eq!(
            of("certificates.cert-manager.io/status"),
            ("certificates", "cert-manager.io", "status")
        );
        assert_eq!(request("get", "/metrics", "a", "").url, "/metrics");
    }
}
