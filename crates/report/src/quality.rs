//! Measures of quality for people: one row a measure, with what is asked of it.

use crate::style::Styles;
use crate::{Context, text};
use bartizan_model::{Condition, ConditionState, Part, Quality, QualityGate, QualityScope, Severity};
use std::io::{self, Write};

/// A measure: its name, what it came to, and more about it.
pub(crate) struct Row<'a> {
    pub(crate) name: &'static str,
    pub(crate) value: String,
    pub(crate) more: String,
    /// What is asked of it
    pub(crate) condition: Option<&'a Condition>,
}

/// What was measured and what the gate says: `quality of new code: failed`.
pub(crate) fn heading(quality: &Quality) -> String {
    let what = match quality.scope {
        QualityScope::Changes => "new code",
        QualityScope::All => "all code",
    };
    let answer = match quality.gate {
        QualityGate::Off => "measured, not judged",
        QualityGate::Passed => "passed",
        QualityGate::Unknown => "not wholly measured",
        QualityGate::Failed => "failed",
    };
    format!("quality of {what}: {answer}")
}

/// Every measure, in a fixed order.
pub(crate) fn rows(quality: &Quality) -> Vec<Row<'_>> {
    let measures = &quality.measures;
    let percent = |part: Part| {
        part.percent()
            .map_or_else(|| "-".to_owned(), |percent| format!("{percent:.1} %"))
    };
    let of = |part: u64, of: u64, what: &str| {
        let part = Part { part, of };
        (
            percent(part),
            format!("{} of {}", text::grouped(part.part), text::counted(of, what)),
        )
    };
    let rating =
        |rating: Option<bartizan_model::Rating>| rating.map_or("-".to_owned(), |rating| rating.to_string());
    let size = format!(
        "lines of code in {}, {}",
        text::counted(measures.files, "file"),
        text::counted(measures.functions, "function")
    );
    let average = |sum| {
        Part {
            part: sum,
            of: measures.functions,
        }
        .percent()
        .map_or_else(|| "-".to_owned(), |hundred| format!("{:.1}", hundred / 100.0))
    };
    let complexity = format!(
        "cognitive, {} cyclomatic, a function",
        average(measures.cyclomatic)
    );
    let coverage = match measures.coverage {
        Some(share) => {
            let (value, more) = of(share.part, share.of, "line");
            (value, format!("{more} that can run"))
        }
        None => ("-".to_owned(), "no report of coverage tells of it".to_owned()),
    };
    let duplication = of(measures.duplicated, measures.lines, "line");
    let comments = of(measures.comments, measures.code + measures.comments, "line");
    let tests = Part {
        part: measures.tests,
        of: measures.code,
    };
    let security = match quality.security {
        Some(_) => String::new(),
        None => "not rated: `code.static-analysis` is off, or something did not run".to_owned(),
    };
    let rows = [
        ("size", text::grouped(measures.code), size),
        ("complexity", average(measures.cognitive), complexity),
        ("coverage", coverage.0, coverage.1),
        ("duplication", duplication.0, duplication.1),
        ("comments", comments.0, comments.1),
        (
            "tests",
            percent(tests),
            format!("{} of tests", text::counted(measures.tests, "line")),
        ),
        (
            "maintainability",
            rating(quality.maintainability),
            format!("{} to mend what was found", time(quality.minutes)),
        ),
        ("security", rating(quality.security), security),
    ];
    let with_condition = |(name, value, more): (&'static str, String, String)| {
        let condition = quality.conditions.iter().find(|condition| condition.name == name);
        // What the gate judged by is shown as it was judged.
        let value = condition
            .and_then(|condition| condition.measured.clone())
            .unwrap_or(value);
        Row {
            name,
            value,
            more,
            condition,
        }
    };
    rows.into_iter().map(with_condition).collect()
}

/// What became of a condition, and what it asks: `broken, at least 80 %`.
pub(crate) fn judged(condition: &Condition) -> String {
    let state = match condition.state {
        ConditionState::Holds => "holds",
        ConditionState::Broken => "broken",
        ConditionState::Spared => "not asked",
        ConditionState::Unknown => "unknown",
    };
    let why = condition
        .why
        .as_ref()
        .map_or_else(String::new, |why| format!(": {}", text::line(why)));
    format!("{state} ({}){why}", condition.wanted)
}

/// The heading and a table.
pub(crate) fn write(quality: &Quality, context: &Context<'_>, out: &mut dyn Write) -> io::Result<()> {
    let styles = Styles::of(context);
    let (strong, faint) = (styles.strong(), styles.faint());
    writeln!(out, "{strong}{}{strong:#}", heading(quality))?;
    for row in rows(quality) {
        let style = match row.condition.map(|condition| condition.state) {
            Some(ConditionState::Broken) => styles.severity(Severity::High),
            Some(ConditionState::Unknown) => styles.severity(Severity::Medium),
            Some(ConditionState::Holds) => styles.good(),
            _ => styles.faint(),
        };
        let judged = row.condition.map(judged).unwrap_or_default();
        let gap = if judged.is_empty() || row.more.is_empty() {
            ""
        } else {
            "; "
        };
        writeln!(
            out,
            "  {:<15} {:>8}  {style}{judged}{style:#}{faint}{gap}{}{faint:#}",
            row.name, row.value, row.more
        )?;
    }
    writeln!(out)
}

/// `45 min`, `3 h 20 min`.
fn time(minutes: u64) -> String {
    match (minutes / 60, minutes % 60) {
        (0, minutes) => format!("{minutes} min"),
        (hours, 0) => format!("{} h", text::grouped(hours)),
        (hours, minutes) => format!("{} h {minutes} min", text::grouped(hours)),
    }
}
