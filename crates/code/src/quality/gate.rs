//! The quality gate: ratings of what was measured, and whether it suffices.
//!
//! In: measures, the findings that are not waived, and thresholds. Out: [`Quality`] with a state for each condition, and a finding for each
//! that is broken. The formulas stand in the manuals of the rules ([`super::rules`]) and in docs/quality.md.

use super::rules::CONDITIONS;
use bartizan_engine::rule::Enabled;
use bartizan_model::{
    AssetId, Condition, ConditionState, Finding, FingerprintBuilder, Fix, Measured, Part, Quality,
    QualityGate, QualityScope, Rating, Severity,
};

/// Minutes that it takes to write a line of code.
const WRITING: u64 = 30;
/// Up to which share, in a hundred, of the time of writing the time of mending is rated so.
const DEBTS: [(u64, Rating); 4] = [(5, Rating::A), (10, Rating::B), (20, Rating::C), (50, Rating::D)];

/// What is asked. Numbers are in a hundred, and 0 asks nothing, except of duplication.
#[derive(Debug, Clone, Copy)]
pub struct Thresholds {
    /// Lines that tests run, of those that can run, at least
    pub coverage: u64,
    /// Lines that stand twice at most; 100 asks nothing
    pub duplication: u64,
    /// Lines of comments, of those with code or comments, at least
    pub comments: u64,
    /// Lines of code of tests, for a hundred lines of code, at least
    pub tests: u64,
    /// The worst rating that will do
    pub rating: Rating,
    /// Lines of code of a change below which coverage, duplication, comments and tests are not asked
    pub small: u64,
}

/// Rates what was measured. `findings` are those that are not waived. `is_searched` says whether the static analysis and the search for
/// credentials ran.
#[must_use]
pub fn rate(measured: &Measured, findings: &[&Finding], is_searched: bool) -> Quality {
    let minutes = findings
        .iter()
        .filter_map(|finding| measured.minutes.get(&finding.fingerprint));
    let minutes = minutes.sum();
    Quality {
        gate: QualityGate::Off,
        scope: measured.scope,
        measures: measured.measures.clone(),
        minutes,
        maintainability: maintainability(minutes, measured.measures.code),
        security: is_searched.then(|| security(measured, findings)),
        conditions: Vec::new(),
    }
}

fn maintainability(minutes: u64, code: u64) -> Option<Rating> {
    let writing = code.saturating_mul(WRITING);
    let fits = |share: u64| minutes.saturating_mul(100) <= writing.saturating_mul(share);
    let rating = DEBTS.iter().find(|(share, _)| fits(*share));
    (code > 0).then(|| rating.map_or(Rating::E, |(_, rating)| *rating))
}

/// By the worst flaw in the lines that were measured.
fn security(measured: &Measured, findings: &[&Finding]) -> Rating {
    match worst_flaw(measured, findings).map(|finding| finding.severity) {
        None | Some(Severity::Info) => Rating::A,
        Some(Severity::Low) => Rating::B,
        Some(Severity::Medium) => Rating::C,
        Some(Severity::High) => Rating::D,
        Some(Severity::Critical) => Rating::E,
    }
}

fn worst_flaw<'f>(measured: &Measured, findings: &[&'f Finding]) -> Option<&'f Finding> {
    let is_flaw = |finding: &&Finding| {
        let is_ours = ["code/", "leak/"]
            .iter()
            .any(|family| finding.rule.starts_with(family));
        is_ours && is_within(measured, finding)
    };
    let flaws = findings.iter().copied().filter(is_flaw);
    flaws.max_by_key(|finding| finding.severity)
}

/// Whether a finding lies in the lines that were measured. In a file whose lines were not compared, all of it counts.
fn is_within(measured: &Measured, finding: &Finding) -> bool {
    let Some(at) = finding.primary() else { return true };
    let changed = measured.changed.get(&at.path);
    changed.is_none_or(|runs| {
        runs.iter()
            .any(|(first, last)| at.line <= *last && *first <= at.end_line)
    })
}

