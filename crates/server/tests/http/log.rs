//! The log as it is served: what a client needs to prove everything without believing the server.

use crate::server::Server;
use bartizan_ledger::tlog::{self, TilePath, bundle, inclusion_proof, leaf_hash, verify_inclusion};
use bartizan_server::{LogKey, Role};
use bartizan_trust::checkpoint::Checkpoint;
use bartizan_trust::note::{Note, VerifierKey};
use serde_json::{Value, json};

struct Reader {
    server: Server,
    token: String,
    path: String,
    key: VerifierKey,
}

impl Reader {
    fn new() -> Self {
        let server = Server::signing(LogKey::generate().unwrap().0);
        let tenant = server.tenant("default");
        let token = server.token(&server.member(tenant, "reader", Role::Admin));
        let head = server
            .ask("get", "/api/v1/log")
            .token(&token)
            .send()
            .is(200)
            .json();
        Self {
            path: head["path"].as_str().unwrap().to_owned(),
            key: head["key"].as_str().unwrap().parse().unwrap(),
            server,
            token,
        }
    }

    fn say(&self, count: usize) {
        for number in 0..count {
            let decision = json!({ "action": "policy", "name": format!("p{number}"), "value": "{}" });
            self.server
                .ask("post", "/api/v1/decisions")
                .token(&self.token)
                .json(&decision)
                .send()
                .is(201);
        }
    }

    fn checkpoint(&self) -> Checkpoint {
        let note = self
            .server
            .ask("get", &format!("{}/checkpoint", self.path))
            .token(&self.token)
            .send()
            .is(200);
        assert_eq!(note.header("content-type"), Some("text/plain; charset=utf-8"));
        assert_eq!(note.header("cache-control"), Some("private, no-cache"));
        let note = Note::parse(note.text.as_bytes()).unwrap();
        Checkpoint::verify(&note, self.key.name(), std::slice::from_ref(&self.key)).unwrap()
    }

    fn get(&self, path: &str) -> (u16, Vec<u8>) {
        self.server
            .ask("get", &format!("{}/{path}", self.path))
            .token(&self.token)
            .bytes()
    }
}

#[test]
fn every_record_is_proved_to_be_in_the_signed_tree() {
    let reader = Reader::new();
    assert_eq!(reader.checkpoint().size(), 0);
    assert_eq!(reader.checkpoint().root(), &tlog::empty_root());
    reader.say(300);
    let log = reader.checkpoint();
    assert_eq!(log.size(), 300);
    let mut tiles = |tile| -> Result<Vec<u8>, u16> {
        match reader.get(&TilePath::Hashes(tile).to_string()) {
            (200, bytes) => Ok(bytes),
            (status, _) => Err(status),
        }
    };
    let mut seq = 0;
    for path in ["tile/entries/000", "tile/entries/001.p/44"] {
        let (status, bytes) = reader.get(path);
        assert_eq!(status, 200);
        for record in bundle::decode(&bytes).unwrap() {
            let proof = inclusion_proof(seq, log.size(), &mut tiles).unwrap();
            verify_inclusion(&leaf_hash(record), seq, log.size(), log.root(), &proof).unwrap();
            seq += 1;
        }
    }
    assert_eq!(seq, 300);
}

#[test]
fn a_tile_is_served_as_wide_as_it_is_asked_for_and_not_wider_than_it_is() {
    let reader = Reader::new();
    reader.say(5);
    for (path, status, length) in [
        ("tile/0/000.p/5", 200, 160),
        ("tile/0/000.p/3", 200, 96),
        ("tile/0/000.p/6", 404, 0),
        ("tile/0/000", 404, 0),
        ("tile/0/001.p/1", 404, 0),
        ("tile/1/000.p/1", 404, 0),
        ("tile/entries/000.p/6", 404, 0),
        ("tile/0/0", 400, 0),
        ("tile/0/000.p/0", 400, 0),
        ("tile/64/000", 400, 0),
        ("tile/0/x999/x999/x999/x999/x999/x999/999", 400, 0),
        ("tile/0/x000/000", 400, 0),
        ("tile/0/..%2f..%2fcheckpoint", 400, 0),
    ] {
        let (found, bytes) = reader.get(path);
        assert_eq!(found, status, "{path}");
        if status == 200 {
            assert_eq!(bytes.len(), length, "{path}");
        }
    }
}

