//! What people outside of the project write, followed to where it is used.
//!
//! In: paths of expressions. Out: whether an outsider decides what they are.
//!
//! Source: <https://docs.github.com/en/actions/concepts/security/script-injections>, and the payloads of events:
//! <https://docs.github.com/en/webhooks/webhook-events-and-payloads>.

use super::checks::texts;
use super::expression::{expressions, flows};
use super::github::{Job, Step, Workflow};
use bartizan_document::Node;
use bartizan_document::shell::every;

/// Most steps from an expression to where its value comes from.
const FURTHEST: usize = 8;

/// Who decides what a value is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Origin {
    /// Nobody outside: a number, a digest, a name that the platform gives.
    Safe,
    /// That is not told here: the path.
    Unknown(String),
    /// Somebody who may start the workflow by hand, or calls it: the path.
    Caller(String),
    /// An outsider: the path.
    Outsider(String),
}

/// Actions whose outputs hold names of files, branches or comments: what outsiders write.
const OUTSIDERS_OUTPUTS: [(&str, &[&str]); 9] = [
    ("tj-actions/changed-files", &[]),
    (
        "tj-actions/branch-names",
        &["current_branch", "head_ref_branch", "ref_branch"],
    ),
    ("dorny/paths-filter", &[]),
    ("jitterbit/get-changed-files", &[]),
    ("trilom/file-changes-action", &[]),
    ("xt0rted/pull-request-comment-branch", &["head_ref"]),
    ("peter-evans/find-comment", &["comment-body"]),
    ("tim-actions/get-pr-commits", &["commits"]),
    ("the-coding-turtle/ga-file-changes", &[]),
];

/// Where an expression's value comes from: the worst of what it may become.
pub(super) fn origin(
    expression: &str,
    workflow: &Workflow<'_>,
    job: &Job<'_>,
    step: Option<&Step<'_>>,
) -> Origin {
    let follow = Follow { workflow };
    follow.expression(expression, job, step, 0)
}

/// Where the value of a variable of the shell comes from, by the `env` of a step and what is around it.
pub(super) fn variable(name: &str, workflow: &Workflow<'_>, job: &Job<'_>, step: &Step<'_>) -> Origin {
    Follow { workflow }.variable(name, job, Some(step), 0)
}

struct Follow<'w, 'n> {
    workflow: &'w Workflow<'n>,
}

