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
use std::collections::HashMap;

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

/// Keeps what is in a thing. Out come the numbers of the components, by package URL, as far as they had to be looked up.
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
    let ids = component_ids(session, &new)?;
    let mut added = Vec::with_capacity(new.len());
    for part in &new {
        let members: Vec<Member> = part
            .components
            .iter()
            .filter_map(|entry| {
                Some(Member {
                    component: *ids.get(entry.purl.as_str())?,
                    scope: scope_number(entry.component.scope),
                    direct: entry.component.direct,
                    depends_on: entry
                        .depends_on
                        .iter()
                        .filter_map(|other| ids.get(other.as_str()).copied())
                        .collect(),
                })
            })
            .collect();
        added.push(session.add_chunk(&part.digest, &members)?);
    }
    let mut added = added.into_iter();
    let chunks: Vec<i64> = chunks
        .into_iter()
        .filter_map(|known| known.or_else(|| added.next()))
        .collect();
    let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    session.add_inventory(&cut.digest, &chunks, count(cut.components), count(cut.edges))
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

/// The numbers of all components of these parts and of what they depend on; components that are new are added.
fn component_ids<'a>(
    session: &mut Session<'_>,
    parts: &[&'a bill::Part<'a>],
) -> Result<HashMap<String, i64>, StoreError> {
    let entries = || parts.iter().flat_map(|part| &part.components);
    let mut wanted: Vec<&str> = entries()
        .flat_map(|entry| std::iter::once(&entry.purl).chain(&entry.depends_on))
        .map(String::as_str)
        .collect();
    wanted.sort_unstable();
    wanted.dedup();
    let mut ids: HashMap<String, i64> = session.component_ids(&wanted)?.into_iter().collect();
    let mut next = session.next_component()?;
    let (mut rows, mut licenses) = (Vec::new(), Vec::new());
    for entry in entries() {
        if ids.contains_key(&entry.purl) {
            continue;
        }
        let component = entry.component;
        licenses.extend(
            component
                .licenses
                .iter()
                .flat_map(|license| names_of(license))
                .map(|name| (name, next)),
        );
        rows.push(ComponentRow {
            id: next,
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
        });
        ids.insert(entry.purl.clone(), next);
        next += 1;
    }
    // A dependency of a part that is new may lie in a part that is known; all of those have numbers already.
    session.add_components(&rows)?;
    licenses.sort();
    licenses.dedup();
    session.add_licenses(&licenses)?;
    Ok(ids)
}
