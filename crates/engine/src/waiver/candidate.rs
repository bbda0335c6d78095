//! One waiver, ready to be compared with findings.

use super::file::FileWaiver;
use super::judge::Terms;
use crate::InlineWaiver;
use crate::globs::{PathGlobs, RuleGlobs};
use bartizan_model::{Date, Finding, Location, Severity, Waiver, WaiverOrigin};

/// A waiver with what is needed to compare it with findings.
pub(super) struct Candidate {
    pub(super) waiver: Waiver,
    /// Where it is written.
    pub(super) location: Location,
    /// Line it covers, for a comment.
    pub(super) line: Option<u32>,
    /// Text after `until` that is no day.
    pub(super) bad_date: Option<String>,
    rules: Option<RuleGlobs>,
    paths: Option<PathGlobs>,
}

/// How a waiver stands to a finding that it matches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// It covers it.
    Covers,
    /// It would if it had a date.
    Undated,
    /// It would if its date were nearer.
    Distant,
    /// It has no reason or has expired.
    Void,
}

impl Candidate {
    /// A comment of the file `path` that covers `line`.
    pub(super) fn of_comment(path: &str, comment: &InlineWaiver, line: u32) -> Self {
        let until = comment.until.as_deref().map(str::parse::<Date>);
        let unreadable = matches!(until, Some(Err(_)));
        let mut location = Location::of_file(path);
        (location.line, location.end_line) = (comment.line, comment.line);
        Self {
            waiver: Waiver {
                rule: Some(comment.rule.clone()),
                fingerprint: None,
                scope: None,
                reason: comment.reason.clone().unwrap_or_default(),
                owner: None,
                until: until.and_then(Result::ok),
                vex: None,
                origin: WaiverOrigin::Inline {
                    path: path.to_owned(),
                    line: comment.line,
                },
            },
            location,
            line: Some(line),
            bad_date: comment.until.clone().filter(|_| unreadable),
            // A glob that does not parse matches nothing, and is then reported as unused.
            rules: Some(RuleGlobs::new([&comment.rule]).unwrap_or_else(|_| RuleGlobs::none())),
            paths: None,
        }
    }

    /// An entry of a waiver file.
    pub(super) fn of_entry(entry: &FileWaiver) -> Self {
        let mut location = Location::of_file(entry.waiver.origin.path());
        (location.line, location.end_line) = (entry.line, entry.line);
        Self {
            waiver: entry.waiver.clone(),
            location,
            line: None,
            bad_date: None,
            rules: entry.rules.clone(),
            paths: entry.paths.clone(),
        }
    }

    /// Whether it speaks of the finding's rule (and fingerprint, where it names one).
    pub(super) fn names(&self, finding: &Finding) -> bool {
        self.rules
            .as_ref()
            .is_none_or(|rules| rules.matches(&finding.rule))
            && self
                .waiver
                .fingerprint
                .as_ref()
                .is_none_or(|text| text == finding.fingerprint.as_str())
    }

    /// Whether it speaks of the place. `prefix` is put before the path to compare it with the scope of an entry.
    pub(super) fn reaches(&self, place: &Location, prefix: &str) -> bool {
        match self.line {
            Some(line) => place.path == self.location.path && (place.line..=place.end_line).contains(&line),
            None => self
                .paths
                .as_ref()
                .is_none_or(|paths| paths.matches(&format!("{prefix}{}", place.path))),
        }
    }

    /// Whether it names the rule id.
    pub(super) fn names_rule(&self, id: &str) -> bool {
        self.rules.as_ref().is_none_or(|rules| rules.matches(id))
    }

    pub(super) fn has_reason(&self) -> bool {
        !self.waiver.reason.trim().is_empty()
    }

    pub(super) fn has_expired(&self, terms: Terms) -> bool {
        self.waiver.until.is_some_and(|until| until < terms.today)
    }

    /// How it stands to a finding that it matches.
    pub(super) fn standing(&self, severity: Severity, terms: Terms) -> Standing {
        if !self.has_reason() || self.has_expired(terms) {
            return Standing::Void;
        }
        match self.waiver.until {
            _ if self.bad_date.is_some() => Standing::Undated,
            None if severity >= Severity::High => Standing::Undated,
            Some(until) if severity >= Severity::High => {
                let days = u64::try_from(terms.today.days_until(until)).unwrap_or(0);
                if days > terms.max_days {
                    Standing::Distant
                } else {
                    Standing::Covers
                }
            }
            _ => Standing::Covers,
        }
    }

    /// What it covers, for messages.
    pub(super) fn subject(&self) -> String {
        match (&self.waiver.rule, &self.waiver.fingerprint) {
            (Some(rule), _) => format!("`{rule}`"),
            (None, Some(fingerprint)) => format!("finding {fingerprint}"),
            (None, None) => "nothing".to_owned(),
        }
    }
}
