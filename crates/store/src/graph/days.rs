//! How many findings were opened and closed, day by day.

use crate::session::Insert;
use crate::value::Param;
use crate::{Session, StoreError};

/// What happened on one day to the findings of one severity.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DayRow {
    /// Days since 1970.
    pub day: i64,
    /// 0 for info to 4 for critical.
    pub severity: i64,
    /// Opened or opened again.
    pub opened: i64,
    /// Fixed.
    pub fixed: i64,
    /// Waived, less those whose waiver ended.
    pub waived: i64,
    /// Milliseconds between opening and closing, summed over those that were fixed.
    pub spent: i64,
    /// Of those that were fixed: how many had an objective.
    pub promised: i64,
    /// Of those: how many were fixed within it.
    pub kept: i64,
}

impl Session<'_> {
    /// Adds to the days.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn add_to_days(&mut self, days: &[DayRow]) -> Result<(), StoreError> {
        let tenant = self.tenant().0;
        let values: Vec<Param<'_>> = days
            .iter()
            .flat_map(|day| {
                [
                    tenant.into(),
                    day.day.into(),
                    day.severity.into(),
                    day.opened.into(),
                    day.fixed.into(),
                    day.waived.into(),
                    day.spent.into(),
                    day.promised.into(),
                    day.kept.into(),
                ]
            })
            .collect();
        let insert = Insert {
            table: "days",
            columns: "tenant, day, severity, opened, fixed, waived, spent, promised, kept",
            tail: "ON CONFLICT (tenant, day, severity) DO UPDATE SET opened = days.opened + excluded.opened, \
                   fixed = days.fixed + excluded.fixed, waived = days.waived + excluded.waived, \
                   spent = days.spent + excluded.spent, \
                   promised = days.promised + excluded.promised, kept = days.kept + excluded.kept",
        };
        self.sql.insert(&insert, &values).map(|_| ())
    }

    /// The days up to and with `last`, in order.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn days(&mut self, last: i64) -> Result<Vec<DayRow>, StoreError> {
        let tenant = self.tenant().0;
        self.sql.all(
            "SELECT day, severity, opened, fixed, waived, spent, promised, kept FROM days \
             WHERE tenant = $1 AND day <= $2 ORDER BY day, severity",
            &[tenant.into(), last.into()],
            |row| {
                Ok(DayRow {
                    day: row.int(0)?,
                    severity: row.int(1)?,
                    opened: row.int(2)?,
                    fixed: row.int(3)?,
                    waived: row.int(4)?,
                    spent: row.int(5)?,
                    promised: row.int(6)?,
                    kept: row.int(7)?,
                })
            },
        )
    }
}
