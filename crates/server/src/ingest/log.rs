//! Appending to the ledger: what is sent twice is taken once, and every leaf goes into the tree.

use super::absorb::{Effect, Source, absorb};
use super::envelope::Opened;
use super::vouch::Claim;
use super::what::{Rejected, What};
use bartizan_ledger::statement::{DECISION, Statement, StatementError};
use bartizan_ledger::tlog::entry::{Entry, EntryError, Received, Trust};
use bartizan_ledger::tlog::{self, TlogError};
use bartizan_store::ledger::{NewStatement, Packed};
use bartizan_store::{Session, Store, StoreError, TenantId};
use sha2::{Digest, Sha256};

/// A statement that comes in.
#[derive(Debug, Clone, Copy)]
pub struct Arrival<'a> {
    /// What was sent, as it was sent: a statement, or an envelope with one.
    pub body: &'a [u8],
    /// The statement in it.
    pub statement: &'a [u8],
    /// Why it is believed.
    pub trust: Trust,
    /// Who sent it.
    pub by: &'a str,
    /// When it came in, in milliseconds since 1970. Should the clock have gone back, the time of the statement before counts.
    pub at: i64,
}

/// What somebody sends.
#[derive(Debug, Clone, Copy)]
pub struct Sent<'a> {
    /// A statement, or an envelope with one.
    pub body: &'a [u8],
    /// Who sends it.
    pub by: &'a str,
    /// When it came in, in milliseconds since 1970.
    pub at: i64,
}

/// What became of a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// Its place in the log.
    pub seq: i64,
    /// SHA-256 of what was sent.
    pub digest: [u8; 32],
    /// Whether it was new; what was there already changes nothing.
    pub is_new: bool,
    /// What it changed.
    pub effect: Effect,
}

