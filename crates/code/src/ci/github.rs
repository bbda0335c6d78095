//! Workflows and composite actions of GitHub.

use bartizan_document::shell::{self, Pipeline};
use bartizan_document::{Entry, Excerpt, Node, Span};
use std::ops::Range;

/// A workflow, or an action that is made of steps.
pub(super) struct Workflow<'n> {
    pub(super) text: &'n str,
    pub(super) root: &'n Node,
    pub(super) is_action: bool,
    /// What starts it.
    pub(super) triggers: Vec<Trigger<'n>>,
    /// Its jobs; of an action its steps as one.
    pub(super) jobs: Vec<Job<'n>>,
}

/// What starts a workflow.
pub(super) struct Trigger<'n> {
    pub(super) name: &'n str,
    pub(super) node: Option<&'n Node>,
    pub(super) at: Range<usize>,
}

/// A job.
pub(super) struct Job<'n> {
    pub(super) id: &'n str,
    pub(super) at: Range<usize>,
    pub(super) node: &'n Node,
    pub(super) steps: Vec<Step<'n>>,
}

/// A step.
pub(super) struct Step<'n> {
    pub(super) node: &'n Node,
    pub(super) uses: Option<Uses<'n>>,
    pub(super) run: Option<Script>,
}

/// What is used: an action or a workflow.
#[derive(Clone)]
pub(super) struct Uses<'n> {
    pub(super) text: &'n str,
    pub(super) at: Range<usize>,
}

/// Commands with the text that they stand in.
pub(super) struct Script {
    pub(super) excerpt: Excerpt,
    /// None where the shell is none of POSIX.
    pub(super) pipelines: Vec<Pipeline>,
}

/// How much outsiders have to do with when and with what a workflow runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Exposure {
    /// Only people of the project start it, or it is not told here.
    Inside,
    /// A pull request of anybody starts it, without secrets and with a token that only reads.
    PullRequest,
    /// Anybody starts it, and it runs with secrets and with the project's token.
    Privileged,
}

impl Script {
    fn of(excerpt: Excerpt, is_posix: bool) -> Self {
        let pipelines = if is_posix {
            shell::read(excerpt.text())
        } else {
            Vec::new()
        };
        Self { excerpt, pipelines }
    }

    pub(super) fn of_scalar(text: &str, node: &Node, is_posix: bool) -> Self {
        Self::of(Excerpt::of_scalar(text, node), is_posix)
    }

    pub(super) fn place(&self, span: Span) -> Range<usize> {
        self.excerpt.place(span.range())
    }
}

impl<'n> Uses<'n> {
    fn of(entry: &'n Entry) -> Option<Self> {
        let text = entry.value.text()?;
        Some(Self {
            text,
            at: entry.value.span.range(),
        })
    }

    /// `owner/name` in small letters, without what follows; empty for what is no action of a repository.
    pub(super) fn name(&self) -> String {
        let path = self.text.split('@').next().unwrap_or_default();
        if path.starts_with(['.', '/']) || path.starts_with("docker://") {
            return String::new();
        }
        let parts: Vec<&str> = path.split('/').take(2).collect();
        parts.join("/").to_ascii_lowercase()
    }

    /// What stands behind `@`.
    pub(super) fn reference(&self) -> &'n str {
        self.text.split_once('@').map_or("", |(_, reference)| reference)
    }
}

impl<'n> Step<'n> {
    fn of(text: &'n str, node: &'n Node, shell: Option<&str>) -> Self {
        let shell = node.text_of("shell").or(shell).unwrap_or("bash");
        let is_posix = ["bash", "sh", "zsh", "dash"]
            .iter()
            .any(|one| shell.split([' ', '/']).any(|word| word == *one));
        Self {
            node,
            uses: node.entry("uses").and_then(Uses::of),
            run: node.get("run").map(|run| Script::of_scalar(text, run, is_posix)),
        }
    }

    /// A value of `with`.
    pub(super) fn with(&self, key: &str) -> Option<&'n Node> {
        let entries = self.node.get("with").map_or(&[][..], Node::entries).iter();
        entries
            .filter(|entry| entry.key.eq_ignore_ascii_case(key))
            .map(|entry| &entry.value)
            .next()
    }

    /// Whether it uses an action of this name.
    pub(super) fn is(&self, name: &str) -> bool {
        self.uses.as_ref().is_some_and(|uses| uses.name() == name)
    }
}