impl<'n> Follow<'_, 'n> {
    fn expression(&self, text: &str, job: &Job<'n>, step: Option<&Step<'n>>, depth: usize) -> Origin {
        let paths = flows(text);
        let origins = paths.iter().map(|path| self.path(path, job, step, depth));
        origins.max().unwrap_or(Origin::Safe)
    }

    /// The worst of the expressions in a text.
    fn text(&self, text: &str, job: &Job<'n>, step: Option<&Step<'n>>, depth: usize) -> Origin {
        let all = expressions(text);
        let origins = all.iter().map(|(_, one)| self.expression(one, job, step, depth));
        origins.max().unwrap_or(Origin::Safe)
    }

    fn path(&self, path: &str, job: &Job<'n>, step: Option<&Step<'n>>, depth: usize) -> Origin {
        if depth >= FURTHEST {
            return Origin::Unknown(path.to_owned());
        }
        let parts: Vec<&str> = path.split('.').collect();
        match parts.as_slice() {
            ["github", "head_ref"] => Origin::Outsider(path.to_owned()),
            ["github", "event", "inputs" | "client_payload", ..] | ["inputs", ..] => self.input(path, &parts),
            ["github", "event", rest @ ..] => event(path, rest),
            ["github", "ref_name" | "ref"] if self.workflow.trigger("push").is_some() => {
                Origin::Caller(path.to_owned())
            }
            ["github"] => Origin::Outsider(path.to_owned()),
            ["env", name] => self.variable(name, job, step, depth + 1),
            ["steps", id, "outputs", name] => self.step_output(path, (id, name), job, depth + 1),
            ["needs", id, "outputs", name] => self.job_output(path, (id, name), depth + 1),
            ["steps" | "needs", _, "outcome" | "conclusion" | "result"] => Origin::Safe,
            ["matrix", name, ..] => matrix(path, name, job),
            ["steps" | "needs" | "matrix", ..] => Origin::Unknown(path.to_owned()),
            _ => Origin::Safe,
        }
    }

    /// An input: its type may leave nothing to write.
    fn input(&self, path: &str, parts: &[&str]) -> Origin {
        let name = parts.last().copied().unwrap_or_default();
        let triggers = self.workflow.triggers.iter().filter_map(|trigger| trigger.node);
        let declared = triggers
            .chain(std::iter::once(self.workflow.root))
            .filter_map(|node| node.get("inputs"))
            .flat_map(Node::entries)
            .filter(|entry| entry.key.eq_ignore_ascii_case(name))
            .map(|entry| &entry.value);
        let mut kinds = declared
            .map(|input| input.text_of("type").unwrap_or("string"))
            .peekable();
        let is_closed = kinds.peek().is_some()
            && kinds.all(|kind| matches!(kind, "boolean" | "number" | "choice" | "environment"));
        if is_closed {
            Origin::Safe
        } else {
            Origin::Caller(path.to_owned())
        }
    }

    fn variable(&self, name: &str, job: &Job<'n>, step: Option<&Step<'n>>, depth: usize) -> Origin {
        if depth >= FURTHEST {
            return Origin::Unknown(format!("env.{name}"));
        }
        let step_env = step.and_then(|step| step.node.get("env"));
        let environments = [step_env, job.node.get("env"), self.workflow.root.get("env")];
        let entry = environments.into_iter().flatten().find_map(|env| {
            env.entries()
                .iter()
                .find(|entry| entry.key.eq_ignore_ascii_case(name))
        });
        match entry.and_then(|entry| entry.value.text()) {
            Some(text) => self.text(text, job, step, depth + 1),
            None if entry.is_some() => Origin::Safe,
            None => Origin::Unknown(format!("env.{name}")),
        }
    }

    fn step_output(&self, path: &str, (id, name): (&str, &str), job: &Job<'n>, depth: usize) -> Origin {
        let by_id = |step: &&Step<'n>| {
            step.node
                .text_of("id")
                .is_some_and(|text| text.eq_ignore_ascii_case(id))
        };
        let Some(step) = job.steps.iter().find(by_id) else {
            return Origin::Unknown(path.to_owned());
        };
        if let Some(uses) = &step.uses {
            let used = uses.name();
            let known = OUTSIDERS_OUTPUTS.iter().find(|(action, _)| *action == used);
            return match known {
                Some((_, names)) if names.is_empty() || names.contains(&name) => {
                    Origin::Outsider(path.to_owned())
                }
                _ => Origin::Unknown(path.to_owned()),
            };
        }
        let Some(run) = &step.run else {
            return Origin::Unknown(path.to_owned());
        };
        let written = written_outputs(run, name);
        if written.is_empty() {
            return Origin::Unknown(path.to_owned());
        }
        let origins = written.iter().map(|text| {
            let direct = self.text(text, job, Some(step), depth);
            let shell = shell_variables(text).into_iter();
            let shell = shell.map(|name| match self.variable(&name, job, Some(step), depth) {
                // A variable of the script itself: what is in it is not followed.
                Origin::Unknown(_) => Origin::Unknown(path.to_owned()),
                known => known,
            });
            let commands = if text.contains("$(") || text.contains('`') {
                Origin::Unknown(path.to_owned())
            } else {
                Origin::Safe
            };
            shell.chain([direct, commands]).max().unwrap_or(Origin::Safe)
        });
        origins.max().unwrap_or(Origin::Safe)
    }

    fn job_output(&self, path: &str, (id, name): (&str, &str), depth: usize) -> Origin {
        let job = self
            .workflow
            .jobs
            .iter()
            .find(|job| job.id.eq_ignore_ascii_case(id));
        let output = job.and_then(|job| {
            let outputs = job.node.get("outputs")?.entries();
            let entry = outputs
                .iter()
                .find(|entry| entry.key.eq_ignore_ascii_case(name))?;
            Some((job, entry.value.text()?))
        });
        match output {
            Some((job, text)) => self.text(text, job, None, depth + 1),
            None => Origin::Unknown(path.to_owned()),
        }
    }
}

