//! `deploy/dockerfile/undecided`: what the file alone does not tell.

use bartizan_engine::rule;

rule! {
    /// Something that a rule asks is not told by the Dockerfile: the user that an image begins with, or a name that is made of a build
    /// argument without a default.
    ///
    /// That is neither a pass nor a finding. It is said once a file, with the reasons, so that nobody takes silence for a pass. A build
    /// argument that has a default is judged by it. `bartizan scan image:NAME` judges the image once it was built, where all of this is known.
    Undecided {
        id: "deploy/dockerfile/undecided",
        title: "What the Dockerfile alone does not decide",
        severity: Info,
        confidence: High,
        cwe: ["CWE-1188"],
        controls: [("NIST-800-53-r5", "CM-6")],
        remediation: "Name the user with `USER`, give build arguments defaults, or scan the image that was built.",
        references: ["https://docs.docker.com/reference/dockerfile/"],
    }
}
