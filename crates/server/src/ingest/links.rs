//! What joins things, many at once, as whoever knows a cluster, a cloud or a network tells it; and how things were made.

use super::absorb::{Effect, Source};
use super::identity;
use super::log::IngestError;
use super::what::Link;
use bartizan_ledger::statement::Subject;
use bartizan_store::Session;
use bartizan_store::graph::EdgeRow;

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
    Ok(Effect::default())
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
