//! By when a finding must be closed, by the clock or by the calendar of a team.
//!
//! In: policy data (the parts `objectives` and `calendar`), and a finding. Out: its day. As with [`Objectives`] the stricter of severity
//! and priority counts: whatever comes first.

use crate::calendar::Calendar;
use crate::objective::Objectives;
use bartizan_model::{Decision, Finding, Severity};
use serde::{Deserialize, Serialize};

const HOUR: i64 = 3_600_000;
/// Hours by the clock at most: ten years.
const MOST_HOURS: u32 = 87_600;
/// Hours of work at most: about a year.
const MOST_WORKING_HOURS: u32 = 2_000;
/// Working days at most.
const MOST_DAYS: u16 = 1_000;

/// How long one has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub enum Term {
    /// So many hours by the clock.
    Hours(u32),
    /// So many hours of working time.
    BusinessHours(u32),
    /// Until the end of the working day that is so many working days later.
    BusinessDays(u16),
    /// Until the end of the sprint.
    Sprint,
}

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Written {
    Hours(u32),
    Word(String),
    Long(Long),
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Long {
    Hours(u32),
    BusinessHours(u32),
    BusinessDays(u16),
}

/// Why something is no term.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TermError {
    /// No such word.
    #[error(
        "`{0}` is no term: write hours as a number, \"sprint\", {{\"business_hours\": 16}} or {{\"business_days\": 5}}"
    )]
    Word(String),
    /// It is too long.
    #[error(
        "a term has at most {MOST_HOURS} hours, {MOST_WORKING_HOURS} business hours or {MOST_DAYS} business days"
    )]
    TooLong,
}

impl TryFrom<Written> for Term {
    type Error = TermError;

    fn try_from(written: Written) -> Result<Self, Self::Error> {
        match written {
            Written::Hours(hours) | Written::Long(Long::Hours(hours)) if hours <= MOST_HOURS => {
                Ok(Self::Hours(hours))
            }
            Written::Long(Long::BusinessHours(hours)) if hours <= MOST_WORKING_HOURS => {
                Ok(Self::BusinessHours(hours))
            }
            Written::Long(Long::BusinessDays(days)) if (1..=MOST_DAYS).contains(&days) => {
                Ok(Self::BusinessDays(days))
            }
            Written::Word(word) if word == "sprint" => Ok(Self::Sprint),
            Written::Word(word) => Err(TermError::Word(word.chars().take(64).collect())),
            _ => Err(TermError::TooLong),
        }
    }
}

impl From<Term> for Written {
    fn from(term: Term) -> Self {
        match term {
            Term::Hours(hours) => Self::Hours(hours),
            Term::BusinessHours(hours) => Self::Long(Long::BusinessHours(hours)),
            Term::BusinessDays(days) => Self::Long(Long::BusinessDays(days)),
            Term::Sprint => Self::Word("sprint".to_owned()),
        }
    }
}

impl std::fmt::Display for Term {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Hours(hours) if hours % 24 == 0 && *hours > 24 => write!(f, "{} days", hours / 24),
            Self::Hours(hours) => write!(f, "{hours} hours"),
            Self::BusinessHours(hours) => write!(f, "{hours} business hours"),
            Self::BusinessDays(days) => write!(f, "{days} business days"),
            Self::Sprint => f.write_str("the sprint"),
        }
    }
}

/// How long one has for each severity. What is not named stays as it is by default.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Terms {
    /// Critical findings, and all on which to act immediately.
    pub critical: Term,
    /// High findings, and all on which to act out of cycle.
    pub high: Term,
    /// Medium findings.
    pub medium: Term,
    /// Low findings.
    pub low: Term,
}

/// A day and a week by the clock, and the sprint.
impl Default for Terms {
    fn default() -> Self {
        let usual = Objectives::default();
        Self {
            critical: Term::Hours(usual.critical),
            high: Term::Hours(usual.high),
            medium: Term::Sprint,
            low: Term::Sprint,
        }
    }
}

impl Terms {
    /// Reads the part `objectives` of a policy; none where it is none.
    #[must_use]
    pub fn read(json: &str) -> Option<Self> {
        serde_json::from_str(json).ok()
    }

