//! What people decided, as far as it holds on: waivers, policies, and what they vouch for.

use crate::value::{Param, Row};
use crate::{Session, StoreError};

/// A waiver that was granted in the control plane.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaiverRow {
    /// The statement that grants it.
    pub seq: i64,
    /// The finding, 16 bytes.
    pub fingerprint: Option<Vec<u8>>,
    /// The rule.
    pub rule: Option<String>,
    /// The thing, by its identity.
    pub asset: Option<String>,
    /// Why.
    pub reason: String,
    /// Justification of VEX.
    pub vex: Option<String>,
    /// Who granted it.
    pub by: String,
    /// When, in milliseconds since 1970.
    pub created: i64,
    /// Until when, in milliseconds since 1970.
    pub until: Option<i64>,
    /// When it was ended, in milliseconds since 1970.
    pub ended: Option<i64>,
}

/// Something that somebody vouches for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttestationRow {
    /// The statement that says so.
    pub seq: i64,
    /// The control, `framework:id`.
    pub control: String,
    /// What is vouched for.
    pub statement: String,
    /// Who does.
    pub by: String,
    /// When, in milliseconds since 1970.
    pub at: i64,
    /// Until when, in milliseconds since 1970.
    pub until: Option<i64>,
    /// When it was taken back, in milliseconds since 1970.
    pub withdrawn: Option<i64>,
    /// The statement that takes it back.
    pub withdrawn_seq: Option<i64>,
}

const WAIVER: &str = "seq, fingerprint, rule, asset, reason, vex, by_whom, created, until, ended";

fn read_waiver(row: &Row) -> Result<WaiverRow, StoreError> {
    Ok(WaiverRow {
        seq: row.int(0)?,
        fingerprint: row.maybe_bytes(1)?,
        rule: row.maybe_text(2)?,
        asset: row.maybe_text(3)?,
        reason: row.text(4)?,
        vex: row.maybe_text(5)?,
        by: row.text(6)?,
        created: row.int(7)?,
        until: row.maybe_int(8)?,
        ended: row.maybe_int(9)?,
    })
}

impl Session<'_> {
    /// Keeps a waiver.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn add_waiver(&mut self, waiver: &WaiverRow) -> Result<(), StoreError> {
        let tenant = self.tenant().0;
        self.sql
            .execute(
                &format!(
                    "INSERT INTO waivers (tenant, {WAIVER}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"
                ),
                &[
                    tenant.into(),
                    waiver.seq.into(),
                    waiver.fingerprint.as_ref().into(),
                    waiver.rule.as_ref().into(),
                    waiver.asset.as_ref().into(),
                    (&waiver.reason).into(),
                    waiver.vex.as_ref().into(),
                    (&waiver.by).into(),
                    waiver.created.into(),
                    waiver.until.into(),
                    waiver.ended.into(),
                ],
            )
            .map(|_| ())
    }

    /// Ends a waiver; out comes whether it held until now.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn end_waiver(&mut self, seq: i64, at: i64) -> Result<bool, StoreError> {
        let tenant = self.tenant().0;
        let changed = self.sql.execute(
            "UPDATE waivers SET ended = $3 WHERE tenant = $1 AND seq = $2 AND ended IS NULL",
            &[tenant.into(), seq.into(), at.into()],
        )?;
        Ok(changed > 0)
    }

    /// Every waiver, in the order in which they were granted.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn waivers(&mut self) -> Result<Vec<WaiverRow>, StoreError> {
        let tenant = self.tenant().0;
        self.sql.all(
            &format!("SELECT {WAIVER} FROM waivers WHERE tenant = $1 ORDER BY seq"),
            &[tenant.into()],
            read_waiver,
        )
    }

    /// Keeps a part of the policy, in place of what it was.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn set_policy(&mut self, name: &str, value: &str, seq: i64) -> Result<(), StoreError> {
        let tenant = self.tenant().0;
        self.sql
            .execute(
                "INSERT INTO policies (tenant, name, value, seq) VALUES ($1, $2, $3, $4) \
                 ON CONFLICT (tenant, name) DO UPDATE SET value = excluded.value, seq = excluded.seq",
                &[tenant.into(), name.into(), value.into(), seq.into()],
            )
            .map(|_| ())
    }

    /// A part of the policy.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn policy(&mut self, name: &str) -> Result<Option<String>, StoreError> {
        let tenant = self.tenant().0;
        self.sql.first(
            "SELECT value FROM policies WHERE tenant = $1 AND name = $2",
            &[tenant.into(), name.into()],
            |row| row.text(0),
        )
    }

    /// These parts of the policy, as far as there are such: name and value.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn policies(&mut self, names: &[&str]) -> Result<Vec<(String, String)>, StoreError> {
        let mut params: Vec<Param<'_>> = vec![self.tenant().0.into()];
        params.extend(names.iter().map(|name| Param::from(*name)));
        let places: Vec<String> = (2..=params.len()).map(|at| format!("${at}")).collect();
        self.sql.all(
            &format!(
                "SELECT name, value FROM policies WHERE tenant = $1 AND name IN ({}) ORDER BY name",
                places.join(", ")
            ),
            &params,
            |row| Ok((row.text(0)?, row.text(1)?)),
        )
    }

    /// Keeps what somebody vouches for.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn add_attestation(&mut self, row: &AttestationRow) -> Result<(), StoreError> {
        let tenant = self.tenant().0;
        self.sql
            .execute(
                "INSERT INTO attestations (tenant, seq, control, statement, by_whom, at, until, withdrawn, withdrawn_seq) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
                &[
                    tenant.into(),
                    row.seq.into(),
                    (&row.control).into(),
                    (&row.statement).into(),
                    (&row.by).into(),
                    row.at.into(),
                    row.until.into(),
                    row.withdrawn.into(),
                    row.withdrawn_seq.into(),
                ],
            )
            .map(|_| ())
    }

    /// Takes back what somebody vouched for, as the statement `by` says; out comes whether it stood until now.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn withdraw_attestation(&mut self, seq: i64, by: i64, at: i64) -> Result<bool, StoreError> {
        let tenant = self.tenant().0;
        let changed = self.sql.execute(
            "UPDATE attestations SET withdrawn = $3, withdrawn_seq = $4 \
             WHERE tenant = $1 AND seq = $2 AND withdrawn IS NULL",
            &[tenant.into(), seq.into(), at.into(), by.into()],
        )?;
        Ok(changed > 0)
    }

    /// Everything that somebody vouches for, in the order in which it was said.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn attestations(&mut self) -> Result<Vec<AttestationRow>, StoreError> {
        let tenant = self.tenant().0;
        self.sql.all(
            "SELECT seq, control, statement, by_whom, at, until, withdrawn, withdrawn_seq FROM attestations WHERE tenant = $1 ORDER BY seq",
            &[tenant.into()],
            |row| {
                Ok(AttestationRow {
                    seq: row.int(0)?,
                    control: row.text(1)?,
                    statement: row.text(2)?,
                    by: row.text(3)?,
                    at: row.int(4)?,
                    until: row.maybe_int(5)?,
                    withdrawn: row.maybe_int(6)?,
                    withdrawn_seq: row.maybe_int(7)?,
                })
            },
        )
    }
}
