//! `deploy/duplicate-key`: one key, two meanings.

use bartizan_document::Problem;
use bartizan_engine::rule;
use bartizan_engine::rule::{Found, Report};

rule! {
    /// A map of a manifest has the same key twice. YAML forbids it; the decoder that Kubernetes tools use takes the later one in
    /// silence, others take the first or refuse, and so does the API server when it is asked to be strict. What a reviewer reads at
    /// the first place, a security context for instance, is then not what runs. What is judged here is the later one.
    DuplicateKey {
        id: "deploy/duplicate-key",
        title: "Key that stands twice in a manifest",
        severity: Low,
        confidence: High,
        cwe: ["CWE-694"],
        controls: [("NIST-800-53-r5", "CM-6")],
        remediation: "Take one of the two away; where both were meant, put what they hold together.",
        references: [
            "https://yaml.org/spec/1.2.2/#3213-node-comparison",
            "https://kubernetes.io/docs/reference/using-api/api-concepts/#field-validation",
        ],
    }
}

/// Reports keys that stand twice in an object.
pub(crate) fn judge(title: &str, duplicates: &[Problem], out: &mut Report<'_>) {
    for duplicate in duplicates {
        out.finding(
            Found {
                message: format!("{title}: {}", duplicate.message),
                key: format!("{title} {}", duplicate.message),
                fix: "take one of the two away".to_owned(),
                ..Found::default()
            },
            &duplicate.at.range(),
        );
    }
}
