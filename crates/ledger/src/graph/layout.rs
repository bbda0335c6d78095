//! Where to draw things so that paths lead from left to right: in layers by the number of steps from where one gets in, and within a
//! layer near to what they are joined with (the barycentres of Sugiyama, <https://en.wikipedia.org/wiki/Layered_graph_drawing>).

use std::collections::{HashMap, HashSet};

/// Where to draw a thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The layer, from the left, from 0.
    pub layer: usize,
    /// The row within the layer, from the top, from 0.
    pub row: usize,
}

/// Times that the rows of every layer are put in order.
const SWEEPS: usize = 6;

/// Places of those of these things that steps lead to from an entry, by layer and row.
pub(super) fn layers(nodes: &[u32], entries: &HashSet<u32>, steps: &[(u32, u32)]) -> Vec<(u32, Place)> {
    let mut joined: HashMap<u32, Vec<u32>> = HashMap::new();
    let mut out: HashMap<u32, Vec<u32>> = HashMap::new();
    for (from, to) in steps {
        out.entry(*from).or_default().push(*to);
        joined.entry(*from).or_default().push(*to);
        joined.entry(*to).or_default().push(*from);
    }
    let mut seen = HashSet::new();
    let mut layers: Vec<Vec<u32>> = Vec::new();
    let mut next: Vec<u32> = nodes
        .iter()
        .copied()
        .filter(|node| entries.contains(node))
        .collect();
    while !next.is_empty() {
        next.retain(|node| seen.insert(*node));
        let after = next
            .iter()
            .flat_map(|node| out.get(node).into_iter().flatten().copied());
        let after: Vec<u32> = after.filter(|node| !seen.contains(node)).collect();
        layers.push(std::mem::replace(&mut next, after));
    }
    layers.retain(|layer| !layer.is_empty());
    for sweep in 0..SWEEPS {
        let count = layers.len();
        for step in 1..count {
            let (here, beside) = if sweep % 2 == 0 {
                (step, step - 1)
            } else {
                (count - 1 - step, count - step)
            };
            let rows: HashMap<u32, usize> = layers
                .get(beside)
                .into_iter()
                .flatten()
                .enumerate()
                .map(|(row, node)| (*node, row))
                .collect();
            if let Some(layer) = layers.get_mut(here) {
                sort(layer, &joined, &rows);
            }
        }
    }
    let place = |(layer, nodes): (usize, &Vec<u32>)| {
        let placed = nodes
            .iter()
            .enumerate()
            .map(move |(row, node)| (*node, Place { layer, row }));
        placed.collect::<Vec<_>>()
    };
    layers.iter().enumerate().flat_map(place).collect()
}

/// Puts a layer in the order of the middles of what its things are joined with in the layer beside; what is joined with nothing there keeps
/// its row.
fn sort(layer: &mut [u32], joined: &HashMap<u32, Vec<u32>>, rows: &HashMap<u32, usize>) {
    let mut middles: HashMap<u32, (u64, u64)> = HashMap::new();
    for (row, node) in layer.iter().enumerate() {
        let beside: Vec<usize> = joined
            .get(node)
            .into_iter()
            .flatten()
            .filter_map(|other| rows.get(other).copied())
            .collect();
        let middle = if beside.is_empty() {
            (row as u64 * 1_000, 0)
        } else {
            (
                beside.iter().sum::<usize>() as u64 * 1_000 / beside.len() as u64,
                1,
            )
        };
        middles.insert(*node, middle);
    }
    layer.sort_by_key(|node| middles.get(node).copied());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn things_stand_in_layers_and_paths_that_need_not_cross_do_not() {
        let nodes = [1, 2, 3, 11, 12, 13, 99];
        let steps = [(1, 13), (2, 12), (3, 11), (13, 1), (99, 1)];
        let placed = layers(&nodes, &HashSet::from([1, 2, 3]), &steps);
        let row = |node: u32| {
            placed
                .iter()
                .find(|(own, _)| *own == node)
                .map(|(_, place)| (place.layer, place.row))
        };
        for (from, to) in [(1, 13), (2, 12), (3, 11)] {
            assert_eq!(row(from).map(|(_, row)| (1, row)), row(to));
        }
        assert_eq!(row(99), None);
        assert_eq!(placed.len(), 6);
    }
}
