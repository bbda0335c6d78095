//! `bartizan scan`: scan, print, answer.

use crate::args::{Common, ScanArgs, Stage};
use crate::error::Outcome;
use crate::output::{self, Destination};
use crate::scan::{self, Done, Request};
use crate::terminal::Terminal;
use bartizan_report::{Context, render, summary};

/// Scans and prints.
pub(crate) fn run(common: &Common, args: &ScanArgs, terminal: Terminal) -> Outcome {
    judge(common, args, None, terminal)
}

/// Scans for a gate, or for nobody in particular, and prints.
pub(crate) fn judge(common: &Common, args: &ScanArgs, stage: Option<Stage>, terminal: Terminal) -> Outcome {
    let destinations = output::destinations(&args.output.output)?;
    output::spare(&args.targets, &destinations)?;
    let done = scan::run(&Request {
        common,
        scan: args,
        stage,
        terminal,
    })?;
    crate::kept::keep(&done, &args.targets);
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
