//! `bartizan scan`: scan, print, answer.

use crate::args::{Common, ScanArgs, Stage};
use crate::error::Outcome;
use crate::output::{self, Destination};
use crate::place;
use crate::scan::{self, Done, Request};
use crate::terminal::Terminal;
use bartizan_model::Report;
use bartizan_report::{Context, render, summary};
use std::path::Path;

/// Scans and prints.
pub(crate) fn run(common: &Common, args: &ScanArgs, terminal: Terminal) -> Outcome {
    judge(common, args, None, terminal)
}

/// Scans for a gate, or for nobody in particular, and prints.
pub(crate) fn judge(common: &Common, args: &ScanArgs, stage: Option<Stage>, terminal: Terminal) -> Outcome {
    let destinations = output::destinations(&args.output.output)?;
    let done = scan::run(&Request {
        common,
        scan: args,
        stage,
        terminal,
    })?;
    remember(&done, &args.targets);
    print(&done, &destinations)?;
    let code = done.report.verdict.exit_code();
    Ok(if code == 1 && args.judge.exit_zero {
        0
    } else {
        code
    })
}

/// Writes the report to every destination, files first, and the last line to standard error.
fn print(done: &Done, destinations: &[Destination]) -> Result<(), crate::error::Error> {
    let terminal = done.terminal;
    let context = Context {
        rules: &done.rules,
        color: false,
        width: terminal.width,
        verbose: terminal.verbose,
        quiet: terminal.quiet,
    };
    for destination in destinations {
        let Some(file) = &destination.file else { continue };
        let mut bytes = Vec::new();
        render(destination.format, &done.report, &context, &mut bytes)?;
        output::write_file(file, &bytes)?;
    }
    for destination in destinations
        .iter()
        .filter(|destination| destination.file.is_none())
    {
        let color = terminal.color_out && destination.format.is_for_people();
        let mut bytes = Vec::new();
        render(
            destination.format,
            &done.report,
            &Context { color, ..context },
            &mut bytes,
        )?;
        output::print(bytes)?;
    }
    terminal.line(summary(
        &done.report,
        &Context {
            color: terminal.color_err,
            ..context
        },
    ));
    Ok(())
}

/// Reports kept, so that `explain FINGERPRINT` finds them.
const KEPT: usize = 50;

/// Keeps the report, in which secrets are masked, for `explain`. A report that cannot be kept is no reason to fail.
fn remember(done: &Done, targets: &[String]) {
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
    use bartizan_engine::system::{Machine, System};
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(directory)?;
    let file = directory.join(name);
    let is_new = !file.exists();
    Machine.replace(&file, &serde_json::to_vec(report)?)?;
    if is_new {
        forget_oldest(directory)?;
    }
    Ok(())
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
