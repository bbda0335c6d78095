//! When to act on findings, and by when they must be closed.
//!
//! In: findings with their waivers, the settings, and the record of first sights of this target in the data directory. Out: the
//! findings with priority, first sight and due time, and the record as it is kept for the next scan.

use super::Place;
use crate::place;
use crate::terminal::Terminal;
use bartizan_engine::config::Config;
use bartizan_engine::system::{Machine, System};
use bartizan_ledger::first_seen::Book;
use bartizan_ledger::objective::Objectives;
use bartizan_ledger::priority;
use bartizan_model::{Finding, Target, Timestamp};
use std::collections::HashSet;
use std::fs::File;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// The rules of which a scan looked at everything: what it no longer finds of them is gone.
pub(super) type LookedFor<'a> = Option<&'a HashSet<String>>;

/// Decides on every finding and counts its time.
pub(super) fn plan(
    findings: &mut [Finding],
    config: &Config,
    (place, target): (&Place, &Target),
    now: Timestamp,
    looked_for: LookedFor<'_>,
    terminal: Terminal,
) {
    let here = priority::Place {
        exposure: config
            .text("priority.exposure")
            .parse()
            .unwrap_or(priority::Exposure::Open),
        mission: config
            .text("priority.mission")
            .parse()
            .unwrap_or(priority::Mission::Medium),
    };
    for finding in findings.iter_mut() {
        finding.priority = finding
            .risk
            .map(|risk| priority::decide(&risk, finding.severity, here));
    }
    if let Some(file) = book_of(config, place, target)
        && let Err(why) = see(&file, findings, now, looked_for)
    {
        terminal.warn(format_args!(
            "when findings were first seen is not known: {why}; set `data.first-seen = false` to do without"
        ));
    }
    let objectives = Objectives {
        critical: config.hours("objectives.critical"),
        high: config.hours("objectives.high"),
        medium: config.hours("objectives.medium"),
        low: config.hours("objectives.low"),
    };
    for finding in findings {
        finding.due = objectives.due(finding).filter(|_| !finding.is_waived());
    }
}

/// The file of the record for a target. What is staged or not written is not there yet, and what stands in a history alone cannot be closed.
fn book_of(config: &Config, place: &Place, target: &Target) -> Option<PathBuf> {
    let whose = match target.kind.as_str() {
        _ if !config.flag("data.first-seen") => return None,
        "git-index" | "git-range" | "git-history" | "stdin" | "text" => return None,
        "dir" | "file" => place::key_of("", &config.root),
        _ => place::key_of(&target.name, &place.start),
    };
    Some(place::data_dir(config)?.join("first-seen").join(whose))
}

fn see(
    file: &Path,
    findings: &mut [Finding],
    now: Timestamp,
    looked_for: LookedFor<'_>,
) -> Result<(), String> {
    if findings.is_empty() && !file.exists() {
        return Ok(());
    }
    let failed = |error: std::io::Error| format!("`{}`: {}", file.display(), crate::error::plain(&error));
    if let Some(directory) = file.parent() {
        std::fs::create_dir_all(directory).map_err(failed)?;
    }
    // Two scans of one target at a time must not lose each other's first sights; the lock ends with the handle.
    let lock = File::create(file.with_extension("lock")).map_err(failed)?;
    lock.lock().map_err(failed)?;
    let mut book = match Machine.read_text(file) {
        Ok(text) => Book::read(&text)
            .map_err(|error| format!("`{}`: {error}; remove it to count anew", file.display()))?,
        Err(error) if error.kind() == ErrorKind::NotFound => Book::default(),
        Err(error) => return Err(failed(error)),
    };
    let before = book.clone();
    book.note(findings, now, |rule| {
        looked_for.is_some_and(|rules| rules.contains(rule))
    });
    if book == before {
        return Ok(());
    }
    Machine.replace(file, book.to_text().as_bytes()).map_err(failed)
}
