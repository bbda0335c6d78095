//! `bartizan profile learn`: watches a workload and adds what it does to its profile.

use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use bartizan_profile::{Architecture, Profile, Stability};
use bartizan_sensor::learn::{Begins, Cgroup, find};

use super::drive::{Ended, Plan, to_the_end};
use super::watched::Watched;
use crate::args::{Common, LearnArgs};
use crate::error::{Code, Error, Outcome};
use crate::interrupt;
use crate::place;
use crate::profiles;
use crate::terminal::Terminal;

/// How long events are waited for before anything else is looked at
const LOOK: Duration = Duration::from_millis(100);

pub(super) fn run(common: &Common, args: &LearnArgs, terminal: Terminal) -> Outcome {
    let path = profiles::path(common, &args.which)?;
    let known = if args.fresh { None } else { profiles::read(&path)? };
    let mut profile = known.unwrap_or_else(|| Profile::new(&args.which.workload, Architecture::HERE));
    let missed_before = profile.extent.unreadable;
    let mut watched = Watched::start(terminal)?;
    let stop = interrupt::install(false);
    let begun = Instant::now();
    if args.drive.command.is_empty() {
        running(args, &mut watched, &mut profile, &stop, terminal)?;
    } else {
        started(args, &mut watched, &mut profile, &stop, terminal)?;
    }
    let nothing = profile.calls.is_empty() && profile.compat_calls.is_empty();
    if nothing {
        terminal.warn("no program of the workload was seen: nothing is known of it");
    }
    profile.extent.seconds += begun.elapsed().as_secs();
    profiles::write(&path, &profile)?;
    terminal.note(format!("kept in {}", path.display()));
    terminal.note(Stability::of(&profile).sentence(&profile));
    Ok(
        if nothing || watched.unseen > 0 || profile.extent.unreadable != missed_before {
            Code::Unknown as u8
        } else {
            0
        },
    )
}

/// Starts the command as often as was asked for, each time in a cgroup of its own.
fn started(
    args: &LearnArgs,
    watched: &mut Watched,
    profile: &mut Profile,
    stop: &Arc<AtomicBool>,
    terminal: Terminal,
) -> Result<(), Error> {
    let plan = Plan {
        args: &args.drive,
        window: args.window,
        stop: Arc::clone(stop),
    };
    let directory = place::current()?;
    let begins = if args.container {
        Begins::InRootOfItsOwn
    } else {
        Begins::AtOnce
    };
    for turn in 0..args.starts {
        if stop.load(Ordering::Relaxed) {
            break;
        }
        let ended = once(watched, profile, &plan, (turn, begins))?;
        if ended.failed > 0 {
            terminal.warn(format!(
                "{} of {} exercises failed",
                ended.failed, args.drive.rounds
            ));
        }
        // What starts a container is no command for what is in it.
        profile.command = (!args.container).then(|| bartizan_profile::Command {
            arguments: args.drive.command.clone(),
            directory: directory.display().to_string(),
            code: ended.code,
        });
    }
    Ok(())
}

fn once(
    watched: &mut Watched,
    profile: &mut Profile,
    plan: &Plan<'_>,
    (turn, begins): (u32, Begins),
) -> Result<Ended, Error> {
    let refused = |error: bartizan_sensor::Error| Error::usage(error.to_string(), error.help());
    let [program, arguments @ ..] = plan.args.command.as_slice() else {
        return Err(Error::usage("there is no command", "write it behind --"));
    };
    let name = format!("bartizan-learn-{}-{turn}", std::process::id());
    watched.follow(Cgroup::make(&name).map_err(refused)?, begins)?;
    let start = || Command::new(program).args(arguments).spawn();
    let spawned = match watched.cgroup() {
        Some(cgroup) => cgroup.within(start).map_err(refused)?,
        None => start(),
    };
    let mut child = spawned.map_err(|error| {
        Error::usage(
            format!("`{program}` cannot be started: {}", crate::error::plain(&error)),
            "run it alone first, as it was written",
        )
    })?;
    to_the_end(watched, &mut child, plan, |window, start| {
        profile.add(window, start)
    })
}

/// Watches what runs already, until the time is over, the workload is gone, or Ctrl-C.
fn running(
    args: &LearnArgs,
    watched: &mut Watched,
    profile: &mut Profile,
    stop: &AtomicBool,
    terminal: Terminal,
) -> Result<(), Error> {
    if args.drive.exercise.is_some() {
        return Err(Error::usage(
            "--exercise is for a command that is started",
            "write it behind --, or exercise the workload yourself while it is watched",
        ));
    }
    let name = &args.which.workload;
    let look = || {
        find(name).ok_or_else(|| {
            Error::nothing(
                format!("no process belongs to a container, a pod, a unit or a cgroup of the name `{name}`"),
                "name one that runs, or start a command: bartizan profile learn NAME -- COMMAND",
            )
        })
    };
    let found = look()?;
    let by_processes = found.cgroup.is_none();
    terminal.note(format!(
        "watching {}; Ctrl-C ends it",
        match found.processes.len() {
            1 => "1 process".to_owned(),
            many => format!("{many} processes"),
        }
    ));
    if by_processes {
        terminal.note(
            "its cgroup is not its own: what comes into it from outside is looked for ten times a second",
        );
    }
    watched.follow_found(found)?;
    let until = args.drive.limit.map(|limit| Instant::now() + limit);
    let mut next = Instant::now() + args.window;
    while !stop.load(Ordering::Relaxed) && until.is_none_or(|until| Instant::now() < until) && watched.runs()
    {
        watched.read(LOOK)?;
        if by_processes && let Some(found) = find(name) {
            watched.follow_more(found.processes)?;
        }
        if Instant::now() >= next {
            next += args.window;
            profile.add(watched.close_window()?, false);
        }
    }
    profile.add(watched.close_window()?, false);
    Ok(())
}
