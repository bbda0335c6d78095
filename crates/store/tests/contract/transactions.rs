use crate::support::{append, open_only, read, with_tenant, write};
use bartizan_store::StoreError;
use bartizan_store::ledger::Packed;
use bartizan_testbed::{Database, on_both_engines};
use std::sync::LazyLock;
use std::sync::mpsc;

on_both_engines!(
    what_fails_leaves_nothing_behind,
    what_goes_on_after_a_failure_is_not_acknowledged,
    a_reader_sees_one_state_while_others_write,
    a_reader_cannot_write,
    a_caller_that_panics_takes_no_connection_with_it,
    a_reader_that_stops_early_leaves_a_connection_that_works,
    as_many_as_want_to_write_get_their_turn,
);

fn what_fails_leaves_nothing_behind(database: &Database) {
    let (store, tenant) = with_tenant(database);
    #[derive(Debug)]
    struct Stopped;
    impl From<StoreError> for Stopped {
        fn from(_: StoreError) -> Self {
            Self
        }
    }
    store
        .write::<(), Stopped>(tenant, |session| {
            append(session, &[1; 32], b"one")?;
            session.see_asset("repo:a", 1)?;
            session.set_tiles([(0, 0, b"hash".as_slice())])?;
            Err(Stopped)
        })
        .unwrap_err();
    read(&store, tenant, |session| {
        assert_eq!(session.log_size()?, 0);
        assert_eq!(session.asset("repo:a")?, None);
        assert_eq!(session.tile(0, 0)?, None);
        assert_eq!(session.body(0)?, None);
        Ok(())
    });
    assert_eq!(
        write(&store, tenant, |session| append(session, &[1; 32], b"one")),
        0
    );
}

/// PostgreSQL answers `COMMIT` after a failure with a rollback that is no error.
fn what_goes_on_after_a_failure_is_not_acknowledged(database: &Database) {
    let (store, tenant) = with_tenant(database);
    write(&store, tenant, |session| append(session, &[1; 32], b"one"));
    let swallowed = store.write::<_, StoreError>(tenant, |session| {
        session.see_asset("repo:before", 1)?;
        let _ = session.append_statement(0, &duplicate());
        Ok(())
    });
    assert!(
        matches!(swallowed, Err(StoreError::Misunderstood(_))),
        "{swallowed:?}"
    );
    let gone_on = store.write::<_, StoreError>(tenant, |session| {
        let _ = session.append_statement(0, &duplicate());
        session.see_asset("repo:after", 1)
    });
    assert!(
        matches!(gone_on, Err(StoreError::Misunderstood(_))),
        "{gone_on:?}"
    );
    assert_eq!(read(&store, tenant, |session| session.assets(None, 0, 9)), []);
}

static NOTHING: LazyLock<Packed> = LazyLock::new(|| Packed::of(b""));

fn duplicate() -> bartizan_store::ledger::NewStatement<'static> {
    bartizan_store::ledger::NewStatement {
        digest: b"",
        predicate: "",
        received: 0,
        pusher: "",
        trust: "",
        entry: b"",
        body: &NOTHING,
    }
}

fn a_reader_sees_one_state_while_others_write(database: &Database) {
    let (store, tenant) = with_tenant(database);
    write(&store, tenant, |session| append(session, &[1; 32], b"one"));
    read(&store, tenant, |session| {
        assert_eq!(session.log_size()?, 1);
        write(&store, tenant, |session| {
            session.see_asset("repo:a", 1)?;
            append(session, &[2; 32], b"two")
        });
        assert_eq!(session.log_size()?, 1);
        assert_eq!(session.asset("repo:a")?, None);
        assert_eq!(session.statement(1)?, None);
        Ok(())
    });
    assert_eq!(read(&store, tenant, |session| session.log_size()), 2);
    // And nobody sees what is not committed, nor waits for it.
    write(&store, tenant, |session| {
        append(session, &[3; 32], b"three")?;
        assert_eq!(read(&store, tenant, |session| session.log_size()), 2);
        assert_eq!(
            read(&open_only(database), tenant, |session| session.log_size()),
            2
        );
        Ok(())
    });
}

fn a_reader_cannot_write(database: &Database) {
    let (store, tenant) = with_tenant(database);
    let written = store.read(tenant, |session| session.see_asset("repo:a", 1));
    assert!(written.is_err(), "{written:?}");
    assert_eq!(read(&store, tenant, |session| session.asset("repo:a")), None);
}

fn a_caller_that_panics_takes_no_connection_with_it(database: &Database) {
    let (store, tenant) = with_tenant(database);
    for turn in 0..6 {
        let writes = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            write(&store, tenant, |session| {
                session.see_asset("repo:a", 1)?;
                assert!(turn > 9, "a mistake of the caller");
                Ok(())
            });
        }));
        let reads = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            read(&store, tenant, |_| -> Result<(), StoreError> {
                panic!("a mistake of the caller")
            });
        }));
        assert!(writes.is_err() && reads.is_err());
    }
    assert_eq!(read(&store, tenant, |session| session.asset("repo:a")), None);
    write(&store, tenant, |session| session.see_asset("repo:a", 1));
}

fn a_reader_that_stops_early_leaves_a_connection_that_works(database: &Database) {
    let (store, tenant) = with_tenant(database);
    write(&store, tenant, |session| {
        for number in 0..500 {
            session.see_edge(number, "contains", number + 1, number)?;
        }
        Ok(())
    });
    for _ in 0..8 {
        let mut seen = 0;
        store
            .read(tenant, |session| {
                let stopped = session.each_edge_change(-1, |_, _| {
                    seen += 1;
                    Err(StoreError::Busy("enough".to_owned()))
                });
                assert!(matches!(stopped, Err(StoreError::Busy(_))));
                assert_eq!(session.log_size()?, 0);
                stopped
            })
            .unwrap_err();
        assert_eq!(seen, 1);
    }
    // Nor does it spoil a transaction that writes.
    write(&store, tenant, |session| {
        let _ = session.each_edge_change(-1, |_, _| Err(StoreError::Busy("enough".to_owned())));
        session.see_asset("repo:a", 1)
    });
    assert!(read(&store, tenant, |session| session.asset("repo:a")).is_some());
}

fn as_many_as_want_to_write_get_their_turn(database: &Database) {
    let (store, tenant) = with_tenant(database);
    let (sender, receiver) = mpsc::channel();
    std::thread::scope(|scope| {
        for number in 0..12_u8 {
            let (store, sender) = (&store, sender.clone());
            scope.spawn(move || {
                let seq = write(store, tenant, |session| append(session, &[number], &[number]));
                sender.send(seq).unwrap();
            });
        }
    });
    drop(sender);
    let mut places: Vec<i64> = receiver.iter().collect();
    places.sort_unstable();
    assert_eq!(places, (0..12).collect::<Vec<_>>());
}
