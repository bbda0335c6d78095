//! Assessments of controls to people and machines.
//!
//! In: an [`Assessment`] and the program that made it. Out: bytes in one of the formats, written to whatever the caller opened. Nothing
//! here decides anything: statuses, reasons and order are the assessment's. Names and messages in it come from what was scanned and are
//! hostile until escaped for the format.

mod csv;
mod html;
mod oscal;
mod standing;

pub use standing::render_standing;

use crate::json::write_pretty;
use bartizan_model::compliance::{Assessment, ControlResult, ControlStatus, ManualPart, ManualState};
use std::fmt;
use std::io;
use std::str::FromStr;

/// A format of assessments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AssessmentFormat {
    /// The assessment itself, `bartizan/assessment/v1`.
    Json,
    /// OSCAL assessment results.
    Oscal,
    /// A table, one row a control.
    Csv,
    /// One page without scripts, to read and to print.
    Html,
}

impl AssessmentFormat {
    /// Every format.
    pub const ALL: [Self; 4] = [Self::Json, Self::Oscal, Self::Csv, Self::Html];

    /// The word by which it is asked for.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Oscal => "oscal",
            Self::Csv => "csv",
            Self::Html => "html",
        }
    }

    /// The media type of what it writes.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Oscal => "application/oscal+json",
            Self::Csv => "text/csv; charset=utf-8; header=present",
            Self::Html => "text/html; charset=utf-8",
        }
    }
}

impl fmt::Display for AssessmentFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A word that names no format of assessments.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no format of assessments; use one of json, oscal, csv, html")]
pub struct UnknownAssessmentFormat(pub String);

impl FromStr for AssessmentFormat {
    type Err = UnknownAssessmentFormat;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|format| format.as_str() == text)
            .ok_or_else(|| UnknownAssessmentFormat(text.to_owned()))
    }
}

/// Writes `assessment` in `format`. `version` is that of the program. Two runs over the same assessment write the same bytes.
///
/// # Errors
/// Whatever `out` answers.
pub fn render_assessment(
    format: AssessmentFormat,
    assessment: &Assessment,
    version: &str,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let mut out = io::BufWriter::with_capacity(1 << 16, out);
    match format {
        AssessmentFormat::Json => write_pretty(assessment, &mut out)?,
        AssessmentFormat::Oscal => write_pretty(&oscal::document(assessment, version), &mut out)?,
        AssessmentFormat::Csv => csv::render(assessment, &mut out)?,
        AssessmentFormat::Html => html::render(assessment, version, &mut out)?,
    }
    io::Write::flush(&mut out)
}

/// The words for people.
const fn told(status: ControlStatus) -> &'static str {
    match status {
        ControlStatus::Satisfied => "Satisfied",
        ControlStatus::NotSatisfied => "Not satisfied",
        ControlStatus::Manual => "Manual",
        ControlStatus::NoEvidence => "No evidence",
    }
}

/// Age in the unit that fits.
fn aged(seconds: u64) -> String {
    let (count, noun) = match seconds {
        0..3_600 => (seconds / 60, "minute"),
        3_600..172_800 => (seconds / 3_600, "hour"),
        _ => (seconds / 86_400, "day"),
    };
    crate::text::counted(count, noun)
}

/// The attestation of a control that holds.
fn attestation(
    control: &ControlResult,
) -> Option<(
    &str,
    &bartizan_model::compliance::EvidenceRef,
    bartizan_model::Timestamp,
)> {
    match &control.manual {
        Some(ManualPart {
            state:
                ManualState::Attested {
                    statement,
                    expires,
                    evidence,
                },
            ..
        }) => Some((statement, evidence, *expires)),
        _ => None,
    }
}
