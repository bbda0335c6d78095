//! Keeps results between scans, so that unchanged files are neither read nor judged again.
//!
//! A result is keyed by everything it depends on: the path, the commit, the content (BLAKE3), the digest of every
//! check, the salt of the caller and the version of this program. The content of a file need not be read when its
//! size, times and inode are those of the last scan; a file changed so recently that its times cannot prove it is
//! read again (the "racy git" problem, <https://git-scm.com/docs/racy-git>). Only complete results are kept:
//! whatever could not be read or judged is tried again. Secrets are masked before findings get here.
//!
//! Stored in one file: a magic number, the key, and the entries in postcard form. It is replaced whole, by rename.

use crate::check::Check;
use crate::collect::{CheckTally, Collector, Tally};
use crate::program::CachedProgram;
use crate::sink::{Content, Fact, InlineWaiver};
use bartizan_model::{Component, Finding, Skipped};
use bartizan_source::{Entry, FileMeta, Signature};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

const MAGIC: &[u8; 8] = b"bzcache7";
/// A file whose times are younger than this at the start of a scan is not trusted by its times.
const RACY_NANOSECONDS: i128 = 2_000_000_000;
/// Largest cache file that is read.
const LARGEST: u64 = 1 << 30;

/// Where results are kept and what else they depend on.
#[derive(Debug, Clone)]
pub struct CacheOptions {
    /// The file; the directory where results are kept by entry.
    pub file: PathBuf,
    /// Whether one file is kept for each entry whose identity is known without reading it, so that targets share them.
    pub by_entry: bool,
    /// Everything outside the checks that changes results: options of the source, for instance.
    pub salt: String,
}

/// A file or archive member that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct CachedUnit {
    pub(crate) path: String,
    pub(crate) bytes: u64,
    pub(crate) content: [u8; 32],
}

/// Result of one entry.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct CachedEntry {
    path: String,
    commit: Option<String>,
    signature: Option<StoredSignature>,
    units: Vec<CachedUnit>,
    /// Files and findings of each check, in the order of the checks.
    checks: Vec<(u64, u64)>,
    /// Findings, components, facts and waiver comments as JSON; none when there are none.
    payload: Option<Vec<u8>>,
    /// What the source wants to know again before results are taken, of entries of which it keeps something.
    kept: Option<Vec<u8>>,
    /// What was not looked at, of those.
    skipped: Vec<Skipped>,
    /// What checks could not judge, of those; by the number of the check.
    errors: Vec<(usize, String)>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum StoredSignature {
    Stat {
        size: u64,
        mtime: i128,
        ctime: i128,
        device: u64,
        inode: u64,
    },
    Object(Vec<u8>),
}

#[derive(Serialize)]
struct PayloadRef<'a> {
    findings: &'a [Finding],
    components: &'a [Component],
    facts: &'a [(usize, Fact)],
    waivers: &'a [(String, InlineWaiver)],
    contents: &'a [Content],
}

#[derive(Deserialize)]
struct Payload {
    findings: Vec<Finding>,
    components: Vec<Component>,
    facts: Vec<(usize, Fact)>,
    waivers: Vec<(String, InlineWaiver)>,
    contents: Vec<Content>,
}

impl CachedEntry {
    pub(crate) fn into_tally(self) -> Tally {
        let mut tally = Tally::new(self.checks.len());
        for (index, (files, findings)) in self.checks.iter().enumerate() {
            *tally.check(index) = CheckTally {
                files: *files,
                findings: *findings,
                ..CheckTally::default()
            };
        }
        if let Some(payload) = self
            .payload
            .and_then(|bytes| serde_json::from_slice::<Payload>(&bytes).ok())
        {
            tally.findings = payload.findings;
            tally.components = payload.components;
            tally.facts = payload.facts;
            tally.waivers = payload.waivers;
            tally.contents = payload.contents;
        }
        for (index, error) in self.errors {
            tally.check(index).errors.push(error);
        }
        tally.skipped = self.skipped;
        tally.units = self.units;
        tally
    }

