//! What the operator asks, and what spares and protects those who read and change.

use crate::client::Browser;
use crate::server::{Server, password};
use bartizan_server::{AppOptions, Role, Transport};
use bartizan_testbed::{Database, Engine, on_both_engines};
use serde_json::{Value, json};
use std::collections::BTreeMap;

on_both_engines!(
    a_running_server_is_live_and_ready,
    wrong_passwords_are_counted_by_all_replicas_together_where_they_share_a_database,
);

fn a_running_server_is_live_and_ready(database: &Database) {
    let server = Server::on(database, Transport::Loopback);
    assert_eq!(
        server.ask("get", "/healthz").send().is(200).json(),
        json!({ "live": true })
    );
    let ready = server.ask("get", "/readyz").send().is(200).json();
    assert_eq!(
        (&ready["ready"], &ready["database"]),
        (&json!(true), &json!("ok"))
    );
    assert_eq!(ready["schema"][0], ready["schema"][1]);
}

#[test]
fn a_server_beneath_which_the_schema_was_renewed_is_live_and_not_ready() {
    let server = Server::start();
    server
        .store()
        .write_all(|all| all.set_setting("schema", b"999"))
        .unwrap();
    server.ask("get", "/healthz").send().is(200);
    let ready = server.ask("get", "/readyz").send().is(503).json();
    assert_eq!(
        (&ready["ready"], &ready["schema"][0]),
        (&json!(false), &json!(999))
    );
}

fn wrong_passwords_are_counted_by_all_replicas_together_where_they_share_a_database(database: &Database) {
    let replicas = [0, 1, 2].map(|_| Server::on(database, Transport::Loopback));
    replicas[0].administrator();
    let wrong = |server: &Server| {
        server
            .ask("post", "/api/v1/session")
            .json(&json!({ "login": "admin", "password": "wrong" }))
            .send()
            .status
    };
    let tried: Vec<u16> = (0..15).map(|round| wrong(&replicas[round % 3])).collect();
    let refused = tried.iter().filter(|status| **status == 429).count();
    let is_shared = replicas[0].store().is_shared();
    assert_eq!(refused, if is_shared { 5 } else { 0 }, "{tried:?}");
    if is_shared {
        let answer = replicas[1]
            .ask("post", "/api/v1/session")
            .json(&json!({ "login": "admin", "password": password() }))
            .send()
            .is(429);
        let seconds: u64 = answer.header("retry-after").unwrap().parse().unwrap();
        assert!((1..=30).contains(&seconds), "{seconds}");
    }
}

#[test]
fn a_right_password_is_not_held_against_anybody() {
    let database = Engine::Postgres.database().unwrap();
    let server = Server::on(&database, Transport::Loopback);
    server.administrator();
    for _ in 0..14 {
        server
            .ask("post", "/api/v1/session")
            .json(&json!({ "login": "admin", "password": password() }))
            .send()
            .is(200);
    }
}

/// What an exposition says: (name with labels, value), and the type of each family.
fn parsed(text: &str) -> (BTreeMap<String, f64>, BTreeMap<String, String>) {
    let (mut samples, mut types) = (BTreeMap::new(), BTreeMap::new());
    for line in text.lines() {
        if let Some(rest) = line.strip_prefix("# TYPE ") {
            let (name, kind) = rest.split_once(' ').unwrap();
            assert!(
                types.insert(name.to_owned(), kind.to_owned()).is_none(),
                "{name} twice"
            );
        } else if !line.starts_with('#') {
            let (name, value) = line.rsplit_once(' ').unwrap();
            let family = name.split('{').next().unwrap();
            let family = ["_bucket", "_sum", "_count"]
                .iter()
                .find_map(|tail| family.strip_suffix(tail).filter(|name| types.contains_key(*name)))
                .unwrap_or(family);
            assert!(types.contains_key(family), "{line} has no type");
            let value: f64 = value.parse().unwrap();
            assert!(samples.insert(name.to_owned(), value).is_none(), "{name} twice");
        }
    }
    (samples, types)
}

