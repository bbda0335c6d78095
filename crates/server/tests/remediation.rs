//! Clocks, debt and the numbers of remediation: what comes of statements, on a real database, held against a plain count.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::cast_precision_loss,
    reason = "a test that cannot go on fails"
)]

mod support;

use bartizan_ledger::debt;
use bartizan_server::ingest::{Arrival, Trust, rebuild, take, verify_graph};
use bartizan_store::graph::{FindingRow, Status};
use bartizan_store::{Options, Store, StoreError, TenantId};
use bartizan_testbed::{Database, on_both_engines};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::BTreeMap;

const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;
/// 2027-01-01, a Friday.
const START: i64 = 1_798_761_600_000;
const THING: &str = "repo:git.example/acme/shop";
const SEVERITIES: [&str; 5] = ["info", "low", "medium", "high", "critical"];

struct Plane {
    store: Store,
    tenant: TenantId,
}

impl Plane {
    fn new(database: &Database) -> Self {
        let store = support::opened(database);
        Self::with(store, "acme")
    }

    fn with(store: Store, name: &str) -> Self {
        let tenant = support::tenant(&store, name, START);
        Self { store, tenant }
    }

    fn send(&self, predicate_type: &str, predicate: &Value, at: i64) -> i64 {
        let body = json!({
            "_type": "https://in-toto.io/Statement/v1",
            "subject": [{ "name": "x", "digest": { "sha256": format!("{at:064x}") } }],
            "predicateType": predicate_type,
            "predicate": predicate,
        })
        .to_string()
        .into_bytes();
        support::sent(&self.store, self.tenant, &body, at).unwrap().seq
    }

    fn decide(&self, decision: &Value, at: i64) -> i64 {
        self.send("https://bartizan.dev/decision/v1", decision, at)
    }

    fn policy(&self, name: &str, value: &Value, at: i64) -> i64 {
        let decision = json!({ "action": "policy", "name": name, "value": value.to_string() });
        self.decide(&decision, at)
    }

    /// A scan that finds these: number and severity.
    fn scan(&self, found: &[(u8, usize)], at: i64) -> i64 {
        let findings: Vec<Value> = found
            .iter()
            .map(|(number, severity)| {
                json!({
                    "rule": "leak/example", "check": "leak/credentials", "severity": SEVERITIES[*severity], "confidence": "high",
                    "title": "An example", "message": "x", "fingerprint": format!("{number:032x}"), "asset": "file:a.py",
                    "locations": [], "evidence": [], "cwe": [], "ids": [], "fix": null, "waiver": null,
                })
            })
            .collect();
        let started = bartizan_model::Timestamp::from_unix_seconds(at / 1_000).to_string();
        let report = json!({
            "schema": "bartizan/report/v1",
            "tool": { "name": "bartizan", "version": "0", "rules_digest": "" },
            "target": { "name": ".", "kind": "dir", "asset": THING },
            "started": started, "verdict": { "decision": "allow" }, "findings": findings, "remedies": [], "components": [],
            "checks": [{ "check": "leak/credentials", "status": "ran", "required": true, "files": 1, "findings": 0 }],
            "skipped": [], "stats": { "files": 1, "cached": 0, "bytes": 1, "seconds": 0.5 },
        });
        self.send(
            "https://in-toto.io/attestation/test-result/v0.1",
            &json!({ "result": "FAILED", "https://bartizan.dev/report/v1": report }),
            at,
        )
    }

