//! One statement of the log of a control plane: that its record is in the tree, and what became of what was sent.

use super::remote::{Server, of_tiles, wrong};
use crate::error::Error;
use bartizan_ledger::decision::Decision;
use bartizan_ledger::statement::{DECISION, Statement};
use bartizan_ledger::tlog::entry::Entry;
use bartizan_ledger::tlog::{self, TILE_WIDTH, Tile, leaf_hash, verify_inclusion};
use bartizan_model::encoding::hex;
use bartizan_server::sha256;
use bartizan_trust::checkpoint::Checkpoint;
use serde::Deserialize;
use std::fmt::Write;

/// Bytes of a statement at most.
const LARGEST: u64 = 512 << 20;

/// What the control plane says of a statement.
#[derive(Deserialize)]
struct Told {
    taken_away: Option<TakenAway>,
}

#[derive(Deserialize)]
struct TakenAway {
    statement: u64,
}

/// Proves that the statement is in the log, and says what its record says and whether what was sent is there.
pub(super) fn show(
    server: &mut Server<'_>,
    seq: u64,
    log: &Checkpoint,
    out: &mut String,
) -> Result<(), Error> {
    let record = included(server, seq, log)?;
    let _ = writeln!(out, "statement {seq}: {}", String::from_utf8_lossy(&record));
    let entry = Entry::parse(&record).map_err(|error| wrong(error.to_string()))?;
    if body(server, seq, &entry)?.is_some() {
        let _ = writeln!(out, "statement {seq}: what was sent has the digest of the record");
        return Ok(());
    }
    let told: Told = server.plane.get(&format!("/api/v1/statements/{seq}"))?;
    let Some(taken) = told.taken_away else {
        return Err(wrong(format!(
            "what statement {seq} said is gone, and nothing says why"
        )));
    };
    let (by, reason) = tombstone(server, (seq, &entry), taken.statement, log)?;
    let _ = writeln!(
        out,
        "statement {seq}: what was sent was taken away by {by}, as statement {} says, which is in the log: {reason}",
        taken.statement
    );
    Ok(())
}

/// The record of a statement, which is in the tree.
fn included(server: &mut Server<'_>, seq: u64, log: &Checkpoint) -> Result<Vec<u8>, Error> {
    let width = u64::from(TILE_WIDTH);
    let missing = || {
        Error::nothing(
            format!("there is no statement {seq}: the log has {}", log.size()),
            "statements are counted from 0",
        )
    };
    if seq >= log.size() {
        return Err(missing());
    }
    let tile = Tile::in_tree(0, seq / width, log.size()).ok_or_else(missing)?;
    let place = usize::try_from(seq % width).unwrap_or(usize::MAX);
    let record = server.records(tile)?.into_iter().nth(place).ok_or_else(missing)?;
    let proof = tlog::inclusion_proof(seq, log.size(), &mut |tile| server.tile(tile)).map_err(of_tiles)?;
    verify_inclusion(&leaf_hash(&record), seq, log.size(), log.root(), &proof)
        .map_err(|error| wrong(format!("statement {seq} is not in the log: {error}")))?;
    Ok(record)
}

/// What was sent, which has the digest of the record; none where it is gone.
fn body(server: &Server<'_>, seq: u64, entry: &Entry) -> Result<Option<Vec<u8>>, Error> {
    let body = server
        .plane
        .bytes(&format!("/api/v1/statements/{seq}/body"), LARGEST)?;
    match body {
        Some(body) if sha256(&body) != *entry.statement() => Err(wrong(format!(
            "statement {seq} was changed: it does not have the digest of its record"
        ))),
        other => Ok(other),
    }
}

/// Who took a body away and why, as a statement of the log says.
fn tombstone(
    server: &mut Server<'_>,
    (seq, entry): (u64, &Entry),
    told: u64,
    log: &Checkpoint,
) -> Result<(String, String), Error> {
    let nothing = || {
        wrong(format!(
            "what statement {seq} said is gone, and statement {told} does not say why"
        ))
    };
    let record = included(server, told, log)?;
    let teller = Entry::parse(&record).map_err(|error| wrong(error.to_string()))?;
    let body = body(server, told, &teller)?.ok_or_else(nothing)?;
    let statement = Statement::read(&body).map_err(|_| nothing())?;
    let decision = Decision::read(statement.predicate()).map_err(|_| nothing())?;
    match decision {
        Decision::TakeAway {
            statement,
            digest,
            reason,
        } if teller.predicate_type() == DECISION
            && told > seq
            && statement == seq
            && digest == hex(entry.statement()) =>
        {
            Ok((teller.by().to_owned(), reason))
        }
        _ => Err(nothing()),
    }
}
