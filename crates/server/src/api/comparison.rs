//! What changed between two builds, of one thing or of two: components, licences, and findings.

use super::ships::Bill;
use super::shown::{Finding, Things};
use crate::app::App;
use crate::auth::Caller;
use crate::http::{Json, Problem};
use axum::extract::{Query, State};
use bartizan_ledger::difference::{Difference, Item, compare as differ};
use bartizan_store::graph::{BillRow, ComponentRow, FindingRow, Status};
use bartizan_store::{Session, StoreError};
use bartizan_supply::ecosystem::Ecosystem;
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use utoipa::{IntoParams, ToSchema};

/// Entries of each list that are shown.
const SHOWN: usize = 500;
/// Events between two builds that are read.
const EVENTS: i64 = 20_000;

/// Which two builds are compared.
#[derive(Debug, Deserialize, IntoParams)]
pub(super) struct Builds {
    /// The statement with the bill of materials of the one.
    from: i64,
    /// The statement with the bill of materials of the other; the last one of the same thing where nothing is said.
    to: Option<i64>,
}

/// What changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(super) struct Comparison {
    /// The one build.
    pub from: Build,
    /// The other build.
    pub to: Build,
    /// How many there are of each: added, removed, upgraded, downgraded, changed, licenses_new, licenses_gone, findings_opened, findings_closed.
    pub counts: BTreeMap<String, u64>,
    /// Components that are in no version in the one; of each list at most 500 are shown.
    pub added: Vec<Moved>,
    /// Components that are in no version in the other.
    pub removed: Vec<Moved>,
    /// Components that have a newer version.
    pub upgraded: Vec<Moved>,
    /// Components that have an older version.
    pub downgraded: Vec<Moved>,
    /// Components that have another version of which nobody can say whether it is newer.
    pub changed: Vec<Moved>,
    /// Licences that nothing in the one is under.
    pub licenses_new: Vec<String>,
    /// Licences that nothing in the other is under.
    pub licenses_gone: Vec<String>,
    /// Where the findings are from: `history`, what happened to one thing between the two; `today`, what is open on two things now.
    pub basis: String,
    /// Findings that the other has and the one had not.
    pub findings_opened: Vec<Finding>,
    /// Findings that the one had and the other has not.
    pub findings_closed: Vec<Finding>,
    /// Whether more happened between the two than was read: the findings are then a part.
    pub is_cut: bool,
}

/// A build.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(super) struct Build {
    /// Number of the thing.
    pub id: i64,
    /// The thing.
    pub key: String,
    /// Its bill of materials.
    pub bill: Bill,
    /// How many components it has.
    pub components: i64,
}

/// A component that is not what it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(super) struct Moved {
    /// Package URL without version.
    pub package: String,
    /// Its name.
    pub name: String,
    /// The version that the one has.
    pub from: Option<String>,
    /// The version that the other has.
    pub to: Option<String>,
}

/// What changed between two builds, each named by the statement with its bill of materials.
#[utoipa::path(get, operation_id = "comparison", path = "/api/v1/comparison", tag = "questions", params(Builds),
    responses((status = 200, body = Comparison), (status = 404, body = Problem)))]
pub(super) async fn compare(
    State(app): State<App>,
    caller: Caller,
    Query(builds): Query<Builds>,
) -> Result<Json<Comparison>, Problem> {
    app.read(caller.tenant, move |session| {
        let missing = |seq: i64| {
            Problem::missing(&format!("bill of materials in statement {seq}"))
                .help("take numbers of statements from the builds of a thing: /api/v1/assets/ID/bills")
        };
        let from = session.bill(builds.from)?.ok_or_else(|| missing(builds.from))?;
        let to = match builds.to {
            Some(seq) => session.bill(seq)?.ok_or_else(|| missing(seq))?,
            None => session.current_bill(from.asset)?.unwrap_or_else(|| from.clone()),
        };
        between(session, &from, &to).map(Json)
    })
    .await
}

