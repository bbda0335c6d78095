//! A check over files that are at hand, without a source and without a cache.

use crate::{Check, Fact, Input, Part, Program, Reported, Sink};
use bartizan_source::FileMeta;

/// What a check reports of files that are at hand, for tests and fuzzing. Errors are among what it reports, with the path of the file.
#[must_use]
pub fn scan(check: &dyn Check, files: &[(&str, &[u8])]) -> Reported {
    if let Some(program) = check.program() {
        return together(program, files);
    }
    let mut all = Reported::default();
    let mut facts = Vec::new();
    for (path, bytes) in files {
        let meta = meta(path, bytes);
        let mut sink = Sink::default();
        if let Err(error) = check.run(&Input::whole(&meta, bytes), &mut sink) {
            sink.error(format!("{path}: {error}"));
        }
        let reported = sink.into_reported();
        all.findings.extend(reported.findings);
        all.errors.extend(reported.errors);
        facts.extend(reported.facts.into_iter().map(|data| Fact {
            path: (*path).to_owned(),
            data,
        }));
    }
    facts.sort();
    let mut sink = Sink::default();
    if let Err(error) = check.finish(&facts, &mut sink) {
        sink.error(error.to_string());
    }
    let reported = sink.into_reported();
    all.findings.extend(reported.findings);
    all.errors.extend(reported.errors);
    all
}

/// The findings of a rule as tests write them, `path:line:column severity` each.
///
/// # Errors
/// What could not be judged, or that a finding has no place.
pub fn lines_of(rule: &str, reported: &Reported) -> Result<Vec<String>, String> {
    if !reported.errors.is_empty() {
        return Err(format!("{:?}", reported.errors));
    }
    let found = reported.findings.iter().filter(|one| one.rule == rule);
    let lines = found.map(|one| match one.primary() {
        Some(at) => Ok(format!("{}:{}:{} {}", at.path, at.line, at.column, one.severity)),
        None => Err(format!("a finding without a place: {}", one.message)),
    });
    lines.collect()
}

fn together(program: &dyn Program, files: &[(&str, &[u8])]) -> Reported {
    let mut sink = Sink::default();
    let mut parts: Vec<(String, Part)> = Vec::new();
    for (path, bytes) in files {
        match program.part(&Input::whole(&meta(path, bytes), bytes), &mut sink) {
            Ok(part) => parts.push(((*path).to_owned(), part)),
            Err(error) => sink.error(format!("{path}: {error}")),
        }
    }
    parts.sort_by(|(one, _), (other, _)| one.cmp(other));
    if let Err(error) = program.judge(&parts, &[], &mut sink) {
        sink.error(error.to_string());
    }
    let mut reported = sink.into_reported();
    program.sift(&mut reported.findings);
    reported
}

fn meta(path: &str, bytes: &[u8]) -> FileMeta {
    FileMeta::new(path, bytes.len() as u64)
}
