//! An assessment for people at a terminal: how many controls are in which state, and for each one what is known and why.
//!
//! In: an assessment, and whether only what is to be done is asked for. Out: lines of text, in which nothing steers a terminal.

use super::{aged, attestation, told};
use crate::text::{counted, fit, line};
use bartizan_model::compliance::{Assessment, ControlResult, ControlStatus};
use std::io;

/// Columns of a title.
const TITLE: usize = 90;

/// Writes `assessment` for people. With `gaps_only` controls are left out for which nothing is to be done: the satisfied ones, and the
/// manual ones that somebody attests.
///
/// # Errors
/// Whatever `out` answers.
pub fn render_standing(assessment: &Assessment, gaps_only: bool, out: &mut dyn io::Write) -> io::Result<()> {
    let framework = &assessment.framework;
    let counts = &assessment.counts;
    writeln!(
        out,
        "{} ({}), {}",
        line(&framework.title),
        line(&framework.key),
        line(&assessment.system)
    )?;
    writeln!(
        out,
        "{} of {} satisfied, {} not satisfied, {} without evidence, {} manual of which {} attested",
        counts.satisfied,
        counts.total(),
        counts.not_satisfied,
        counts.no_evidence,
        counts.manual,
        counts.manual_attested
    )?;
    let age = assessment.at.unix_seconds() - assessment.oldest.unix_seconds();
    if let Ok(age @ 1..) = u64::try_from(age) {
        writeln!(out, "The oldest evidence that counts is {} old.", aged(age))?;
    }
    let mut group = None;
    for control in assessment
        .controls
        .iter()
        .filter(|one| !gaps_only || one.is_gap())
    {
        if group != Some(&control.group) {
            group = Some(&control.group);
            writeln!(out, "\n{}", line(&control.group))?;
        }
        one(control, assessment, out)?;
    }
    Ok(())
}

fn one(control: &ControlResult, assessment: &Assessment, out: &mut dyn io::Write) -> io::Result<()> {
    let title = line(&control.title);
    writeln!(
        out,
        "  {:<13} {:<14} {}",
        told(control.status).to_lowercase(),
        line(&control.control.id),
        fit(&title, TITLE)
    )?;
    for reason in &control.reasons {
        writeln!(out, "    {}", line(reason))?;
    }
    if control.status == ControlStatus::NotSatisfied {
        for test in control.tests.iter().filter_map(|one| assessment.test(&one.test)) {
            for finding in test.open.iter().take(3) {
                writeln!(
                    out,
                    "    {} {} in {}: {}",
                    finding.severity,
                    line(&finding.rule),
                    line(finding.asset.as_str()),
                    line(&finding.title)
                )?;
            }
            if let Some(left @ 1..) = test.open_count.checked_sub(3) {
                writeln!(out, "    and {} more", counted(left, "finding"))?;
            }
        }
    }
    if let Some((statement, evidence, until)) = attestation(control) {
        writeln!(
            out,
            "    \"{}\", says {} until {}",
            line(statement),
            line(&evidence.by),
            until.date()
        )?;
    }
    Ok(())
}
