//! Findings: one row a problem of a thing, however often and by whomever it is reported.

use super::Status;
use crate::pack::{pack, unpack};
use crate::session::Insert;
use crate::value::{Param, Row};
use crate::{Session, StoreError};
use std::collections::HashMap;
use std::sync::Arc;

/// A problem.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FindingRow {
    /// Its number within the tenant.
    pub id: i64,
    /// The thing that has it.
    pub asset: i64,
    /// Its identity within the thing: 16 bytes.
    pub fingerprint: Vec<u8>,
    /// The rule.
    pub rule: String,
    /// The check.
    pub made_by: String,
    /// 0 for info to 4 for critical.
    pub severity: i64,
    /// 0 for low to 2 for high.
    pub confidence: i64,
    /// What kind of problem it is.
    pub title: String,
    /// What was found.
    pub message: String,
    /// The first place, `path:line`.
    pub place: String,
    /// The component that has it, if it is one that has.
    pub component: Option<i64>,
    /// Its state.
    pub status: Status,
    /// When to act: 0 for defer to 3 for immediate.
    pub decision: i64,
    /// What is to be done first has the highest.
    pub rank: i64,
    /// What closes it.
    pub remedy: i64,
    /// Milliseconds since 1970.
    pub first_seen: i64,
    /// Milliseconds since 1970.
    pub last_seen: i64,
    /// Since when it is open, in milliseconds since 1970.
    pub opened: i64,
    /// When it was closed, in milliseconds since 1970.
    pub closed: Option<i64>,
    /// By when it must be closed, in milliseconds since 1970.
    pub due: Option<i64>,
    /// JSON of the waiver that covers it.
    pub waiver: Option<String>,
    /// When the waiver ends, in milliseconds since 1970.
    pub waived_until: Option<i64>,
    /// For how many milliseconds its clock stood since it was opened, waivers that hold left out.
    pub stood: i64,
}

/// Which findings are asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FindingFilter {
    /// In this state.
    pub status: Status,
    /// At least this severity, 0 for info to 4 for critical.
    pub severity: i64,
    /// Of this thing only.
    pub asset: Option<i64>,
    /// Of this rule only.
    pub rule: Option<String>,
    /// Closed by this remedy only.
    pub remedy: Option<i64>,
    /// About this advisory or weakness only.
    pub about: Option<String>,
    /// Due before this, in milliseconds since 1970.
    pub due_before: Option<i64>,
}

pub(crate) const COLUMNS: &str = "id, asset, fingerprint, rule, made_by, severity, confidence, title, message, place, \
component, status, decision, rank, remedy, first_seen, last_seen, opened, closed, due, waiver, waived_until, stood";

pub(crate) fn read(row: &Row) -> Result<FindingRow, StoreError> {
    Ok(FindingRow {
        id: row.int(0)?,
        asset: row.int(1)?,
        fingerprint: row.bytes(2)?,
        rule: row.text(3)?,
        made_by: row.text(4)?,
        severity: row.int(5)?,
        confidence: row.int(6)?,
        title: row.text(7)?,
        message: row.text(8)?,
        place: row.text(9)?,
        component: row.maybe_int(10)?,
        status: Status::from_number(row.int(11)?)?,
        decision: row.int(12)?,
        rank: row.int(13)?,
        remedy: row.int(14)?,
        first_seen: row.int(15)?,
        last_seen: row.int(16)?,
        opened: row.int(17)?,
        closed: row.maybe_int(18)?,
        due: row.maybe_int(19)?,
        waiver: row.maybe_text(20)?,
        waived_until: row.maybe_int(21)?,
        stood: row.int(22)?,
    })
}

fn values<'a>(tenant: i64, row: &'a FindingRow) -> [Param<'a>; 24] {
    [
        tenant.into(),
        row.id.into(),
        row.asset.into(),
        (&row.fingerprint).into(),
        (&row.rule).into(),
        (&row.made_by).into(),
        row.severity.into(),
        row.confidence.into(),
        (&row.title).into(),
        (&row.message).into(),
        (&row.place).into(),
        row.component.into(),
        row.status.number().into(),
        row.decision.into(),
        row.rank.into(),
        row.remedy.into(),
        row.first_seen.into(),
        row.last_seen.into(),
        row.opened.into(),
        row.closed.into(),
        row.due.into(),
        row.waiver.as_ref().into(),
        row.waived_until.into(),
        row.stood.into(),
    ]
}

/// What changes when a row is written again, besides the detail.
const RENEWED: &str = "rule = excluded.rule, made_by = excluded.made_by, severity = excluded.severity, \
confidence = excluded.confidence, title = excluded.title, message = excluded.message, place = excluded.place, \
component = excluded.component, status = excluded.status, decision = excluded.decision, rank = excluded.rank, \
remedy = excluded.remedy, first_seen = excluded.first_seen, last_seen = excluded.last_seen, opened = excluded.opened, closed = excluded.closed, \
due = excluded.due, waiver = excluded.waiver, waived_until = excluded.waived_until, \
stood = excluded.stood";

