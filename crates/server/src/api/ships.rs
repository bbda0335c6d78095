//! Who ships it: a package, what an advisory speaks of, what is under a licence, an image; and by which way it came in.

use super::hops::{Hop, Named, hops, node, ways};
use super::shown::time;
use crate::app::App;
use crate::auth::Caller;
use crate::graphs::Graphs;
use crate::http::{Cursor, Json, Kind, Page, PageQuery, Problem};
use axum::extract::{Query, State};
use bartizan_ledger::graph::Ways;
use bartizan_ledger::graph::spread::spread;
use bartizan_ledger::ways::{Dependencies, WaysIn};
use bartizan_store::graph::{BillRow, Shipped};
use bartizan_store::{Session, StoreError};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use utoipa::{IntoParams, ToSchema};

/// Components of one thing that are shown.
const COMPONENTS: usize = 10;
/// Ways to one component that are shown.
const WAYS: usize = 3;
/// Versions of a package, or components under a licence, that are looked for in the bills of a page.
const LOOKED_FOR: i64 = 200_000;

/// What somebody ships: exactly one of these.
#[derive(Debug, Default, Deserialize, IntoParams)]
pub(super) struct What {
    /// A package: package URL with or without version, name, or name of the source package.
    package: Option<String>,
    /// An advisory, by any of its names: CVE-…, GHSA-…; what has a finding about it that is not fixed.
    advisory: Option<String>,
    /// A licence: an identifier of SPDX, or a whole expression as it is declared.
    license: Option<String>,
    /// An image, with or without `image:`: what is built from it or deployed as it.
    image: Option<String>,
}

/// A thing that ships it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(super) struct Shipper {
    /// Its number.
    pub id: i64,
    /// Its identity.
    pub key: String,
    /// Who answers for it.
    pub owner: Option<String>,
    /// The bill of materials that says so; absent where a finding or edges do.
    pub bill: Option<Bill>,
    /// How many components of it this is about.
    pub component_count: u64,
    /// Those, at most ten.
    pub components: Vec<Carried>,
    /// For an image: how it got there.
    pub way: Vec<Hop>,
}

/// A component that is shipped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(super) struct Carried {
    /// Its package URL.
    pub purl: String,
    /// How many components that the project asks for itself lead to it.
    pub ways_in: u64,
    /// Shortest ways from at most three of them, package URLs from what is asked for to the component.
    pub ways: Vec<Vec<String>>,
}

/// A bill of materials of a thing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(super) struct Bill {
    /// The statement that tells of it.
    pub statement: i64,
    /// Which build of the thing.
    pub build: Option<String>,
    /// RFC 3339.
    pub at: String,
    /// Whether it is the last one.
    pub is_current: bool,
}

impl From<BillRow> for Bill {
    fn from(row: BillRow) -> Self {
        Self {
            statement: row.seq,
            build: row.build,
            at: time(row.at),
            is_current: row.is_current,
        }
    }
}

/// Who ships a package, what an advisory speaks of, what is under a licence, or an image, and by which way it came in.
#[utoipa::path(get, operation_id = "ships", path = "/api/v1/ships", tag = "questions", params(PageQuery, What),
    responses((status = 200, body = Page<Shipper>), (status = 400, body = Problem)))]
pub(super) async fn ships(
    State(app): State<App>,
    caller: Caller,
    Query(page): Query<PageQuery>,
    Query(what): Query<What>,
) -> Result<Json<Page<Shipper>>, Problem> {
    let (limit, cursor) = (page.short_limit(), page.cursor()?);
    let given = [&what.package, &what.advisory, &what.license, &what.image];
    if given.iter().filter(|value| value.is_some()).count() != 1 {
        return Err(Problem::new(
            Kind::Malformed,
            "one of `package`, `advisory`, `license` and `image` says what is shipped",
        ));
    }
    let graphs = std::sync::Arc::clone(app.graphs());
    app.read(caller.tenant, move |session| {
        if let Some(image) = &what.image {
            return of_image(session, &graphs, image.trim(), (limit, cursor)).map(Json);
        }
        let after = cursor.map_or(0, |cursor| cursor.0);
        let carried = match (&what.advisory, &what.package, &what.license) {
            (Some(advisory), ..) => affected(session, advisory.trim(), after, limit + 1)?,
            (None, Some(name), _) => shipped(session, Shipped::Called(name.trim()), after, limit + 1)?,
            (None, None, license) => {
                let license = license.as_deref().unwrap_or_default().trim();
                shipped(session, Shipped::Under(license), after, limit + 1)?
            }
        };
        let more = carried.len() > usize::try_from(limit).unwrap_or(usize::MAX);
        show(session, carried, limit, more).map(Json)
    })
    .await
}

/// A thing, its last bill, and what is asked for among its components.
struct Found {
    asset: i64,
    bill: Option<BillRow>,
    wanted: Vec<i64>,
}

/// Things that ship it by their last bill. What they have of it is found once their bills were read.
fn shipped(
    session: &mut Session<'_>,
    what: Shipped<'_>,
    after: i64,
    limit: i64,
) -> Result<Vec<Found>, StoreError> {
    let wanted = match what {
        Shipped::Called(name) => {
            let rows = session.components_called(name, LOOKED_FOR)?;
            rows.into_iter().map(|row| row.id).collect()
        }
        Shipped::Under(license) => session.components_under(license, LOOKED_FOR)?,
    };
    let bills = session.bills_shipping(what, after, limit)?;
    let found = |bill: BillRow| Found {
        asset: bill.asset,
        bill: Some(bill),
        wanted: wanted.clone(),
    };
    Ok(bills.into_iter().map(found).collect())
}