    fn read<T>(&self, work: impl FnOnce(&mut bartizan_store::Session<'_>) -> Result<T, StoreError>) -> T {
        self.store.read(self.tenant, work).unwrap()
    }

    fn rows(&self) -> BTreeMap<i64, FindingRow> {
        let mut rows = BTreeMap::new();
        self.read(|session| {
            for asset in session.assets(None, 0, 100)? {
                session.each_finding_of(asset.id, |row| {
                    rows.insert(row.id, row);
                    Ok(())
                })?;
            }
            Ok(())
        });
        rows
    }

    /// When the only finding is due, in hours after the start.
    fn due(&self) -> i64 {
        (self.rows()[&1].due.unwrap() - START) / HOUR
    }

    fn told(&self, seq: i64, finding: i64) -> Vec<String> {
        let events = self.read(|session| session.events_of(finding));
        let own = events.into_iter().filter(|event| event.seq == seq);
        own.map(|event| format!("{}: {}", event.kind, event.note))
            .collect()
    }

    /// (findings, debt) past their day, by the sums.
    fn breached(&self, at: i64) -> (i64, f64) {
        let rows = self.read(|session| session.breached(at));
        rows.into_iter().fold((0, 0.0), |(count, whole), row| {
            (
                count + row.findings,
                whole + debt::of(row.severity, row.findings, row.due, at / 1_000),
            )
        })
    }

    /// The same, by looking at each finding.
    fn counted(&self, at: i64) -> (i64, f64) {
        let rows = self.rows();
        let late = rows
            .values()
            .filter(|row| row.status == Status::Open && row.due.is_some_and(|due| due < at));
        late.fold((0, 0.0), |(count, whole), row| {
            let days = (at / 1_000 - row.due.unwrap() / 1_000) as f64 / 86_400.0;
            let weight = debt::WEIGHTS[usize::try_from(row.severity).unwrap()] as f64;
            (count + 1, whole + weight * days)
        })
    }

    /// The debt at the end of a day, by the sums of days.
    fn debt_at_end_of(&self, day: i64) -> f64 {
        let rows = self.read(|session| session.dues());
        rows.iter()
            .filter(|row| row.day <= day)
            .map(|row| {
                debt::of(
                    row.severity,
                    row.open + row.passed - row.ended,
                    row.open_due + row.passed_due - row.ended_due,
                    (day + 1) * 86_400,
                )
            })
            .sum()
    }

    fn is_sound(&self) {
        assert_eq!(verify_graph(&self.store, self.tenant).unwrap(), None);
    }
}

fn a_calendar_moves_what_is_opened_and_says_so_when_it_moves_what_is_there(database: &Database) {
    let plane = Plane::new(database);
    // Friday, 12:00 UTC.
    let noon = START + 12 * HOUR;
    plane.scan(&[(1, 2)], noon);
    assert_eq!(plane.due(), 12 + 14 * 24);
    // The sprint that is running ends on the eighth at five.
    let sprint = json!({ "sprint": { "start": "2026-12-28", "days": 12 } });
    let seq = plane.policy("calendar", &sprint, noon + HOUR);
    assert_eq!(plane.due(), 7 * 24 + 17);
    assert_eq!(
        plane.told(seq, 1),
        ["due: 2027-01-15T12:00:00Z to 2027-01-08T17:00:00Z: the objectives changed"]
    );
    // More time moves nothing that is there.
    let seq = plane.policy("objectives", &json!({ "medium": 2_000 }), noon + 2 * HOUR);
    assert_eq!((plane.due(), plane.told(seq, 1)), (7 * 24 + 17, vec![]));
    plane.is_sound();
}

fn a_waiver_is_not_forgotten_when_the_same_is_found_again(database: &Database) {
    let plane = Plane::new(database);
    plane.scan(&[(1, 4)], START);
    let waiver = plane.decide(
        &json!({ "action": "waive", "rule": "leak/example", "reason": "a test key" }),
        START + HOUR,
    );
    let end = json!({ "action": "end-waiver", "waiver": waiver, "reason": "it is one after all" });
    let seq = plane.decide(&end, START + 11 * HOUR);
    assert_eq!(plane.due(), 34);
    assert_eq!(plane.told(seq, 1), ["resumed: due 2027-01-02T10:00:00Z"]);
    let seq = plane.scan(&[(1, 4)], START + 12 * HOUR);
    assert_eq!((plane.due(), plane.told(seq, 1)), (34, vec![]));
    plane.is_sound();
}

fn policy_weighs_and_excepts_and_gives_its_reasons(database: &Database) {
    let plane = Plane::new(database);
    plane.scan(&[(1, 1)], START);
    let reasons = || -> (i64, Vec<String>) {
        let detail = plane.read(|session| session.finding_detail(1)).unwrap();
        let detail: Value = serde_json::from_slice(&detail).unwrap();
        let reasons = detail["priority"]["reasons"].as_array().unwrap();
        let reasons = reasons.iter().map(|reason| reason.as_str().unwrap().to_owned());
        (plane.rows()[&1].decision, reasons.collect())
    };
    assert_eq!(reasons(), (1, vec!["of severity low".to_owned()]));
    let exception =
        json!({ "exceptions": [{ "rule": "leak/*", "decision": "immediate", "reason": "an audit is on" }] });
    let seq = plane.policy("priority", &exception, START + HOUR);
    assert_eq!(
        reasons(),
        (
            3,
            vec![
                "decided by policy: an audit is on".to_owned(),
                "of severity low".to_owned()
            ]
        )
    );
    // What is to be acted on immediately has a day.
    assert_eq!(plane.due(), 24);
    assert!(plane.told(seq, 1)[0].ends_with("one has to act sooner than was thought"));
    plane.policy("priority", &json!({}), START + 2 * HOUR);
    assert_eq!(reasons(), (1, vec!["of severity low".to_owned()]));
    plane.is_sound();
}

fn what_is_closed_counts_by_its_time_and_by_its_objective(database: &Database) {
    let plane = Plane::new(database);
    plane.scan(&[(1, 4), (2, 4), (3, 3)], START);
    plane.scan(&[(2, 4), (3, 3)], START + 10 * HOUR);
    plane.scan(&[(3, 3)], START + 30 * HOUR);
    plane.scan(&[], START + 40 * HOUR);
    let days = plane.read(|session| session.days(START / DAY + 9));
    let sum = |severity: i64| {
        let own = days.iter().filter(|day| day.severity == severity);
        own.fold((0, 0, 0, 0), |sum, day| {
            (
                sum.0 + day.fixed,
                sum.1 + day.promised,
                sum.2 + day.kept,
                sum.3 + day.spent / HOUR,
            )
        })
    };
    assert_eq!(sum(4), (2, 2, 1, 40));
    assert_eq!(sum(3), (1, 1, 1, 40));
    let closings = plane.read(|session| session.closings(0));
    let classes: Vec<(i64, i64)> = closings
        .iter()
        .filter(|row| row.severity == 4)
        .map(|row| (row.class, row.findings))
        .collect();
    assert_eq!(classes, [(11 * HOUR, 1), (31 * HOUR, 1)]);
    assert_eq!(debt::median(&classes), Some(11 * HOUR));
    // The one that was six hours late is debt of the second day only.
    assert_eq!(plane.breached(START + 30 * HOUR), (0, 0.0));
    assert!(plane.debt_at_end_of(START / DAY + 1).abs() < 1e-9);
    plane.is_sound();
}

fn days_that_are_over_keep_their_debt(database: &Database) {
    let plane = Plane::new(database);
    plane.scan(&[(1, 2)], START);
    // Due since the second of January by its new severity, which is known since the tenth only.
    plane.scan(&[(1, 4)], START + 9 * DAY + HOUR);
    let first = START / DAY;
    for day in first..first + 9 {
        assert!(plane.debt_at_end_of(day).abs() < 1e-9, "{day}");
    }
    assert!((plane.debt_at_end_of(first + 9) - 90.0).abs() < 1e-6);
    plane.scan(&[], START + 12 * DAY);
    assert!((plane.debt_at_end_of(first + 11) - 110.0).abs() < 1e-6);
    assert!(plane.debt_at_end_of(first + 12).abs() < 1e-9);
    plane.is_sound();
}

fn what_is_no_policy_is_refused(database: &Database) {
    let plane = Plane::new(database);
    for (name, value) in [
        ("objectives", r#"{"critical":"soon"}"#),
        ("calendar", r#"{"zone":"Mars/Olympus"}"#),
        ("priority", r#"{"weights":{"mission_low":5}}"#),
        ("anything", "{"),
    ] {
        let decision = json!({ "action": "policy", "name": name, "value": value });
        let body = json!({
            "_type": "https://in-toto.io/Statement/v1",
            "subject": [{ "name": "x", "digest": { "sha256": "00" } }],
            "predicateType": "https://bartizan.dev/decision/v1",
            "predicate": decision,
        })
        .to_string();
        let arrival = Arrival {
            body: body.as_bytes(),
            statement: body.as_bytes(),
            trust: Trust::Authenticated,
            by: "ci@acme",
            at: START,
        };
        assert!(take(&plane.store, plane.tenant, &arrival).is_err(), "{name}");
    }
    assert_eq!(plane.read(|session| session.log_size()), 0);
}

on_both_engines! {
    a_calendar_moves_what_is_opened_and_says_so_when_it_moves_what_is_there,
    a_waiver_is_not_forgotten_when_the_same_is_found_again,
    policy_weighs_and_excepts_and_gives_its_reasons,
    what_is_closed_counts_by_its_time_and_by_its_objective,
    days_that_are_over_keep_their_debt,
    what_is_no_policy_is_refused,
    whatever_happens_no_due_date_moves_silently_and_sums_say_what_findings_say,
}

#[derive(Debug, Clone)]
enum Step {
    Scan(Vec<(u8, usize)>),
    Waive(u8),
    EndWaivers,
    Label(bool),
    Objectives(u32),
    Calendar(bool),
}

fn steps() -> impl Strategy<Value = Vec<(i64, Step)>> {
    let found = prop::collection::btree_map(0_u8..5, 0_usize..5, 0..5)
        .prop_map(|found| Step::Scan(found.into_iter().collect()));
    let step = prop_oneof![
        6 => found,
        2 => (0_u8..5).prop_map(Step::Waive),
        2 => Just(Step::EndWaivers),
        1 => any::<bool>().prop_map(Step::Label),
        1 => (1_u32..400).prop_map(Step::Objectives),
        1 => any::<bool>().prop_map(Step::Calendar),
    ];
    prop::collection::vec((1_i64..80 * HOUR, step), 1..14)
}

fn play(plane: &Plane, step: &Step, at: i64) -> Vec<i64> {
    match step {
        Step::Scan(found) => vec![plane.scan(found, at)],
        Step::Waive(number) => {
            let print = format!("{number:032x}");
            let is_known = plane.read(|session| {
                let row = session.findings_by_print(&u128::from(*number).to_be_bytes())?;
                Ok(!row.is_empty())
            });
            let waive = json!({ "action": "waive", "fingerprint": print, "reason": "x" });
            if is_known {
                vec![plane.decide(&waive, at)]
            } else {
                Vec::new()
            }
        }
        Step::EndWaivers => {
            let waivers = plane.read(|session| session.waivers());
            let holding = waivers.iter().filter(|waiver| waiver.ended.is_none());
            holding
                .map(|waiver| {
                    let end = json!({ "action": "end-waiver", "waiver": waiver.seq, "reason": "x" });
                    plane.decide(&end, at)
                })
                .collect()
        }
        Step::Label(open) => {
            let word = if *open { "open" } else { "small" };
            let label = json!({ "action": "label", "asset": THING, "labels": { "exposure": word } });
            vec![plane.decide(&label, at)]
        }
        Step::Objectives(hours) => vec![plane.policy(
            "objectives",
            &json!({ "critical": hours, "high": { "business_hours": hours }, "low": { "business_days": 5 } }),
            at,
        )],
        Step::Calendar(sprints) => {
            let sprint = json!({ "start": "2026-12-28", "days": 7 });
            let mut calendar = json!({ "zone": "Europe/Berlin", "holidays": ["2027-01-06"] });
            if *sprints {
                calendar["sprint"] = sprint;
            }
            vec![plane.policy("calendar", &calendar, at)]
        }
    }
}

fn whatever_happens_no_due_date_moves_silently_and_sums_say_what_findings_say(database: &Database) {
    let turn = std::cell::Cell::new(0);
    Plane::new(database);
    let config = ProptestConfig {
        cases: 12,
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    let mut runner = proptest::test_runner::TestRunner::new(config);
    runner
        .run(&steps(), |steps| {
            turn.set(turn.get() + 1);
            let store = Store::open(&database.url.parse().unwrap(), Options::default()).unwrap();
            let plane = Plane::with(store, &format!("case {}", turn.get()));
            let mut now = START;
            let mut ends: BTreeMap<i64, f64> = BTreeMap::new();
            for (pause, step) in &steps {
                // Days that end before the next step have the debt of now, grown by time alone.
                let next = now + pause;
                for day in now.div_euclid(DAY)..next.div_euclid(DAY) {
                    ends.insert(day, plane.counted((day + 1) * DAY).1);
                }
                now = next;
                let before = plane.rows();
                let seqs = play(&plane, step, now);
                let after = plane.rows();
                for (id, row) in &after {
                    prop_assert!(row.due.is_none_or(|due| due >= row.opened));
                    let was = before.get(id).and_then(|row| row.due);
                    if was != row.due {
                        let told: Vec<String> = seqs.iter().flat_map(|seq| plane.told(*seq, *id)).collect();
                        let is_told = told.iter().any(|line| {
                            ["opened", "reopened", "resumed", "due"]
                                .iter()
                                .any(|kind| line.starts_with(kind))
                        });
                        prop_assert!(is_told, "{step:?} moved {was:?} to {:?}: {told:?}", row.due);
                    }
                }
                for at in [now, now + DAY, now + 40 * DAY] {
                    let (sums, findings) = (plane.breached(at), plane.counted(at));
                    prop_assert_eq!(sums.0, findings.0);
                    prop_assert!((sums.1 - findings.1).abs() < 1e-6, "{sums:?} {findings:?}");
                    let groups = plane.read(|session| session.breached_by_asset(at));
                    prop_assert_eq!(groups.iter().map(|row| row.breached).sum::<i64>(), findings.0);
                }
            }
            for (day, debt) in &ends {
                prop_assert!(
                    (plane.debt_at_end_of(*day) - debt).abs() < 1e-6,
                    "{day}: {} {debt}",
                    plane.debt_at_end_of(*day)
                );
            }
            plane.is_sound();
            rebuild(&plane.store, plane.tenant).unwrap();
            plane.is_sound();
            Ok(())
        })
        .unwrap();
}
