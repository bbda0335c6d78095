//! What has to do with access is a statement of the tenant's ledger, appended in the transaction that does it: who signed in, who
//! was let in, which token was made. No secret is ever in one, nor a hash of one.

pub(crate) use crate::ingest::OURSELVES;
use crate::ingest::{self, IngestError};
use bartizan_ledger::decision::Decision;
use bartizan_store::Session;

/// Something that happened.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Access<'a> {
    /// What: `sign-in`, `token-made`, …
    pub(crate) event: &'a str,
    /// To whom: a login.
    pub(crate) subject: &'a str,
    /// More about it.
    pub(crate) detail: &'a str,
    /// Who did it: a login, or [`OURSELVES`].
    pub(crate) by: &'a str,
    /// When, in milliseconds since 1970.
    pub(crate) at: i64,
}

/// Appends it to the ledger of the tenant.
///
/// # Errors
/// Those of the ledger and of the engine; then nothing of the transaction may stay.
pub(crate) fn record(session: &mut Session<'_>, access: &Access<'_>) -> Result<(), IngestError> {
    let decision = Decision::Access {
        event: access.event.to_owned(),
        subject: access.subject.to_owned(),
        detail: access.detail.to_owned(),
    };
    ingest::record(session, &decision, access.by, access.at).map(|_| ())
}
