//! Making the graph again from the ledger, and proving that it is the one that is there.

use super::absorb::{Source, absorb};
use super::log::IngestError;
use super::what::Rejected;
use bartizan_ledger::statement::Statement;
use bartizan_model::encoding::hex;
use bartizan_store::{Session, Store, StoreError, TenantId};
use sha2::{Digest, Sha256};

/// Statements that are read at once.
const BATCH: i64 = 256;

/// Two graphs that ought to be the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Digest of the one that is there, hexadecimal.
    pub kept: String,
    /// Digest of the one that the ledger gives, hexadecimal.
    pub made: String,
}

/// What a graph was made from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Made {
    /// Statements.
    pub statements: u64,
    /// Statements that were left out, because their body was taken away.
    pub without_body: u64,
    /// Decisions that changed nothing, because what they are about was told by statements whose body was taken away.
    pub about_nothing: u64,
}

/// Makes the graph of a tenant again from the statements whose body is there.
///
/// # Errors
/// When a statement cannot be read, or the store fails; then the graph is as it was.
pub fn rebuild(store: &Store, tenant: TenantId) -> Result<Made, IngestError> {
    store.write(tenant, make)
}

/// Whether the graph of a tenant is the one that its ledger gives; none where it is. Nothing is changed.
///
/// # Errors
/// When a statement cannot be read, or the store fails.
pub fn verify_graph(store: &Store, tenant: TenantId) -> Result<Option<Difference>, IngestError> {
    enum Done {
        Same,
        Other(Difference),
        Failed(IngestError),
    }
    impl From<StoreError> for Done {
        fn from(error: StoreError) -> Self {
            Self::Failed(error.into())
        }
    }
    impl From<IngestError> for Done {
        fn from(error: IngestError) -> Self {
            Self::Failed(error)
        }
    }
    // An error undoes what was written: the comparison is made within a transaction that never ends well.
    let done: Result<(), Done> = store.write(tenant, |session| {
        session.hold_log()?;
        let kept = digest(session)?;
        make(session)?;
        let made = digest(session)?;
        Err(if kept == made {
            Done::Same
        } else {
            Done::Other(Difference { kept, made })
        })
    });
    match done {
        Ok(()) | Err(Done::Same) => Ok(None),
        Err(Done::Other(difference)) => Ok(Some(difference)),
        Err(Done::Failed(error)) => Err(error),
    }
}

pub(super) fn make(session: &mut Session<'_>) -> Result<Made, IngestError> {
    let size = session.hold_log()?;
    session.clear_graph()?;
    let mut made = Made::default();
    let mut from = 0;
    while from < size {
        for row in session.statements(from, (from + BATCH).min(size))? {
            let Some(body) = session.body(row.seq)? else {
                made.without_body += 1;
                continue;
            };
            let inner = super::envelope::statement_of(&body)?;
            let statement = Statement::read(&inner)?;
            let what = super::what::read(&statement)?;
            let source = Source {
                seq: row.seq,
                at: row.received,
                by: &row.pusher,
                predicate: &row.predicate,
            };
            match absorb(session, &source, &what) {
                // Once it was about something, or it would not be in the ledger.
                Err(IngestError::Rejected(Rejected::Missing(_))) if made.without_body > 0 => {
                    made.about_nothing += 1;
                }
                other => {
                    other?;
                }
            }
            made.statements += 1;
        }
        from += BATCH;
    }
    Ok(made)
}

fn digest(session: &mut Session<'_>) -> Result<String, StoreError> {
    let mut hasher = Sha256::new();
    session.each_derived_row(|line| {
        hasher.update(line.as_bytes());
        hasher.update(b"\n");
        Ok(())
    })?;
    Ok(hex(&hasher.finalize()))
}
