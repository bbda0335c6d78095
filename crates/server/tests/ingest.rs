//! The ledger and the graph: what comes of statements, on a real database.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that cannot go on fails"
)]

mod support;

use bartizan_model::{
    AssetId, CheckRun, CheckStatus, Component, Confidence, Finding, FingerprintBuilder, Fix, Location,
    Measures, Quality, REPORT_SCHEMA, Report, Severity, Stats, Target, Timestamp, Tool, Verdict,
};
use bartizan_server::bill_statement;
use bartizan_server::ingest::{
    Arrival, IngestError, Receipt, Trust, rebuild, take, verify_graph, verify_log,
};
use bartizan_server::jobs::end_waivers;
use bartizan_store::graph::Status;
use bartizan_store::{Store, TenantId};
use bartizan_testbed::{Database, Engine, on_both_engines};
use serde_json::json;

const HOUR: i64 = 3_600_000;
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

    fn try_send(&self, body: &[u8], at: i64) -> Result<Receipt, IngestError> {
        support::sent(&self.store, self.tenant, body, at)
    }

    fn send(&self, body: &[u8], at: i64) -> Receipt {
        self.try_send(body, at).unwrap()
    }

    fn scan(&self, report: &Report, at: i64) -> Receipt {
        self.send(&statement(report), at)
    }

    fn decide(&self, decision: &serde_json::Value, at: i64) -> Receipt {
        self.send(&decision_statement(decision, at), at)
    }

    /// Message, state, and hours left at `at` of each finding, by message.
    fn findings(&self, at: i64) -> Vec<(String, Status, Option<i64>)> {
        let mut found = Vec::new();
        self.store
            .read(self.tenant, |session| {
                for asset in session.assets(None, 0, 1_000)? {
                    session.each_finding_of(asset.id, |row| {
                        found.push((row.message, row.status, row.due.map(|due| (due - at) / HOUR)));
                        Ok(())
                    })?;
                }
                Ok::<_, bartizan_store::StoreError>(())
            })
            .unwrap();
        found.sort_by(|a, b| a.0.cmp(&b.0));
        found
    }

    fn states(&self) -> Vec<(String, Status)> {
        self.findings(0)
            .into_iter()
            .map(|(message, status, _)| (message, status))
            .collect()
    }

    fn is_sound(&self) {
        let proof = verify_log(&self.store, self.tenant).unwrap();
        assert_eq!(proof.faults, []);
        assert_eq!(verify_graph(&self.store, self.tenant).unwrap(), None);
    }
}

fn decision_statement(decision: &serde_json::Value, at: i64) -> Vec<u8> {
    json!({
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{ "name": "decision", "digest": { "sha256": format!("{at:064x}") } }],
        "predicateType": "https://bartizan.dev/decision/v1",
        "predicate": decision,
    })
    .to_string()
    .into_bytes()
}

fn statement(report: &Report) -> Vec<u8> {
    json!({
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{ "name": report.target.name, "digest": { "sha256": "ab".repeat(32) } }],
        "predicateType": "https://in-toto.io/attestation/test-result/v0.1",
        "predicate": { "result": "FAILED", "https://bartizan.dev/report/v1": report },
    })
    .to_string()
    .into_bytes()
}

fn finding(name: &str, severity: Severity) -> Finding {
    let mut finding = Finding::new(
        "leak/example",
        (severity, Confidence::High),
        FingerprintBuilder::new("leak/example")
            .part(name.as_bytes())
            .finish(),
        AssetId::file("a.py"),
    );
    finding.check = "leak/credentials".to_owned();
    finding.title = "An example".to_owned();
    finding.message = name.to_owned();
    finding.locations = vec![Location::of_file("a.py")];
    finding.fix = Some(Fix {
        description: format!("mend {}", name.chars().next().unwrap()),
        edits: Vec::new(),
    });
    finding
}

