//! The outbox: what is to be sent, and what became of it.
//!
//! Whoever sends a delivery claims it first: its next attempt moves to where the claim ends, and its attempts are counted. Of two replicas that
//! want the same the second one finds it claimed; one that died leaves a claim that ends; one that comes back too late finds that the
//! number of attempts is another, and changes nothing.

use crate::value::{Param, Row};
use crate::{Session, StoreError};

/// What became of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeliveryStatus {
    /// It is to be sent.
    Waiting,
    /// The other side took it on.
    Sent,
    /// It was tried for as long as makes sense.
    GivenUp,
}

impl DeliveryStatus {
    const fn number(self) -> i64 {
        match self {
            Self::Waiting => 0,
            Self::Sent => 1,
            Self::GivenUp => 2,
        }
    }

    fn from_number(number: i64) -> Result<Self, StoreError> {
        match number {
            0 => Ok(Self::Waiting),
            1 => Ok(Self::Sent),
            2 => Ok(Self::GivenUp),
            other => Err(StoreError::Corrupt(format!("{other} is no state of a delivery"))),
        }
    }
}

/// A delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Its number within the tenant.
    pub id: i64,
    /// Through which channel.
    pub channel: i64,
    /// What it is known by within the channel.
    pub key: String,
    /// What it is about.
    pub kind: String,
    /// What became of it.
    pub status: DeliveryStatus,
    /// How often it was tried.
    pub attempts: i64,
    /// When it is tried next, in milliseconds since 1970.
    pub next_at: i64,
    /// When it came up, in milliseconds since 1970.
    pub created: i64,
    /// When it was sent or given up, in milliseconds since 1970.
    pub done: Option<i64>,
    /// The remedy that it is about, where it is about one.
    pub remedy: Option<i64>,
    /// JSON of what is told.
    pub payload: String,
    /// Why the last attempt failed; empty where none did.
    pub error: String,
}

/// Something to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDelivery {
    /// Through which channel.
    pub channel: i64,
    /// What it is known by within the channel.
    pub key: String,
    /// What it is about.
    pub kind: String,
    /// When it is sent at the earliest, in milliseconds since 1970.
    pub next_at: i64,
    /// When it came up, in milliseconds since 1970.
    pub created: i64,
    /// The remedy that it is about, where it is about one.
    pub remedy: Option<i64>,
    /// JSON of what is told.
    pub payload: String,
}

/// Which deliveries are asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DeliveryFilter {
    /// Of this channel only.
    pub channel: Option<i64>,
    /// In this state only.
    pub status: Option<DeliveryStatus>,
}

const COLUMNS: &str =
    "id, channel, key, kind, status, attempts, next_at, created, done, remedy, payload, error";

fn read(row: &Row) -> Result<Delivery, StoreError> {
    Ok(Delivery {
        id: row.int(0)?,
        channel: row.int(1)?,
        key: row.text(2)?,
        kind: row.text(3)?,
        status: DeliveryStatus::from_number(row.int(4)?)?,
        attempts: row.int(5)?,
        next_at: row.int(6)?,
        created: row.int(7)?,
        done: row.maybe_int(8)?,
        remedy: row.maybe_int(9)?,
        payload: row.text(10)?,
        error: row.text(11)?,
    })
}

