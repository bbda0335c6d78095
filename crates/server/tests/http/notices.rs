//! Others are told: once, whatever happens; through every kind of channel that takes messages.

use crate::server::{Server, telling};
use crate::stand_in::{Said, Seen, StandIn};
use bartizan_server::ingest::{self, Arrival, Trust};
use bartizan_server::jobs::{self, Told};
use bartizan_server::notify::NotifyOptions;
use bartizan_server::{Role, jobs::end_waivers};
use bartizan_store::{StoreError, TenantId};
use bartizan_testbed::{Database, Engine, on_both_engines};
use bartizan_trust::{seal::SealKey, webhook};
use serde_json::{Value, json};
use std::process::{Child, Command, Stdio};

pub(crate) const MINUTE: i64 = 60_000;
pub(crate) const HOUR: i64 = 60 * MINUTE;
pub(crate) const DAY: i64 = 24 * HOUR;

on_both_engines!(
    a_finding_whose_day_is_over_is_told_once_by_however_many_replicas_and_restarts,
    a_day_that_moved_is_told_anew_and_one_that_stands_is_not,
    what_was_before_the_first_channel_is_told_to_nobody,
    filters_say_who_hears_of_what,
    a_flood_becomes_as_many_messages_as_were_allowed_and_one_summary,
    a_delivery_is_tried_again_under_the_same_id_until_it_is_given_up_and_can_be_tried_by_hand,
    a_claim_of_a_replica_that_died_ends,
    a_waiver_that_ends_soon_is_told_once_however_much_it_covers,
    a_thousand_findings_that_are_due_at_the_same_moment_are_each_told_once,
    rebuilding_the_graph_tells_nothing_again,
);

/// A tenant, somebody who may everything, and a clock that the test sets.
pub(crate) struct Place {
    pub(crate) server: Server,
    pub(crate) tenant: TenantId,
    token: String,
    pub(crate) start: i64,
}

impl Place {
    pub(crate) fn new(database: &Database) -> Self {
        Self::told_by(database, telling(true))
    }

    fn told_by(database: &Database, options: NotifyOptions) -> Self {
        let server = Server::told_by(database, options);
        let tenant = server.tenant("default");
        let login = bartizan_model::encoding::hex(&bartizan_server::secret::random::<4>().unwrap());
        let token = server.token(&server.member(tenant, &login, Role::Admin));
        let start = server.app.now() / 1_000 * 1_000;
        Self {
            server,
            tenant,
            token,
            start,
        }
    }

    pub(crate) fn ask(&self, method: &str, path: &str, body: &Value) -> crate::client::Answer {
        self.server.ask(method, path).token(&self.token).json(body).send()
    }

    /// Makes a channel; out come its number and its secret.
    pub(crate) fn channel(&self, body: &Value) -> (i64, String) {
        let made = self.ask("post", "/api/v1/channels", body).is(201).json();
        let secret = made["secret"].as_str().unwrap_or_default().to_owned();
        (made["channel"]["id"].as_i64().unwrap(), secret)
    }

    fn hook(&self, stand_in: &StandIn) -> (i64, String) {
        let pace = json!({ "messages": 1000, "minutes": 1 });
        self.channel(&json!({ "name": "hook", "target": { "kind": "webhook", "url": stand_in.url("/in") }, "pace": pace }))
    }

    /// Sends the result of a scan that found these, so long after the start.
    pub(crate) fn scan(&self, after: i64, found: &[Value]) {
        self.scan_of("shop", after, found);
    }

    fn scan_of(&self, name: &str, after: i64, found: &[Value]) {
        let at = self.start + after;
        let started = bartizan_model::Timestamp::from_unix_seconds(at / 1_000).to_string();
        let report = json!({
            "schema": "bartizan/report/v1",
            "tool": { "name": "bartizan", "version": "0", "rules_digest": "" },
            "target": { "name": name, "kind": "dir", "commit": "c", "branch": "main", "repository": format!("https://example.com/acme/{name}") },
            "started": started, "verdict": { "decision": "allow" }, "findings": found, "remedies": [], "components": [],
            "checks": [{ "check": "leak", "status": "ran", "required": true, "files": 1, "findings": found.len() }],
            "skipped": [], "stats": { "files": 1, "cached": 0, "bytes": 1, "seconds": 0.5 },
        });
        self.take(
            "https://in-toto.io/attestation/test-result/v0.1",
            at,
            &json!({ "result": "FAILED", "https://bartizan.dev/report/v1": report }),
        );
    }

