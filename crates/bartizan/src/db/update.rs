//! Making the index again.
//!
//! In: places that flags name, or else those of the settings: addresses, directories, files. Out: a new index in the place of the
//! old one, once everything could be read; otherwise the old one stays, and what could not be had is named.

use super::feed::{Feed, Role};
use super::remote::{Fetched, Remote};
use crate::args::{Common, DbUpdate};
use crate::error::{Code, Error, Outcome, plain};
use crate::network;
use crate::progress::Transfer;
use crate::table::counted;
use crate::terminal::Terminal;
use bartizan_engine::config::Config;
use bartizan_engine::system::{Machine, System};
use bartizan_source::http::Url;
use bartizan_supply::advisory::index::{Index, Origin, OriginKind};
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;

/// Files that a warning names.
const MOST_NAMED: usize = 3;
/// Ends of the names of files; any other address is that of a mirror.
const FILES: [&str; 8] = ["json", "csv", "zip", "gz", "tgz", "zst", "xz", "tar"];

/// Where something is.
enum Place {
    Path(String),
    File(Url),
    Mirror(Url),
}

/// Runs `bartizan db update`.
pub(crate) fn run(common: &Common, config: &Config, update: &DbUpdate, terminal: Terminal) -> Outcome {
    let path = super::path(config)?;
    let places = places(config, update)?;
    if !update.ecosystem.is_empty() && !places.iter().any(|(place, _)| matches!(place, Place::Mirror(_))) {
        return Err(Error::usage(
            "--ecosystem chooses from a mirror, and none is named",
            "leave it out, or name the address of a mirror with `--from URL`",
        ));
    }
    let transfer = Transfer::new(terminal);
    let client = network::client(common, config);
    let remote = Remote {
        client: &client,
        directory: path.with_file_name("feeds"),
        transfer: &transfer,
    };
    let gathered = gather(&remote, &places, update, terminal);
    transfer.finish();
    let feed = gathered.map_err(with_old_index)?;
    if feed.builder.is_empty() {
        let from: Vec<String> = places.iter().map(|(place, _)| place.shown()).collect();
        return Err(Error::nothing(
            format!("there are no OSV records in {}", from.join(", ")),
            "name a directory or mirror in the layout of the OSV bucket (`<ecosystem>/all.zip`), an archive of records, or one record",
        ));
    }
    finish(feed, &path, terminal)
}

/// Everything that is named, read.
fn gather(
    remote: &Remote<'_>,
    places: &[(Place, OriginKind)],
    update: &DbUpdate,
    terminal: Terminal,
) -> Result<Feed, Error> {
    let mut feed = Feed::default();
    let (mut files, mut bytes) = (0, 0);
    // Everything is fetched before anything is read: a server that is down is known early.
    let mut ready: Vec<(&Place, OriginKind, Vec<Fetched>)> = Vec::new();
    for (place, kind) in places {
        let fetched = match place {
            Place::Path(_) => Vec::new(),
            Place::File(url) => vec![remote.file(url, url.file_name())?],
            Place::Mirror(base) => {
                let (fetched, left_out) = remote.mirror(base, &update.ecosystem)?;
                if !left_out.is_empty() {
                    terminal.note(format_args!(
                        "not fetched, since no component is of them: {}",
                        left_out.join(", ")
                    ));
                }
                fetched
            }
        };
        files += fetched.iter().filter(|fetched| fetched.bytes > 0).count();
        bytes += fetched.iter().map(|fetched| fetched.bytes).sum::<u64>();
        ready.push((place, *kind, fetched));
    }
    if ready.iter().any(|(_, _, fetched)| !fetched.is_empty()) {
        let all: usize = ready.iter().map(|(_, _, fetched)| fetched.len()).sum();
        terminal.note(format_args!(
            "fetched {:.1} MB; {} of {} had changed",
            as_megabytes(bytes),
            files,
            counted(all, "file")
        ));
    }
    remote.transfer.finish();
    for (place, kind, fetched) in &ready {
        read(&mut feed, place, *kind, fetched)?;
    }
    refuse_half(&feed)?;
    warn(&feed, terminal);
    Ok(feed)
}

