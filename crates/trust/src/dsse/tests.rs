//! The published envelope, thresholds, and envelopes that are none.

use super::*;
use crate::keys::{KeyKind, SigningKind};
use proptest::prelude::*;

const TYPE: &str = "http://example.com/HelloWorld";

/// The example of the protocol's specification: ECDSA, the numbers of the signature one after another, without the name of a key.
const PUBLISHED: &str = r#"{"payload": "aGVsbG8gd29ybGQ=",
 "payloadType": "http://example.com/HelloWorld",
 "signatures": [{"sig": "A3JqsQGtVsJ2O2xqrI5IcnXip5GToJ3F+FnZ+O88SjtR6rDAajabZKciJTfUiHqJPcIAriEGAHTVeCUjW2JIZA=="}]}"#;

/// Its key: X and Y in decimal, as they are published, are these in hexadecimal.
const PUBLISHED_X: &str = "67cd390f77aa359cb08c2235f652270493a9ed832b0abcc01f70954c0390d238";
const PUBLISHED_Y: &str = "0c782bd54e269125a44f4433aff1432ce94e12bca73aa67ac80cea12608ddf74";

fn published_key() -> PublicKey {
    let hex = format!("3059301306072a8648ce3d020106082a8648ce3d03010703420004{PUBLISHED_X}{PUBLISHED_Y}");
    let spki: Vec<u8> = (0..hex.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap())
        .collect();
    PublicKey::from_spki(&spki).unwrap()
}

fn keys(count: usize) -> Vec<SigningKey> {
    let kinds = [SigningKind::Ed25519, SigningKind::EcdsaP256];
    kinds
        .into_iter()
        .cycle()
        .take(count)
        .map(|kind| SigningKey::generate(kind).unwrap())
        .collect()
}

fn publics(keys: &[SigningKey]) -> Vec<PublicKey> {
    keys.iter().map(|key| key.public().clone()).collect()
}

fn signed(keys: &[SigningKey]) -> Envelope {
    let mut envelope = Envelope::new(TYPE, b"hello world".to_vec()).unwrap();
    for key in keys {
        envelope.sign(key).unwrap();
    }
    envelope
}

fn of(threshold: usize) -> NonZeroUsize {
    NonZeroUsize::new(threshold).unwrap()
}

fn parse(json: &str) -> Result<Envelope, DsseError> {
    Envelope::parse(json.as_bytes())
}

#[test]
fn the_published_encoding_is_reached() {
    let encoded = pre_authentication_encoding(TYPE, b"hello world");
    assert_eq!(encoded, b"DSSEv1 29 http://example.com/HelloWorld 11 hello world");
    assert_eq!(pre_authentication_encoding("", b""), b"DSSEv1 0  0 ");
    assert_eq!(
        pre_authentication_encoding("é", b"a"),
        "DSSEv1 2 é 1 a".as_bytes()
    );
}

#[test]
fn the_published_envelope_is_verified() {
    let envelope = parse(PUBLISHED).unwrap();
    let trusted = [published_key()];
    assert_eq!(trusted[0].kind(), KeyKind::EcdsaP256);
    let verified = envelope.verify(TYPE, &trusted, of(1)).unwrap();
    assert_eq!(verified.payload, b"hello world");
    assert_eq!(verified.keys, [&trusted[0]]);
    let refused = envelope.verify("http://example.com/helloworld", &trusted, of(1));
    assert!(
        matches!(refused, Err(DsseError::PayloadType { .. })),
        "{refused:?}"
    );
}

#[test]
fn a_payload_or_type_changed_is_noticed() {
    let trusted = [published_key()];
    let payload = parse(&PUBLISHED.replace("aGVs", "aGVt")).unwrap();
    assert_eq!(
        payload.verify(TYPE, &trusted, of(1)),
        Err(DsseError::NotEnough { found: 0, needed: 1 })
    );
    let other = parse(&PUBLISHED.replace("HelloWorld", "HelloThere")).unwrap();
    let refused = other.verify("http://example.com/HelloThere", &trusted, of(1));
    assert_eq!(refused, Err(DsseError::NotEnough { found: 0, needed: 1 }));
}