    pub(crate) fn decide(&self, after: i64, decision: &Value) {
        self.take("https://bartizan.dev/decision/v1", self.start + after, decision);
    }

    fn take(&self, kind: &str, at: i64, predicate: &Value) {
        let body = json!({
            "_type": "https://in-toto.io/Statement/v1", "predicateType": kind, "predicate": predicate,
            "subject": [{ "name": "x", "digest": { "sha256": bartizan_model::encoding::hex(&bartizan_server::secret::random::<32>().unwrap()) } }],
        })
        .to_string();
        let arrival = Arrival {
            body: body.as_bytes(),
            statement: body.as_bytes(),
            trust: Trust::Authenticated,
            by: "ci",
            at,
        };
        ingest::take(self.server.store(), self.tenant, &arrival).unwrap();
    }

    /// Tells others what there is to tell, so long after the start.
    pub(crate) fn tell(&self, after: i64) -> Told {
        jobs::tell(&self.server.app, &|| self.start + after).unwrap()
    }

    /// The same, until nothing is left to send.
    pub(crate) fn tell_all(&self, after: i64) {
        while self.tell(after).attempts > 0 {}
    }

    pub(crate) fn deliveries(&self) -> Vec<Value> {
        let page = self
            .ask("get", "/api/v1/deliveries?limit=500", &Value::Null)
            .is(200)
            .json();
        page["items"].as_array().unwrap().clone()
    }
}

/// A finding of this severity; `n` tells it from others, and `fix` is what closes it.
pub(crate) fn finding(n: usize, severity: &str, fix: &str) -> Value {
    json!({
        "rule": "leak/token", "check": "leak", "severity": severity, "confidence": "high", "title": "A token",
        "message": format!("Token {n} is in the file"), "fingerprint": format!("{n:032x}"), "asset": format!("file:{n}.txt"),
        "locations": [{ "path": format!("{n}.txt"), "line": 1, "column": 1, "end_line": 1, "end_column": 2 }],
        "evidence": [], "cwe": [], "ids": [], "fix": { "description": fix }, "waiver": null,
    })
}

fn kinds(seen: &[Seen]) -> Vec<String> {
    seen.iter()
        .map(|seen| seen.json()["type"].as_str().unwrap().to_owned())
        .collect()
}

/// Verifies as docs/notifications.md says that one does.
fn is_signed(seen: &Seen, secret: &str) {
    let second = seen.header("webhook-timestamp").parse().unwrap();
    let wanted = webhook::sign(secret, seen.header("webhook-id"), second, &seen.body).unwrap();
    assert_eq!(seen.header("webhook-signature"), wanted);
}

fn a_finding_whose_day_is_over_is_told_once_by_however_many_replicas_and_restarts(database: &Database) {
    let stand_in = StandIn::willing();
    let place = Place::new(database);
    let (_, secret) = place.hook(&stand_in);
    place.scan(HOUR, &[finding(1, "high", "Revoke it")]);
    let due = HOUR + 7 * DAY;
    place.tell_all(due - 9 * HOUR);
    assert_eq!(stand_in.seen().len(), 0);
    let other = Server::told_by(database, telling(true));
    let all = |after: i64| {
        std::thread::scope(|scope| {
            for app in [&place.server.app, &other.app, &place.server.app, &other.app] {
                scope.spawn(move || {
                    for _ in 0..5 {
                        jobs::tell(app, &|| place.start + after).unwrap();
                    }
                });
            }
        });
    };
    all(due - 7 * HOUR);
    assert_eq!(kinds(&stand_in.seen()), ["breach-soon"]);
    all(due + MINUTE);
    drop(other);
    let restarted = Server::told_by(database, telling(true));
    jobs::tell(&restarted.app, &|| place.start + due + HOUR).unwrap();
    place.tell_all(due + DAY);
    let seen = stand_in.seen();
    assert_eq!(kinds(&seen), ["breach-soon", "breach"]);
    let data = &seen[1].json()["data"];
    assert_eq!(data["finding"]["asset"], "repo:example.com/acme/shop");
    assert_eq!(
        data["finding"]["link"],
        format!("https://guard.example/#/finding/{}", data["finding"]["id"])
    );
    assert_eq!(data["fix"]["what"], "Revoke it");
    seen.iter().for_each(|seen| is_signed(seen, &secret));
    assert!(
        place
            .deliveries()
            .iter()
            .all(|delivery| delivery["status"] == "sent")
    );
}

