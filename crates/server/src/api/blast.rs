//! How far trouble would spread: from a package, a leaked credential, a host, or any thing.

use super::hops::{Hop, Named, hops, node, ways};
use crate::app::App;
use crate::auth::Caller;
use crate::graphs::View;
use crate::http::{Cursor, Json, Kind, PageQuery, Problem};
use axum::extract::{Query, State};
use bartizan_ledger::graph::spread::{Reached, Search, Spread};
use bartizan_model::Fingerprint;
use bartizan_model::encoding::hex;
use bartizan_store::graph::{Shipped, Status};
use bartizan_store::{Session, StoreError};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashSet};
use utoipa::{IntoParams, ToSchema};

/// Things that are shown of where it begins, and of what is worth most.
const SHOWN: usize = 50;

/// From where trouble spreads: exactly one of these.
#[derive(Debug, Default, Deserialize, IntoParams)]
pub(super) struct From {
    /// A package: package URL with or without version, or name. Trouble begins in everything that ships it.
    package: Option<String>,
    /// The fingerprint of a finding about a leaked credential. Trouble begins with what the credential opens, by edges `assumes` of
    /// `credential:FINGERPRINT`, or where there are none of the things in which it stands.
    credential: Option<String>,
    /// A host, with or without `host:`.
    host: Option<String>,
    /// Any thing, by its identity.
    thing: Option<String>,
}

/// How far trouble spreads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(super) struct Blast {
    /// Things where it begins, at most 50.
    pub from: Vec<Hit>,
    /// How many things that are.
    pub from_count: u64,
    /// How many more things are reached: all of them are counted.
    pub things: u64,
    /// The same by kind.
    pub by_kind: BTreeMap<String, u64>,
    /// How many of all these are labelled `mission=high` or `data`.
    pub valuable_count: u64,
    /// Those, the nearest first, at most 50.
    pub valuable: Vec<Hit>,
    /// What is reached, the nearest first.
    pub items: Vec<Hit>,
    /// What to ask for the next page with; absent on the last one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// A thing that is reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(super) struct Hit {
    /// Its number.
    pub id: i64,
    /// Its identity.
    pub key: String,
    /// Its kind.
    pub kind: String,
    /// Who answers for it.
    pub owner: Option<String>,
    /// Steps from where it begins.
    pub distance: u64,
    /// A shortest way to it; of a long one the last twenty steps.
    pub way: Vec<Hop>,
    /// Steps of the way that are left out before these.
    pub left_out: u64,
}

/// How far trouble would spread from a package, a leaked credential, a host or any thing.
#[utoipa::path(get, operation_id = "blast", path = "/api/v1/blast", tag = "questions", params(PageQuery, From),
    responses((status = 200, body = Blast), (status = 400, body = Problem), (status = 404, body = Problem)))]
pub(super) async fn blast(
    State(app): State<App>,
    caller: Caller,
    Query(page): Query<PageQuery>,
    Query(from): Query<From>,
) -> Result<Json<Blast>, Problem> {
    let (limit, cursor) = (page.limit(), page.cursor()?);
    let graphs = std::sync::Arc::clone(app.graphs());
    app.read(caller.tenant, move |session| {
        let start = Start::of(session, &from)?;
        let view = graphs.of(session)?;
        answer(session, (&view, &start), limit, cursor).map(Json)
    })
    .await
}

/// Where trouble begins.
struct Start {
    nodes: Vec<u32>,
    /// Whether the things where it begins are not in trouble themselves, but what they may take on is.
    opens_only: bool,
}

impl Start {
    fn of(session: &mut Session<'_>, from: &From) -> Result<Self, Problem> {
        let given = [&from.package, &from.credential, &from.host, &from.thing];
        if given.iter().filter(|value| value.is_some()).count() != 1 {
            return Err(Problem::new(
                Kind::Malformed,
                "one of `package`, `credential`, `host` and `thing` says where trouble begins",
            ));
        }
        if let Some(package) = &from.package {
            return Self::of_package(session, package.trim());
        }
        if let Some(print) = &from.credential {
            return Self::of_credential(session, print.trim());
        }
        let key = match (&from.host, &from.thing) {
            (Some(host), _) if !host.starts_with("host:") => format!("host:{}", host.trim()),
            (Some(key), _) | (None, Some(key)) => key.trim().to_owned(),
            (None, None) => String::new(),
        };
        let row = session
            .asset(&key)?
            .ok_or_else(|| Problem::missing(&format!("thing `{key}`")))?;
        Ok(Self {
            nodes: node(row.id).into_iter().collect(),
            opens_only: false,
        })
    }

    fn of_package(session: &mut Session<'_>, package: &str) -> Result<Self, Problem> {
        let bills = session.bills_shipping(Shipped::Called(package), 0, i64::MAX)?;
        let mut nodes: Vec<u32> = bills.iter().filter_map(|bill| node(bill.asset)).collect();
        nodes.extend(session.asset(package)?.and_then(|row| node(row.id)));
        if nodes.is_empty() {
            return Err(Problem::missing(&format!("thing that ships `{package}`"))
                .help("name it as `pkg:npm/name`, `pkg:npm/name@1.2.3`, or as its ecosystem does"));
        }
        Ok(Self {
            nodes,
            opens_only: false,
        })
    }

