//! The last report of each target, kept in the data directory so that `explain FINGERPRINT` finds the finding.
//!
//! In: a finished report, in which secrets are masked. Out: the finding with a fingerprint. Where caches are off nothing
//! is kept.

use crate::error::Error;
use crate::place;
use crate::scan::Done;
use bartizan_engine::config::Config;
use bartizan_engine::system::{Machine, System};
use bartizan_model::encoding::is_hex;
use bartizan_model::{Finding, Report};
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;

/// Reports kept; the oldest go first.
const KEPT: usize = 50;

/// Digits that the beginning of a fingerprint must have.
const SHORTEST: usize = 6;

/// Digits of a whole fingerprint.
const WHOLE: usize = 32;

/// Whether the text is a fingerprint or the beginning of one, as reports for people show it.
pub(crate) fn is_fingerprint(text: &str) -> bool {
    (SHORTEST..=WHOLE).contains(&text.len()) && is_hex(text, text.len())
}

/// Keeps the report. That it cannot be kept is no reason to fail.
pub(crate) fn keep(done: &Done, targets: &[String]) {
    if !done.config.flag("data.cache") {
        return;
    }
    let Some(directory) = place::data_dir(&done.config).map(|data| data.join("reports")) else {
        return;
    };
    let name = format!("{}.json", place::key_of(&targets.join("\n"), &done.config.root));
    let stored = store(&directory, &name, &done.report);
    if let (Err(error), true) = (stored, done.terminal.verbose > 0) {
        done.terminal.note(format_args!(
            "the report was not kept for `bartizan explain`: {}",
            crate::error::plain(&error)
        ));
    }
}

fn store(directory: &Path, name: &str, report: &Report) -> std::io::Result<()> {
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(directory)?;
    let file = directory.join(name);
    let is_new = !file.exists();
    Machine.replace(&file, &serde_json::to_vec(report)?)?;
    if is_new { forget_oldest(directory) } else { Ok(()) }
}

fn forget_oldest(directory: &Path) -> std::io::Result<()> {
    let mut kept = Vec::new();
    for entry in std::fs::read_dir(directory)? {
        let entry = entry?;
        kept.push((entry.metadata()?.modified()?, entry.path()));
    }
    kept.sort();
    let surplus = kept.len().saturating_sub(KEPT);
    kept.iter()
        .take(surplus)
        .try_for_each(|(_, path)| std::fs::remove_file(path))
}

/// The finding whose fingerprint is or begins with `id`, from the newest report that has it.
///
/// # Errors
/// When several fingerprints begin so.
pub(crate) fn find(id: &str, config: &Config) -> Result<Option<(Report, Finding)>, Error> {
    let mut newest: Option<(Report, Finding)> = None;
    let directory = place::data_dir(config).map(|data| data.join("reports"));
    let entries = directory.and_then(|directory| std::fs::read_dir(directory).ok());
    for entry in entries.into_iter().flatten().flatten() {
        let Ok(text) = Machine.read_text(&entry.path()) else {
            continue;
        };
        if !text.contains(id) {
            continue;
        }
        let Ok(report) = serde_json::from_str::<Report>(&text) else {
            continue;
        };
        let matching = report
            .findings
            .iter()
            .filter(|finding| finding.fingerprint.as_str().starts_with(id));
        for finding in matching.cloned().collect::<Vec<_>>() {
            if let Some((_, known)) = newest
                .as_ref()
                .filter(|(_, known)| known.fingerprint != finding.fingerprint)
            {
                return Err(Error::usage(
                    format!("several findings have a fingerprint that begins with {id}"),
                    format!(
                        "write more of it, for instance {} or {}",
                        known.fingerprint, finding.fingerprint
                    ),
                ));
            }
            if newest
                .as_ref()
                .is_none_or(|(known, _)| known.started < report.started)
            {
                newest = Some((report.clone(), finding));
            }
        }
    }
    Ok(newest)
}
