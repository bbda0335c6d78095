//! From findings, check statuses and skipped things to the one answer.
//!
//! Deny wins over Unknown, but then names what was not looked at too; Unknown never becomes Allow.

use crate::globs::RuleGlobs;
use bartizan_model::{CheckRun, CheckStatus, Confidence, Finding, Severity, Skipped, Verdict};
use std::collections::BTreeMap;

/// Rules or things named in one reason; more are counted.
const MOST_NAMED: usize = 12;

/// Id of the finding about an expired waiver: it denies at any `--fail-on`.
pub const EXPIRED: &str = "waiver/expired";

/// What denies.
#[derive(Debug, Clone)]
pub struct Policy {
    /// The least severity that denies.
    pub fail_on: Severity,
    /// Rules whose findings are advice where they are not certain: with a confidence below high they deny nothing.
    pub advice: RuleGlobs,
    /// Rules whose findings are conditions: what one says is the reason.
    pub conditions: RuleGlobs,
}

impl Policy {
    /// Whether the finding, left unwaived, denies.
    #[must_use]
    pub fn denies(&self, finding: &Finding) -> bool {
        let advisory = finding.confidence < Confidence::High && self.advice.matches(&finding.rule);
        !finding.is_waived() && (finding.rule == EXPIRED || finding.severity >= self.fail_on && !advisory)
    }
}

/// The answer to the findings, given what was looked at.
#[must_use]
pub fn judge(findings: &[Finding], checks: &[CheckRun], skipped: &[Skipped], policy: &Policy) -> Verdict {
    let missing = missing(checks, skipped);
    let mut reasons = denials(findings, policy);
    match (reasons.is_empty(), missing.is_empty()) {
        (true, true) => Verdict::Allow,
        (true, false) => Verdict::Unknown {
            cause: missing.join("; "),
        },
        (false, _) => {
            reasons.extend(missing.into_iter().map(|line| format!("besides, {line}")));
            Verdict::Deny { reasons }
        }
    }
}

fn denials(findings: &[Finding], policy: &Policy) -> Vec<String> {
    let mut by_rule: BTreeMap<(std::cmp::Reverse<Severity>, &str), u64> = BTreeMap::new();
    let denying = findings.iter().filter(|finding| policy.denies(finding));
    let (conditions, others): (Vec<&Finding>, Vec<&Finding>) =
        denying.partition(|finding| policy.conditions.matches(&finding.rule));
    for finding in others {
        *by_rule
            .entry((std::cmp::Reverse(finding.severity), &finding.rule))
            .or_default() += 1;
    }
    let mut reasons: Vec<String> = by_rule
        .iter()
        .take(MOST_NAMED)
        .map(|((severity, rule), count)| {
            let noun = if *count == 1 { "finding" } else { "findings" };
            format!("{count} unwaived {} {noun} of {rule}", severity.0)
        })
        .collect();
    if let Some(more) = by_rule.len().checked_sub(MOST_NAMED).filter(|&more| more > 0) {
        reasons.push(format!("findings of {more} more rules"));
    }
    reasons.extend(conditions.into_iter().map(|finding| finding.message.clone()));
    reasons
}

