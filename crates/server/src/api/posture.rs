//! Are we within policy, and is that answer complete?

use super::shown::{DECISIONS, SEVERITIES, Things, time, word};
use crate::app::App;
use crate::auth::Caller;
use crate::http::{Json, Problem};
use axum::extract::State;
use bartizan_store::graph::{CheckRunRow, ScanRow, ScopeRow, Status};
use bartizan_store::{Session, StoreError};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use utoipa::ToSchema;

/// Days of the trend.
const TREND: i64 = 90;
const DAY: i64 = 86_400_000;

/// Things that are listed on one page.
const LISTED: i64 = 200;

/// Where we stand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(super) struct Posture {
    /// deny where any scope is denied, else unknown where any is unknown, else allow; unknown where nothing was ever looked at.
    pub verdict: String,
    /// Ways of looking at things, by their last verdict: allow, deny, unknown.
    pub verdicts: BTreeMap<String, i64>,
    /// At most 200 of them, with what they say: the denied first, then the unknown, the newest of each first.
    pub scopes: Vec<ScopeVerdict>,
    /// Last runs of checks, by what became of them: ran, partial, skipped, not-applicable, failed.
    pub checks: BTreeMap<String, i64>,
    /// At most 200 checks that did not run to their end, and why: the failed first, then the partial, then the skipped.
    pub gaps: Vec<Gap>,
    /// Open findings, by severity.
    pub open: BTreeMap<String, i64>,
    /// Open findings, by decision.
    pub decisions: BTreeMap<String, i64>,
    /// Waived findings.
    pub waived: i64,
    /// Open findings that should be closed already.
    pub overdue: i64,
    /// Open findings at the end of each of the last ninety days, by severity.
    pub trend: Vec<Day>,
}

/// The last verdict of one way of looking at one thing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(super) struct ScopeVerdict {
    /// The thing.
    pub asset: String,
    /// Number of the thing.
    pub asset_id: i64,
    /// The way.
    pub scope: String,
    /// allow, deny or unknown.
    pub verdict: String,
    /// Why.
    pub reasons: Vec<String>,
    /// RFC 3339.
    pub at: String,
    /// The statement about it.
    pub statement: i64,
}

/// A check that did not run to its end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(super) struct Gap {
    /// The thing.
    pub asset: String,
    /// Number of the thing.
    pub asset_id: i64,
    /// The check.
    pub check: String,
    /// partial, skipped or failed.
    pub status: String,
    /// Why.
    pub note: String,
}

/// Open findings at the end of a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(super) struct Day {
    /// The day, `2027-03-01`.
    pub day: String,
    /// By severity.
    pub open: BTreeMap<String, i64>,
}

/// Where we stand: verdicts, what they rest on, and how it came to this.
#[utoipa::path(get, operation_id = "posture", path = "/api/v1/posture", tag = "posture", responses((status = 200, body = Posture)))]
pub(super) async fn posture(State(app): State<App>, caller: Caller) -> Result<Json<Posture>, Problem> {
    let now = app.now();
    app.read(caller.tenant, move |session| {
        let verdicts: BTreeMap<String, i64> = session.verdict_counts()?.into_iter().collect();
        let checks: BTreeMap<String, i64> = session.check_counts()?.into_iter().collect();
        let (mut scans, mut runs) = (Vec::new(), Vec::new());
        for verdict in ["deny", "unknown", "allow"] {
            scans.extend(session.last_scans(verdict, left(scans.len()))?);
        }
        for status in ["failed", "partial", "skipped"] {
            runs.extend(session.check_runs_that(status, left(runs.len()))?);
        }
        let looks = Looks::of(session, &scans, &runs)?;
        let has = |word: &str| verdicts.contains_key(word);
        let verdict = if has("deny") {
            "deny"
        } else if has("unknown") || verdicts.is_empty() {
            "unknown"
        } else {
            "allow"
        };
        let (mut open, mut decisions) = (zeros(&SEVERITIES), zeros(&DECISIONS));
        for (decision, severity, findings) in session.open_counts()? {
            *open.entry(word(&SEVERITIES, severity)).or_default() += findings;
            *decisions.entry(word(&DECISIONS, decision)).or_default() += findings;
        }
        Ok(Json(Posture {
            verdict: verdict.to_owned(),
            verdicts,
            scopes: scans.into_iter().map(|scan| looks.verdict(scan)).collect(),
            checks,
            gaps: runs.into_iter().map(|run| looks.gap(run)).collect(),
            open,
            decisions,
            waived: session.count_findings(Status::Waived)?,
            overdue: session.breached(now)?.iter().map(|row| row.findings).sum(),
            trend: trend(session.days(now.div_euclid(DAY))?, now.div_euclid(DAY)),
        }))
    })
    .await
}

/// How many more are listed.
fn left(listed: usize) -> i64 {
    LISTED - i64::try_from(listed).unwrap_or(LISTED)
}

/// Ways of looking at things, with the things.
struct Looks {
    scopes: HashMap<i64, ScopeRow>,
    things: Things,
}

impl Looks {
    fn of(session: &mut Session<'_>, scans: &[ScanRow], runs: &[CheckRunRow]) -> Result<Self, StoreError> {
        let ids: BTreeSet<i64> = scans
            .iter()
            .map(|scan| scan.scope)
            .chain(runs.iter().map(|run| run.scope))
            .collect();
        let scopes = session.scopes_by_id(&ids.into_iter().collect::<Vec<_>>())?;
        Ok(Self {
            things: Things::of(session, scopes.iter().map(|scope| scope.asset))?,
            scopes: scopes.into_iter().map(|scope| (scope.id, scope)).collect(),
        })
    }

    /// Number and identity of the thing, and the name of the way.
    fn at(&self, scope: i64) -> (i64, String, String) {
        self.scopes
            .get(&scope)
            .map(|row| (row.asset, self.things.key(row.asset), row.name.clone()))
            .unwrap_or_default()
    }

    fn verdict(&self, scan: ScanRow) -> ScopeVerdict {
        let (asset_id, asset, scope) = self.at(scan.scope);
        ScopeVerdict {
            asset,
            asset_id,
            scope,
            verdict: scan.verdict,
            reasons: serde_json::from_str(&scan.reasons).unwrap_or_default(),
            at: time(scan.at),
            statement: scan.seq,
        }
    }

    fn gap(&self, run: CheckRunRow) -> Gap {
        let (asset_id, asset, _) = self.at(run.scope);
        Gap {
            asset,
            asset_id,
            check: run.name,
            status: run.status,
            note: run.note,
        }
    }
}

fn zeros(words: &[&str]) -> BTreeMap<String, i64> {
    words.iter().map(|word| ((*word).to_owned(), 0)).collect()
}

/// Running sums of the days, for the last ones of them.
fn trend(days: Vec<bartizan_store::graph::DayRow>, today: i64) -> Vec<Day> {
    let mut open = [0_i64; 5];
    let mut rows = days.into_iter().peekable();
    let mut trend = Vec::new();
    let first = rows.peek().map_or(today, |row| row.day).max(today - TREND + 1);
    for day in first..=today {
        while let Some(row) = rows.next_if(|row| row.day <= day) {
            let place = usize::try_from(row.severity).ok().and_then(|at| open.get_mut(at));
            if let Some(place) = place {
                *place += row.opened - row.fixed - row.waived;
            }
        }
        trend.push(Day {
            day: time(day * DAY).get(..10).unwrap_or_default().to_owned(),
            open: SEVERITIES
                .iter()
                .zip(open)
                .map(|(word, count)| ((*word).to_owned(), count))
                .collect(),
        });
    }
    trend
}
