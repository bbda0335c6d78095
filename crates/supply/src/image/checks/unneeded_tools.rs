//! `image/unneeded-tools`: shells, package managers, compilers and the like that the service does not use.

use super::{Facts, ImageCheck, advice, info, size};
use crate::image::minimal::{self, Tool};
use bartizan_model::{Confidence, EvidenceStep, Finding, RuleInfo, Severity};
use std::collections::BTreeMap;

/// Programs that are told one by one.
const MOST: usize = 20;

/// Looks for programs of kinds that services hardly ever need.
pub(super) struct UnneededTools;

impl ImageCheck for UnneededTools {
    fn rule(&self) -> RuleInfo {
        info(
            "image/unneeded-tools",
            "Tools that the service does not use",
            (Severity::Low, Confidence::Medium),
            &[],
            [
                "The image carries shells, package managers, compilers, programs that fetch, or debuggers, and nothing leads from the \
                 command that it starts to them: no link, no script, no library. They are what somebody who took over the service \
                 works with: a shell to run what was injected, `curl` to fetch more, a compiler to build it. What a program starts \
                 by a name that it puts together while it runs cannot be seen, so test before you remove.",
                "1. Start from a base without them (distroless, `scratch`), and build in another stage.\n\
                 2. To look into a container bring tools along: `kubectl debug -it POD --image=IMAGE --target=CONTAINER`.",
            ],
            &[
                "https://kubernetes.io/docs/tasks/debug/debug-application/debug-running-pod/#ephemeral-container",
            ],
        )
    }

    fn run(&self, facts: &Facts<'_>) -> Vec<Finding> {
        let all = match facts.making {
            Some(_) => Vec::new(),
            None => minimal::tools(facts.tree),
        };
        let unused = facts.minimal.map(|minimal| minimal.tools.as_slice());
        let mut kinds: BTreeMap<&str, Vec<&Tool>> = BTreeMap::new();
        for tool in unused.unwrap_or_default().iter().chain(&all) {
            kinds.entry(tool.kind).or_default().push(tool);
        }
        let found = kinds.into_iter().filter_map(|(kind, tools)| {
            let first = tools.first()?;
            let node = facts.tree.get(&first.path)?;
            let names: Vec<String> = tools.iter().take(6).map(|tool| format!("`/{}`", tool.path)).collect();
            let more = if tools.len() > names.len() { " and others" } else { "" };
            let bytes = tools.iter().map(|tool| tool.bytes).fold(0, u64::saturating_add);
            let kind_in_words = match kind {
                "shell" => "shells",
                "package-manager" => "package managers",
                "compiler" => "compilers",
                "transfer" => "programs that fetch and send",
                _ => "debuggers",
            };
            let why = if all.is_empty() {
                "that the service does not use"
            } else {
                "that services hardly ever need; whether one here does is not known, because the root of a system names no command"
            };
            let message = format!(
                "{kind_in_words} {why}: {}{more} ({})",
                names.join(", "),
                size(bytes)
            );
            let mut finding = facts.finding(&self.rule(), kind, message, facts.place(&first.path, node));
            if !all.is_empty() {
                finding.confidence = Confidence::Low;
            }
            finding.evidence = tools.iter().take(MOST).filter_map(|tool| step(facts, tool)).collect();
            finding.fix = Some(advice(
                "leave them out (see `image/unneeded-packages` for how), and debug with an ephemeral container",
            ));
            Some(finding)
        });
        found.collect()
    }
}

fn step(facts: &Facts<'_>, tool: &Tool) -> Option<EvidenceStep> {
    let node = facts.tree.get(&tool.path)?;
    Some(EvidenceStep {
        message: format!("{}{}", size(tool.bytes), facts.brought(node)),
        location: Some(facts.place(&tool.path, node)),
    })
}