impl Session<'_> {
    /// The next free number of a finding.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn next_finding(&mut self) -> Result<i64, StoreError> {
        self.next_id("findings")
    }

    /// Every finding of a thing, handed over one by one.
    ///
    /// # Errors
    /// Those of the engine, and those of `finding`.
    pub fn each_finding_of(
        &mut self,
        asset: i64,
        mut finding: impl FnMut(FindingRow) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let tenant = self.tenant().0;
        self.sql.each(
            &format!("SELECT {COLUMNS} FROM findings WHERE tenant = $1 AND asset = $2 ORDER BY id"),
            &[tenant.into(), asset.into()],
            |row| finding(read(&row)?),
        )
    }

    /// The finding with this number.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn finding(&mut self, id: i64) -> Result<Option<FindingRow>, StoreError> {
        let tenant = self.tenant().0;
        self.sql.first(
            &format!("SELECT {COLUMNS} FROM findings WHERE tenant = $1 AND id = $2"),
            &[tenant.into(), id.into()],
            read,
        )
    }

    /// The findings with this identity: one a thing that has it.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn findings_by_print(&mut self, fingerprint: &[u8]) -> Result<Vec<FindingRow>, StoreError> {
        let tenant = self.tenant().0;
        self.sql.all(
            &format!("SELECT {COLUMNS} FROM findings WHERE tenant = $1 AND fingerprint = $2 ORDER BY id"),
            &[tenant.into(), fingerprint.into()],
            read,
        )
    }

    /// Findings, the most urgent first: what stands behind (`rank`, `id`), at most `limit`.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn ranked_findings(
        &mut self,
        filter: &FindingFilter,
        behind: Option<(i64, i64)>,
        limit: i64,
    ) -> Result<Vec<FindingRow>, StoreError> {
        let (rank, id) = behind.unwrap_or((i64::MAX, i64::MAX));
        let mut sql = format!(
            "SELECT {COLUMNS} FROM findings WHERE tenant = $1 AND status = $2 AND (rank, id) < ($3, $4)"
        );
        let mut params: Vec<Param<'_>> = vec![
            self.tenant().0.into(),
            filter.status.number().into(),
            rank.into(),
            id.into(),
        ];
        let mut conditions: Vec<(&str, Param<'_>)> = Vec::new();
        if filter.severity > 0 {
            conditions.push((" AND severity >= ?", filter.severity.into()));
        }
        if let Some(asset) = filter.asset {
            conditions.push((" AND asset = ?", asset.into()));
        }
        if let Some(rule) = &filter.rule {
            conditions.push((" AND rule = ?", rule.into()));
        }
        if let Some(remedy) = filter.remedy {
            conditions.push((" AND remedy = ?", remedy.into()));
        }
        if let Some(due) = filter.due_before {
            conditions.push((" AND due < ?", due.into()));
        }
        if let Some(about) = &filter.about {
            conditions.push((
                " AND id IN (SELECT finding FROM finding_ids WHERE tenant = $1 AND id = ?)",
                about.into(),
            ));
        }
        conditions.push((" ORDER BY rank DESC, id DESC LIMIT ?", limit.max(0).into()));
        for (condition, value) in conditions {
            params.push(value);
            sql.push_str(&condition.replace('?', &format!("${}", params.len())));
        }
        self.sql.all(&sql, &params, read)
    }

    /// How many findings are in this state.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn count_findings(&mut self, status: Status) -> Result<i64, StoreError> {
        let tenant = self.tenant().0;
        Ok(self
            .sql
            .first(
                "SELECT count(*) FROM findings WHERE tenant = $1 AND status = $2",
                &[tenant.into(), status.number().into()],
                |row| row.int(0),
            )?
            .unwrap_or(0))
    }

    /// The findings of a rule, by number.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn findings_of_rule(&mut self, rule: &str) -> Result<Vec<FindingRow>, StoreError> {
        let tenant = self.tenant().0;
        self.sql.all(
            &format!("SELECT {COLUMNS} FROM findings WHERE tenant = $1 AND rule = $2 ORDER BY id"),
            &[tenant.into(), rule.into()],
            read,
        )
    }

    /// JSON of a finding, as it was last reported.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn finding_detail(&mut self, id: i64) -> Result<Option<Vec<u8>>, StoreError> {
        let tenant = self.tenant().0;
        self.sql
            .first(
                "SELECT detail FROM findings WHERE tenant = $1 AND id = $2",
                &[tenant.into(), id.into()],
                |row| row.bytes(0),
            )?
            .map(|packed| unpack(&packed))
            .transpose()
    }

    /// Writes findings with their JSON; those that are there are renewed.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn set_findings<D: AsRef<[u8]>>(&mut self, findings: &[(FindingRow, D)]) -> Result<(), StoreError> {
        let tenant = self.tenant().0;
        // One JSON that many findings share is packed once.
        let mut packed: HashMap<(*const u8, usize), Arc<[u8]>> = HashMap::new();
        let details: Vec<Arc<[u8]>> = findings
            .iter()
            .map(|(_, detail)| {
                let detail = detail.as_ref();
                let one = packed.entry((detail.as_ptr(), detail.len()));
                Arc::clone(one.or_insert_with(|| pack(detail).into()))
            })
            .collect();
        let values: Vec<Param<'_>> = findings
            .iter()
            .zip(&details)
            .flat_map(|((row, _), detail)| values(tenant, row).into_iter().chain([Param::Bytes(detail)]))
            .collect();
        let columns = format!("tenant, {COLUMNS}, detail");
        let tail = format!("ON CONFLICT (tenant, id) DO UPDATE SET {RENEWED}, detail = excluded.detail");
        let insert = Insert {
            table: "findings",
            columns: &columns,
            tail: &tail,
        };
        self.sql.insert(&insert, &values).map(|_| ())
    }

    /// Renews findings that are there, and leaves their JSON as it is.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn renew_findings(&mut self, findings: &[FindingRow]) -> Result<(), StoreError> {
        let tenant = self.tenant().0;
        for row in findings {
            self.sql.execute(
                "UPDATE findings SET severity = $3, status = $4, decision = $5, rank = $6, last_seen = $7, opened = $8, \
                 closed = $9, due = $10, waiver = $11, waived_until = $12, remedy = $13, stood = $14 \
                 WHERE tenant = $1 AND id = $2",
                &[
                    tenant.into(),
                    row.id.into(),
                    row.severity.into(),
                    row.status.number().into(),
                    row.decision.into(),
                    row.rank.into(),
                    row.last_seen.into(),
                    row.opened.into(),
                    row.closed.into(),
                    row.due.into(),
                    row.waiver.as_ref().into(),
                    row.waived_until.into(),
                    row.remedy.into(),
                    row.stood.into(),
                ],
            )?;
        }
        Ok(())
    }

    /// Says what findings are about: advisories and weaknesses, each with the number of the finding.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn add_finding_ids(&mut self, ids: &[(String, i64)]) -> Result<(), StoreError> {
        let tenant = self.tenant().0;
        let values: Vec<Param<'_>> = ids
            .iter()
            .flat_map(|(id, finding)| [tenant.into(), id.into(), (*finding).into()])
            .collect();
        let insert = Insert {
            table: "finding_ids",
            columns: "tenant, id, finding",
            tail: "ON CONFLICT (tenant, id, finding) DO NOTHING",
        };
        self.sql.insert(&insert, &values).map(|_| ())
    }

    /// Says which findings are there in a scope, and which were seen to be gone: (finding, scope, whether it is there).
    ///
    /// # Errors
    /// Those of the engine.
    pub fn set_sightings(&mut self, seq: i64, sightings: &[(i64, i64, bool)]) -> Result<(), StoreError> {
        let tenant = self.tenant().0;
        let values: Vec<Param<'_>> = sightings
            .iter()
            .flat_map(|(finding, scope, present)| {
                [
                    tenant.into(),
                    (*finding).into(),
                    (*scope).into(),
                    seq.into(),
                    (*present).into(),
                ]
            })
            .collect();
        let insert = Insert {
            table: "sightings",
            columns: "tenant, finding, scope, seq, present",
            tail: "ON CONFLICT (tenant, finding, scope) DO UPDATE SET seq = excluded.seq, present = excluded.present",
        };
        self.sql.insert(&insert, &values).map(|_| ())
    }

    /// In which scopes the findings of a thing are there: (finding, scope).
    ///
    /// # Errors
    /// Those of the engine.
    pub fn sightings_of_asset(&mut self, asset: i64) -> Result<Vec<(i64, i64)>, StoreError> {
        let tenant = self.tenant().0;
        self.sql.all(
            "SELECT s.finding, s.scope FROM scopes p \
             JOIN sightings s ON s.tenant = p.tenant AND s.scope = p.id AND s.present = 1 \
             WHERE p.tenant = $1 AND p.asset = $2 ORDER BY s.finding, s.scope",
            &[tenant.into(), asset.into()],
            |row| Ok((row.int(0)?, row.int(1)?)),
        )
    }

    /// Findings whose waiver ended before `at`, at most `limit`.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn ended_waivers(&mut self, at: i64, limit: i64) -> Result<Vec<FindingRow>, StoreError> {
        let tenant = self.tenant().0;
        self.sql.all(
            &format!(
                "SELECT {COLUMNS} FROM findings WHERE tenant = $1 AND status = $2 AND waived_until < $3 \
                 ORDER BY id LIMIT $4"
            ),
            &[
                tenant.into(),
                Status::Waived.number().into(),
                at.into(),
                limit.max(0).into(),
            ],
            read,
        )
    }
}
