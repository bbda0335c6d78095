//! `ci/self-hosted-runner`: strangers' code on one's own machines.

use super::{Rule, Subject};
use crate::ci::github::Exposure;
use bartizan_engine::rule;
use bartizan_engine::rule::{Found, Report};

rule! {
    /// A workflow that pull requests start runs on a machine of one's own. In a public repository anybody's code then runs there, in the network of that
    /// machine, and what it leaves behind meets the next job: files, processes, credentials of the machine.
    ///
    /// Whether the repository is public is not told by the file, so the severity is medium. For a private one whose members may all run
    /// code there, it can be waived.
    SelfHostedRunner {
        id: "ci/self-hosted-runner",
        title: "Strangers' code on own machines",
        severity: Medium,
        confidence: Medium,
        cwe: ["CWE-668"],
        controls: [("NIST-800-53-r5", "SC-7"), ("NIST-800-53-r5", "AC-6")],
        remediation: "Run pull requests on machines of the platform, or on ones that are made for one job and thrown away, in a network of their own. \
            Let a person approve runs of people outside of the project.",
        references: [
            "https://docs.github.com/en/actions/reference/security/secure-use#hardening-for-self-hosted-runners",
        ],
    }
}

pub(super) const RULE: Rule = Rule {
    about: &SelfHostedRunner::ABOUT,
    judge,
};

fn judge(subject: &Subject<'_>, out: &mut Report<'_>) {
    let Subject::Github(workflow) = subject else {
        return;
    };
    if workflow.exposure() == Exposure::Inside {
        return;
    }
    for job in &workflow.jobs {
        let own = job
            .runner()
            .into_iter()
            .find(|label| label.text() == Some("self-hosted"));
        if let Some(label) = own {
            out.finding(
                Found {
                    message: format!(
                        "`{}` runs on an own machine, and a pull request starts it",
                        job.id.escape_debug()
                    ),
                    key: job.id.to_owned(),
                    fix: "run pull requests on machines of the platform, or on ones for one job".to_owned(),
                    ..Found::default()
                },
                &label.span.range(),
            );
        }
    }
}
