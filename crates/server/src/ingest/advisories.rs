//! New advisories: which of the components that are known somewhere they speak of, and what that means for every thing that has them.

use super::absorb::{Effect, Source};
use super::log::IngestError;
use super::policy::{Policy, WAYS, Ways};
use super::row::{self, Described};
use super::scan::Merge;
use super::what::Rejected;
use bartizan_model::{Component, Location, Timestamp};
use bartizan_store::graph::ComponentRow;
use bartizan_store::{Session, StoreError};
use bartizan_supply::advisory::exploit::Exploits;
use bartizan_supply::advisory::index::{Builder, Index};
use bartizan_supply::advisory::record::Record;
use bartizan_supply::advisory::{AdvisoryCheck, matching};
use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// Components of one name that are looked at.
const MOST: i64 = 1_000_000;

/// In which scope findings are that an advisory brought: a later scan of the bill of materials says when they are gone.
const SCOPE: &str = "sbom";

pub(super) fn absorb(
    session: &mut Session<'_>,
    source: &Source<'_>,
    records: &[Record],
) -> Result<Effect, IngestError> {
    let rows = spoken_of(session, records)?;
    let components: Vec<Component> = rows.values().filter_map(component_of).collect();
    let ids: BTreeMap<String, i64> = rows.values().map(|row| (row.purl.clone(), row.id)).collect();
    let matched = matches(records, &components, source.at)?;
    let mut having: Having = BTreeMap::new();
    for (at, finding) in matched.findings.iter().enumerate() {
        let Some(component) = ids.get(finding.asset.as_str()) else {
            continue;
        };
        for bill in session.bills_with(*component, 0, i64::MAX)? {
            having.entry(bill.asset).or_default().insert(at);
        }
    }
    let mut effect = Effect::default();
    spread(session, source, &matched, &having, &mut effect)?;
    Ok(effect)
}

/// By thing: which of the findings it has.
type Having = BTreeMap<i64, BTreeSet<usize>>;

/// What things have in common on which the findings are the same: labels, ways to others, and what else sets them apart.
type Alike = (String, Ways, (Vec<i64>, String));

/// Opens the findings on every thing that has them. What is asked of the store is asked for all things at once.
fn spread(
    session: &mut Session<'_>,
    source: &Source<'_>,
    matched: &matching::Matches,
    having: &Having,
    effect: &mut Effect,
) -> Result<(), StoreError> {
    let policy = Policy::of(session, source.at)?;
    let assets: Vec<i64> = having.keys().copied().collect();
    let scopes = session.scopes_called(SCOPE, &assets, source.seq)?;
    let scopes: HashMap<i64, i64> = assets.iter().copied().zip(scopes).collect();
    let mut merge = Merge::begin(session, source, &policy)?;
    // What a finding is on a thing depends on labels, ways to others and waivers, and many things have the same.
    let mut alike: HashMap<Alike, Vec<Described>> = HashMap::new();
    let mut edges: HashMap<i64, Ways> = HashMap::new();
    for (asset, way, other) in session.edges_from(&assets, WAYS)? {
        edges.entry(asset).or_default().push((way, other));
    }
    for thing in session.assets_of(&assets)? {
        let ways = edges.remove(&thing.id).unwrap_or_default();
        let rules = policy.rules(&thing.key, &thing.labels, &ways);
        let is_first = alike.is_empty();
        let described = match alike.entry((thing.labels, ways, rules.apart())) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => new.insert(row::describe(
                session,
                &matched.findings,
                &matched.remedies,
                &rules,
            )?),
        };
        if is_first {
            // Identity and remedy of a finding are the same everywhere.
            for (at, one) in described.iter().enumerate() {
                let has_it = |asset: &&i64| having.get(*asset).is_some_and(|found| found.contains(&at));
                let having_it: Vec<i64> = assets.iter().filter(has_it).copied().collect();
                merge.know_everywhere(session, one, &having_it)?;
            }
        }
        let (Some(found), Some(scope)) = (having.get(&thing.id), scopes.get(&thing.id)) else {
            continue;
        };
        for one in found.iter().filter_map(|at| described.get(*at)) {
            merge.one(one.clone(), thing.id, *scope, effect);
        }
    }
    merge.write(session)
}

/// Known components with a name that the advisories have.
fn spoken_of(
    session: &mut Session<'_>,
    records: &[Record],
) -> Result<BTreeMap<i64, ComponentRow>, StoreError> {
    let names: HashSet<&str> = records
        .iter()
        .flat_map(|record| &record.affected)
        .map(|affected| affected.name.as_str())
        .collect();
    let mut rows = BTreeMap::new();
    for name in names {
        for row in session.components_called(name, MOST)? {
            rows.insert(row.id, row);
        }
    }
    Ok(rows)
}

fn component_of(row: &ComponentRow) -> Option<Component> {
    let purl = row.purl.parse().ok()?;
    let mut component = Component::new(purl, row.name.clone(), "sbom", Location::of_file("sbom"));
    component.version.clone_from(&row.version);
    component.ecosystem.clone_from(&row.ecosystem);
    component.source = row.source_name.clone().map(|name| bartizan_model::SourcePackage {
        name,
        version: row.source_version.clone(),
    });
    Some(component)
}

fn matches(records: &[Record], components: &[Component], at: i64) -> Result<matching::Matches, IngestError> {
    let broken = |why: String| {
        IngestError::Rejected(Rejected::Predicate {
            kind: "advisories".to_owned(),
            why,
        })
    };
    let mut builder = Builder::new();
    for record in records {
        builder.add(record.clone());
    }
    let built = Timestamp::from_unix_seconds(at.div_euclid(1_000));
    let bytes = builder
        .finish(&Exploits::default(), built)
        .map_err(|error| broken(error.to_string()))?;
    let index = Index::open(bytes.as_slice()).map_err(|error| broken(error.to_string()))?;
    let mut found = matching::find(&index, components, 1).map_err(|error| broken(error.to_string()))?;
    for finding in &mut found.findings {
        AdvisoryCheck::ID.clone_into(&mut finding.check);
    }
    Ok(found)
}
