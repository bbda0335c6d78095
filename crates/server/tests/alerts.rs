//! Alerts of agents on hosts: what comes of batches, on a real database.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that cannot go on fails"
)]

mod support;

use bartizan_ledger::alerts::{Agent, Head, Watch, numbered, statement};
use bartizan_model::Timestamp;
use bartizan_server::ingest::{Receipt, rebuild, verify_graph, verify_log};
use bartizan_store::graph::{AlertFilter, AlertRow, AlertStreamRow, Status};
use bartizan_store::{Session, Store, StoreError, TenantId};
use bartizan_testbed::{Database, on_both_engines};
use serde_json::{Value, json};

/// 2027-01-01.
const START: i64 = 1_798_761_600_000;
const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;

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

    fn send(&self, body: &str, at: i64) -> Receipt {
        support::sent(&self.store, self.tenant, body.as_bytes(), at).unwrap()
    }

    fn read<T>(&self, of: impl FnMut(&mut Session<'_>) -> Result<T, StoreError>) -> T {
        self.store.read(self.tenant, of).unwrap()
    }

    fn alerts(&self, filter: &AlertFilter) -> Vec<AlertRow> {
        self.read(|session| session.newest_alerts(filter, None, 100))
    }

    fn stream(&self) -> AlertStreamRow {
        self.read(|session| session.alert_streams(None, 10)).remove(0)
    }

    /// Thing, title and state of every finding.
    fn findings(&self) -> Vec<(String, String, Status)> {
        let mut found = self.read(|session| {
            let mut found = Vec::new();
            for asset in session.assets(None, 0, 100)? {
                session.each_finding_of(asset.id, |row| {
                    found.push((asset.key.clone(), row.title, row.status));
                    Ok(())
                })?;
            }
            Ok(found)
        });
        found.sort_by(|one, other| (&one.0, &one.1).cmp(&(&other.0, &other.1)));
        found
    }

    fn is_sound(&self) {
        assert_eq!(verify_log(&self.store, self.tenant).unwrap().faults, []);
        assert_eq!(verify_graph(&self.store, self.tenant).unwrap(), None);
        rebuild(&self.store, self.tenant).unwrap();
        assert_eq!(verify_graph(&self.store, self.tenant).unwrap(), None);
    }
}

/// A batch that was made at `at`, by an agent that watches since [`START`].
fn batch(after: u64, last: u64, at: i64, alerts: &[(u64, Value)]) -> String {
    let head = Head {
        agent: Agent {
            host: "host:one".to_owned(),
            name: "node-1".to_owned(),
            version: "0.1.0".to_owned(),
            cluster: "prod".to_owned(),
        },
        stream: "0123456789abcdef".repeat(2),
        after,
        last,
        sealed: Timestamp::from_unix_seconds(at / 1_000),
        watch: Watch {
            since: Timestamp::from_unix_seconds(START / 1_000),
            rules: vec!["Shell in a container".to_owned(), "Note".to_owned()],
        },
    };
    let alerts: Vec<String> = alerts
        .iter()
        .map(|(number, alert)| numbered(*number, &alert.to_string()))
        .collect();
    statement(&head, &alerts).unwrap()
}

fn alert(rule: &str, priority: &str, container: Value) -> Value {
    json!({
        "schema": "bartizan/alert/v1", "rule": rule, "priority": priority, "time": "2027-01-01T00:00:00.5Z", "source": "syscall",
        "output": format!("{rule} happened"), "fields": {}, "tags": [], "container": container,
        "processes": [{ "pid": 7, "name": "sh", "executable": "/bin/sh", "command": "sh -i", "directory": "/", "user": 0, "started": 0 }],
    })
}

fn pod() -> Value {
    json!({ "id": "c1", "name": "web", "image": "registry.example:5000/shop/web:1.2", "image_digest": format!("sha256:{}", "a".repeat(64)),
        "pod": "web-1", "namespace": "shop", "service_account": "" })
}

