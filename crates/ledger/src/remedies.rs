//! What to do first.
//!
//! In: the remedies that checks know of, and all findings. Out: one list of everything there is to do, in order. What no check
//! offered a remedy for is closed by the fix of its finding; findings of one rule with the same fix are one thing to do. What
//! counts is, in this order: the most urgent decision among the findings, whether any of them is about more than what was never seen
//! in use, the gravest severity, how many are closed. Findings that are waived, or known by a baseline and left out, count for nothing.

use crate::priority::usual;
use bartizan_model::{Decision, Finding, Fingerprint, Remedy, Severity};
use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap, HashSet};

/// One list of everything there is to do, the first thing first.
#[must_use]
pub fn rank(offered: Vec<Remedy>, findings: &[Finding]) -> Vec<Remedy> {
    let open: HashMap<&Fingerprint, &Finding> = findings
        .iter()
        .filter(|finding| !finding.is_waived())
        .map(|finding| (&finding.fingerprint, finding))
        .collect();
    let mut remedies = offered;
    for remedy in &mut remedies {
        remedy.closes.retain(|print| open.contains_key(print));
        remedy.leaves.retain(|print| open.contains_key(print));
    }
    remedies.retain(|remedy| !(remedy.closes.is_empty() && remedy.leaves.is_empty()));
    let rest = others(&remedies, findings);
    remedies.extend(rest);
    let is_idle = |remedy: &Remedy| {
        let prints = remedy.closes.iter().chain(&remedy.leaves);
        let mut findings = prints.filter_map(|print| open.get(print));
        findings.all(|finding| finding.is_idle())
    };
    for remedy in &mut remedies {
        let of = |prints: &[Fingerprint]| weight(prints.iter().filter_map(|print| open.get(print).copied()));
        let (decision, severity) = of(&remedy.closes).max(of(&remedy.leaves));
        remedy.decision = decision;
        remedy.severity = severity.unwrap_or(Severity::Info);
    }
    remedies.sort_by_cached_key(|remedy| {
        (
            Reverse(remedy.decision.unwrap_or_else(|| usual(remedy.severity))),
            is_idle(remedy),
            Reverse(remedy.severity),
            Reverse(remedy.closes.len()),
            remedy.description.clone(),
            remedy
                .upgrade
                .as_ref()
                .map(|upgrade| upgrade.component.to_string()),
        )
    });
    remedies
}

type Weight = (Option<Decision>, Option<Severity>);

fn weight<'a>(findings: impl Iterator<Item = &'a Finding>) -> Weight {
    let mut weight: Weight = (None, None);
    for finding in findings {
        let decision = finding.priority.as_ref().map(|priority| priority.decision);
        weight = (weight.0.max(decision), weight.1.max(Some(finding.severity)));
    }
    weight
}

