//! What breaks underneath the store, and what it makes of that: nothing half-done, a true word about it, and it goes on.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, and waits for other processes"
)]

use bartizan_store::ledger::{NewStatement, Packed};
use bartizan_store::{DatabaseUrl, Options, Session, Store, StoreError, TenantId};
use bartizan_testbed::{Database, Engine, Postgres, again};
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::process::Command;
use std::sync::Barrier;
use std::time::Duration;

fn open(url: &str) -> Store {
    let url: DatabaseUrl = url.parse().unwrap();
    Store::open(&url, Options { connections: 3 }).unwrap()
}

fn with_tenant(url: &str) -> (Store, TenantId) {
    let store = open(url);
    store.upgrade().unwrap();
    let tenant = store.write_all(|all| all.add_tenant("harbour", 1)).unwrap();
    (store, tenant.id)
}

fn append(session: &mut Session<'_>, digest: &[u8], body: &[u8]) -> Result<i64, StoreError> {
    let size = session.hold_log()?;
    session.append_statement(
        size,
        &NewStatement {
            digest,
            predicate: "p",
            received: 1,
            pusher: "ci",
            trust: "authenticated",
            entry: b"leaf",
            body: &Packed::of(body),
        },
    )?;
    Ok(size)
}

fn size(store: &Store, tenant: TenantId) -> i64 {
    store.read(tenant, |session| session.log_size()).unwrap()
}

/// Ends every connection of the store, as an administrator does.
fn terminate(database: &Database) {
    let ended = Postgres::shared()
        .unwrap()
        .sql(
            "postgres",
            &format!(
                "SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity WHERE datname = '{}'",
                database.name()
            ),
        )
        .unwrap();
    assert_ne!(ended, "0");
}

#[test]
fn connections_that_were_ended_while_idle_are_not_noticed() {
    let database = Engine::Postgres.database().unwrap();
    let (store, tenant) = with_tenant(&database.url);
    for turn in 0..3 {
        terminate(&database);
        store
            .write(tenant, |session| append(session, &[turn], b"one"))
            .unwrap();
        terminate(&database);
        assert_eq!(size(&store, tenant), i64::from(turn) + 1);
    }
}

#[test]
fn a_write_whose_connection_was_ended_is_reported_and_leaves_nothing() {
    let database = Engine::Postgres.database().unwrap();
    let (store, tenant) = with_tenant(&database.url);
    let in_the_middle = store.write(tenant, |session| {
        append(session, &[1], b"one")?;
        terminate(&database);
        append(session, &[2], b"two")
    });
    assert!(
        matches!(in_the_middle, Err(StoreError::Unavailable(_))),
        "{in_the_middle:?}"
    );
    assert!(in_the_middle.unwrap_err().is_transient());
    let before_the_end = store.write(tenant, |session| {
        append(session, &[3], b"three")?;
        terminate(&database);
        Ok(())
    });
    assert!(
        matches!(before_the_end, Err(StoreError::Unavailable(_))),
        "{before_the_end:?}"
    );
    assert_eq!(size(&store, tenant), 0);
    store
        .write(tenant, |session| append(session, &[1], b"one"))
        .unwrap();
    assert_eq!(size(&store, tenant), 1);
}

#[test]
fn a_read_whose_connection_was_ended_is_reported_and_the_next_one_works() {
    let database = Engine::Postgres.database().unwrap();
    let (store, tenant) = with_tenant(&database.url);
    let read = store.read(tenant, |session| {
        session.log_size()?;
        terminate(&database);
        session.log_size()
    });
    assert!(matches!(read, Err(StoreError::Unavailable(_))), "{read:?}");
    assert_eq!(size(&store, tenant), 0);
}

