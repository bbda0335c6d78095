//! The quality of code in a scan: what is measured, by which reports, and what the gate says.
//!
//! In: settings, reports of coverage, measures, and findings with their waivers. Out: the check, and [`Quality`] with findings for conditions
//! that are broken.

use super::judged::Scanned;
use super::rules::Selection;
use super::{Place, Request, source};
use crate::error::Error;
use bartizan_code::quality::coverage::{self, Coverage};
use bartizan_code::quality::gate::{self, Thresholds};
use bartizan_code::quality::{CoverageReport, FunctionLimits, Paths, QualityCheck, QualityOptions};
use bartizan_code::sast::CodeCheck;
use bartizan_engine::config::{Config, Origin};
use bartizan_engine::globs::PathGlobs;
use bartizan_engine::rule::Enabled;
use bartizan_engine::{Check, Outcome, RunOptions, Silent};
use bartizan_model::{CheckStatus, Finding, FingerprintBuilder, Measured, Quality, QualityScope, Rating};
use bartizan_source::GitComparedSource;
use std::io::Read;
use std::path::Path;

/// The check that measures.
pub(super) fn check(
    request: &Request<'_>,
    config: &Config,
    place: &Place,
    enabled: Enabled,
) -> Result<Box<dyn Check>, Error> {
    let scope = if super::is_complete(request) && range(request).is_none() {
        QualityScope::All
    } else {
        QualityScope::Changes
    };
    let paths = |key: &str| -> Result<Paths, Error> {
        Ok(Paths {
            globs: PathGlobs::new(config.list(key))?,
            prefix: source::prefix(config, key, place),
        })
    };
    let (exclude, tests, uncovered) = (
        paths("quality.exclude")?,
        paths("quality.tests")?,
        paths("quality.coverage-exclude")?,
    );
    let settings: Vec<String> = config
        .entries()
        .filter(|(setting, _)| setting.key.starts_with("quality."))
        .map(|(setting, value)| format!("{}={:?}", setting.key, value.map(|(value, _)| value)))
        .chain([format!("{scope:?} {exclude:?} {tests:?} {uncovered:?}")])
        .collect();
    Ok(Box::new(QualityCheck::new(QualityOptions {
        enabled,
        scope,
        limits: FunctionLimits {
            cognitive: config.number("quality.max-cognitive"),
            cyclomatic: config.number("quality.max-cyclomatic"),
            function_lines: config.number("quality.max-function-lines"),
            file_lines: config.number("quality.max-file-lines"),
        },
        min_coverage: if is_judged(config, scope) {
            config.number("quality.min-coverage")
        } else {
            0
        },
        reports: reports(config, place)?,
        exclude,
        tests,
        uncovered,
        required: config.flag("quality.require-measures"),
        settings: settings.join("\n"),
    })))
}

/// The range of commits that is looked at, where one is.
fn range<'r>(request: &'r Request<'_>) -> Option<&'r str> {
    match request.scan.targets.as_slice() {
        [one] => one
            .strip_prefix("git:")
            .filter(|range| !matches!(*range, "STAGED" | "ALL")),
        _ => None,
    }
}

/// Measures what a range of commits brings, where one is looked at: its newest commit is held against where the range begins, while other
/// checks look at each version on the way. Answers the check that did so.
pub(super) fn measure_range(
    request: &Request<'_>,
    (config, place): (&Config, &Place),
    selection: &Selection,
    options: &RunOptions<'_>,
    outcome: &mut Outcome,
) -> Result<Option<Box<dyn Check>>, Error> {
    let Some(range) = range(request).filter(|_| selection.family("quality")) else {
        return Ok(None);
    };
    let compared = GitComparedSource::open(&place.start, range, &source::options(config, place))?;
    let compared = source::exclude(Box::new(compared), config, place)?;
    let checks = [check(request, config, place, selection.enabled())?];
    let options = RunOptions {
        cache: None,
        interrupt: std::sync::Arc::clone(&options.interrupt),
        progress: &Silent,
        ..*options
    };
    let mut found = bartizan_engine::run(compared.as_ref(), &checks, &options)?;
    outcome.measured = found.measured;
    outcome.findings.append(&mut found.findings);
    outcome.checks.append(&mut found.checks);
    outcome.skipped.append(&mut found.skipped);
    outcome.interrupted |= found.interrupted;
    let [check] = checks;
    Ok(Some(check))
}