fn missing(checks: &[CheckRun], skipped: &[Skipped]) -> Vec<String> {
    let mut lines: Vec<String> = checks
        .iter()
        .filter(|check| check.required)
        .filter_map(|check| match &check.status {
            CheckStatus::Ran | CheckStatus::NotApplicable { .. } => None,
            CheckStatus::Partial { errors } => Some(format!(
                "{} did not finish: {}",
                check.check,
                errors.first().map_or("no error given", |e| e)
            )),
            CheckStatus::Skipped { reason } => Some(format!("{} did not run: {reason}", check.check)),
            CheckStatus::Failed { error } => Some(format!("{} failed: {error}", check.check)),
        })
        .collect();
    let unread: Vec<&str> = skipped
        .iter()
        .filter(|thing| thing.required)
        .map(|thing| thing.path.as_str())
        .collect();
    if !unread.is_empty() {
        let noun = if unread.len() == 1 {
            "thing was"
        } else {
            "things were"
        };
        let named = unread
            .iter()
            .take(MOST_NAMED)
            .copied()
            .collect::<Vec<_>>()
            .join(", ");
        let more = unread.len().checked_sub(MOST_NAMED).filter(|&more| more > 0);
        let more = more.map_or_else(String::new, |more| format!(" and {more} more"));
        lines.push(format!("{} {noun} not looked at: {named}{more}", unread.len()));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::finding;

    fn policy(fail_on: Severity, advice: &[&str]) -> Policy {
        Policy {
            fail_on,
            advice: RuleGlobs::new(advice).unwrap(),
            conditions: RuleGlobs::new(["quality/coverage"]).unwrap(),
        }
    }

    fn high() -> Policy {
        policy(Severity::High, &[])
    }

    fn check(status: CheckStatus, required: bool) -> CheckRun {
        CheckRun {
            check: "leak/credentials".to_owned(),
            status,
            required,
            files: 1,
            findings: 0,
        }
    }

    fn unread(required: bool) -> Skipped {
        Skipped {
            path: "secret.bin".to_owned(),
            reason: "permission denied".to_owned(),
            required,
        }
    }

    #[test]
    fn nothing_found_and_everything_looked_at_is_allowed() {
        let low = finding("leak/a", Severity::Medium, "a", 1);
        assert_eq!(
            judge(
                &[low],
                &[check(CheckStatus::Ran, true)],
                &[unread(false)],
                &high()
            ),
            Verdict::Allow
        );
    }

    #[test]
    fn what_was_not_looked_at_makes_the_answer_unknown_only_where_it_was_required() {
        let failed = || CheckStatus::Failed {
            error: "it panicked".to_owned(),
        };
        assert_eq!(
            judge(&[], &[check(failed(), false)], &[], &high()),
            Verdict::Allow
        );
        let verdict = judge(&[], &[check(failed(), true)], &[unread(true)], &high());
        let Verdict::Unknown { cause } = verdict else {
            panic!("{verdict:?}")
        };
        assert_eq!(
            cause,
            "leak/credentials failed: it panicked; 1 thing was not looked at: secret.bin"
        );
    }

    #[test]
    fn deny_wins_over_unknown_and_still_lists_what_is_missing() {
        let severe = finding("leak/a", Severity::High, "a", 1);
        let Verdict::Deny { reasons } = judge(&[severe], &[], &[unread(true)], &high()) else {
            panic!()
        };
        assert_eq!(
            reasons,
            [
                "1 unwaived high finding of leak/a",
                "besides, 1 thing was not looked at: secret.bin"
            ]
        );
    }

    #[test]
    fn a_broken_condition_is_named_with_what_was_measured() {
        let mut broken = finding("quality/coverage", Severity::High, "a", 1);
        broken.message = "coverage of new code is 63.2 %, and at least 80 % is asked".to_owned();
        let severe = finding("leak/a", Severity::High, "a", 1);
        let Verdict::Deny { reasons } = judge(&[broken.clone(), severe], &[], &[], &high()) else {
            panic!()
        };
        assert_eq!(
            reasons,
            ["1 unwaived high finding of leak/a", broken.message.as_str()]
        );
    }

    #[test]
    fn an_expired_waiver_denies_whatever_the_threshold() {
        let expired = finding(EXPIRED, Severity::Medium, "a", 1);
        let strict = policy(Severity::Critical, &[]);
        assert!(matches!(
            judge(&[expired], &[], &[], &strict),
            Verdict::Deny { .. }
        ));
    }

    #[test]
    fn where_uncertain_findings_are_advice_they_deny_nothing() {
        let mut advice = finding("leak/generic", Severity::High, "a", 1);
        advice.confidence = Confidence::Medium;
        assert!(matches!(
            judge(&[advice.clone()], &[], &[], &high()),
            Verdict::Deny { .. }
        ));
        let lenient = policy(Severity::High, &["leak/generic"]);
        assert_eq!(judge(&[advice], &[], &[], &lenient), Verdict::Allow);
        let mut certain = finding("leak/github-token", Severity::High, "a", 1);
        certain.confidence = Confidence::Medium;
        assert!(matches!(
            judge(&[certain], &[], &[], &lenient),
            Verdict::Deny { .. }
        ));
    }
}
