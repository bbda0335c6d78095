//! `bartizan ledger verify --server`: proves that the log of a control plane only grew since we last looked, without believing the
//! control plane.
//!
//! In: its signed checkpoint, its entries and its tiles (<https://c2sp.org/tlog-tiles>), the key to trust, and the checkpoint that we
//! saw last. Out: what is proved, or an error with exit code 1.

use super::seen::{Log, Seen};
use crate::args::{Common, RemoteArgs};
use crate::error::{Code, Error, Outcome};
use crate::output::print;
use crate::plane::Plane;
use crate::terminal::Terminal;
use bartizan_ledger::tlog::{
    self, Hash, TILE_WIDTH, Tile, TilePath, TlogError, append, bundle, leaf_hash, verify_consistency,
};
use bartizan_model::encoding::hex;
use bartizan_trust::checkpoint::Checkpoint;
use bartizan_trust::note::{MAX_NOTE, Note, VerifierKey};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fmt::Write;

/// Bytes of a tile or bundle at most.
const LARGEST: u64 = 32 << 20;

/// Where the log of the tenant lies.
#[derive(Deserialize)]
struct Head {
    path: String,
    origin: Option<String>,
    key: Option<String>,
}

/// Something that an honest log does not do.
pub(super) fn wrong(message: impl Into<String>) -> Error {
    Error {
        message: message.into(),
        help: Some(
            "keep what you have, and ask the operator of the control plane and others who use it what they saw".to_owned(),
        ),
        code: Code::Failed,
    }
}

/// Verifies the log, and remembers what was seen.
pub(super) fn run(common: &Common, args: &RemoteArgs, terminal: Terminal) -> Outcome {
    let config = super::super::serve::configuration(common)?;
    let plane = Plane::open(common, &config)?;
    let mut seen = Seen::load(&config)?;
    let head: Head = plane.get("/api/v1/log")?;
    if !head.path.starts_with("/api/v1/logs/") {
        return Err(wrong(format!(
            "{} does not say where its log is",
            plane.address()
        )));
    }
    let key = trusted(&plane, &head, args, &seen, terminal)?;
    let server = Server {
        plane: &plane,
        path: head.path,
        held: BTreeMap::new(),
    };
    let text = server.checkpoint()?;
    let now = read(&text, &key)?;
    let before = match seen.log(plane.address(), key.name()) {
        Some(log) => read(log.checkpoint.as_bytes(), &key).map(Some).map_err(|error| {
            Error::usage(
                format!("what is remembered of this log is damaged: {}", error.message),
                "restore ledger-seen.json of the data directory",
            )
        })?,
        None => None,
    };
    let mut out = String::new();
    let proved = prove(server, before.as_ref(), &now, args.all)?;
    seen.remember(Log {
        url: plane.address().to_owned(),
        origin: key.name().to_owned(),
        key: key.to_string(),
        checkpoint: String::from_utf8_lossy(&text).into_owned(),
    })?;
    let _ = writeln!(
        out,
        "{}: {} statements, root {}, signed by {key}",
        now.origin(),
        now.size(),
        hex(now.root())
    );
    let _ = match &before {
        Some(before) => writeln!(
            out,
            "it continues the log of {} statements that was seen before; {} records are those of the tree",
            before.size(),
            proved.entries
        ),
        None => writeln!(
            out,
            "it was not seen before; {} records are those of the tree",
            proved.entries
        ),
    };
    let mut server = proved.server;
    for seq in &args.entry {
        super::entry::show(&mut server, *seq, &now, &mut out)?;
    }
    print(out)?;
    Ok(0)
}

/// The key that the log has to be signed with.
fn trusted(
    plane: &Plane,
    head: &Head,
    args: &RemoteArgs,
    seen: &Seen,
    terminal: Terminal,
) -> Result<VerifierKey, Error> {
    let parse = |text: &str, whose: &str| {
        text.trim().parse::<VerifierKey>().map_err(|error| {
            Error::usage(
                format!("{whose} cannot be used: {error}"),
                "write it as `bartizan ledger verify --server` prints it: NAME+NUMBER+KEY",
            )
        })
    };
    if let Some(text) = &args.key {
        return parse(text, "the key of --key");
    }
    let (Some(origin), Some(shown)) = (&head.origin, &head.key) else {
        return Err(Error::usage(
            format!("{} signs no checkpoints", plane.address()),
            "start the server with `--log-key FILE`, the same on every replica, or verify the database itself",
        ));
    };
    if let Some(log) = seen.log(plane.address(), origin) {
        return parse(&log.key, "the key that is remembered");
    }
    if let Some(other) = seen.other(plane.address(), origin) {
        return Err(wrong(format!(
            "{} shows the log {origin}, and showed {} before; where that is meant, name its key: --key {shown}",
            plane.address(),
            other.origin
        )));
    }
    terminal.note(format!(
        "this log was not seen before: its key is believed now and pinned; compare it with what the operator has: {shown}"
    ));
    parse(shown, "the key of the server")
}

fn read(note: &[u8], key: &VerifierKey) -> Result<Checkpoint, Error> {
    let note = Note::parse(note).map_err(|error| wrong(error.to_string()))?;
    Checkpoint::verify(&note, key.name(), std::slice::from_ref(key)).map_err(|error| wrong(error.to_string()))
}