fn a_day_that_moved_is_told_anew_and_one_that_stands_is_not(database: &Database) {
    let stand_in = StandIn::willing();
    let place = Place::new(database);
    place.hook(&stand_in);
    let found = [finding(1, "high", "Revoke it")];
    place.scan(0, &found);
    place.tell_all(7 * DAY + HOUR);
    assert_eq!(kinds(&stand_in.seen()), ["breach"]);
    // Seen again: the same day, and nothing to tell.
    place.scan(7 * DAY + 2 * HOUR, &found);
    place.tell_all(7 * DAY + 3 * HOUR);
    assert_eq!(stand_in.seen().len(), 1);
    // Fixed and back: another day, which is told when it is over.
    place.scan(8 * DAY, &[]);
    place.scan(9 * DAY, &found);
    place.tell_all(10 * DAY);
    assert_eq!(stand_in.seen().len(), 1);
    // Graver than it was: due before now, which only the log can say.
    place.scan(13 * DAY, &[finding(1, "critical", "Revoke it")]);
    place.tell_all(13 * DAY);
    let mut kinds = kinds(&stand_in.seen());
    kinds.sort();
    assert_eq!(kinds, ["breach", "breach", "new-critical"]);
}

fn what_was_before_the_first_channel_is_told_to_nobody(database: &Database) {
    let stand_in = StandIn::willing();
    let place = Place::new(database);
    place.scan(
        -30 * DAY,
        &[
            finding(1, "critical", "Revoke it"),
            finding(2, "high", "Revoke it"),
        ],
    );
    place.tell_all(0);
    let (id, _) = place.hook(&stand_in);
    place.tell_all(HOUR);
    assert_eq!(stand_in.seen().len(), 0);
    // Nor what was while no channel sent anything. This runs with the clock of the server, which is the one at the start.
    let path = format!("/api/v1/channels/{id}");
    place.ask("patch", &path, &json!({ "enabled": false })).is(200);
    place.scan(-20 * DAY, &[finding(3, "critical", "Revoke it")]);
    place.tell_all(HOUR);
    place.ask("patch", &path, &json!({ "enabled": true })).is(200);
    place.tell_all(HOUR);
    assert_eq!(stand_in.seen().len(), 0);
    place.scan(HOUR, &[finding(4, "critical", "Revoke it")]);
    place.tell_all(HOUR);
    assert_eq!(kinds(&stand_in.seen()), ["new-critical"]);
}

fn filters_say_who_hears_of_what(database: &Database) {
    let stand_in = StandIn::willing();
    let place = Place::new(database);
    for (name, more) in [
        ("all", json!({})),
        ("grave", json!({ "filter": { "severity": "critical" } })),
        ("bob", json!({ "filter": { "owner": "bob" } })),
        ("prod", json!({ "filter": { "labels": { "stage": "prod" } } })),
        ("new", json!({ "events": ["new-critical"] })),
    ] {
        let mut body = json!({ "name": name, "target": { "kind": "webhook", "url": stand_in.url(&format!("/{name}")) } });
        body.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        place.channel(&body);
    }
    let (shop, desk) = ("repo:example.com/acme/shop", "repo:example.com/acme/desk");
    place.decide(
        0,
        &json!({ "action": "label", "asset": desk, "labels": { "stage": "prod" } }),
    );
    place.decide(0, &json!({ "action": "assign", "asset": shop, "owner": "bob" }));
    place.scan(0, &[finding(1, "critical", "Revoke it")]);
    place.scan_of("desk", 0, &[finding(2, "high", "Revoke it")]);
    place.tell_all(7 * DAY + HOUR);
    let mut heard: Vec<String> = stand_in
        .seen()
        .iter()
        .map(|seen| {
            let told = seen.json();
            let asset = told["data"]["finding"]["asset"].as_str().unwrap().to_owned();
            format!(
                "{} {} {}",
                seen.path,
                told["type"].as_str().unwrap(),
                asset.rsplit('/').next().unwrap()
            )
        })
        .collect();
    heard.sort();
    assert_eq!(
        heard,
        [
            "/all breach desk",
            "/all breach shop",
            "/all new-critical shop",
            "/bob breach shop",
            "/bob new-critical shop",
            "/grave breach shop",
            "/grave new-critical shop",
            "/new new-critical shop",
            "/prod breach desk",
        ]
    );
}

