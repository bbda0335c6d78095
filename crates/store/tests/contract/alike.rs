use crate::operations::{dump, history, play};
use crate::support::{append, finding, open, read, remedy, tenant, with_tenant, write};
use bartizan_store::StoreError;
use bartizan_store::graph::CheckRunRow;
use bartizan_testbed::{Database, Engine, on_both_engines};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use std::cell::Cell;

on_both_engines!(
    texts_are_in_the_order_of_their_bytes,
    a_text_with_nul_is_refused_before_anything_is_written,
    a_name_that_no_index_holds_is_refused,
    batches_may_be_longer_than_a_statement_has_parameters,
    a_row_that_stands_twice_in_a_batch_is_written_twice_in_order,
);

/// In the order of their bytes, in which neither a language nor a version of a library has a say.
const ORDERED: [&str; 12] = ["", " ", "A", "B", "Z", "_", "a", "ab", "z", "ß", "é", "\u{1f980}"];

fn run(scope: i64, name: &str) -> CheckRunRow {
    CheckRunRow {
        scope,
        name: name.to_owned(),
        seq: 1,
        status: "ran".to_owned(),
        note: String::new(),
    }
}

fn texts_are_in_the_order_of_their_bytes(database: &Database) {
    let (store, tenant) = with_tenant(database);
    let runs: Vec<CheckRunRow> = ORDERED.iter().rev().map(|name| run(1, name)).collect();
    write(&store, tenant, |session| session.set_check_runs(&runs));
    let rows = read(&store, tenant, |session| session.check_runs());
    let names: Vec<&str> = rows.iter().map(|row| row.name.as_str()).collect();
    assert_eq!(names, ORDERED);
}

fn a_text_with_nul_is_refused_before_anything_is_written(database: &Database) {
    let (store, tenant) = with_tenant(database);
    let refused = store.write(tenant, |session| {
        session.see_asset("repo:a", 1)?;
        session.see_asset("repo:\0", 1)
    });
    assert!(matches!(refused, Err(StoreError::Unstorable(_))), "{refused:?}");
    assert!(refused.unwrap_err().help().contains("U+0000"));
    let batch = store.write(tenant, |session| {
        session.set_check_runs(&[run(1, "a"), run(1, "b\0")])
    });
    assert!(matches!(batch, Err(StoreError::Unstorable(_))), "{batch:?}");
    let asked = store.read(tenant, |session| session.asset("\0"));
    assert!(matches!(asked, Err(StoreError::Unstorable(_))), "{asked:?}");
    assert_eq!(read(&store, tenant, |session| session.assets(None, 0, 9)), []);
    assert_eq!(read(&store, tenant, |session| session.check_runs()), []);
    // Bytes may hold what they like.
    write(&store, tenant, |session| append(session, &[0; 32], &[0; 9]));
}

fn a_name_that_no_index_holds_is_refused(database: &Database) {
    let (store, tenant) = with_tenant(database);
    // Hexadecimal digits of a counter, which no compression makes short enough by itself.
    let long: String = (0..500_u32)
        .map(|n| format!("{:04x}", n.wrapping_mul(2_654_435_761) >> 16))
        .collect();
    assert_eq!(long.len(), 2000);
    write(&store, tenant, |session| {
        session.see_asset(&long, 1)?;
        session.set_remedies(&[remedy(1, 1, &long, None)])?;
        session.set_check_runs(&[run(1, &long)])
    });
    let refused = store.write(tenant, |session| session.see_asset(&format!("{long}é"), 1));
    let error = refused.unwrap_err();
    assert!(matches!(error, StoreError::Unstorable(_)), "{error:?}");
    assert!(!error.to_string().contains("0000"), "a row is quoted: {error}");
    // What is no name may be as long as it likes.
    let mut row = finding(1, 1);
    row.message = long.repeat(500);
    write(&store, tenant, |session| {
        session.set_findings(&[(row.clone(), Vec::new())])
    });
    assert_eq!(read(&store, tenant, |session| session.finding(1)), Some(row));
}

fn batches_may_be_longer_than_a_statement_has_parameters(database: &Database) {
    let (store, tenant) = with_tenant(database);
    // 24 values a row: 65,535 are over after 2,730 rows.
    let rows: Vec<_> = (1..=3_001)
        .map(|id| (finding(id, id % 7), vec![1, 2, 3]))
        .collect();
    write(&store, tenant, |session| {
        session.set_findings(&rows)?;
        session.set_findings(&rows)
    });
    read(&store, tenant, |session| {
        assert_eq!(session.next_finding()?, 3_002);
        for id in [1, 1_024, 2_731, 3_001] {
            assert_eq!(session.finding(id)?, Some(finding(id, id % 7)));
        }
        Ok(())
    });
}

fn a_row_that_stands_twice_in_a_batch_is_written_twice_in_order(database: &Database) {
    let (store, tenant) = with_tenant(database);
    let counts: Vec<_> = (0..2_000).map(|n| (n % 3, 0, 0, n)).collect();
    write(&store, tenant, |session| {
        session.add_to_remedies(&counts)?;
        session.set_tiles(std::iter::repeat_n((0, 0, b"old".as_slice()), 700).chain([(
            0,
            0,
            b"new".as_slice(),
        )]))
    });
    read(&store, tenant, |session| {
        let sum = |rest: i64| (0..2_000).filter(|n| n % 3 == rest).sum::<i64>();
        for remedy in 0..3 {
            assert_eq!(session.remedy_counts(&[remedy])?, [(remedy, 0, 0, sum(remedy))]);
        }
        assert_eq!(session.tile(0, 0)?, Some(b"new".to_vec()));
        Ok(())
    });
}

#[test]
fn both_engines_answer_everything_alike_whatever_was_written() {
    let sqlite = Engine::Sqlite.database().unwrap();
    let postgres = Engine::Postgres.database().unwrap();
    let stores = [open(&sqlite), open(&postgres)];
    let turn = Cell::new(0);
    let config = Config {
        cases: 24,
        failure_persistence: None,
        ..Config::default()
    };
    TestRunner::new(config)
        .run(&history(), |history| {
            let turn = turn.replace(turn.get() + 1);
            let [one, other] = stores.each_ref().map(|store| {
                let tenant = tenant(store, &format!("case {turn}"));
                let outcomes = play(store, tenant, &history);
                (outcomes, dump(store, tenant))
            });
            prop_assert_eq!(one.0, other.0);
            prop_assert_eq!(one.1, other.1);
            Ok(())
        })
        .unwrap();
}
