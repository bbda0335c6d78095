//! When the silence of a scan says that a finding is gone.
//!
//! In: the report, and the check and rule of a finding that it does not have. Out: whether that means that it is fixed. It does only where
//! the scan looked at everything, the check that made the finding ran to its end, and the rule was in force. All else leaves
//! the finding as it is.

use bartizan_model::Report;
use std::collections::HashSet;

/// Which findings the silence of one scan speaks of.
#[derive(Debug)]
pub struct Absence<'a> {
    is_whole: bool,
    ran: HashSet<&'a str>,
    only: &'a [String],
    skip: &'a [String],
}

/// Kinds of targets of which a scan sees a part only.
const PARTS: [&str; 3] = ["git-index", "git-range", "stdin"];

impl<'a> Absence<'a> {
    /// What the silence of this scan is worth.
    #[must_use]
    pub fn of(report: &'a Report) -> Self {
        let looked_at_everything = report.skipped.iter().all(|thing| !thing.required);
        Self {
            is_whole: report.target.partial.is_empty()
                && !PARTS.contains(&report.target.kind.as_str())
                && looked_at_everything,
            ran: report
                .checks
                .iter()
                .filter(|check| check.status.is_complete())
                .map(|check| check.check.as_str())
                .collect(),
            only: &report.tool.only,
            skip: &report.tool.skip,
        }
    }

    /// Whether a finding that this check made by this rule is fixed when the scan does not have it.
    #[must_use]
    pub fn means_fixed(&self, check: &str, rule: &str) -> bool {
        self.is_whole
            && self.ran.contains(check)
            && (self.only.is_empty() || self.only.iter().any(|glob| surely_matches(glob, rule)))
            && !self.skip.iter().any(|glob| perhaps_matches(glob, rule))
    }
}

/// Whether a glob matches for certain: a whole id, or everything behind a beginning.
fn surely_matches(glob: &str, rule: &str) -> bool {
    match glob.strip_suffix('*') {
        None => glob == rule,
        Some(beginning) => is_plain(beginning) && rule.starts_with(beginning.trim_end_matches('*')),
    }
}

/// Whether a glob may match: what we do not understand may.
fn perhaps_matches(glob: &str, rule: &str) -> bool {
    let beginning = glob.split(['*', '?', '[', '{', '\\']).next().unwrap_or_default();
    if beginning.len() == glob.len() {
        return glob == rule;
    }
    rule.starts_with(beginning)
}

fn is_plain(text: &str) -> bool {
    !text.trim_end_matches('*').contains(['*', '?', '[', '{', '\\'])
}

#[cfg(test)]
mod tests {
    use super::*;
    use bartizan_model::{
        CheckRun, CheckStatus, REPORT_SCHEMA, Skipped, Stats, Target, Timestamp, Tool, Verdict,
    };

    fn report() -> Report {
        let run = |name: &str, status| CheckRun {
            check: name.to_owned(),
            status,
            required: true,
            files: 1,
            findings: 0,
        };
        Report {
            schema: REPORT_SCHEMA.to_owned(),
            quality: None,
            tool: Tool {
                name: "bartizan".to_owned(),
                version: "0".to_owned(),
                rules_digest: String::new(),
                only: Vec::new(),
                skip: Vec::new(),
            },
            target: Target {
                kind: "dir".to_owned(),
                ..Target::default()
            },
            started: Timestamp::from_unix_seconds(0),
            verdict: Verdict::Allow,
            findings: Vec::new(),
            remedies: Vec::new(),
            components: Vec::new(),
            checks: vec![
                run("leak/credentials", CheckStatus::Ran),
                run("supply/tampering", CheckStatus::Partial { errors: Vec::new() }),
                run(
                    "supply/advisories",
                    CheckStatus::Skipped {
                        reason: String::new(),
                    },
                ),
            ],
            skipped: Vec::new(),
            stats: Stats::default(),
        }
    }

    #[test]
    fn only_a_check_that_ran_to_its_end_says_that_a_finding_is_gone() {
        let report = report();
        let absence = Absence::of(&report);
        assert!(absence.means_fixed("leak/credentials", "leak/x"));
        assert!(!absence.means_fixed("supply/tampering", "supply/x"));
        assert!(!absence.means_fixed("supply/advisories", "supply/x"));
        assert!(!absence.means_fixed("code/taint", "code/x"));
        assert!(!absence.means_fixed("", "leak/x"));
    }

    #[test]
    fn a_scan_that_saw_a_part_only_says_nothing_of_the_rest() {
        let says = |change: fn(&mut Report)| {
            let mut report = report();
            change(&mut report);
            Absence::of(&report).means_fixed("leak/credentials", "leak/x")
        };
        assert!(!says(|report| report.target.kind = "git-index".to_owned()));
        assert!(!says(
            |report| report.target.partial = vec!["only what is staged".to_owned()]
        ));
        assert!(!says(|report| report.skipped.push(Skipped {
            path: "a".to_owned(),
            reason: "unreadable".to_owned(),
            required: true,
        })));
        assert!(says(|report| report.skipped.push(Skipped {
            path: "a".to_owned(),
            reason: "a socket".to_owned(),
            required: false,
        })));
    }

    #[test]
    fn a_rule_that_was_not_in_force_says_nothing() {
        let says = |only: &[&str], skip: &[&str]| {
            let own = |globs: &[&str]| globs.iter().map(|&glob| glob.to_owned()).collect();
            let mut report = report();
            report.tool.only = own(only);
            report.tool.skip = own(skip);
            Absence::of(&report).means_fixed("leak/credentials", "leak/aws-key")
        };
        assert!(says(&["leak/*"], &[]));
        assert!(says(&["leak/**", "supply/x"], &[]));
        assert!(says(&["leak/aws-key"], &[]));
        assert!(!says(&["leak/gcp-*"], &[]));
        assert!(!says(&["leak/[ab]ws-key"], &[]));
        assert!(!says(&[], &["leak/aws-*"]));
        assert!(!says(&[], &["{leak,code}/x"]));
        assert!(says(&[], &["leak/gcp-*", "supply/*"]));
    }
}
