//! `bartizan waive`: the entries of the waiver file.

use crate::args::{Common, ScanArgs, WaiveAdd, WaiveVerb};
use crate::error::{Code, Error, Outcome};
use crate::output::{print, write_file};
use crate::place;
use crate::scan::{self, Done, Place, Request, common_flags, load_config, waiver_file};
use crate::table::{columns, counted};
use crate::terminal::Terminal;
use bartizan_engine::config::Config;
use bartizan_engine::globs::{PathGlobs, RuleGlobs, is_glob};
use bartizan_engine::suggest::did_you_mean;
use bartizan_engine::system::{Machine, System};
use bartizan_engine::waiver::{self, Addition, FileWaiver, rules};
use bartizan_model::{Date, Fingerprint, Verdict};
use std::path::{Path, PathBuf};

/// Runs the verb.
pub(crate) fn run(common: &Common, verb: WaiveVerb, terminal: Terminal) -> Outcome {
    match verb {
        WaiveVerb::Add(add) => self::add(common, *add, terminal),
        WaiveVerb::List { check, output } => list(common, check, &output, terminal),
        WaiveVerb::Prune { expired, dry_run } => prune(common, expired, dry_run, terminal),
    }
}

fn add(common: &Common, args: WaiveAdd, terminal: Terminal) -> Outcome {
    let (place, config) = here(common)?;
    let addition = checked(args, &config, terminal)?;
    let file = file_of(&config);
    let text = read_or_empty(&file)?;
    // A file with a mistake in it is mended first: this entry would be void with the rest.
    waiver::read(&place::shown(&file, &place.current), &text)?;
    let changed = waiver::add(&text, &addition).map_err(|error| edit_error(&file, &error))?;
    write_file(&file, changed.as_bytes())?;
    let subject = addition.rule.or(addition.fingerprint).unwrap_or_default();
    terminal.note(format_args!(
        "wrote a waiver of {subject} to {}",
        place::shown(&file, &place.current)
    ));
    Ok(0)
}

fn checked(mut args: WaiveAdd, config: &Config, terminal: Terminal) -> Result<Addition, Error> {
    if args.reason.trim().is_empty() {
        return Err(Error::usage(
            "the reason is empty",
            "say with `--reason` why the risk is accepted",
        ));
    }
    if let Some(text) = &args.fingerprint
        && crate::kept::is_fingerprint(text)
        && let Some((_, finding)) = crate::kept::find(text, config)?
    {
        args.fingerprint = Some(finding.fingerprint.to_string());
    }
    if let Some(text) = &args.fingerprint
        && Fingerprint::parse(text).is_none()
    {
        let help = if text.contains('/') {
            format!("for a rule, write `--rule {text}`")
        } else {
            "copy it from a report: 32 lower-case hexadecimal digits, or the first of them after a scan"
                .to_owned()
        };
        return Err(Error::usage(format!("`{text}` is no fingerprint"), help));
    }
    if let Some(rule) = &args.rule {
        known_rule(rule)?;
    }
    if let Some(scope) = &args.scope {
        PathGlobs::new([scope])?;
    }
    match &args.until {
        Some(text) => check_day(text, config, terminal)?,
        None => {
            terminal.note("without `--until` the waiver does not cover findings of severity high or critical")
        }
    }
    Ok(Addition {
        rule: args.rule,
        fingerprint: args.fingerprint,
        scope: args.scope,
        reason: args.reason.trim().to_owned(),
        owner: args.owner,
        until: args.until,
        vex: args.vex,
    })
}

fn known_rule(rule: &str) -> Result<(), Error> {
    RuleGlobs::new([rule])?;
    let ids = super::rules::known_ids();
    if is_glob(rule) || ids.iter().any(|id| id == rule) {
        return Ok(());
    }
    let help = did_you_mean(rule, ids.iter().map(String::as_str));
    Err(Error::usage(
        format!("there is no rule `{rule}`"),
        help.unwrap_or_else(|| "`bartizan rules list` shows every rule".to_owned()),
    ))
}

fn check_day(text: &str, config: &Config, terminal: Terminal) -> Result<(), Error> {
    let day = text
        .parse::<Date>()
        .map_err(|error| Error::usage(error.to_string(), "write a day such as 2027-03-01"))?;
    let days = i64::from(Machine.today().days_until(day));
    if days < 0 {
        return Err(Error::usage(format!("{day} has passed"), "choose a day to come"));
    }
    let most = config.number("waivers.max-days");
    if u64::try_from(days).unwrap_or(0) > most {
        terminal.warn(format_args!(
            "{day} is more than {most} days ahead, so the waiver does not cover findings of severity high or critical yet"
        ));
    }
    Ok(())
}

