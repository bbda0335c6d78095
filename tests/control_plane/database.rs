//! A database that goes away, does not answer, or is slow: each request is answered in time, and what was acknowledged stays.

use crate::client::Answer;
use crate::evidence;
use crate::plane::{Client, Plane, digest};
use crate::proxy::Proxy;
use bartizan_testbed::{Options, Postgres};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// The answer, and how long it took.
fn timed(client: &Client, number: u64) -> (Answer, Duration) {
    let began = Instant::now();
    (client.push(&evidence::any(number)).unwrap(), began.elapsed())
}

#[test]
fn a_database_that_is_stopped_under_load_and_started_again_is_found_again() {
    let postgres = Postgres::start(&Options {
        durable: true,
        ..Options::default()
    })
    .unwrap();
    let plane = Plane::on(&postgres.database().unwrap());
    let server = plane.start();
    let (next, done) = (AtomicU64::new(0), AtomicBool::new(false));
    let acknowledged: Vec<String> = std::thread::scope(|scope| {
        let clients: Vec<_> = (0..4)
            .map(|_| {
                let (next, done, client) = (&next, &done, &*server);
                scope.spawn(move || {
                    let mut acknowledged = Vec::new();
                    let (mut refused, mut after) = (0, 0);
                    while !done.load(Ordering::Relaxed) {
                        let number = next.fetch_add(1, Ordering::Relaxed);
                        let (answer, took) = timed(client, number);
                        assert!(took < Duration::from_secs(60), "{took:?}");
                        if answer.status == 201 {
                            acknowledged.push(digest(&answer.json()));
                            after += u32::from(refused > 0);
                        } else {
                            assert_eq!(answer.status, 503, "{answer:?}");
                            answer.is_a_problem();
                            refused += 1;
                            std::thread::sleep(Duration::from_millis(20));
                        }
                    }
                    assert!(refused > 0 && after > 0, "{refused} {after}");
                    acknowledged
                })
            })
            .collect();
        for is_killed in [false, true] {
            std::thread::sleep(Duration::from_millis(500));
            if is_killed {
                postgres.kill().unwrap();
            } else {
                postgres.stop().unwrap();
            }
            std::thread::sleep(Duration::from_millis(800));
            postgres.start_again().unwrap();
        }
        std::thread::sleep(Duration::from_secs(1));
        done.store(true, Ordering::Relaxed);
        clients
            .into_iter()
            .flat_map(|client| client.join().unwrap())
            .collect()
    });
    let there = server.digests();
    assert!(acknowledged.iter().all(|digest| there.contains(digest)));
    server.stop();
    plane.verify();
}

/// A server whose way to the database leads through a proxy, and which waits so many seconds for an answer.
fn behind_a_proxy(postgres: &Postgres, seconds: u32) -> (Plane, Plane, Proxy) {
    let direct = Plane::on(&postgres.database().unwrap());
    let proxy = Proxy::to(([127, 0, 0, 1], postgres.port()).into());
    let url = format!(
        "postgres://bartizan@{}/t0?sslmode=disable&answer_timeout={seconds}",
        proxy.at
    );
    let through = direct.by(&url);
    (direct, through, proxy)
}

fn with_a_port() -> Postgres {
    Postgres::start(&Options {
        tcp: true,
        ..Options::default()
    })
    .unwrap()
}

#[test]
fn a_database_that_is_there_and_does_not_answer_holds_nobody_up() {
    let postgres = with_a_port();
    let (direct, through, proxy) = behind_a_proxy(&postgres, 1);
    let server = through.start();
    timed(&server, 0).0.is(201);
    proxy.stall();
    std::thread::scope(|scope| {
        for number in 1..13 {
            let client = &*server;
            scope.spawn(move || {
                let (answer, took) = timed(client, number);
                answer.clone().is(503).is_a_problem();
                assert!(took < Duration::from_secs(40), "{took:?}");
            });
        }
    });
    // Also what needs no database answers.
    server.get("/").is(200);
    proxy.delay(Duration::ZERO);
    let began = Instant::now();
    while timed(&server, 99).0.status == 503 {
        assert!(began.elapsed() < Duration::from_secs(40));
    }
    for number in 1..13 {
        let answer = timed(&server, number).0;
        assert!([200, 201].contains(&answer.status), "{answer:?}");
    }
    server.digests();
    server.stop();
    direct.verify();
}

#[test]
fn a_slow_database_makes_slow_answers_and_one_that_is_too_slow_clear_ones() {
    let postgres = with_a_port();
    let (direct, through, proxy) = behind_a_proxy(&postgres, 2);
    let server = through.start();
    proxy.delay(Duration::from_millis(10));
    let (answer, took) = timed(&server, 0);
    answer.is(201);
    assert!(took > Duration::from_millis(100), "{took:?}");
    proxy.delay(Duration::from_secs(3));
    let (answer, took) = timed(&server, 1);
    answer.clone().is(503).is_a_problem();
    assert!(took < Duration::from_secs(30), "{took:?}");
    assert!(
        answer.json()["detail"]
            .as_str()
            .unwrap()
            .contains("did not answer")
    );
    proxy.delay(Duration::ZERO);
    let again = timed(&server, 1).0;
    assert!([200, 201].contains(&again.status), "{again:?}");
    server.digests();
    server.stop();
    direct.verify();
}
