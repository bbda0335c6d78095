//! `bartizan sbom`: list the components of a target.

use super::scan::print;
use crate::args::{Common, Predicate, SbomArgs, ScanArgs};
use crate::error::{Error, Outcome};
use crate::output;
use crate::scan::{self, Inventory, Request};
use crate::table::counted;
use crate::terminal::Terminal;
use bartizan_model::{Report, Verdict};
use bartizan_report::{Format, render, render_bill_statement};

/// Lists and prints.
pub(crate) fn run(common: &Common, args: SbomArgs, terminal: Terminal) -> Outcome {
    let destinations = output::destinations(&args.output)?;
    let strange = destinations.iter().find(|destination| {
        let lists = matches!(
            destination.format,
            Format::Json | Format::Jsonl | Format::Statement
        );
        !lists && !destination.format.is_bill()
    });
    if let Some(strange) = strange {
        return Err(Error::usage(
            format!("the format {} lists no components", strange.format),
            "the formats of `bartizan sbom` are cyclonedx, spdx, json, jsonl and statement",
        ));
    }
    output::spare(&args.targets, &destinations)?;
    let scan = ScanArgs {
        targets: args.targets,
        select: args.select,
        ..ScanArgs::of(".")
    };
    let done = scan::run(&Request {
        common,
        scan: &scan,
        stage: None,
        inventory: Inventory::Only,
        unsaved: None,
        terminal,
    })?;
    let read: u64 = done.report.checks.iter().map(|check| check.files).sum();
    let missed = done.report.skipped.iter().any(|thing| thing.required);
    if read == 0 && !missed {
        return Err(Error::nothing(
            format!("nothing in `{}` lists components", scan.targets.join(" ")),
            "name a target with lock files; docs/sbom.md lists what is read",
        ));
    }
    let form = match args.predicate {
        Predicate::Cyclonedx => Format::Cyclonedx,
        Predicate::Spdx => Format::Spdx,
    };
    print(
        &done,
        &destinations,
        &|format, report, context, out| match format {
            Format::Statement => render_bill_statement(form, report, out),
            other => render(other, report, context, out),
        },
    )?;
    done.terminal.line(summary(&done.report, read));
    Ok(done.report.verdict.exit_code())
}

/// The last line: how much was listed, and what is missing.
fn summary(report: &Report, files: u64) -> String {
    let files = usize::try_from(files).unwrap_or(usize::MAX);
    let listed = format!(
        "{} from {}",
        counted(report.components.len(), "component"),
        counted(files, "file")
    );
    match &report.verdict {
        Verdict::Unknown { cause } => format!("{listed}; not complete: {}", line(cause)),
        Verdict::Allow | Verdict::Deny { .. } => listed,
    }
}

/// A text of the scanned bytes on one line, without what a terminal acts on.
fn line(text: &str) -> String {
    let harmless = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    harmless.collect()
}