#[test]
fn either_base64_is_read_padded_or_not() {
    let trusted = [published_key()];
    for json in [
        PUBLISHED.replace('+', "-"),
        PUBLISHED.replace("==", "").replace('=', ""),
        PUBLISHED.replace("aGVsbG8gd29ybGQ=", "aGVsbG8gd29ybGQ"),
        PUBLISHED.replace("29", "\\u00329"),
    ] {
        assert!(
            parse(&json).unwrap().verify(TYPE, &trusted, of(1)).is_ok(),
            "{json}"
        );
    }
}

#[test]
fn as_many_different_keys_as_required_must_have_signed() {
    let keys = keys(4);
    let trusted = publics(&keys[..3]);
    let envelope = parse(&signed(&keys).to_json()).unwrap();
    for threshold in 1..=3 {
        let verified = envelope.verify(TYPE, &trusted, of(threshold)).unwrap();
        assert_eq!(verified.keys, trusted.iter().take(threshold).collect::<Vec<_>>());
    }
    assert_eq!(
        envelope.verify(TYPE, &trusted, of(4)),
        Err(DsseError::NotEnough { found: 3, needed: 4 })
    );
    assert_eq!(
        envelope.verify(TYPE, &[], of(1)),
        Err(DsseError::NotEnough { found: 0, needed: 1 })
    );
}

#[test]
fn a_key_counts_once_however_often_it_signed_or_is_trusted() {
    let keys = keys(2);
    let mut envelope = signed(&keys[..1]);
    envelope.sign(&keys[0]).unwrap();
    envelope.signatures[1].key_id.clear();
    let trusted = [keys[0].public().clone(), keys[0].public().clone()];
    assert_eq!(
        envelope.verify(TYPE, &trusted, of(2)),
        Err(DsseError::NotEnough { found: 1, needed: 2 })
    );
    let ecdsa = &keys[1];
    let mut twice = signed(&[]);
    twice.sign(ecdsa).unwrap();
    twice.sign(ecdsa).unwrap();
    assert_ne!(twice.signatures[0].bytes, twice.signatures[1].bytes);
    let trusted = publics(&keys);
    let refused = twice.verify(TYPE, &trusted, of(2));
    assert_eq!(refused, Err(DsseError::NotEnough { found: 1, needed: 2 }));
}

#[test]
fn the_name_of_a_key_is_a_hint_and_no_proof() {
    let keys = keys(2);
    let trusted = publics(&keys);
    let mut envelope = signed(&keys[..1]);
    for hint in [
        "",
        "anything",
        &trusted[0].id().to_string(),
        &trusted[0].id().to_string()["sha256:".len()..],
    ] {
        envelope.signatures[0].key_id = hint.to_owned();
        assert_eq!(
            envelope.verify(TYPE, &trusted, of(1)).unwrap().keys,
            [&trusted[0]],
            "{hint}"
        );
    }
    // Named as another trusted key's, a signature is held against that one only.
    envelope.signatures[0].key_id = trusted[1].id().to_string();
    assert!(envelope.verify(TYPE, &trusted, of(1)).is_err());
    // And a stranger's stays a stranger's under whatever name.
    assert!(envelope.verify(TYPE, &trusted[1..], of(1)).is_err());
}

#[test]
fn signatures_that_do_not_hold_do_not_spoil_those_that_do() {
    let keys = keys(2);
    let mut envelope = signed(&keys);
    envelope.signatures[0].bytes[5] ^= 1;
    envelope.signatures.insert(
        1,
        Signature {
            key_id: String::new(),
            bytes: Vec::new(),
        },
    );
    let trusted = publics(&keys);
    assert_eq!(
        envelope.verify(TYPE, &trusted, of(1)).unwrap().keys,
        [&trusted[1]]
    );
}

