//! `deploy/tenancy/volume-reclaim`: data of a tenant that stays when it is given up.

use bartizan_engine::rule;

rule! {
    /// A volume of a tenant keeps its data when the claim is deleted: the storage class or the persistent volume has the policy Retain, or
    /// Recycle, which only deletes files. Nobody gets it by itself, but an administrator who frees the volume for the next claim, or forgets it,
    /// hands one tenant's data to another or keeps it longer than was promised.
    VolumeReclaim {
        id: "deploy/tenancy/volume-reclaim",
        title: "Data of a tenant that stays when it is given up",
        severity: Low,
        confidence: Medium,
        cwe: ["CWE-668"],
        controls: [("NIST-800-53-r5", "SC-4")],
        remediation: "Set `reclaimPolicy: Delete` in storage classes for tenants, and keep backups apart from volumes.",
        references: [
            "https://kubernetes.io/docs/concepts/storage/persistent-volumes/#reclaiming",
        ],
    }
}