/// What an event carries.
fn event(path: &str, rest: &[&str]) -> Origin {
    let outsider = || Origin::Outsider(path.to_owned());
    match rest {
        // A whole object has what is dangerous of it.
        []
        | [
            "*" | "issue" | "pull_request" | "comment" | "review" | "discussion" | "commits" | "head_commit"
            | "workflow_run" | "pages",
        ] => outsider(),
        [
            ..,
            "title" | "body" | "page_name" | "display_title" | "head_branch" | "head_ref",
        ] => {
            if matches!(rest, [.., "milestone", _]) {
                Origin::Safe
            } else {
                outsider()
            }
        }
        [.., "head", "ref" | "label"] | [.., "head"] => outsider(),
        ["workflow_run", .., "ref"] => outsider(),
        [
            ..,
            "repo" | "head_repository",
            "default_branch" | "description" | "homepage" | "name" | "full_name",
        ] if rest.contains(&"head") || rest.contains(&"head_repository") => {
            if matches!(rest.last(), Some(&("name" | "full_name"))) {
                Origin::Safe
            } else {
                outsider()
            }
        }
        [.., "commits" | "head_commit" | "*", "message"] => outsider(),
        [.., "author" | "committer", "name" | "email"] => outsider(),
        _ => Origin::Safe,
    }
}

fn matrix(path: &str, name: &str, job: &Job<'_>) -> Origin {
    let matrix = job.node.at(&["strategy", "matrix"]);
    let axis = matrix.and_then(|matrix| {
        matrix
            .entries()
            .iter()
            .find(|entry| entry.key.eq_ignore_ascii_case(name))
    });
    let is_written = |node: &Node| {
        let mut all = Vec::new();
        texts(node, 0, &mut all);
        all.iter().all(|(text, _)| !text.contains("${{"))
    };
    let included = matrix.and_then(|matrix| matrix.get("include"));
    let in_include = included.is_some_and(|node| !node.items().is_empty() && is_written(node));
    match axis {
        Some(axis)
            if !axis.value.items().is_empty()
                && is_written(&axis.value)
                && included.is_none_or(is_written) =>
        {
            Origin::Safe
        }
        None if in_include => Origin::Safe,
        _ => Origin::Unknown(path.to_owned()),
    }
}

/// What a script writes as an output of this name.
fn written_outputs(run: &super::github::Script, name: &str) -> Vec<String> {
    let mut found = Vec::new();
    for command in every(&run.pipelines).into_iter().flat_map(|one| &one.commands) {
        let is_output = command
            .redirects
            .iter()
            .any(|one| one.target.text.to_ascii_uppercase().contains("GITHUB_OUTPUT"));
        let old = command
            .words
            .iter()
            .any(|word| word.text.starts_with("::set-output"));
        for word in &command.words {
            let text = if old {
                word.text
                    .split("::set-output name=")
                    .nth(1)
                    .map(|rest| rest.replacen("::", "=", 1))
            } else if is_output {
                Some(word.text.clone())
            } else {
                None
            };
            let value = text.and_then(|text| {
                let (key, value) = text.split_once('=')?;
                key.trim().eq_ignore_ascii_case(name).then(|| value.to_owned())
            });
            found.extend(value);
        }
    }
    found
}

/// Names of variables that a word of a script expands.
pub(super) fn shell_variables(word: &str) -> Vec<String> {
    let mut names = Vec::new();
    for part in word.split('$').skip(1) {
        if part.starts_with("{{") || part.starts_with('(') {
            continue;
        }
        let part = part.strip_prefix('{').unwrap_or(part);
        let end = part
            .find(|one: char| !one.is_ascii_alphanumeric() && one != '_')
            .unwrap_or(part.len());
        if let Some(name) = part.get(..end).filter(|name| !name.is_empty()) {
            names.push(name.to_owned());
        }
    }
    names
}
