//! `bartizan agent`: watches a host, judges what happens by rules, and tells of it.
//!
//! In: files of rules and events of the sensor. Out: alerts, to wherever they were asked for; what was lost on the way is an alert, too.

mod containers;
mod delivery;
mod guard;
mod host_names;
mod loaded_before;
mod losses;
mod metrics;
mod outputs;
mod reload;
mod rules;
mod selection;
mod syslog;
mod webhook;

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use bartizan_detect::Detector;
use bartizan_sensor::Sensor;

use crate::args::{AgentArgs, Common};
use crate::commands::watch;
use crate::error::{Code, Error, Outcome};
use crate::interrupt;
use crate::output;
use crate::table::counted;
use crate::terminal::Terminal;
use losses::Losses;
use metrics::Metrics;
use outputs::{Format, Outputs};
use reload::Reload;

/// How long the sensor is waited for before signals and losses are looked at
const LOOK: Duration = Duration::from_millis(100);

const FORMATS: [(&str, Format); 2] = [("text", Format::Text), ("json", Format::Json)];

/// Loads rules, attaches what they need, and tells of what they are true of until it is ended.
pub(crate) fn run(common: &Common, args: &AgentArgs, terminal: Terminal) -> Outcome {
    let (format, file) = output::destination(&args.running.output, "agent", &FORMATS)?;
    if args.guard.unpin {
        return guard::unpin(terminal);
    }
    let mut loaded = rules::load(&args.rules, args.guard.policy.is_empty(), terminal)?;
    let mut selection = selection::of(&loaded.rules);
    if let Some(most) = args.most_events {
        selection.at_most(most);
    }
    let mut blind = say_blind(&loaded, terminal);
    if args.check {
        guard::check(&args.guard, terminal)?;
        output::print(rules::shown(&loaded))?;
        return Ok(if loaded.refused > 0 || blind > 0 {
            Code::Unknown as u8
        } else {
            0
        });
    }
    let mut outputs = Outputs::open(common, args, (format, file), loaded.names(), terminal)?;
    let mut metrics = Metrics::open(args.metrics)?;
    let mut sensor = watch::start(&selection, watch::RING)?;
    let unseen = watch::say_unseen(&sensor, terminal);
    let mut guarding = guard::start(&args.guard, terminal)?;
    sensor
        .give_up_privileges()
        .map_err(|error| Error::usage(error.to_string(), error.help()))?;
    // What is started from here on has no more privileges than this thread.
    outputs.start();
    metrics.start();
    containers::ask_runtimes(&mut sensor, args, terminal)?;
    if args.digests || loaded.rules.ask_for_digests() {
        sensor.digest_programs();
    }
    let mut detector = Detector::new(Arc::clone(&loaded.rules));
    let mut names = host_names::follow(&loaded.rules, args.resolve, terminal);
    // Whoever reads that it watches may send signals from then on.
    let (stop, reload) = (interrupt::install(false), Reload::install());
    terminal.note(format!(
        "watching by {}; Ctrl-C ends it",
        counted(loaded.rules.all().len(), "rule")
    ));
    let mut losses = Losses::default();
    let until = args
        .running
        .seconds
        .map(|seconds| Instant::now() + Duration::from_secs(seconds));
    while !stop.load(Ordering::Relaxed) && until.is_none_or(|until| Instant::now() < until) {
        if reload.is_asked() {
            guard::reload(&mut guarding, terminal);
            if let Some(latest) = Reload::latest(args, &loaded, terminal) {
                loaded = latest;
                blind = say_blind(&loaded, terminal);
                detector = Detector::new(Arc::clone(&loaded.rules));
                names = host_names::follow(&loaded.rules, args.resolve, terminal);
                outputs.rules(loaded.names());
                if loaded.rules.ask_for_digests() {
                    sensor.digest_programs();
                }
            }
        }
        if let Some(names) = names.as_ref().and_then(host_names::Following::latest) {
            detector.know(names);
        }
        judge(&mut sensor, &mut detector, args, &mut outputs)?;
        for alert in guard::alerts(&mut guarding, &mut sensor)? {
            if alert.priority <= args.priority {
                outputs.tell(&alert)?;
            }
        }
        let counts = sensor.counts();
        if let Some(alert) = losses.since(counts) {
            outputs.broken();
            outputs.tell(&alert)?;
        }
        outputs.flush()?;
        metrics.publish(outputs.numbers(counts, loaded.rules.all().len()));
    }
    let told = outputs.finish();
    terminal.note(told.to_string());
    containers::say_unanswered(sensor.counts(), terminal);
    let undigested = losses::say_undigested(sensor.counts(), terminal);
    let whole = unseen == 0
        && undigested == 0
        && blind == 0
        && loaded.refused == 0
        && losses.none()
        && told.lost == 0
        && guarding.as_ref().is_none_or(guard::Guarding::whole);
    Ok(if whole { 0 } else { Code::Unknown as u8 })
}

/// Says which calls rules ask for without ever being told of one; how many.
fn say_blind(loaded: &rules::Loaded, terminal: Terminal) -> usize {
    let blind = selection::unseen(&loaded.rules);
    for (call, rules) in &blind {
        terminal.warn(format!(
            "`{call}` is not watched, so that what these rules say of it is never seen: {}",
            bartizan_model::text::visible(rules.join(", ").as_bytes())
        ));
    }
    blind.len()
}

fn judge(
    sensor: &mut Sensor,
    detector: &mut Detector,
    args: &AgentArgs,
    outputs: &mut Outputs,
) -> Result<(), Error> {
    let mut failed = Ok(());
    let read = sensor.read(LOOK, |event| {
        let matched = detector.judge(event).to_vec();
        for rule in matched {
            let alert = detector
                .alert(rule, event)
                .filter(|alert| alert.priority <= args.priority);
            if let Some(alert) = alert {
                failed = outputs.tell(&alert);
            }
            if failed.is_err() {
                return ControlFlow::Break(());
            }
        }
        ControlFlow::Continue(())
    });
    read.map_err(|error| Error::usage(error.to_string(), error.help()))?;
    failed
}

/// The text of a file of at most `largest` bytes, a whole number of MiB.
fn text_of(path: &Path, largest: u64) -> Result<String, Error> {
    let size = std::fs::metadata(path)
        .map_err(|error| Error::reading(path, &error))?
        .len();
    if size > largest {
        return Err(Error::usage(
            format!("`{}` has more than {} MiB", path.display(), largest >> 20),
            "split it, or name another file",
        ));
    }
    std::fs::read_to_string(path).map_err(|error| Error::reading(path, &error))
}