/// The fixes of findings that no remedy speaks of.
fn others(remedies: &[Remedy], findings: &[Finding]) -> Vec<Remedy> {
    let spoken_of: HashSet<&Fingerprint> = remedies
        .iter()
        .flat_map(|remedy| remedy.closes.iter().chain(&remedy.leaves))
        .collect();
    let mut by_fix: BTreeMap<(&str, &str), Remedy> = BTreeMap::new();
    let is_other = |finding: &&Finding| !finding.is_waived() && !spoken_of.contains(&finding.fingerprint);
    for finding in findings.iter().filter(is_other) {
        let what = finding
            .fix
            .as_ref()
            .map_or(&finding.title, |fix| &fix.description);
        let remedy = by_fix.entry((&finding.rule, what)).or_insert_with(|| Remedy {
            description: what.clone(),
            upgrade: None,
            decision: None,
            severity: finding.severity,
            closes: Vec::new(),
            leaves: Vec::new(),
        });
        remedy.closes.push(finding.fingerprint.clone());
    }
    by_fix.into_values().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use bartizan_model::{AssetId, Confidence, FingerprintBuilder, Fix, Priority, Risk, Upgrade};

    fn finding(name: &str, severity: Severity, decision: Option<Decision>) -> Finding {
        let mut finding = Finding::new(
            "family/rule",
            (severity, Confidence::High),
            FingerprintBuilder::new(name).finish(),
            AssetId::from_text("pkg:npm/x@1"),
        );
        finding.priority = decision.map(|decision| Priority {
            decision,
            reasons: Vec::new(),
        });
        finding
    }

    fn upgrade(name: &str, closes: &[&Finding]) -> Remedy {
        Remedy {
            description: format!("upgrade {name}"),
            upgrade: Some(Upgrade {
                component: format!("pkg:npm/{name}@1").parse().unwrap(),
                from: Some("1".to_owned()),
                to: "2".to_owned(),
                by_way_of: None,
            }),
            decision: None,
            severity: Severity::Info,
            closes: closes.iter().map(|finding| finding.fingerprint.clone()).collect(),
            leaves: Vec::new(),
        }
    }

    #[test]
    fn the_most_urgent_comes_first_then_the_gravest_then_what_closes_most() {
        let urgent = finding("a", Severity::Low, Some(Decision::Immediate));
        let grave = finding("b", Severity::Critical, Some(Decision::Scheduled));
        let other = finding("c", Severity::High, Some(Decision::Scheduled));
        let third = finding("d", Severity::High, Some(Decision::Scheduled));
        let offered = vec![
            upgrade("three", &[&other]),
            upgrade("four", &[&other, &third]),
            upgrade("two", &[&grave]),
            upgrade("one", &[&urgent]),
        ];
        let ranked = rank(offered, &[urgent, grave, other, third]);
        let what: Vec<&str> = ranked.iter().map(|remedy| remedy.description.as_str()).collect();
        assert_eq!(
            what,
            ["upgrade one", "upgrade two", "upgrade four", "upgrade three"]
        );
        assert_eq!(ranked[0].decision, Some(Decision::Immediate));
        assert_eq!(ranked[1].severity, Severity::Critical);
    }

    #[test]
    fn of_what_is_equally_urgent_comes_last_what_was_never_seen_in_use() {
        let seen = |name, severity, loaded| {
            let mut finding = finding(name, severity, Some(Decision::OutOfCycle));
            finding.risk = Some(Risk {
                loaded,
                ..Risk::default()
            });
            finding
        };
        let idle = seen("a", Severity::Critical, Some(false));
        let unknown = seen("b", Severity::High, None);
        let used = seen("c", Severity::Low, Some(true));
        let offered = vec![
            upgrade("idle", &[&idle]),
            upgrade("used", &[&used]),
            upgrade("unknown", &[&unknown]),
        ];
        let ranked = rank(offered, &[idle, unknown, used]);
        let what: Vec<&str> = ranked.iter().map(|remedy| remedy.description.as_str()).collect();
        assert_eq!(what, ["upgrade unknown", "upgrade used", "upgrade idle"]);
    }

    #[test]
    fn what_nobody_needs_to_close_is_left_out() {
        let open = finding("a", Severity::Low, Some(Decision::Defer));
        let hidden = finding("b", Severity::Critical, Some(Decision::Immediate));
        let ranked = rank(
            vec![upgrade("x", &[&hidden]), upgrade("y", &[&open, &hidden])],
            std::slice::from_ref(&open),
        );
        assert_eq!(ranked.len(), 1);
        assert_eq!(ranked[0].closes, [open.fingerprint]);
        assert_eq!(ranked[0].decision, Some(Decision::Defer));
    }

    #[test]
    fn findings_with_the_same_fix_are_one_thing_to_do() {
        let with_fix = |name, fix: &str| {
            let mut finding = finding(name, Severity::High, None);
            finding.fix = Some(Fix {
                description: fix.to_owned(),
                edits: Vec::new(),
            });
            finding
        };
        let urgent = finding("z", Severity::Medium, Some(Decision::Immediate));
        let findings = [
            with_fix("a", "rotate it"),
            with_fix("b", "rotate it"),
            with_fix("c", "remove it"),
            urgent.clone(),
        ];
        let ranked = rank(vec![upgrade("x", &[&urgent])], &findings);
        let what: Vec<(&str, usize)> = ranked
            .iter()
            .map(|remedy| (remedy.description.as_str(), remedy.closes.len()))
            .collect();
        assert_eq!(what, [("upgrade x", 1), ("rotate it", 2), ("remove it", 1)]);
    }
}