fn an_alert_is_evidence_and_a_finding_of_the_narrowest_thing(database: &Database) {
    let plane = Plane::new(database);
    let alerts = [
        (1, alert("Shell in a container", "error", pod())),
        (2, alert("Note", "notice", Value::Null)),
        (3, alert("Shell in a container", "error", Value::Null)),
    ];
    let body = batch(0, 3, START, &alerts);
    let receipt = plane.send(&body, START);
    assert_eq!((receipt.effect.opened, receipt.is_new), (2, true));
    assert_eq!(receipt.effect.asset.as_deref(), Some("host:one"));
    let workload = "workload:prod/shop/pod/web-1";
    assert_eq!(
        plane.findings(),
        [
            (
                "host:one".to_owned(),
                "Shell in a container".to_owned(),
                Status::Open
            ),
            (
                workload.to_owned(),
                "Shell in a container".to_owned(),
                Status::Open
            ),
        ],
        "a notice is no finding"
    );
    let all = plane.alerts(&AlertFilter {
        priority: 7,
        ..AlertFilter::default()
    });
    assert_eq!(all.iter().map(|row| row.number).collect::<Vec<_>>(), [3, 2, 1]);
    assert_eq!(all[1].at, START);
    let of = |key: &str, priority| {
        let asset = plane.read(|session| session.asset(key)).unwrap().id;
        let filter = AlertFilter {
            asset: Some(asset),
            priority,
            rule: None,
        };
        plane
            .alerts(&filter)
            .iter()
            .map(|row| row.number)
            .collect::<Vec<_>>()
    };
    assert_eq!(of("image:registry.example:5000/shop/web", 7), [1]);
    assert_eq!(of(workload, 7), [1]);
    assert_eq!(
        (of("host:one", 7), of("host:one", 3)),
        (vec![3, 2, 1], vec![3, 1])
    );
    let ways = plane.read(|session| {
        let asset = session.asset(workload)?.unwrap().id;
        session.edges_from(&[asset], ["runs_on", "exposes"])
    });
    assert_eq!(
        ways.iter().map(|way| way.2.as_str()).collect::<Vec<_>>(),
        ["host:one"]
    );
    assert!(!plane.send(&body, START + HOUR).is_new);
    assert_eq!(
        plane
            .alerts(&AlertFilter {
                priority: 7,
                ..AlertFilter::default()
            })
            .len(),
        3
    );
    plane.is_sound();
}

fn numbers_tell_what_was_dropped_and_what_lacks(database: &Database) {
    let plane = Plane::new(database);
    let note = |number| (number, alert("Note", "notice", Value::Null));
    plane.send(&batch(10, 12, START, &[note(11), note(12)]), START);
    let stream = plane.stream();
    assert_eq!(
        (stream.first, stream.last, stream.dropped, stream.lacking),
        (10, 12, 0, 0)
    );
    // The agent dropped 13 and 14, and says so by its numbers.
    plane.send(&batch(12, 15, START, &[note(15)]), START + 1_000);
    assert_eq!((plane.stream().dropped, plane.stream().lacking), (2, 0));
    assert_eq!(plane.findings(), []);
    // A batch with 16 to 19 never came in.
    let receipt = plane.send(&batch(19, 20, START, &[note(20)]), START + 2_000);
    assert_eq!(plane.stream().lacking, 4);
    assert!(
        receipt.effect.problems[0].starts_with("4 alerts"),
        "{:?}",
        receipt.effect.problems
    );
    assert_eq!(
        plane.findings(),
        [(
            "host:one".to_owned(),
            "Alerts are lacking".to_owned(),
            Status::Open
        )]
    );
    // What was told before, in another batch, is told once.
    plane.send(&batch(15, 21, START, &[note(20), note(21)]), START + 3_000);
    let numbers: Vec<i64> = plane
        .alerts(&AlertFilter {
            priority: 7,
            ..AlertFilter::default()
        })
        .iter()
        .map(|row| row.number)
        .collect();
    assert_eq!(numbers, [21, 20, 15, 12, 11]);
    plane.is_sound();
}

fn a_finding_is_fixed_when_it_was_quiet_for_long_enough(database: &Database) {
    let plane = Plane::new(database);
    let shell = |number| (number, alert("Shell in a container", "error", Value::Null));
    let strange = (2, alert("Of a rule that is gone", "error", Value::Null));
    plane.send(&batch(0, 2, START, &[shell(1), strange]), START);
    let fixed = |at| plane.send(&batch(2, 2, at, &[]), at).effect.fixed;
    assert_eq!(fixed(START + 6 * DAY), 0);
    assert_eq!(fixed(START + 7 * DAY + HOUR), 1);
    let states = |plane: &Plane| {
        let found = plane.findings();
        found
            .into_iter()
            .map(|(_, title, status)| (title, status))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        states(&plane),
        [
            ("Of a rule that is gone".to_owned(), Status::Open),
            ("Shell in a container".to_owned(), Status::Fixed),
        ],
        "of a rule that does not run nothing is known"
    );
    let at = START + 8 * DAY;
    assert_eq!(plane.send(&batch(2, 3, at, &[shell(3)]), at).effect.reopened, 1);
    plane.is_sound();
}

fn a_batch_that_was_changed_is_refused(database: &Database) {
    let plane = Plane::new(database);
    let body = batch(0, 1, START, &[(1, alert("Note", "notice", Value::Null))]);
    let changed = body.replace("Note happened", "Nothing happened");
    let error = support::sent(&plane.store, plane.tenant, changed.as_bytes(), START).unwrap_err();
    assert!(error.to_string().contains("root"), "{error}");
    assert_eq!(plane.read(|session| session.log_size()), 0);
}

on_both_engines! {
    an_alert_is_evidence_and_a_finding_of_the_narrowest_thing,
    numbers_tell_what_was_dropped_and_what_lacks,
    a_finding_is_fixed_when_it_was_quiet_for_long_enough,
    a_batch_that_was_changed_is_refused,
}
