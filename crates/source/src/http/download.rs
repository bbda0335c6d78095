//! A file from a server: resumable, conditional, bounded, verified, and in its place whole or not at all.
//!
//! In: an address and a path. Out: the file, moved into its place in one step once all of it has come. Until then its bytes lie
//! beside it in `NAME.part` with what tells versions of it apart in `NAME.part.of`, so that a later run goes on where this one
//! ended, however it ended. Two runs that fetch the same file do it one after the other.
//! <https://www.rfc-editor.org/rfc/rfc9110#section-14>

use super::patience::{Attempts, pause, retry_after};
use super::{Answer, Client, HttpError, Request, Url, Watch};
use crate::digest::{Digest, Hasher};
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Bytes that are read at once.
const STEP: usize = 128 * 1024;
/// How long to wait before asking again whether another run has finished.
const TURN: Duration = Duration::from_millis(100);

/// What to fetch, and where to put it.
#[derive(Clone, Copy)]
pub struct Download<'a> {
    /// The request; its headers hold no conditions.
    pub request: Request<'a>,
    /// Where the file goes. Its directory exists.
    pub to: &'a Path,
    /// Largest size, in bytes.
    pub limit: u64,
    /// What the file at `to` was when it was fetched: it is not fetched again unless it changed.
    pub known: Option<&'a Validators>,
    /// The digest that the file must have. One that is there already has it.
    pub digest: Option<&'a Digest>,
}

/// What tells one version of a file from another.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Validators {
    /// The entity tag, as the server wrote it.
    pub etag: Option<String>,
    /// When it was changed, as the server wrote it.
    pub modified: Option<String>,
}

impl Validators {
    fn of(answer: &Answer) -> Self {
        let text = |name| answer.header(name).map(str::to_owned);
        Self {
            etag: text("etag"),
            modified: text("last-modified"),
        }
    }

    /// What a part of the file may be continued by: a weak tag does not promise the same bytes.
    fn strong(&self) -> Option<&str> {
        match &self.etag {
            Some(tag) if tag.starts_with("W/") => None,
            Some(tag) => Some(tag),
            None => self.modified.as_deref(),
        }
    }
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Downloaded {
    /// The file at its place is the one that the server has.
    Unchanged,
    /// The file was fetched.
    Complete {
        /// What tells this version of it from others.
        validators: Validators,
        /// Its size, in bytes.
        bytes: u64,
        /// How many of them an earlier attempt had left behind.
        resumed: u64,
    },
}

impl Client {
    /// Fetches a file.
    ///
    /// # Errors
    /// When the file cannot be fetched whole and right. What has come of it is kept for the next run, unless it is wrong.
    pub fn download(&self, download: &Download<'_>, watch: &dyn Watch) -> Result<Downloaded, HttpError> {
        if self.options.offline {
            return Err(HttpError::Offline {
                url: download.request.url.to_string(),
            });
        }
        let mut part = Part::open(download.to, watch)?;
        // Another run may have fetched it while this one waited for its turn.
        if download.digest.is_some() && download.to.exists() {
            part.discard();
            return Ok(Downloaded::Unchanged);
        }
        let mut attempts = Attempts::new(self.options.patience);
        let mut resumed = None;
        loop {
            let before = part.size;
            let (error, wait) = match self.attempt(download, &mut part, &mut resumed, watch) {
                Ok(Outcome::Unchanged) => {
                    part.discard();
                    return Ok(Downloaded::Unchanged);
                }
                Ok(Outcome::Complete(validators)) => match part.verify(download) {
                    Ok(()) => {
                        part.place(download.to)?;
                        return Ok(Downloaded::Complete {
                            validators,
                            bytes: part.size,
                            resumed: resumed.unwrap_or(0),
                        });
                    }
                    // What an earlier run left behind may have suffered when the machine went down.
                    Err(HttpError::Digest { .. }) if resumed.is_some_and(|bytes| bytes > 0) => {
                        part.restart()?;
                        resumed = Some(0);
                        continue;
                    }
                    Err(error) => {
                        part.discard();
                        return Err(error);
                    }
                },
                Ok(Outcome::Refused(error, wait)) => (error, wait),
                Err(error) => (error, None),
            };
            if part.size > before {
                attempts.progressed();
            }
            if let Err(error) = attempts.failed(error, wait, watch) {
                if part.size == 0 {
                    part.discard();
                }
                return Err(error);
            }
        }
    }

