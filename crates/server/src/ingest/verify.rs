//! Proving that nothing of a ledger was changed: every body has the digest of its record, every record is the leaf that the tree has
//! at its place, what stands beside it says the same, and what was taken away was taken away by a statement.

use super::log::IngestError;
use bartizan_ledger::decision::Decision;
use bartizan_ledger::statement::{DECISION, Statement};
use bartizan_ledger::tlog::entry::Entry;
use bartizan_ledger::tlog::{self, TILE_WIDTH, Tile};
use bartizan_model::encoding::hex;
use bartizan_store::ledger::StatementRow;
use bartizan_store::{Session, Store, TenantId};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fmt;

/// Statements that are read at once: a tile of them.
const BATCH: i64 = TILE_WIDTH as i64;
/// Faults that are told.
const MOST: usize = 100;

/// What is wrong with a ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// There is no statement at a place where there must be one.
    Missing(i64),
    /// There is a statement behind the end.
    Beyond(i64),
    /// The record is not in its one form.
    Record(i64),
    /// A column says something else than the record.
    Column(i64, &'static str),
    /// What came in does not have the digest of the record.
    Body(i64),
    /// What came in is gone, and no statement says why.
    Gone(i64),
    /// The tree has another leaf or node.
    Tile(u8, u64),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(seq) => write!(f, "statement {seq} is missing"),
            Self::Beyond(seq) => write!(f, "statement {seq} stands behind the end of the log"),
            Self::Record(seq) => write!(
                f,
                "the record of statement {seq} was changed: it is not in its form"
            ),
            Self::Column(seq, what) => write!(
                f,
                "statement {seq} was changed: its {what} is not that of its record"
            ),
            Self::Body(seq) => write!(
                f,
                "statement {seq} was changed: it does not have the digest of its record"
            ),
            Self::Gone(seq) => write!(
                f,
                "what statement {seq} said is gone, and no later statement says why"
            ),
            Self::Tile(level, index) => write!(
                f,
                "the tree does not fit the records: tile {index} of level {level} was changed, or a record of it"
            ),
        }
    }
}

/// A statement whose body was taken away, as a later statement says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TakenAway {
    /// Its place.
    pub statement: i64,
    /// Place of the statement that says so.
    pub told: i64,
    /// Who took it away.
    pub by: String,
    /// When, in milliseconds since 1970.
    pub at: i64,
    /// Why.
    pub reason: String,
}

/// What was found of a ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// Statements.
    pub size: u64,
    /// Root of the tree over them, hexadecimal.
    pub root: String,
    /// Statements whose body was taken away, as a later statement says.
    pub taken_away: Vec<TakenAway>,
    /// What is wrong, a hundred faults at most.
    pub faults: Vec<Fault>,
}

/// Reads the whole ledger of a tenant and proves it. Nothing is changed.
///
/// # Errors
/// When the store fails. What is wrong with the ledger is no error but a fault.
pub fn verify_log(store: &Store, tenant: TenantId) -> Result<Proof, IngestError> {
    store.read(tenant, |session| {
        let size = session.log_size()?;
        let mut check = Check::default();
        let mut leaves = Vec::new();
        let mut from = 0;
        while from < size {
            let to = (from + BATCH).min(size);
            let rows = session.statements(from, to)?;
            let mut expected = from;
            for row in &rows {
                for missing in expected..row.seq {
                    check.fault(Fault::Missing(missing));
                    leaves.push([0; 32]);
                }
                expected = row.seq + 1;
                check.statement(session, row)?;
                leaves.push(tlog::leaf_hash(&row.entry));
            }
            for missing in expected..to {
                check.fault(Fault::Missing(missing));
                leaves.push([0; 32]);
            }
            from = to;
        }
        for row in session.statements(size, i64::MAX)? {
            check.fault(Fault::Beyond(row.seq));
        }
        let taken_away = check.taken_away();
        let root = tree(session, &leaves, &mut check)?;
        Ok(Proof {
            size: u64::try_from(size).unwrap_or(0),
            root,
            taken_away,
            faults: check.faults,
        })
    })
}