fn read(feed: &mut Feed, place: &Place, kind: OriginKind, fetched: &[Fetched]) -> Result<(), Error> {
    let role = match kind {
        OriginKind::Records => Role::Records,
        OriginKind::Known => Role::Known,
        OriginKind::Predicted => Role::Predicted,
    };
    let taken = feed.taken;
    if let Place::Path(path) = place {
        let wrong = feed.unreadable.len();
        feed.read(path, None, role)?;
        if role != Role::Records {
            refuse_wrong(&feed.unreadable, wrong)?;
        }
    }
    for file in fetched {
        let (before, wrong, taken) = (feed.skipped.len(), feed.unreadable.len(), feed.taken);
        feed.read(&file.path.to_string_lossy(), Some(&file.url.to_string()), role)?;
        if feed.skipped.len() > before || feed.unreadable.len() > wrong || feed.taken == taken {
            file.distrust();
        }
        refuse_wrong(&feed.unreadable, wrong)?;
        if feed.taken == taken && feed.skipped.len() == before {
            return Err(unlike(
                &file.url.to_string(),
                "there is nothing in it that was looked for",
            ));
        }
    }
    if feed.taken == taken && role != Role::Records && feed.skipped.is_empty() {
        return Err(unlike(
            &place.shown(),
            "there is nothing in it that was looked for",
        ));
    }
    feed.builder.came_from(Origin {
        kind,
        place: place.shown(),
        files: fetched.len().max(1) as u64,
    });
    Ok(())
}

/// A file that is as a whole not what was looked for, such as the page of a proxy that wants a password: without it the index
/// would lack what it was named for. Single members of an archive are left out with a warning.
fn refuse_wrong(unreadable: &[(String, String)], before: usize) -> Result<(), Error> {
    let new = unreadable.iter().skip(before);
    match new.clone().find(|(path, _)| !path.contains('!')) {
        Some((path, reason)) => Err(unlike(path, reason)),
        None => Ok(()),
    }
}

fn unlike(path: &str, reason: &str) -> Error {
    Error {
        message: format!("`{path}` is not what it should be: {reason}"),
        help: Some("check the address, and whether a proxy answers instead of the server".to_owned()),
        code: Code::Unknown,
    }
}

/// What to read: of the flags, or of the settings where `--from` is not given.
fn places(config: &Config, update: &DbUpdate) -> Result<Vec<(Place, OriginKind)>, Error> {
    let is_default = update.from.is_empty();
    let setting = |key: &str| of_setting(config, key);
    let mut places = Vec::new();
    if is_default {
        places.push((setting("supply.osv")?, OriginKind::Records));
    }
    for from in &update.from {
        places.push((Place::of(from)?, OriginKind::Records));
    }
    for (flag, key, kind) in [
        (&update.kev, "supply.kev", OriginKind::Known),
        (&update.epss, "supply.epss", OriginKind::Predicted),
    ] {
        let place = match flag {
            Some(given) => Place::of(given)?,
            None if is_default => setting(key)?,
            None => continue,
        };
        if let Place::Mirror(url) = place {
            // One file, whatever its name ends with.
            places.push((Place::File(url), kind));
        } else {
            places.push((place, kind));
        }
    }
    Ok(places)
}

fn of_setting(config: &Config, key: &str) -> Result<Place, Error> {
    match Place::of(config.text(key))? {
        Place::Path(path) => Ok(Place::Path(
            config
                .path(key)
                .map_or(path, |path| path.to_string_lossy().into_owned()),
        )),
        place => Ok(place),
    }
}

impl Place {
    fn of(text: &str) -> Result<Self, Error> {
        if !text.contains("://") {
            return Ok(Self::Path(text.to_owned()));
        }
        let url = Url::parse(text).map_err(|error| {
            // Not the text itself: it may hold a password.
            Error::usage(
                format!("an address given to `db update` cannot be used: {error}"),
                "addresses are of the form https://HOST/PATH; what is special in a password is escaped, as in %40 for @",
            )
        })?;
        let ending = url.file_name().rsplit_once('.').map(|(_, ending)| ending);
        Ok(
            if ending.is_some_and(|ending| FILES.iter().any(|known| ending.eq_ignore_ascii_case(known))) {
                Self::File(url)
            } else {
                Self::Mirror(url)
            },
        )
    }

    fn shown(&self) -> String {
        match self {
            Self::Path(path) => std::fs::canonicalize(path)
                .map_or_else(|_| path.clone(), |path| path.to_string_lossy().into_owned()),
            Self::File(url) | Self::Mirror(url) => url.to_string(),
        }
    }
}

fn finish(feed: Feed, path: &Path, terminal: Terminal) -> Outcome {
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
    write(path, &bytes)?;
    let counts = index.counts();
    terminal.note(format_args!(
        "{} about {} of {}; wrote {} ({:.1} MB)",
        counted(super::number(counts.records), "record"),
        counted(super::number(counts.packages), "package"),
        counted(index.ecosystems().count(), "ecosystem"),
        path.display(),
        as_megabytes(bytes.len() as u64)
    ));
    Ok(0)
}

#[allow(clippy::cast_precision_loss, reason = "for people, to one decimal")]
fn as_megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
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
        help: Some("mend that and try again".to_owned()),
        code: Code::Unknown,
    })
}

fn with_old_index(error: Error) -> Error {
    const KEPT: &str = "the old index was kept";
    Error {
        help: error.help.map(|help| {
            if help.contains(KEPT) {
                help
            } else {
                format!("{help}; {KEPT}")
            }
        }),
        ..error
    }
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
