use crate::support::{append, open_only, read, with_tenant, write};
use bartizan_store::StoreError;
use bartizan_store::bus::Heard;
use bartizan_store::ledger::{NewStatement, Packed};
use bartizan_testbed::{Database, on_both_engines};

on_both_engines!(
    statements_come_out_as_they_came_in_and_in_that_order,
    the_same_statement_is_refused_the_second_time_and_changes_nothing,
    a_body_of_sixteen_mebibytes_comes_out_again,
    a_body_that_is_taken_away_leaves_its_statement,
    two_that_append_at_once_never_take_the_same_place,
    tiles_are_kept_in_place_of_what_they_were,
    the_log_of_a_tenant_that_is_not_there_is_an_error,
    how_far_a_log_was_told_never_goes_back,
    whoever_listens_hears_of_what_is_durable_and_of_nothing_else,
);

fn statements_come_out_as_they_came_in_and_in_that_order(database: &Database) {
    let (store, tenant) = with_tenant(database);
    write(&store, tenant, |session| {
        for seq in 0..5 {
            let size = session.hold_log()?;
            assert_eq!(size, seq);
            session.append_statement(
                size,
                &NewStatement {
                    digest: &[seq as u8; 32],
                    predicate: if seq % 2 == 0 { "even" } else { "odd" },
                    received: i64::MAX - seq,
                    pusher: "Łódź",
                    trust: "signed:abc",
                    entry: &[0, 1, seq as u8],
                    body: &Packed::of(format!("body {seq}").as_bytes()),
                },
            )?;
        }
        Ok(())
    });
    read(&store, tenant, |session| {
        assert_eq!(session.log_size()?, 5);
        let seqs = |rows: Vec<bartizan_store::ledger::StatementRow>| -> Vec<i64> {
            rows.iter().map(|row| row.seq).collect()
        };
        assert_eq!(seqs(session.statements(1, 4)?), [1, 2, 3]);
        assert_eq!(seqs(session.statements(4, 1)?), [0_i64; 0]);
        assert_eq!(seqs(session.newest_statements(None, 4, 2)?), [3, 2]);
        assert_eq!(
            seqs(session.newest_statements(Some("even"), i64::MAX, 9)?),
            [4, 2, 0]
        );
        assert_eq!(seqs(session.newest_statements(None, 9, -1)?), [0_i64; 0]);
        let row = session.statement(3)?.unwrap();
        assert_eq!(Some(&row), session.statement_by_digest(&[3; 32])?.as_ref());
        assert_eq!((row.received, row.bytes), (i64::MAX - 3, 6));
        assert_eq!(
            (row.predicate.as_str(), row.pusher.as_str(), row.trust.as_str()),
            ("odd", "Łódź", "signed:abc")
        );
        assert_eq!((row.entry, row.digest), (vec![0, 1, 3], vec![3; 32]));
        assert_eq!(session.statement(5)?, None);
        assert_eq!(session.statement(i64::MAX)?, None);
        assert_eq!(session.statement_by_digest(&[9; 32])?, None);
        assert_eq!(session.body(3)?, Some(b"body 3".to_vec()));
        assert_eq!(session.body(5)?, None);
        Ok(())
    });
}

fn the_same_statement_is_refused_the_second_time_and_changes_nothing(database: &Database) {
    let (store, tenant) = with_tenant(database);
    write(&store, tenant, |session| append(session, &[1; 32], b"one"));
    let again = store.write(tenant, |session| {
        append(session, &[2; 32], b"two")?;
        append(session, &[1; 32], b"one")
    });
    assert!(matches!(again, Err(StoreError::Refused(_))), "{again:?}");
    read(&store, tenant, |session| {
        assert_eq!(session.log_size()?, 1);
        assert_eq!(session.statement_by_digest(&[2; 32])?, None);
        assert_eq!(session.body(1)?, None);
        Ok(())
    });
}

fn a_body_of_sixteen_mebibytes_comes_out_again(database: &Database) {
    let (store, tenant) = with_tenant(database);
    // Numbers of a linear congruential generator: compression makes them no shorter.
    let mut state = 1_u64;
    let body: Vec<u8> = std::iter::repeat_with(|| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (state >> 56) as u8
    })
    .take(16 << 20)
    .collect();
    write(&store, tenant, |session| {
        append(session, &[1; 32], &body)?;
        append(session, &[2; 32], &vec![0; 16 << 20])?;
        append(session, &[3; 32], b"")
    });
    read(&store, tenant, |session| {
        assert!(session.body(0)?.unwrap() == body);
        assert_eq!(session.body(1)?.unwrap().len(), 16 << 20);
        assert_eq!(session.body(2)?, Some(Vec::new()));
        Ok(())
    });
}