    /// Asks once for what is missing.
    fn attempt(
        &self,
        download: &Download<'_>,
        part: &mut Part,
        resumed: &mut Option<u64>,
        watch: &dyn Watch,
    ) -> Result<Outcome, HttpError> {
        let known = part.known(download);
        let range = format!("bytes={}-", part.size);
        let mut headers = download.request.headers.to_vec();
        if part.size > 0 {
            headers.push(("range", &range));
            if let Some(known) = known.as_ref().and_then(Validators::strong) {
                headers.push(("if-range", known));
            }
        }
        if let Some(known) = download.known.filter(|_| download.to.exists()) {
            if let Some(tag) = &known.etag {
                headers.push(("if-none-match", tag));
            } else if let Some(modified) = &known.modified {
                headers.push(("if-modified-since", modified));
            }
        }
        let mut answer = self.exchange(&Request {
            headers: &headers,
            ..download.request
        })?;
        let total = match answer.status() {
            304 if download.known.is_some() => return Ok(Outcome::Unchanged),
            200 => {
                part.restart()?;
                answer.length()
            }
            206 if part.size > 0 => match content_range(answer.header("content-range").unwrap_or_default()) {
                // Not every server that knows ranges knows `If-Range`.
                Some((start, total)) if start == part.size && is_same(known.as_ref(), &answer) => total,
                _ => {
                    part.restart()?;
                    return Err(again(&answer, "it gave another part than was asked for"));
                }
            },
            // The part is as long as the file or longer: it is checked, or fetched anew.
            416 if part.size > 0 => {
                if part.is_right(download)? {
                    return Ok(Outcome::Complete(Validators::of(&answer)));
                }
                part.restart()?;
                return Err(again(&answer, "it has no such part"));
            }
            _ => {
                let wait = answer.header("retry-after").and_then(retry_after);
                return Ok(Outcome::Refused(answer.refusal(), wait));
            }
        };
        let too_large = || HttpError::TooLarge {
            url: download.request.url.to_string(),
            limit: download.limit,
        };
        if total.is_some_and(|total| total > download.limit) {
            part.restart()?;
            return Err(too_large());
        }
        if resumed.is_none() {
            *resumed = Some(part.size);
            watch.expected(total.unwrap_or(0));
            watch.received(part.size);
        }
        let validators = Validators::of(&answer);
        part.remember(download, &validators)?;
        part.fill(&mut answer, download.limit, too_large, watch)?;
        match total {
            Some(total) if part.size < total => Err(again(&answer, "the connection ended early")),
            _ => Ok(Outcome::Complete(validators)),
        }
    }
}

enum Outcome {
    Unchanged,
    Complete(Validators),
    Refused(HttpError, Option<Duration>),
}

/// Whether a part is of the version that is wanted, as far as the server says.
fn is_same(known: Option<&Validators>, answer: &Answer) -> bool {
    match (
        known.and_then(Validators::strong),
        Validators::of(answer).strong(),
    ) {
        (Some(known), Some(now)) => known == now,
        _ => true,
    }
}

fn again(answer: &Answer, cause: &str) -> HttpError {
    HttpError::Unreachable {
        url: answer.shown(),
        cause: cause.to_owned(),
        attempts: 1,
    }
}

/// `bytes 5-9/10`: where the part begins, and how many bytes the whole has.
fn content_range(header: &str) -> Option<(u64, Option<u64>)> {
    let (range, total) = header.trim().strip_prefix("bytes ")?.split_once('/')?;
    let (start, _) = range.split_once('-')?;
    let total = if total == "*" {
        None
    } else {
        Some(total.parse().ok()?)
    };
    Some((start.parse().ok()?, total))
}

/// The bytes that have come so far, in a file that only this run writes to.
struct Part {
    file: File,
    path: PathBuf,
    size: u64,
}

impl Part {
    fn open(to: &Path, watch: &dyn Watch) -> Result<Self, HttpError> {
        let path = beside(to, ".part");
        loop {
            let file = OpenOptions::new()
                .read(true)
                .append(true)
                .create(true)
                .mode(0o600)
                .open(&path)
                .map_err(|error| wrong(&path, &error))?;
            match file.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => {
                    pause(TURN, watch)?;
                    continue;
                }
                Err(TryLockError::Error(error)) => return Err(wrong(&path, &error)),
            }
            let held = file.metadata().map_err(|error| wrong(&path, &error))?;
            // The run that had its turn before may have moved this very file into its place.
            if std::fs::metadata(&path)
                .is_ok_and(|named| (named.dev(), named.ino()) == (held.dev(), held.ino()))
            {
                let size = held.len();
                return Ok(Self { file, path, size });
            }
        }
    }

