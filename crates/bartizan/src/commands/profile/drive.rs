//! A workload from its start to its end: it is started, made to do things, asked to end, and watched all the while, window by window.

use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use bartizan_profile::Window;

use super::watched::Watched;
use crate::args::DriveArgs;
use crate::error::Error;

/// How long events are waited for before anything else is looked at
const LOOK: Duration = Duration::from_millis(20);
/// How long a workload may take until its exercise succeeds for the first time
const READY: Duration = Duration::from_secs(30);
/// How long between two tries
const AGAIN: Duration = Duration::from_millis(200);
/// How long it may take to end once it was asked to
const END: Duration = Duration::from_secs(5);

/// What is done with a workload.
pub(super) struct Plan<'a> {
    /// What it is made to do, and how long
    pub(super) args: &'a DriveArgs,
    /// How long a window is where nothing is exercised
    pub(super) window: Duration,
    /// Set by Ctrl-C
    pub(super) stop: Arc<AtomicBool>,
}

/// How it ended.
#[derive(Debug, Default)]
pub(super) struct Ended {
    /// What it returned; None where it was asked to end, or a signal ended it
    pub(super) code: Option<i32>,
    /// It was asked to end
    pub(super) asked: bool,
    /// How often it was exercised without success
    pub(super) failed: u32,
}

/// Watches a child that was started in the cgroup that is followed, until its end. Each window is handed over, and whether it is that of the start,
/// which comes last, since the end belongs to it: both are seen once in each life of a workload.
pub(super) fn to_the_end(
    watched: &mut Watched,
    child: &mut Child,
    plan: &Plan<'_>,
    mut take: impl FnMut(Window, bool),
) -> Result<Ended, Error> {
    let until = plan.args.limit.map(|limit| Instant::now() + limit);
    let is_over = || plan.stop.load(Ordering::Relaxed) || until.is_some_and(|until| Instant::now() >= until);
    let mut ended = Ended::default();
    let mut edges: Option<Window> = None;
    let mut close = |watched: &mut Watched, edges: &mut Option<Window>| -> Result<(), Error> {
        let window = watched.close_window()?;
        match edges {
            None => *edges = Some(window),
            Some(_) => take(window, false),
        }
        Ok(())
    };
    if let Some(exercise) = &plan.args.exercise {
        let ready = Instant::now() + READY;
        while !exercised(exercise, watched)? && !is_over() && Instant::now() < ready && !is_done(child)? {
            wait(watched, AGAIN)?;
        }
        close(watched, &mut edges)?;
        for _ in 0..plan.args.rounds {
            if is_over() || is_done(child)? {
                break;
            }
            ended.failed += u32::from(!exercised(exercise, watched)?);
            close(watched, &mut edges)?;
        }
    } else {
        let mut next = Instant::now() + plan.window;
        while !is_over() && !is_done(child)? {
            watched.read(LOOK)?;
            if Instant::now() >= next {
                next += plan.window;
                close(watched, &mut edges)?;
            }
        }
    }
    if !is_done(child)? {
        ended.asked = true;
        end(watched, child)?;
    }
    let status = child.wait().map_err(|error| cannot("be waited for", &error))?;
    ended.code = status.code().filter(|_| !ended.asked);
    let mut edges = edges.unwrap_or_default();
    edges.and(watched.close_window()?);
    take(edges, true);
    Ok(ended)
}

fn cannot(what: &str, error: &std::io::Error) -> Error {
    Error::usage(
        format!("the workload cannot {what}: {}", crate::error::plain(error)),
        "run it alone first, as it was written",
    )
}

fn is_done(child: &mut Child) -> Result<bool, Error> {
    let status = child
        .try_wait()
        .map_err(|error| cannot("be waited for", &error))?;
    Ok(status.is_some())
}

fn wait(watched: &mut Watched, how_long: Duration) -> Result<(), Error> {
    let until = Instant::now() + how_long;
    while Instant::now() < until {
        watched.read(LOOK)?;
    }
    Ok(())
}

/// Whether an exercise succeeds; what it prints is of no interest.
fn exercised(command: &str, watched: &mut Watched) -> Result<bool, Error> {
    let mut child = Command::new("/bin/sh")
        .args(["-c", command])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| cannot("be exercised", &error))?;
    loop {
        watched.read(LOOK)?;
        if let Some(status) = child.try_wait().map_err(|error| cannot("be exercised", &error))? {
            return Ok(status.success());
        }
    }
}

/// Asks it to end, and ends it by force when it does not.
fn end(watched: &mut Watched, child: &mut Child) -> Result<(), Error> {
    let refused = |error: bartizan_sensor::Error| Error::usage(error.to_string(), error.help());
    if let Some(cgroup) = watched.cgroup() {
        cgroup.ask_to_end().map_err(refused)?;
    }
    let until = Instant::now() + END;
    while Instant::now() < until && !is_done(child)? {
        watched.read(LOOK)?;
    }
    if let Some(cgroup) = watched.cgroup() {
        cgroup.end().map_err(refused)?;
    }
    Ok(())
}
