//! `ci/secrets-passed-on`: more secrets than are needed.

use super::{Rule, Subject, shown, texts};
use crate::ci::expression::{calls, expressions, flows};
use bartizan_engine::rule;
use bartizan_engine::rule::{Found, Report, Severity};

rule! {
    /// Secrets are handed on as a whole: `secrets: inherit` gives a called workflow every secret of the repository and the organisation, and
    /// `toJSON(secrets)` puts all of them into one value. Whatever reads it then has those too that it was not meant to have. The whole as a value is
    /// medium; inheriting is low, and not reported for a workflow of the same repository.
    ///
    /// A part of a secret that is JSON (`fromJSON(secrets.X).password`) is also reported as medium: only the whole is hidden in the log.
    SecretsPassedOn {
        id: "ci/secrets-passed-on",
        title: "More secrets than are needed",
        severity: Medium,
        confidence: High,
        cwe: ["CWE-522", "CWE-250"],
        controls: [("OWASP-ASVS-5.0", "13.3.2"), ("NIST-800-53-r5", "AC-6")],
        remediation: "Name the secrets that are needed: `secrets: {token: ${{ secrets.DEPLOY_TOKEN }}}`. Keep each secret on its own, not as a part of JSON.",
        references: [
            "https://docs.github.com/en/actions/reference/security/secure-use#use-secrets-for-sensitive-information",
        ],
    }
}

pub(super) const RULE: Rule = Rule {
    about: &SecretsPassedOn::ABOUT,
    judge,
};

fn judge(subject: &Subject<'_>, out: &mut Report<'_>) {
    let Subject::Github(workflow) = subject else {
        return;
    };
    for job in &workflow.jobs {
        let secrets = job
            .node
            .get("secrets")
            .filter(|node| node.text() == Some("inherit"));
        let other = job.uses().filter(|uses| !uses.text.starts_with('.'));
        if let (Some(secrets), Some(uses)) = (secrets, other) {
            out.finding(
                Found {
                    message: format!("`{}` gets every secret", shown(uses.text)),
                    key: format!("{} inherit", job.id),
                    fix: "name the secrets that it needs".to_owned(),
                    severity: Some(Severity::Low),
                    ..Found::default()
                },
                &secrets.span.range(),
            );
        }
    }
    let mut all = Vec::new();
    texts(workflow.root, 0, &mut all);
    for (text, at) in all {
        for (_, expression) in expressions(text) {
            let whole = flows(expression)
                .iter()
                .any(|path| path == "secrets" || path == "secrets.*");
            let in_part = calls(expression).iter().any(|(name, paths)| {
                name == "fromjson" && paths.iter().any(|path| path.starts_with("secrets."))
            });
            let message = if whole {
                "every secret goes into one value"
            } else if in_part {
                "a part of a secret is not hidden in the log as the whole is"
            } else {
                continue;
            };
            out.finding(
                Found {
                    message: format!("`${{{{ {} }}}}`: {message}", shown(expression)),
                    key: expression.trim().to_owned(),
                    fix: "name the one secret that is needed, kept on its own".to_owned(),
                    ..Found::default()
                },
                &at,
            );
        }
    }
}
