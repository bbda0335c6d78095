//! The command line of Bartizan.
//!
//! In: arguments, environment, `bartizan.toml`. Out: results on standard output, notes and the last line on standard
//! error, and the exit code of the command line contract. Nothing happens before the arguments are read.

mod agent;
mod args;
mod commands;
mod db;
mod edge;
mod error;
mod foreign;
mod git;
mod input;
mod interrupt;
mod kept;
mod loaders;
mod lsp;
mod manifests;
mod network;
mod output;
mod place;
mod plane;
mod policies;
mod practices;
mod profiles;
mod progress;
mod render;
mod runtime;
mod scan;
mod staged;
mod table;
mod terminal;

use args::{Cli, SloVerb, Verb};
use clap::Parser;
use clap::error::ErrorKind;
use error::{Code, Outcome};
use std::process::ExitCode;
use terminal::Terminal;

/// Memory that was needed once goes back to the system, so that a server stays small after large evidence.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    let code = edge::guarded(|| {
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
    ExitCode::from(code)
}

fn dispatch(cli: Cli, terminal: Terminal) -> Outcome {
    let common = &cli.common;
    match cli.verb {
        Verb::Scan(scan) => commands::scan::run(common, &scan, terminal),
        Verb::Gate(gate) => commands::gate::run(common, *gate, terminal),
        Verb::Sbom(sbom) => commands::sbom::run(common, *sbom, terminal),
        Verb::Diff(diff) => commands::diff::run(&diff, terminal),
        Verb::Rbac(rbac) => commands::rbac::run(&rbac, terminal),
        Verb::Reach(reach) => commands::reach::run(&reach, terminal),
        Verb::Fix(fix) => commands::fix::run(common, &fix, terminal),
        Verb::Tenant(verb) => commands::tenant::run(common, &verb, terminal),
        Verb::Explain(explain) => commands::explain::run(common, &explain.id, terminal),
        Verb::Waive(verb) => commands::waive::run(common, verb, terminal),
        Verb::Baseline(verb) => commands::baseline::run(common, verb, terminal),
        Verb::Hook(verb) => commands::hook::run(&verb, terminal),
        Verb::Policy(verb) => commands::policy::run(verb, terminal),
        Verb::Rules(verb) => commands::rules::run(common, verb, terminal),
        Verb::Db(verb) => commands::db::run(common, &verb, terminal),
        Verb::Serve(serve) => commands::serve::run(common, &serve, terminal),
        Verb::Agent(args) => agent::run(common, &args, terminal),
        Verb::Watch(watch) => commands::watch::run(&watch, terminal),
        Verb::Bpf(verb) => commands::bpf::run(common, &verb, terminal),
        Verb::Profile(verb) => commands::profile::run(common, &verb, terminal),
        Verb::Login(login) => commands::login::run(common, &login, terminal),
        Verb::Sign(sign) => commands::sign::run(common, &sign, terminal),
        Verb::Push(push) => commands::push::run(common, &push, terminal),
        Verb::Status(status) => commands::status::run(common, &status, terminal),
        Verb::Comply(verb) => commands::comply::run(common, verb, terminal),
        Verb::Slo(SloVerb::Status(status)) => commands::slo::run(common, &status),
        Verb::Ledger(verb) => commands::ledger::run(common, &verb, terminal),
        Verb::Backup(backup) => commands::copy::backup(common, &backup, terminal),
        Verb::Restore(restore) => commands::copy::restore(common, &restore, terminal),
        Verb::Lsp => lsp::run(common, terminal),
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
