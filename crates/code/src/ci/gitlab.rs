//! Pipelines of GitLab.

use super::github::Script;
use bartizan_document::Node;
use std::ops::Range;

/// Keys at the top that are no jobs.
const NO_JOBS: [&str; 12] = [
    "default",
    "include",
    "stages",
    "variables",
    "workflow",
    "image",
    "services",
    "cache",
    "before_script",
    "after_script",
    "spec",
    "pages_",
];

/// A pipeline.
pub(super) struct Pipeline<'n> {
    pub(super) root: &'n Node,
    pub(super) jobs: Vec<Job<'n>>,
}

/// A job; what stands at the top for all of them is one too, without a name.
pub(super) struct Job<'n> {
    pub(super) name: &'n str,
    pub(super) node: &'n Node,
    pub(super) scripts: Vec<Script>,
}

impl<'n> Pipeline<'n> {
    /// The pipeline that the documents of a text are; none where there is no job.
    pub(super) fn of(text: &'n str, root: &'n Node) -> Option<Self> {
        let whole = Job {
            name: "",
            node: root,
            scripts: scripts(text, root),
        };
        let mut jobs = vec![whole];
        for entry in root.entries() {
            let is_job = entry.value.entries().iter().any(|one| {
                matches!(
                    &*one.key,
                    "script"
                        | "before_script"
                        | "after_script"
                        | "image"
                        | "extends"
                        | "trigger"
                        | "stage"
                        | "services"
                )
            });
            if is_job && (!NO_JOBS.contains(&&*entry.key) || &*entry.key == "default") {
                jobs.push(Job {
                    name: &entry.key,
                    node: &entry.value,
                    scripts: scripts(text, &entry.value),
                });
            }
        }
        let is_pipeline = jobs.len() > 1 || root.get("include").is_some() || root.get("stages").is_some();
        is_pipeline.then_some(Self { root, jobs })
    }

    /// Images of jobs and of their services, with their places.
    pub(super) fn images(&self) -> Vec<(&'n str, Range<usize>)> {
        let mut all = Vec::new();
        for job in &self.jobs {
            let image = job.node.get("image").into_iter();
            for node in image.chain(job.node.items_of("services")) {
                let named = if node.text().is_some() {
                    Some(node)
                } else {
                    node.get("name")
                };
                if let Some((text, node)) = named.and_then(|node| Some((node.text()?, node))) {
                    all.push((text, node.span.range()));
                }
            }
        }
        all
    }
}

/// The scripts of a job: each item of a list is one.
fn scripts(text: &str, holder: &Node) -> Vec<Script> {
    let mut all = Vec::new();
    for key in ["before_script", "script", "after_script"] {
        let Some(node) = holder.get(key) else { continue };
        flatten(text, node, 0, &mut all);
    }
    all
}

fn flatten(text: &str, node: &Node, depth: usize, all: &mut Vec<Script>) {
    if node.tag.is_some() {
        return;
    }
    if node.text().is_some() {
        all.push(Script::of_scalar(text, node, true));
    } else if depth < 10 {
        node.items()
            .iter()
            .for_each(|item| flatten(text, item, depth + 1, all));
    }
}