    fn of_credential(session: &mut Session<'_>, print: &str) -> Result<Self, Problem> {
        let print = Fingerprint::parse(print).ok_or_else(|| {
            Problem::new(Kind::Malformed, "a fingerprint has 32 digits, 0 to 9 and a to f")
                .help("take it from the page of the finding")
        })?;
        let bytes = print.to_bytes();
        let own = session.asset(&format!("credential:{}", hex(&bytes)))?;
        let findings = session.findings_by_print(&bytes)?;
        let there = findings.iter().filter(|row| row.status != Status::Fixed);
        let mut nodes: Vec<u32> = there.filter_map(|row| node(row.asset)).collect();
        if let Some(own) = own {
            nodes = node(own.id).into_iter().collect();
        }
        if nodes.is_empty() {
            return Err(Problem::missing(
                "credential with this fingerprint that is not fixed",
            ));
        }
        Ok(Self {
            nodes,
            opens_only: true,
        })
    }
}

fn answer(
    session: &mut Session<'_>,
    (view, start): (&View, &Start),
    limit: i64,
    cursor: Option<Cursor>,
) -> Result<Blast, Problem> {
    let behind = cursor.map_or((0, u32::MAX), |cursor| {
        (
            usize::try_from(cursor.0).unwrap_or(usize::MAX),
            node(cursor.1).unwrap_or(u32::MAX),
        )
    });
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let (extent, mut search) = view.extent(&start.nodes, start.opens_only, &valuable(session)?);
    let mut valuable = follow(&mut search, &extent.reached, behind, limit);
    valuable.truncate(SHOWN);
    let spread = search.spread();
    let mut page: Vec<(usize, Reached)> = spread.behind(behind).take(limit + 1).collect();
    let more = page.len() > limit;
    page.truncate(limit);
    let first: Vec<(usize, Reached)> = spread
        .levels
        .first()
        .into_iter()
        .flatten()
        .take(SHOWN)
        .map(|reached| (0, *reached))
        .collect();
    let next = page.last().filter(|_| more).map(|(distance, reached)| {
        Cursor(
            i64::try_from(*distance).unwrap_or(i64::MAX),
            i64::from(reached.node),
        )
        .text()
    });
    let lists = [first, valuable, page];
    let mut shown = hits(session, spread, &lists)?.into_iter();
    let mut list = || shown.next().unwrap_or_default();
    Ok(Blast {
        from: list(),
        from_count: spread.levels.first().map_or(0, |level| level.len() as u64),
        things: extent.things,
        by_kind: extent.by_kind,
        valuable_count: extent.reached.len() as u64,
        valuable: list(),
        items: list(),
        next,
    })
}

/// Goes on until the page behind a place is known, and the nearest of what is worth most; out come these, each with its distance.
fn follow(
    search: &mut Search<'_>,
    worth: &[u32],
    behind: (usize, u32),
    limit: usize,
) -> Vec<(usize, Reached)> {
    let mut missing: HashSet<u32> = worth.iter().copied().collect();
    let (mut valuable, mut items) = (Vec::new(), 0);
    for distance in 0.. {
        if distance >= search.spread().levels.len() && !search.step() {
            break;
        }
        let level = search.spread().levels.get(distance).into_iter().flatten();
        for reached in level {
            if missing.remove(&reached.node) {
                valuable.push((distance, *reached));
            }
            items += usize::from((distance, reached.node) > behind);
        }
        if items > limit && (missing.is_empty() || valuable.len() >= SHOWN) {
            break;
        }
    }
    valuable
}

fn hits(
    session: &mut Session<'_>,
    spread: &Spread,
    lists: &[Vec<(usize, Reached)>],
) -> Result<Vec<Vec<Hit>>, StoreError> {
    let of_lists: Vec<_> = lists.iter().map(|list| ways(spread, list)).collect();
    let nodes = of_lists
        .iter()
        .flatten()
        .flat_map(|(way, _)| way.iter().map(|reached| reached.node));
    let named = Named::of(session, nodes)?;
    let hit = |((distance, reached), (way, left_out)): (&(usize, Reached), &(Vec<Reached>, usize))| {
        let row = named.row(reached.node);
        Hit {
            id: i64::from(reached.node),
            key: named.key(reached.node),
            kind: row.map(|row| row.kind.clone()).unwrap_or_default(),
            owner: row.and_then(|row| row.owner.clone()),
            distance: *distance as u64,
            way: hops(way, &named),
            left_out: *left_out as u64,
        }
    };
    let list = |(list, ways): (&Vec<(usize, Reached)>, &Vec<_>)| list.iter().zip(ways).map(hit).collect();
    Ok(lists.iter().zip(&of_lists).map(list).collect())
}

/// Things that are labelled as holding data, or as what the mission hangs on.
pub(super) fn valuable(session: &mut Session<'_>) -> Result<Vec<u32>, StoreError> {
    let labelled = session.labelled_assets()?.into_iter();
    let holds = |labels: &str| {
        let labels: BTreeMap<String, String> = serde_json::from_str(labels).unwrap_or_default();
        let has_data = labels.get("data").is_some_and(|data| data != "none");
        has_data || labels.get("mission").is_some_and(|mission| mission == "high")
    };
    Ok(labelled
        .filter(|(_, labels)| holds(labels))
        .filter_map(|(id, _)| node(id))
        .collect())
}
