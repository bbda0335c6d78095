//! `bartizan baseline`: what was there before.

use crate::args::{BaselineVerb, Common, Record, ScanArgs};
use crate::error::{Error, Outcome};
use crate::output::{print, write_file};
use crate::place;
use crate::scan::{self, Done, Place, Request, common_flags, load_config, read_baseline};
use crate::table::{columns, counted};
use crate::terminal::Terminal;
use bartizan_engine::baseline::Baseline;
use bartizan_engine::config::Config;
use bartizan_engine::system::Machine;
use bartizan_model::Verdict;
use std::path::PathBuf;

/// Runs the verb.
pub(crate) fn run(common: &Common, verb: BaselineVerb, terminal: Terminal) -> Outcome {
    match verb {
        BaselineVerb::Create(record) => create(common, &record, terminal),
        BaselineVerb::Show { file } => show(common, file),
        BaselineVerb::Prune(record) => prune(common, &record, terminal),
    }
}

fn create(common: &Common, record: &Record, terminal: Terminal) -> Outcome {
    let done = scan_for(common, record, terminal)?;
    let file = file_of(&done.config, record.output.clone())?;
    let baseline = Baseline::of(&done.report.findings);
    write_file(&file, baseline.write().as_bytes())?;
    terminal.note(format_args!(
        "{} known from now on; wrote {}",
        counted(baseline.len(), "finding"),
        file.display()
    ));
    complete_or_unknown(&done)
}

fn show(common: &Common, file: Option<PathBuf>) -> Outcome {
    let current = place::current()?;
    let start = place::start_of(".", &current);
    let config = load_config(common, &Place { current, start }, common_flags(common))?;
    let baseline = read_baseline(&Machine, &file_of(&config, file)?)?;
    let rows: Vec<_> = baseline
        .iter()
        .map(|(fingerprint, known)| [fingerprint.to_string(), known.rule.clone(), known.path.clone()])
        .collect();
    print(columns(&rows))?;
    Ok(0)
}

fn prune(common: &Common, record: &Record, terminal: Terminal) -> Outcome {
    let done = scan_for(common, record, terminal)?;
    let file = file_of(&done.config, record.output.clone())?;
    let baseline = read_baseline(&Machine, &file)?;
    if let Verdict::Unknown { cause } = incomplete(&done) {
        return Err(Error {
            message: format!("not everything could be looked at, so nothing was removed: {cause}"),
            help: Some("mend that and try again".to_owned()),
            code: crate::error::Code::Unknown,
        });
    }
    let (pruned, gone) = baseline.prune(&done.report.findings);
    write_file(&file, pruned.write().as_bytes())?;
    terminal.note(format_args!(
        "removed {gone} of {} from {}",
        counted(baseline.len(), "finding"),
        file.display()
    ));
    Ok(0)
}

fn scan_for(common: &Common, record: &Record, terminal: Terminal) -> Result<Done, Error> {
    let scan = ScanArgs::of(&record.target);
    scan::run(&Request {
        common,
        scan: &scan,
        stage: None,
        inventory: scan::Inventory::No,
        unsaved: None,
        terminal,
    })
}

fn file_of(config: &Config, given: Option<PathBuf>) -> Result<PathBuf, Error> {
    match given {
        Some(file) => Ok(place::current()?.join(file)),
        None => Ok(config
            .path("baseline.file")
            .unwrap_or_else(|| config.root.join("bartizan.baseline.json"))),
    }
}

/// What the verdict would be if nothing had been found.
pub(super) fn incomplete(done: &Done) -> Verdict {
    let policy = bartizan_engine::verdict::Policy {
        fail_on: done.config.fail_on(),
        advice: bartizan_engine::globs::RuleGlobs::none(),
        conditions: bartizan_engine::globs::RuleGlobs::none(),
    };
    bartizan_engine::verdict::judge(&[], &done.report.checks, &done.report.skipped, &policy)
}

fn complete_or_unknown(done: &Done) -> Outcome {
    let verdict = incomplete(done);
    if let Verdict::Unknown { cause } = &verdict {
        done.terminal
            .warn(format_args!("not everything could be looked at: {cause}"));
    }
    Ok(verdict.exit_code())
}
