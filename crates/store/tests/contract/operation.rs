//! Rates that replicas share, people on their way, and what the operator asks.

use crate::support::open;
use bartizan_store::rates::BucketRate;
use bartizan_store::sign_ins::SignInRow;
use bartizan_store::{SCHEMA_VERSION, Store, StoreError};
use bartizan_testbed::{Database, on_both_engines};

on_both_engines!(
    two_replicas_grant_together_what_one_may,
    what_is_given_back_is_granted_again,
    a_state_is_used_once_and_swept_when_nobody_came,
    the_operator_sees_schema_ledger_and_connections,
);

const RATE: BucketRate = BucketRate {
    interval: 30_000,
    window: 300_000,
};

fn take(store: &Store, bucket: i64, at: i64) -> Option<i64> {
    store
        .write_all(|all| all.take_from_bucket(bucket, RATE, at))
        .unwrap()
}

fn two_replicas_grant_together_what_one_may(database: &Database) {
    let (one, two) = (open(database), open(database));
    for round in 0..10 {
        let store = if round % 2 == 0 { &one } else { &two };
        assert_eq!(take(store, 7, 1_000), None, "{round}");
    }
    assert_eq!(
        (take(&one, 7, 1_000), take(&two, 7, 1_000)),
        (Some(30_000), Some(30_000))
    );
    assert_eq!(take(&one, 8, 1_000), None);
    assert_eq!(
        (take(&two, 7, 31_000), take(&two, 7, 31_000)),
        (None, Some(30_000))
    );
    // Long after, the bucket is full and no more than full.
    let granted = (0..20).filter(|_| take(&one, 7, 9_000_000).is_none()).count();
    assert_eq!(granted, 10);
}

fn what_is_given_back_is_granted_again(database: &Database) {
    let store = open(database);
    for _ in 0..10 {
        assert_eq!(take(&store, 1, 0), None);
    }
    store.write_all(|all| all.give_back_to_bucket(1, RATE)).unwrap();
    assert_eq!((take(&store, 1, 0), take(&store, 1, 0)), (None, Some(30_000)));
}

fn a_state_is_used_once_and_swept_when_nobody_came(database: &Database) {
    let store = open(database);
    let row = |expires| SignInRow {
        browser: vec![1; 32],
        nonce: "n".to_owned(),
        verifier: "v".to_owned(),
        tenant: None,
        expires,
    };
    let spend = |state: u8| {
        store
            .write_all(|all| -> Result<_, StoreError> { all.use_sign_in(&[state]) })
            .unwrap()
    };
    store
        .write_all(|all| all.add_sign_in(&[1], &row(100), 0))
        .unwrap();
    store
        .write_all(|all| all.add_sign_in(&[2], &row(900), 50))
        .unwrap();
    assert_eq!((spend(2), spend(2)), (Some(row(900)), None));
    store
        .write_all(|all| all.add_sign_in(&[3], &row(900), 101))
        .unwrap();
    assert_eq!((spend(1), spend(3)), (None, Some(row(900))));
}

fn the_operator_sees_schema_ledger_and_connections(database: &Database) {
    let store = open(database);
    let (schema, size) = store
        .read_all(|all| -> Result<_, StoreError> { Ok((all.schema()?, all.ledger_size()?)) })
        .unwrap();
    assert_eq!((schema, size), (SCHEMA_VERSION, 0));
    let used = store
        .read_all(|_| -> Result<_, StoreError> { Ok(store.pools()) })
        .unwrap();
    assert_eq!(
        used.iter().map(|(_, pool)| pool.used).sum::<usize>(),
        1,
        "{used:?}"
    );
    assert!(
        store
            .pools()
            .iter()
            .all(|(_, pool)| pool.used == 0 && pool.idle <= pool.size)
    );
}
