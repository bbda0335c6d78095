//! The rules about waivers themselves, with their manuals.

use bartizan_model::{Confidence, Control, RuleInfo, Severity};

/// A waiver that covers nothing.
pub const UNUSED: &str = "waiver/unused";
/// A waiver whose last day has passed.
pub const EXPIRED: &str = crate::verdict::EXPIRED;
/// A waiver without a reason.
pub const NO_REASON: &str = "waiver/no-reason";
/// A waiver of a severe finding without a date that can be read.
pub const NO_DATE: &str = "waiver/no-date";
/// A waiver of a severe finding that reaches too far.
pub const TOO_LONG: &str = "waiver/too-long";

/// Every rule about waivers.
#[must_use]
pub fn all() -> Vec<RuleInfo> {
    vec![
        rule(
            UNUSED,
            "Waiver that covers nothing",
            Severity::Low,
            "The waiver names a rule that was in force, the file it speaks of was looked at, and no finding is left that \
             it would cover. Usually the problem was mended and the waiver forgotten.\n\n\
             A forgotten waiver is an open door: the day the same problem comes back on that line or under that path, \
             it is accepted in advance by someone who was thinking of something else.",
            "1. Remove the comment, or run `bartizan waive prune` to remove every such entry of the waiver file.\n\
             2. If the waiver should cover something, compare the rule id with `bartizan rules list`, and make sure that \
             the comment stands on the line of the finding or alone on the line before it.",
        ),
        rule(
            EXPIRED,
            "Waiver past its last day",
            Severity::High,
            "Someone accepted this risk up to a day that has passed. The waiver covers nothing any more, and an expired \
             waiver denies at every gate whatever `--fail-on` says: a promise to look again is worth something only if \
             it is kept.",
            "1. Mend the finding that the waiver covered, then remove the waiver.\n\
             2. If the risk is still to be accepted, decide that again: write a new `until` day and say in the reason what \
             has changed since. `bartizan waive prune` removes expired entries of the waiver file.",
        ),
        rule(
            NO_REASON,
            "Waiver without a reason",
            Severity::Medium,
            "A waiver is a decision about risk, and a decision nobody can explain cannot be reviewed, handed over or \
             audited. A waiver without a reason therefore covers nothing.",
            "Write the reason after `--` in the comment, or as `reason` in the waiver file: why the finding does no harm \
             here, or what holds the risk until it is mended.",
        ),
        rule(
            NO_DATE,
            "Waiver of a severe finding without a last day",
            Severity::Medium,
            "Findings of severity high and critical may be accepted for a while, not for ever. A waiver of one that has no \
             `until` day, or one that cannot be read, does not cover it.",
            "Add `until YYYY-MM-DD` to the comment or `until = \"YYYY-MM-DD\"` to the waiver file; at most \
             `waivers.max-days` days ahead (90 unless configured).",
        ),
        rule(
            TOO_LONG,
            "Waiver of a severe finding that reaches too far ahead",
            Severity::Medium,
            "The last day of the waiver is further ahead than `waivers.max-days` allows for findings of severity high and \
             critical (90 days unless configured), so it does not cover them yet.",
            "Choose an earlier day, and look at the risk again when it comes. To allow longer waivers everywhere, set \
             `max-days` in the section `[waivers]` of `bartizan.toml`, where reviewers see it.",
        ),
    ]
}

fn rule(id: &str, title: &str, severity: Severity, manual: &str, remediation: &str) -> RuleInfo {
    RuleInfo {
        id: id.to_owned(),
        title: title.to_owned(),
        severity,
        confidence: Confidence::High,
        cwe: Vec::new(),
        controls: vec![
            control("NIST-SSDF-1.1", "RV.2.2"),
            control("NIST-800-53-r5", "CA-5"),
        ],
        manual: manual.to_owned(),
        remediation: remediation.to_owned(),
        references: vec!["https://csrc.nist.gov/pubs/sp/800/218/final".to_owned()],
    }
}

fn control(framework: &str, id: &str) -> Control {
    Control {
        framework: framework.to_owned(),
        id: id.to_owned(),
    }
}