#[test]
fn a_server_that_was_restarted_is_found_again() {
    let server = Postgres::start(&bartizan_testbed::Options::default()).unwrap();
    let (store, tenant) = with_tenant(&server.database().unwrap());
    for (turn, killed) in [false, true].into_iter().enumerate() {
        if killed {
            server.kill().unwrap();
        } else {
            server.stop().unwrap();
        }
        // Processes of a server that was killed answer for a moment, until they notice.
        let error = std::iter::repeat_with(|| store.read(tenant, |session| session.log_size()))
            .take(10_000)
            .find_map(Result::err);
        assert!(matches!(error, Some(StoreError::Unavailable(_))), "{error:?}");
        let write = store.write(tenant, |session| append(session, &[9], b""));
        assert!(matches!(write, Err(StoreError::Unavailable(_))), "{write:?}");
        server.start_again().unwrap();
        store
            .write(tenant, |session| append(session, &[turn as u8], b"one"))
            .unwrap();
        assert_eq!(size(&store, tenant), turn as i64 + 1);
    }
}

#[test]
fn of_two_transactions_that_wait_for_each_other_one_is_run_again() {
    let database = Engine::Postgres.database().unwrap();
    let (store, one) = with_tenant(&database.url);
    let other = store.write_all(|all| all.add_tenant("other", 1)).unwrap().id;
    let barrier = Barrier::new(2);
    let runs: Vec<u32> = std::thread::scope(|scope| {
        let threads: Vec<_> = [(one, other), (other, one)]
            .into_iter()
            .map(|(first, second)| {
                let (store, barrier) = (&store, &barrier);
                scope.spawn(move || {
                    let mut runs = 0;
                    store
                        .write_all(|all| {
                            runs += 1;
                            append(&mut all.within(first), &first.0.to_le_bytes(), b"")?;
                            if runs == 1 {
                                barrier.wait();
                            }
                            append(&mut all.within(second), &second.0.to_be_bytes(), b"")
                        })
                        .unwrap();
                    runs
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(runs.iter().sum::<u32>(), 3, "{runs:?}");
    assert_eq!((size(&store, one), size(&store, other)), (2, 2));
}

#[test]
fn a_full_disk_is_said_to_be_and_room_is_enough_to_go_on() {
    let database = Engine::Sqlite.database().unwrap();
    let (store, tenant) = with_tenant(&database.url);
    // As large as a file may become: 1 MiB. A disk that is full refuses writes as this limit does.
    let mut child = again(
        "fills_the_disk",
        "trap '' XFSZ; ulimit -S -f 2048",
        &[("BARTIZAN_TEST_DATABASE", &database.url)],
    )
    .unwrap()
    .spawn()
    .unwrap();
    let mut says = BufReader::new(child.stdout.take().unwrap())
        .lines()
        .map(Result::unwrap)
        .filter_map(|line| {
            line.strip_prefix("kept ")
                .map(|number| number.parse::<i64>().unwrap())
        });
    let kept = says.next().unwrap();
    assert!((3..100).contains(&kept), "{kept}");
    assert_eq!(size(&store, tenant), kept);
    assert_whole(&database, &store, tenant);
    let raised = Command::new("prlimit")
        .args(["--pid", &child.id().to_string(), "--fsize=unlimited:"])
        .status()
        .unwrap();
    assert!(raised.success());
    writeln!(child.stdin.take().unwrap(), "room").unwrap();
    let after = says.next().unwrap();
    assert!(child.wait().unwrap().success());
    assert_eq!((after, size(&store, tenant)), (kept + 50, kept + 50));
    assert_whole(&database, &store, tenant);
}

/// Every statement has its body, and the file is sound.
fn assert_whole(database: &Database, store: &Store, tenant: TenantId) {
    store
        .read::<_, StoreError>(tenant, |session| {
            for seq in 0..session.log_size()? {
                assert_eq!(session.body(seq)?.map(|body| body.len()), Some(BODY), "{seq}");
            }
            assert_eq!(session.statements(0, i64::MAX)?.len() as i64, session.log_size()?);
            Ok(())
        })
        .unwrap();
    let file = rusqlite::Connection::open(database.file().unwrap()).unwrap();
    let verdict: String = file
        .query_row("PRAGMA integrity_check", [], |row| row.get(0))
        .unwrap();
    assert_eq!(verdict, "ok");
}

const BODY: usize = 64 * 1024;

/// Bytes that no compression makes shorter.
fn noise(mut state: u64) -> Vec<u8> {
    std::iter::repeat_with(|| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (state >> 56) as u8
    })
    .take(BODY)
    .collect()
}

#[test]
#[ignore = "a_full_disk_is_said_to_be_and_room_is_enough_to_go_on runs it, within limits"]
fn fills_the_disk() {
    let Ok(url) = std::env::var("BARTIZAN_TEST_DATABASE") else {
        return;
    };
    let store = open(&url);
    let mut kept = 0_i64;
    let mut push = || -> Result<(), StoreError> {
        store.write(TenantId(1), |session| {
            append(session, &kept.to_le_bytes(), &noise(kept as u64))
        })?;
        kept += 1;
        Ok(())
    };
    let error = std::iter::repeat_with(&mut push).find_map(Result::err).unwrap();
    assert!(matches!(error, StoreError::Full(_)), "{error:?}");
    assert!(error.help().contains("room"), "{}", error.help());
    // It stays so, and what is there can be read.
    for _ in 0..3 {
        let again = push();
        assert!(matches!(again, Err(StoreError::Full(_))), "{again:?}");
    }
    let say = |number: i64| writeln!(std::io::stdout(), "\nkept {number}").unwrap();
    say(size(&store, TenantId(1)));
    std::io::stdin().read_line(&mut String::new()).unwrap();
    for _ in 0..50 {
        push().unwrap();
    }
    say(kept);
}

/// Closes a database with something in it, damages its file, and opens it again.
fn damaged(damage: impl FnOnce(&Path)) -> StoreError {
    let database = Engine::Sqlite.database().unwrap();
    let (store, tenant) = with_tenant(&database.url);
    for number in 0..20_u8 {
        store
            .write(tenant, |session| {
                append(session, &[number], &noise(u64::from(number)))
            })
            .unwrap();
    }
    drop(store);
    damage(&database.file().unwrap());
    let url: DatabaseUrl = database.url.parse().unwrap();
    let everything = Store::open(&url, Options::default()).and_then(|store| {
        store.read(tenant, |session| {
            for seq in 0..20 {
                session.body(seq)?;
            }
            Ok(())
        })
    });
    everything.unwrap_err()
}

#[test]
fn a_damaged_file_is_said_to_be_and_what_to_do_about_it() {
    let scribbled = damaged(|path| {
        let mut file = std::fs::OpenOptions::new()
            .read(true)
            .write(true)
            .open(path)
            .unwrap();
        let length = file.seek(SeekFrom::End(0)).unwrap();
        for page in 2..length / 4096 {
            file.seek(SeekFrom::Start(page * 4096)).unwrap();
            file.write_all(&[0xa5; 64]).unwrap();
        }
    });
    let cut = damaged(|path| {
        let length = std::fs::metadata(path).unwrap().len();
        let file = std::fs::OpenOptions::new().write(true).open(path).unwrap();
        file.set_len(length / 2).unwrap();
    });
    let another = damaged(|path| {
        let mut start = [0; 16];
        std::fs::File::open(path).unwrap().read_exact(&mut start).unwrap();
        assert_eq!(&start, b"SQLite format 3\0");
        std::fs::write(
            path,
            "not a database at all, but a text that somebody put there".repeat(99),
        )
        .unwrap();
    });
    for error in [scribbled, cut, another] {
        assert!(matches!(error, StoreError::Corrupt(_)), "{error:?}");
        assert!(error.help().contains("restore"), "{}", error.help());
        assert!(!error.is_transient());
    }
}

#[test]
fn a_file_that_another_program_holds_is_busy_and_then_free() {
    let database = Engine::Sqlite.database().unwrap();
    let (store, tenant) = with_tenant(&database.url);
    let other = rusqlite::Connection::open(database.file().unwrap()).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    std::thread::scope(|scope| {
        let waits = scope.spawn(|| store.write(tenant, |session| append(session, &[1], b"one")));
        std::thread::sleep(Duration::from_millis(300));
        assert!(!waits.is_finished());
        assert_eq!(size(&store, tenant), 0);
        other.execute_batch("COMMIT").unwrap();
        waits.join().unwrap().unwrap();
    });
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let busy = store.write(tenant, |session| append(session, &[2], b"two"));
    assert!(matches!(busy, Err(StoreError::Busy(_))), "{busy:?}");
    other.execute_batch("ROLLBACK").unwrap();
    assert_eq!(size(&store, tenant), 1);
}