fn a_flood_becomes_as_many_messages_as_were_allowed_and_one_summary(database: &Database) {
    let stand_in = StandIn::willing();
    let place = Place::new(database);
    place.channel(&json!({
        "name": "hook", "target": { "kind": "webhook", "url": stand_in.url("/in") }, "events": ["new-critical"],
        "pace": { "messages": 5, "minutes": 60 },
    }));
    let found = |from: usize, to: usize| {
        (from..to)
            .map(|n| finding(n, "critical", "Revoke it"))
            .collect::<Vec<_>>()
    };
    place.scan_of("shop", MINUTE, &found(0, 40));
    place.tell_all(MINUTE);
    place.scan_of("desk", 2 * MINUTE, &found(40, 60));
    place.tell_all(3 * MINUTE);
    assert_eq!(kinds(&stand_in.seen()), ["new-critical"; 5]);
    place.tell_all(62 * MINUTE);
    place.tell_all(63 * MINUTE);
    let seen = stand_in.seen();
    assert_eq!(seen.len(), 6);
    let summary = &seen[5].json();
    assert_eq!(summary["type"], "summary");
    assert_eq!(summary["data"]["total"], 55);
    assert_eq!(summary["data"]["events"]["new-critical"]["critical"], 55);
    assert_eq!(summary["data"]["first"].as_array().unwrap().len(), 20);
    // The summary was one of the five of the interval after.
    place.scan_of("bench", 64 * MINUTE, &found(60, 70));
    place.tell_all(65 * MINUTE);
    assert_eq!(stand_in.seen().len(), 10);
}

fn a_delivery_is_tried_again_under_the_same_id_until_it_is_given_up_and_can_be_tried_by_hand(
    database: &Database,
) {
    let mut count = 0;
    let stand_in = StandIn::new(move |_| -> Said {
        count += 1;
        match count {
            1 => (500, Vec::new(), "later\u{1b}[31m".to_owned()),
            2 => (429, vec![("retry-after", "3600".to_owned())], String::new()),
            3 => (
                302,
                vec![("location", "http://169.254.169.254/latest/meta-data".to_owned())],
                String::new(),
            ),
            4 => (410, Vec::new(), "gone".to_owned()),
            _ => (204, Vec::new(), String::new()),
        }
    });
    let place = Place::new(database);
    place.hook(&stand_in);
    place.scan(0, &[finding(1, "critical", "Revoke it")]);
    place.tell_all(0);
    let only = || place.deliveries()[0].clone();
    assert_eq!(
        (only()["status"].clone(), only()["attempts"].clone()),
        (json!("waiting"), json!(1))
    );
    let error = only()["error"].as_str().unwrap().to_owned();
    assert!(error.contains("500") && error.contains("later [31m"), "{error}");
    // Not before the wait is over, and not before the other side wants it.
    place.tell_all(1_000);
    assert_eq!(stand_in.seen().len(), 1);
    place.tell_all(MINUTE);
    place.tell_all(30 * MINUTE);
    assert_eq!(stand_in.seen().len(), 2);
    place.tell_all(2 * HOUR);
    assert_eq!(stand_in.seen().len(), 3);
    assert!(
        only()["error"].as_str().unwrap().contains("not followed"),
        "{}",
        only()
    );
    place.tell_all(3 * HOUR);
    assert_eq!(only()["status"], "given-up");
    place.tell_all(10 * HOUR);
    assert_eq!(stand_in.seen().len(), 4);
    let path = format!("/api/v1/deliveries/{}/retry", only()["id"]);
    place.ask("post", &path, &Value::Null).is(202);
    place.ask("post", &path, &Value::Null).is(404);
    place.tell_all(11 * HOUR);
    assert_eq!(only()["status"], "sent");
    let seen = stand_in.seen();
    assert!(
        seen.iter()
            .all(|one| one.header("webhook-id") == seen[0].header("webhook-id"))
    );
}

