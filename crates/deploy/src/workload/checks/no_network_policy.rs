//! `deploy/workload/no-network-policy`: a namespace that every pod reaches.

use bartizan_engine::rule;

rule! {
    /// Pods that no NetworkPolicy selects take connections from every pod of the cluster and make them to everywhere. A namespace with
    /// workloads and no policy at all is open in both directions: one taken pod anywhere reaches all of it, and what is taken in it
    /// sends out what it likes. Judged is what all manifests of the scan say together, for namespaces that they name. Where policies of
    /// another kind hold for the whole cluster (of Cilium, Calico, or of administrators), whether they cover it is left undecided;
    /// `bartizan reach` works that out.
    NoNetworkPolicy {
        id: "deploy/workload/no-network-policy",
        title: "Namespace has workloads and no network policy",
        severity: Medium,
        confidence: Medium,
        cwe: ["CWE-653"],
        controls: [
            ("CIS-Kubernetes-1.12", "5.3.2"),
            ("NIST-800-53-r5", "SC-7"),
            ("PCI-DSS-4.0.1", "1.3.1"),
            ("NSA-CISA-Kubernetes-1.2", "Network separation and hardening"),
        ],
        remediation: "Add a NetworkPolicy that selects every pod and allows nothing, and then one for each connection that is needed.",
        references: [
            "https://kubernetes.io/docs/concepts/services-networking/network-policies/#default-policies",
        ],
    }
}
