//! From what was found to a report: waivers, baseline, verdict.

use super::rules::Selection;
use super::supply::{self, Statements};
use super::{Place, Request, quality, remediation};
use crate::args::{Common, JudgeArgs, Stage};
use crate::error::Error;
use crate::place;
use crate::terminal::Terminal;
use bartizan_content::controls;
use bartizan_engine::baseline::Baseline;
use bartizan_engine::config::{Config, Origin};
use bartizan_engine::globs::RuleGlobs;
use bartizan_engine::system::System;
use bartizan_engine::verdict::{self, Policy};
use bartizan_engine::waiver::{self, FileWaiver, Scope, Terms};
use bartizan_engine::{Check, Outcome};
use bartizan_ledger::remedies;
use bartizan_model::{Control, Finding, REPORT_SCHEMA, Remedy, Report, Stats, Target, Timestamp, Tool};
use std::collections::HashMap;
use std::path::Path;
use std::time::Instant;

/// What was scanned, and how.
pub(super) struct Scanned<'a> {
    pub(super) request: &'a Request<'a>,
    pub(super) place: &'a Place,
    pub(super) config: &'a Config,
    pub(super) target: Target,
    pub(super) started: Timestamp,
    pub(super) began: Instant,
    pub(super) checks: &'a [Box<dyn Check>],
    pub(super) terminal: Terminal,
}

/// What was found.
pub(super) struct Found {
    pub(super) outcome: Outcome,
    /// What closes some of the findings.
    pub(super) remedies: Vec<Remedy>,
    /// What VEX documents say.
    pub(super) statements: Statements,
}

/// The report, and what became of the entries of the waiver file.
pub(super) struct Judged {
    pub(super) report: Report,
    pub(super) used: Vec<usize>,
    pub(super) faults: Vec<Option<&'static str>>,
}

/// The baseline that the flags ask for, with its file.
pub(super) fn baseline(
    system: &dyn System,
    config: &Config,
    judge: &JudgeArgs,
    place: &Place,
) -> Result<Option<Baseline>, Error> {
    let file = match (&judge.baseline, judge.new_only) {
        (Some(file), _) => place.current.join(file),
        (None, true) => config
            .path("baseline.file")
            .unwrap_or_else(|| config.root.join("bartizan.baseline.json")),
        (None, false) => return Ok(None),
    };
    read_baseline(system, &file).map(Some)
}

/// Reads a baseline.
pub(crate) fn read_baseline(system: &dyn System, file: &Path) -> Result<Baseline, Error> {
    let text = system.read_text(file).map_err(|error| {
        let mut described = Error::reading(file, &error);
        if error.kind() == std::io::ErrorKind::NotFound {
            described.message = format!("there is no baseline `{}`", file.display());
            described.help = Some(
                "make one with `bartizan baseline create`, or name it with `--baseline FILE`".to_owned(),
            );
        }
        described
    })?;
    Baseline::read(&text).map_err(|error| Error::usage(format!("{}: {error}", file.display()), error.help()))
}

/// The entries of the waiver file. Only a file that somebody named must exist.
pub(crate) fn waiver_file(
    system: &dyn System,
    config: &Config,
    common: &Common,
    place: &Place,
) -> Result<Vec<FileWaiver>, Error> {
    let Some(file) = config.path("waivers.file").filter(|_| !common.isolated) else {
        return Ok(Vec::new());
    };
    let named = *config.origin("waivers.file") != Origin::Default;
    match system.read_text(&file) {
        Ok(text) => Ok(waiver::read(&place::shown(&file, &place.start), &text)?),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && !named => Ok(Vec::new()),
        Err(error) => Err(Error::reading(&file, &error)),
    }
}