fn report(hour: i64, findings: Vec<Finding>) -> Report {
    Report {
        schema: REPORT_SCHEMA.to_owned(),
        quality: None,
        tool: Tool {
            name: "bartizan".to_owned(),
            version: "0".to_owned(),
            rules_digest: "00".repeat(32),
            only: Vec::new(),
            skip: Vec::new(),
        },
        target: Target {
            name: ".".to_owned(),
            kind: "dir".to_owned(),
            repository: Some("https://git.example/acme/shop.git".to_owned()),
            branch: Some("main".to_owned()),
            commit: Some(format!("{hour:040x}")),
            ..Target::default()
        },
        started: Timestamp::from_unix_seconds((START + hour * HOUR) / 1_000),
        verdict: Verdict::Deny {
            reasons: vec!["x".to_owned()],
        },
        findings,
        remedies: Vec::new(),
        components: Vec::new(),
        checks: vec![CheckRun {
            check: "leak/credentials".to_owned(),
            status: CheckStatus::Ran,
            required: true,
            files: 1,
            findings: 0,
        }],
        skipped: Vec::new(),
        stats: Stats::default(),
    }
}

fn measures_are_kept_by_when_they_were_taken(database: &Database) {
    let plane = Plane::new(database);
    let measured = |hour, duplicated| {
        let mut report = report(hour, Vec::new());
        report.quality = Some(Quality {
            measures: Measures {
                lines: 100,
                duplicated,
                ..Measures::default()
            },
            ..Quality::default()
        });
        statement(&report)
    };
    for (hour, duplicated) in [(2, 7), (1, 5), (3, 6)] {
        plane.send(&measured(hour, duplicated), START + 4 * HOUR);
    }
    let told = plane
        .store
        .read(plane.tenant, |session| {
            let assets = session.assets(None, 0, 10)?;
            assert_eq!(session.measures(assets[0].id, "changes", 10)?, []);
            session.measures(assets[0].id, "all", 2)
        })
        .unwrap();
    let read = |json: &str| serde_json::from_str::<Quality>(json).unwrap().measures.duplicated;
    let told: Vec<u64> = told.iter().map(|row| read(&row.quality)).collect();
    assert_eq!(told, [6, 7]);
    plane.is_sound();
}

fn what_is_sent_twice_is_taken_once(database: &Database) {
    let plane = Plane::new(database);
    let body = statement(&report(0, vec![finding("a", Severity::High)]));
    let first = plane.send(&body, START);
    let second = plane.send(&body, START + HOUR);
    assert!(first.is_new && !second.is_new);
    assert_eq!((first.seq, first.effect.opened), (second.seq, 1));
    assert_eq!(plane.states(), [("a".to_owned(), Status::Open)]);
    plane.is_sound();
}

fn only_a_later_scan_of_the_same_that_ran_the_same_check_fixes(database: &Database) {
    let plane = Plane::new(database);
    let a = || finding("a", Severity::High);
    plane.scan(&report(0, vec![a(), finding("b", Severity::Low)]), START);

    let mut partial = report(1, vec![]);
    partial.target.partial = vec!["only what was changed".to_owned()];
    assert_eq!(plane.scan(&partial, START + HOUR).effect.fixed, 0);

    let mut failed = report(2, vec![]);
    failed.checks[0].status = CheckStatus::Failed {
        error: "x".to_owned(),
    };
    assert_eq!(plane.scan(&failed, START + 2 * HOUR).effect.fixed, 0);

    // Another branch is another scope: it neither fixes nor doubles what the first one has.
    let mut branch = report(3, vec![a()]);
    branch.target.branch = Some("feature".to_owned());
    let receipt = plane.scan(&branch, START + 3 * HOUR);
    assert_eq!((receipt.effect.opened, receipt.effect.seen), (0, 1));

    // `a` is still in the branch, `b` is gone everywhere.
    let receipt = plane.scan(&report(4, vec![]), START + 4 * HOUR);
    assert_eq!(receipt.effect.fixed, 1);
    assert_eq!(
        plane.states(),
        [("a".to_owned(), Status::Open), ("b".to_owned(), Status::Fixed)]
    );

    // An older scan that comes late changes nothing.
    let receipt = plane.scan(&report(3, vec![finding("b", Severity::Low)]), START + 5 * HOUR);
    assert_eq!((receipt.effect.reopened, receipt.effect.problems.len()), (0, 1));

    let receipt = plane.scan(&report(6, vec![finding("b", Severity::Low)]), START + 6 * HOUR);
    assert_eq!(receipt.effect.reopened, 1);
    plane.is_sound();
}

