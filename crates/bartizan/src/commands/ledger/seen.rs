//! What logs showed of themselves when we last looked: a log that forgets or forks shows by it.

use crate::error::Error;
use crate::{output, place};
use bartizan_engine::config::Config;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// A log at the time we last looked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Log {
    /// Address of the control plane.
    pub(super) url: String,
    /// Name of the log.
    pub(super) origin: String,
    /// The key that verifies it.
    pub(super) key: String,
    /// Its checkpoint, a signed note.
    pub(super) checkpoint: String,
}

/// Every log that we have seen.
#[derive(Debug, Default)]
pub(super) struct Seen {
    path: PathBuf,
    logs: Vec<Log>,
}

impl Seen {
    /// What is remembered in the data directory.
    pub(super) fn load(config: &Config) -> Result<Self, Error> {
        let path = place::data_dir(config)
            .map(|data| data.join("ledger-seen.json"))
            .ok_or_else(|| {
                Error::usage(
                    "there is no data directory: neither XDG_DATA_HOME nor HOME is set",
                    "name one with `--data-dir DIR`",
                )
            })?;
        let logs = match std::fs::read(&path) {
            Ok(bytes) => serde_json::from_slice(&bytes).map_err(|error| {
                Error::usage(
                    format!("`{}` cannot be read: {error}", path.display()),
                    "restore it; without it a log that forgot something cannot be told from one that did not",
                )
            })?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Vec::new(),
            Err(error) => return Err(Error::reading(&path, &error)),
        };
        Ok(Self { path, logs })
    }

    /// The log of this name that this control plane showed.
    pub(super) fn log(&self, url: &str, origin: &str) -> Option<&Log> {
        self.logs
            .iter()
            .find(|log| log.url == url && log.origin == origin)
    }

    /// Another log that this control plane showed.
    pub(super) fn other(&self, url: &str, origin: &str) -> Option<&Log> {
        self.logs
            .iter()
            .find(|log| log.url == url && log.origin != origin)
    }

    /// Remembers a log, in place of what was remembered of it.
    pub(super) fn remember(&mut self, log: Log) -> Result<(), Error> {
        self.logs
            .retain(|known| known.url != log.url || known.origin != log.origin);
        self.logs.push(log);
        let text = serde_json::to_vec_pretty(&self.logs).unwrap_or_default();
        output::write_private(&self.path, &text)
    }
}
