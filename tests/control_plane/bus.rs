//! Servers that hear of one another by NATS, and what becomes of that when it goes away.

use crate::client::connect;
use crate::evidence;
use crate::plane::{Plane, Running, digest};
use bartizan_testbed::{Engine, Kept, Nats};
use serde_json::Value;
use std::collections::HashSet;
use std::io::{BufRead, BufReader, Write};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

fn on(bus: &Nats, engine: Engine) -> (Plane, bartizan_testbed::Database) {
    let database = engine.database().unwrap();
    let mut plane = Plane::on(&database.url);
    plane.environment = vec![("BARTIZAN_PLANE_BUS".to_owned(), bus.url())];
    (plane, database)
}

fn readiness(server: &Running) -> Value {
    server.get("/readyz").is(200).json()
}

/// Waits until the stream has so many messages; out comes what they say: places in the log, in their order.
#[track_caller]
fn told(bus: &Nats, count: usize) -> Vec<Kept> {
    let began = Instant::now();
    loop {
        // There is no stream before somebody connected.
        let kept = bus.kept("BARTIZAN").unwrap_or_default();
        if kept.len() >= count {
            return kept;
        }
        assert!(
            began.elapsed() < Duration::from_secs(40),
            "{} of {count} are told",
            kept.len()
        );
        std::thread::sleep(Duration::from_millis(200));
    }
}

#[test]
fn what_is_acknowledged_while_the_bus_and_a_server_are_killed_is_told_once_in_order() {
    let bus = Nats::start("", &[]).unwrap();
    let (plane, _database) = on(&bus, Engine::Postgres);
    let (one, mut two) = (plane.start(), plane.start());
    assert_eq!(readiness(&one)["bus"], "up");
    let (next, done) = (AtomicU64::new(0), AtomicBool::new(false));
    let acknowledged: HashSet<String> = std::thread::scope(|scope| {
        let clients: Vec<_> = [&*one, &*one, &*two, &*two]
            .into_iter()
            .cloned()
            .map(|client| {
                let (next, done) = (&next, &done);
                scope.spawn(move || {
                    let mut acknowledged = Vec::new();
                    while !done.load(Ordering::Relaxed) {
                        // Whoever is killed answers nothing more.
                        let Ok(answer) = client.push(&evidence::any(next.fetch_add(1, Ordering::Relaxed)))
                        else {
                            break;
                        };
                        acknowledged.push(digest(&answer.is(201).json()));
                    }
                    acknowledged
                })
            })
            .collect();
        std::thread::sleep(Duration::from_millis(400));
        bus.kill();
        one.says("the bus is lost");
        let taken = next.load(Ordering::Relaxed);
        std::thread::sleep(Duration::from_millis(500));
        assert!(
            next.load(Ordering::Relaxed) > taken,
            "nothing is taken in while the bus is away"
        );
        assert_eq!(readiness(&one)["bus"], "lost");
        let metrics = String::from_utf8(one.get("/metrics").is(200).body).unwrap();
        assert!(metrics.contains("bartizan_bus_up 0"), "{metrics}");
        assert!(!metrics.contains("bartizan_bus_untold_statements 0"), "{metrics}");
        bus.start_again().unwrap();
        one.says("the bus is back");
        std::thread::sleep(Duration::from_millis(100));
        // In the midst of telling what was not told.
        two.kill();
        std::thread::sleep(Duration::from_millis(300));
        done.store(true, Ordering::Relaxed);
        clients
            .into_iter()
            .flat_map(|client| client.join().unwrap())
            .collect()
    });
    let digests = one.digests();
    assert!(acknowledged.iter().all(|digest| digests.contains(digest)));
    told(&bus, digests.len());
    // Were something told twice, it would be now.
    std::thread::sleep(Duration::from_secs(6));
    let kept = told(&bus, digests.len());
    let seqs: Vec<i64> = kept
        .iter()
        .map(|message| {
            let event: Value = serde_json::from_str(&message.body).unwrap();
            assert_eq!(event["specversion"], "1.0");
            assert!(
                digests.contains(&event["subject"].as_str().unwrap().replace("sha256:", ""))
                    || digests.contains(&event["subject"].as_str().unwrap().to_owned())
            );
            event["data"]["seq"].as_i64().unwrap()
        })
        .collect();
    let expected: Vec<i64> = (0..).take(digests.len()).collect();
    assert_eq!(seqs, expected);
    assert_eq!(readiness(&one)["bus"], "up");
    one.stop();
    plane.verify();
}