    pub(crate) fn kept(&self) -> Option<&[u8]> {
        self.kept.as_deref()
    }

    /// The result of an entry of which the source keeps something: what could not be looked at or judged in it follows from its
    /// content as all the rest does. One in which a check broke is tried again.
    pub(crate) fn from_kept(entry: &Entry, tally: &Tally, kept: Vec<u8>) -> Option<Self> {
        if tally.checks.iter().any(|check| !check.panics.is_empty()) {
            return None;
        }
        let errors = tally.checks.iter().enumerate();
        let errors =
            errors.flat_map(|(index, check)| check.errors.iter().map(move |error| (index, error.clone())));
        Some(Self {
            kept: Some(kept),
            skipped: tally.skipped.clone(),
            errors: errors.collect(),
            ..Self::of(entry, tally, 0)
        })
    }

    fn from_tally(entry: &Entry, tally: &Tally, trusted_before: i128) -> Option<Self> {
        let complete = tally.skipped.is_empty()
            && !tally.units.is_empty()
            && tally
                .checks
                .iter()
                .all(|check| check.errors.is_empty() && check.panics.is_empty());
        complete.then(|| Self::of(entry, tally, trusted_before))
    }

    fn of(entry: &Entry, tally: &Tally, trusted_before: i128) -> Self {
        let empty = tally.findings.is_empty()
            && tally.components.is_empty()
            && tally.facts.is_empty()
            && tally.waivers.is_empty();
        let payload = (!empty)
            .then(|| {
                serde_json::to_vec(&PayloadRef {
                    findings: &tally.findings,
                    components: &tally.components,
                    facts: &tally.facts,
                    waivers: &tally.waivers,
                    contents: &tally.contents,
                })
                .ok()
            })
            .flatten();
        Self {
            path: entry.meta.path.to_string(),
            commit: entry.meta.commit.as_deref().map(str::to_owned),
            signature: entry
                .signature
                .as_ref()
                .and_then(|signature| stored(signature, trusted_before)),
            units: tally.units.clone(),
            checks: tally
                .checks
                .iter()
                .map(|check| (check.files, check.findings))
                .collect(),
            payload,
            kept: None,
            skipped: Vec::new(),
            errors: Vec::new(),
        }
    }
}

pub(crate) fn stored(signature: &Signature, trusted_before: i128) -> Option<StoredSignature> {
    match signature {
        Signature::Stat {
            size,
            mtime,
            ctime,
            device,
            inode,
        } => (*mtime.max(ctime) < trusted_before).then_some(StoredSignature::Stat {
            size: *size,
            mtime: *mtime,
            ctime: *ctime,
            device: *device,
            inode: *inode,
        }),
        Signature::Object(id) => Some(StoredSignature::Object(id.clone())),
    }
}

/// Results of the last scan with the same key.
#[derive(Debug)]
pub(crate) struct Cache {
    file: PathBuf,
    key: [u8; 32],
    trusted_before: i128,
    entries: HashMap<String, CachedEntry>,
    programs: Vec<CachedProgram>,
}

impl Cache {
    /// Opens the cache. A file that is absent, damaged, or made with other checks is as good as none.
    pub(crate) fn open(options: &CacheOptions, checks: &[Box<dyn Check>]) -> Self {
        let key = key_of(&options.salt, checks);
        let (entries, programs) = load(&options.file, &key).unwrap_or_default();
        let entries = entries
            .into_iter()
            .map(|entry| (entry.path.clone(), entry))
            .collect();
        Self {
            file: options.file.clone(),
            key,
            trusted_before: trusted_before(),
            entries,
            programs,
        }
    }

    /// What a program of this key came to.
    pub(crate) fn program(&self, key: &[u8; 32]) -> Option<&CachedProgram> {
        self.programs.iter().find(|known| &known.key == key)
    }

    /// The result of an entry whose content is known to be unchanged without reading it.
    pub(crate) fn by_signature(&self, entry: &Entry) -> Option<&CachedEntry> {
        let known = self.same_place(&entry.meta)?;
        let signature = stored(entry.signature.as_ref()?, self.trusted_before)?;
        (known.signature.as_ref() == Some(&signature)).then_some(known)
    }