#[derive(Default)]
struct Check {
    faults: Vec<Fault>,
    /// Statements without a body, and the digest that it had.
    gone: BTreeMap<i64, String>,
    /// What statements say was taken away, and the digest that it had.
    taken: BTreeMap<i64, (String, TakenAway)>,
}

impl Check {
    fn fault(&mut self, fault: Fault) {
        if self.faults.len() < MOST {
            self.faults.push(fault);
        }
    }

    fn statement(&mut self, session: &mut Session<'_>, row: &StatementRow) -> Result<(), IngestError> {
        let Ok(entry) = Entry::parse(&row.entry) else {
            self.fault(Fault::Record(row.seq));
            return Ok(());
        };
        let same = [
            ("digest", entry.statement().as_slice() == row.digest.as_slice()),
            ("predicate type", entry.predicate_type() == row.predicate),
            ("time", entry.received().unix_milliseconds() == row.received),
            ("sender", entry.by() == row.pusher),
            ("trust", entry.trust().to_string() == row.trust),
        ];
        for (what, is_same) in same {
            if !is_same {
                self.fault(Fault::Column(row.seq, what));
            }
        }
        let body = match session.body(row.seq) {
            Ok(Some(body)) => body,
            Ok(None) => {
                self.gone.insert(row.seq, hex(entry.statement()));
                return Ok(());
            }
            Err(bartizan_store::StoreError::Corrupt(_)) => {
                self.fault(Fault::Body(row.seq));
                return Ok(());
            }
            Err(error) => return Err(error.into()),
        };
        let digest: [u8; 32] = Sha256::digest(&body).into();
        if &digest != entry.statement() {
            self.fault(Fault::Body(row.seq));
        } else if row.predicate == DECISION
            && let Ok(inner) = super::envelope::statement_of(&body)
            && let Ok(statement) = Statement::read(&inner)
            && let Ok(Decision::TakeAway {
                statement,
                digest,
                reason,
            }) = Decision::read(statement.predicate())
        {
            let taken = TakenAway {
                statement: i64::try_from(statement).unwrap_or(i64::MAX),
                told: row.seq,
                by: row.pusher.clone(),
                at: row.received,
                reason,
            };
            self.taken.entry(taken.statement).or_insert((digest, taken));
        }
        Ok(())
    }

    /// What was taken away as a later statement says; where none says so, or one of another body, it is a fault.
    fn taken_away(&mut self) -> Vec<TakenAway> {
        let mut told = Vec::new();
        for (seq, digest) in std::mem::take(&mut self.gone) {
            match self.taken.remove(&seq) {
                Some((taken, tale)) if taken == digest && tale.told > seq => told.push(tale),
                _ => self.fault(Fault::Gone(seq)),
            }
        }
        told
    }
}

/// Makes the tree of the leaves and holds every tile against the one that is kept. Out comes the root.
fn tree(session: &mut Session<'_>, leaves: &[tlog::Hash], check: &mut Check) -> Result<String, IngestError> {
    let mut made: BTreeMap<(u8, u64), Vec<u8>> = BTreeMap::new();
    let mut size = 0_u64;
    let mut root = tlog::empty_root();
    for batch in leaves.chunks(usize::from(TILE_WIDTH)) {
        let appended = tlog::append(size, batch, &mut |tile: Tile| {
            Ok::<_, std::convert::Infallible>(
                made.get(&(tile.level(), tile.index()))
                    .cloned()
                    .unwrap_or_default(),
            )
        })
        .map_err(|error| IngestError::Log(error.to_string()))?;
        size = appended.size;
        root = appended.root;
        for write in appended.writes {
            made.insert((write.tile.level(), write.tile.index()), write.bytes);
        }
    }
    for ((level, index), bytes) in &made {
        let kept = session.tile(i64::from(*level), i64::try_from(*index).unwrap_or(i64::MAX))?;
        if kept.as_deref() != Some(bytes.as_slice()) {
            check.fault(Fault::Tile(*level, *index));
        }
    }
    Ok(hex(&root))
}