/// Asks the conditions of what was rated.
pub fn judge(quality: &mut Quality, asked: &Thresholds) {
    let measures = &quality.measures;
    let is_small = quality.scope == QualityScope::Changes && measures.code < asked.small;
    let small = is_small.then(|| {
        format!(
            "fewer than {} lines of code changed (quality.small-change)",
            asked.small
        )
    });
    let share = |part, of| Part { part, of };
    let mut conditions = Vec::new();
    let mut least = |name: &str, part: Option<Part>, wanted: u64| {
        if wanted > 0 {
            let percent = part.map(Part::percent);
            conditions.push(ratio(name, percent, (wanted, true), small.as_deref()));
        }
    };
    // Where no line changed that can run, there is nothing to ask; where no report was read, nobody knows.
    let coverage = measures.coverage.or((measures.code == 0).then(Part::default));
    least("coverage", coverage, asked.coverage);
    let both = measures.code + measures.comments;
    least("comments", Some(share(measures.comments, both)), asked.comments);
    least("tests", Some(share(measures.tests, measures.code)), asked.tests);
    if asked.duplication < 100 {
        let percent = share(measures.duplicated, measures.lines).percent();
        let wanted = (asked.duplication, false);
        conditions.push(ratio("duplication", Some(percent), wanted, small.as_deref()));
    }
    conditions.push(rated("maintainability", quality.maintainability, asked.rating));
    // What nobody looked for is no rating; that it was not looked for is told with the measures.
    conditions.extend(
        quality
            .security
            .map(|rating| rated("security", Some(rating), asked.rating)),
    );
    conditions.sort_by(|one, other| one.name.cmp(&other.name));
    let is = |state| conditions.iter().any(|condition| condition.state == state);
    quality.gate = if is(ConditionState::Broken) {
        QualityGate::Failed
    } else if is(ConditionState::Unknown) {
        QualityGate::Unknown
    } else {
        QualityGate::Passed
    };
    quality.conditions = conditions;
}

/// A condition of a share in a hundred, at least or at most. None outside: not measured; inside: nothing there to measure.
#[allow(clippy::cast_precision_loss, reason = "at most 100")]
fn ratio(
    name: &str,
    percent: Option<Option<f64>>,
    (wanted, at_least): (u64, bool),
    small: Option<&str>,
) -> Condition {
    let holds = |percent: f64| {
        if at_least {
            percent >= wanted as f64
        } else {
            percent <= wanted as f64
        }
    };
    let (state, why) = match (percent, small) {
        (None, None) => (ConditionState::Unknown, Some("it was not measured")),
        (Some(None), _) => (ConditionState::Holds, None),
        (Some(Some(percent)), _) if holds(percent) => (ConditionState::Holds, None),
        (Some(_), None) => (ConditionState::Broken, None),
        (_, Some(small)) => (ConditionState::Spared, Some(small)),
    };
    Condition {
        name: name.to_owned(),
        state,
        measured: percent.flatten().map(|percent| shown(percent, at_least)),
        wanted: format!("at {} {wanted} %", if at_least { "least" } else { "most" }),
        why: why.map(str::to_owned),
    }
}

/// A share that does not suffice is never shown as one that does.
fn shown(percent: f64, at_least: bool) -> String {
    let tenths = percent * 10.0;
    let tenths = if at_least { tenths.floor() } else { tenths.ceil() };
    format!("{:.1} %", tenths / 10.0)
}

/// A condition of a rating; none where there is nothing to rate.
fn rated(name: &str, rating: Option<Rating>, wanted: Rating) -> Condition {
    Condition {
        name: name.to_owned(),
        state: match rating {
            Some(rating) if rating > wanted => ConditionState::Broken,
            _ => ConditionState::Holds,
        },
        measured: rating.map(|rating| rating.to_string()),
        wanted: match wanted {
            Rating::A => "A".to_owned(),
            wanted => format!("{wanted} or better"),
        },
        why: None,
    }
}

