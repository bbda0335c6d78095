//! Findings to people and machines.
//!
//! In: a finished [`Report`] and the manuals of the rules in force. Out: bytes in one of the formats of the command
//! line contract, written to whatever the caller opened. Nothing here decides anything: verdict, waivers and order are
//! the report's. Text from the scanned bytes (paths, messages, source lines) is hostile until escaped for the format.

mod assessment;
mod bill;
mod code_points;
mod concise;
mod cyclonedx;
mod format;
mod frame;
mod github;
mod gitlab;
mod json;
mod junit;
mod license;
mod markdown;
mod openvex;
mod pretty;
mod quality;
mod remedies;
mod sarif;
mod spdx;
mod statement;
mod style;
mod summary;
mod text;

pub use assessment::{AssessmentFormat, UnknownAssessmentFormat, render_assessment, render_standing};
pub use format::{Format, FormatError};
pub use summary::summary;

use bartizan_model::{Finding, Report, RuleInfo, Timestamp};
use std::collections::BTreeMap;
use std::io;

/// What rendering needs besides the report.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// Manuals of the rules in force, by rule id; a rule that is missing is described by its finding alone.
    pub rules: &'a BTreeMap<String, RuleInfo>,
    /// Whether terminal styles may be written (formats for machines never write any).
    pub color: bool,
    /// Columns of the terminal; 0 means unknown.
    pub width: u16,
    /// How often `-v` was given: from 1 on, waived findings and everything skipped are shown.
    pub verbose: u8,
    /// Whether `-q` was given: headers and frames only.
    pub quiet: bool,
    /// When the report is read: how much time is left is told for what was seen before. None tells it of nothing.
    pub now: Option<Timestamp>,
    /// What the formats for people list.
    pub group_by: GroupBy,
}

/// What the formats for people list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum GroupBy {
    /// Findings.
    #[default]
    Finding,
    /// What there is to do.
    Fix,
}

impl Context<'_> {
    /// Columns to lay text out in: at least 40, and 100 where the width is unknown.
    pub(crate) fn columns(&self) -> usize {
        if self.width == 0 {
            100
        } else {
            usize::from(self.width).max(40)
        }
    }

    fn rule(&self, finding: &Finding) -> Option<&RuleInfo> {
        self.rules.get(&finding.rule)
    }
}

/// Writes `report` in `format`.
///
/// # Errors
///
/// Whatever `out` answers; and for [`Format::Statement`] a target that has no digest.
pub fn render(
    format: Format,
    report: &Report,
    context: &Context<'_>,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let mut out = io::BufWriter::with_capacity(1 << 16, out);
    match format {
        Format::Pretty if context.group_by == GroupBy::Fix => remedies::pretty(report, context, &mut out)?,
        Format::Concise if context.group_by == GroupBy::Fix => remedies::concise(report, context, &mut out)?,
        Format::Pretty => pretty::render(report, context, &mut out)?,
        Format::Concise => concise::render(report, context, &mut out)?,
        Format::Json => json::render(report, &mut out)?,
        Format::Jsonl => json::render_lines(report, &mut out)?,
        Format::Sarif => sarif::render(report, context, &mut out)?,
        Format::Github => github::render(report, &mut out)?,
        Format::Gitlab => gitlab::render(report, context, &mut out)?,
        Format::Junit => junit::render(report, context, &mut out)?,
        Format::Markdown => markdown::render(report, context, &mut out)?,
        Format::Statement => statement::render(report, &mut out)?,
        Format::Cyclonedx => cyclonedx::render(report, &mut out)?,
        Format::Spdx => spdx::render(report, &mut out)?,
        Format::Openvex => openvex::render(report, &mut out)?,
    }
    io::Write::flush(&mut out)
}

/// Writes an in-toto v1 Statement, not signed, whose predicate is the bill of materials of `report` in `form`.
///
/// # Errors
///
/// Whatever `out` answers; a target that has no digest; a `form` that is no bill of materials.
pub fn render_bill_statement(form: Format, report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
    let mut out = io::BufWriter::with_capacity(1 << 16, out);
    statement::render_bill(form, report, &mut out)?;
    io::Write::flush(&mut out)
}