#[test]
fn tiles_are_kept_for_ever_by_whoever_may_see_them_and_by_nobody_else() {
    let reader = Reader::new();
    reader.say(2);
    let path = format!("{}/tile/0/000.p/2", reader.path);
    let answer = reader.server.ask("get", &path);
    answer.clone().send().is(401);
    answer.clone().token("bzt_0").send().is(401);
    let other = reader.server.tenant("other");
    let stranger = reader
        .server
        .token(&reader.server.member(other, "stranger", Role::Admin));
    answer.clone().token(&stranger).send().is(404);
    // A tile is not text.
    let entries = format!("{}/tile/entries/000.p/2", reader.path);
    let answer = reader
        .server
        .ask("get", &entries)
        .token(&reader.token)
        .send()
        .is(200);
    assert_eq!(answer.header("content-type"), Some("application/octet-stream"));
    assert_eq!(
        answer.header("cache-control"),
        Some("private, max-age=31536000, immutable")
    );
}

#[test]
fn each_tenant_has_a_log_of_its_own_name() {
    let reader = Reader::new();
    let other = reader.server.tenant("other");
    let token = reader
        .server
        .token(&reader.server.member(other, "stranger", Role::Viewer));
    let head: Value = reader
        .server
        .ask("get", "/api/v1/log")
        .token(&token)
        .send()
        .is(200)
        .json();
    assert_ne!(head["origin"], json!(reader.key.name()));
    let path = format!("{}/checkpoint", head["path"].as_str().unwrap());
    let note = reader.server.ask("get", &path).token(&token).send().is(200);
    let note = Note::parse(note.text.as_bytes()).unwrap();
    let refused = Checkpoint::verify(&note, reader.key.name(), std::slice::from_ref(&reader.key));
    assert!(refused.is_err(), "{refused:?}");
}

#[test]
fn what_was_taken_away_is_said_and_the_log_says_the_same_as_before() {
    let reader = Reader::new();
    let statement = json!({
        "_type": "https://in-toto.io/Statement/v1", "predicateType": "https://example.com/x",
        "subject": [{ "name": "host:n", "digest": { "sha256": "00" } }], "predicate": { "secret": "x" },
    });
    let ask = |method: &str, path: &str| reader.server.ask(method, path).token(&reader.token);
    ask("post", "/api/v1/statements").json(&statement).send().is(201);
    let before = reader.checkpoint();
    ask("post", "/api/v1/statements/0/forget")
        .json(&json!({ "reason": " " }))
        .send()
        .is(422);
    let hold = json!({ "action": "hold", "statement": 0, "reason": "court" });
    ask("post", "/api/v1/decisions").json(&hold).send().is(201);
    let forget = || {
        ask("post", "/api/v1/statements/0/forget")
            .json(&json!({ "reason": "personal data" }))
            .send()
    };
    let refused = forget().is(422);
    assert!(refused.text.contains("court"), "{}", refused.text);
    let end = json!({ "action": "end-hold", "hold": 1, "reason": "over" });
    ask("post", "/api/v1/decisions").json(&end).send().is(201);
    forget().is(200);
    forget().is(422);
    ask("get", "/api/v1/statements/0/body").send().is(404);
    let row = ask("get", "/api/v1/statements/0").send().is(200).json();
    assert_eq!(row["taken_away"]["by"], "reader");
    assert_eq!(row["taken_away"]["reason"], "personal data");
    assert_eq!(row["taken_away"]["statement"], 3);
    // A decision stays, and what is sent again does not come back.
    ask("post", "/api/v1/statements/1/forget")
        .json(&json!({ "reason": "x" }))
        .send()
        .is(422);
    let again = ask("post", "/api/v1/statements").json(&statement).send().is(200);
    assert_eq!(again.json()["new"], false);
    let after = reader.checkpoint();
    let proof = tlog::consistency_proof(before.size(), after.size(), &mut |tile| match reader
        .get(&TilePath::Hashes(tile).to_string())
    {
        (200, bytes) => Ok(bytes),
        (status, _) => Err(status),
    })
    .unwrap();
    tlog::verify_consistency(before.size(), before.root(), after.size(), after.root(), &proof).unwrap();
}