fn a_claim_of_a_replica_that_died_ends(database: &Database) {
    let stand_in = StandIn::willing();
    let place = Place::new(database);
    let (id, _) = place.hook(&stand_in);
    place
        .ask("post", &format!("/api/v1/channels/{id}/test"), &Value::Null)
        .is(202);
    let at = place.start + MINUTE;
    let waiting = place
        .server
        .store()
        .write(place.tenant, |session| -> Result<_, StoreError> {
            let waiting = session.waiting_deliveries(id, at, 1)?.remove(0);
            assert!(session.claim_delivery(&waiting, at, at + 5 * MINUTE)?);
            assert!(!session.claim_delivery(&waiting, at, at + 5 * MINUTE)?);
            Ok(waiting)
        })
        .unwrap();
    place.tell_all(2 * MINUTE);
    assert_eq!(stand_in.seen().len(), 0);
    place.tell_all(7 * MINUTE);
    assert_eq!(kinds(&stand_in.seen()), ["test"]);
    // The one that was thought dead comes back: what it says counts no longer.
    let counts = place.server.store().write(place.tenant, |session| {
        let status = bartizan_store::notify::DeliveryStatus::GivenUp;
        session.end_attempt((waiting.id, waiting.attempts + 1), status, (at, at), "late")
    });
    assert!(!counts.unwrap());
    assert_eq!(place.deliveries()[0]["status"], "sent");
}

fn a_waiver_that_ends_soon_is_told_once_however_much_it_covers(database: &Database) {
    let stand_in = StandIn::willing();
    let place = Place::new(database);
    place.hook(&stand_in);
    place.scan(
        0,
        &[finding(1, "high", "Revoke it"), finding(2, "high", "Revoke it")],
    );
    let until = bartizan_model::Timestamp::from_unix_seconds((place.start + 20 * DAY) / 1_000).date();
    place.decide(
        HOUR,
        &json!({ "action": "waive", "rule": "leak/token", "reason": "a stand-in", "until": until }),
    );
    place.tell_all(10 * DAY);
    assert_eq!(stand_in.seen().len(), 0);
    place.tell_all(18 * DAY + HOUR);
    place.tell_all(19 * DAY);
    let seen = stand_in.seen();
    assert_eq!(kinds(&seen), ["waiver-ending"]);
    assert_eq!(seen[0].json()["data"]["waiver"]["reason"], "a stand-in");
    // When it ended, the clock runs on, and its day is told when it is over.
    end_waivers(place.server.store(), place.start + 22 * DAY).unwrap();
    place.tell_all(22 * DAY);
    assert_eq!(stand_in.seen().len(), 1);
    place.tell_all(40 * DAY);
    assert_eq!(kinds(&stand_in.seen())[1..], ["breach", "breach"]);
}

fn a_thousand_findings_that_are_due_at_the_same_moment_are_each_told_once(database: &Database) {
    let stand_in = StandIn::willing();
    let place = Place::new(database);
    place.channel(&json!({
        "name": "hook", "target": { "kind": "webhook", "url": stand_in.url("/in") }, "events": ["breach"],
        "pace": { "messages": 1, "minutes": 60 },
    }));
    let found: Vec<Value> = (0..1_201).map(|n| finding(n, "high", "Revoke it")).collect();
    place.scan(0, &found);
    place.tell_all(7 * DAY + MINUTE);
    place.tell_all(7 * DAY + 2 * HOUR);
    let seen = stand_in.seen();
    assert_eq!(kinds(&seen), ["breach", "summary"], "{:?}", place.deliveries());
    assert_eq!(seen[1].json()["data"]["total"], 1_200);
}

fn rebuilding_the_graph_tells_nothing_again(database: &Database) {
    let stand_in = StandIn::willing();
    let place = Place::new(database);
    place.hook(&stand_in);
    place.scan(0, &[finding(1, "critical", "Revoke it")]);
    place.tell_all(2 * DAY);
    let before = kinds(&stand_in.seen());
    ingest::rebuild(place.server.store(), place.tenant).unwrap();
    place.tell_all(3 * DAY);
    assert_eq!(kinds(&stand_in.seen()), before);
    assert_eq!(
        ingest::verify_graph(place.server.store(), place.tenant).unwrap(),
        None
    );
}

