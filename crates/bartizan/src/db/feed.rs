//! Reading advisories from a directory, an archive or a file.
//!
//! In: a path with OSV records, one a JSON file, in any depth of directories and archives (the OSV bucket's layout is
//! `<ecosystem>/all.zip`); the KEV catalogue and the EPSS table by their names or as what they are given. Out: a [`Feed`].

use crate::error::Error;
use crate::interrupt;
use bartizan_model::Skipped;
use bartizan_source::{ArchiveLimits, Consumer, FileMeta, Interest, Source, SourceOptions, Unit, WindowSize};
use bartizan_supply::advisory::exploit::Exploits;
use bartizan_supply::advisory::index::Builder;
use bartizan_supply::advisory::record::Record;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Largest file that is read, in bytes: the table of exploit predictions is the largest there is.
const LARGEST_FILE: usize = 128 << 20;
/// What is read, by the end of its name.
const ENDINGS: [&str; 8] = ["json", "csv", "zip", "gz", "tgz", "zst", "xz", "tar"];

/// What was read.
#[derive(Default)]
pub(crate) struct Feed {
    pub(crate) builder: Builder,
    pub(crate) exploits: Exploits,
    /// How many records, catalogues and tables were read.
    pub(crate) taken: u64,
    /// Files that are none of what was looked for, and why.
    pub(crate) unreadable: Vec<(String, String)>,
    /// What could not be read at all.
    pub(crate) skipped: Vec<Skipped>,
}

/// What the files of a path are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// Records; the catalogue and the table by their names.
    Records,
    /// The catalogue of known exploited vulnerabilities.
    Known,
    /// The table of exploit predictions.
    Predicted,
}

impl Feed {
    /// Adds what lies at a path. What is wrong in it is said of `shown` where that is given: the address it was fetched from.
    pub(crate) fn read(&mut self, path: &str, shown: Option<&str>, role: Role) -> Result<(), Error> {
        let options = SourceOptions {
            respect_ignore: false,
            windows: WindowSize::new(LARGEST_FILE, 0),
            archives: ArchiveLimits {
                depth: 2,
                expanded: 64 << 30,
                members: 10_000_000,
                ..ArchiveLimits::default()
            },
            ..SourceOptions::default()
        };
        let source = bartizan_source::DirSource::open(path, &options)?;
        let mut skipped = Vec::new();
        let entries = source.list(&mut skipped)?;
        let before = (self.unreadable.len(), self.skipped.len());
        self.skipped.append(&mut skipped);
        let mut reader = Reader {
            feed: self,
            role,
            flag: interrupt::install(false),
        };
        let mut buffer = Vec::new();
        for entry in &entries {
            source.read(entry, &mut buffer, &mut reader);
            if reader.stopped() {
                return Err(Error::interrupted());
            }
        }
        if let Some(shown) = shown {
            let unreadable = self.unreadable.iter_mut().skip(before.0).map(|(path, _)| path);
            let skipped = self
                .skipped
                .iter_mut()
                .skip(before.1)
                .map(|thing| &mut thing.path);
            unreadable
                .chain(skipped)
                .for_each(|path| *path = within(shown, path));
        }
        Ok(())
    }
}

/// A member of what was fetched from an address.
fn within(shown: &str, path: &str) -> String {
    match path.split_once('!') {
        Some((_, member)) => format!("{shown}!{member}"),
        None => shown.to_owned(),
    }
}

struct Reader<'a> {
    feed: &'a mut Feed,
    role: Role,
    flag: Arc<AtomicBool>,
}

impl Consumer for Reader<'_> {
    fn wants(&mut self, meta: &FileMeta) -> Interest {
        let ending = meta.path.rsplit('.').next().unwrap_or_default();
        let known = ENDINGS.iter().any(|known| ending.eq_ignore_ascii_case(known));
        if known || self.role != Role::Records {
            Interest::Whole
        } else {
            Interest::No
        }
    }

    fn unit(&mut self, unit: Unit<'_>) {
        let result = if unit.window.is_whole() {
            self.take(&unit.meta.path, unit.bytes)
        } else {
            Err(format!("it has more than {LARGEST_FILE} bytes"))
        };
        match result {
            Ok(()) => self.feed.taken += 1,
            Err(reason) => self.feed.unreadable.push((unit.meta.path.to_string(), reason)),
        }
    }

    fn skipped(&mut self, skipped: Skipped) {
        self.feed.skipped.push(skipped);
    }

    fn stopped(&self) -> bool {
        self.flag.load(Ordering::Relaxed)
    }
}

impl Reader<'_> {
    fn take(&mut self, path: &str, bytes: &[u8]) -> Result<(), String> {
        let name = path
            .rsplit(['/', '!'])
            .next()
            .unwrap_or(path)
            .to_ascii_lowercase();
        let role = match self.role {
            Role::Records if name.ends_with(".csv") && name.contains("epss") => Role::Predicted,
            Role::Records if name == "known_exploited_vulnerabilities.json" => Role::Known,
            Role::Records if name.ends_with(".csv") => return Ok(()),
            role => role,
        };
        let feed = &mut *self.feed;
        match role {
            Role::Known => feed.exploits.add_known(bytes).map_err(|error| error.to_string()),
            Role::Predicted => feed
                .exploits
                .add_predicted(bytes)
                .map_err(|error| error.to_string()),
            Role::Records => {
                let record = Record::read(bytes).map_err(|error| error.to_string())?;
                feed.builder.add(record);
                Ok(())
            }
        }
    }
}
