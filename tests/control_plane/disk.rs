//! A disk that is full: what does not fit is refused in words, what was acknowledged stays, and with room it goes on.

use crate::evidence::{noise, statement};
use crate::plane::{Client, Plane, digest};
use bartizan_testbed::{Engine, Options, Postgres, SmallDisk};
use serde_json::json;
use std::process::Command;

fn large(number: u64) -> Vec<u8> {
    let predicate = json!({ "number": number, "text": noise(200_000, number) });
    statement("https://example.com/observation/v1", "host:one", &predicate)
}

/// Sends large statements until one is refused; out come the digests of the others, and the number of the refused one.
fn fill(client: &Client, refused: &[u16]) -> (Vec<String>, u64) {
    let mut kept = Vec::new();
    for number in 0..2000 {
        let answer = client.push(&large(number)).unwrap();
        if answer.status != 201 {
            assert!(refused.contains(&answer.status), "{answer:?}");
            answer.is_a_problem();
            return (kept, number);
        }
        kept.push(digest(&answer.json()));
    }
    panic!("it is never full");
}

#[test]
fn a_full_disk_under_sqlite_is_said_to_be_full_and_room_is_enough_to_go_on() {
    let database = Engine::Sqlite.database().unwrap();
    let mut plane = Plane::on(&database.url);
    // A file may become 4 MiB large: the system refuses writes as it does on a disk that is full.
    plane.before = "trap '' XFSZ; ulimit -S -f 8192".to_owned();
    let server = plane.start();
    let (kept, refused) = fill(&server, &[507]);
    assert!(kept.len() > 3, "{}", kept.len());
    let problem = server.push(&large(refused)).unwrap().is(507).json();
    assert!(
        problem["help"].as_str().unwrap().contains("make room"),
        "{problem}"
    );
    // What is there can be read all the while.
    let there = server.digests();
    assert!(kept.iter().all(|digest| there.contains(digest)));
    server.get("/api/v1/posture").is(200);
    let id = server.id().to_string();
    let raised = Command::new("prlimit")
        .args(["--pid", &id, "--fsize=unlimited:"])
        .status();
    assert!(raised.unwrap().success());
    for number in refused..refused + 20 {
        server.push(&large(number)).unwrap().is(201);
    }
    let there = server.digests();
    assert!(kept.iter().all(|digest| there.contains(digest)));
    server.stop();
    plane.verify();
}

#[test]
#[allow(clippy::print_stderr, reason = "what was not tested is said aloud")]
fn a_full_disk_under_postgresql_is_said_to_be_full_and_room_is_enough_to_go_on() {
    let Some(small) = SmallDisk::of("160m") else {
        eprintln!("not tested: a file system of a fixed size needs root and the right to mount");
        return;
    };
    let postgres = Postgres::start(&Options {
        durable: true,
        within: Some(small.path().to_owned()),
        ..Options::default()
    })
    .unwrap();
    let plane = Plane::on(&postgres.database().unwrap());
    let server = plane.start();
    let (kept, refused) = fill(&server, &[507, 503]);
    assert!(kept.len() > 3, "{}", kept.len());
    // It stays so, and the server is alive.
    for _ in 0..3 {
        let answer = server.push(&large(refused)).unwrap();
        assert!([503, 507].contains(&answer.status), "{answer:?}");
        answer.is_a_problem();
    }
    server.get("/").is(200);
    let more = Command::new("mount")
        .args(["-o", "remount,size=600m"])
        .arg(small.path())
        .status();
    assert!(more.unwrap().success());
    // PostgreSQL stops where its log finds no room; an operator starts it again.
    postgres.stop().unwrap();
    postgres.start_again().unwrap();
    for number in refused..refused + 20 {
        let answer = server.push(&large(number)).unwrap();
        assert!([200, 201].contains(&answer.status), "{answer:?}");
    }
    let there = server.digests();
    assert!(kept.iter().all(|digest| there.contains(digest)));
    server.stop();
    plane.verify();
    drop(postgres);
}
