//! `deploy/tenancy/metadata-reachable`: tenant whose pods can ask for credentials of the node.

use bartizan_engine::rule;

rule! {
    /// Policies let pods of a tenant connect to 169.254.169.254, port 80, mostly by allowing all addresses outside. There clouds answer each
    /// machine with what it is and, in many set-ups, with the credentials of its role: a pod that can ask has what the node may do in the cloud,
    /// as pulling every image and attaching disks. Clouds have settings that keep pods from it; manifests do not show them.
    MetadataReachable {
        id: "deploy/tenancy/metadata-reachable",
        title: "Tenant whose pods can ask for credentials of the node",
        severity: Medium,
        confidence: Medium,
        cwe: ["CWE-668"],
        controls: [("NIST-800-53-r5", "SC-7"), ("NIST-800-53-r5", "AC-6")],
        remediation: "Except the address where all others are allowed:

```yaml
egress:
- to:
  - ipBlock:
      cidr: 0.0.0.0/0
      except: [169.254.169.254/32]
```",
        references: [
            "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html",
            "https://cloud.google.com/kubernetes-engine/docs/how-to/protecting-cluster-metadata",
        ],
    }
}
