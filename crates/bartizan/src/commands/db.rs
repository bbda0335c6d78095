//! `bartizan db`: the advisory index.

use crate::args::{Common, DbVerb};
use crate::db::{self, number};
use crate::error::{Error, Outcome};
use crate::output::print;
use crate::place;
use crate::scan::{Place, common_flags, load_config};
use crate::table::{columns, counted};
use crate::terminal::Terminal;
use bartizan_engine::config::{Config, Value};
use bartizan_engine::system::{Machine, System};
use bartizan_model::{Date, Timestamp};
use bartizan_supply::advisory::index::{Counts, Origin};
use std::path::Path;

/// Runs the verb.
pub(crate) fn run(common: &Common, verb: &DbVerb, terminal: Terminal) -> Outcome {
    let current = place::current()?;
    let start = place::start_of(".", &current);
    let mut flags = common_flags(common);
    if let DbVerb::Update(update) = verb
        && let Some(file) = &update.ca_file
    {
        let file = Value::Text(file.to_string_lossy().into_owned());
        flags.push(("network.ca-file", "--ca-file", file));
    }
    let config = load_config(common, &Place { current, start }, flags)?;
    match verb {
        DbVerb::Update(update) => db::update::run(common, &config, update, terminal),
        DbVerb::Status { output } => status(&config, output),
    }
}

fn status(config: &Config, output: &str) -> Outcome {
    let path = db::path(config)?;
    let Some(index) = db::open(config)? else {
        return Err(Error::nothing(
            format!("there is no advisory index at {}", path.display()),
            "make one with `bartizan db update`",
        ));
    };
    index.verify()?;
    let origins = index.origins()?;
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
            "sources": origins.iter().map(|origin| serde_json::json!({
                "kind": origin.kind.as_str(), "place": origin.place, "files": origin.files
            })).collect::<Vec<_>>(),
            "ecosystems": ecosystems.iter().map(|(name, packages)| serde_json::json!({"name": name, "packages": packages})).collect::<Vec<_>>(),
        });
        let text = serde_json::to_string_pretty(&value).map_err(std::io::Error::other)?;
        print(format!("{text}\n"))?;
    } else {
        print(shown(&path, counts, &origins, &ecosystems))?;
    }
    Ok(0)
}

fn shown(path: &Path, counts: &Counts, origins: &[Origin], ecosystems: &[(&str, u64)]) -> String {
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
    ];
    for origin in origins {
        let what = format!("from ({})", origin.kind.as_str());
        let files = match origin.files {
            1 => String::new(),
            files => format!(" ({})", counted(number(files), "file")),
        };
        rows.push(row(&what, format!("{}{files}", origin.place)));
    }
    rows.extend([
        row("newest record", instant(counts.newest)),
        row("records", counts.records.to_string()),
        row(
            "withdrawn",
            format!("{}, which nothing is found by", counts.withdrawn),
        ),
        row("packages", counts.packages.to_string()),
        row("known exploited", list(counts.exploited, counts.exploited_date)),
        row("predictions", list(counts.predicted, counts.predicted_date)),
    ]);
    if counts.unknown_ecosystem > 0 {
        let left = format!("{} entries of unknown ecosystems", counts.unknown_ecosystem);
        rows.push(row("left out", left));
    }
    for (name, packages) in ecosystems {
        rows.push(row(name, counted(number(*packages), "package")));
    }
    columns(&rows)
}