#[test]
fn a_page_hears_at_once_by_the_bus_of_what_another_server_took_in() {
    let bus = Nats::start("", &[]).unwrap();
    let (plane, _database) = on(&bus, Engine::Postgres);
    let (one, two) = (plane.start(), plane.start());
    let mut page = connect(one.at).unwrap();
    let asked = format!(
        "GET /api/v1/events HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {}\r\n\r\n",
        one.token()
    );
    page.write_all(asked.as_bytes()).unwrap();
    let mut page = BufReader::new(page);
    let mut next = |begins: &str| {
        let mut line = String::new();
        while !line.starts_with(begins) {
            line.clear();
            assert!(page.read_line(&mut line).unwrap() > 0, "the page ended");
        }
    };
    next("event: hello");
    // Without the bus the database is asked now and then, and how soon a page hears would be chance.
    std::thread::sleep(Duration::from_secs(3));
    for number in 0..6 {
        two.push(&evidence::any(number)).unwrap().is(201);
        let began = Instant::now();
        next("event: statement");
        let took = began.elapsed();
        assert!(took < Duration::from_millis(900), "{number}: {took:?}");
        std::thread::sleep(Duration::from_millis(300));
    }
    // And without it, still within a second or two.
    bus.kill();
    one.says("the bus is lost");
    two.push(&evidence::any(99)).unwrap().is(201);
    let began = Instant::now();
    next("event: statement");
    assert!(began.elapsed() < Duration::from_secs(5));
}

#[test]
fn a_server_that_is_alone_tells_too_and_starts_where_there_is_no_bus_yet() {
    let bus = Nats::start("", &[]).unwrap();
    bus.kill();
    let (plane, _database) = on(&bus, Engine::Sqlite);
    let server = plane.start();
    assert_eq!(readiness(&server)["bus"], "lost");
    server.push(&evidence::any(0)).unwrap().is(201);
    bus.start_again().unwrap();
    let size = server.digests().len();
    let kept = told(&bus, size);
    let subjects: HashSet<&str> = kept.iter().map(|message| message.subject.as_str()).collect();
    assert_eq!(subjects.len(), 1);
    assert!(
        subjects
            .iter()
            .all(|subject| subject.starts_with("bartizan.") && subject.ends_with(".1"))
    );
    assert!(kept[0].headers.contains("Nats-Msg-Id"));
}

#[test]
fn a_bus_that_lets_us_in_never_is_an_error_at_the_start() {
    let word = format!("tide-{}", std::process::id());
    let bus = Nats::start(&format!("authorization {{ token: \"{word}\" }}"), &[]).unwrap();
    let (plane, _database) = on(&bus, Engine::Sqlite);
    let refused = |arguments: &[&str], expected: &str| {
        let all = [&["serve", "--listen", "127.0.0.1:0"], arguments].concat();
        let (is_well, said) = plane.run(&all);
        assert!(!is_well && said.contains(expected), "{said}");
        assert!(!said.contains(&word) || arguments.iter().any(|argument| argument.contains(&word)));
    };
    refused(&["--bus", &bus.url()], "lets nobody in with these credentials");
    refused(&["--bus", "amqp://bus"], "names no bus");
    refused(&["--bus-ca", "ca.crt"], "there is no bus");
}