fn between(session: &mut Session<'_>, from: &BillRow, to: &BillRow) -> Result<Comparison, Problem> {
    let things = Things::of(session, [from.asset, to.asset])?;
    let (had, has) = (components(session, from)?, components(session, to)?);
    let only =
        |own: &BTreeSet<i64>, other: &BTreeSet<i64>| own.difference(other).copied().collect::<Vec<_>>();
    let mut rows: HashMap<i64, ComponentRow> = HashMap::new();
    let mut items = |session: &mut Session<'_>, ids: &[i64]| -> Result<Vec<Item>, StoreError> {
        let mut found = session.components_by_id(ids)?;
        found.sort_unstable_by_key(|row| row.id);
        let items = found.iter().map(|row| Item {
            id: row.id,
            package: row.package.clone(),
            version: row.version.clone(),
            ecosystem: row.ecosystem.clone(),
        });
        let items = items.collect();
        rows.extend(found.into_iter().map(|row| (row.id, row)));
        Ok(items)
    };
    let before = items(session, &only(&had, &has))?;
    let after = items(session, &only(&has, &had))?;
    let difference = differ(&before, &after, &order);
    let (licenses_before, licenses_after) = (licenses(session, &had)?, licenses(session, &has)?);
    let new: Vec<String> = licenses_after.difference(&licenses_before).cloned().collect();
    let gone: Vec<String> = licenses_before.difference(&licenses_after).cloned().collect();
    let findings = Findings::between(session, from, to)?;
    let counts = counts(&difference, (&new, &gone), &findings);
    let shown = |rows: Vec<FindingRow>| -> Vec<Finding> {
        let shown = rows.into_iter().take(SHOWN);
        shown
            .map(|row| {
                let (key, owner) = (things.key(row.asset), things.owner(row.asset));
                Finding::of(row, key, owner)
            })
            .collect()
    };
    let pairs = |pairs: &[(i64, i64)]| {
        let some = pairs.iter().take(SHOWN);
        some.filter_map(|(one, other)| moved(rows.get(one), rows.get(other)))
            .collect()
    };
    let singles = |ids: &[i64], came: bool| -> Vec<Moved> {
        let some = ids.iter().take(SHOWN).map(|id| rows.get(id));
        some.filter_map(|row| if came { moved(None, row) } else { moved(row, None) })
            .collect()
    };
    let build = |session: &mut Session<'_>, bill: &BillRow| -> Result<Build, StoreError> {
        Ok(Build {
            id: bill.asset,
            key: things.key(bill.asset),
            components: session.inventory(bill.inventory)?.map_or(0, |row| row.components),
            bill: bill.clone().into(),
        })
    };
    Ok(Comparison {
        from: build(session, from)?,
        to: build(session, to)?,
        added: singles(&difference.added, true),
        removed: singles(&difference.removed, false),
        upgraded: pairs(&difference.upgraded),
        downgraded: pairs(&difference.downgraded),
        changed: pairs(&difference.changed),
        licenses_new: new.into_iter().take(SHOWN).collect(),
        licenses_gone: gone.into_iter().take(SHOWN).collect(),
        basis: findings.basis.to_owned(),
        is_cut: findings.is_cut,
        counts,
        findings_opened: shown(findings.opened),
        findings_closed: shown(findings.closed),
    })
}

fn counts(
    difference: &Difference,
    (new, gone): (&[String], &[String]),
    findings: &Findings,
) -> BTreeMap<String, u64> {
    [
        ("added", difference.added.len()),
        ("removed", difference.removed.len()),
        ("upgraded", difference.upgraded.len()),
        ("downgraded", difference.downgraded.len()),
        ("changed", difference.changed.len()),
        ("licenses_new", new.len()),
        ("licenses_gone", gone.len()),
        ("findings_opened", findings.opened.len()),
        ("findings_closed", findings.closed.len()),
    ]
    .map(|(word, count)| (word.to_owned(), count as u64))
    .into()
}

