//! Channels, and the issues that were made through them.

use crate::value::Row;
use crate::{Session, StoreError};

/// A way to tell others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChannelRow {
    /// Its number within the tenant.
    pub id: i64,
    /// What it is called, unique within the tenant.
    pub name: String,
    /// What kind it is.
    pub kind: String,
    /// Whether anything is sent.
    pub enabled: bool,
    /// JSON, nothing of it secret.
    pub settings: String,
    /// Secrets, encrypted.
    pub sealed: Vec<u8>,
    /// Random, of its own.
    pub uid: String,
    /// When the interval began in which messages are counted, in milliseconds since 1970.
    pub since: i64,
    /// How many there were in it.
    pub messages: i64,
    /// When it was made, in milliseconds since 1970.
    pub created: i64,
}

/// An issue that was made elsewhere for a fix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssueRow {
    /// Through which channel.
    pub channel: i64,
    /// For which remedy.
    pub remedy: i64,
    /// What it is known by there.
    pub number: String,
    /// Where people see it.
    pub url: String,
    /// Whether it is open, as far as we know.
    pub is_open: bool,
}

const COLUMNS: &str = "id, name, kind, enabled, settings, sealed, uid, since, messages, created";

fn read(row: &Row) -> Result<ChannelRow, StoreError> {
    Ok(ChannelRow {
        id: row.int(0)?,
        name: row.text(1)?,
        kind: row.text(2)?,
        enabled: row.flag(3)?,
        settings: row.text(4)?,
        sealed: row.bytes(5)?,
        uid: row.text(6)?,
        since: row.int(7)?,
        messages: row.int(8)?,
        created: row.int(9)?,
    })
}

impl Session<'_> {
    /// Every channel, by number.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn channels(&mut self) -> Result<Vec<ChannelRow>, StoreError> {
        let tenant = self.tenant().0;
        self.sql.all(
            &format!("SELECT {COLUMNS} FROM channels WHERE tenant = $1 ORDER BY id"),
            &[tenant.into()],
            read,
        )
    }

    /// The channel with this number.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn channel(&mut self, id: i64) -> Result<Option<ChannelRow>, StoreError> {
        let tenant = self.tenant().0;
        self.sql.first(
            &format!("SELECT {COLUMNS} FROM channels WHERE tenant = $1 AND id = $2"),
            &[tenant.into(), id.into()],
            read,
        )
    }

    /// The next free number of a channel; [`Session::hold_log`] is to come first. A number is never given twice while something is known
    /// of what was sent under it.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn next_channel(&mut self) -> Result<i64, StoreError> {
        self.next_id("channels")
    }

    /// Adds a channel.
    ///
    /// # Errors
    /// [`StoreError::Refused`] when the name is taken, and those of the engine.
    pub fn add_channel(&mut self, row: &ChannelRow) -> Result<(), StoreError> {
        let tenant = self.tenant().0;
        self.sql
            .execute(
                &format!(
                    "INSERT INTO channels (tenant, {COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"
                ),
                &[
                    tenant.into(),
                    row.id.into(),
                    (&row.name).into(),
                    (&row.kind).into(),
                    row.enabled.into(),
                    (&row.settings).into(),
                    (&row.sealed).into(),
                    (&row.uid).into(),
                    row.since.into(),
                    row.messages.into(),
                    row.created.into(),
                ],
            )
            .map(|_| ())
    }

    /// Changes what a channel is called, whether it sends, where to, and its secrets.
    ///
    /// # Errors
    /// [`StoreError::Refused`] when the name is taken, and those of the engine.
    pub fn set_channel(&mut self, row: &ChannelRow) -> Result<(), StoreError> {
        let tenant = self.tenant().0;
        self.sql
            .execute(
                "UPDATE channels SET name = $3, enabled = $4, settings = $5, sealed = $6 WHERE tenant = $1 AND id = $2",
                &[
                    tenant.into(),
                    row.id.into(),
                    (&row.name).into(),
                    row.enabled.into(),
                    (&row.settings).into(),
                    (&row.sealed).into(),
                ],
            )
            .map(|_| ())
    }

    /// Says how many messages there were since when.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn count_messages(&mut self, channel: i64, since: i64, messages: i64) -> Result<(), StoreError> {
        let tenant = self.tenant().0;
        self.sql
            .execute(
                "UPDATE channels SET since = $3, messages = $4 WHERE tenant = $1 AND id = $2",
                &[tenant.into(), channel.into(), since.into(), messages.into()],
            )
            .map(|_| ())
    }

    /// Takes a channel away, with everything that was to be sent through it; out comes whether it was there.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn remove_channel(&mut self, id: i64) -> Result<bool, StoreError> {
        let tenant = self.tenant().0;
        for table in ["deliveries", "issues"] {
            self.sql.execute(
                &format!("DELETE FROM {table} WHERE tenant = $1 AND channel = $2"),
                &[tenant.into(), id.into()],
            )?;
        }
        let removed = self.sql.execute(
            "DELETE FROM channels WHERE tenant = $1 AND id = $2",
            &[tenant.into(), id.into()],
        )?;
        Ok(removed > 0)
    }

    /// The issue for a remedy.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn issue(&mut self, channel: i64, remedy: i64) -> Result<Option<IssueRow>, StoreError> {
        let tenant = self.tenant().0;
        self.sql.first(
            "SELECT channel, remedy, number, url, is_open FROM issues WHERE tenant = $1 AND channel = $2 AND remedy = $3",
            &[tenant.into(), channel.into(), remedy.into()],
            issue,
        )
    }

    /// Keeps the issue for a remedy.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn set_issue(&mut self, row: &IssueRow) -> Result<(), StoreError> {
        let tenant = self.tenant().0;
        self.sql
            .execute(
                "INSERT INTO issues (tenant, channel, remedy, number, url, is_open) VALUES ($1, $2, $3, $4, $5, $6) \
                 ON CONFLICT (tenant, channel, remedy) DO UPDATE SET number = excluded.number, url = excluded.url, is_open = excluded.is_open",
                &[
                    tenant.into(),
                    row.channel.into(),
                    row.remedy.into(),
                    (&row.number).into(),
                    (&row.url).into(),
                    row.is_open.into(),
                ],
            )
            .map(|_| ())
    }
}

pub(super) fn issue(row: &Row) -> Result<IssueRow, StoreError> {
    Ok(IssueRow {
        channel: row.int(0)?,
        remedy: row.int(1)?,
        number: row.text(2)?,
        url: row.text(3)?,
        is_open: row.flag(4)?,
    })
}
