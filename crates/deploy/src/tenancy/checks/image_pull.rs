//! `deploy/tenancy/image-pull`: image that is used without leave to pull it.

use bartizan_engine::rule;

rule! {
    /// A container of a tenant uses an image that is on the node already without asking the registry. On nodes that tenants share, it then gets
    /// private images that another tenant had leave to pull, by their name alone, with what is in them. Newer versions of the kubelet check the
    /// credentials again; whether they do is a setting of theirs and not in manifests. What is not said is IfNotPresent for every tag but latest,
    /// and for digests.
    ImagePull {
        id: "deploy/tenancy/image-pull",
        title: "Image that is used without leave to pull it",
        severity: Low,
        confidence: Medium,
        cwe: ["CWE-862"],
        controls: [("NIST-800-53-r5", "AC-3"), ("NIST-800-53-r5", "SC-4")],
        remediation: "Say `imagePullPolicy: Always` for containers of tenants, or turn on the admission plugin AlwaysPullImages.",
        references: [
            "https://kubernetes.io/docs/concepts/containers/images/#image-pull-policy",
            "https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#alwayspullimages",
        ],
    }
}
