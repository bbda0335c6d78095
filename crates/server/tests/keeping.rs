//! What is kept and what is taken away for good: the log stays provable, and the graph is that of what is left.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that cannot go on fails"
)]

mod support;

use bartizan_ledger::decision::Decision;
use bartizan_server::ingest::{
    Fault, Forgotten, IngestError, Receipt, Rejected, forget, rebuild, record, verify_graph, verify_log,
};
use bartizan_server::jobs::retain;
use bartizan_store::graph::Status;
use bartizan_store::{Store, TenantId};
use bartizan_testbed::{Database, Engine, on_both_engines};
use serde_json::{Value, json};

const DAY: i64 = 86_400_000;
/// 2027-01-01.
const START: i64 = 1_798_761_600_000;

struct Plane {
    store: Store,
    tenant: TenantId,
}

impl Plane {
    fn new(database: &Database) -> Self {
        let store = support::opened(database);
        let tenant = support::tenant(&store, "acme", START);
        Self { store, tenant }
    }

    fn send(&self, statement: &Value, at: i64) -> Receipt {
        let body = statement.to_string().into_bytes();
        support::sent(&self.store, self.tenant, &body, at).unwrap()
    }

    /// A scan of a thing, on a day, that found these.
    fn scan(&self, thing: &str, day: i64, found: &[&str]) -> i64 {
        self.send(&scan(thing, day, found), START + day * DAY).seq
    }

    fn decide(&self, decision: &Value, at: i64) -> i64 {
        let decision = Decision::read(&decision.to_string()).unwrap();
        self.store
            .write(self.tenant, |session| record(session, &decision, "root@acme", at))
            .unwrap()
            .seq
    }

    fn forget(&self, statements: &[i64], at: i64) -> Result<Forgotten, IngestError> {
        self.store.write(self.tenant, |session| {
            forget(session, statements, "personal data", ("root@acme", at))
        })
    }

    /// Places whose body is there.
    fn kept(&self) -> Vec<i64> {
        self.store
            .read(self.tenant, |session| {
                let mut kept = Vec::new();
                for row in session.statements(0, i64::MAX)? {
                    if session.body(row.seq)?.is_some() {
                        kept.push(row.seq);
                    }
                }
                Ok::<_, bartizan_store::StoreError>(kept)
            })
            .unwrap()
    }

    fn count(&self, status: Status) -> i64 {
        self.store
            .read(self.tenant, |session| session.count_findings(status))
            .unwrap()
    }

    /// Places of statements whose body was taken away, as the proof says.
    fn is_sound(&self) -> Vec<i64> {
        let proof = verify_log(&self.store, self.tenant).unwrap();
        assert_eq!(proof.faults, []);
        assert_eq!(verify_graph(&self.store, self.tenant).unwrap(), None);
        proof
            .taken_away
            .into_iter()
            .map(|taken| taken.statement)
            .collect()
    }
}

fn print_of(name: &str) -> String {
    format!("{name:0>32}")
}

fn scan(thing: &str, day: i64, found: &[&str]) -> Value {
    let findings: Vec<Value> = found
        .iter()
        .map(|name| {
            json!({
                "rule": "leak/x", "check": "leak/credentials", "severity": "high", "confidence": "high",
                "title": "t", "message": name, "fingerprint": print_of(name), "asset": "file:a.py",
                "locations": [{ "path": "a.py", "line": 1, "column": 1, "end_line": 1, "end_column": 2 }],
                "evidence": [], "cwe": [], "ids": [], "fix": null, "waiver": null,
            })
        })
        .collect();
    let started = bartizan_model::Timestamp::from_unix_seconds((START + day * DAY) / 1_000).to_string();
    json!({
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{ "name": thing, "digest": { "sha256": format!("{day:064x}") } }],
        "predicateType": "https://in-toto.io/attestation/test-result/v0.1",
        "predicate": { "result": "FAILED", "https://bartizan.dev/report/v1": {
            "schema": "bartizan/report/v1",
            "tool": { "name": "bartizan", "version": "0", "rules_digest": "x" },
            "target": { "name": thing, "kind": "dir", "asset": thing, "branch": "main" },
            "started": started, "verdict": { "decision": "allow" }, "findings": findings, "remedies": [],
            "components": [],
            "checks": [{ "check": "leak/credentials", "status": "ran", "required": true, "files": 1, "findings": 1 }],
            "skipped": [], "stats": { "files": 1, "cached": 0, "bytes": 1, "seconds": 0.5 },
        } },
    })
}

