//! `bartizan watch`: what processes do, as it happens.

use std::io::{ErrorKind, Write};
use std::ops::ControlFlow;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use bartizan_model::runtime::{Action, Event, Process};
use bartizan_sensor::{Call, Counts, Files, Selection, Sensor, Wanted};

use crate::args::WatchArgs;
use crate::error::{Code, Error, Outcome};
use crate::interrupt;
use crate::output;
use crate::runtime::{json, line};
use crate::table::counted;
use crate::terminal::Terminal;

/// Bytes of events that may wait to be read
pub(crate) const RING: u32 = 8 << 20;
const LOOK: Duration = Duration::from_millis(100);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Text,
    Json,
}

const FORMATS: [(&str, Format); 2] = [("text", Format::Text), ("json", Format::Json)];

/// Attaches, prints events, and says what was lost.
pub(crate) fn run(args: &WatchArgs, terminal: Terminal) -> Outcome {
    let (format, file) = output::destination(&args.running.output, "watch", &FORMATS)?;
    let selection = selection(args)?;
    let mut sensor = start(&selection, RING)?;
    let unseen = say_unseen(&sensor, terminal);
    let mut out: Box<dyn Write> = match &file {
        Some(path) => Box::new(std::fs::File::create(path).map_err(|error| Error::writing(path, &error))?),
        None => Box::new(std::io::stdout().lock()),
    };
    terminal.note("watching; Ctrl-C ends it");
    let told = watch(args, format, &mut sensor, &mut out)?;
    let counts = sensor.counts();
    terminal.note(summary(told, counts));
    Ok(if counts.lost() > 0 || unseen > 0 {
        Code::Unknown as u8
    } else {
        0
    })
}

/// Attaches, with a ring of so many bytes (a power of two); what the kernel says is turned into an error with a way out.
pub(crate) fn start(selection: &Selection, ring: u32) -> Result<Sensor, Error> {
    Sensor::start(selection, ring).map_err(|error| Error::usage(error.to_string(), error.help()))
}

/// Says which parts of the kernel cannot be watched; how many.
pub(crate) fn say_unseen(sensor: &Sensor, terminal: Terminal) -> usize {
    let refused = || {
        sensor
            .hooks()
            .iter()
            .filter_map(|hook| Some((hook, hook.refused.as_ref()?)))
    };
    for (hook, why) in refused() {
        terminal.warn(format!("{} cannot be watched: {why}", hook.sees));
    }
    refused().count()
}

fn watch(args: &WatchArgs, format: Format, sensor: &mut Sensor, out: &mut dyn Write) -> Result<u64, Error> {
    let stop = interrupt::install(false);
    let until = args
        .running
        .seconds
        .map(|seconds| Instant::now() + Duration::from_secs(seconds));
    let most = args.count.unwrap_or(u64::MAX);
    let mut told = 0;
    let mut failed = None;
    while !stop.load(Ordering::Relaxed)
        && failed.is_none()
        && told < most
        && until.is_none_or(|until| Instant::now() < until)
    {
        let read = sensor.read(LOOK, |event| {
            if !chosen(args, event) {
                return ControlFlow::Continue(());
            }
            let written = match format {
                Format::Text => writeln!(out, "{}", line::of(event)),
                Format::Json => writeln!(out, "{}", json::of(event)),
            };
            told += 1;
            failed = written.err();
            if failed.is_some() || told >= most || stop.load(Ordering::Relaxed) {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        });
        read.map_err(|error| Error::usage(error.to_string(), error.help()))?;
        if failed.is_none() {
            failed = out.flush().err();
        }
    }
    match failed {
        // Whoever reads has seen enough.
        Some(error) if error.kind() != ErrorKind::BrokenPipe => Err(Error::usage(
            format!("events cannot be written: {error}"),
            "free some space, or write elsewhere with -o FORMAT=FILE",
        )),
        _ => Ok(told),
    }
}

fn selection(args: &WatchArgs) -> Result<Selection, Error> {
    let mut selection = Selection::none();
    let calls = calls(args)?;
    let named = !args.call.is_empty();
    let which = if args.path.is_empty() {
        Files::Any
    } else {
        Files::Selected
    };
    let wanted = Wanted {
        success: true,
        failure: args.failed,
        reading: if args.reads || named { which } else { Files::None },
        writing: which,
        ..Wanted::default()
    };
    for call in calls {
        selection.want(call, wanted);
    }
    for path in &args.path {
        selection.below(path.as_bytes());
    }
    Ok(selection)
}

fn calls(args: &WatchArgs) -> Result<Vec<Call>, Error> {
    if args.call.is_empty() {
        return Ok(Call::ALL.to_vec());
    }
    let mut calls = Vec::new();
    for name in &args.call {
        let before = calls.len();
        calls.extend(Call::named(name));
        if calls.len() == before {
            let mut names: Vec<&str> = Call::ALL.iter().map(|call| call.name()).collect();
            names.sort_unstable();
            names.dedup();
            return Err(Error::usage(
                format!("no call `{name}` is watched"),
                format!("these are: {}", names.join(", ")),
            ));
        }
    }
    Ok(calls)
}

/// Whether an event is one that was asked for. What the kernel was asked for may be more.
fn chosen(args: &WatchArgs, event: &Event<'_>) -> bool {
    let call = args.call.is_empty() || args.call.iter().any(|name| name == event.call);
    let path = args.path.is_empty()
        || match &event.action {
            Action::Open { file, .. } => args
                .path
                .iter()
                .any(|prefix| file.path.starts_with(prefix.as_bytes())),
            _ => !args.call.is_empty(),
        };
    let line = || std::iter::once(&*event.process).chain(event.process.ancestors());
    let process =
        args.process.is_empty() || line().any(|process| args.process.iter().any(|name| named(process, name)));
    let pid = args.pid.is_empty() || line().any(|process| args.pid.contains(&process.pid));
    let container = args.container.is_empty()
        || event.process.container.as_ref().is_some_and(|container| {
            args.container
                .iter()
                .any(|name| container.id.starts_with(&**name) || container.name.starts_with(&**name))
        });
    call && path && process && pid && container && (args.failed || event.result >= 0)
}

fn named(process: &Process, name: &str) -> bool {
    &*process.name == name.as_bytes()
        || process
            .executable
            .path
            .rsplit(|byte| *byte == b'/')
            .next()
            .is_some_and(|file| file == name.as_bytes())
}

fn summary(told: u64, counts: Counts) -> String {
    let mut text = format!(
        "{} of {} shown",
        told,
        counted(usize::try_from(counts.told).unwrap_or(usize::MAX), "event")
    );
    if counts.full > 0 {
        text.push_str(&format!(
            "; {} lost because they came faster than they were read",
            counts.full
        ));
    }
    if counts.nested > 0 {
        text.push_str(&format!(
            "; {} lost because they came while another one was written",
            counts.nested
        ));
    }
    if counts.unread > 0 {
        text.push_str(&format!("; {} could not be read", counts.unread));
    }
    text
}
