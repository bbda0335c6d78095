//! `deploy/compose/undecided`: what the file alone does not tell.

use bartizan_engine::rule;

rule! {
    /// Something that a rule asks is given from outside: a variable without a default, or a file that is included, extended or laid over and that is
    /// not among those that are looked at.
    ///
    /// That is neither a pass nor a finding. It is said once a file, with the reasons. A variable with a default (`${TAG:-1.2}`) is judged by
    /// it. `docker compose config` prints the file with everything filled in, which then can be scanned.
    Undecided {
        id: "deploy/compose/undecided",
        title: "What the Compose file alone does not decide",
        severity: Info,
        confidence: High,
        cwe: ["CWE-1188"],
        controls: [("NIST-800-53-r5", "CM-6")],
        remediation: "Scan what `docker compose config` prints, with the environment of the place that it is for.",
        references: ["https://github.com/compose-spec/compose-spec/blob/main/12-interpolation.md"],
    }
}