    /// The JSON of it.
    #[must_use]
    pub fn to_text(&self) -> String {
        // Nothing in it can fail to be written.
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// What holds for one finding: of these whichever ends first. Nothing where there is no objective.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Within([Option<Term>; 2]);

/// Objectives and calendar of a tenant.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Schedule {
    /// How long one has.
    pub terms: Terms,
    /// When one works.
    pub calendar: Calendar,
}

impl Schedule {
    /// What holds for the finding.
    #[must_use]
    pub fn within(&self, finding: &Finding) -> Within {
        let by_severity = match finding.severity {
            Severity::Critical => Some(self.terms.critical),
            Severity::High => Some(self.terms.high),
            Severity::Medium => Some(self.terms.medium),
            Severity::Low => Some(self.terms.low),
            Severity::Info => None,
        };
        let by_priority = match finding.priority.as_ref().map(|priority| priority.decision) {
            Some(Decision::Immediate) => Some(self.terms.critical),
            Some(Decision::OutOfCycle) => Some(self.terms.high),
            _ => None,
        };
        Within([by_severity, by_priority])
    }

    /// When what was opened at `opened` must be closed; both in milliseconds since 1970. Never before it was opened.
    #[must_use]
    pub fn due(&self, within: Within, opened: i64) -> Option<i64> {
        let ends = within.0.into_iter().flatten().map(|term| match term {
            Term::Hours(hours) => opened.saturating_add(i64::from(hours) * HOUR),
            Term::BusinessHours(hours) => self.calendar.after(opened, i64::from(hours) * HOUR),
            Term::BusinessDays(days) => self.calendar.end_of_day(opened, days),
            Term::Sprint => self.calendar.end_of_sprint(opened),
        });
        ends.min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bartizan_model::{AssetId, Confidence, FingerprintBuilder, Priority, Timestamp};

    fn finding(severity: Severity, decision: Option<Decision>) -> Finding {
        let mut finding = Finding::new(
            "leak/x",
            (severity, Confidence::High),
            FingerprintBuilder::new("x").finish(),
            AssetId::file("x"),
        );
        finding.priority = decision.map(|decision| Priority {
            decision,
            reasons: Vec::new(),
        });
        finding
    }

    #[test]
    fn critical_runs_by_the_clock_and_the_rest_by_the_calendar_where_the_policy_says_so() {
        let schedule = Schedule {
            terms: serde_json::from_str(r#"{"high":{"business_days":5},"low":{"business_hours":16}}"#)
                .unwrap(),
            calendar: serde_json::from_str(r#"{"sprint":{"start":"2027-01-04","days":14}}"#).unwrap(),
        };
        // The second of January 2027, a Saturday.
        let opened = 1_798_848_000_000;
        let due = |severity, decision| {
            let within = schedule.within(&finding(severity, decision));
            let due = schedule.due(within, opened)?;
            Some(Timestamp::from_unix_seconds(due / 1_000).to_string())
        };
        let own = |text: &str| Some(text.to_owned());
        assert_eq!(due(Severity::Critical, None), own("2027-01-03T00:00:00Z"));
        assert_eq!(due(Severity::High, None), own("2027-01-08T17:00:00Z"));
        assert_eq!(due(Severity::Medium, None), own("2027-01-15T17:00:00Z"));
        assert_eq!(due(Severity::Low, None), own("2027-01-05T17:00:00Z"));
        assert_eq!(
            due(Severity::Low, Some(Decision::Immediate)),
            own("2027-01-03T00:00:00Z")
        );
        assert_eq!(due(Severity::Info, None), None);
    }

    #[test]
    fn hours_as_numbers_mean_what_they_meant_and_the_rest_is_refused() {
        let terms: Terms =
            serde_json::from_str(r#"{"critical":24,"high":168,"medium":336,"low":400}"#).unwrap();
        assert_eq!((terms.critical, terms.low), (Term::Hours(24), Term::Hours(400)));
        assert_eq!(
            serde_json::to_string(&terms).unwrap(),
            r#"{"critical":24,"high":168,"medium":336,"low":400}"#
        );
        for wrong in [
            r#"{"critical":-1}"#,
            r#"{"critical":"soon"}"#,
            r#"{"critical":{"weeks":1}}"#,
            r#"{"critical":{"business_days":0}}"#,
            r#"{"critical":999999999}"#,
            r#"{"urgent":24}"#,
        ] {
            assert!(serde_json::from_str::<Terms>(wrong).is_err(), "{wrong}");
        }
    }
}