/// The log as the control plane serves it.
pub(super) struct Server<'p> {
    pub(super) plane: &'p Plane,
    path: String,
    /// Tiles that were made or fetched, by level and index.
    held: BTreeMap<(u8, u64), Vec<u8>>,
}

impl Server<'_> {
    fn checkpoint(&self) -> Result<Vec<u8>, Error> {
        let path = format!("{}/checkpoint", self.path);
        self.plane
            .bytes(&path, MAX_NOTE as u64)?
            .ok_or_else(|| wrong(format!("{} has no checkpoint", self.plane.address())))
    }

    fn fetch(&self, path: TilePath) -> Result<Vec<u8>, Error> {
        self.plane
            .bytes(&format!("{}/{path}", self.path), LARGEST)?
            .ok_or_else(|| {
                wrong(format!(
                    "the control plane signed a log that has {path}, and does not have it"
                ))
            })
    }

    /// A tile, as it was made or as the control plane has it.
    pub(super) fn tile(&mut self, tile: Tile) -> Result<Vec<u8>, Error> {
        let place = (tile.level(), tile.index());
        let needed = usize::from(tile.width()) * size_of::<Hash>();
        if let Some(bytes) = self.held.get(&place).filter(|bytes| bytes.len() >= needed) {
            return Ok(bytes.clone());
        }
        let bytes = self.fetch(TilePath::Hashes(tile))?;
        self.held.insert(place, bytes.clone());
        Ok(bytes)
    }

    /// The records that belong to a tile of level 0.
    pub(super) fn records(&self, tile: Tile) -> Result<Vec<Vec<u8>>, Error> {
        let bytes = self.fetch(TilePath::Entries(tile))?;
        let records = bundle::decode(&bytes).map_err(|error| wrong(error.to_string()))?;
        if records.len() != usize::from(tile.width()) {
            return Err(wrong(format!(
                "{} has {} records instead of {}",
                TilePath::Entries(tile),
                records.len(),
                tile.width()
            )));
        }
        Ok(records.into_iter().map(<[u8]>::to_vec).collect())
    }
}

/// What was proved.
struct Proved<'p> {
    server: Server<'p>,
    entries: u64,
}

/// Proves that the log continues the one that was seen, and that its records since then, or all of them, are those of the tree.
fn prove<'p>(
    mut server: Server<'p>,
    before: Option<&Checkpoint>,
    now: &Checkpoint,
    all: bool,
) -> Result<Proved<'p>, Error> {
    let mut from = 0;
    if let Some(before) = before {
        if before.size() > now.size() {
            return Err(wrong(format!(
                "the log was rolled back: it had {} statements when it was last seen, and says it has {}",
                before.size(),
                now.size()
            )));
        }
        let proof = tlog::consistency_proof(before.size(), now.size(), &mut |tile| server.tile(tile))
            .map_err(of_tiles)?;
        verify_consistency(before.size(), before.root(), now.size(), now.root(), &proof).map_err(|_| {
            wrong(format!(
                "the log was forked: its first {} statements are not those that were seen",
                before.size()
            ))
        })?;
        if !all {
            from = before.size();
            let root = tlog::root(from, &mut |tile| server.tile(tile)).map_err(of_tiles)?;
            if root != *before.root() {
                return Err(wrong("the tiles of the log are not those that were seen"));
            }
        }
    }
    // What was fetched to prove the one is not believed for the other.
    let old = from;
    server
        .held
        .retain(|(level, index), _| Tile::in_tree(*level, *index, old).is_some());
    let entries = grow(&mut server, from, now)?;
    Ok(Proved { server, entries })
}

/// Makes the tree again from the records behind the first `from`; it has to come out as signed.
fn grow(server: &mut Server<'_>, from: u64, now: &Checkpoint) -> Result<u64, Error> {
    let width = u64::from(TILE_WIDTH);
    let (mut size, mut root) = (from, None);
    while size < now.size() {
        let index = size / width;
        let Some(tile) = Tile::in_tree(0, index, now.size()) else {
            break;
        };
        let known = usize::try_from(size - index * width).unwrap_or(usize::MAX);
        let leaves: Vec<Hash> = server
            .records(tile)?
            .iter()
            .skip(known)
            .map(|record| leaf_hash(record))
            .collect();
        let grown = append(size, &leaves, &mut |tile| server.tile(tile)).map_err(of_tiles)?;
        for write in grown.writes {
            server
                .held
                .insert((write.tile.level(), write.tile.index()), write.bytes);
        }
        size = grown.size;
        root = Some(grown.root);
    }
    let root = match root {
        Some(root) => root,
        None => tlog::root(size, &mut |tile| server.tile(tile)).map_err(of_tiles)?,
    };
    if root != *now.root() {
        return Err(wrong(
            "the records of the log are not those of the tree that is signed",
        ));
    }
    Ok(size - from)
}

pub(super) fn of_tiles(error: TlogError<Error>) -> Error {
    match error {
        TlogError::Tiles(error) => error,
        TlogError::TileLength { level, index, .. } => wrong(format!(
            "tile {index} of level {level} is not one of a log of the signed size"
        )),
        TlogError::OutOfRange { .. } | TlogError::Full => wrong("the log is not of the size that is signed"),
    }
}
