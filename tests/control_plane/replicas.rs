//! Two servers on one PostgreSQL that are told the same, and different things, at once.

use crate::evidence;
use crate::plane::{Plane, digest};
use bartizan_testbed::Engine;
use std::collections::HashMap;
use std::sync::Mutex;

/// Statements that everybody sends, and that each client sends alone.
const SHARED: u64 = 40;
const OWN: u64 = 15;

#[test]
fn replicas_that_are_told_the_same_at_once_keep_it_once_in_one_order() {
    let database = Engine::Postgres.database().unwrap();
    let plane = Plane::on(&database.url);
    let replicas = [plane.start(), plane.start()];
    let before = replicas[0].digests().len();
    // How often each statement was said to be new.
    let new: Mutex<HashMap<String, u32>> = Mutex::default();
    std::thread::scope(|scope| {
        for client in 0..4_u64 {
            let (replica, new) = (&replicas[client as usize % 2], &new);
            scope.spawn(move || {
                // Neighbours begin at different ends, and meet.
                let shared: Vec<u64> = match client < 2 {
                    true => (0..SHARED).collect(),
                    false => (0..SHARED).rev().collect(),
                };
                let own = (0..OWN).map(|number| 1000 * (client + 1) + number);
                for number in shared.into_iter().chain(own) {
                    let answer = replica.push(&evidence::any(number)).unwrap();
                    assert!([200, 201].contains(&answer.status), "{answer:?}");
                    let count = u32::from(answer.status == 201);
                    *new.lock().unwrap().entry(digest(&answer.json())).or_default() += count;
                }
            });
        }
    });
    let new = new.into_inner().unwrap();
    assert_eq!(new.len() as u64, SHARED + 4 * OWN);
    assert!(new.values().all(|count| *count == 1), "{new:?}");
    let digests = replicas[0].digests();
    assert_eq!(digests, replicas[1].digests());
    assert_eq!(digests.len(), before + new.len());
    assert!(new.keys().all(|digest| digests.contains(digest)));
    for replica in replicas {
        replica.stop();
    }
    plane.verify();
}