fn a_waiver_stops_the_clock_until_it_ends(database: &Database) {
    let plane = Plane::new(database);
    let one = finding("a", Severity::Critical);
    plane.scan(&report(0, vec![one.clone()]), START);
    assert_eq!(plane.findings(START), [("a".to_owned(), Status::Open, Some(24))]);

    let waive = json!({ "action": "waive", "fingerprint": one.fingerprint.as_str(), "reason": "a test key" });
    let granted = plane.decide(&waive, START + 4 * HOUR);
    assert_eq!(granted.effect.waived, 1);
    assert_eq!(plane.states(), [("a".to_owned(), Status::Waived)]);
    // A scan that finds it again does not wake it.
    plane.scan(&report(5, vec![one]), START + 5 * HOUR);
    assert_eq!(plane.states(), [("a".to_owned(), Status::Waived)]);

    let end = json!({ "action": "end-waiver", "waiver": granted.seq, "reason": "it is used after all" });
    plane.decide(&end, START + 10 * HOUR);
    assert_eq!(
        plane.findings(START + 10 * HOUR),
        [("a".to_owned(), Status::Open, Some(20))]
    );
    plane.is_sound();
}

fn a_waiver_ends_with_its_last_day(database: &Database) {
    let plane = Plane::new(database);
    let one = finding("a", Severity::Critical);
    plane.scan(&report(0, vec![one.clone()]), START);
    let waive = json!({
        "action": "waive", "fingerprint": one.fingerprint.as_str(), "reason": "a test key", "until": "2027-01-02",
    });
    plane.decide(&waive, START + HOUR);
    assert_eq!(end_waivers(&plane.store, START + 47 * HOUR).unwrap(), 0);
    assert_eq!(plane.states(), [("a".to_owned(), Status::Waived)]);
    // The third of January has begun; what stood for 47 hours is added to the day that is due.
    assert_eq!(end_waivers(&plane.store, START + 48 * HOUR + 1).unwrap(), 1);
    assert_eq!(
        plane.findings(START),
        [("a".to_owned(), Status::Open, Some(24 + 47))]
    );
    assert_eq!(end_waivers(&plane.store, START + 49 * HOUR).unwrap(), 0);
    plane.is_sound();
}

fn a_waiver_that_came_with_an_old_report_and_has_ended_covers_nothing(database: &Database) {
    let plane = Plane::new(database);
    let mut one = finding("a", Severity::High);
    one.waiver = Some(bartizan_model::Waiver {
        rule: Some(one.rule.clone()),
        fingerprint: None,
        scope: None,
        reason: "a test key".to_owned(),
        owner: None,
        until: Some("2027-01-02".parse().unwrap()),
        vex: None,
        origin: bartizan_model::WaiverOrigin::Inline {
            path: "a.py".to_owned(),
            line: 1,
        },
    });
    plane.scan(&report(0, vec![one.clone()]), START);
    assert_eq!(plane.states(), [("a".to_owned(), Status::Waived)]);
    plane.scan(&report(1, vec![one]), START + 72 * HOUR);
    assert_eq!(plane.states(), [("a".to_owned(), Status::Open)]);
    plane.is_sound();
}

fn a_finding_is_first_seen_when_it_is_opened(database: &Database) {
    let plane = Plane::new(database);
    plane.scan(&report(0, vec![finding("a", Severity::High)]), START);
    plane.scan(&report(1, vec![finding("a", Severity::High)]), START + HOUR);
    let row = plane
        .store
        .read(plane.tenant, |session| session.finding(1))
        .unwrap()
        .unwrap();
    assert_eq!(
        (row.first_seen, row.last_seen, row.opened),
        (START, START + HOUR, START)
    );
}