fn what_was_taken_away_is_gone_and_the_log_is_still_proved(database: &Database) {
    let plane = Plane::new(database);
    let first = plane.scan("dir:shop", 0, &["a", "b"]);
    let second = plane.scan("dir:shop", 1, &["b"]);
    assert_eq!((plane.count(Status::Open), plane.count(Status::Fixed)), (1, 1));
    let done = plane.forget(&[first], START + 2 * DAY).unwrap();
    assert_eq!((done.statements, done.open_before, done.open_after), (1, 1, 1));
    assert_eq!((done.made.statements, done.made.without_body), (2, 1));
    // What only the first one told of is gone with it.
    assert_eq!((plane.count(Status::Open), plane.count(Status::Fixed)), (1, 0));
    assert_eq!(plane.kept(), [second, 2]);
    assert_eq!(plane.is_sound(), [first]);
    rebuild(&plane.store, plane.tenant).unwrap();
    assert_eq!(plane.is_sound(), [first]);
    let proof = verify_log(&plane.store, plane.tenant).unwrap();
    let taken = &proof.taken_away[0];
    assert_eq!(
        (taken.told, taken.by.as_str(), taken.reason.as_str()),
        (2, "root@acme", "personal data")
    );
    // It does not come back.
    let again = plane.send(&scan("dir:shop", 0, &["a", "b"]), START + 3 * DAY);
    assert!(!again.is_new);
    assert!(plane.forget(&[first], START + 4 * DAY).is_err());
    assert!(plane.forget(&[99], START + 4 * DAY).is_err());
    assert!(plane.forget(&[2], START + 4 * DAY).is_err());
    // Nothing of what failed stays.
    assert_eq!(plane.is_sound(), [first]);
}

fn a_decision_about_what_is_gone_stops_nobody(database: &Database) {
    let plane = Plane::new(database);
    let first = plane.scan("dir:shop", 0, &["a"]);
    plane.scan("dir:other", 0, &["b"]);
    let waive = json!({ "action": "waive", "fingerprint": print_of("a"), "reason": "a test key" });
    let waiver = plane.decide(&waive, START + DAY);
    assert_eq!(plane.count(Status::Waived), 1);
    let done = plane.forget(&[first], START + 2 * DAY).unwrap();
    assert_eq!(done.made.about_nothing, 1);
    assert_eq!((plane.count(Status::Open), plane.count(Status::Waived)), (1, 0));
    plane.is_sound();
    // The waiver holds on: what comes back is covered by it, until it ends.
    plane.scan("dir:shop", 3, &["a"]);
    assert_eq!(plane.count(Status::Waived), 1);
    plane.decide(
        &json!({ "action": "end-waiver", "waiver": waiver, "reason": "x" }),
        START + 4 * DAY,
    );
    assert_eq!(plane.count(Status::Open), 2);
    plane.is_sound();
}

fn the_policy_takes_away_what_is_old_and_rests_on_nothing(database: &Database) {
    let plane = Plane::new(database);
    let open = plane.scan("dir:shop", 0, &["a"]);
    let superseded = plane.scan("dir:shop", 1, &["a", "b"]);
    let held = plane.scan("dir:shop", 2, &["a", "b"]);
    let fixed = plane.scan("dir:shop", 3, &["a"]);
    let last = plane.scan("dir:shop", 4, &["a"]);
    let other = plane.send(
        &json!({
            "_type": "https://in-toto.io/Statement/v1", "predicateType": "https://example.com/x",
            "subject": [{ "name": "host:n", "digest": { "sha256": "00" } }], "predicate": {},
        }),
        START + 4 * DAY,
    );
    assert_eq!(retain(&plane.store, START + 100 * DAY).unwrap(), 0);
    let hold = plane.decide(
        &json!({ "action": "hold", "statement": held, "reason": "court" }),
        START + 5 * DAY,
    );
    let value = json!({ "days": 10, "predicates": { "https://example.com/x": 200 } }).to_string();
    let policy = json!({ "action": "policy", "name": "retention", "value": value });
    let policy = plane.decide(&policy, START + 5 * DAY);
    assert_eq!(retain(&plane.store, START + 11 * DAY + 1).unwrap(), 1);
    assert_eq!(plane.is_sound(), [superseded]);
    // The one that fixed b, which is gone from the graph once nobody tells of it, is the next; those that say what is open stay.
    assert_eq!(retain(&plane.store, START + 100 * DAY).unwrap(), 1);
    assert_eq!(plane.is_sound(), [superseded, fixed]);
    assert_eq!(plane.count(Status::Open), 1);
    assert_eq!(retain(&plane.store, START + 100 * DAY).unwrap(), 0);
    plane.decide(
        &json!({ "action": "end-hold", "hold": hold, "reason": "over" }),
        START + 101 * DAY,
    );
    // Decisions stay, however old.
    assert_eq!(retain(&plane.store, START + 1_000 * DAY).unwrap(), 2);
    assert_eq!(plane.is_sound(), [superseded, held, fixed, other.seq]);
    for stays in [open, last, hold, policy] {
        assert!(plane.kept().contains(&stays), "{stays}");
    }
    for value in [r#"{"days":0}"#, r#"{"weeks":1}"#, "[]"] {
        let decision = json!({ "action": "policy", "name": "retention", "value": value });
        let decision = Decision::read(&decision.to_string()).unwrap();
        let refused = plane.store.write(plane.tenant, |session| {
            record(session, &decision, "root@acme", START)
        });
        assert!(
            matches!(refused, Err(IngestError::Rejected(Rejected::Predicate { .. }))),
            "{value}"
        );
    }
}