/// Applies waivers and baseline, and answers.
pub(super) fn judge(
    scanned: &Scanned<'_>,
    found: Found,
    selection: &Selection,
    entries: Vec<FileWaiver>,
    baseline: Option<Baseline>,
) -> Result<Judged, Error> {
    let (config, mut outcome) = (scanned.config, found.outcome);
    let prefix = config
        .path("waivers.file")
        .as_deref()
        .and_then(Path::parent)
        .map_or(String::new(), |directory| {
            place::prefix(directory, &scanned.place.start).unwrap_or_default()
        });
    let history = scanned.target.kind.starts_with("git-") && scanned.target.kind != "git-index";
    let scope = Scope {
        known: &selection.known,
        in_force: &selection.in_force,
        present: !history,
        whole: scanned.target.kind == "dir" && is_whole(scanned, &outcome),
        prefix: &prefix,
    };
    let terms = Terms {
        today: scanned.started.date(),
        max_days: config.number("waivers.max-days"),
    };
    let quality = outcome.measured.take().map(|measured| {
        // What is waived counts nothing, and a condition can be waived itself.
        let known = outcome.findings.clone();
        let known = waiver::apply(known, &outcome.inline_waivers, &entries, terms, scope);
        quality::judge(scanned, &measured, &known.findings, selection, &mut outcome)
    });
    let looked_for = scope.whole.then_some(&selection.in_force);
    let mut applied = waiver::apply(outcome.findings, &outcome.inline_waivers, &entries, terms, scope);

    let mut skipped = outcome.skipped;
    supply::speak(
        &found.statements,
        &mut applied.findings,
        (&scanned.target, &outcome.components),
        &mut skipped,
    );
    remediation::plan(
        &mut applied.findings,
        config,
        (scanned.place, &scanned.target),
        scanned.started,
        looked_for,
        scanned.terminal,
    );
    let (mut findings, known) = match baseline {
        Some(baseline) => baseline.hide(applied.findings),
        None => (applied.findings, 0),
    };
    findings.sort_by(bartizan_engine::report_order);
    name_controls(&mut findings);
    let policy = policy(scanned)?;
    let verdict = verdict::judge(&findings, &outcome.checks, &skipped, &policy);
    let stats = Stats {
        known: known as u64,
        seconds: scanned.began.elapsed().as_secs_f64(),
        ..outcome.stats
    };
    let report = Report {
        schema: REPORT_SCHEMA.to_owned(),
        tool: Tool {
            name: "bartizan".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            rules_digest: bartizan_engine::digest_of_checks(scanned.checks),
            only: scanned.config.list("scan.only").to_vec(),
            skip: scanned.config.list("scan.skip").to_vec(),
        },
        target: Target {
            // An image is known by its manifest, whatever of it was looked at.
            sha256: scanned.target.sha256.clone().or(Some(outcome.sha256)),
            partial: left_out(scanned, known),
            narrowed: super::narrowed::narrowed(scanned),
            ..scanned.target.clone()
        },
        started: scanned.started,
        verdict,
        remedies: remedies::rank(found.remedies, &findings),
        findings,
        quality,
        components: outcome.components,
        checks: outcome.checks,
        skipped,
        stats,
    };
    Ok(Judged {
        report,
        used: applied.used,
        faults: applied.faults,
    })
}

/// Adds to each finding the controls on which findings of its rule bear, behind those that the rule names itself.
fn name_controls(findings: &mut [Finding]) {
    let mut known: HashMap<String, Vec<Control>> = HashMap::new();
    for finding in findings {
        let controls = known
            .entry(finding.rule.clone())
            .or_insert_with(|| controls::of_rule(&finding.rule));
        for control in controls {
            if !finding.controls.contains(control) {
                finding.controls.push(control.clone());
            }
        }
    }
}

/// Why less than the whole target was looked at, or is told.
fn left_out(scanned: &Scanned<'_>, known: usize) -> Vec<String> {
    let select = &scanned.request.scan.select;
    let mut reasons = Vec::new();
    if select.staged {
        reasons.push("only what is staged".to_owned());
    }
    if select.changed.is_some() {
        reasons.push("only what was changed".to_owned());
    }
    reasons.extend(select.exclude.iter().map(|glob| format!("without `{glob}`")));
    if known > 0 {
        reasons.push("without the findings of a baseline".to_owned());
    }
    reasons
}

/// Whether everything that the waiver file speaks of was looked at: the scan began where that file lies, or above, and
/// left nothing out.
fn is_whole(scanned: &Scanned<'_>, outcome: &Outcome) -> bool {
    let select = &scanned.request.scan.select;
    let complete = outcome.skipped.iter().all(|thing| !thing.required)
        && outcome.checks.iter().all(|check| check.status.is_complete());
    let root = std::fs::canonicalize(&scanned.config.root).unwrap_or_else(|_| scanned.config.root.clone());
    complete
        && !select.staged
        && select.changed.is_none()
        && scanned.request.scan.targets.len() == 1
        && select.exclude.is_empty()
        && root.starts_with(&scanned.place.start)
}

/// What denies: at the commit gate the findings of the classifier are advice unless they are raised.
fn policy(scanned: &Scanned<'_>) -> Result<Policy, Error> {
    let advise =
        scanned.request.stage == Some(Stage::Commit) && scanned.config.text("leak.generic") != "block";
    let advice = if advise {
        RuleGlobs::new(["leak/generic-*"])?
    } else {
        RuleGlobs::none()
    };
    Ok(Policy {
        fail_on: scanned.config.fail_on(),
        advice,
        conditions: RuleGlobs::new(bartizan_code::quality::CONDITIONS.map(|about| about.id))?,
    })
}