fn what_an_envelope_holds_is_taken_in(database: &Database) {
    let plane = Plane::new(database);
    let inner = statement(&report(0, vec![finding("a", Severity::High)]));
    let key = bartizan_trust::keys::SigningKey::generate(bartizan_trust::keys::SigningKind::Ed25519).unwrap();
    let mut envelope =
        bartizan_trust::dsse::Envelope::new(bartizan_trust::dsse::IN_TOTO, inner.clone()).unwrap();
    envelope.sign(&key).unwrap();
    let body = envelope.to_json();
    let receipt = take(
        &plane.store,
        plane.tenant,
        &Arrival {
            body: body.as_bytes(),
            statement: &inner,
            trust: Trust::Authenticated,
            by: "ci@acme",
            at: START,
        },
    )
    .unwrap();
    assert_eq!(receipt.effect.opened, 1);
    // The graph is made again from the envelope.
    rebuild(&plane.store, plane.tenant).unwrap();
    assert_eq!(plane.states(), [("a".to_owned(), Status::Open)]);
    plane.is_sound();
}

fn fixes_are_ranked_by_what_they_close(database: &Database) {
    let plane = Plane::new(database);
    let findings = vec![
        finding("a1", Severity::High),
        finding("a2", Severity::High),
        finding("b1", Severity::Critical),
        finding("c1", Severity::High),
    ];
    plane.scan(&report(0, findings), START);
    let ranked = || {
        plane
            .store
            .read(plane.tenant, |session| session.ranked_remedies(None, 10))
            .unwrap()
            .into_iter()
            .map(|row| (row.what, row.totals.findings))
            .collect::<Vec<_>>()
    };
    let own = |list: &[(&str, i64)]| {
        list.iter()
            .map(|(what, count)| ((*what).to_owned(), *count))
            .collect::<Vec<_>>()
    };
    assert_eq!(ranked(), own(&[("mend b", 1), ("mend a", 2), ("mend c", 1)]));
    plane.scan(&report(1, vec![finding("a1", Severity::High)]), START + HOUR);
    assert_eq!(ranked(), own(&[("mend a", 1)]));
    plane.is_sound();
}

fn a_label_moves_what_is_wrong_with_a_thing_in_the_order(database: &Database) {
    let plane = Plane::new(database);
    let mut one = finding("a", Severity::Medium);
    one.risk = Some(bartizan_model::Risk {
        exploited: true,
        automatable: Some(true),
        total_impact: Some(true),
        ..bartizan_model::Risk::default()
    });
    plane.scan(&report(0, vec![one]), START);
    let label =
        json!({ "action": "label", "asset": "repo:git.example/acme/shop", "labels": { "exposure": "open" } });
    plane.decide(&label, START + HOUR);
    // Immediate: the time of a critical finding, counted from the opening.
    assert_eq!(plane.findings(START), [("a".to_owned(), Status::Open, Some(24))]);
    plane.is_sound();
}