/// A finding for each broken condition, at the place where there is most to do. `open` are the findings that are not waived.
#[must_use]
pub fn findings(
    quality: &Quality,
    measured: &Measured,
    open: &[&Finding],
    enabled: &Enabled,
) -> Vec<Finding> {
    let (scope, lines) = match quality.scope {
        QualityScope::Changes => ("changes", "new "),
        QualityScope::All => ("all", ""),
    };
    let mut all = Vec::new();
    for about in CONDITIONS.into_iter().filter(|about| enabled.has(about.id)) {
        let name = about.id.trim_start_matches("quality/");
        let mut conditions = quality.conditions.iter();
        let broken =
            conditions.find(|condition| condition.name == name && condition.state == ConditionState::Broken);
        let Some(condition) = broken else { continue };
        let at = match name {
            "security" => worst_flaw(measured, open).and_then(Finding::primary),
            name => measured.worst.get(name),
        };
        // It stays the same condition wherever there is most to do.
        let fingerprint = FingerprintBuilder::new(about.id).part(scope.as_bytes()).finish();
        let asset = at.map_or_else(|| AssetId::from_text("dir:."), |at| AssetId::file(&at.path));
        all.push(Finding {
            title: about.title.to_owned(),
            message: format!(
                "{name} of {lines}code is {}, and {} is asked",
                condition.measured.as_deref().unwrap_or("unknown"),
                condition.wanted
            ),
            controls: about.controls(),
            cwe: about.cwe.iter().map(ToString::to_string).collect(),
            fix: Some(Fix {
                description: about.remediation.to_owned(),
                edits: Vec::new(),
            }),
            locations: at.cloned().into_iter().collect(),
            ..Finding::new(about.id, (about.severity, about.confidence), fingerprint, asset)
        });
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use bartizan_model::{Confidence, Location, Measures};

    const ASKED: Thresholds = Thresholds {
        coverage: 80,
        duplication: 3,
        comments: 0,
        tests: 0,
        rating: Rating::A,
        small: 20,
    };

    fn measured(coverage: Option<Part>) -> Measured {
        Measured {
            scope: QualityScope::Changes,
            measures: Measures {
                lines: 100,
                code: 100,
                coverage,
                ..Measures::default()
            },
            ..Measured::default()
        }
    }

    fn state(quality: &Quality, name: &str) -> Option<ConditionState> {
        let mut conditions = quality.conditions.iter();
        conditions
            .find(|condition| condition.name == name)
            .map(|condition| condition.state)
    }

    fn finding(rule: &str, severity: Severity, line: u32) -> Finding {
        let print = FingerprintBuilder::new(rule).part(&line.to_le_bytes()).finish();
        let mut at = Location::of_file("a.py");
        (at.line, at.end_line) = (line, line);
        Finding {
            locations: vec![at],
            ..Finding::new(rule, (severity, Confidence::High), print, AssetId::file("a.py"))
        }
    }

    #[test]
    fn a_share_just_below_the_threshold_is_broken_and_shown_as_below() {
        let mut quality = rate(
            &measured(Some(Part {
                part: 7_999,
                of: 10_000,
            })),
            &[],
            false,
        );
        judge(&mut quality, &ASKED);
        assert_eq!(quality.gate, QualityGate::Failed);
        let told = findings(&quality, &measured(None), &[], &Enabled::default());
        assert_eq!(told.len(), 1);
        assert_eq!(
            told[0].message,
            "coverage of new code is 79.9 %, and at least 80 % is asked"
        );
    }

    #[test]
    fn what_was_not_measured_is_unknown_and_never_holds() {
        let mut quality = rate(&measured(None), &[], false);
        judge(&mut quality, &ASKED);
        assert_eq!(quality.gate, QualityGate::Unknown);
        assert_eq!(state(&quality, "coverage"), Some(ConditionState::Unknown));
        assert_eq!(state(&quality, "security"), None);
    }

    #[test]
    fn maintainability_follows_the_share_of_the_time_to_mend() {
        let rated = |minutes| maintainability(minutes, 10).map(Rating::as_str);
        let letters = [0, 15, 16, 30, 31, 60, 61, 150, 151].map(rated);
        assert_eq!(letters, ["A", "A", "B", "B", "C", "C", "D", "D", "E"].map(Some));
        assert_eq!(maintainability(0, 0), None);
    }

    #[test]
    fn security_follows_the_worst_flaw_on_lines_that_changed() {
        let mut measured = measured(None);
        measured.changed.insert("a.py".to_owned(), vec![(10, 20)]);
        let outside = finding("code/x", Severity::Critical, 9);
        let other = finding("supply/x", Severity::Critical, 12);
        let within = finding("leak/x", Severity::Medium, 20);
        assert_eq!(
            rate(&measured, &[&outside, &other], true).security,
            Some(Rating::A)
        );
        assert_eq!(
            rate(&measured, &[&outside, &within], true).security,
            Some(Rating::C)
        );
        assert_eq!(rate(&measured, &[&within], false).security, None);
    }
}