/// Things that have a finding about the advisory.
fn affected(
    session: &mut Session<'_>,
    advisory: &str,
    after: i64,
    limit: i64,
) -> Result<Vec<Found>, StoreError> {
    let mut found = Vec::new();
    for asset in session.assets_affected_by(advisory, after, limit)? {
        found.push(Found {
            asset,
            bill: session.current_bill(asset)?,
            wanted: session.components_affected_by(advisory, asset)?,
        });
    }
    Ok(found)
}

fn show(
    session: &mut Session<'_>,
    mut found: Vec<Found>,
    limit: i64,
    more: bool,
) -> Result<Page<Shipper>, Problem> {
    found.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    let named = Named::of(session, found.iter().filter_map(|one| node(one.asset)))?;
    let mut known: HashMap<i64, Dependencies> = HashMap::new();
    let mut all = Vec::new();
    for one in &mut found {
        let mut ways = Vec::new();
        if let Some(bill) = &one.bill {
            let dependencies = match known.entry(bill.inventory) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(new) => {
                    let members = session.members_of(bill.inventory)?;
                    let of_bill = members
                        .iter()
                        .map(|member| (member.component, member.direct, member.depends_on.as_slice()));
                    new.insert(Dependencies::of(of_bill))
                }
            };
            one.wanted.retain(|component| dependencies.has(*component));
            let shown = one.wanted.iter().take(COMPONENTS);
            ways.extend(shown.map(|component| dependencies.ways_to(*component, WAYS)));
        }
        all.push(ways);
    }
    let purls = purls(session, &found, &all)?;
    let items = found
        .into_iter()
        .zip(all)
        .map(|(one, ways)| shipper(one, ways, &named, &purls));
    let items: Vec<Shipper> = items.collect();
    Ok(Page {
        next: items
            .last()
            .filter(|_| more)
            .map(|last| Cursor(last.id, 0).text()),
        items,
    })
}

/// Package URLs of everything that is shown, by number.
fn purls(
    session: &mut Session<'_>,
    found: &[Found],
    all: &[Vec<WaysIn>],
) -> Result<HashMap<i64, String>, StoreError> {
    let shown = found
        .iter()
        .flat_map(|one| one.wanted.iter().take(COMPONENTS).copied());
    let on_ways = all
        .iter()
        .flatten()
        .flat_map(|ways| ways.paths.iter().flatten().copied());
    let mut ids: Vec<i64> = shown.chain(on_ways).collect();
    ids.sort_unstable();
    ids.dedup();
    let rows = session.components_by_id(&ids)?;
    Ok(rows.into_iter().map(|row| (row.id, row.purl)).collect())
}

fn shipper(found: Found, ways: Vec<WaysIn>, named: &Named, purls: &HashMap<i64, String>) -> Shipper {
    let row = node(found.asset).and_then(|node| named.row(node));
    let purl = |id: &i64| purls.get(id).cloned().unwrap_or_default();
    // Without a bill of materials there are no ways.
    let ways = ways.into_iter().map(Some).chain(std::iter::repeat(None));
    let carried = |(component, ways): (&i64, Option<WaysIn>)| {
        let ways = ways.unwrap_or_default();
        Carried {
            purl: purl(component),
            ways_in: ways.roots as u64,
            ways: ways
                .paths
                .iter()
                .map(|path| path.iter().map(purl).collect())
                .collect(),
        }
    };
    Shipper {
        id: found.asset,
        key: row.map(|row| row.key.clone()).unwrap_or_default(),
        owner: row.and_then(|row| row.owner.clone()),
        component_count: found.wanted.len() as u64,
        components: found
            .wanted
            .iter()
            .take(COMPONENTS)
            .zip(ways)
            .map(carried)
            .collect(),
        bill: found.bill.map(Bill::from),
        way: Vec::new(),
    }
}

/// What is built from an image, deployed as it, or contains it.
fn of_image(
    session: &mut Session<'_>,
    graphs: &Graphs,
    image: &str,
    (limit, cursor): (i64, Option<Cursor>),
) -> Result<Page<Shipper>, Problem> {
    let key = if image.starts_with("image:") {
        image.to_owned()
    } else {
        format!("image:{image}")
    };
    let row = session
        .asset(&key)?
        .ok_or_else(|| Problem::missing(&format!("image `{key}`")).help("name it without tag and digest"))?;
    let view = graphs.of(session)?;
    let from: Vec<u32> = node(row.id).into_iter().collect();
    let spread = spread(&view.graph, &from, Ways::MAKE);
    let behind = cursor.map_or((0, u32::MAX), |cursor| {
        (
            usize::try_from(cursor.0).unwrap_or(usize::MAX),
            node(cursor.1).unwrap_or(u32::MAX),
        )
    });
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let mut found: Vec<_> = spread.behind(behind).take(limit + 1).collect();
    let more = found.len() > limit;
    found.truncate(limit);
    let next = found.last().filter(|_| more).map(|(distance, reached)| {
        Cursor(
            i64::try_from(*distance).unwrap_or(i64::MAX),
            i64::from(reached.node),
        )
        .text()
    });
    let of_found = ways(&spread, &found);
    let nodes = of_found
        .iter()
        .flat_map(|(way, _)| way.iter().map(|reached| reached.node));
    let named = Named::of(session, nodes)?;
    let shipper = |((_, reached), (way, _)): (&(usize, _), &(Vec<_>, usize))| {
        let reached: &bartizan_ledger::graph::spread::Reached = reached;
        Shipper {
            id: i64::from(reached.node),
            key: named.key(reached.node),
            owner: named.row(reached.node).and_then(|row| row.owner.clone()),
            bill: None,
            component_count: 0,
            components: Vec::new(),
            way: hops(way, &named),
        }
    };
    Ok(Page {
        items: found.iter().zip(&of_found).map(shipper).collect(),
        next,
    })
}
