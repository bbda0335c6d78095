//! Nothing acknowledged is lost when the program, or PostgreSQL, is killed at any moment, and nothing is there twice.
//!
//! `BARTIZAN_KILLS` says how often the program is killed on each engine: 10 times where it is not set.

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
use bartizan_testbed::{Engine, Postgres, again};
use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};
use std::io::{BufRead, BufReader, Write};
use std::process::Child;
use std::time::Duration;

const TENANT: TenantId = TenantId(1);
/// Threads that append at once in the program that is killed.
const THREADS: u64 = 3;

fn open(url: &str) -> Store {
    let url: DatabaseUrl = url.parse().unwrap();
    Store::open(&url, Options { connections: 4 }).unwrap()
}

fn prepare(url: &str) -> Store {
    let store = open(url);
    store.upgrade().unwrap();
    store.write_all(|all| all.add_tenant("harbour", 1)).unwrap();
    store
}

fn kills(otherwise: u32) -> u32 {
    std::env::var("BARTIZAN_KILLS").map_or(otherwise, |kills| kills.parse().unwrap())
}

fn a_random_moment() -> Duration {
    Duration::from_micros(RandomState::new().hash_one(0) % 120_000)
}

/// A body that its digest gives, of any length up to a few kilobytes.
fn body(digest: &[u8]) -> Vec<u8> {
    let length = 1 + usize::from(digest[0]) * 37;
    digest.iter().copied().cycle().take(length).collect()
}

/// The statement, the size of the log beside it and a tile over it, in one transaction. One that is there already stays as it is.
fn append(session: &mut Session<'_>, digest: &[u8]) -> Result<(), StoreError> {
    let size = session.hold_log()?;
    if session.statement_by_digest(digest)?.is_some() {
        return Ok(());
    }
    session.append_statement(
        size,
        &NewStatement {
            digest,
            predicate: "p",
            received: 1,
            pusher: "ci",
            trust: "authenticated",
            entry: digest,
            body: &Packed::of(&body(digest)),
        },
    )?;
    session.set_tiles([(0, 0, (size + 1).to_le_bytes().as_slice())])
}

#[test]
#[ignore = "the tests here run it, to kill it"]
fn appends_without_end() {
    let Ok(url) = std::env::var("BARTIZAN_TEST_DATABASE") else {
        return;
    };
    let store = open(&url);
    let state = RandomState::new();
    std::thread::scope(|scope| {
        for thread in 0..THREADS {
            let (store, state) = (&store, &state);
            scope.spawn(move || {
                for number in 0_u64.. {
                    let digest = state.hash_one((thread, number)).to_le_bytes();
                    // After a connection that broke it is not known whether the statement is there: it is sent again.
                    while let Err(error) = store.write(TENANT, |session| append(session, &digest)) {
                        assert!(error.is_transient(), "{error:?}");
                        std::thread::sleep(Duration::from_millis(5));
                    }
                    writeln!(std::io::stdout(), "\nkept {:x}", u64::from_le_bytes(digest)).unwrap();
                }
            });
        }
    });
}

fn appending(url: &str) -> (Child, BufReader<std::process::ChildStdout>) {
    let mut child = again("appends_without_end", "", &[("BARTIZAN_TEST_DATABASE", url)])
        .unwrap()
        .spawn()
        .unwrap();
    let mut says = BufReader::new(child.stdout.take().unwrap());
    // Killed before it has opened the database it would show nothing.
    let mut line = String::new();
    while !line.starts_with("kept") {
        line.clear();
        assert_ne!(says.read_line(&mut line).unwrap(), 0, "it ended by itself");
    }
    (child, says)
}

/// What has been found to be there.
#[derive(Default)]
struct Seen {
    acknowledged: HashSet<Vec<u8>>,
    checked: i64,
}

impl Seen {
    /// Kills the program; out of what it said comes what it acknowledged.
    fn kill(&mut self, mut child: Child, mut says: BufReader<std::process::ChildStdout>) {
        child.kill().unwrap();
        child.wait().unwrap();
        let mut line = String::new();
        while says.read_line(&mut line).unwrap() > 0 {
            // The last line may be torn; whoever reads half a number was told nothing.
            if let Some(digest) = line
                .strip_prefix("kept ")
                .and_then(|rest| rest.strip_suffix('\n'))
            {
                let digest = u64::from_str_radix(digest, 16).unwrap();
                self.acknowledged.insert(digest.to_le_bytes().to_vec());
            }
            line.clear();
        }
    }

    fn check(&mut self, store: &Store) {
        store
            .read::<_, StoreError>(TENANT, |session| {
                let rows = session.statements(0, i64::MAX)?;
                let size = session.log_size()?;
                assert_eq!(rows.len() as i64, size);
                assert!(rows.iter().zip(0..).all(|(row, place)| row.seq == place));
                let there: HashSet<&Vec<u8>> = rows.iter().map(|row| &row.digest).collect();
                assert_eq!(there.len(), rows.len());
                let lost: Vec<_> = self
                    .acknowledged
                    .iter()
                    .filter(|digest| !there.contains(digest))
                    .collect();
                assert!(lost.is_empty(), "acknowledged and lost: {lost:?}");
                let tile = session.tile(0, 0)?.unwrap_or_default();
                assert_eq!(tile, size.to_le_bytes());
                for row in rows.iter().filter(|row| row.seq >= self.checked) {
                    assert_eq!(session.body(row.seq)?, Some(body(&row.digest)));
                }
                self.checked = size;
                Ok(())
            })
            .unwrap();
    }
}

#[test]
fn nothing_acknowledged_is_lost_when_the_program_on_sqlite_is_killed() {
    let database = Engine::Sqlite.database().unwrap();
    drop(prepare(&database.url));
    let mut seen = Seen::default();
    for _ in 0..kills(10) {
        let (child, says) = appending(&database.url);
        std::thread::sleep(a_random_moment());
        seen.kill(child, says);
        seen.check(&open(&database.url));
        let file = rusqlite::Connection::open(database.file().unwrap()).unwrap();
        let verdict: String = file
            .query_row("PRAGMA integrity_check", [], |row| row.get(0))
            .unwrap();
        assert_eq!(verdict, "ok");
    }
    assert!(!seen.acknowledged.is_empty());
}

fn durable_server() -> Postgres {
    Postgres::start(&bartizan_testbed::Options {
        durable: true,
        ..Default::default()
    })
    .unwrap()
}

#[test]
fn nothing_acknowledged_is_lost_when_the_program_on_postgresql_is_killed() {
    let server = durable_server();
    let url = server.database().unwrap();
    let store = prepare(&url);
    let mut seen = Seen::default();
    for _ in 0..kills(10) {
        let (child, says) = appending(&url);
        std::thread::sleep(a_random_moment());
        seen.kill(child, says);
        seen.check(&store);
    }
    assert!(!seen.acknowledged.is_empty());
}

#[test]
fn nothing_acknowledged_is_lost_when_postgresql_is_killed() {
    let server = durable_server();
    let url = server.database().unwrap();
    drop(prepare(&url));
    let mut seen = Seen::default();
    for _ in 0..kills(30).div_ceil(10) {
        let (child, says) = appending(&url);
        std::thread::sleep(a_random_moment());
        server.kill().unwrap();
        server.start_again().unwrap();
        // It finds the server again by itself, and sends again what it does not know about.
        std::thread::sleep(a_random_moment());
        seen.kill(child, says);
        seen.check(&open(&url));
    }
    assert!(!seen.acknowledged.is_empty());
}