    /// The result of an entry that is one plain file with these bytes.
    pub(crate) fn by_content(&self, meta: &FileMeta, bytes: &[u8]) -> Option<CachedEntry> {
        let known = self.same_place(meta)?;
        match known.units.as_slice() {
            [unit] if unit.path == known.path && unit.bytes == bytes.len() as u64 => {
                (blake3::hash(bytes).as_bytes() == &unit.content).then(|| known.clone())
            }
            _ => None,
        }
    }

    fn same_place(&self, meta: &FileMeta) -> Option<&CachedEntry> {
        self.entries
            .get(&*meta.path)
            .filter(|known| known.commit.as_deref() == meta.commit.as_deref())
    }

    /// Replaces the file by the results of this scan. Does nothing when every result came from the cache.
    pub(crate) fn store(&self, entries: &[Entry], collected: &Collector) -> io::Result<()> {
        let unchanged = collected.tallies.len() == self.entries.len()
            && collected.tallies.iter().all(|(position, tally)| {
                tally.from_cache
                    && entries
                        .get(*position)
                        .is_some_and(|entry| self.by_signature(entry).is_some())
            })
            && collected.programs.iter().all(|(_, judged)| judged.from_cache);
        if unchanged {
            return Ok(());
        }
        let kept: Vec<CachedEntry> = collected
            .tallies
            .iter()
            .filter_map(|(position, tally)| {
                CachedEntry::from_tally(entries.get(*position)?, tally, self.trusted_before)
            })
            .collect();
        let mut bytes = Vec::with_capacity(kept.len() * 128);
        bytes.extend_from_slice(MAGIC);
        bytes.extend_from_slice(&self.key);
        let programs = collected.programs.iter();
        let programs: Vec<&CachedProgram> = programs.filter_map(|(_, judged)| judged.kept.as_ref()).collect();
        let bytes = postcard::to_extend(&(kept, programs), bytes).map_err(io::Error::other)?;
        replace(&self.file, &bytes)
    }
}

/// Nanoseconds since the epoch: a file that was touched later is not trusted by its times.
pub(crate) fn trusted_before() -> i128 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    now.map_or(0, |now| now.as_nanos() as i128) - RACY_NANOSECONDS
}

pub(crate) fn key_of(salt: &str, checks: &[Box<dyn Check>]) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new_derive_key("bartizan result cache v1");
    hasher.update(env!("CARGO_PKG_VERSION").as_bytes());
    hasher.update(&(salt.len() as u64).to_le_bytes());
    hasher.update(salt.as_bytes());
    for check in checks {
        hasher.update(check.meta().id.as_bytes());
        hasher.update(&[0]);
        if check.looks_at_files() {
            hasher.update(&check.meta().digest);
        }
    }
    *hasher.finalize().as_bytes()
}

fn load(file: &Path, key: &[u8; 32]) -> Option<(Vec<CachedEntry>, Vec<CachedProgram>)> {
    if std::fs::metadata(file).ok()?.len() > LARGEST {
        return None;
    }
    let bytes = std::fs::read(file).ok()?;
    let rest = bytes.strip_prefix(MAGIC)?.strip_prefix(key)?;
    postcard::from_bytes(rest).ok()
}

pub(crate) fn replace(file: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = file.parent().unwrap_or_else(|| Path::new("."));
    std::fs::create_dir_all(folder)?;
    let mut temporary = file.as_os_str().to_owned();
    temporary.push(format!(".{}.tmp", std::process::id()));
    let temporary = PathBuf::from(temporary);
    let written = std::fs::File::create(&temporary).and_then(|mut out| out.write_all(bytes));
    let result = written.and_then(|()| std::fs::rename(&temporary, file));
    if result.is_err() {
        // Best effort: the error that matters is the first one.
        let _ = std::fs::remove_file(&temporary);
    }
    result
}
