//! Bills of materials: the parts of each are kept once, however many things share them.

use super::absorb::{Effect, Source};
use super::log::IngestError;
use super::row::text;
use super::what::Bill;
use super::{bearing, identity};
use bartizan_ledger::bill::{self, package_of, scope_number};
use bartizan_ledger::statement::Subject;
use bartizan_model::Component;
use bartizan_store::graph::{BillRow, ComponentRow, Member};
use bartizan_store::{Session, StoreError};

/// Components that are looked up, or added, at once.
const AT_ONCE: usize = 4_096;

pub(super) fn absorb(
    session: &mut Session<'_>,
    source: &Source<'_>,
    bill: &Bill,
) -> Result<Effect, IngestError> {
    let key = identity::of_name(&bill.subject.name);
    let asset = session.see_asset(&key, source.at)?;
    keep(session, source, asset, build_of(&bill.subject), &bill.components)?;
    bearing::told(session, source, asset, source.at)?;
    Ok(Effect {
        asset: Some(key),
        components: bill.components.len() as u64,
        problems: bill.problems.clone(),
        ..Effect::default()
    })
}

fn build_of(subject: &Subject) -> Option<String> {
    let (algorithm, digest) = subject.digest.iter().next()?;
    let name = if algorithm == "gitCommit" {
        "commit"
    } else {
        algorithm
    };
    Some(format!("{name}:{digest}").chars().take(200).collect())
}

/// Keeps what is in a thing.
pub(super) fn keep(
    session: &mut Session<'_>,
    source: &Source<'_>,
    asset: i64,
    build: Option<String>,
    components: &[Component],
) -> Result<(), StoreError> {
    let cut = bill::Bill::cut(components);
    let inventory = match session.inventory_by_digest(&cut.digest)? {
        Some(known) => known,
        None => add_inventory(session, &cut)?,
    };
    session.add_bill(&BillRow {
        seq: source.seq,
        asset,
        build,
        inventory,
        at: source.at,
        is_current: true,
    })?;
    Ok(())
}

fn add_inventory(session: &mut Session<'_>, cut: &bill::Bill<'_>) -> Result<i64, StoreError> {
    let mut chunks = Vec::with_capacity(cut.parts.len());
    let mut new = Vec::new();
    for part in &cut.parts {
        let known = session.chunk_by_digest(&part.digest)?;
        if known.is_none() {
            new.push(part);
        }
        chunks.push(known);
    }
    let ids = component_ids(session, cut, &new)?;
    let id = |place: usize| ids.get(place).copied().filter(|id| *id != UNKNOWN);
    let mut added = Vec::with_capacity(new.len());
    for part in &new {
        let members: Vec<Member> = part
            .range
            .clone()
            .zip(cut.of(part))
            .filter_map(|(place, entry)| {
                Some(Member {
                    component: id(place)?,
                    scope: scope_number(entry.component.scope),
                    direct: entry.component.direct,
                    depends_on: entry
                        .depends_on
                        .iter()
                        .filter_map(|other| id(usize::try_from(*other).ok()?))
                        .collect(),
                })
            })
            .collect();
        added.push((part.digest, members));
    }
    let mut added = session.add_chunks(&added)?.into_iter();
    let chunks: Vec<i64> = chunks
        .into_iter()
        .filter_map(|known| known.or_else(|| added.next()))
        .collect();
    let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    session.add_inventory(
        &cut.digest,
        &chunks,
        count(cut.components.len()),
        count(cut.edges),
    )
}

/// Under which names the components under a licence are found: the expression, and each licence in it.
fn names_of(license: &str) -> Vec<String> {
    let words = license
        .split(|letter: char| letter.is_whitespace() || matches!(letter, '(' | ')'))
        .filter(|word| !word.is_empty() && !matches!(*word, "AND" | "OR" | "WITH"));
    // What is no expression is a text of its own, and its words say nothing.
    let is_expression = [" AND ", " OR ", " WITH "]
        .iter()
        .any(|word| license.contains(word));
    let parts = words.filter(|_| is_expression).map(text);
    std::iter::once(text(license)).chain(parts).collect()
}

/// Stands for a component that was not looked up, or has no number yet.
const UNKNOWN: i64 = 0;

/// The numbers of all components of these parts and of what they depend on, by their places in the bill; components that are new are
/// added.
fn component_ids(
    session: &mut Session<'_>,
    cut: &bill::Bill<'_>,
    parts: &[&bill::Part],
) -> Result<Vec<i64>, StoreError> {
    let mut ids = vec![UNKNOWN; cut.components.len()];
    for places in wanted(cut, parts).chunks(AT_ONCE) {
        let purls: Vec<&str> = places
            .iter()
            .filter_map(|place| Some(cut.components.get(*place)?.purl.as_str()))
            .collect();
        for (purl, id) in session.component_ids(&purls)? {
            let place = cut.components.binary_search_by(|entry| entry.purl.cmp(&purl));
            if let Some(known) = place.ok().and_then(|place| ids.get_mut(place)) {
                *known = id;
            }
        }
    }
    let mut next = session.next_component()?;
    let mut rows = Vec::with_capacity(AT_ONCE);
    let mut licenses = Vec::new();
    for part in parts {
        for (place, entry) in part.range.clone().zip(cut.of(part)) {
            let Some(id) = ids.get_mut(place).filter(|id| **id == UNKNOWN) else {
                continue;
            };
            *id = next;
            let under = entry.component.licenses.iter();
            licenses.extend(
                under
                    .flat_map(|license| names_of(license))
                    .map(|name| (name, next)),
            );
            rows.push(row(entry, next));
            next += 1;
            if rows.len() == AT_ONCE {
                session.add_components(&rows)?;
                rows.clear();
            }
        }
    }
    // A dependency of a part that is new may lie in a part that is known; all of those have numbers already.
    session.add_components(&rows)?;
    licenses.sort();
    licenses.dedup();
    session.add_licenses(&licenses)?;
    Ok(ids)
}

/// Places of everything in these parts and of what it depends on, ascending.
fn wanted(cut: &bill::Bill<'_>, parts: &[&bill::Part]) -> Vec<usize> {
    let mut wanted = vec![false; cut.components.len()];
    for part in parts {
        let depended_on = cut.of(part).iter().flat_map(|entry| &entry.depends_on);
        let places = depended_on.filter_map(|place| usize::try_from(*place).ok());
        for place in part.range.clone().chain(places) {
            if let Some(wanted) = wanted.get_mut(place) {
                *wanted = true;
            }
        }
    }
    let places = wanted.into_iter().enumerate();
    places
        .filter_map(|(place, is_wanted)| is_wanted.then_some(place))
        .collect()
}

fn row(entry: &bill::Entry<'_>, id: i64) -> ComponentRow {
    let component = entry.component;
    ComponentRow {
        id,
        purl: entry.purl.clone(),
        package: package_of(&component.purl),
        name: text(&component.name),
        version: component.version.as_deref().map(text),
        ecosystem: component.ecosystem.as_deref().map(text),
        source_name: component.source.as_ref().map(|source| text(&source.name)),
        source_version: component
            .source
            .as_ref()
            .and_then(|source| source.version.as_deref().map(text)),
    }
}
