//! `bartizan doctor`: is everything in order here?

mod kernel;

use super::hook::{self, Hook};
use crate::args::Common;
use crate::error::{Code, Outcome};
use crate::git::git;
use crate::output::print;
use crate::place;
use crate::scan::{Place, common_flags, load_config, waiver_file};
use crate::table::counted;
use crate::terminal::Terminal;
use bartizan_content::builtin;
use bartizan_engine::config::{Config, repository_root};
use bartizan_engine::system::{Machine, System};
use bartizan_sensor::guard::{self, Tier};
use std::path::Path;

/// One line of the answer.
struct Line {
    state: State,
    what: &'static str,
    found: String,
    help: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Ok,
    Warn,
    Fail,
}

impl Line {
    fn ok(what: &'static str, found: impl Into<String>) -> Self {
        Self {
            state: State::Ok,
            what,
            found: found.into(),
            help: None,
        }
    }

    fn warn(what: &'static str, found: impl Into<String>, help: impl Into<String>) -> Self {
        Self {
            state: State::Warn,
            what,
            found: found.into(),
            help: Some(help.into()),
        }
    }

    fn fail(what: &'static str, found: impl Into<String>, help: impl Into<String>) -> Self {
        Self {
            state: State::Fail,
            what,
            found: found.into(),
            help: Some(help.into()),
        }
    }
}

/// Looks at everything and says what was found.
pub(crate) fn run(common: &Common, terminal: Terminal) -> Outcome {
    let current = place::current()?;
    let start = place::start_of(".", &current);
    let root = repository_root(&Machine, &start);
    let place = Place { current, start };
    let mut lines = vec![
        Line::ok("program", format!("bartizan {}", env!("CARGO_PKG_VERSION"))),
        the_terminal(terminal),
        the_rules(),
        the_git(&place.current),
    ];
    lines.push(match &root {
        Some(root) => Line::ok("repository", root.display().to_string()),
        None => Line::warn(
            "repository",
            "none here",
            "run inside a git work tree to use the commit gate",
        ),
    });
    if root.is_some() {
        lines.push(the_hook(&place.current));
    }
    match load_config(common, &place, common_flags(common)) {
        Ok(config) => lines.extend(configured(&config, common, &place)),
        Err(error) => lines.push(Line::fail(
            "configuration",
            error.message,
            error.help.unwrap_or_default(),
        )),
    }
    lines.push(the_sensor());
    lines.push(the_guard());
    lines.extend(kernel::lines());
    let failed = lines.iter().any(|line| line.state == State::Fail);
    print(shown(&lines, terminal.color_out))?;
    Ok(if failed { Code::Failed as u8 } else { 0 })
}

fn configured(config: &Config, common: &Common, place: &Place) -> Vec<Line> {
    let file = config.file.as_ref().map_or_else(
        || "none, defaults apply".to_owned(),
        |file| file.display().to_string(),
    );
    let mut lines = vec![Line::ok("configuration", file)];
    lines.push(match waiver_file(&Machine, config, common, place) {
        Ok(entries) => {
            let today = Machine.today();
            let expired = entries
                .iter()
                .filter(|entry| entry.waiver.until.is_some_and(|day| day < today))
                .count();
            let found = format!("{} in the waiver file, {expired} expired", entries.len());
            if expired == 0 {
                Line::ok("waivers", found)
            } else {
                Line::warn(
                    "waivers",
                    found,
                    "every gate denies; see `bartizan waive list`, then `bartizan waive prune`",
                )
            }
        }
        Err(error) => Line::fail("waivers", error.message, error.help.unwrap_or_default()),
    });
    lines.push(
        match crate::scan::load_rules(&Machine, &config.paths("rules.files"), quiet()) {
            Ok(loaded) => Line::ok(
                "rule files",
                format!("{} rules besides the built-in ones", loaded.ids().count()),
            ),
            Err(error) => Line::fail("rule files", error.message, error.help.unwrap_or_default()),
        },
    );
    lines.extend(the_data(config));
    lines
}

/// What the kernel lets the sensor see. Attaching tells; a list of what a kernel could do does not.
fn the_sensor() -> Line {
    match bartizan_sensor::probe() {
        Ok(hooks) => {
            let refused: Vec<String> = hooks
                .iter()
                .filter_map(|hook| hook.refused.as_ref().map(|why| format!("{} ({why})", hook.sees)))
                .collect();
            if refused.is_empty() {
                Line::ok(
                    "sensor",
                    format!(
                        "observe: all {} places in the kernel could be attached to",
                        hooks.len()
                    ),
                )
            } else {
                Line::warn(
                    "sensor",
                    format!("observe, but not {}", refused.join(", ")),
                    "what is named cannot be seen on this kernel; a newer one can",
                )
            }
        }
        Err(error) => Line::warn("sensor", error.to_string(), error.help()),
    }
}