impl<'n> Job<'n> {
    /// The labels of the runners that it may run on.
    pub(super) fn runner(&self) -> Vec<&'n Node> {
        let runs_on = self.node.get("runs-on");
        let labels = runs_on.and_then(|node| node.get("labels")).or(runs_on);
        match labels {
            Some(node) if node.items().is_empty() => vec![node],
            Some(node) => node.items().iter().collect(),
            None => Vec::new(),
        }
    }

    /// The workflow that it is as a whole.
    pub(super) fn uses(&self) -> Option<Uses<'n>> {
        self.node.entry("uses").and_then(Uses::of)
    }
}

impl<'n> Workflow<'n> {
    /// The workflow or action that a document is; none where it is neither.
    pub(super) fn of(text: &'n str, root: &'n Node) -> Option<Self> {
        if let Some(runs) = root.get("runs") {
            let job = Job {
                id: "",
                at: root.entry("runs")?.key_span.range(),
                node: runs,
                steps: steps(text, runs, None),
            };
            return Some(Self {
                text,
                root,
                is_action: true,
                triggers: Vec::new(),
                jobs: vec![job],
            });
        }
        let jobs = root.get("jobs")?.entries().iter();
        let default = root.at(&["defaults", "run", "shell"]).and_then(Node::text);
        let jobs = jobs.map(|entry| {
            let shell = entry.value.at(&["defaults", "run", "shell"]).and_then(Node::text);
            let windows = entry
                .value
                .get("runs-on")
                .and_then(Node::text)
                .is_some_and(|label| label.contains("windows"));
            let by_runner = windows.then_some("pwsh");
            Job {
                id: &entry.key,
                at: entry.key_span.range(),
                node: &entry.value,
                steps: steps(text, &entry.value, shell.or(default).or(by_runner)),
            }
        });
        Some(Self {
            text,
            root,
            is_action: false,
            triggers: triggers(root),
            jobs: jobs.collect(),
        })
    }

    pub(super) fn trigger(&self, name: &str) -> Option<&Trigger<'n>> {
        self.triggers.iter().find(|trigger| trigger.name == name)
    }

    /// How much outsiders have to do with it.
    pub(super) fn exposure(&self) -> Exposure {
        let privileged = [
            "pull_request_target",
            "issues",
            "issue_comment",
            "discussion",
            "discussion_comment",
            "workflow_run",
            "fork",
            "watch",
            "gollum",
        ];
        let requests = [
            "pull_request",
            "pull_request_review",
            "pull_request_review_comment",
            "merge_group",
        ];
        let has = |names: &[&str]| self.triggers.iter().any(|trigger| names.contains(&trigger.name));
        if has(&privileged) {
            Exposure::Privileged
        } else if has(&requests) {
            Exposure::PullRequest
        } else {
            Exposure::Inside
        }
    }

    /// What the token of a job may: `contents`, `write`. None where the settings of the repository decide.
    pub(super) fn permissions(&self, job: &Job<'n>) -> Option<&'n Node> {
        job.node
            .get("permissions")
            .or_else(|| self.root.get("permissions"))
    }

    /// Every step with its job.
    pub(super) fn steps(&self) -> impl Iterator<Item = (&Job<'n>, &Step<'n>)> {
        self.jobs
            .iter()
            .flat_map(|job| job.steps.iter().map(move |step| (job, step)))
    }
}

fn steps<'n>(text: &'n str, holder: &'n Node, shell: Option<&str>) -> Vec<Step<'n>> {
    holder
        .items_of("steps")
        .iter()
        .map(|node| Step::of(text, node, shell))
        .collect()
}

fn triggers(root: &Node) -> Vec<Trigger<'_>> {
    let Some(on) = root.get("on").or_else(|| root.get("true")) else {
        return Vec::new();
    };
    let named = |node: &'_ Node| node.span.range();
    if let Some(name) = on.text() {
        return vec![Trigger {
            name,
            node: None,
            at: named(on),
        }];
    }
    let items = on.items().iter().filter_map(|item| {
        Some(Trigger {
            name: item.text()?,
            node: None,
            at: named(item),
        })
    });
    let entries = on.entries().iter().map(|entry| Trigger {
        name: &entry.key,
        node: Some(&entry.value),
        at: entry.key_span.range(),
    });
    items.chain(entries).collect()
}