fn a_body_that_is_taken_away_leaves_its_statement(database: &Database) {
    let (store, tenant) = with_tenant(database);
    write(&store, tenant, |session| append(session, &[1; 32], b"one"));
    assert!(write(&store, tenant, |session| session.take_body_away(0)));
    assert!(!write(&store, tenant, |session| session.take_body_away(0)));
    read(&store, tenant, |session| {
        assert_eq!(session.body(0)?, None);
        assert_eq!(session.statement(0)?.map(|row| row.bytes), Some(3));
        Ok(())
    });
}

fn two_that_append_at_once_never_take_the_same_place(database: &Database) {
    let (store, tenant) = with_tenant(database);
    let other = open_only(database);
    std::thread::scope(|scope| {
        for (number, store) in [&store, &store, &other, &other].into_iter().enumerate() {
            scope.spawn(move || {
                for turn in 0..15_u8 {
                    write(store, tenant, |session| {
                        append(session, &[number as u8, turn], &[number as u8, turn])
                    });
                }
            });
        }
    });
    read(&store, tenant, |session| {
        assert_eq!(session.log_size()?, 60);
        let rows = session.statements(0, 100)?;
        assert_eq!(
            rows.iter().map(|row| row.seq).collect::<Vec<_>>(),
            (0..60).collect::<Vec<_>>()
        );
        for row in rows {
            assert_eq!(session.body(row.seq)?, Some(row.digest));
        }
        Ok(())
    });
}

fn tiles_are_kept_in_place_of_what_they_were(database: &Database) {
    let (store, tenant) = with_tenant(database);
    write(&store, tenant, |session| {
        session.set_tiles(std::iter::empty())?;
        session.set_tiles([(0, 0, b"a".as_slice()), (0, 1, b"b"), (1, 0, b"c")])?;
        session.set_tiles([(0, 0, b"aa".as_slice()), (0, 1, b""), (0, 0, b"aaa")])
    });
    read(&store, tenant, |session| {
        assert_eq!(session.tile(0, 0)?, Some(b"aaa".to_vec()));
        assert_eq!(session.tile(0, 1)?, Some(Vec::new()));
        assert_eq!(session.tile(1, 0)?, Some(b"c".to_vec()));
        assert_eq!(session.tile(1, 1)?, None);
        Ok(())
    });
}

fn the_log_of_a_tenant_that_is_not_there_is_an_error(database: &Database) {
    let (store, _) = with_tenant(database);
    let nobody = bartizan_store::TenantId(99);
    assert!(matches!(
        store.read(nobody, |session| session.log_size()),
        Err(StoreError::Corrupt(_))
    ));
    let appended = store.write(nobody, |session| append(session, &[1; 32], b"one"));
    assert!(matches!(appended, Err(StoreError::Corrupt(_))), "{appended:?}");
}

fn how_far_a_log_was_told_never_goes_back(database: &Database) {
    let (store, tenant) = with_tenant(database);
    let untold = || store.read_all(|all| all.untold()).unwrap();
    assert!(untold().is_empty());
    for number in 0..3_u8 {
        write(&store, tenant, |session| append(session, &[number; 32], b"{}"));
    }
    assert_eq!(untold(), [(tenant, 3)]);
    for (told, left) in [(2, 1), (1, 1), (0, 1)] {
        write(&store, tenant, |session| session.set_told(told));
        assert_eq!(untold(), [(tenant, left)]);
    }
    assert_eq!(read(&store, tenant, |session| session.told()), 2);
    write(&store, tenant, |session| session.set_told(3));
    assert!(untold().is_empty());
}

fn whoever_listens_hears_of_what_is_durable_and_of_nothing_else(database: &Database) {
    let (store, tenant) = with_tenant(database);
    let mut listener = store.grown().listen();
    let refused: Result<(), StoreError> = store.write(tenant, |session| {
        append(session, &[1; 32], b"{}")?;
        Err(StoreError::Refused("not after all".to_owned()))
    });
    assert!(refused.is_err());
    assert_eq!(listener.already(), None);
    write(&store, tenant, |session| append(session, &[2; 32], b"{}"));
    assert_eq!(listener.already(), Some(Heard::Grew(tenant)));
    assert_eq!(listener.already(), None);
}