/// Whether the gate judges what is measured.
fn is_judged(config: &Config, scope: QualityScope) -> bool {
    match config.text("quality.gate") {
        "all" => true,
        "new" => scope == QualityScope::Changes,
        _ => false,
    }
}

/// The reports of coverage. One that a flag names must be there; of others it is told what is wrong.
fn reports(config: &Config, place: &Place) -> Result<Vec<CoverageReport>, Error> {
    const KEY: &str = "quality.coverage";
    let is_flag = matches!(config.origin(KEY), Origin::Flag(_));
    let mut reports = Vec::new();
    for file in config.paths(KEY) {
        let bytes = bytes_of(&file);
        if let (Err(error), true) = (&bytes, is_flag) {
            return Err(Error::reading(&file, error));
        }
        let read = bytes
            .as_ref()
            .map_err(crate::error::plain)
            .and_then(|bytes| parsed(bytes));
        if let (Err(why), true) = (&read, is_flag) {
            return Err(Error::usage(
                format!("`{}` is no report of coverage: {why}", file.display()),
                "give what lcov, Cobertura, JaCoCo, `go test -coverprofile` or `llvm-cov export` writes",
            ));
        }
        reports.push(CoverageReport {
            name: crate::place::shown(&file, &place.start),
            digest: FingerprintBuilder::new(KEY)
                .part(&bytes.unwrap_or_default())
                .finish(),
            read,
        });
    }
    Ok(reports)
}

fn bytes_of(file: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let most = coverage::MAX_BYTES as u64 + 1;
    std::fs::File::open(file)?.take(most).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn parsed(bytes: &[u8]) -> Result<Coverage, String> {
    let text = std::str::from_utf8(bytes).map_err(|_| match bytes {
        [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] => "it is UTF-16; write it as UTF-8".to_owned(),
        _ => "it is no UTF-8 text".to_owned(),
    })?;
    coverage::read(text, None).map_err(|error| error.to_string())
}

/// Rates what was measured, and judges it where that is asked. Findings of broken conditions go to the outcome. `known` are the findings
/// with their waivers.
pub(super) fn judge(
    scanned: &Scanned<'_>,
    measured: &Measured,
    known: &[Finding],
    selection: &Selection,
    outcome: &mut Outcome,
) -> Quality {
    let config = scanned.config;
    let open: Vec<&Finding> = known.iter().filter(|finding| !finding.is_waived()).collect();
    let is_searched = [CodeCheck::ID, "leak/credentials"].iter().all(|id| {
        let run = outcome.checks.iter().find(|run| run.check == *id);
        run.is_some_and(|run| matches!(run.status, CheckStatus::Ran | CheckStatus::Partial { .. }))
    });
    let mut quality = gate::rate(measured, &open, is_searched);
    if !is_judged(config, measured.scope) {
        return quality;
    }
    let rating = Rating::ALL
        .into_iter()
        .find(|rating| rating.as_str() == config.text("quality.min-rating"));
    let asked = Thresholds {
        coverage: config.number("quality.min-coverage"),
        duplication: config.number("quality.max-duplication"),
        comments: config.number("quality.min-comments"),
        tests: config.number("quality.min-tests"),
        rating: rating.unwrap_or(Rating::A),
        small: config.number("quality.small-change"),
    };
    gate::judge(&mut quality, &asked);
    let mut broken = gate::findings(&quality, measured, &open, &selection.enabled());
    for finding in &mut broken {
        QualityCheck::ID.clone_into(&mut finding.check);
    }
    if let Some(run) = outcome
        .checks
        .iter_mut()
        .find(|run| run.check == QualityCheck::ID)
    {
        run.findings += broken.len() as u64;
    }
    outcome.findings.append(&mut broken);
    quality
}
