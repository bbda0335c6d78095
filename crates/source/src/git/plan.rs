//! The order in which blobs of packs are best read: a delta right after what it is based on.

use super::object::{Place, Store};
use super::tree::Found;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Sorts `found` so that reading it in order decodes each delta chain once. Loose objects come last, in the order
/// in which they were found.
pub(super) fn in_pack_order(store: &Store, found: Vec<Found>) -> Vec<Found> {
    let places: Vec<Option<Place>> = found.iter().map(|blob| store.place(&blob.id)).collect();
    let mut children: HashMap<Place, BTreeSet<Place>> = HashMap::new();
    let mut roots = BTreeSet::new();
    for place in places.iter().flatten() {
        let mut at = *place;
        loop {
            match store.base(at) {
                // A chain that was met before was followed to its root then; so was one that goes in a circle.
                Some(base) if !children.entry(base).or_default().insert(at) => break,
                Some(base) => at = base,
                None => {
                    roots.insert(at);
                    break;
                }
            }
        }
    }
    let rank = ranks(roots, &children);
    let mut order: Vec<(usize, Found)> = places
        .iter()
        .map(|place| {
            place
                .and_then(|place| rank.get(&place).copied())
                .unwrap_or(usize::MAX)
        })
        .zip(found)
        .collect();
    order.sort_by_key(|(rank, _)| *rank);
    order.into_iter().map(|(_, blob)| blob).collect()
}

fn ranks(roots: BTreeSet<Place>, children: &HashMap<Place, BTreeSet<Place>>) -> BTreeMap<Place, usize> {
    let mut rank = BTreeMap::new();
    let mut stack: Vec<Place> = roots.into_iter().rev().collect();
    while let Some(place) = stack.pop() {
        rank.insert(place, rank.len());
        stack.extend(children.get(&place).into_iter().flatten().rev());
    }
    rank
}