#[test]
fn nothing_is_sent_to_this_machine_where_nobody_allowed_it() {
    let stand_in = StandIn::willing();
    let database = Engine::Sqlite.database().unwrap();
    let place = Place::told_by(&database, telling(false));
    place.hook(&stand_in);
    let mail = json!({ "kind": "email", "host": "localhost", "port": stand_in.at.port(), "security": "none", "from": "a@example.com", "to": ["b@example.com"] });
    place.channel(&json!({ "name": "mail", "target": mail }));
    let metadata = json!({ "kind": "slack", "url": "http://169.254.169.254/x" });
    place.channel(&json!({ "name": "cloud", "target": metadata }));
    place.scan(0, &[finding(1, "critical", "Revoke it")]);
    place.tell_all(0);
    assert_eq!(stand_in.seen().len(), 0);
    let deliveries = place.deliveries();
    assert_eq!(deliveries.len(), 3);
    for delivery in deliveries {
        assert_eq!(delivery["status"], "given-up", "{delivery}");
        assert!(
            delivery["error"].as_str().unwrap().contains("private network"),
            "{delivery}"
        );
    }
}

#[test]
fn a_server_with_another_key_says_so_and_sends_nothing() {
    let database = Engine::Sqlite.database().unwrap();
    let stand_in = StandIn::willing();
    let place = Place::new(&database);
    let (id, _) = place.hook(&stand_in);
    let other = Place::told_by(
        &database,
        NotifyOptions {
            key: SealKey::new([8; 32]),
            ..telling(true)
        },
    );
    other
        .ask("post", &format!("/api/v1/channels/{id}/test"), &Value::Null)
        .is(202);
    other.tell_all(MINUTE);
    let error = other.deliveries()[0]["error"].as_str().unwrap().to_owned();
    assert!(error.contains("another key"), "{error}");
    assert_eq!(stand_in.seen().len(), 0);
}

#[test]
fn slack_gets_blocks_in_which_nothing_that_was_found_means_anything() {
    let stand_in = StandIn::willing();
    let database = Engine::Sqlite.database().unwrap();
    let place = Place::new(&database);
    place.channel(
        &json!({ "name": "chat", "target": { "kind": "slack", "url": stand_in.url("/services/x") } }),
    );
    let mut found = finding(1, "critical", "Revoke it");
    found["message"] = json!("<!channel> & <https://evil.example|click>");
    place.scan(0, &[found]);
    place.tell_all(0);
    let seen = stand_in.seen();
    assert_eq!((seen.len(), seen[0].path.as_str()), (1, "/services/x"));
    let told = seen[0].json();
    assert_eq!(
        told["text"],
        "New and critical: A token in repo:example.com/acme/shop"
    );
    let text = told["blocks"][0]["text"]["text"].as_str().unwrap();
    assert!(
        text.contains("&lt;!channel&gt; &amp; &lt;https://evil.example|click&gt;"),
        "{text}"
    );
    assert!(!text.contains('<'), "{text}");
    assert_eq!(
        told["blocks"][1]["elements"][0]["text"],
        "<https://guard.example/#/finding/1|Open in Bartizan>"
    );
}

/// A mail server in Python: aiosmtpd, which wants TLS and a password.
struct Mail {
    child: Child,
    port: u16,
    directory: tempfile::TempDir,
}

impl Drop for Mail {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Starts one; none, and why, where this machine has none.
fn mail(mode: &str, password: &str) -> Option<Mail> {
    let python = ["/usr/bin/python3", "python3"].into_iter().find(|python| {
        let known = Command::new(python)
            .args(["-c", "import aiosmtpd.controller"])
            .stderr(Stdio::null())
            .status();
        known.is_ok_and(|status| status.success())
    });
    let Some(python) = python else {
        #[allow(clippy::print_stderr, reason = "a test that is skipped says why")]
        {
            eprintln!(
                "skipped: no Python here has aiosmtpd (Debian: python3-aiosmtpd; scripts/setup.sh test)"
            );
        }
        return None;
    };
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("names"), "subjectAltName=DNS:localhost").unwrap();
    for arguments in [
        "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=ca -keyout ca.key -out ca.crt",
        "req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=server -keyout server.key -out server.csr",
        "x509 -req -in server.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 2 -extfile names -out server.crt",
    ] {
        let made = Command::new("openssl")
            .args(arguments.split(' '))
            .current_dir(directory.path())
            .output()
            .unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    }
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/http/smtp.py");
    let child = Command::new(python)
        .args(["-I", script, mode, password])
        .current_dir(directory.path())
        .spawn()
        .unwrap();
    let file = directory.path().join("port");
    let mut mail = Mail {
        child,
        port: 0,
        directory,
    };
    for _ in 0..400 {
        std::thread::park_timeout(std::time::Duration::from_millis(50));
        if let Ok(text) = std::fs::read_to_string(&file)
            && let Ok(port) = text.trim().parse()
        {
            mail.port = port;
            return Some(mail);
        }
    }
    panic!("the mail server did not start");
}

