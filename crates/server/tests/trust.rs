//! Who vouches for what is sent: signatures against the keys that a tenant trusts, on a real database.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that cannot go on fails"
)]

mod support;

use bartizan_server::ingest::{
    IngestError, Receipt, Rejected, Sent, Trust, push, rebuild, verify_graph, verify_log,
};
use bartizan_store::{Store, TenantId};
use bartizan_testbed::{Database, on_both_engines};
use bartizan_trust::dsse::{Envelope, IN_TOTO};
use bartizan_trust::keys::{SigningKey, SigningKind};
use serde_json::{Value, json};

const DAY: i64 = 86_400_000;
/// 2027-01-01.
const START: i64 = 1_798_761_600_000;
const PROVENANCE: &str = "https://slsa.dev/provenance/v1";

struct Plane {
    store: Store,
    tenant: TenantId,
    said: std::cell::Cell<i64>,
}

impl Plane {
    fn new(database: &Database) -> Self {
        let store = support::opened(database);
        let tenant = support::tenant(&store, "acme", START);
        Self {
            store,
            tenant,
            said: std::cell::Cell::new(0),
        }
    }

    /// A decision, as the interface takes it.
    fn try_decide(&self, decision: &Value, at: i64) -> Result<Receipt, IngestError> {
        let decision = bartizan_ledger::decision::Decision::read(&decision.to_string()).unwrap();
        self.store.write(self.tenant, |session| {
            bartizan_server::ingest::record(session, &decision, "root@acme", at)
        })
    }

    fn decide(&self, decision: &Value, at: i64) {
        self.try_decide(decision, at).unwrap();
    }

    fn push(&self, body: &[u8], at: i64) -> Result<Receipt, IngestError> {
        let by = "ci@acme";
        push(&self.store, self.tenant, &Sent { body, by, at })
    }

    /// Why the statement that was just taken is believed.
    fn trust(&self, receipt: &Receipt) -> Trust {
        let row = self
            .store
            .read(self.tenant, |session| session.statement(receipt.seq))
            .unwrap();
        Trust::parse(&row.unwrap().trust).unwrap()
    }

    /// A statement that was never sent before.
    fn statement(&self, kind: &str, subject: &str) -> Vec<u8> {
        self.said.set(self.said.get() + 1);
        json!({
            "_type": "https://in-toto.io/Statement/v1", "predicateType": kind,
            "subject": [{ "name": subject, "digest": { "sha256": format!("{:064x}", self.said.get()) } }],
            "predicate": {},
        })
        .to_string()
        .into_bytes()
    }

    /// Why a new statement that these keys have signed is believed, and what is said of it.
    fn sent(&self, keys: &[&SigningKey], subject: &str, at: i64) -> (Trust, String) {
        let body = sealed(&self.statement(PROVENANCE, subject), keys);
        let receipt = self.push(body.as_bytes(), at).unwrap();
        (self.trust(&receipt), receipt.effect.problems.join("\n"))
    }

    fn is_sound(&self) {
        assert_eq!(verify_log(&self.store, self.tenant).unwrap().faults, []);
        assert_eq!(verify_graph(&self.store, self.tenant).unwrap(), None);
    }
}

fn sealed(statement: &[u8], keys: &[&SigningKey]) -> String {
    let mut envelope = Envelope::new(IN_TOTO, statement.to_vec()).unwrap();
    for key in keys {
        envelope.sign(key).unwrap();
    }
    envelope.to_json()
}

fn key(kind: SigningKind) -> SigningKey {
    SigningKey::generate(kind).unwrap()
}

fn trusting(name: &str, key: &SigningKey) -> Value {
    json!({ "action": "trust-key", "name": name, "key": key.public().to_pem() })
}

fn by(key: &SigningKey) -> Trust {
    Trust::Signed(*key.public().id().as_bytes())
}

fn a_statement_is_vouched_for_by_the_key_that_signed_it(database: &Database) {
    let plane = Plane::new(database);
    for kind in [SigningKind::Ed25519, SigningKind::EcdsaP256] {
        let (own, stranger) = (key(kind), key(kind));
        assert_eq!(plane.sent(&[&own], "a", START).0, Trust::Untrusted);
        plane.decide(&trusting("ci", &own), START);
        assert_eq!(plane.sent(&[&own], "a", START), (by(&own), String::new()));
        assert_eq!(plane.sent(&[&stranger, &own], "a", START).0, by(&own));
        let (trust, why) = plane.sent(&[&stranger], "a", START);
        assert_eq!(trust, Trust::Untrusted);
        assert!(why.contains("none of its signatures"), "{why}");
    }
    let bare = plane.push(&plane.statement(PROVENANCE, "a"), START).unwrap();
    assert_eq!(plane.trust(&bare), Trust::Authenticated);
    // An envelope without a signature says no more than its statement.
    let unsigned = sealed(&plane.statement(PROVENANCE, "a"), &[]);
    let unsigned = plane.push(unsigned.as_bytes(), START).unwrap();
    assert_eq!(plane.trust(&unsigned), Trust::Authenticated);
    plane.is_sound();
    rebuild(&plane.store, plane.tenant).unwrap();
    plane.is_sound();
}

