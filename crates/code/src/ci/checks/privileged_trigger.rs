//! `ci/privileged-trigger`: anybody can start it with the project's secrets.

use super::untrusted_checkout::checkouts;
use super::{Rule, Subject};
use bartizan_engine::rule;
use bartizan_engine::rule::{Found, Report};

rule! {
    /// `pull_request_target`, `workflow_run` and `issue_comment` run with the project's token and secrets on behalf of whoever proposes a change or writes
    /// a comment. That is safe as long as
    /// nothing of the change is run or believed, which every later edit of the workflow has to keep in mind.
    ///
    /// Reported where nothing worse was found: where the code of the change is taken, `ci/untrusted-checkout` says so. A job that is only for certain
    /// people (`if` by the author) is still started by the same event.
    PrivilegedTrigger {
        id: "ci/privileged-trigger",
        title: "Anybody can start it with the project's secrets",
        severity: Low,
        confidence: Medium,
        cwe: ["CWE-250"],
        controls: [("NIST-800-53-r5", "AC-6")],
        remediation: "Use `pull_request` where neither secrets nor rights to write are needed. Else keep these workflows small, take no code of the change, \
            and give the token only what is needed.",
        references: [
            "https://docs.github.com/en/actions/reference/workflows-and-actions/events-that-trigger-workflows#pull_request_target",
        ],
    }
}

pub(super) const RULE: Rule = Rule {
    about: &PrivilegedTrigger::ABOUT,
    judge,
};

fn judge(subject: &Subject<'_>, out: &mut Report<'_>) {
    let Subject::Github(workflow) = subject else {
        return;
    };
    if !checkouts(workflow).is_empty() {
        return;
    }
    for name in ["pull_request_target", "workflow_run", "issue_comment"] {
        let Some(trigger) = workflow.trigger(name) else {
            continue;
        };
        out.finding(
            Found {
                message: format!("`{name}` runs with the project's secrets for whoever proposes a change or writes a comment"),
                key: name.to_owned(),
                fix: "use `pull_request` where no secrets are needed".to_owned(),
                ..Found::default()
            },
            &trigger.at,
        );
    }
}
