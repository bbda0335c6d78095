//! `image/untouched-packages`: packages that the service was never seen to use while it was watched.

use super::{Facts, ImageCheck, advice, by_severity, counted, info, size, total};
use crate::image::minimal::{Package, Tie, Untouched};
use bartizan_model::{Confidence, EvidenceStep, Finding, RuleInfo, Severity};
use bartizan_source::image::CONFIG_PATH;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

/// Packages that are told one by one.
const MOST: usize = 200;
/// Names that one sentence tells.
const MOST_NAMES: usize = 8;
/// How packages are removed: type of the package URL, and the command.
const REMOVING: [(&str, &str); 6] = [
    ("apk", "apk del"),
    ("deb", "apt-get purge"),
    ("gem", "gem uninstall"),
    ("npm", "npm uninstall"),
    ("pypi", "pip uninstall"),
    ("rpm", "dnf remove"),
];

/// Looks for packages of which no file was opened.
pub(super) struct UntouchedPackages;

impl ImageCheck for UntouchedPackages {
    fn rule(&self) -> RuleInfo {
        info(
            "image/untouched-packages",
            "Packages that the service was never seen to use",
            (Severity::Low, Confidence::Medium),
            &[],
            [
                "The service was watched (`bartizan profile learn`), and no file of these packages was opened or run meanwhile. What depends on each is told: \
                 it can go alone, it goes together with others that were not touched either, or it stays because something that stays depends on it. \
                 Nothing is said to go that the package manager or the command to start needs. How far to trust it is told, too: what the service does seldom, and did not do \
                 while it was watched, was not seen.",
                "1. Learn the profile for longer, and exercise what the service does seldom, until it is said to be enough.\n\
                 2. Leave the packages out where they are installed, or remove them in the same instruction.\n\
                 3. Run the tests of the service in the smaller image, with `bartizan profile verify --image`.",
            ],
            &["https://docs.docker.com/build/building/best-practices/#dont-install-unnecessary-packages"],
        )
    }

    fn needs_configuration(&self) -> bool {
        true
    }

    fn run(&self, facts: &Facts<'_>) -> Vec<Finding> {
        let Some(untouched) = facts.minimal.and_then(|minimal| minimal.untouched.as_ref()) else {
            return Vec::new();
        };
        let can_go: Vec<&Package> = going(untouched).collect();
        let Some(first) = can_go.first() else {
            return Vec::new();
        };
        let all = untouched.used + untouched.packages.len();
        let bytes = can_go.iter().map(|one| one.bytes).fold(0, u64::saturating_add);
        let mut message = format!(
            "{} of {} were never touched while the service was watched and can go: {}",
            can_go.len(),
            counted(all, "package"),
            size(bytes)
        );
        let advisories = total(can_go.iter().map(|one| &one.advisories));
        if !advisories.is_empty() {
            let _ = write!(
                message,
                "; with them go known vulnerabilities: {}",
                by_severity(&advisories)
            );
        }
        if !untouched.is_enough {
            message.push_str("; not enough was seen yet to trust it");
        }
        let place = facts
            .tree
            .get(&first.path)
            .map(|node| facts.place(&first.path, node));
        let place = place.unwrap_or_else(|| super::in_config(1));
        let mut finding = facts.finding(&self.rule(), "", message, place);
        if !untouched.is_enough {
            finding.confidence = Confidence::Low;
        }
        finding.evidence = evidence(facts, untouched);
        finding.fix = Some(advice(removing(&can_go)));
        vec![finding]
    }
}

/// Packages that can go.
fn going(untouched: &Untouched) -> impl Iterator<Item = &Package> {
    let packages = untouched.packages.iter();
    packages.filter(|one| !matches!(one.tie, Tie::Stays(_)))
}

fn evidence(facts: &Facts<'_>, untouched: &Untouched) -> Vec<EvidenceStep> {
    let said = |message: String| EvidenceStep {
        message,
        location: Some(bartizan_model::Location::of_file(CONFIG_PATH)),
    };
    let mut steps: Vec<EvidenceStep> = untouched.said.iter().cloned().map(said).collect();
    let mut seen = format!("in use: {}", counted(untouched.used, "package"));
    if untouched.unknown > 0 {
        let _ = write!(
            seen,
            "; of {} it is not known which files are theirs",
            untouched.unknown
        );
    }
    steps.push(said(seen));
    steps.extend(untouched.packages.iter().take(MOST).map(|one| {
        let node = facts.tree.get(&one.path);
        let mut message = format!("{}: {}", one.purl.usual_name(), size(one.bytes));
        if let Some(node) = node {
            message.push_str(&facts.brought(node));
        }
        if !one.advisories.is_empty() {
            let _ = write!(message, "; {}", by_severity(&one.advisories));
        }
        message.push_str(&match &one.tie {
            Tie::Alone => "; can go alone".to_owned(),
            Tie::With(others) => format!("; goes together with {}", names(others)),
            Tie::Stays(why) => format!("; stays: {why}"),
        });
        EvidenceStep {
            message,
            location: node.map(|node| facts.place(&one.path, node)),
        }
    }));
    if untouched.packages.len() > MOST {
        steps.push(said(format!(
            "and {} more",
            counted(untouched.packages.len() - MOST, "package")
        )));
    }
    steps
}

fn names(all: &BTreeSet<String>) -> String {
    let told: Vec<&str> = all.iter().take(MOST_NAMES).map(String::as_str).collect();
    let more = all.len().saturating_sub(MOST_NAMES);
    let more = if more > 0 {
        format!(" and {more} more")
    } else {
        String::new()
    };
    format!("{}{more}", told.join(", "))
}

/// What removes packages, by who installed them.
fn removing(packages: &[&Package]) -> String {
    let mut by_kind: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for purl in packages.iter().take(MOST).map(|package| &package.purl) {
        let name = purl.usual_name();
        // Whoever made the image chose the names, and the command may be copied into a shell.
        let is_plain = name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "@/._+-".contains(c))
            && !name.starts_with('-');
        if is_plain {
            by_kind.entry(purl.kind()).or_default().insert(name);
        }
    }
    let mut text = "leave these packages out where they are installed; what an earlier layer holds stays in the image, so that removing them serves in the same instruction \
                    only:\n"
        .to_owned();
    for (kind, names) in by_kind {
        let command = REMOVING.iter().find(|(one, _)| *one == kind);
        let names = names.into_iter().collect::<Vec<_>>().join(" ");
        let _ = match command {
            Some((_, command)) => writeln!(text, "{command} {names}"),
            None => writeln!(text, "{kind}: {names}"),
        };
    }
    text.push_str("Test the smaller image: `bartizan profile verify WORKLOAD --image IMAGE`.");
    text
}