    /// What the part that is there is a part of: nothing where that is not known, and then it is begun anew.
    fn known(&mut self, download: &Download<'_>) -> Option<Validators> {
        if self.size == 0 || download.digest.is_some() {
            return None;
        }
        let text = std::fs::read_to_string(beside(&self.path, ".of")).unwrap_or_default();
        let mut lines = text.lines();
        let line = |line: Option<&str>| line.filter(|line| !line.is_empty()).map(str::to_owned);
        let is_same = lines.next() == Some(&key_of(download.request.url));
        let known = Validators {
            etag: line(lines.next()),
            modified: line(lines.next()),
        };
        if is_same && known.strong().is_some() {
            return Some(known);
        }
        // What cannot be told from another version is not continued.
        if self.restart().is_err() {
            self.size = 0;
        }
        None
    }

    fn remember(&self, download: &Download<'_>, validators: &Validators) -> Result<(), HttpError> {
        if download.digest.is_some() {
            return Ok(());
        }
        let path = beside(&self.path, ".of");
        let text = format!(
            "{}\n{}\n{}\n",
            key_of(download.request.url),
            validators.etag.as_deref().unwrap_or_default(),
            validators.modified.as_deref().unwrap_or_default()
        );
        std::fs::write(&path, text).map_err(|error| wrong(&path, &error))
    }

    fn restart(&mut self) -> Result<(), HttpError> {
        self.file.set_len(0).map_err(|error| wrong(&self.path, &error))?;
        self.size = 0;
        Ok(())
    }

    fn fill(
        &mut self,
        answer: &mut Answer,
        limit: u64,
        too_large: impl Fn() -> HttpError,
        watch: &dyn Watch,
    ) -> Result<(), HttpError> {
        let mut buffer = vec![0; STEP];
        loop {
            if watch.stopped() {
                return Err(HttpError::Stopped);
            }
            let count = answer.next(&mut buffer)?;
            if count == 0 {
                return Ok(());
            }
            if self.size + count as u64 > limit {
                self.restart()?;
                return Err(too_large());
            }
            self.file
                .write_all(buffer.get(..count).unwrap_or_default())
                .map_err(|error| wrong(&self.path, &error))?;
            self.size += count as u64;
            watch.received(count as u64);
        }
    }

    fn digest(&mut self, mut hasher: Hasher) -> Result<Digest, HttpError> {
        let mut buffer = vec![0; STEP];
        self.file
            .seek(SeekFrom::Start(0))
            .map_err(|error| wrong(&self.path, &error))?;
        loop {
            match self.file.read(&mut buffer) {
                Ok(0) => return Ok(hasher.finish()),
                Ok(count) => hasher.update(buffer.get(..count).unwrap_or_default()),
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) => return Err(wrong(&self.path, &error)),
            }
        }
    }

    fn is_right(&mut self, download: &Download<'_>) -> Result<bool, HttpError> {
        match download.digest {
            Some(expected) => Ok(self.digest(expected.hasher())? == *expected),
            None => Ok(false),
        }
    }

    fn verify(&mut self, download: &Download<'_>) -> Result<(), HttpError> {
        let Some(expected) = download.digest else {
            return Ok(());
        };
        let actual = self.digest(expected.hasher())?;
        if actual == *expected {
            return Ok(());
        }
        Err(HttpError::Digest {
            url: download.request.url.to_string(),
            expected: expected.to_string(),
            actual: actual.to_string(),
        })
    }

    fn place(&self, to: &Path) -> Result<(), HttpError> {
        self.file
            .sync_all()
            .and_then(|()| std::fs::rename(&self.path, to))
            .map_err(|error| wrong(to, &error))?;
        let _ = std::fs::remove_file(beside(&self.path, ".of"));
        Ok(())
    }

    /// Takes the part away. Where that fails a later run does it, or goes on with it.
    fn discard(&self) {
        let _ = std::fs::remove_file(beside(&self.path, ".of"));
        let _ = std::fs::remove_file(&self.path);
    }
}

/// Stands for an address in a file: the address itself may hold a signature.
fn key_of(url: &Url) -> String {
    Digest::sha256(url.request_target().as_bytes()).to_string()
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

fn wrong(path: &Path, error: &std::io::Error) -> HttpError {
    HttpError::File {
        path: path.to_path_buf(),
        cause: super::plain(error),
    }
}
