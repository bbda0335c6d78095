//! Rates that several servers on one database hold somebody to together: token buckets, kept as the one number of the generic cell rate
//! algorithm (<https://en.wikipedia.org/wiki/Generic_cell_rate_algorithm>).

use crate::{Installation, StoreError};

/// How much a bucket grants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BucketRate {
    /// Milliseconds after which one more is granted; at least 1.
    pub interval: i64,
    /// Milliseconds in which a full bucket is drained; at least `interval`.
    pub window: i64,
}

impl Installation<'_> {
    /// Takes one from a bucket at `at` (milliseconds since 1970); out comes after how many milliseconds to ask again, none where it
    /// was granted.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn take_from_bucket(
        &mut self,
        bucket: i64,
        rate: BucketRate,
        at: i64,
    ) -> Result<Option<i64>, StoreError> {
        let next = at.saturating_add(rate.interval);
        let latest = at.saturating_add(rate.window);
        let granted = self.sql.execute(
            "INSERT INTO rates (bucket, full_at) VALUES ($1, $3) ON CONFLICT (bucket) DO UPDATE \
             SET full_at = CASE WHEN rates.full_at > $2 THEN rates.full_at + $4 ELSE $3 END \
             WHERE rates.full_at + $4 <= $5",
            &[
                bucket.into(),
                at.into(),
                next.into(),
                rate.interval.into(),
                latest.into(),
            ],
        )?;
        if granted > 0 {
            return Ok(None);
        }
        let full = self.sql.first(
            "SELECT full_at FROM rates WHERE bucket = $1",
            &[bucket.into()],
            |row| row.int(0),
        )?;
        let wait = full
            .unwrap_or(at)
            .saturating_add(rate.interval)
            .saturating_sub(latest);
        Ok(Some(wait.max(1)))
    }

    /// Puts back what was taken from a bucket.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn give_back_to_bucket(&mut self, bucket: i64, rate: BucketRate) -> Result<(), StoreError> {
        self.sql
            .execute(
                "UPDATE rates SET full_at = full_at - $2 WHERE bucket = $1",
                &[bucket.into(), rate.interval.into()],
            )
            .map(|_| ())
    }
}
