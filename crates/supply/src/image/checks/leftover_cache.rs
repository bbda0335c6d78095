//! `image/leftover-cache`: what package managers downloaded is still in the image.

use super::{Facts, ImageCheck, advice, info, size};
use bartizan_content::images;
use bartizan_model::{Confidence, Finding, RuleInfo, Severity};
use bartizan_source::image::{Node, NodeKind};

/// Less than so many bytes in a directory are not worth a word.
const LEAST: u64 = 100_000;

/// Looks for what package managers leave.
pub(super) struct LeftoverCache;

impl ImageCheck for LeftoverCache {
    fn rule(&self) -> RuleInfo {
        info(
            "image/leftover-cache",
            "Leftover cache in an image",
            (Severity::Low, Confidence::High),
            &[],
            [
                "A package manager left in the image what it downloaded: packages, indexes, sources. Nothing reads it until something \
                 else is installed, which nobody does in a container. It is pulled by every node, and where it holds sources or \
                 packages of your own it tells more than the image should.",
                "1. Remove it in the same `RUN` that made it: what a later instruction deletes stays in the layer below.\n\
                 2. Or keep it out of every layer with `RUN --mount=type=cache,target=DIRECTORY`.",
            ],
            &["https://docs.docker.com/build/cache/optimize/"],
        )
    }

    fn run(&self, facts: &Facts<'_>) -> Vec<Finding> {
        let files: Vec<(String, &Node)> = facts
            .tree
            .iter()
            .filter(|(_, node)| node.kind == NodeKind::File)
            .collect();
        let mut found = Vec::new();
        for (place, how) in images::caches() {
            let inside: Vec<&(String, &Node)> =
                files.iter().filter(|(path, _)| is_below(path, place)).collect();
            let bytes = inside
                .iter()
                .map(|(_, node)| node.size)
                .fold(0, u64::saturating_add);
            let Some((path, node)) = inside.iter().max_by_key(|(_, node)| node.size) else {
                continue;
            };
            if bytes < LEAST {
                continue;
            }
            let message = format!(
                "{} in {} under `/{place}`{}",
                size(bytes),
                super::counted(inside.len(), "file"),
                facts.brought(node).replacen(',', ", most of it", 1)
            );
            let mut finding = facts.finding(&self.rule(), place, message, facts.place(path, node));
            finding.fix = Some(advice(how));
            found.push(finding);
        }
        found
    }
}

/// Whether a path is below a directory, in the name of which `*` stands for one name.
fn is_below(path: &str, place: &str) -> bool {
    let mut names = path.split('/');
    let mut wanted = place.trim_end_matches('/').split('/');
    wanted.all(|wanted| names.next().is_some_and(|name| wanted == "*" || name == wanted))
        && names.next().is_some()
}
