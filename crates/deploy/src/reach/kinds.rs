//! Kinds of objects that have to do with who reaches whom.

use super::front;

/// Whether objects of a kind have to do with who reaches whom.
pub(super) fn is_known(group: &str, kind: &str) -> bool {
    let own = match group {
        "" => matches!(kind, "Namespace" | "Service"),
        "networking.k8s.io" | "extensions" => kind == "NetworkPolicy",
        "gateway.networking.k8s.io" => kind == "ReferenceGrant",
        _ => false,
    };
    own || is_workload(group, kind) || front::is_front(group, kind) || decides(group, kind)
}

/// Whether objects of a kind are pods or make them.
pub(crate) fn is_workload(group: &str, kind: &str) -> bool {
    match group {
        "" => matches!(kind, "Pod" | "ReplicationController"),
        "apps" | "extensions" => matches!(kind, "Deployment" | "ReplicaSet" | "StatefulSet" | "DaemonSet"),
        "batch" => matches!(kind, "Job" | "CronJob"),
        "apps.openshift.io" => kind == "DeploymentConfig",
        "argoproj.io" => kind == "Rollout",
        "kubevirt.io" => kind == "VirtualMachine",
        _ => false,
    }
}

/// Whether objects of a kind are policies that decide who reaches whom, beside NetworkPolicies.
pub(crate) fn decides(group: &str, kind: &str) -> bool {
    match group {
        "cilium.io" => matches!(
            kind,
            "CiliumNetworkPolicy"
                | "CiliumClusterwideNetworkPolicy"
                | "CiliumLocalRedirectPolicy"
                | "CiliumEgressGatewayPolicy"
                | "CiliumCIDRGroup"
        ),
        "projectcalico.org" | "crd.projectcalico.org" => kind.ends_with("NetworkPolicy"),
        "crd.antrea.io" => kind.ends_with("NetworkPolicy"),
        "policy.networking.k8s.io" => true,
        "security.istio.io" => matches!(kind, "AuthorizationPolicy" | "PeerAuthentication"),
        "networking.istio.io" => matches!(kind, "Sidecar" | "Gateway" | "VirtualService" | "ServiceEntry"),
        "policy.linkerd.io" => true,
        "k8s.ovn.org" => matches!(
            kind,
            "UserDefinedNetwork" | "ClusterUserDefinedNetwork" | "EgressFirewall"
        ),
        "k8s.cni.cncf.io" => matches!(kind, "NetworkAttachmentDefinition" | "MultiNetworkPolicy"),
        _ => false,
    }
}

/// Whether objects of a kind that [`decides`] are read, so that what they decide is part of the answer.
pub(crate) fn is_read(group: &str, kind: &str) -> bool {
    match group {
        "policy.networking.k8s.io" => matches!(kind, "AdminNetworkPolicy" | "BaselineAdminNetworkPolicy"),
        "cilium.io" => matches!(
            kind,
            "CiliumNetworkPolicy" | "CiliumClusterwideNetworkPolicy" | "CiliumCIDRGroup"
        ),
        _ => super::mesh::is_of_mesh(group, kind),
    }
}
