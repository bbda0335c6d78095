//! `ci/secret-printed`: a secret goes into the log.

use super::{Rule, Subject, shown};
use crate::ci::expression::{expressions, flows};
use crate::ci::github::{Job, Script, Step, Workflow};
use crate::ci::taint::shell_variables;
use bartizan_document::Node;
use bartizan_document::shell::{Pipeline, fetch::is_secret_name};
use bartizan_engine::rule;
use bartizan_engine::rule::{Found, Report, Severity};

rule! {
    /// A script prints a secret. The platform hides a value that it knows to be secret, in the form in which it knows it; once it was changed, encoded,
    /// cut, or is a part of more, it stands in the log, which everybody may read who can read the repository. Such a secret is reported as medium, one
    /// that is printed as it is as low.
    ///
    /// What goes on into a pipe to a program or into a file is not printed.
    SecretPrinted {
        id: "ci/secret-printed",
        title: "Secret is printed",
        severity: Low,
        confidence: High,
        cwe: ["CWE-532"],
        controls: [("NIST-800-53-r5", "IA-5"), ("OWASP-ASVS-5.0", "13.3.2")],
        remediation: "Remove it, and exchange the secret if the log was ever readable. To see whether it is set: `[ -n \"$TOKEN\" ] && echo set`.",
        references: [
            "https://docs.github.com/en/actions/reference/security/secure-use#use-secrets-for-sensitive-information",
            "https://docs.gitlab.com/ci/variables/#mask-a-cicd-variable",
        ],
    }
}

pub(super) const RULE: Rule = Rule {
    about: &SecretPrinted::ABOUT,
    judge,
};

const CHANGES: [&str; 13] = [
    "base64", "rev", "cut", "sed", "tr", "fold", "xxd", "od", "hexdump", "awk", "head", "tail", "openssl",
];
const PRINTS: [&str; 4] = ["echo", "printf", "cat", "tee"];

fn judge(subject: &Subject<'_>, out: &mut Report<'_>) {
    match subject {
        Subject::Github(workflow) => {
            for (job, step) in workflow.steps() {
                if let Some(run) = &step.run {
                    script(run, &|word| names_secret(word, workflow, job, step), out);
                }
            }
        }
        Subject::Gitlab(pipeline) => {
            for job in &pipeline.jobs {
                for run in &job.scripts {
                    script(
                        run,
                        &|word| shell_variables(word).iter().any(|name| is_gitlab_secret(name)),
                        out,
                    );
                }
            }
        }
        Subject::Dependabot(_) => {}
    }
}

fn is_gitlab_secret(name: &str) -> bool {
    matches!(
        name,
        "CI_JOB_TOKEN"
            | "CI_REGISTRY_PASSWORD"
            | "CI_DEPLOY_PASSWORD"
            | "CI_DEPENDENCY_PROXY_PASSWORD"
            | "CI_JOB_JWT"
            | "CI_JOB_JWT_V2"
    ) || is_secret_name(name)
}

fn script(run: &Script, names_secret: &dyn Fn(&str) -> bool, out: &mut Report<'_>) {
    for pipeline in &run.pipelines {
        let Some(changed) = printed(pipeline) else {
            continue;
        };
        let words = pipeline
            .commands
            .first()
            .map_or(&[][..], |command| command.run())
            .iter()
            .skip(1);
        for word in words.filter(|word| names_secret(&word.text)) {
            out.finding(
                Found {
                    message: format!(
                        "`{}` goes into the log{}",
                        shown(&word.text),
                        if changed {
                            ", changed so that it is not hidden"
                        } else {
                            ""
                        }
                    ),
                    key: word.text.clone(),
                    fix: "remove it".to_owned(),
                    severity: changed.then_some(Severity::Medium),
                    ..Found::default()
                },
                &run.place(word.span),
            );
        }
    }
}

/// Whether what a pipeline prints is changed on its way; none where it does not reach the log.
fn printed(pipeline: &Pipeline) -> Option<bool> {
    let (first, rest) = pipeline.commands.split_first()?;
    let prints = matches!(first.program(), "echo" | "printf");
    let to_log = pipeline.commands.iter().all(|command| {
        command
            .redirects
            .iter()
            .all(|one| !matches!(&*one.operator, ">" | ">>" | "&>" | ">|" | "&>>"))
    });
    let passes = rest
        .iter()
        .all(|command| CHANGES.contains(&command.program()) || PRINTS.contains(&command.program()));
    // What the platform is told to hide is printed for that.
    let hides = first.words.iter().any(|word| word.text.starts_with("::add-mask"));
    (prints && to_log && passes && !hides)
        .then(|| rest.iter().any(|command| CHANGES.contains(&command.program())))
}

fn names_secret(word: &str, workflow: &Workflow<'_>, job: &Job<'_>, step: &Step<'_>) -> bool {
    let holds = |text: &str| {
        let all = expressions(text);
        let flows = all.iter().flat_map(|(_, expression)| flows(expression));
        flows.into_iter().any(|path| path.starts_with("secrets."))
    };
    let environments: Vec<&Node> = [
        step.node.get("env"),
        job.node.get("env"),
        workflow.root.get("env"),
    ]
    .into_iter()
    .flatten()
    .collect();
    let by_variable = shell_variables(word).into_iter().any(|name| {
        let value = environments.iter().find_map(|env| env.text_of(&name));
        value.is_some_and(holds)
    });
    holds(word) || by_variable
}
