//! Is what was promised kept? Burn-down, what is due and breached, security debt, and how long remediation takes.

use super::shown::{Finding, SEVERITIES, Things, number, time, word};
use crate::app::App;
use crate::auth::Caller;
use crate::http::{Cursor, Json, Kind, Page, PageQuery, Problem};
use crate::remediation::{self, DAY, WINDOW, ends};
use axum::extract::{Query, State};
use bartizan_ledger::debt;
use bartizan_store::graph::GroupRow;
use bartizan_store::{Session, StoreError};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::{IntoParams, ToSchema};

/// Days of the burn-down at most.
const MOST_DAYS: i64 = 366;
/// Groups that are shown; the rest is one more.
const GROUPS: usize = 100;
const HOUR: i64 = 3_600_000;

/// Where remediation stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub(super) struct Remediation {
    /// When this was so; RFC 3339.
    pub at: String,
    /// Whether anything was ever looked at.
    pub is_known: bool,
    /// Each severity, the gravest first.
    pub severities: Vec<SeverityState>,
    /// What is open longer than was promised, as one number.
    pub debt: Debt,
    /// Days over which `fixed` and what follows from it is counted.
    pub window_days: i64,
    /// The calendar in force.
    pub calendar: serde_json::Value,
    /// The ends of the last days in UTC; the last entry is now.
    pub days: Vec<BurnDay>,
}

/// One severity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(super) struct SeverityState {
    /// critical, high, medium or low.
    pub severity: String,
    /// Within which time it is to be closed.
    pub objective: String,
    /// Open findings.
    pub open: i64,
    /// Those that are past their due date.
    pub breached: i64,
    /// Those that are due before the end of the day in UTC and not past it.
    pub due_today: i64,
    /// Findings that were fixed within the window.
    pub fixed: i64,
    /// Hours they were open on average; exact.
    pub mean_hours: Option<i64>,
    /// Hours half of them were open at most; exact to the hour up to ten days, to the day beyond that.
    pub median_hours: Option<i64>,
    /// Of those that had an objective: how many per cent were closed within it.
    pub within_percent: Option<i64>,
}

/// Security debt.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub(super) struct Debt {
    /// Weighted days; exact to the second at the instant `at` of the answer.
    pub value: f64,
    /// How it is counted.
    pub formula: String,
    /// What each severity weighs.
    pub weights: BTreeMap<String, i64>,
    /// The part of each severity.
    pub by_severity: BTreeMap<String, f64>,
}

/// The end of a day.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub(super) struct BurnDay {
    /// The day, `2027-03-01`.
    pub day: String,
    /// Open findings by severity.
    pub open: BTreeMap<String, i64>,
    /// Those past their due date, by severity.
    pub breached: BTreeMap<String, i64>,
    /// Security debt in weighted days.
    pub debt: f64,
}

/// Over which time.
#[derive(Debug, Default, Deserialize, IntoParams)]
pub(super) struct Span {
    /// Days of the burn-down, 1 to 366; 90 where nothing is said.
    days: Option<i64>,
}

fn by_severity<T>(values: [T; 5]) -> BTreeMap<String, T> {
    SEVERITIES
        .iter()
        .map(|word| (*word).to_owned())
        .zip(values)
        .collect()
}

fn rounded(debt: f64) -> f64 {
    (debt * 100.0).round() / 100.0
}

/// Where remediation stands: objectives, what is due and breached, debt and its trend, how long it takes.
#[utoipa::path(get, operation_id = "remediation", path = "/api/v1/remediation", tag = "remediation", params(Span),
    responses((status = 200, body = Remediation), (status = 401, body = Problem)))]
pub(super) async fn remediation(
    State(app): State<App>,
    caller: Caller,
    Query(span): Query<Span>,
) -> Result<Json<Remediation>, Problem> {
    let now = app.now();
    let length = span.days.unwrap_or(90).clamp(1, MOST_DAYS);
    app.read(caller.tenant, move |session| {
        Ok(Json(told(session, now, length)?))
    })
    .await
}

