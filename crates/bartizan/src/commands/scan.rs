//! `bartizan scan`: scan, print, answer.

use super::push;
use crate::args::{Common, ScanArgs, Stage};
use crate::error::{Error, Outcome};
use crate::output::{self, Destination};
use crate::scan::{self, Done, Inventory, Request};
use crate::terminal::Terminal;
use bartizan_model::Report;
use bartizan_report::{Context, Format, render, summary};

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
        inventory: if args.send.push
            || destinations
                .iter()
                .any(|destination| destination.format.is_bill())
        {
            Inventory::Also
        } else {
            Inventory::No
        },
        unsaved: None,
        terminal,
    })?;
    crate::kept::keep(&done, &args.targets);
    print(&done, &destinations, &render)?;
    done.terminal.line(summary(&done.report, &context(&done)));
    if args.send.push {
        push::report(common, &done, &args.send)?;
    }
    let code = done.report.verdict.exit_code();
    Ok(if code == 1 && args.judge.exit_zero {
        0
    } else {
        code
    })
}

/// What rendering needs besides the report, for standard error.
fn context(done: &Done) -> Context<'_> {
    let terminal = done.terminal;
    Context {
        rules: &done.rules,
        color: terminal.color_err,
        width: terminal.width,
        verbose: terminal.verbose,
        quiet: terminal.quiet,
        now: Some(done.report.started),
        group_by: done.group_by,
    }
}

/// Writes a report in a format.
pub(super) type Render<'a> =
    dyn Fn(Format, &Report, &Context<'_>, &mut dyn std::io::Write) -> std::io::Result<()> + 'a;

/// Writes the report to every destination, files first.
pub(super) fn print(done: &Done, destinations: &[Destination], render: &Render<'_>) -> Result<(), Error> {
    let terminal = done.terminal;
    let context = Context {
        color: false,
        ..context(done)
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
    Ok(())
}
