//! `ci/artifact-poisoning`: files of a stranger's run are taken for one's own.

use super::{Rule, Subject};
use crate::ci::github::{Step, Workflow};
use bartizan_document::shell::every;
use bartizan_engine::rule;
use bartizan_engine::rule::{Found, Report, Severity};
use std::ops::Range;

rule! {
    /// A workflow on `workflow_run` takes files that another run made, and goes on with secrets. That run may have been of a stranger's pull request: it
    /// decides every file and every name in the archive. Unpacked over the repository, they replace a script or a configuration that a later step
    /// runs, which is reported as high. In a directory of their own they are data to be doubted: low.
    ArtifactPoisoning {
        id: "ci/artifact-poisoning",
        title: "Files of a stranger's run with the project's secrets",
        severity: High,
        confidence: Medium,
        cwe: ["CWE-829", "CWE-494"],
        controls: [("NIST-800-53-r5", "SI-7")],
        remediation: "Unpack it in a directory of its own (`path: ${{ runner.temp }}/artifact`), take single values of it, check their form (a number is a \
            number), and run nothing of it. Take only runs of the own branch: `if: github.event.workflow_run.event == 'push'`.",
        references: [
            "https://securitylab.github.com/resources/github-actions-preventing-pwn-requests/",
        ],
    }
}

pub(super) const RULE: Rule = Rule {
    about: &ArtifactPoisoning::ABOUT,
    judge,
};

fn judge(subject: &Subject<'_>, out: &mut Report<'_>) {
    let Subject::Github(workflow) = subject else {
        return;
    };
    if workflow.trigger("workflow_run").is_none() || is_own_branch(workflow) {
        return;
    }
    for job in &workflow.jobs {
        for (number, step) in job.steps.iter().enumerate() {
            let Some((at, apart)) = download(step) else {
                continue;
            };
            let later = job.steps.get(number + 1..).unwrap_or_default();
            let runs = later.iter().any(|step| {
                step.run.is_some() || step.uses.as_ref().is_some_and(|uses| uses.text.starts_with('.'))
            });
            if !runs {
                continue;
            }
            let how = if apart {
                "are taken in"
            } else {
                "are unpacked over what later steps run"
            };
            out.finding(
                Found {
                    message: format!("files that another run made, a stranger's perhaps, {how}"),
                    key: format!("{} {number}", job.id),
                    fix: "unpack them under `runner.temp`, and run nothing of them".to_owned(),
                    severity: apart.then_some(Severity::Low),
                    ..Found::default()
                },
                &at,
            );
        }
    }
}

/// Whether only runs of what was pushed are taken.
fn is_own_branch(workflow: &Workflow<'_>) -> bool {
    let says = |text: &str| {
        let bare: String = text.chars().filter(|one| !one.is_whitespace()).collect();
        bare.contains("github.event.workflow_run.event=='push'") && !bare.contains("||")
    };
    !workflow.jobs.is_empty()
        && workflow
            .jobs
            .iter()
            .all(|job| job.node.text_of("if").is_some_and(says))
}

/// Where a step takes files of another run, and whether it puts them in a directory of their own.
fn download(step: &Step<'_>) -> Option<(Range<usize>, bool)> {
    let path = step.with("path").and_then(|node| node.text()).unwrap_or_default();
    let apart = path.contains("runner.temp") || path.starts_with("/tmp") || path.contains("RUNNER_TEMP");
    if let Some(uses) = &step.uses {
        let name = uses.name();
        let takes = (name == "actions/download-artifact" && step.with("run-id").is_some())
            || matches!(
                name.as_str(),
                "dawidd6/action-download-artifact"
                    | "bettermarks/action-artifact-download"
                    | "levonet/action-download-last-artifact"
            );
        let by_script = name == "actions/github-script"
            && step
                .with("script")
                .and_then(|node| node.text())
                .is_some_and(|text| text.contains("downloadArtifact"));
        return (takes || by_script).then(|| (uses.at.clone(), apart));
    }
    let run = step.run.as_ref()?;
    let pipelines = every(&run.pipelines);
    let mut commands = pipelines.iter().flat_map(|one| &one.commands);
    let command = commands.find(|command| {
        let words: Vec<&str> = command
            .run()
            .iter()
            .take(3)
            .map(|word| word.text.as_str())
            .collect();
        words == ["gh", "run", "download"]
    })?;
    let apart = command.words.iter().any(|word| {
        word.text.contains("RUNNER_TEMP")
            || word.text.contains("runner.temp")
            || word.text.starts_with("/tmp")
    });
    Some((run.place(command.span()), apart))
}