fn bill(name: &str, packages: &[(&str, &str)]) -> Vec<u8> {
    let components: Vec<_> = packages
        .iter()
        .map(|(name, version)| json!({ "type": "library", "name": name, "version": version, "purl": format!("pkg:npm/{name}@{version}") }))
        .collect();
    let document =
        json!({ "bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1, "components": components });
    bill_statement(bartizan_server::CYCLONEDX, name, document.to_string().as_bytes()).unwrap()
}

fn a_new_advisory_finds_every_thing_that_ships_what_it_speaks_of(database: &Database) {
    let plane = Plane::new(database);
    plane.send(
        &bill("image:r.example/a", &[("left", "1.0.0"), ("right", "2.0.0")]),
        START,
    );
    plane.send(&bill("image:r.example/b", &[("left", "1.0.0")]), START);
    plane.send(
        &bill("image:r.example/c", &[("left", "1.2.0"), ("other", "1.0.0")]),
        START,
    );
    // What was shipped once and no longer is, is not meant.
    plane.send(&bill("image:r.example/d", &[("left", "1.0.0")]), START);
    plane.send(&bill("image:r.example/d", &[("other", "1.0.0")]), START + 1);
    let record = json!([{
        "id": "GHSA-aaaa-bbbb-cccc", "modified": "2027-01-01T00:00:00Z", "summary": "left is wrong",
        "affected": [{ "package": { "ecosystem": "npm", "name": "left" },
            "ranges": [{ "type": "SEMVER", "events": [{ "introduced": "0" }, { "fixed": "1.1.0" }] }] }],
    }]);
    let advisories = json!({
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{ "name": "advisory:GHSA-aaaa-bbbb-cccc", "digest": { "sha256": "00" } }],
        "predicateType": "https://bartizan.dev/advisories/v1",
        "predicate": record,
    });
    let receipt = plane.send(advisories.to_string().as_bytes(), START + HOUR);
    assert_eq!(receipt.effect.opened, 2);
    plane.is_sound();
}

fn bills_share_what_they_have_in_common(database: &Database) {
    let plane = Plane::new(database);
    let component = |number: u32| {
        let purl = format!("pkg:npm/package-{number}@1.0.0");
        Component::new(
            purl.parse().unwrap(),
            format!("package-{number}"),
            "test",
            Location::of_file("x"),
        )
    };
    let base: Vec<Component> = (0..2_000).map(component).collect();
    for image in 0..20 {
        let mut one = report(0, Vec::new());
        one.target.repository = None;
        one.target.asset = Some(AssetId::from_text(format!("image:r.example/{image}")));
        one.components.clone_from(&base);
        one.components.push(component(10_000 + image));
        plane.scan(&one, START + i64::from(image));
    }
    let (chunks, components) = plane
        .store
        .read(plane.tenant, |session| {
            let mut chunks = 0_u32;
            session.each_chunk(0, |_| {
                chunks += 1;
                Ok(())
            })?;
            Ok::<_, bartizan_store::StoreError>((chunks, session.components(0, 10_000)?.len()))
        })
        .unwrap();
    assert_eq!(components, 2_020);
    // Twenty bills of some sixteen parts each: one base, and two parts an image at most.
    assert!(chunks < 80, "{chunks}");
    plane.is_sound();
}

#[test]
fn whatever_is_changed_by_hand_is_found() {
    let changes = [
        "UPDATE statements SET pusher = 'somebody else' WHERE seq = 1",
        "UPDATE statements SET received = received + 1 WHERE seq = 1",
        "UPDATE statements SET entry = x'00' WHERE seq = 1",
        "UPDATE bodies SET body = (SELECT body FROM bodies WHERE seq = 0) WHERE seq = 1",
        "DELETE FROM bodies WHERE seq = 1",
        "DELETE FROM bodies WHERE seq = 2; DELETE FROM statements WHERE seq = 2; UPDATE logs SET size = 2",
        "DELETE FROM statements WHERE seq = 1",
        "UPDATE tiles SET hashes = zeroblob(length(hashes))",
        "UPDATE logs SET size = 2",
    ];
    for change in changes {
        let database = Engine::Sqlite.database().unwrap();
        let plane = Plane::new(&database);
        for hour in 0..3 {
            let name = format!("a{hour}");
            plane.scan(
                &report(hour, vec![finding(&name, Severity::High)]),
                START + hour * HOUR,
            );
        }
        plane.is_sound();
        let raw = rusqlite::Connection::open(database.file().unwrap()).unwrap();
        raw.execute_batch(change).unwrap();
        drop(raw);
        let proof = verify_log(&plane.store, plane.tenant).unwrap();
        assert!(!proof.faults.is_empty(), "{change}");
    }
    let database = Engine::Sqlite.database().unwrap();
    let plane = Plane::new(&database);
    plane.scan(&report(0, vec![finding("a", Severity::High)]), START);
    let raw = rusqlite::Connection::open(database.file().unwrap()).unwrap();
    raw.execute_batch("UPDATE findings SET status = 1").unwrap();
    drop(raw);
    assert!(verify_graph(&plane.store, plane.tenant).unwrap().is_some());
    rebuild(&plane.store, plane.tenant).unwrap();
    plane.is_sound();
}

fn what_cannot_be_is_refused_and_leaves_nothing_behind(database: &Database) {
    let plane = Plane::new(database);
    let one = finding("a", Severity::High);
    let mut twice = report(0, vec![one.clone(), one.clone()]);
    assert!(matches!(
        plane.try_send(&statement(&twice), START),
        Err(IngestError::Rejected(_))
    ));
    twice.findings.truncate(1);
    let broken = String::from_utf8(statement(&twice))
        .unwrap()
        .replace(one.fingerprint.as_str(), "zz");
    assert!(plane.try_send(broken.as_bytes(), START).is_err());
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    assert!(plane.try_send(deep.as_bytes(), START).is_err());
    assert!(plane.try_send(b"\xff\xfe{}", START).is_err());
    assert!(plane.try_send(b"", START).is_err());
    let nobody = json!({ "action": "waive", "fingerprint": "00".repeat(16), "reason": "x" });
    assert!(
        plane
            .try_send(&decision_statement(&nobody, START), START)
            .is_err()
    );
    let size = plane
        .store
        .read(plane.tenant, |session| session.log_size())
        .unwrap();
    assert_eq!(size, 0);
    // A clock that goes back does not put a statement before the one before it.
    plane.scan(&report(0, vec![one.clone()]), START + HOUR);
    plane.scan(&report(1, vec![one]), START);
    let rows = plane
        .store
        .read(plane.tenant, |session| session.statements(0, 2))
        .unwrap();
    assert_eq!(rows[1].received, START + HOUR);
    plane.is_sound();
}

fn what_joins_things_and_how_they_were_made_is_made_again_from_the_ledger(database: &Database) {
    let plane = Plane::new(database);
    let send = |kind: &str, predicate: &serde_json::Value, at: i64| {
        let statement = json!({
            "_type": "https://in-toto.io/Statement/v1",
            "subject": [{ "name": "image:shop", "digest": { "sha256": format!("{at:064x}") } }],
            "predicateType": kind, "predicate": predicate,
        });
        plane.try_send(statement.to_string().as_bytes(), at)
    };
    let link = |kind: &str| json!({ "source": "image:shop", "kind": kind, "target": "workload:a/b/c" });
    let links = "https://bartizan.dev/links/v1";
    send(
        links,
        &json!([link("deployed_as"), link("reaches"), link("reaches")]),
        START,
    )
    .unwrap();
    send(links, &json!([link("reaches")]), START + 1).unwrap();
    send("https://slsa.dev/provenance/v1", &json!({}), START + 2).unwrap();
    let unlink =
        json!({ "action": "unlink", "source": "image:shop", "kind": "reaches", "target": "workload:a/b/c" });
    plane.decide(&unlink, START + 3);
    plane.decide(
        &json!({ "action": "link", "source": "image:shop", "kind": "loads", "target": "pkg:npm/x" }),
        START + 4,
    );
    let again = plane.try_send(&decision_statement(&unlink, START + 5), START + 5);
    assert!(matches!(again, Err(IngestError::Rejected(_))), "{again:?}");
    for wrong in [
        json!([link("likes")]),
        json!([{ "source": "shop", "kind": "loads", "target": "a:b" }]),
        json!({}),
    ] {
        let refused = send(links, &wrong, START + 6);
        assert!(matches!(refused, Err(IngestError::Rejected(_))), "{refused:?}");
    }
    let mut changes = Vec::new();
    plane
        .store
        .read(plane.tenant, |session| {
            session.each_edge_change(-1, |seq, pack| {
                changes.push((seq, pack.came, pack.edges.len()));
                Ok(())
            })
        })
        .unwrap();
    assert_eq!(changes, [(0, true, 2), (3, false, 1), (4, true, 1)]);
    plane.is_sound();
    rebuild(&plane.store, plane.tenant).unwrap();
    plane.is_sound();
}

on_both_engines! {
    what_joins_things_and_how_they_were_made_is_made_again_from_the_ledger,
    measures_are_kept_by_when_they_were_taken,
    what_is_sent_twice_is_taken_once,
    only_a_later_scan_of_the_same_that_ran_the_same_check_fixes,
    a_waiver_stops_the_clock_until_it_ends,
    a_waiver_ends_with_its_last_day,
    a_waiver_that_came_with_an_old_report_and_has_ended_covers_nothing,
    a_finding_is_first_seen_when_it_is_opened,
    what_an_envelope_holds_is_taken_in,
    fixes_are_ranked_by_what_they_close,
    a_label_moves_what_is_wrong_with_a_thing_in_the_order,
    a_new_advisory_finds_every_thing_that_ships_what_it_speaks_of,
    bills_share_what_they_have_in_common,
    what_cannot_be_is_refused_and_leaves_nothing_behind,
}