fn told(session: &mut Session<'_>, now: i64, length: i64) -> Result<Remediation, StoreError> {
    let today = now.div_euclid(DAY);
    let (objectives, calendar) = remediation::objectives(session)?;
    let mut open = [0; 5];
    for (_, severity, findings) in session.open_counts()? {
        if let Some(open) = usize::try_from(severity).ok().and_then(|at| open.get_mut(at)) {
            *open += findings;
        }
    }
    let (mut breached, mut debts) = ([0; 5], [0.0; 5]);
    for row in session.breached(now)? {
        let at = usize::try_from(row.severity).unwrap_or(usize::MAX);
        if let (Some(count), Some(own)) = (breached.get_mut(at), debts.get_mut(at)) {
            *count = row.findings;
            *own = debt::of(row.severity, row.findings, row.due, now.div_euclid(1_000));
        }
    }
    let due_today: BTreeMap<i64, i64> = session.count_due((now, (today + 1) * DAY))?.into_iter().collect();
    let days = session.days(today)?;
    let taken = remediation::taken(session, &days, today - WINDOW + 1)?;
    let is_known = !days.is_empty() || !session.scopes()?.is_empty();
    let first = days.first().map_or(today, |day| day.day).max(today - length + 1);
    let mut trend: Vec<BurnDay> = ends(&days, &session.dues()?, (first, today), now)
        .into_iter()
        .map(|end| BurnDay {
            day: day(end.day),
            open: by_severity(end.open),
            breached: by_severity(end.breached),
            debt: rounded(end.debt),
        })
        .collect();
    let whole: f64 = debts.iter().sum();
    trend.push(BurnDay {
        day: day(today),
        open: by_severity(open),
        breached: by_severity(breached),
        debt: rounded(whole),
    });
    let mut severities: Vec<SeverityState> = (0..)
        .zip(open.into_iter().zip(breached).zip(taken))
        .skip(1)
        .map(|(severity, ((open, breached), taken))| {
            let name = word(&SEVERITIES, severity);
            SeverityState {
                objective: objectives
                    .iter()
                    .find(|(known, _)| *known == name)
                    .map_or_else(String::new, |(_, term)| term.clone()),
                severity: name,
                open,
                breached,
                due_today: due_today.get(&severity).copied().unwrap_or(0),
                fixed: taken.fixed,
                mean_hours: taken.mean.map(|spent| spent / HOUR),
                median_hours: taken.median.map(|spent| spent / HOUR),
                within_percent: (taken.kept * 100).checked_div(taken.promised),
            }
        })
        .collect();
    severities.reverse();
    Ok(Remediation {
        at: time(now),
        is_known,
        severities,
        debt: Debt {
            value: rounded(whole),
            formula: debt::FORMULA.to_owned(),
            weights: by_severity(debt::WEIGHTS),
            by_severity: by_severity(debts.map(rounded)),
        },
        window_days: WINDOW,
        calendar,
        days: trend,
    })
}

fn day(day: i64) -> String {
    time(day * DAY).get(..10).unwrap_or_default().to_owned()
}

/// Which findings are asked for.
#[derive(Debug, Default, Deserialize, IntoParams)]
pub(super) struct DueFilter {
    /// breached for what is past its due date, today for what is due before the end of the day in UTC; breached where nothing is said.
    when: Option<String>,
    /// At least this severity.
    severity: Option<String>,
}

/// Open findings that are past their due date or due today, what is due first comes first.
#[utoipa::path(get, operation_id = "remediation_due", path = "/api/v1/remediation/due", tag = "remediation", params(PageQuery, DueFilter),
    responses((status = 200, body = Page<Finding>), (status = 400, body = Problem)))]
pub(super) async fn due(
    State(app): State<App>,
    caller: Caller,
    Query(page): Query<PageQuery>,
    Query(filter): Query<DueFilter>,
) -> Result<Json<Page<Finding>>, Problem> {
    let (limit, cursor, now) = (page.limit(), page.cursor()?, app.now());
    let malformed =
        |what: &str, words: &str| Problem::new(Kind::Malformed, format!("`{what}` is none of {words}"));
    let between = match filter.when.as_deref() {
        None | Some("breached") => (i64::MIN, now),
        Some("today") => (now, (now.div_euclid(DAY) + 1) * DAY),
        Some(other) => return Err(malformed(other, "breached, today")),
    };
    let severity = match filter.severity.as_deref() {
        None => 0,
        Some(word) => {
            number(&SEVERITIES, word).ok_or_else(|| malformed(word, "critical, high, medium, low, info"))?
        }
    };
    app.read(caller.tenant, move |session| {
        let behind = cursor.map(|cursor| (cursor.0, cursor.1));
        let rows = session.due_findings(between, severity, behind, limit + 1)?;
        let things = Things::of(session, rows.iter().map(|row| row.asset))?;
        let owners = super::findings::owners(session, &rows, &things)?;
        Ok(Json(Page::of(
            rows,
            limit,
            |row| Cursor(row.due.unwrap_or(0), row.id),
            |row| {
                let owner = owners.get(&row.remedy).cloned().flatten();
                let asset = things.key(row.asset);
                Finding::of(row, asset, owner)
            },
        )))
    })
    .await
}

