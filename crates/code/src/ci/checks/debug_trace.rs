//! `ci/debug-trace`: everything goes into the log, secrets too.

use super::{Rule, Subject};
use bartizan_engine::rule;
use bartizan_engine::rule::{Found, Report};

rule! {
    /// `CI_DEBUG_TRACE` writes every command with its variables into the log of a job, those with secrets too, and masking does not catch all of them.
    /// Everybody who may read the log of the job has them. `CI_DEBUG_SERVICES` does the same for what runs beside it.
    DebugTrace {
        id: "ci/debug-trace",
        title: "Secrets are traced into the log",
        severity: Medium,
        confidence: High,
        cwe: ["CWE-532"],
        controls: [("NIST-800-53-r5", "IA-5"), ("OWASP-ASVS-5.0", "13.3.2")],
        remediation: "Remove it. Set it by hand for one run where it is needed, and delete that log.",
        references: ["https://docs.gitlab.com/ci/variables/variables_troubleshooting/#enable-debug-logging"],
    }
}

pub(super) const RULE: Rule = Rule {
    about: &DebugTrace::ABOUT,
    judge,
};

fn judge(subject: &Subject<'_>, out: &mut Report<'_>) {
    let Subject::Gitlab(pipeline) = subject else {
        return;
    };
    for job in &pipeline.jobs {
        for name in ["CI_DEBUG_TRACE", "CI_DEBUG_SERVICES"] {
            let Some(entry) = job.node.get("variables").and_then(|node| node.entry(name)) else {
                continue;
            };
            let value = entry.value.get("value").unwrap_or(&entry.value);
            let is_on = value.bool() == Some(true)
                || value
                    .text()
                    .is_some_and(|text| matches!(text, "true" | "1" | "yes"));
            if is_on {
                out.finding(
                    Found {
                        message: format!("`{name}` writes every variable into the log"),
                        key: format!("{} {name}", job.name),
                        fix: "remove it".to_owned(),
                        ..Found::default()
                    },
                    &entry.key_span.range(),
                );
            }
        }
    }
}