fn a_changed_payload_is_vouched_for_by_nobody(database: &Database) {
    let plane = Plane::new(database);
    let own = key(SigningKind::Ed25519);
    plane.decide(&trusting("ci", &own), START);
    let mut one: Value = serde_json::from_str(&sealed(&plane.statement(PROVENANCE, "a"), &[&own])).unwrap();
    let other: Value = serde_json::from_str(&sealed(&plane.statement(PROVENANCE, "b"), &[&own])).unwrap();
    one["payload"] = other["payload"].clone();
    let receipt = plane.push(one.to_string().as_bytes(), START).unwrap();
    assert_eq!(plane.trust(&receipt), Trust::Untrusted);
}

fn a_key_counts_from_its_first_day_to_its_last_and_until_it_is_revoked(database: &Database) {
    let plane = Plane::new(database);
    let own = key(SigningKind::Ed25519);
    let mut decision = trusting("ci", &own);
    decision["from"] = json!("2027-01-03");
    decision["until"] = json!("2027-01-04");
    plane.decide(&decision, START);
    for (at, counts, word) in [
        (START + 2 * DAY - 1, false, "not trusted yet"),
        (START + 2 * DAY, true, ""),
        (START + 4 * DAY - 1, true, ""),
        (START + 4 * DAY, false, "last day is over"),
    ] {
        let (trust, why) = plane.sent(&[&own], "a", at);
        let wanted = if counts { by(&own) } else { Trust::Untrusted };
        assert_eq!(trust, wanted, "{at}: {why}");
        assert!(why.contains(word), "{why}");
    }
    plane.decide(&trusting("ci", &own), START + 5 * DAY);
    assert_eq!(plane.sent(&[&own], "a", START + 5 * DAY).0, by(&own));
    let revoke =
        json!({ "action": "revoke-key", "key": own.public().id().to_string(), "reason": "it leaked" });
    plane.decide(&revoke, START + 5 * DAY);
    assert_eq!(plane.sent(&[&own], "a", START + 5 * DAY).0, Trust::Untrusted);
    let twice = plane.try_decide(&revoke, START + 5 * DAY);
    assert!(
        matches!(twice, Err(IngestError::Rejected(Rejected::Missing(_)))),
        "{twice:?}"
    );
    plane.is_sound();
}

fn a_key_vouches_only_for_what_it_is_trusted_for(database: &Database) {
    let plane = Plane::new(database);
    let own = key(SigningKind::Ed25519);
    let mut decision = trusting("shop", &own);
    decision["predicates"] = json!([PROVENANCE]);
    decision["subjects"] = json!(["repo:git.example/acme/"]);
    plane.decide(&decision, START);
    assert_eq!(
        plane.sent(&[&own], "repo:git.example/acme/shop", START).0,
        by(&own)
    );
    let (trust, why) = plane.sent(&[&own], "repo:git.example/other", START);
    assert_eq!(trust, Trust::Untrusted);
    assert!(
        why.contains("`shop`") && why.contains("repo:git.example/other"),
        "{why}"
    );
    let other = sealed(
        &plane.statement("https://example.com/x", "repo:git.example/acme/shop"),
        &[&own],
    );
    let receipt = plane.push(other.as_bytes(), START).unwrap();
    assert_eq!(plane.trust(&receipt), Trust::Untrusted);
    // Of two keys the one counts that may.
    let all = key(SigningKind::Ed25519);
    plane.decide(&trusting("all", &all), START);
    assert_eq!(plane.sent(&[&own, &all], "x", START), (by(&all), String::new()));
}