impl Mail {
    fn options(&self) -> NotifyOptions {
        NotifyOptions {
            ca_files: vec![self.directory.path().join("ca.crt")],
            ..telling(true)
        }
    }

    /// Everything that it took on.
    fn taken(&self) -> Vec<Value> {
        let text = std::fs::read_to_string(self.directory.path().join("taken")).unwrap_or_default();
        text.lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }
}

fn word() -> String {
    bartizan_model::encoding::hex(&bartizan_server::secret::random::<8>().unwrap())
}

#[test]
fn mail_goes_out_over_tls_with_a_password_and_says_what_happened() {
    for mode in ["starttls", "tls"] {
        let password = word();
        let Some(mail) = mail(mode, &password) else { return };
        let database = Engine::Sqlite.database().unwrap();
        let place = Place::told_by(&database, mail.options());
        let target = |password: &str| {
            json!({ "kind": "email", "host": "localhost", "port": mail.port, "security": mode, "user": "bartizan", "password": password,
                "from": "bartizan@example.com", "to": ["ada@example.org", "bob@example.org"] })
        };
        let (id, _) = place.channel(&json!({ "name": "mail", "target": target(&password) }));
        let mut found = finding(1, "critical", "Revoke it");
        found["title"] = json!("Ein Schlüssel\r\nBcc: eve@example.org");
        place.scan(0, &[found]);
        place.tell_all(0);
        let taken = mail.taken();
        assert_eq!(taken.len(), 1, "{:?}", place.deliveries());
        let one = &taken[0];
        assert_eq!(one["from"], "bartizan@example.com");
        assert_eq!(one["to"], json!(["ada@example.org", "bob@example.org"]));
        assert_eq!(one["tls"], true);
        assert_eq!(one["bcc"], Value::Null);
        let subject = one["subject"].as_str().unwrap();
        assert!(
            subject.starts_with("New and critical: Ein Schlüssel  Bcc: eve@example.org in"),
            "{subject}"
        );
        let text = one["text"].as_str().unwrap();
        assert!(
            text.contains("What to do: Revoke it") && text.contains("https://guard.example/#/finding/1"),
            "{text}"
        );
        // A wrong password is a failure that may be mended, and is said.
        place
            .ask(
                "patch",
                &format!("/api/v1/channels/{id}"),
                &json!({ "target": target("wrong") }),
            )
            .is(200);
        place
            .ask("post", &format!("/api/v1/channels/{id}/test"), &Value::Null)
            .is(202);
        place.tell_all(MINUTE);
        let last = &place.deliveries()[0];
        assert_eq!(last["status"], "waiting", "{last}");
        assert!(
            last["error"].as_str().unwrap().contains("AUTH with 535"),
            "{last}"
        );
        assert_eq!(mail.taken().len(), 1);
    }
}

#[test]
fn no_mail_goes_to_a_server_that_is_not_trusted_or_speaks_no_tls() {
    let password = word();
    let Some(mail) = mail("starttls", &password) else {
        return;
    };
    let Some(clear) = self::mail("none", &password) else {
        return;
    };
    let database = Engine::Sqlite.database().unwrap();
    let place = Place::new(&database);
    for (name, port) in [("untrusted", mail.port), ("clear", clear.port)] {
        let target = json!({ "kind": "email", "host": "localhost", "port": port, "security": "starttls", "user": "bartizan", "password": password,
            "from": "bartizan@example.com", "to": ["ada@example.org"] });
        let (id, _) = place.channel(&json!({ "name": name, "target": target }));
        place
            .ask("post", &format!("/api/v1/channels/{id}/test"), &Value::Null)
            .is(202);
    }
    place.tell_all(MINUTE);
    let errors: Vec<String> = place
        .deliveries()
        .iter()
        .map(|one| one["error"].to_string())
        .collect();
    assert!(errors[0].contains("does not offer STARTTLS"), "{errors:?}");
    assert!(errors[1].contains("cannot be trusted"), "{errors:?}");
    assert_eq!((mail.taken().len(), clear.taken().len()), (0, 0));
}
