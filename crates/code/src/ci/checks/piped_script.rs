//! `ci/piped-script`: a script from the network is run as it comes.

use super::{Rule, Subject, shown_address};
use bartizan_document::shell::fetch::run_unseen;
use bartizan_engine::rule;
use bartizan_engine::rule::{Found, Report, Severity};

rule! {
    /// A job fetches a script and runs it without having compared it with anything. Who answers at that address has the job: its token, its
    /// secrets and what it builds. Over `http://` anybody on the way has it too, which is reported as medium.
    ///
    /// Found is `curl … | sh`, `sh -c "$(curl …)"`, `bash <(curl …)`, and a file that is fetched and then run, unless the script compares digests or
    /// signatures.
    PipedScript {
        id: "ci/piped-script",
        title: "Script from the network is run unseen",
        severity: Low,
        confidence: High,
        cwe: ["CWE-494"],
        controls: [("NIST-800-53-r5", "SI-7")],
        remediation: "Use an action that is held by its commit, or fetch a named version and compare it: `echo \"<digest>  tool\" | sha256sum -c`.",
        references: [
            "https://docs.github.com/en/actions/reference/security/secure-use",
        ],
    }
}

pub(super) const RULE: Rule = Rule {
    about: &PipedScript::ABOUT,
    judge,
};

fn judge(subject: &Subject<'_>, out: &mut Report<'_>) {
    for (job, script) in subject.scripts() {
        for fetched in run_unseen(&script.pipelines) {
            let plain = fetched.url.to_ascii_lowercase().starts_with("http://");
            out.finding(
                Found {
                    message: format!(
                        "what `{}` answers is run without having been compared with anything",
                        shown_address(&fetched.url)
                    ),
                    key: format!("{job} {}", shown_address(&fetched.url)),
                    fix: "fetch a named version and compare its digest before it runs".to_owned(),
                    severity: plain.then_some(Severity::Medium),
                    ..Found::default()
                },
                &script.place(fetched.span),
            );
        }
    }
}
