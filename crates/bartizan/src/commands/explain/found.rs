//! Explains what was found before: a finding of a kept report, a waiver of a file.

use super::text::Page;
use crate::error::Error;
use crate::scan::{Loaded, Place};
use bartizan_engine::config::Config;
use bartizan_engine::system::{Machine, System};
use bartizan_engine::waiver::{self, InlineWaivers};
use bartizan_engine::{Check, Input, Sink};
use bartizan_model::Waiver;
use bartizan_source::FileMeta;

/// The finding with this fingerprint, or the beginning of one, in the newest report that has it.
pub(super) fn finding(id: &str, config: &Config, loaded: Loaded, page: &mut Page) -> Result<(), Error> {
    let Some((report, finding)) = crate::kept::find(id, config)? else {
        return Err(Error::nothing(
            format!("no kept report has a finding {id}"),
            "scan again, then ask again; the last report of each target is kept in the data directory, unless caches are off",
        ));
    };
    page.title(&format!("{}: {}", finding.rule, finding.message));
    page.plain(&format!("found in {} on {}", report.target.name, report.started));
    for place in &finding.locations {
        let commit = place
            .commit
            .as_ref()
            .map_or_else(String::new, |commit| format!(" in commit {commit}"));
        let layer = place
            .layer
            .as_ref()
            .map_or_else(String::new, |layer| format!(" in layer {layer}"));
        page.plain(&format!(
            "  {}:{}:{}{commit}{layer}",
            place.path, place.line, place.column
        ));
    }
    if !finding.evidence.is_empty() {
        page.heading("What shows it");
        let steps: Vec<String> = finding
            .evidence
            .iter()
            .map(|step| format!("- {}", step.message))
            .collect();
        page.markdown(&steps.join("\n"));
    }
    if let Some(waiver) = &finding.waiver {
        page.heading("Waived");
        page.markdown(&terms(waiver));
    }
    if let Some(rule) = crate::commands::rules::manuals(&loaded)
        .iter()
        .find(|rule| rule.id == finding.rule)
    {
        super::rule(rule, page);
    }
    Ok(())
}

/// The waiver that stands at this line of a file: an entry of a waiver file, or a comment.
pub(super) fn waiver(path: &str, line: u32, place: &Place, page: &mut Page) -> Result<(), Error> {
    let file = place.current.join(path);
    let text = Machine
        .read_text(&file)
        .map_err(|error| Error::reading(&file, &error))?;
    let found = if path.ends_with(".toml") && text.contains("[[waiver]]") {
        entry(path, line, &text)?
    } else {
        comment(path, line, &text)
    };
    let Some(waiver) = found else {
        return Err(Error::nothing(
            format!("there is no waiver at {path}:{line}"),
            "name the line of a waiver comment, or of an entry of the waiver file; `bartizan waive list` shows those",
        ));
    };
    page.title(&format!("Waiver at {path}:{line}"));
    page.markdown(&terms(&waiver));
    let today = Machine.today();
    page.markdown(&match waiver.until.map(|until| today.days_until(until)) {
        _ if waiver.reason.trim().is_empty() => {
            "It gives no reason and covers nothing: see `bartizan explain waiver/no-reason`.".to_owned()
        }
        Some(days) if days < 0 => {
            "It has expired and covers nothing: see `bartizan explain waiver/expired`.".to_owned()
        }
        Some(days) => format!("Days left: {days}."),
        None => "It has no last day, so it does not cover findings of severity high or critical.".to_owned(),
    });
    Ok(())
}

fn entry(path: &str, line: u32, text: &str) -> Result<Option<Waiver>, Error> {
    let entries = waiver::read(path, text)?;
    Ok(entries
        .into_iter()
        .rev()
        .find(|entry| entry.line <= line)
        .map(|entry| entry.waiver))
}

fn comment(path: &str, line: u32, text: &str) -> Option<Waiver> {
    let meta = FileMeta::new(path, text.len() as u64);
    let mut sink = Sink::default();
    InlineWaivers::default()
        .run(&Input::whole(&meta, text.as_bytes()), &mut sink)
        .ok()?;
    let comments = sink.into_reported().waivers;
    let comment = comments.into_iter().find(|comment| comment.line == line)?;
    Some(Waiver {
        rule: Some(comment.rule),
        fingerprint: None,
        scope: None,
        reason: comment.reason.unwrap_or_default(),
        owner: None,
        until: comment.until.and_then(|text| text.parse().ok()),
        vex: None,
        origin: bartizan_model::WaiverOrigin::Inline {
            path: path.to_owned(),
            line,
        },
    })
}

fn terms(waiver: &Waiver) -> String {
    let mut lines = Vec::new();
    let mut add = |label: &str, text: Option<String>| {
        if let Some(text) = text {
            lines.push(format!("- {label}: {text}"));
        }
    };
    add("rule", waiver.rule.clone());
    add("finding", waiver.fingerprint.clone());
    add("in", waiver.scope.clone());
    add(
        "because",
        Some(waiver.reason.clone()).filter(|reason| !reason.is_empty()),
    );
    add("decided by", waiver.owner.clone());
    add("until", waiver.until.map(|day| day.to_string()));
    add("VEX", waiver.vex.clone());
    lines.join("\n")
}
