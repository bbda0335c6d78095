//! `bartizan fix`: mends in files what can be mended safely.
//!
//! In: a target. Out: files with edits of findings applied, and a diff. [`mend`] applies edits to the bytes of one file and proves each
//! by judging the file again; here files are read, written and told about.

mod diff;
mod mend;

use crate::args::{Common, FixArgs, ScanArgs};
use crate::error::{Error, Outcome};
use crate::output::{print, write_file};
use crate::place;
use crate::scan::{self, Request};
use crate::table::counted;
use crate::terminal::Terminal;
use bartizan_engine::Check;
use bartizan_model::Finding;
use mend::Mended;
use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};

/// Exit code where a file could not be mended although there is something to mend.
const UNKNOWN: u8 = 4;

/// Runs the verb.
pub(crate) fn run(common: &Common, args: &FixArgs, terminal: Terminal) -> Outcome {
    let root = root_of(&args.target)?;
    let mut request = ScanArgs::of(&args.target);
    request.judge.only.clone_from(&args.only);
    let done = scan::run(&Request {
        common,
        scan: &request,
        stage: None,
        inventory: scan::Inventory::No,
        unsaved: None,
        terminal,
    })?;
    let checks = scan::editors(&done)?;
    let mut told = Told::default();
    for (path, findings) in by_file(&done.report.findings) {
        let waived: HashSet<&str> = waived(&done.report.findings, path);
        match file(&root, path, &findings, &waived, &checks, args.dry_run) {
            Ok(Some((before, mended))) => told.changed(path, &before, &mended)?,
            Ok(None) => {}
            Err(Refused(why)) => {
                told.refused += 1;
                done.terminal.warn(format_args!("{path}: {why}"));
            }
        }
    }
    let verb = if args.dry_run { "would be mended" } else { "mended" };
    let left = done.report.findings.iter().filter(|one| !one.is_waived()).count();
    done.terminal.note(format_args!(
        "{} {verb} in {}; {} left for a person to decide",
        counted(told.mended, "finding"),
        counted(told.files, "file"),
        left.saturating_sub(told.mended)
    ));
    Ok(if told.refused > 0 { UNKNOWN } else { 0 })
}

#[derive(Default)]
struct Told {
    files: usize,
    mended: usize,
    refused: usize,
}

impl Told {
    fn changed(&mut self, path: &str, before: &[u8], mended: &Mended) -> Result<(), Error> {
        self.files += 1;
        self.mended += mended.count;
        let (before, after) = (
            String::from_utf8_lossy(before),
            String::from_utf8_lossy(&mended.bytes),
        );
        print(diff::unified(path, &before, &after))
    }
}

/// Why a file is not changed.
struct Refused(String);

/// The directory that paths of findings are relative to.
fn root_of(target: &str) -> Result<PathBuf, Error> {
    let current = place::current()?;
    let path = current.join(target);
    if !path.exists() {
        return Err(Error::usage(
            format!("there is no directory or file `{target}`"),
            "only files on disk can be edited: name a directory or a file",
        ));
    }
    Ok(place::start_of(target, &current))
}

/// The findings with edits, by the file that they edit. What is waived, or lies in an archive, a commit or a layer, is none of them.
/// A file is among them too where the same was found as in another, whose edits the finding then carries.
fn by_file(findings: &[Finding]) -> BTreeMap<&str, Vec<&Finding>> {
    let mut files: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
    for finding in findings.iter().filter(|one| !one.is_waived()) {
        let Some(path) = path_of(finding) else { continue };
        files.entry(path).or_default().push(finding);
        let others = finding.locations.iter().map(|place| place.path.as_str());
        for other in others.filter(|other| !other.contains("!/")) {
            files.entry(other).or_default();
        }
    }
    files
}

fn path_of(finding: &Finding) -> Option<&str> {
    let edits = &finding.fix.as_ref()?.edits;
    let first = &edits.first()?.location;
    let same = edits.iter().all(|edit| {
        edit.location.path == first.path && edit.location.commit.is_none() && edit.location.layer.is_none()
    });
    (same && !first.path.contains("!/")).then_some(first.path.as_str())
}

fn waived<'r>(findings: &'r [Finding], path: &str) -> HashSet<&'r str> {
    let of_file = |one: &&Finding| one.is_waived() && one.locations.iter().any(|place| place.path == path);
    findings
        .iter()
        .filter(of_file)
        .map(|one| one.fingerprint.as_str())
        .collect()
}

/// Mends one file: what it was, and what it became; none where nothing could be proved to mend it.
fn file(
    root: &Path,
    path: &str,
    findings: &[&Finding],
    waived: &HashSet<&str>,
    checks: &[Box<dyn Check>],
    dry_run: bool,
) -> Result<Option<(Vec<u8>, Mended)>, Refused> {
    let full = within(root, path)?;
    let read = || {
        std::fs::read(&full)
            .map_err(|error| Refused(format!("it cannot be read: {}", crate::error::plain(&error))))
    };
    let before = read()?;
    let judge = mend::Judge::new(path, checks);
    if !judge.still_finds(&before, findings) {
        return Err(Refused(
            "it changed since it was scanned, so it is left as it is".to_owned(),
        ));
    }
    let mended = mend::mend(&before, &judge, waived);
    if mended.count == 0 {
        return Ok(None);
    }
    if !dry_run {
        if read()? != before {
            return Err(Refused(
                "it changed while it was mended, so it is left as it is".to_owned(),
            ));
        }
        write_file(&full, &mended.bytes).map_err(|error| Refused(error.message))?;
    }
    Ok(Some((before, mended)))
}

/// The file that a path of a finding is: a regular file below the root, not reached by a link.
fn within(root: &Path, path: &str) -> Result<PathBuf, Refused> {
    let gone = |error: std::io::Error| Refused(format!("it cannot be read: {}", crate::error::plain(&error)));
    let full = root.join(path);
    let about = std::fs::symlink_metadata(&full).map_err(gone)?;
    let root = std::fs::canonicalize(root).map_err(gone)?;
    let real = std::fs::canonicalize(&full).map_err(gone)?;
    if !about.is_file() || !real.starts_with(&root) {
        return Err(Refused(
            "it is no regular file below the target, so it is left as it is".to_owned(),
        ));
    }
    Ok(real)
}

#[cfg(test)]
mod tests;
