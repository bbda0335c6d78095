//! `bartizan db`: the advisory index.

use crate::args::{Common, DbUpdate, DbVerb};
use crate::db::{
    self,
    feed::{Feed, Role},
};
use crate::error::{Code, Error, Outcome, plain};
use crate::output::print;
use crate::place;
use crate::scan::{Place, common_flags, load_config};
use crate::table::{columns, counted};
use crate::terminal::Terminal;
use bartizan_engine::config::Config;
use bartizan_engine::system::{Machine, System};
use bartizan_model::{Date, Timestamp};
use bartizan_supply::advisory::index::{Counts, Index};
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;

/// Files that a warning names.
const MOST_NAMED: usize = 3;

/// Runs the verb.
pub(crate) fn run(common: &Common, verb: &DbVerb, terminal: Terminal) -> Outcome {
    let current = place::current()?;
    let start = place::start_of(".", &current);
    let config = load_config(common, &Place { current, start }, common_flags(common))?;
    match verb {
        DbVerb::Update(update) => self::update(&config, update, terminal),
        DbVerb::Status { output } => status(&config, output),
    }
}

fn update(config: &Config, update: &DbUpdate, terminal: Terminal) -> Outcome {
    let path = db::path(config)?;
    let mut feed = Feed::default();
    for from in &update.from {
        feed.read(from, Role::Records)?;
    }
    if let Some(known) = &update.kev {
        feed.read(known, Role::Known)?;
    }
    if let Some(predicted) = &update.epss {
        feed.read(predicted, Role::Predicted)?;
    }
    refuse_half(&feed)?;
    warn(&feed, terminal);
    if feed.builder.is_empty() {
        return Err(Error::nothing(
            format!("there are no OSV records in {}", update.from.join(", ")),
            "name a directory in the layout of the OSV bucket (`<ecosystem>/all.zip`), an archive of records, or one record",
        ));
    }
    let bytes = feed
        .builder
        .finish(&feed.exploits, Machine.now())
        .map_err(|error| {
            Error::usage(
                error.to_string(),
                "leave out some ecosystems; the old index was kept",
            )
        })?;
    let index = Index::open(bytes.as_slice())?;
    write(&path, &bytes)?;
    let counts = index.counts();
    terminal.note(format_args!(
        "{} about {} of {}; wrote {} ({:.1} MB)",
        counted(number(counts.records), "record"),
        counted(number(counts.packages), "package"),
        counted(index.ecosystems().count(), "ecosystem"),
        path.display(),
        bytes.len() as f64 / 1e6
    ));
    Ok(0)
}

/// An index without what could not be read would pass over vulnerabilities in silence.
fn refuse_half(feed: &Feed) -> Result<(), Error> {
    let Some(first) = feed.skipped.iter().find(|thing| thing.required) else {
        return Ok(());
    };
    let more = match feed.skipped.iter().filter(|thing| thing.required).count() - 1 {
        0 => String::new(),
        more => format!(" (and {more} more)"),
    };
    Err(Error {
        message: format!("cannot read `{}`{more}: {}", first.path, first.reason),
        help: Some("mend that and try again; the old index was kept".to_owned()),
        code: Code::Unknown,
    })
}

fn warn(feed: &Feed, terminal: Terminal) {
    if feed.unreadable.is_empty() {
        return;
    }
    let named: Vec<String> = feed
        .unreadable
        .iter()
        .take(MOST_NAMED)
        .map(|(path, reason)| format!("{path}: {reason}"))
        .collect();
    let more = match feed.unreadable.len().saturating_sub(MOST_NAMED) {
        0 => String::new(),
        more => format!("; and {more} more"),
    };
    terminal.warn(format_args!(
        "left out what is no record: {}{more}",
        named.join("; ")
    ));
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let directory = path.parent().unwrap_or(path);
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(directory)
        .and_then(|()| Machine.replace(path, bytes))
        .map_err(|error| {
            Error::usage(
                format!("cannot write `{}`: {}", path.display(), plain(&error)),
                "free some space, or name another place with `--data-dir DIR`; the old index was kept",
            )
        })
}

fn status(config: &Config, output: &str) -> Outcome {
    let path = db::path(config)?;
    let Some(index) = db::open(config)? else {
        return Err(Error::nothing(
            format!("there is no advisory index at {}", path.display()),
            "make one with `bartizan db update --from DIR`",
        ));
    };
    index.verify()?;
    let counts = index.counts();
    let ecosystems: Vec<(&str, u64)> = index.ecosystems().collect();
    if output == "json" {
        let instant = |at: Option<Timestamp>| at.map(|at| at.to_string());
        let day = |at: Option<Date>| at.map(|at| at.to_string());
        let value = serde_json::json!({
            "path": path.display().to_string(),
            "built": instant(counts.built),
            "newest": instant(counts.newest),
            "records": counts.records,
            "withdrawn": counts.withdrawn,
            "packages": counts.packages,
            "unknown_ecosystem": counts.unknown_ecosystem,
            "exploited": { "cves": counts.exploited, "date": day(counts.exploited_date) },
            "predicted": { "cves": counts.predicted, "date": day(counts.predicted_date) },
            "ecosystems": ecosystems.iter().map(|(name, packages)| serde_json::json!({"name": name, "packages": packages})).collect::<Vec<_>>(),
        });
        let text = serde_json::to_string_pretty(&value).map_err(std::io::Error::other)?;
        print(format!("{text}\n"))?;
    } else {
        print(shown(&path, counts, &ecosystems))?;
    }
    Ok(0)
}

fn shown(path: &Path, counts: &Counts, ecosystems: &[(&str, u64)]) -> String {
    let instant = |at: Option<Timestamp>| at.map_or_else(|| "not known".to_owned(), |at| at.to_string());
    let age = match counts.built.map(|at| at.date().days_until(Machine.today())) {
        None => String::new(),
        Some(0) => " (today)".to_owned(),
        Some(days) => format!(" ({} ago)", counted(number(days), "day")),
    };
    let list = |cves: u64, date: Option<Date>| match date {
        _ if cves == 0 => "none; see `bartizan db update --help`".to_owned(),
        Some(date) => format!("{}, of {date}", counted(number(cves), "CVE")),
        None => counted(number(cves), "CVE"),
    };
    let row = |what: &str, found: String| [what.to_owned(), found];
    let mut rows = vec![
        row("index", path.display().to_string()),
        row("made", format!("{}{age}", instant(counts.built))),
        row("newest record", instant(counts.newest)),
        row("records", counts.records.to_string()),
        row(
            "withdrawn",
            format!("{}, which nothing is found by", counts.withdrawn),
        ),
        row("packages", counts.packages.to_string()),
        row("known exploited", list(counts.exploited, counts.exploited_date)),
        row("predictions", list(counts.predicted, counts.predicted_date)),
    ];
    if counts.unknown_ecosystem > 0 {
        let left = format!("{} entries of unknown ecosystems", counts.unknown_ecosystem);
        rows.push(row("left out", left));
    }
    for (name, packages) in ecosystems {
        rows.push(row(name, counted(number(*packages), "package")));
    }
    columns(&rows)
}

fn number(count: impl TryInto<usize>) -> usize {
    count.try_into().unwrap_or(usize::MAX)
}
