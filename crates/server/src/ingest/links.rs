//! What joins things, many at once, as whoever knows a cluster, a cloud or a network tells it; and how things were made.

use super::absorb::{Effect, Source};
use super::decide::judge_again;
use super::identity;
use super::log::IngestError;
use super::policy::WAYS;
use super::what::Link;
use bartizan_ledger::statement::Subject;
use bartizan_store::Session;
use bartizan_store::graph::EdgeRow;
use std::collections::BTreeSet;

/// Things that are judged again at once.
const AT_ONCE: usize = 1_000;

pub(super) fn absorb(
    session: &mut Session<'_>,
    source: &Source<'_>,
    links: &[Link],
) -> Result<Effect, IngestError> {
    let names: Vec<&str> = links
        .iter()
        .flat_map(|link| [link.source.as_str(), link.target.as_str()])
        .collect();
    let ids = session.see_assets(&names, source.at)?;
    let edges: Vec<EdgeRow> = links
        .iter()
        .filter_map(|link| {
            Some(EdgeRow {
                source: *ids.get(&link.source)?,
                kind: link.kind.clone(),
                target: *ids.get(&link.target)?,
            })
        })
        .collect();
    session.see_edges(&edges, source.seq)?;
    let mut effect = Effect::default();
    let placed: BTreeSet<i64> = edges
        .iter()
        .filter(|edge| WAYS.contains(&edge.kind.as_str()))
        .map(|edge| edge.source)
        .collect();
    if placed.len() > AT_ONCE {
        effect.problems.push(format!(
            "{} things have to do with others in new ways: each is judged by that with its next scan",
            placed.len()
        ));
        return Ok(effect);
    }
    for asset in placed {
        judge_again(session, source, asset)?;
    }
    Ok(effect)
}

pub(super) fn absorb_provenance(
    session: &mut Session<'_>,
    source: &Source<'_>,
    subjects: &[Subject],
) -> Result<Effect, IngestError> {
    for subject in subjects.iter().filter(|subject| !subject.name.is_empty()) {
        let asset = session.see_asset(&identity::of_name(&subject.name), source.at)?;
        session.add_provenance(asset, source.seq, source.at)?;
    }
    Ok(Effect::default())
}