fn a_tenant_may_take_in_only_what_is_signed(database: &Database) {
    let plane = Plane::new(database);
    let own = key(SigningKind::Ed25519);
    plane.decide(&trusting("ci", &own), START);
    let policy = json!({ "unsigned": "refuse", "untrusted": "refuse" }).to_string();
    plane.decide(
        &json!({ "action": "policy", "name": "signatures", "value": policy }),
        START,
    );
    let bare = plane.push(&plane.statement(PROVENANCE, "a"), START);
    assert!(
        matches!(bare, Err(IngestError::Rejected(Rejected::Unsigned))),
        "{bare:?}"
    );
    let stranger = sealed(&plane.statement(PROVENANCE, "a"), &[&key(SigningKind::Ed25519)]);
    let stranger = plane.push(stranger.as_bytes(), START);
    assert!(
        matches!(stranger, Err(IngestError::Rejected(Rejected::Untrusted(_)))),
        "{stranger:?}"
    );
    assert_eq!(plane.sent(&[&own], "a", START).0, by(&own));
    for value in [r#"{"unsigned":"maybe"}"#, r#"{"other":"refuse"}"#, "1"] {
        let decision = json!({ "action": "policy", "name": "signatures", "value": value });
        assert!(plane.try_decide(&decision, START).is_err(), "{value}");
    }
    plane.is_sound();
}

fn who_sends_evidence_decides_nothing(database: &Database) {
    let plane = Plane::new(database);
    let own = key(SigningKind::Ed25519);
    plane.decide(&trusting("ci", &own), START);
    let mut decision: Value =
        serde_json::from_slice(&plane.statement("https://bartizan.dev/decision/v1", "decision")).unwrap();
    decision["predicate"] = json!({ "action": "access", "event": "sign-in", "subject": "somebody else" });
    let bare = decision.to_string();
    for body in [bare.clone(), sealed(bare.as_bytes(), &[&own])] {
        let refused = plane.push(body.as_bytes(), START);
        assert!(
            matches!(refused, Err(IngestError::Rejected(Rejected::Decided))),
            "{refused:?}"
        );
    }
}

fn what_is_no_key_is_not_trusted(database: &Database) {
    let plane = Plane::new(database);
    let own = key(SigningKind::Ed25519);
    let mut private = trusting("ci", &own);
    private["key"] = json!(own.to_pem().as_str());
    let mut backwards = trusting("ci", &own);
    backwards["from"] = json!("2027-01-03");
    backwards["until"] = json!("2027-01-02");
    let mut nothing = trusting("ci", &own);
    nothing["key"] = json!("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n");
    for decision in [private, backwards, nothing] {
        let refused = plane.try_decide(&decision, START);
        assert!(
            matches!(refused, Err(IngestError::Rejected(Rejected::Key(_)))),
            "{refused:?}"
        );
    }
}

fn hostile_envelopes_are_refused_and_leave_nothing_behind(database: &Database) {
    let plane = Plane::new(database);
    let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    let payload = bartizan_trust::dsse::Envelope::new(IN_TOTO, deep.clone().into_bytes())
        .unwrap()
        .to_json();
    let many = vec![r#"{"sig":"AAAA"}"#; 100_000].join(",");
    let inner = sealed(&plane.statement(PROVENANCE, "a"), &[]);
    let nested = sealed(inner.as_bytes(), &[&key(SigningKind::Ed25519)]);
    for body in [
        format!(r#"{{"payloadType":"{IN_TOTO}","payload":{deep},"signatures":[]}}"#),
        format!(r#"{{"payloadType":{deep},"payload":"","signatures":[]}}"#),
        format!(r#"{{"payloadType":"{IN_TOTO}","payload":"e30=","signatures":[{many}]}}"#),
        format!(r#"{{"payloadType":"{IN_TOTO}","payload":"e30=","signatures":{deep}}}"#),
        format!(r#"{{"payloadType":"{IN_TOTO}","payload":"%%%","signatures":[]}}"#),
        r#"{"payloadType":"text/plain","payload":"e30=","signatures":[]}"#.to_owned(),
        payload,
        nested,
        deep,
    ] {
        let refused = plane.push(body.as_bytes(), START);
        assert!(refused.is_err(), "{}", &body[..body.len().min(80)]);
    }
    let size = plane
        .store
        .read(plane.tenant, |session| session.log_size())
        .unwrap();
    assert_eq!(size, 0);
}

on_both_engines! {
    a_statement_is_vouched_for_by_the_key_that_signed_it,
    a_changed_payload_is_vouched_for_by_nobody,
    a_key_counts_from_its_first_day_to_its_last_and_until_it_is_revoked,
    a_key_vouches_only_for_what_it_is_trusted_for,
    a_tenant_may_take_in_only_what_is_signed,
    who_sends_evidence_decides_nothing,
    what_is_no_key_is_not_trusted,
    hostile_envelopes_are_refused_and_leave_nothing_behind,
}
