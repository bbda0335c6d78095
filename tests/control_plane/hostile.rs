//! Requests that mean harm: too large, too slow, too deep, or no JSON at all. Each is refused in words, the server stays alive and small.

use crate::client::{ask, connect, read};
use crate::evidence::{BILL, statement};
use crate::plane::{Plane, Running};
use bartizan_testbed::{Database, Engine};
use serde_json::json;
use std::io::Write;
use std::time::{Duration, Instant};

fn started() -> (Database, Plane, Running) {
    let database = Engine::Sqlite.database().unwrap();
    let plane = Plane::on(&database.url);
    let server = plane.start();
    (database, plane, server)
}

/// Asserts that it answers, and how much memory it has.
#[track_caller]
fn is_alive(server: &Running, most: u64) {
    server.get("/api/v1/me").is(200);
    let now = server.memory("VmRSS");
    assert!(now <= most, "{now} MB");
}

fn post(server: &Running, headers: &str) -> std::net::TcpStream {
    let mut stream = connect(server.at).unwrap();
    let head = format!(
        "POST /api/v1/statements HTTP/1.1\r\nhost: x\r\nconnection: close\r\nauthorization: Bearer {}\r\n{headers}\r\n",
        server.token()
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream
}

#[test]
fn a_gigabyte_is_refused_before_it_was_read() {
    let (_database, _plane, server) = started();
    let began = Instant::now();
    let mut stream = post(&server, "content-length: 1073741824\r\n");
    let answer = read(&mut stream).unwrap().is(413);
    answer.is_a_problem();
    assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
    // And where all of it is sent whatever is answered: the answer arrives.
    let mut stream = post(&server, "content-length: 1073741824\r\n");
    let piece = vec![b' '; 1 << 20];
    let sent = (0..1024).take_while(|_| stream.write_all(&piece).is_ok()).count();
    if sent == 1024 {
        read(&mut stream).unwrap().is(413);
    }
    assert!(server.memory("VmHWM") < 200, "{} MB", server.memory("VmHWM"));
    is_alive(&server, 150);
}

#[test]
fn a_body_without_a_length_is_read_no_further_than_it_may_be_and_its_memory_given_back() {
    let (_database, _plane, server) = started();
    let mut stream = post(&server, "transfer-encoding: chunked\r\n");
    let chunk = [b"100000\r\n".as_slice(), &[b' '; 1 << 20], b"\r\n"].concat();
    let sent = (0..1024).take_while(|_| stream.write_all(&chunk).is_ok()).count();
    assert!(sent >= 512, "{sent}");
    if let Ok(answer) = read(&mut stream) {
        answer.is(413).is_a_problem();
    }
    assert!(server.memory("VmHWM") < 900, "{} MB", server.memory("VmHWM"));
    std::thread::sleep(Duration::from_secs(2));
    is_alive(&server, 150);
}

#[test]
fn whoever_is_not_let_in_is_told_so_whatever_they_send() {
    let (_database, _plane, server) = started();
    let body = vec![b' '; 64 << 20];
    let answer = ask(
        server.at,
        "POST /api/v1/statements",
        "authorization: Bearer no\r\n",
        &body,
    );
    answer.unwrap().is(401).is_a_problem();
    // A decision has no reason to be long.
    let answer = server.ask("POST /api/v1/decisions", &body).unwrap();
    answer.is(413).is_a_problem();
    is_alive(&server, 150);
}

#[test]
fn what_is_compressed_is_not_inflated() {
    let (_database, _plane, server) = started();
    for encoding in ["gzip", "zstd", "br", "gzip, gzip"] {
        let headers = format!(
            "authorization: Bearer {}\r\ncontent-encoding: {encoding}\r\n",
            server.token()
        );
        let answer = ask(
            server.at,
            "POST /api/v1/statements",
            &headers,
            &[0x1f, 0x8b, 8, 0],
        );
        answer.unwrap().is(415).is_a_problem();
    }
    is_alive(&server, 150);
}

#[test]
fn whoever_sends_nothing_more_is_told_and_holds_nothing() {
    let (_database, _plane, server) = started();
    let mut stream = post(&server, "content-length: 1000\r\n");
    stream.write_all(b"{\"_type\":").unwrap();
    let began = Instant::now();
    read(&mut stream).unwrap().is(408).is_a_problem();
    assert!(began.elapsed() < Duration::from_secs(60), "{:?}", began.elapsed());
    is_alive(&server, 150);
}

/// Bodies that are no statement, or hardly one: what they are, and what they say.
fn bodies() -> Vec<(&'static str, Vec<u8>)> {
    let deep = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    let objects = |depth: usize| format!("{}1{}", "{\"a\":".repeat(depth), "}".repeat(depth));
    let with = |kind: &str, predicate: &str| {
        let text = String::from_utf8(statement(kind, "image:x", &json!("here"))).unwrap();
        text.replace("\"here\"", predicate).into_bytes()
    };
    let bill = |components: &str| {
        let document =
            format!(r#"{{"bomFormat":"CycloneDX","specVersion":"1.6","components":{components}}}"#);
        with(BILL, &document)
    };
    let many = |one: &str, count: usize| format!("[{}]", vec![one; count].join(","));
    let digits = "9".repeat(1_000_000);
    vec![
        ("nothing", Vec::new()),
        ("spaces", vec![b' '; 1 << 20]),
        ("null", b"null".to_vec()),
        ("a list", b"[]".to_vec()),
        ("half of an object", b"{\"_type\":".to_vec()),
        ("a byte order mark", b"\xef\xbb\xbf{}".to_vec()),
        ("no UTF-8", b"{\"_type\":\"\xff\xfe\"}".to_vec()),
        ("a NUL", b"{\"_type\":\"a\0b\"}".to_vec()),
        ("lists in lists", deep(10_000).into_bytes()),
        ("objects in objects", objects(10_000).into_bytes()),
        ("a deep predicate", with("x", &deep(10_000))),
        ("a very deep predicate", with("x", &objects(1_000_000))),
        ("a deep bill", with(BILL, &objects(10_000))),
        ("deep components", bill(&many(&objects(10_000), 3))),
        ("a deep scan", with(crate::evidence::SCAN, &objects(10_000))),
        (
            "a deep decision",
            with("https://bartizan.dev/decision/v1", &deep(10_000)),
        ),
        (
            "a key twice",
            br#"{"_type":"a","_type":"b","predicateType":"x","subject":[]}"#.to_vec(),
        ),
        ("a predicate twice", with("x", "1,\"predicate\":2")),
        ("a huge number", with("x", &digits)),
        ("a huge exponent", with(BILL, "1e99999999")),
        (
            "a huge number for a text",
            bill(&format!(r#"[{{"type":"library","name":{digits}}}]"#)),
        ),
        (
            "a lone surrogate",
            bill(r#"[{"type":"library","name":"\ud800"}]"#),
        ),
        (
            "a NUL in a name",
            bill(r#"[{"type":"library","name":"a\u0000b","version":"1"}]"#),
        ),
        ("a million numbers", bill(&many("1", 1_000_000))),
        ("a million empty components", bill(&many("{}", 1_000_000))),
        (
            "advisories that are none",
            with("https://bartizan.dev/advisories/v1", &many("{}", 100_000)),
        ),
        (
            "something behind it",
            [statement("x", "host:x", &json!(1)), b"{}".to_vec()].concat(),
        ),
        (
            "a name of a megabyte",
            statement("x", &"n".repeat(1 << 20), &json!(1)),
        ),
        (
            "a type of a megabyte",
            statement(&"t".repeat(1 << 20), "host:x", &json!(1)),
        ),
        ("a million subjects", {
            let one = r#"{"name":"n","digest":{"a":"b"}}"#;
            let text = String::from_utf8(statement("x", "host:x", &json!(1))).unwrap();
            let (head, rest) = text.split_once("\"subject\":[").unwrap();
            let (_, tail) = rest.split_once(']').unwrap();
            format!("{head}\"subject\":{}{tail}", many(one, 1_000_000)).into_bytes()
        }),
        ("a million digests", {
            let list: Vec<String> = (0..1_000_000)
                .map(|number| format!(r#""{number}":"0""#))
                .collect();
            let text = String::from_utf8(statement("x", "host:x", &json!(1))).unwrap();
            let (head, rest) = text.split_once("\"digest\":{").unwrap();
            let (_, tail) = rest.split_once('}').unwrap();
            format!("{head}\"digest\":{{{}}}{tail}", list.join(",")).into_bytes()
        }),
        (
            "an envelope of nothing",
            br#"{"payloadType":"application/vnd.in-toto+json","payload":"","signatures":[]}"#.to_vec(),
        ),
        (
            "an envelope that is none",
            br#"{"payloadType":[],"payload":{},"signatures":1}"#.to_vec(),
        ),
    ]
}

#[test]
fn hostile_json_is_refused_in_words_or_taken_for_what_it_is() {
    let (_database, plane, server) = started();
    for (name, body) in bodies() {
        let began = Instant::now();
        let answer = server
            .push(&body)
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        if ![200, 201].contains(&answer.status) {
            assert!([400, 422].contains(&answer.status), "{name}: {answer:?}");
            answer.is_a_problem();
            assert!(
                answer.body.len() < 4096,
                "{name}: an answer of {} bytes",
                answer.body.len()
            );
        }
        assert!(
            began.elapsed() < Duration::from_secs(30),
            "{name}: {:?}",
            began.elapsed()
        );
        server.get("/api/v1/me").is(200);
        let most = server.memory("VmHWM");
        assert!(most < 600, "{name}: {most} MB");
    }
    std::thread::sleep(Duration::from_secs(2));
    is_alive(&server, 200);
    server.stop();
    plane.verify();
}
