//! The command line of Bartizan.
//!
//! In: arguments, environment, `bartizan.toml`. Out: results on standard output, notes and the last line on standard
//! error, and the exit code of the command line contract. Nothing happens before the arguments are read.

mod args;
mod commands;
mod error;
mod foreign;
mod git;
mod interrupt;
mod kept;
mod output;
mod place;
mod practices;
mod progress;
mod scan;
mod table;
mod terminal;

use args::{Cli, Verb};
use clap::Parser;
use clap::error::ErrorKind;
use error::{Code, Outcome};
use std::process::ExitCode;
use terminal::Terminal;

fn main() -> ExitCode {
    std::panic::set_hook(Box::new(report_panic));
    // Every panic outside of a check is a defect; the hook has said so by the time this returns.
    let code = std::panic::catch_unwind(|| {
        let cli = match Cli::try_parse() {
            Ok(cli) => cli,
            Err(error) => return explain_usage(&error),
        };
        let terminal = Terminal::new(&cli.common);
        match dispatch(cli, terminal) {
            Ok(code) => code,
            Err(error) => {
                terminal.error(&error);
                error.code as u8
            }
        }
    });
    ExitCode::from(code.unwrap_or(Code::Bug as u8))
}

fn dispatch(cli: Cli, terminal: Terminal) -> Outcome {
    let common = &cli.common;
    match cli.verb {
        Verb::Scan(scan) => commands::scan::run(common, &scan, terminal),
        Verb::Gate(gate) => commands::gate::run(common, *gate, terminal),
        Verb::Explain(explain) => commands::explain::run(common, &explain.id, terminal),
        Verb::Waive(verb) => commands::waive::run(common, verb, terminal),
        Verb::Baseline(verb) => commands::baseline::run(common, verb, terminal),
        Verb::Hook(verb) => commands::hook::run(&verb, terminal),
        Verb::Rules(verb) => commands::rules::run(common, verb, terminal),
        Verb::Doctor => commands::doctor::run(common, terminal),
        Verb::Completions { shell } => commands::pages::completions(shell),
        Verb::Man(man) => commands::pages::man(&man, terminal),
        Verb::Schema(schema) => commands::schema::run(&schema),
        Verb::Config(verb) => commands::config::run(common, &verb),
        Verb::Version => output::print(format!("bartizan {}\n", env!("CARGO_PKG_VERSION"))).map(|()| 0),
    }
}

/// Help and version go to standard output with code 0; mistakes to standard error with code 2.
fn explain_usage(error: &clap::Error) -> u8 {
    let _ = error.print();
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => 0,
        _ => Code::Usage as u8,
    }
}

/// A panic within a check is reported as that check's failure; any other is a defect, and worth a report.
fn report_panic(panic: &std::panic::PanicHookInfo<'_>) {
    use std::io::Write;
    if bartizan_engine::panic_is_contained() {
        return;
    }
    let place = panic
        .location()
        .map_or_else(String::new, |at| format!(" at {}:{}", at.file(), at.line()));
    let text = panic
        .payload()
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| panic.payload().downcast_ref::<String>().cloned())
        .unwrap_or_default();
    let _ = writeln!(
        std::io::stderr().lock(),
        "error: this is a defect of bartizan {}{place}: {text}\nhelp: please report it with this message and the command \
         line at {}/issues; leave out anything that is secret",
        env!("CARGO_PKG_VERSION"),
        env!("CARGO_PKG_REPOSITORY"),
    );
}
