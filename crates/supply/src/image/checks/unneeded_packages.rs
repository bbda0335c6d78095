//! `image/unneeded-packages`: packages of the system that the service does not use.

use super::{Facts, ImageCheck, advice, by_severity, counted, info, size, total};
use crate::image::minimal::Minimal;
use bartizan_model::{Confidence, EvidenceStep, Finding, RuleInfo, Severity};
use bartizan_source::image::CONFIG_PATH;

/// Packages that are told one by one.
const MOST: usize = 50;
/// Things that could not be followed that are told.
const MOST_LOST: usize = 10;

/// Looks for packages that nothing leads to.
pub(super) struct UnneededPackages;

impl ImageCheck for UnneededPackages {
    fn rule(&self) -> RuleInfo {
        info(
            "image/unneeded-packages",
            "Packages that the service does not use",
            (Severity::Low, Confidence::Medium),
            &[],
            [
                "Nothing leads from the command that the image starts, or from files that no package owns, to these packages: no \
                 link, no script, no interpreter, no library that a program needs or names, and no dependence of the packages of \
                 the programs that are started. Each is pulled by every node, brings vulnerabilities to judge and to mend, and serves \
                 whoever takes over the container. Not seen is what a program starts or loads by a name that it puts together \
                 while it runs, and what its settings name; a healthy test suite against the smaller image shows it.",
                "1. Copy what is needed into an empty image, or start from a distroless base; the finding proposes a Dockerfile.\n\
                 2. Run the tests of the service against that image.\n\
                 3. Where a package is needed after all, say so with a waiver, or keep it in the list of the proposal.",
            ],
            &[
                "https://docs.docker.com/build/building/multi-stage/",
                "https://man7.org/linux/man-pages/man8/ld.so.8.html",
            ],
        )
    }

    fn needs_configuration(&self) -> bool {
        true
    }

    fn run(&self, facts: &Facts<'_>) -> Vec<Finding> {
        let Some(making) = facts.making else {
            return Vec::new();
        };
        let Some(minimal) = facts.minimal.filter(|minimal| !minimal.unneeded.is_empty()) else {
            return Vec::new();
        };
        let Some(first) = minimal.unneeded.first() else {
            return Vec::new();
        };
        let bytes = minimal
            .unneeded
            .iter()
            .map(|one| one.bytes)
            .fold(0, u64::saturating_add);
        let mut message = format!(
            "{} of {} are not used by the service: {} of {}",
            minimal.unneeded.len(),
            counted(minimal.packages, "package"),
            size(bytes),
            size(minimal.bytes)
        );
        let advisories = total(minimal.unneeded.iter().map(|one| &one.advisories));
        if !advisories.is_empty() {
            message.push_str(&format!(
                "; with them go known vulnerabilities: {}",
                by_severity(&advisories)
            ));
        }
        let place = facts
            .tree
            .get(&first.path)
            .map(|node| facts.place(&first.path, node));
        let place = place.unwrap_or_else(|| super::in_config(1));
        let mut finding = facts.finding(&self.rule(), "", message, place);
        finding.evidence = evidence(facts, minimal);
        finding.fix = Some(advice(minimal.proposal(making.image, facts.is_command_harmless)));
        vec![finding]
    }
}

fn evidence(facts: &Facts<'_>, minimal: &Minimal) -> Vec<EvidenceStep> {
    let said = |message: String| EvidenceStep {
        message,
        location: Some(bartizan_model::Location::of_file(CONFIG_PATH)),
    };
    let mut steps = vec![said(format!(
        "followed from the command to start, {}from what no package owns: {} of {} stay",
        if minimal.untouched.is_some() {
            "from what was seen in use, and "
        } else {
            "and "
        },
        size(minimal.bytes_kept),
        size(minimal.bytes)
    ))];
    steps.extend(
        minimal
            .lost
            .iter()
            .take(MOST_LOST)
            .map(|lost| said(format!("not followed: {lost}"))),
    );
    steps.push(said(
        "not followed: what programs start or load by names that they put together while they run, and what settings name".to_owned(),
    ));
    let packages = minimal.unneeded.iter().take(MOST).map(|one| {
        let node = facts.tree.get(&one.path);
        let mut message = format!("{}: {}", one.name, size(one.bytes));
        if let Some(node) = node {
            message.push_str(&facts.brought(node));
        }
        if !one.advisories.is_empty() {
            message.push_str(&format!("; {}", by_severity(&one.advisories)));
        }
        EvidenceStep {
            message,
            location: node.map(|node| facts.place(&one.path, node)),
        }
    });
    steps.extend(packages);
    if minimal.unneeded.len() > MOST {
        steps.push(said(format!(
            "and {} more",
            counted(minimal.unneeded.len() - MOST, "package")
        )));
    }
    steps
}