/// What the kernel lets policies do.
fn the_guard() -> Line {
    match guard::probe() {
        Ok(found) if found.unreached.is_empty() => Line::ok("policies", found.tier.name()),
        Ok(found) => {
            let opening = match &found.late {
                Some(why) => Some(format!(
                    "opening files is not refused, processes are killed for it: {why}"
                )),
                None if found.tier == Tier::Restrain => Some("opening files is refused".to_owned()),
                None => None,
            };
            let unreached = found.unreached.iter();
            let why: Vec<String> = opening
                .into_iter()
                .chain(unreached.map(|one| format!("not {}: {}", one.tier.name(), one.why)))
                .collect();
            Line::warn(
                "policies",
                format!("{}, {}", found.tier.name(), why.join("; ")),
                "docs/guarding.md says what each tier can stop",
            )
        }
        Err(error) => Line::warn("policies", error.to_string(), error.help()),
    }
}

const fn quiet() -> Terminal {
    Terminal {
        color_out: false,
        color_err: false,
        width: 0,
        progress: false,
        verbose: 0,
        quiet: true,
    }
}

fn the_terminal(terminal: Terminal) -> Line {
    let width = if terminal.width == 0 {
        "no terminal".to_owned()
    } else {
        format!("{} columns", terminal.width)
    };
    let color = if terminal.color_out {
        "coloured"
    } else {
        "not coloured"
    };
    Line::ok("terminal", format!("{width}, {color}"))
}

fn the_rules() -> Line {
    match builtin::leak_rules().len() {
        0 => Line::fail(
            "rules",
            "the built-in rules cannot be read",
            "install Bartizan again",
        ),
        count => Line::ok(
            "rules",
            format!("{count} built-in rules for credentials with a known format"),
        ),
    }
}

fn the_git(current: &Path) -> Line {
    match git(current, &["--version"]) {
        Ok(version) => Line::ok(
            "git",
            String::from_utf8_lossy(&version)
                .trim()
                .trim_start_matches("git version ")
                .to_owned(),
        ),
        Err(error) => Line::warn(
            "git",
            error.message,
            "`--changed` and `bartizan hook install` need it; install git",
        ),
    }
}

fn the_hook(current: &Path) -> Line {
    let directory = match hook::hooks_dir(current) {
        Ok(directory) => directory,
        Err(error) => return Line::warn("hook", error.message, error.help.unwrap_or_default()),
    };
    match hook::state(&directory) {
        Hook::Ours => Line::ok(
            "hook",
            format!("the commit gate runs from {}", directory.display()),
        ),
        Hook::Other => Line::warn(
            "hook",
            "there is a pre-commit hook of another kind",
            "`bartizan hook install` keeps it and runs first what it runs",
        ),
        Hook::None => Line::warn(
            "hook",
            "none",
            "`bartizan hook install` stops leaks before they are committed",
        ),
    }
}

fn the_data(config: &Config) -> Vec<Line> {
    let Some(directory) = place::data_dir(config) else {
        return vec![Line::warn(
            "data directory",
            "none: neither XDG_DATA_HOME nor HOME is set",
            "name one with `--data-dir DIR`; without it every scan starts afresh",
        )];
    };
    let probe = directory.join(".doctor");
    let writable = std::fs::create_dir_all(&directory)
        .and_then(|()| Machine.replace(&probe, b""))
        .and_then(|()| std::fs::remove_file(&probe));
    let mut lines = vec![match writable {
        Ok(()) => Line::ok("data directory", directory.display().to_string()),
        Err(error) => Line::fail(
            "data directory",
            format!(
                "{} cannot be written: {}",
                directory.display(),
                crate::error::plain(&error)
            ),
            "mend its permissions, or name another with `--data-dir DIR`",
        ),
    }];
    lines.push(if config.flag("data.cache") {
        let (files, bytes) = contents(&directory.join("cache"));
        Line::ok(
            "cache",
            format!(
                "{}, {:.1} kB",
                counted(usize::try_from(files).unwrap_or(usize::MAX), "scan"),
                bytes as f64 / 1e3
            ),
        )
    } else {
        Line::warn(
            "cache",
            format!("off ({})", config.origin("data.cache")),
            "unchanged files are looked at again every time",
        )
    });
    lines
}

fn contents(directory: &Path) -> (u64, u64) {
    let entries = std::fs::read_dir(directory).into_iter().flatten().flatten();
    entries
        .filter_map(|entry| entry.metadata().ok())
        .fold((0, 0), |(files, bytes), about| (files + 1, bytes + about.len()))
}

fn shown(lines: &[Line], color: bool) -> String {
    let mut text = String::new();
    for line in lines {
        let (word, code) = match line.state {
            State::Ok => ("ok", "32"),
            State::Warn => ("warn", "33"),
            State::Fail => ("fail", "31"),
        };
        let mark = if color {
            format!("\u{1b}[1;{code}m{word:4}\u{1b}[0m")
        } else {
            format!("{word:4}")
        };
        text.push_str(&format!("{mark}  {:14}  {}\n", line.what, line.found));
        if let Some(help) = &line.help {
            text.push_str(&format!("{:22}help: {help}\n", ""));
        }
    }
    text
}
