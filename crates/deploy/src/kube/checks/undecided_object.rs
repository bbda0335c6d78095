//! `deploy/undecided-object`: what manifests do not tell.

use bartizan_engine::rule;

rule! {
    /// Some rules about an object could not be decided, because its text does not hold the answer: a flag is filled in by a shell or a
    /// template, a setting lies in another file that the program reads, the default depends on a version that the manifest does not
    /// name, or a provider decides. Such a rule is neither passed nor failed. The message names the reasons, so that the missing part
    /// can be looked at, or given to the scan.
    UndecidedObject {
        id: "deploy/undecided-object",
        title: "Part of an object could not be judged",
        severity: Info,
        confidence: High,
        cwe: ["CWE-693"],
        controls: [("NIST-800-53-r5", "CM-6")],
        remediation: "Write the setting where the scan can read it: a literal flag, a tag with a version, an explicit parameter; or scan the rendered manifests.",
        references: [
            "https://kubernetes.io/docs/reference/command-line-tools-reference/",
        ],
    }
}