/// Why a statement is not taken.
#[derive(Debug, thiserror::Error)]
pub enum IngestError {
    /// It is no statement.
    #[error(transparent)]
    Statement(#[from] StatementError),
    /// Its predicate cannot be read, or says what cannot be.
    #[error(transparent)]
    Rejected(#[from] Rejected),
    /// It cannot be recorded.
    #[error(transparent)]
    Entry(#[from] EntryError),
    /// The log does not fit together.
    #[error("the log is damaged: {0}")]
    Log(String),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Takes a statement in. When this returns without an error the statement is durable, and so is what it changed.
///
/// # Errors
/// When it is no statement or cannot be understood, or the store fails; then nothing was changed.
pub fn take(store: &Store, tenant: TenantId, arrival: &Arrival<'_>) -> Result<Receipt, IngestError> {
    let digest: [u8; 32] = Sha256::digest(arrival.body).into();
    if let Some(receipt) = known(store, tenant, digest)? {
        return Ok(receipt);
    }
    let statement = Statement::read(arrival.statement)?;
    // What takes long is done before anybody has to wait for us.
    let prepared = Prepared::of(digest, &statement, arrival.body)?;
    store.write(tenant, |session| append(session, arrival, &prepared))
}

/// Takes in what somebody sent who may: a statement, or an envelope with one, whose signatures are verified. Decisions are not taken
/// in this way.
///
/// # Errors
/// As [`take`]; when it is a decision, or the policy of the tenant asks for a signature that it lacks.
pub fn push(store: &Store, tenant: TenantId, sent: &Sent<'_>) -> Result<Receipt, IngestError> {
    let digest: [u8; 32] = Sha256::digest(sent.body).into();
    if let Some(receipt) = known(store, tenant, digest)? {
        return Ok(receipt);
    }
    let opened = Opened::read(sent.body)?;
    let statement = Statement::read(opened.statement())?;
    // Who may send evidence may not decide, let alone say that somebody else did.
    if statement.predicate_type == DECISION {
        return Err(Rejected::Decided.into());
    }
    let prepared = Prepared::of(digest, &statement, sent.body)?;
    let claim = Claim::of(store, tenant, &opened)?;
    store.write(tenant, |session| {
        let judged = claim.judge(session, &statement, sent.at)?;
        let arrival = Arrival {
            body: sent.body,
            statement: opened.statement(),
            trust: judged.trust,
            by: sent.by,
            at: sent.at,
        };
        let mut receipt = append(session, &arrival, &prepared)?;
        receipt.effect.problems.extend(judged.remark);
        Ok(receipt)
    })
}

fn known(store: &Store, tenant: TenantId, digest: [u8; 32]) -> Result<Option<Receipt>, IngestError> {
    let row = store.read(tenant, |session| session.statement_by_digest(&digest))?;
    Ok(row.map(|row| seen_before(row.seq, digest)))
}

/// Takes a small statement in, within a transaction that does something else too.
///
/// # Errors
/// As [`take`]; then nothing of the transaction may stay.
pub(super) fn take_within(session: &mut Session<'_>, arrival: &Arrival<'_>) -> Result<Receipt, IngestError> {
    let digest: [u8; 32] = Sha256::digest(arrival.body).into();
    let statement = Statement::read(arrival.statement)?;
    let prepared = Prepared::of(digest, &statement, arrival.body)?;
    append(session, arrival, &prepared)
}

/// Bytes from which on a body is compressed by a thread of its own.
const LARGE: usize = 1 << 20;

/// A statement that was read and understood.
struct Prepared {
    digest: [u8; 32],
    predicate_type: String,
    body: Packed,
    what: What,
}

impl Prepared {
    fn of(digest: [u8; 32], statement: &Statement<'_>, body: &[u8]) -> Result<Self, IngestError> {
        // What is large is compressed while it is read: both take seconds for hundreds of megabytes.
        let (what, body) = if body.len() < LARGE {
            (super::what::read(statement), Packed::of(body))
        } else {
            std::thread::scope(|scope| {
                let packing = scope.spawn(|| Packed::of(body));
                let what = super::what::read(statement);
                (what, packing.join().unwrap_or_else(|_| Packed::of(body)))
            })
        };
        Ok(Self {
            digest,
            predicate_type: statement.predicate_type.clone(),
            what: what?,
            body,
        })
    }
}

fn append(
    session: &mut Session<'_>,
    arrival: &Arrival<'_>,
    prepared: &Prepared,
) -> Result<Receipt, IngestError> {
    let digest = prepared.digest;
    let size = session.hold_log()?;
    if let Some(row) = session.statement_by_digest(&digest)? {
        return Ok(seen_before(row.seq, digest));
    }
    let before = match size {
        0 => 0,
        _ => session.statement(size - 1)?.map_or(0, |row| row.received),
    };
    let at = arrival.at.max(before);
    let entry = Entry::new(
        digest,
        prepared.predicate_type.as_str(),
        Received::from_unix_milliseconds(at)?,
        arrival.by,
        arrival.trust,
    )?;
    let leaf = entry.encode();
    let trust_text = arrival.trust.to_string();
    session.append_statement(
        size,
        &NewStatement {
            digest: &digest,
            predicate: &prepared.predicate_type,
            received: at,
            pusher: arrival.by,
            trust: &trust_text,
            entry: &leaf,
            body: &prepared.body,
        },
    )?;
    grow(session, size, &leaf)?;
    let source = Source {
        seq: size,
        at,
        by: arrival.by,
        predicate: &prepared.predicate_type,
    };
    let effect = absorb(session, &source, &prepared.what)?;
    Ok(Receipt {
        seq: size,
        digest,
        is_new: true,
        effect,
    })
}

fn seen_before(seq: i64, digest: [u8; 32]) -> Receipt {
    Receipt {
        seq,
        digest,
        is_new: false,
        effect: Effect::default(),
    }
}

/// Brings a leaf into the tree.
fn grow(session: &mut Session<'_>, size: i64, leaf: &[u8]) -> Result<(), IngestError> {
    let size = u64::try_from(size).map_err(|_| IngestError::Log("its size is negative".to_owned()))?;
    let appended = tlog::append(size, &[tlog::leaf_hash(leaf)], &mut |tile| {
        let index = i64::try_from(tile.index()).unwrap_or(i64::MAX);
        session
            .tile(i64::from(tile.level()), index)
            .map(Option::unwrap_or_default)
    })
    .map_err(|error| match error {
        TlogError::Tiles(error) => IngestError::Store(error),
        other => IngestError::Log(other.to_string()),
    })?;
    session.set_tiles(appended.writes.iter().map(|write| {
        let index = i64::try_from(write.tile.index()).unwrap_or(i64::MAX);
        (i64::from(write.tile.level()), index, write.bytes.as_slice())
    }))?;
    Ok(())
}