#[test]
fn members_that_are_not_known_are_ignored() {
    let json = r#"{"x": {"payload": [1]}, "payload": "", "payloadType": "", "signatures": [{"sig": "", "keyid": null, "cert": "c"}]}"#;
    let envelope = parse(json).unwrap();
    assert_eq!(
        envelope.signatures(),
        [Signature {
            key_id: String::new(),
            bytes: Vec::new()
        }]
    );
    assert_eq!(
        (envelope.payload_type(), envelope.unverified_payload()),
        ("", b"".as_slice())
    );
}

#[test]
fn what_is_no_envelope_is_refused() {
    for json in [
        "",
        "null",
        "[]",
        "{}",
        r#"{"payload":"","payloadType":""}"#,
        r#"{"payload":"","signatures":[]}"#,
        r#"{"payloadType":"","signatures":[]}"#,
        r#"{"payload":"","payloadType":"","signatures":{}}"#,
        r#"{"payload":"","payloadType":"","signatures":[{}]}"#,
        r#"{"payload":"","payloadType":"","signatures":[{"sig":null}]}"#,
        r#"{"payload":"","payload":"","payloadType":"","signatures":[]}"#,
        r#"{"payload":"","payloadType":"","signatures":[{"sig":"","sig":""}]}"#,
        r#"{"payload":1,"payloadType":"","signatures":[]}"#,
        r#"{"payload":"","payloadType":"","signatures":[]}x"#,
        r#"{"payload":"","payloadType":"","signatures":["#,
    ] {
        assert!(matches!(parse(json), Err(DsseError::Json(_))), "{json}");
    }
    let deep = format!(r#"{{"x":{}"#, "[".repeat(100_000));
    assert!(matches!(parse(&deep), Err(DsseError::Json(_))));
    assert!(matches!(Envelope::parse(&[0xff; 9]), Err(DsseError::Json(_))));
    assert_eq!(
        parse(&PUBLISHED.replace("aGVs", "aG s")),
        Err(DsseError::Base64("payload"))
    );
    assert_eq!(
        parse(&PUBLISHED.replace("A3Jq", "A-/q")),
        Err(DsseError::Base64("sig"))
    );
}

#[test]
fn envelopes_out_of_bounds_are_refused() {
    let json = |payload: &str, kind: &str, keyid: &str, sig: &str| {
        format!(
            r#"{{"payload":"{payload}","payloadType":"{kind}","signatures":[{{"keyid":"{keyid}","sig":"{sig}"}}]}}"#
        )
    };
    let long = "A".repeat(4 * MAX_FIELD);
    assert!(matches!(
        parse(&json("", &long, "", "")),
        Err(DsseError::Field {
            member: "payloadType",
            ..
        })
    ));
    assert!(matches!(
        parse(&json("", "", &long, "")),
        Err(DsseError::Field { member: "keyid", .. })
    ));
    assert!(matches!(
        parse(&json("", "", "", &long)),
        Err(DsseError::Field { member: "sig", .. })
    ));
    assert!(matches!(
        parse(&json(&"A".repeat(MAX_ENVELOPE), "", "", "")),
        Err(DsseError::TooLong(_))
    ));
    let most = "A".repeat((MAX_PAYLOAD + 3) / 3 * 4);
    assert!(matches!(
        parse(&json(&most, "", "", "")),
        Err(DsseError::Payload(_))
    ));
    let many = vec![r#"{"sig":""}"#; MAX_SIGNATURES + 1].join(",");
    let refused = parse(&format!(
        r#"{{"payload":"","payloadType":"","signatures":[{many}]}}"#
    ));
    assert!(
        matches!(&refused, Err(DsseError::Json(why)) if why.contains("at most 16 signatures")),
        "{refused:?}"
    );
}

#[test]
fn what_cannot_be_read_again_is_not_made() {
    assert!(matches!(
        Envelope::new("a".repeat(MAX_FIELD + 1), Vec::new()),
        Err(DsseError::Field { .. })
    ));
    assert_eq!(
        Envelope::new("", vec![0; MAX_PAYLOAD + 1]),
        Err(DsseError::Payload(MAX_PAYLOAD + 1))
    );
    let key = &keys(1)[0];
    let mut envelope = Envelope::new("\u{1}".repeat(MAX_FIELD), vec![0; MAX_PAYLOAD]).unwrap();
    envelope.signatures = vec![
        Signature {
            key_id: "\u{1}".repeat(MAX_FIELD),
            bytes: vec![0; MAX_FIELD]
        };
        MAX_SIGNATURES - 1
    ];
    envelope.sign(key).unwrap();
    assert_eq!(envelope.sign(key), Err(DsseError::Signatures));
    let read = parse(&envelope.to_json()).unwrap();
    assert!(
        read == envelope,
        "an envelope with everything at its longest reads differently"
    );
}

#[test]
fn every_key_that_has_signed_is_told_once_whatever_the_hints_say() {
    let all = keys(4);
    let mut envelope = Envelope::new(IN_TOTO, b"{}".to_vec()).unwrap();
    for at in [2, 0, 2] {
        envelope.sign(&all[at]).unwrap();
    }
    envelope.signatures[0].key_id = String::new();
    envelope.signatures[1].key_id = "something else".to_owned();
    let public: Vec<PublicKey> = all.iter().map(|key| key.public().clone()).collect();
    let ids = |keys: &[PublicKey]| -> Vec<KeyId> {
        envelope
            .signers(keys)
            .unwrap()
            .into_iter()
            .map(PublicKey::id)
            .collect()
    };
    assert_eq!(ids(&public), [public[2].id(), public[0].id()]);
    assert_eq!(ids(&public[..2]), [public[0].id()]);
    assert_eq!(ids(&[]), []);
    // A hint that names another key than the one that has signed is a signature that does not hold.
    let mut wrong = envelope.clone();
    wrong.signatures.truncate(1);
    wrong.signatures[0].key_id = public[1].id().to_string();
    assert_eq!(wrong.signers(&public), Ok(Vec::new()));
}

#[test]
fn signatures_without_hints_are_not_tried_for_ever() {
    let public = vec![keys(1)[0].public().clone(); MAX_TRIES / MAX_SIGNATURES + 1];
    let mut envelope = Envelope::new(IN_TOTO, b"{}".to_vec()).unwrap();
    envelope.signatures = vec![
        Signature {
            key_id: String::new(),
            bytes: vec![0; 64]
        };
        MAX_SIGNATURES
    ];
    assert_eq!(
        envelope.signers(&public),
        Err(DsseError::Unnamed {
            signatures: MAX_SIGNATURES,
            keys: public.len()
        })
    );
    assert_eq!(envelope.signers(&public[1..]), Ok(Vec::new()));
}

proptest! {
    #[test]
    fn an_envelope_reads_as_it_was_written(
        payload_type: String,
        payload: Vec<u8>,
        signatures in prop::collection::vec((any::<String>(), any::<Vec<u8>>()), 0..5),
    ) {
        let mut envelope = Envelope::new(payload_type, payload).unwrap();
        envelope.signatures = signatures.into_iter().map(|(key_id, bytes)| Signature { key_id, bytes }).collect();
        let json = envelope.to_json();
        prop_assert!(!json.contains('\n'));
        prop_assert_eq!(parse(&json), Ok(envelope));
    }

    #[test]
    fn types_and_payloads_that_differ_are_encoded_differently(
        first in ("[a 0-9]{0,6}", "[a 0-9]{0,6}"), second in ("[a 0-9]{0,6}", "[a 0-9]{0,6}"),
    ) {
        let encoded = |pair: &(String, String)| pre_authentication_encoding(&pair.0, pair.1.as_bytes());
        prop_assert_eq!(first == second, encoded(&first) == encoded(&second));
    }
}