#[test]
fn what_is_counted_is_written_as_prometheus_reads_it() {
    let server = Server::start();
    let member = server.member(server.tenant("t"), "one", Role::Developer);
    let token = server.token(&member);
    let statement = json!({
        "_type": "https://in-toto.io/Statement/v1", "predicateType": "https://example.com/x",
        "subject": [{ "name": "n", "digest": { "sha256": "00" } }], "predicate": {},
    });
    for status in [201, 200] {
        server
            .ask("post", "/api/v1/statements")
            .token(&token)
            .json(&statement)
            .send()
            .is(status);
    }
    server
        .ask("post", "/api/v1/statements")
        .token(&token)
        .json(&json!({}))
        .send()
        .is(400);
    server
        .ask("get", "/api/v1/findings/7")
        .token(&token)
        .send()
        .is(404);
    server
        .ask("get", "/api/v1/findings/8")
        .token(&token)
        .send()
        .is(404);
    server.ask("get", "/nothing/at/all").send().is(404);
    let answer = server.ask("get", "/metrics").send().is(200);
    assert!(
        answer
            .header("content-type")
            .unwrap()
            .starts_with("text/plain; version=0.0.4")
    );
    let (samples, types) = parsed(&answer.text);
    let name = "bartizan_http_request_duration_seconds";
    assert_eq!(types[name], "histogram");
    let labels = "method=\"GET\",route=\"/api/v1/findings/{id}\",status=\"404\"";
    let all = format!("{name}_bucket{{{labels},le=\"+Inf\"}}");
    assert_eq!(
        (samples[&all], samples[&format!("{name}_count{{{labels}}}")]),
        (2.0, 2.0)
    );
    let of_it = |bound: &str| samples[&format!("{name}_bucket{{{labels},le=\"{bound}\"}}")];
    assert!(of_it("0.001") <= of_it("0.1") && of_it("0.1") <= of_it("10"));
    for (sample, value) in [
        ("bartizan_ingest_statements_total{outcome=\"new\"}", 1.0),
        ("bartizan_ingest_statements_total{outcome=\"known\"}", 1.0),
        ("bartizan_ingest_statements_total{outcome=\"refused\"}", 1.0),
        ("bartizan_ledger_statements", 1.0),
        ("bartizan_ready", 1.0),
        ("bartizan_http_requests_in_flight", 1.0),
        ("bartizan_database_connections_max{pool=\"write\"}", 1.0),
    ] {
        assert_eq!(samples.get(sample), Some(&value), "{sample}");
    }
    let bytes = samples["bartizan_ingest_bytes_total"];
    assert_eq!(bytes, 2.0 * statement.to_string().len() as f64 + 2.0);
    assert!(samples["process_resident_memory_bytes"] > 1e6);
    // Neither who asked nor which finding is a label.
    assert!(
        !answer.text.contains("findings/7") && !answer.text.contains("one"),
        "{}",
        answer.text
    );
}

#[test]
fn behind_a_proxy_metrics_are_for_whoever_has_the_token() {
    let database = Engine::Sqlite.database().unwrap();
    let word = bartizan_server::secret::new().unwrap();
    let server = Server::with(
        &database,
        AppOptions {
            transport: Transport::Tls,
            metrics_token: Some(word.clone()),
            ..AppOptions::default()
        },
    );
    server.ask("get", "/metrics").send().is(401);
    server.ask("get", "/metrics").token("another").send().is(401);
    server.ask("get", "/metrics").token(&word).send().is(200);
    Server::on(&database, Transport::Tls)
        .ask("get", "/metrics")
        .token("")
        .send()
        .is(401);
}

#[test]
fn a_problem_says_the_number_of_the_request_also_where_it_never_came_to_us() {
    let server = Server::start();
    for (method, path, status) in [
        ("get", "/api/v1/me", 401),
        ("patch", "/api/v1/me", 405),
        ("get", "/nothing", 404),
        ("get", "/api/v1/oidc/callback?code=%ff", 404),
    ] {
        let answer = server
            .ask(method, path)
            .header("x-request-id", "r-1")
            .send()
            .is(status);
        assert_eq!(
            answer.header("content-type"),
            Some("application/problem+json"),
            "{path}"
        );
        let problem = answer.json();
        assert_eq!(
            (&problem["request_id"], &problem["status"]),
            (&json!("r-1"), &json!(status)),
            "{path}"
        );
    }
}

#[test]
fn what_did_not_change_is_not_sent_again_and_what_did_is() {
    let server = Server::start();
    let member = server.member(server.tenant("t"), "one", Role::Admin);
    let token = server.token(&member);
    let get = |path: &str, tag: &str| {
        server
            .ask("get", path)
            .token(&token)
            .header("if-none-match", tag)
            .send()
    };
    for path in [
        "/api/v1/assets",
        "/api/v1/findings",
        "/api/v1/me",
        "/api/v1/openapi.json",
    ] {
        let tag = get(path, "\"x\"").is(200).header("etag").unwrap().to_owned();
        let again = get(path, &format!("\"y\", W/{tag}")).is(304);
        assert_eq!(
            (again.text.as_str(), again.header("etag")),
            ("", Some(tag.as_str())),
            "{path}"
        );
    }
    let tag = get("/api/v1/assets", "").header("etag").unwrap().to_owned();
    let assign = json!({ "action": "assign", "asset": "repo:x", "owner": "one" });
    server
        .ask("post", "/api/v1/decisions")
        .token(&token)
        .json(&assign)
        .send()
        .is(201);
    let body = "/api/v1/statements/0/body";
    let digest = get("/api/v1/statements/0", "").json()["digest"]
        .as_str()
        .unwrap()
        .to_owned();
    let wanted = format!("\"{}\"", digest.strip_prefix("sha256:").unwrap());
    assert_eq!(get(body, "").is(200).header("etag"), Some(wanted.as_str()));
    get(body, &wanted).is(304);
    get("/api/v1/assets", &tag).is(200);
    // A tag lets nobody in.
    server
        .ask("get", "/api/v1/assets")
        .header("if-none-match", &tag)
        .send()
        .is(401);
    server
        .ask("get", "/api/v1/assets")
        .header("if-none-match", "*")
        .send()
        .is(401);
}

