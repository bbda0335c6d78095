//! `bartizan profile verify`: runs a workload under its profile in a container, and says what broke.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use bartizan_profile::{Profile, Unreadable, Window, render};
use bartizan_sensor::learn::{Begins, Cgroup};
use serde::Serialize;

use super::bundle::{Bundle, Run};
use super::drive::{Ended, Plan, to_the_end};
use super::launch::Launch;
use super::root::Root;
use super::watched::Watched;
use crate::args::{Common, VerifyArgs};
use crate::error::{Code, Error, Outcome};
use crate::interrupt;
use crate::output;
use crate::profiles;
use crate::terminal::Terminal;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Text,
    Json,
}

const FORMATS: [(&str, Format); 2] = [("text", Format::Text), ("json", Format::Json)];
/// Where nothing is exercised, windows do not matter here
const WINDOW: Duration = Duration::from_secs(60);

/// What broke; all of it empty where nothing did.
#[derive(Debug, Default, Serialize)]
struct Broken {
    /// System calls that the filter refused
    calls: BTreeSet<String>,
    /// Capabilities that were asked for and are not in the profile, with the calls that asked
    capabilities: BTreeMap<String, BTreeSet<String>>,
    /// Files that could not be opened or changed, and could when it was learned
    files: BTreeSet<String>,
    /// How often it was exercised without success
    exercises: u32,
    /// How it ended, where that was otherwise than when it was learned
    #[serde(skip_serializing_if = "Option::is_none")]
    end: Option<String>,
}

/// What came of it.
#[derive(Debug, Serialize)]
struct Report {
    schema: &'static str,
    workload: String,
    broken: Broken,
    missed: Unreadable,
}

pub(super) fn run(common: &Common, args: &VerifyArgs, terminal: Terminal) -> Outcome {
    let (format, file) = output::destination(&args.output.format, "profile verify", &FORMATS)?;
    let profile = profiles::existing(common, &args.which)?;
    let root = Root::open(
        common,
        &args.image,
        args.rootfs.as_deref().unwrap_or(Path::new("/")),
        terminal,
    )?;
    let launch = Launch::of(&args.drive.command, &profile, &root)?;
    let refused = |error: bartizan_sensor::Error| Error::usage(error.to_string(), error.help());
    let mut watched = Watched::start(terminal)?;
    let name = format!("bartizan-verify-{}", std::process::id());
    let cgroup = Cgroup::make(&name).map_err(refused)?;
    let run = Run {
        profile: &profile,
        width: render::Width {
            exact: args.exact,
            new_privileges: false,
        },
        launch: &launch,
        cgroup: cgroup.path(),
    };
    let bundle = Bundle::make(root.path(), &run)?;
    watched.follow(cgroup, Begins::InRootOfItsOwn)?;
    let plan = Plan {
        args: &args.drive,
        window: WINDOW,
        stop: interrupt::install(false),
    };
    let mut child = Command::new(&args.runtime)
        .arg("--root")
        .arg(bundle.state())
        .args(["run", "--bundle"])
        .arg(bundle.path())
        .arg(&name)
        .spawn()
        .map_err(|error| {
            Error::usage(
                format!(
                    "`{}` cannot be started: {}",
                    args.runtime.display(),
                    crate::error::plain(&error)
                ),
                "install runc, or name a runtime with --runtime",
            )
        })?;
    let mut broken = Broken::default();
    let mut missed = Unreadable::default();
    let (mut was_seen, mut was_filtered) = (false, false);
    let ended = to_the_end(&mut watched, &mut child, &plan, |window, _| {
        was_seen |= !window.calls.is_empty();
        was_filtered |= !window.filtered.is_empty();
        missed.and(window.unreadable);
        broken.take(&profile, window);
    })?;
    broken.end(launch.learned(&profile), args, &ended);
    if !(was_seen && was_filtered) {
        broken
            .end
            .get_or_insert_with(|| "the runtime did not start it under the filter of its profile".to_owned());
    }
    let report = Report {
        schema: "bartizan/profile-verification/v1",
        workload: profile.workload.clone(),
        broken,
        missed,
    };
    let text = match format {
        Format::Text => report.text(),
        Format::Json => output::pretty(&report)?,
    };
    match file {
        Some(file) => output::write_file(&file, text.as_bytes())?,
        None => output::print(text)?,
    }
    Ok(if report.broken.any() {
        Code::Failed as u8
    } else if watched.unseen > 0 || !missed.is_none() {
        Code::Unknown as u8
    } else {
        0
    })
}

impl Broken {
    fn take(&mut self, profile: &Profile, window: Window) {
        // `clone3` is refused so that libraries take `clone`, and what was refused before was not needed.
        let expected = |name: &String| {
            profile.refused.contains(name) || (name == "clone3" && render::hides_clone3(profile))
        };
        self.calls
            .extend(window.refused.into_iter().filter(|name| !expected(name)));
        if profile.capabilities.is_some() {
            let lacking = window.lacking.into_iter();
            for (capability, calls) in lacking.filter(|(name, _)| !profile.lacking.contains(name)) {
                self.capabilities.entry(capability).or_default().extend(calls);
            }
        }
        self.files
            .extend(window.denied.difference(&profile.denied).cloned());
    }

    fn end(&mut self, learned: Option<&bartizan_profile::Command>, args: &VerifyArgs, ended: &Ended) {
        self.exercises = ended.failed;
        if ended.asked {
            return;
        }
        let says = |code: Option<i32>| code.map_or("a signal".to_owned(), |code| format!("{code}"));
        self.end = match learned {
            // A service that ends before it is asked to did not do so when it was learned.
            _ if args.drive.exercise.is_some() => {
                Some(format!("it ended by itself with {}", says(ended.code)))
            }
            Some(learned) if learned.code != ended.code => Some(format!(
                "it ended with {}, and with {} when it was learned",
                says(ended.code),
                learned
                    .code
                    .map_or("being asked to".to_owned(), |code| code.to_string())
            )),
            None if ended.code != Some(0) => Some(format!("it ended with {}", says(ended.code))),
            _ => None,
        };
    }

    fn any(&self) -> bool {
        !(self.calls.is_empty()
            && self.capabilities.is_empty()
            && self.files.is_empty()
            && self.exercises == 0)
            || self.end.is_some()
    }
}

impl Report {
    fn text(&self) -> String {
        let mut text = String::new();
        let broken = &self.broken;
        let asked = |(capability, calls): (&String, &BTreeSet<String>)| {
            let calls: Vec<&str> = calls.iter().map(String::as_str).collect();
            if calls.is_empty() {
                capability.clone()
            } else {
                format!("{capability} by {}", calls.join(", "))
            }
        };
        let capabilities = broken.capabilities.iter().map(asked).collect();
        for (what, names) in [
            ("system call refused", &broken.calls),
            ("capability refused", &capabilities),
            ("file refused", &broken.files),
        ] {
            for name in names {
                text.push_str(&format!("{what}: {name}\n"));
            }
        }
        if broken.exercises > 0 {
            text.push_str(&format!("exercises that failed: {}\n", broken.exercises));
        }
        if let Some(end) = &broken.end {
            text.push_str(&format!("end: {end}\n"));
        }
        if !broken.any() {
            text.push_str(&format!(
                "`{}` does under its profile all that it was made to do\n",
                self.workload
            ));
        }
        text
    }
}