/// By what is grouped.
#[derive(Debug, Default, Deserialize, IntoParams)]
pub(super) struct By {
    /// owner, asset, kind, or label:NAME; owner where nothing is said.
    by: Option<String>,
}

/// Groups of things.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub(super) struct Groups {
    /// By what was grouped.
    pub by: String,
    /// The hundred groups with the most debt, the most first.
    pub groups: Vec<Group>,
    /// All others together; absent where there are none.
    pub rest: Option<Group>,
}

/// What the things of one group have open. Findings without an objective do not count.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub(super) struct Group {
    /// What they have in common; absent for things without it, and for the rest.
    pub name: Option<String>,
    /// Things in it that have something open.
    pub things: i64,
    /// Open findings.
    pub open: i64,
    /// Those past their due date, by severity.
    pub breached: BTreeMap<String, i64>,
    /// Security debt in weighted days.
    pub debt: f64,
}

impl Group {
    fn add(&mut self, row: &GroupRow, at: i64) {
        self.open += row.open;
        *self.breached.entry(word(&SEVERITIES, row.severity)).or_default() += row.breached;
        self.debt += debt::of(row.severity, row.breached, row.due, at);
    }

    fn join(&mut self, other: &Self) {
        self.things += other.things;
        self.open += other.open;
        self.debt += other.debt;
        for (severity, count) in &other.breached {
            *self.breached.entry(severity.clone()).or_default() += count;
        }
    }
}

/// Who is how far behind: open and breached findings and debt by owner, thing, kind of thing or label.
#[utoipa::path(get, operation_id = "remediation_groups", path = "/api/v1/remediation/groups", tag = "remediation", params(By),
    responses((status = 200, body = Groups), (status = 400, body = Problem)))]
pub(super) async fn groups(
    State(app): State<App>,
    caller: Caller,
    Query(by): Query<By>,
) -> Result<Json<Groups>, Problem> {
    let now = app.now();
    let by = by.by.unwrap_or_else(|| "owner".to_owned());
    let label = by.strip_prefix("label:").map(str::to_owned);
    if label.is_none() && !["owner", "asset", "kind"].contains(&by.as_str()) {
        return Err(Problem::new(
            Kind::Malformed,
            format!("`{by}` is none of owner, asset, kind, label:NAME"),
        ));
    }
    app.read(caller.tenant, move |session| {
        let mut rows = session.breached_by_asset(now)?;
        rows.retain(|row| row.open > 0 || row.breached > 0);
        let names = names(session, &by, label.as_deref())?;
        let mut found: BTreeMap<Option<String>, Group> = BTreeMap::new();
        let mut last = 0;
        for row in &rows {
            let name = names.get(&row.asset).cloned().flatten();
            let group = found.entry(name.clone()).or_insert_with(|| Group {
                name,
                ..Group::default()
            });
            group.things += i64::from(row.asset != last);
            last = row.asset;
            group.add(row, now.div_euclid(1_000));
        }
        let mut groups: Vec<Group> = found.into_values().collect();
        groups.sort_by(|one, other| other.debt.total_cmp(&one.debt).then(other.open.cmp(&one.open)));
        let others = groups.split_off(groups.len().min(GROUPS));
        let rest = (!others.is_empty()).then(|| {
            let mut rest = Group::default();
            others.iter().for_each(|other| rest.join(other));
            rest
        });
        for group in &mut groups {
            group.debt = rounded(group.debt);
        }
        Ok(Json(Groups { by, groups, rest }))
    })
    .await
}

/// The name of the group of each thing.
fn names(
    session: &mut Session<'_>,
    by: &str,
    label: Option<&str>,
) -> Result<BTreeMap<i64, Option<String>>, StoreError> {
    let mut names = BTreeMap::new();
    for row in session.assets(None, 0, i64::MAX)? {
        let name = match (label, by) {
            (Some(label), _) => serde_json::from_str::<BTreeMap<String, String>>(&row.labels)
                .ok()
                .and_then(|mut labels| labels.remove(label)),
            (None, "asset") => Some(row.key),
            (None, "kind") => Some(row.kind),
            _ => row.owner,
        };
        names.insert(row.id, name);
    }
    Ok(names)
}
