use crate::operations::{dump, history, play};
use crate::support::{open, tenant, write};
use bartizan_testbed::{Database, on_both_engines};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, TestRunner};
use std::cell::Cell;

on_both_engines!(
    what_a_tenant_reads_does_not_depend_on_what_another_one_writes,
    clearing_one_tenant_leaves_the_others,
);

/// One tenant beside another one that writes between its turns, and a third who writes the same and whose neighbours are silent: the first
/// and the third read the same. Nothing leaks, and nothing is changed, over the wall.
fn what_a_tenant_reads_does_not_depend_on_what_another_one_writes(database: &Database) {
    let store = open(database);
    let turn = Cell::new(0);
    let config = Config {
        cases: 12,
        failure_persistence: None,
        ..Config::default()
    };
    TestRunner::new(config)
        .run(&(history(), history()), |(own, foreign)| {
            let turn = turn.replace(turn.get() + 1);
            let alone = tenant(&store, &format!("alone {turn}"));
            let expected = (play(&store, alone, &own), dump(&store, alone));
            let beside = tenant(&store, &format!("beside {turn}"));
            let neighbour = tenant(&store, &format!("neighbour {turn}"));
            let mut foreign = foreign.chunks(2);
            let mut outcomes = Vec::new();
            for part in own.chunks(2) {
                outcomes.extend(play(&store, beside, part));
                play(&store, neighbour, foreign.next().unwrap_or_default());
            }
            for rest in foreign {
                play(&store, neighbour, rest);
            }
            prop_assert_eq!((outcomes, dump(&store, beside)), expected);
            Ok(())
        })
        .unwrap();
}

fn clearing_one_tenant_leaves_the_others(database: &Database) {
    let store = open(database);
    let [one, other] = ["one", "other"].map(|name| tenant(&store, name));
    let mut runner = TestRunner::deterministic();
    let history = prop::collection::vec(history(), 4)
        .new_tree(&mut runner)
        .unwrap()
        .current()
        .concat();
    for tenant in [one, other] {
        play(&store, tenant, &history);
    }
    let before = dump(&store, other);
    assert_eq!(dump(&store, one), before);
    write(&store, one, |session| session.clear_graph());
    assert_ne!(dump(&store, one), before);
    assert_eq!(dump(&store, other), before);
}