#[test]
fn of_two_who_change_a_policy_at_once_the_second_one_notices() {
    let server = Server::start();
    let member = server.member(server.tenant("t"), "one", Role::Admin);
    let token = server.token(&member);
    let decide = |hours: u32, tag: Option<&str>| {
        let value = json!({ "critical": hours, "high": 2, "medium": 3, "low": 4 }).to_string();
        let ask = server
            .ask("post", "/api/v1/decisions")
            .token(&token)
            .json(&json!({ "action": "policy", "name": "objectives", "value": value }));
        match tag {
            Some(tag) => ask.header("if-match", tag).send(),
            None => ask.send(),
        }
    };
    let read = || {
        server
            .ask("get", "/api/v1/policies/objectives")
            .token(&token)
            .send()
    };
    read().is(404);
    decide(1, Some("*")).is(412);
    decide(1, None).is(201);
    let tag = read().is(200).header("etag").unwrap().to_owned();
    decide(2, Some(&tag)).is(201);
    let late = decide(3, Some(&tag)).is(412);
    assert!(late.json()["help"].as_str().unwrap().contains("read it again"));
    let value: Value = serde_json::from_str(read().json()["value"].as_str().unwrap()).unwrap();
    assert_eq!(value["critical"], 2);
}

#[test]
fn one_goes_to_another_tenant_and_the_session_ends_no_later_for_it() {
    let server = Server::start();
    let (here, there, away) = (
        server.tenant("here"),
        server.tenant("there"),
        server.tenant("away"),
    );
    let member = server.member(here, "one", Role::Viewer);
    server
        .store()
        .write_all(|all| all.set_membership(there, member.person, Some("admin")))
        .unwrap();
    let first = server.browser(&member);
    let before = server.ask("get", "/api/v1/session").browser(&first).send().json();
    let go = |browser: &Browser, tenant: &str| {
        server
            .ask("put", "/api/v1/session/tenant")
            .browser(browser)
            .json(&json!({ "tenant": tenant }))
            .send()
    };
    go(&first, "away").is(404);
    go(&first, "nowhere").is(404);
    let answer = go(&first, "there").is(200);
    let after = answer.json();
    assert_eq!(
        (&after["tenant"], &after["role"]),
        (&json!("there"), &json!("admin"))
    );
    assert_eq!(after["expires"], before["expires"]);
    let second = Browser::of(&answer);
    server
        .ask("get", "/api/v1/session")
        .browser(&first)
        .send()
        .is(401);
    server
        .ask("get", "/api/v1/people")
        .browser(&second)
        .send()
        .is(200);
    assert_eq!(server.events(there).last().map(String::as_str), Some("sign-in"));
    assert!(server.events(away).is_empty());
}

#[test]
fn all_sessions_of_a_person_end_at_once_and_tokens_go_on() {
    let server = Server::start();
    let tenant = server.tenant("t");
    let (member, other) = (
        server.member(tenant, "one", Role::Viewer),
        server.member(tenant, "two", Role::Viewer),
    );
    let (first, stranger, token) = (
        server.browser(&member),
        server.browser(&other),
        server.token(&member),
    );
    let answer = server
        .ask("post", "/api/v1/session")
        .json(&json!({ "login": "one", "password": password() }))
        .send()
        .is(200);
    let second = Browser::of(&answer);
    server
        .ask("delete", "/api/v1/sessions")
        .browser(&second)
        .send()
        .is(204);
    for browser in [&first, &second] {
        server
            .ask("get", "/api/v1/session")
            .browser(browser)
            .send()
            .is(401);
    }
    server
        .ask("get", "/api/v1/session")
        .browser(&stranger)
        .send()
        .is(200);
    server.ask("get", "/api/v1/me").token(&token).send().is(200);
    assert_eq!(
        server.events(tenant).last().map(String::as_str),
        Some("sign-out-everywhere")
    );
}
