//! Advisories from servers: fetched into the data directory, and only where they changed.
//!
//! In: addresses. Out: files. Each address has a directory of its own under `advisories/feeds`, which holds the file and, in
//! `validators.json`, what tells the server whether it changed since.

use super::mirror::{self, LARGEST_LIST};
use crate::error::{Code, Error, plain};
use crate::progress::Transfer;
use bartizan_engine::system::{Machine, System};
use bartizan_source::Digest;
use bartizan_source::http::{Client, Download, Downloaded, Request, Url, Validators};
use serde_json::{Value, json};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

/// Largest file that is fetched, in bytes.
const LARGEST: u64 = 8 << 30;

/// Where fetched files are kept, and how they are fetched.
pub(crate) struct Remote<'a> {
    pub(crate) client: &'a Client,
    pub(crate) directory: PathBuf,
    pub(crate) transfer: &'a Transfer,
}

/// A file that was fetched.
pub(crate) struct Fetched {
    pub(crate) url: Url,
    pub(crate) path: PathBuf,
    /// Bytes that came over the network for it; 0 where it did not change.
    pub(crate) bytes: u64,
}

impl Remote<'_> {
    /// The archives of a mirror.
    pub(crate) fn mirror(&self, base: &Url, wanted: &[String]) -> Result<(Vec<Fetched>, Vec<String>), Error> {
        let list = self.list(base, wanted)?;
        let choice = mirror::choose(&list, wanted)
            .map_err(|error| Error::nothing(format!("{} at `{base}`", error.message), error.help))?;
        let mut fetched = Vec::new();
        for ecosystem in &choice.ecosystems {
            let url = base.below(&[ecosystem, "all.zip"]);
            fetched.push(self.file(&url, ecosystem).map_err(|error| Error {
                message: match error.message.as_str() {
                    "" => String::new(),
                    said => format!("the advisories of {ecosystem} cannot be fetched: {said}"),
                },
                ..error
            })?);
        }
        Ok((fetched, choice.left_out))
    }

    /// The list of ecosystems. A mirror without one has what the user says it has.
    fn list(&self, base: &Url, wanted: &[String]) -> Result<String, Error> {
        let url = base.below(&["ecosystems.txt"]);
        let fetched = self
            .client
            .fetch(&Request::get(&url), LARGEST_LIST, self.transfer)?;
        if fetched.status == 404 && !wanted.is_empty() {
            return Ok(wanted.join("\n"));
        }
        let is_missing = fetched.status == 404;
        let fetched = fetched.success().map_err(|error| {
            let mut error = Error::from(error);
            if is_missing {
                error.help = Some(
                    "check the address, or name with --ecosystem what a mirror without that list has; the old index was kept"
                        .to_owned(),
                );
            }
            error
        })?;
        String::from_utf8(fetched.body).map_err(|_| Error {
            message: format!("`{url}` is no list of ecosystems"),
            help: Some(
                "check the address: it must be that of a mirror in the layout of the OSV bucket".to_owned(),
            ),
            code: Code::Unknown,
        })
    }

    /// One file, fetched unless the one that is here is the one that the server has.
    pub(crate) fn file(&self, url: &Url, name: &str) -> Result<Fetched, Error> {
        let directory = self.directory.join(key_of(url));
        make(&directory)?;
        let path = directory.join(file_name(url));
        let known = known(&directory, &path);
        self.transfer.names(name);
        let outcome = self.client.download(
            &Download {
                request: Request::get(url),
                to: &path,
                limit: LARGEST,
                known: known.as_ref(),
                digest: None,
            },
            self.transfer,
        )?;
        let bytes = match outcome {
            Downloaded::Unchanged => 0,
            Downloaded::Complete {
                validators,
                bytes,
                resumed,
            } => {
                remember(&directory, &validators, bytes)?;
                bytes.saturating_sub(resumed)
            }
        };
        Ok(Fetched {
            url: url.clone(),
            path,
            bytes,
        })
    }
}

impl Fetched {
    /// Forgets what the file is a version of, so that it is fetched anew next time: it cannot be read.
    pub(crate) fn distrust(&self) {
        if let Some(directory) = self.path.parent() {
            let _ = std::fs::remove_file(directory.join(VALIDATORS));
        }
    }
}

const VALIDATORS: &str = "validators.json";

fn key_of(url: &Url) -> String {
    let digest = Digest::sha256(url.request_target().as_bytes());
    digest.hex().chars().take(32).collect()
}

/// The last part of the address, as far as it is fit for a file name.
fn file_name(url: &Url) -> String {
    let name: String = url
        .file_name()
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || "-_.".contains(c) {
                c
            } else {
                '_'
            }
        })
        .collect();
    let name = name.trim_start_matches('.');
    if name.is_empty() || name == VALIDATORS || name.len() > 128 {
        "file.json".to_owned()
    } else {
        name.to_owned()
    }
}

/// What tells the server which version is here; nothing where the file is not the one it was told of.
fn known(directory: &Path, path: &Path) -> Option<Validators> {
    let text = Machine.read_text(&directory.join(VALIDATORS)).ok()?;
    let value: Value = serde_json::from_str(&text).ok()?;
    let size = std::fs::metadata(path).ok()?.len();
    let text = |name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
    (value.get("bytes").and_then(Value::as_u64) == Some(size)).then(|| Validators {
        etag: text("etag"),
        modified: text("modified"),
    })
}

fn remember(directory: &Path, validators: &Validators, bytes: u64) -> Result<(), Error> {
    let value = json!({ "etag": validators.etag, "modified": validators.modified, "bytes": bytes });
    let path = directory.join(VALIDATORS);
    Machine
        .replace(&path, value.to_string().as_bytes())
        .map_err(|error| Error::writing(&path, &error))
}

fn make(directory: &Path) -> Result<(), Error> {
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(directory)
        .map_err(|error| {
            Error::usage(
                format!("cannot make `{}`: {}", directory.display(), plain(&error)),
                "name another place with `--data-dir DIR`",
            )
        })
}
