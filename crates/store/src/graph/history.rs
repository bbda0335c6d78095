//! What happened to findings.

use crate::session::Insert;
use crate::value::{Param, Row};
use crate::{Session, StoreError};

/// Something that happened to a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventRow {
    /// The finding.
    pub finding: i64,
    /// The statement that it comes from.
    pub seq: i64,
    /// What: `opened`, `fixed`, `reopened`, `waived`, `resumed`, `due`, `assigned`, …
    pub kind: String,
    /// When, in milliseconds since 1970.
    pub at: i64,
    /// Who did it.
    pub by: String,
    /// More about it.
    pub note: String,
}

pub(super) fn read(row: &Row) -> Result<EventRow, StoreError> {
    Ok(EventRow {
        finding: row.int(0)?,
        seq: row.int(1)?,
        kind: row.text(2)?,
        at: row.int(3)?,
        by: row.text(4)?,
        note: row.text(5)?,
    })
}

impl Session<'_> {
    /// Keeps what happened.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn add_events(&mut self, events: &[EventRow]) -> Result<(), StoreError> {
        let tenant = self.tenant().0;
        let values: Vec<Param<'_>> = events
            .iter()
            .flat_map(|event| {
                [
                    tenant.into(),
                    event.finding.into(),
                    event.seq.into(),
                    (&event.kind).into(),
                    event.at.into(),
                    (&event.by).into(),
                    (&event.note).into(),
                ]
            })
            .collect();
        let insert = Insert {
            table: "finding_events",
            columns: "tenant, finding, seq, kind, at, by_whom, note",
            tail: "ON CONFLICT (tenant, finding, seq, kind) DO NOTHING",
        };
        self.sql.insert(&insert, &values).map(|_| ())
    }

    /// What happened to a finding, in order.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn events_of(&mut self, finding: i64) -> Result<Vec<EventRow>, StoreError> {
        let tenant = self.tenant().0;
        self.sql.all(
            "SELECT finding, seq, kind, at, by_whom, note FROM finding_events \
             WHERE tenant = $1 AND finding = $2 ORDER BY seq, kind",
            &[tenant.into(), finding.into()],
            read,
        )
    }
}