impl Session<'_> {
    /// Puts something into the outbox; out comes its number, none where the channel had the same already.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn add_delivery(&mut self, new: &NewDelivery) -> Result<Option<i64>, StoreError> {
        let tenant = self.tenant().0;
        let id = self.next_id("deliveries")?;
        let added = self.sql.execute(
            "INSERT INTO deliveries (tenant, id, channel, key, kind, status, attempts, next_at, created, done, remedy, payload, error) \
             VALUES ($1, $2, $3, $4, $5, 0, 0, $6, $7, NULL, $8, $9, '') ON CONFLICT (tenant, channel, key) DO NOTHING",
            &[
                tenant.into(),
                id.into(),
                new.channel.into(),
                (&new.key).into(),
                (&new.kind).into(),
                new.next_at.into(),
                new.created.into(),
                new.remedy.into(),
                (&new.payload).into(),
            ],
        )?;
        Ok((added > 0).then_some(id))
    }

    /// The delivery with this number.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn delivery(&mut self, id: i64) -> Result<Option<Delivery>, StoreError> {
        let tenant = self.tenant().0;
        self.sql.first(
            &format!("SELECT {COLUMNS} FROM deliveries WHERE tenant = $1 AND id = $2"),
            &[tenant.into(), id.into()],
            read,
        )
    }

    /// The delivery that a channel knows by this key.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn delivery_by_key(&mut self, channel: i64, key: &str) -> Result<Option<Delivery>, StoreError> {
        let tenant = self.tenant().0;
        self.sql.first(
            &format!("SELECT {COLUMNS} FROM deliveries WHERE tenant = $1 AND channel = $2 AND key = $3"),
            &[tenant.into(), channel.into(), key.into()],
            read,
        )
    }

    /// Says something else with a delivery that was not tried yet; out comes whether it was so.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn reword_delivery(&mut self, id: i64, payload: &str) -> Result<bool, StoreError> {
        let tenant = self.tenant().0;
        let changed = self.sql.execute(
            "UPDATE deliveries SET payload = $3 WHERE tenant = $1 AND id = $2 AND status = 0 AND attempts = 0",
            &[tenant.into(), id.into(), payload.into()],
        )?;
        Ok(changed > 0)
    }

    /// Whether anything is to be sent at `at`, through whichever channel.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn has_waiting_deliveries(&mut self, at: i64) -> Result<bool, StoreError> {
        let tenant = self.tenant().0;
        let found = self.sql.first(
            "SELECT 1 FROM deliveries WHERE tenant = $1 AND status = 0 AND next_at <= $2 LIMIT 1",
            &[tenant.into(), at.into()],
            |row| row.int(0),
        )?;
        Ok(found.is_some())
    }

    /// What is to be sent through a channel at `at`, the longest waiting first, at most `limit`.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn waiting_deliveries(
        &mut self,
        channel: i64,
        at: i64,
        limit: i64,
    ) -> Result<Vec<Delivery>, StoreError> {
        let tenant = self.tenant().0;
        self.sql.all(
            &format!(
                "SELECT {COLUMNS} FROM deliveries WHERE tenant = $1 AND channel = $2 AND status = 0 AND next_at <= $3 \
                 ORDER BY next_at, id LIMIT $4"
            ),
            &[tenant.into(), channel.into(), at.into(), limit.max(0).into()],
            read,
        )
    }

    /// Claims a delivery for one attempt, until `until`. Out comes whether it can be tried: nobody else claimed it.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn claim_delivery(&mut self, delivery: &Delivery, at: i64, until: i64) -> Result<bool, StoreError> {
        let tenant = self.tenant().0;
        let claimed = self.sql.execute(
            "UPDATE deliveries SET next_at = $5, attempts = attempts + 1 \
             WHERE tenant = $1 AND id = $2 AND status = 0 AND attempts = $3 AND next_at <= $4",
            &[
                tenant.into(),
                delivery.id.into(),
                delivery.attempts.into(),
                at.into(),
                until.into(),
            ],
        )?;
        Ok(claimed > 0)
    }

    /// Says what became of the attempt that was the `attempts`th; out comes whether it still counts.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn end_attempt(
        &mut self,
        (id, attempts): (i64, i64),
        status: DeliveryStatus,
        (at, next_at): (i64, i64),
        error: &str,
    ) -> Result<bool, StoreError> {
        let tenant = self.tenant().0;
        let done = (status != DeliveryStatus::Waiting).then_some(at);
        let ended = self.sql.execute(
            "UPDATE deliveries SET status = $4, next_at = $5, done = $6, error = $7 \
             WHERE tenant = $1 AND id = $2 AND status = 0 AND attempts = $3",
            &[
                tenant.into(),
                id.into(),
                attempts.into(),
                status.number().into(),
                next_at.into(),
                done.into(),
                error.into(),
            ],
        )?;
        Ok(ended > 0)
    }

    /// Tries once more what was given up; out comes whether it was given up.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn retry_delivery(&mut self, id: i64, at: i64) -> Result<bool, StoreError> {
        let tenant = self.tenant().0;
        let retried = self.sql.execute(
            "UPDATE deliveries SET status = 0, attempts = 0, next_at = $3, done = NULL WHERE tenant = $1 AND id = $2 AND status = 2",
            &[tenant.into(), id.into(), at.into()],
        )?;
        Ok(retried > 0)
    }

    /// Deliveries before the number `before`, the newest first, at most `limit`.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn newest_deliveries(
        &mut self,
        filter: DeliveryFilter,
        before: i64,
        limit: i64,
    ) -> Result<Vec<Delivery>, StoreError> {
        let mut sql = format!("SELECT {COLUMNS} FROM deliveries WHERE tenant = $1 AND id < $2");
        let mut params: Vec<Param<'_>> = vec![self.tenant().0.into(), before.into(), limit.max(0).into()];
        if let Some(channel) = filter.channel {
            params.push(channel.into());
            sql.push_str(&format!(" AND channel = ${}", params.len()));
        }
        if let Some(status) = filter.status {
            params.push(status.number().into());
            sql.push_str(&format!(" AND status = ${}", params.len()));
        }
        sql.push_str(" ORDER BY id DESC LIMIT $3");
        self.sql.all(&sql, &params, read)
    }

    /// Takes away what came up before `before` and is done, and what was told before.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn sweep_deliveries(&mut self, before: i64) -> Result<(), StoreError> {
        let tenant = self.tenant().0;
        self.sql.execute(
            "DELETE FROM deliveries WHERE tenant = $1 AND created < $2 AND status > 0",
            &[tenant.into(), before.into()],
        )?;
        self.sql
            .execute(
                "DELETE FROM notices WHERE tenant = $1 AND at < $2",
                &[tenant.into(), before.into()],
            )
            .map(|_| ())
    }
}
