//! `deploy/tenancy/shared-volume`: data that pods of two tenants have.

use bartizan_engine::rule;

rule! {
    /// Pods of two tenants have the same data: the same share, disk or directory of the node, by volumes in pods, by persistent volumes that
    /// claims of both name, or by two persistent volumes over one backing. A directory within another counts. What one writes the other reads and
    /// runs; where one only reads, or the other is the platform, it is medium. A directory of the node is the same data only on the same node,
    /// which manifests seldom say.
    SharedVolume {
        id: "deploy/tenancy/shared-volume",
        title: "Data that pods of two tenants have",
        severity: High,
        confidence: High,
        cwe: ["CWE-668"],
        controls: [("NIST-800-53-r5", "SC-4"), ("NIST-800-53-r5", "AC-3")],
        remediation: "Give each tenant a volume of its own, from a storage class that makes one for each claim.",
        references: [
            "https://kubernetes.io/docs/concepts/storage/persistent-volumes/",
            "https://kubernetes.io/docs/concepts/security/multi-tenancy/#storage-isolation",
        ],
    }
}