fn a_hold_on_everything_holds_everything(database: &Database) {
    let plane = Plane::new(database);
    let first = plane.scan("dir:shop", 0, &["a"]);
    plane.scan("dir:shop", 1, &[]);
    plane.decide(&json!({ "action": "hold", "reason": "court" }), START + DAY);
    let policy = json!({ "action": "policy", "name": "retention", "value": "{\"days\":1}" });
    plane.decide(&policy, START + DAY);
    assert_eq!(retain(&plane.store, START + 100 * DAY).unwrap(), 0);
    let refused = plane.forget(&[first], START + 2 * DAY);
    assert!(
        matches!(&refused, Err(IngestError::Rejected(Rejected::Kept(why))) if why.contains("court")),
        "{refused:?}"
    );
    assert!(plane.is_sound().is_empty());
}

fn a_tombstone_of_something_else_explains_nothing(database: &Database) {
    let plane = Plane::new(database);
    let first = plane.scan("dir:shop", 0, &["a"]);
    plane.scan("dir:shop", 1, &["a"]);
    let lie = json!({ "action": "take-away", "statement": first, "digest": "00".repeat(32), "reason": "x" });
    plane.decide(&lie, START + 2 * DAY);
    plane
        .store
        .write(plane.tenant, |session| session.take_body_away(first))
        .unwrap();
    let proof = verify_log(&plane.store, plane.tenant).unwrap();
    assert_eq!(proof.faults, [Fault::Gone(first)]);
}

#[test]
fn nothing_of_a_body_stays_in_the_file() {
    let database = Engine::Sqlite.database().unwrap();
    let plane = Plane::new(&database);
    let names: Vec<String> = (0..400).map(|at| format!("{:x}", at * 7_919_u64)).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let first = plane.scan("dir:shop", 0, &names);
    plane.scan("dir:shop", 1, &[]);
    let raw = || rusqlite::Connection::open(database.file().unwrap()).unwrap();
    let body: Vec<u8> = raw()
        .query_row("SELECT body FROM bodies WHERE seq = ?1", [first], |row| {
            row.get(0)
        })
        .unwrap();
    assert!(body.len() > 3_000, "{}", body.len());
    let pieces: Vec<&[u8]> = body.chunks(256).filter(|piece| piece.len() == 256).collect();
    let found = || {
        raw()
            .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
            .unwrap();
        let file = std::fs::read(database.file().unwrap()).unwrap();
        pieces
            .iter()
            .filter(|piece| file.windows(256).any(|window| window == **piece))
            .count()
    };
    assert!(found() > 0);
    plane.forget(&[first], START + 2 * DAY).unwrap();
    assert_eq!(found(), 0);
}

on_both_engines! {
    what_was_taken_away_is_gone_and_the_log_is_still_proved,
    a_decision_about_what_is_gone_stops_nobody,
    the_policy_takes_away_what_is_old_and_rests_on_nothing,
    a_hold_on_everything_holds_everything,
    a_tombstone_of_something_else_explains_nothing,
}
