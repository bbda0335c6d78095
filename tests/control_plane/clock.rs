//! Clocks that jump: the order of the log is that of arrival, due dates stay, and who was let in by time is let in by time.
//!
//! The clock of the running program is moved by libfaketime, <https://github.com/wolfcw/libfaketime>.

use crate::evidence;
use crate::plane::Plane;
use bartizan_testbed::Engine;
use serde_json::Value;
use std::path::{Path, PathBuf};

const DAY: i64 = 86_400;

/// Where Debian puts it.
fn library() -> PathBuf {
    let found = std::fs::read_dir("/usr/lib")
        .unwrap()
        .map(|entry| entry.unwrap().path());
    found
        .map(|directory| directory.join("faketime/libfaketime.so.1"))
        .find(|library| library.exists())
        .expect("libfaketime is not installed: `apt-get install libfaketime`, or scripts/setup.sh test")
}

/// Moves the clock by so many seconds from what it is.
fn jump(clock: &Path, by: i64) {
    let part = clock.with_extension("part");
    std::fs::write(&part, format!("{by:+}\n")).unwrap();
    std::fs::rename(part, clock).unwrap();
}

#[test]
fn a_clock_that_jumps_moves_neither_the_order_nor_what_is_due() {
    let database = Engine::Sqlite.database().unwrap();
    let mut plane = Plane::on(&database.url);
    let clock = plane.home().join("clock");
    jump(&clock, 0);
    let set = |name: &str, value: String| (name.to_owned(), value);
    plane.environment = vec![
        set("LD_PRELOAD", library().display().to_string()),
        set("FAKETIME_TIMESTAMP_FILE", clock.display().to_string()),
        set("FAKETIME_NO_CACHE", "1".to_owned()),
        set("FAKETIME_DONT_FAKE_MONOTONIC", "1".to_owned()),
    ];
    let server = plane.start();
    let finding =
        |id: &Value| server.get(&format!("/api/v1/findings/{id}")).is(200).json()["finding"].clone();
    let push = |name: &str, number: u64| {
        let sent = evidence::scan(&format!("repo:example.com/{name}"), number, "critical");
        server.push(&sent).unwrap()
    };
    push("first", 1).is(201);
    let page = server.get("/api/v1/findings?limit=5").is(200).json();
    let id = &page["items"][0]["id"];
    let due = finding(id)["due"].clone();
    assert!(due.is_string(), "{}", finding(id));

    jump(&clock, 60 * DAY);
    push("second", 2).is(201);
    jump(&clock, -400 * DAY);
    push("third", 3).is(201);
    push("first", 4).is(201);
    assert_eq!(finding(id)["due"], due, "a due date moved with the clock");
    let page = server.get("/api/v1/statements?limit=4").is(200).json();
    let times: Vec<&str> = page["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["received"].as_str().unwrap())
        .collect();
    // The newest first; one that came in while the clock was back has the time of the one before.
    assert!(times.windows(2).all(|pair| pair[0] >= pair[1]), "{times:?}");
    assert!(times[0] > times[3], "{times:?}");

    // A token ends after 90 days, by the clock; one that is behind lets in who was let in.
    jump(&clock, 400 * DAY);
    server.get("/api/v1/me").is(401);
    jump(&clock, 0);
    server.get("/api/v1/me").is(200);
    server.digests();
    server.stop();
    plane.verify();
}
