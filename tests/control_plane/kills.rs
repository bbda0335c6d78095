//! `kill -9` at any moment under load: every statement that was acknowledged is there, none twice, the log proves itself and the graph is
//! the one that the ledger gives.
//!
//! `BARTIZAN_KILLS` says how often the program is killed on each engine: 8 times where it is not set.

use crate::evidence;
use crate::plane::{Client, Plane, digest};
use bartizan_testbed::{Database, on_both_engines};
use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

on_both_engines!(nothing_acknowledged_is_lost_and_nothing_is_there_twice);

/// Clients that send at once.
const CLIENTS: usize = 4;

fn kills() -> u32 {
    std::env::var("BARTIZAN_KILLS").map_or(8, |kills| kills.parse().unwrap())
}

#[derive(Default)]
struct Told {
    acknowledged: Mutex<HashSet<String>>,
    /// Statements of which nobody knows whether they arrived.
    unknown: Mutex<Vec<Vec<u8>>>,
    next: AtomicU64,
}

impl Told {
    /// Sends until the server is gone.
    fn send(&self, server: &Client) {
        loop {
            let again = self.unknown.lock().unwrap().pop();
            let statement = again.unwrap_or_else(|| evidence::any(self.next.fetch_add(1, Ordering::Relaxed)));
            match server.push(&statement) {
                Ok(answer) => {
                    assert!([200, 201].contains(&answer.status), "{answer:?}");
                    self.acknowledged.lock().unwrap().insert(digest(&answer.json()));
                }
                Err(_) => return self.unknown.lock().unwrap().push(statement),
            }
        }
    }

    /// How many are acknowledged.
    fn count(&self) -> usize {
        self.acknowledged.lock().unwrap().len()
    }
}

fn nothing_acknowledged_is_lost_and_nothing_is_there_twice(database: &Database) {
    let plane = Plane::on(&database.url);
    let told = Told::default();
    for turn in 0..kills() {
        let mut server = plane.start();
        let before = told.count();
        std::thread::scope(|scope| {
            for _ in 0..CLIENTS {
                let (told, client) = (&told, server.clone());
                scope.spawn(move || told.send(&client));
            }
            // Killed before anything was acknowledged it would show nothing.
            let began = Instant::now();
            while told.count() == before {
                assert!(
                    began.elapsed() < Duration::from_secs(60),
                    "nothing is acknowledged"
                );
                std::thread::sleep(Duration::from_millis(2));
            }
            std::thread::sleep(Duration::from_micros(RandomState::new().hash_one(turn) % 300_000));
            server.kill();
        });
        let (is_clean, said) = plane.run(&["ledger", "verify", "--log-only"]);
        assert!(is_clean, "after {} kills: {said}", turn + 1);
    }
    let server = plane.start();
    let there: HashSet<String> = server.digests().into_iter().collect();
    let acknowledged = told.acknowledged.lock().unwrap();
    let lost: Vec<&String> = acknowledged.difference(&there).collect();
    assert!(lost.is_empty(), "acknowledged and lost: {lost:?}");
    // What nobody heard of is sent again: it is there once afterwards, whether it had arrived or not.
    for statement in told.unknown.lock().unwrap().iter() {
        let answer = server.push(statement).unwrap();
        assert!([200, 201].contains(&answer.status), "{answer:?}");
    }
    server.digests();
    server.stop();
    plane.verify();
}
