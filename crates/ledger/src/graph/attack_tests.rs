//! Attack paths on small graphs that are told edge by edge.

use super::*;

fn graph(edges: &[(i64, &str, i64)]) -> Graph {
    let mut graph = Graph::default();
    for (source, kind, target) in edges {
        graph.add(*source, kind.parse().unwrap(), *target).unwrap();
    }
    graph.settle().unwrap();
    graph
}

fn ask(graph: &Graph, entries: &[u32], targets: &[u32], open: &[(u32, u8)]) -> Paths {
    let entries: Vec<Entry> = entries
        .iter()
        .map(|node| Entry {
            node: *node,
            needs_weakness: false,
        })
        .collect();
    paths(&Question {
        graph,
        entries: &entries,
        targets: &targets.iter().copied().collect(),
        open,
    })
}

/// 1 is an address; 2 and 3 are workloads behind it; 4 is an identity; 5 and 6 are data; 7 is the image of 3.
fn shop() -> Graph {
    graph(&[
        (2, "exposes", 1),
        (3, "exposes", 1),
        (2, "assumes", 4),
        (4, "reaches", 5),
        (3, "reaches", 6),
        (3, "reaches", 5),
        (7, "deployed_as", 3),
    ])
}

fn nodes(route: &Route) -> Vec<u32> {
    route.nodes.iter().map(|(node, _)| *node).collect()
}

#[test]
fn the_most_probable_path_leads_over_what_has_urgent_findings() {
    let shop = shop();
    let by_identity = ask(&shop, &[1], &[5], &[(2, 3)]);
    assert_eq!(nodes(&by_identity.routes[0]), [1, 2, 4, 5]);
    assert!((by_identity.routes[0].chance - 0.8 * 0.9 * 0.01).abs() < 1e-6);
    // What is found in an image counts for the workload that it is deployed as.
    let by_image = ask(&shop, &[1], &[5], &[(7, 3), (2, 1)]);
    assert_eq!(nodes(&by_image.routes[0]), [1, 3, 5]);
    assert_eq!(
        by_image
            .nodes
            .iter()
            .find(|shown| shown.node == 3)
            .and_then(|shown| shown.weakness),
        Some(3)
    );
}

#[test]
fn the_edges_to_cut_are_those_that_protect_most() {
    let shop = shop();
    let found = ask(&shop, &[1], &[5, 6], &[]);
    assert_eq!((found.targets, found.smallest), (2, Some(2)));
    let first = found.cuts[0];
    // Whoever is kept from 3 does not get to 6; to 5 there is another way.
    assert_eq!(
        (first.from, first.to, first.way, first.protects),
        (1, 3, Way::Enters, 1)
    );
    let smallest: Vec<_> = found
        .cuts
        .iter()
        .filter(|cut| cut.in_smallest)
        .map(|cut| (cut.from, cut.to))
        .collect();
    assert_eq!(smallest.len(), 2);
    assert!(!found.is_cut);
    let one = ask(
        &graph(&[
            (2, "exposes", 1),
            (2, "reaches", 3),
            (3, "reaches", 4),
            (3, "reaches", 5),
        ]),
        &[1],
        &[4, 5],
        &[],
    );
    assert_eq!((one.smallest, one.cuts[0].protects), (Some(1), 2));
}

#[test]
fn what_is_open_itself_is_a_path_without_a_step_and_nothing_protects_it() {
    let found = ask(&graph(&[(1, "reaches", 2)]), &[1], &[1], &[]);
    assert_eq!((found.targets, found.smallest, found.cuts.len()), (1, None, 0));
    assert_eq!(nodes(&found.routes[0]), [1]);
}

#[test]
fn without_a_way_there_is_nothing_to_show() {
    let found = ask(&shop(), &[5], &[1], &[]);
    assert_eq!(found, Paths::default());
}

#[test]
fn no_more_is_shown_than_a_person_can_look_at_and_everything_is_counted() {
    let mut edges = vec![(1_i64, "exposes", 0_i64)];
    for number in 2..2_000 {
        edges.push((1, "reaches", number));
        edges.push((number, "reaches", 2_000 + number % 40));
    }
    let targets: Vec<u32> = (2_000..2_040).collect();
    let found = ask(&graph(&edges), &[0], &targets, &[]);
    assert!(
        found.nodes.len() <= SHOWN && found.steps.len() <= SHOWN_STEPS,
        "{}",
        found.nodes.len()
    );
    assert_eq!((found.targets, found.routes.len()), (40, TOLD));
    assert_eq!(found.on_paths, 2 + 1_998 + 40);
    assert_eq!((found.smallest, found.cuts[0].protects), (Some(1), 40));
    let rows: HashSet<_> = found
        .nodes
        .iter()
        .map(|shown| (shown.place.layer, shown.place.row))
        .collect();
    assert_eq!(rows.len(), found.nodes.len());
}