fn list(common: &Common, check: bool, output: &str, terminal: Terminal) -> Outcome {
    let (place, config) = here(common)?;
    let entries = waiver_file(&Machine, &config, common, &place)?;
    let done = if check {
        Some(scan_root(common, &config, terminal)?)
    } else {
        None
    };
    let today = Machine.today();
    let states: Vec<String> = entries
        .iter()
        .enumerate()
        .map(|(index, entry)| state(entry, today, done.as_ref(), index))
        .collect();
    if output == "json" {
        let all: Vec<_> = entries
            .iter()
            .zip(&states)
            .map(|(entry, state)| serde_json::json!({ "waiver": entry.waiver, "line": entry.line, "state": state }))
            .collect();
        print(format!("{:#}\n", serde_json::Value::Array(all)))?;
        return Ok(0);
    }
    let rows: Vec<_> = entries
        .iter()
        .zip(states)
        .map(|(entry, state)| row(entry, state))
        .collect();
    print(columns(&rows))?;
    terminal.note(format_args!(
        "{} in {}",
        counted(rows.len(), "waiver"),
        place::shown(&file_of(&config), &place.current)
    ));
    Ok(0)
}

fn row(entry: &FileWaiver, state: String) -> [String; 5] {
    let waiver = &entry.waiver;
    let subject = waiver
        .rule
        .clone()
        .or_else(|| waiver.fingerprint.clone())
        .unwrap_or_default();
    [
        entry.line.to_string(),
        state,
        subject,
        waiver.scope.clone().unwrap_or_else(|| "everywhere".to_owned()),
        waiver.reason.clone(),
    ]
}

fn state(entry: &FileWaiver, today: Date, done: Option<&Done>, index: usize) -> String {
    let fault = done.and_then(|done| done.waiver_faults.get(index).copied().flatten());
    if let Some(fault) = fault {
        return fault.strip_prefix("waiver/").unwrap_or(fault).to_owned();
    }
    let mut state = match entry.waiver.until {
        _ if entry.waiver.reason.trim().is_empty() => "no-reason".to_owned(),
        None => "no last day".to_owned(),
        Some(day) => match today.days_until(day) {
            days if days < 0 => "expired".to_owned(),
            0 => "last day".to_owned(),
            1 => "1 day left".to_owned(),
            days => format!("{days} days left"),
        },
    };
    if let Some(used) = done.and_then(|done| done.waivers_used.get(index)) {
        state.push_str(&format!(", covers {used}"));
    }
    state
}

fn prune(common: &Common, only_expired: bool, dry_run: bool, terminal: Terminal) -> Outcome {
    let (place, config) = here(common)?;
    let file = file_of(&config);
    let entries = waiver_file(&Machine, &config, common, &place)?;
    let today = Machine.today();
    let done = if only_expired || entries.is_empty() {
        None
    } else {
        Some(scan_root(common, &config, terminal)?)
    };
    if let Some(Verdict::Unknown { cause }) = done.as_ref().map(super::baseline::incomplete) {
        return Err(Error {
            message: format!("not everything could be looked at, so nothing was removed: {cause}"),
            help: Some("mend that, or remove only what has expired with `--expired`".to_owned()),
            code: Code::Unknown,
        });
    }
    let mut gone = Vec::new();
    for (index, entry) in entries.iter().enumerate() {
        let unused = done
            .as_ref()
            .is_some_and(|done| done.waiver_faults.get(index) == Some(&Some(rules::UNUSED)));
        let expired = entry.waiver.until.is_some_and(|day| day < today);
        if unused || expired {
            let why = if expired { "expired" } else { "covers nothing" };
            let subject = entry
                .waiver
                .rule
                .as_ref()
                .or(entry.waiver.fingerprint.as_ref())
                .map_or("", String::as_str);
            print(format!(
                "{}:{}: {subject} ({why})\n",
                place::shown(&file, &place.current),
                entry.line
            ))?;
            gone.push(index);
        }
    }
    if !gone.is_empty() && !dry_run {
        let text = read_or_empty(&file)?;
        let kept = waiver::remove(&text, &gone).map_err(|error| edit_error(&file, &error))?;
        write_file(&file, kept.as_bytes())?;
    }
    let verb = if dry_run { "would be removed" } else { "removed" };
    terminal.note(format_args!(
        "{} of {} {verb}",
        gone.len(),
        counted(entries.len(), "waiver")
    ));
    Ok(0)
}

/// Scans the directory that the waiver file speaks of.
fn scan_root(common: &Common, config: &Config, terminal: Terminal) -> Result<Done, Error> {
    let file = file_of(config);
    let directory = file.parent().unwrap_or_else(|| Path::new("."));
    let scan = ScanArgs::of(&directory.to_string_lossy());
    scan::run(&Request {
        common,
        scan: &scan,
        stage: None,
        inventory: scan::Inventory::No,
        unsaved: None,
        terminal,
    })
}

fn here(common: &Common) -> Result<(Place, Config), Error> {
    let current = place::current()?;
    let start = place::start_of(".", &current);
    let place = Place { current, start };
    let config = load_config(common, &place, common_flags(common))?;
    Ok((place, config))
}

fn file_of(config: &Config) -> PathBuf {
    config
        .path("waivers.file")
        .unwrap_or_else(|| config.root.join("bartizan.waivers.toml"))
}

fn read_or_empty(file: &Path) -> Result<String, Error> {
    match Machine.read_text(file) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(String::new()),
        other => other.map_err(|error| Error::reading(file, &error)),
    }
}

fn edit_error(file: &Path, error: &waiver::EditError) -> Error {
    Error::usage(
        format!("{}: {error}", file.display()),
        "`bartizan schema waivers` describes the file",
    )
}
