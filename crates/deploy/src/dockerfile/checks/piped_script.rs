//! `deploy/dockerfile/piped-script`: a script from the network is run as it comes.

use super::{Judged, Rule, shown};
use crate::doubt::Doubt;
use bartizan_document::shell::fetch::run_unseen;
use bartizan_engine::rule;
use bartizan_engine::rule::{Found, Report, Severity};

rule! {
    /// `RUN` fetches a script and runs it without having compared it with anything: `curl … | sh`, `sh -c "$(curl …)"`, or into a file and then
    /// started. Who answers at the address decides what the image is made of, at each build anew, and sees who asks: a server can answer a build
    /// machine otherwise than a person who looks first. Over `http://` anybody on the way decides too, which is reported as medium.
    PipedScript {
        id: "deploy/dockerfile/piped-script",
        title: "Script from the network is run unseen",
        severity: Low,
        confidence: High,
        cwe: ["CWE-494"],
        controls: [("NIST-800-53-r5", "SI-7")],
        remediation: "Take a package of the distribution, or fetch a named version and compare it before it runs:\n\n```dockerfile\nADD --checksum=sha256:… https://files.example/install-1.2.3.sh /tmp/install.sh\nRUN sh /tmp/install.sh\n```",
        references: ["https://docs.docker.com/reference/dockerfile/#add---checksum"],
    }
}

pub(super) const RULE: Rule = Rule {
    about: &PipedScript::ABOUT,
    judge,
};

fn judge(judged: &Judged<'_>, out: &mut Report<'_>, _: &mut Vec<Doubt>) {
    for step in &judged.build.steps {
        for commands in step.commands(judged.text) {
            for fetched in run_unseen(&commands.pipelines) {
                let plain = fetched.url.to_ascii_lowercase().starts_with("http://");
                out.finding(
                    Found {
                        message: format!(
                            "what `{}` answers is run without having been compared with anything",
                            shown(&fetched.url)
                        ),
                        key: shown(&fetched.url),
                        fix: "fetch a named version and compare its digest before it runs".to_owned(),
                        severity: plain.then_some(Severity::Medium),
                        ..Found::default()
                    },
                    &commands.place(fetched.span),
                );
            }
        }
    }
}