/// Which of two versions is newer.
fn order(ecosystem: Option<&str>, one: &str, other: &str) -> Option<Ordering> {
    let scheme = Ecosystem::parse(ecosystem?).ok()?.scheme()?;
    Some(scheme.compare(one, other))
}

fn components(session: &mut Session<'_>, bill: &BillRow) -> Result<BTreeSet<i64>, StoreError> {
    let members = session.members_of(bill.inventory)?;
    Ok(members.into_iter().map(|member| member.component).collect())
}

fn licenses(session: &mut Session<'_>, components: &BTreeSet<i64>) -> Result<BTreeSet<String>, StoreError> {
    let ids: Vec<i64> = components.iter().copied().collect();
    let all = session.licenses_of(&ids)?;
    Ok(all.into_iter().map(|(_, license)| license).collect())
}

fn moved(one: Option<&ComponentRow>, other: Option<&ComponentRow>) -> Option<Moved> {
    let row = other.or(one)?;
    Some(Moved {
        package: row.package.clone(),
        name: row.name.clone(),
        from: one.and_then(|row| row.version.clone()),
        to: other.and_then(|row| row.version.clone()),
    })
}

/// Findings that came and went.
struct Findings {
    basis: &'static str,
    opened: Vec<FindingRow>,
    closed: Vec<FindingRow>,
    is_cut: bool,
}

impl Findings {
    fn between(session: &mut Session<'_>, from: &BillRow, to: &BillRow) -> Result<Self, StoreError> {
        if from.asset == to.asset {
            Self::of_history(session, from, to)
        } else {
            Self::of_today(session, from.asset, to.asset)
        }
    }

    /// What happened behind the statement of the one and up to that of the other. What came and went in between is neither.
    fn of_history(session: &mut Session<'_>, from: &BillRow, to: &BillRow) -> Result<Self, StoreError> {
        let span = (from.seq.min(to.seq), from.seq.max(to.seq));
        let events = session.events_between(from.asset, span, EVENTS)?;
        let is_cut = i64::try_from(events.len()).is_ok_and(|count| count == EVENTS);
        let mut first_and_last: BTreeMap<i64, (bool, bool)> = BTreeMap::new();
        for event in &events {
            let is_open = event.kind != "fixed";
            first_and_last
                .entry(event.finding)
                .and_modify(|(_, last)| *last = is_open)
                .or_insert((is_open, is_open));
        }
        let (mut opened, mut closed) = (Vec::new(), Vec::new());
        for (finding, (first, last)) in first_and_last {
            // Opened first, it was not open before; fixed last, it is not open after.
            if first == last {
                let list = if last == (from.seq <= to.seq) {
                    &mut opened
                } else {
                    &mut closed
                };
                list.extend(session.finding(finding)?);
            }
        }
        Ok(Self {
            basis: "history",
            opened,
            closed,
            is_cut,
        })
    }

    fn of_today(session: &mut Session<'_>, from: i64, to: i64) -> Result<Self, StoreError> {
        let mut open = |asset: i64| -> Result<Vec<FindingRow>, StoreError> {
            let mut rows = Vec::new();
            session.each_finding_of(asset, |row| {
                if row.status == Status::Open {
                    rows.push(row);
                }
                Ok(())
            })?;
            Ok(rows)
        };
        let (one, other) = (open(from)?, open(to)?);
        let prints = |rows: &[FindingRow]| {
            rows.iter()
                .map(|row| row.fingerprint.clone())
                .collect::<HashSet<_>>()
        };
        let (of_one, of_other) = (prints(&one), prints(&other));
        let without = |rows: Vec<FindingRow>, known: &HashSet<Vec<u8>>| {
            rows.into_iter()
                .filter(|row| !known.contains(&row.fingerprint))
                .collect()
        };
        Ok(Self {
            basis: "today",
            opened: without(other, &of_one),
            closed: without(one, &of_other),
            is_cut: false,
        })
    }
}
