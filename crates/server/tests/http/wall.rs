//! The wall between tenants: whatever one asks with the ids and keys of another, nothing of the other shows.

use crate::client::{Answer, Browser};
use crate::roles::operations;
use crate::server::{Member, Server};
use crate::told::{self, Shape, Words};
use bartizan_ledger::alerts::{Agent, Head, Watch, numbered, statement};
use bartizan_model::Timestamp;
use bartizan_server::{Role, Transport};
use bartizan_store::StoreError;
use bartizan_testbed::Engine;
use bartizan_trust::keys::{SigningKey, SigningKind};
use proptest::prelude::*;
use serde_json::{Value, json};

/// Requests with one token, fewer than are held up.
const PER_TOKEN: usize = 300;

/// Everything that is known of a tenant, by its own administrator.
struct Tenant {
    name: String,
    member: Member,
    words: Words,
    /// The name of a part of its policy.
    policy: String,
    findings: Vec<Value>,
    fixes: Vec<Value>,
    changes: Vec<Value>,
    ids: Vec<String>,
    assets: Vec<Value>,
    statements: Vec<Value>,
    tokens: Vec<Value>,
    people: Vec<Value>,
    channels: Vec<Value>,
    deliveries: Vec<Value>,
    keys: Vec<Value>,
}

/// Makes a tenant with people, tokens, statements and decisions.
fn furnish(server: &Server, tag: &str, shape: &Shape) -> Tenant {
    let mut words = Words::of(tag);
    let name = words.word();
    let tenant = server.tenant(&name);
    let member = server.member(tenant, &words.word(), Role::Admin);
    server.member(tenant, &words.word(), Role::Viewer);
    server.token_until(&member, &words.word(), server.app.now() + 3_600_000);
    let opened = told::tell(
        server.store(),
        tenant,
        (&member.login, server.app.now()),
        shape,
        &mut words,
    );
    assert!(opened > 0);
    let token = server.token(&member);
    let first = words.prints[0].clone();
    let key = list(server, &token, "/api/v1/assets")[0]["key"].clone();
    let policy = words.word();
    for decision in [
        json!({ "action": "waive", "fingerprint": first, "reason": words.word() }),
        json!({ "action": "assign", "asset": key, "owner": words.word() }),
        json!({ "action": "label", "asset": key, "labels": { words.word(): words.word() } }),
        json!({ "action": "link", "source": key, "kind": "loads", "target": format!("host:{}", words.word()) }),
        json!({ "action": "policy", "name": policy, "value": json!(words.word()).to_string() }),
        json!({ "action": "attest", "control": "cis-docker:4.1", "statement": words.word(), "until": in_days(&server.app, 30) }),
        json!({ "action": "trust-key", "name": words.word(), "key": public_key(), "subjects": [words.word()] }),
        json!({ "action": "hold", "statement": 0, "reason": words.word() }),
    ] {
        server
            .ask("post", "/api/v1/decisions")
            .token(&token)
            .json(&decision)
            .send()
            .is(201);
    }
    server
        .ask("post", "/api/v1/statements")
        .token(&token)
        .json(&alerts(&mut words))
        .send()
        .is(201);
    let channel = server
        .ask("post", "/api/v1/channels")
        .token(&token)
        .json(&json!({
            "name": words.word(),
            "target": { "kind": "gitlab", "url": format!("https://{}.example", words.word()), "project": words.word(), "token": words.word() },
            "filter": { "owner": words.word(), "labels": { words.word(): words.word() } },
        }))
        .send()
        .is(201);
    let test = format!("/api/v1/channels/{}/test", channel.json()["channel"]["id"]);
    server.ask("post", &test).token(&token).send().is(202);
    let findings = ["open", "fixed", "waived"]
        .into_iter()
        .flat_map(|status| list(server, &token, &format!("/api/v1/findings?status={status}")));
    let findings: Vec<Value> = findings.collect();
    let ids = findings.iter().flat_map(|row| {
        let story = server
            .ask("get", &format!("/api/v1/findings/{}", row["id"]))
            .token(&token)
            .send()
            .is(200)
            .json();
        story["report"]["ids"].as_array().cloned().unwrap_or_default()
    });
    Tenant {
        ids: ids.filter_map(|id| id.as_str().map(str::to_owned)).collect(),
        findings,
        fixes: list(server, &token, "/api/v1/fixes"),
        changes: list(server, &token, "/api/v1/changes"),
        assets: list(server, &token, "/api/v1/assets"),
        statements: list(server, &token, "/api/v1/statements"),
        tokens: list(server, &token, "/api/v1/tokens"),
        people: list(server, &token, "/api/v1/people"),
        channels: list(server, &token, "/api/v1/channels"),
        deliveries: list(server, &token, "/api/v1/deliveries"),
        keys: list(server, &token, "/api/v1/keys"),
        name,
        member,
        words,
        policy,
    }
}

/// A batch with one alert of an agent.
fn alerts(words: &mut Words) -> Value {
    let head = Head {
        agent: Agent {
            host: format!("host:{}", words.word()),
            name: words.word(),
            version: words.word(),
            cluster: words.word(),
        },
        stream: "0".repeat(32),
        after: 0,
        last: 1,
        sealed: Timestamp::from_unix_seconds(0),
        watch: Watch {
            since: Timestamp::from_unix_seconds(0),
            rules: vec![words.word()],
        },
    };
    let alert = json!({ "rule": words.word(), "priority": "error", "time": "2027-01-01T00:00:00Z", "output": words.word() });
    let statement = statement(&head, &[numbered(1, &alert.to_string())]).unwrap();
    serde_json::from_str(&statement).unwrap()
}

/// The day so many days from now.
fn in_days(app: &bartizan_server::App, days: i64) -> String {
    let at = app.now() / 1_000 + days * 86_400;
    bartizan_model::Timestamp::from_unix_seconds(at)
        .date()
        .to_string()
}

fn public_key() -> String {
    SigningKey::generate(SigningKind::Ed25519)
        .unwrap()
        .public()
        .to_pem()
}

fn list(server: &Server, token: &str, path: &str) -> Vec<Value> {
    let join = if path.contains('?') { '&' } else { '?' };
    let answer = server
        .ask("get", &format!("{path}{join}limit=500"))
        .token(token)
        .send()
        .is(200);
    answer.json()["items"].as_array().unwrap().clone()
}

fn texts(rows: &[Value], field: &str) -> Vec<String> {
    let text = |row: &Value| match &row[field] {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    rows.iter().map(text).collect()
}

impl Tenant {
    /// What of this tenant may stand in a path.
    fn ids(&self, path: &str) -> Vec<String> {
        let (rows, field) = match path {
            "/api/v1/statements/{seq}"
            | "/api/v1/statements/{seq}/body"
            | "/api/v1/statements/{seq}/forget" => (&self.statements, "seq"),
            "/api/v1/logs/{tenant}/checkpoint" => return vec![self.member.tenant.0.to_string()],
            "/api/v1/findings/{id}" => (&self.findings, "id"),
            "/api/v1/fixes/{id}" => (&self.fixes, "id"),
            "/api/v1/changes/{id}/fixes" => (&self.changes, "id"),
            "/api/v1/gaps/{lacks}" => return ["bill", "provenance", "owner"].map(str::to_owned).to_vec(),
            "/api/v1/assets/{id}" | "/api/v1/assets/{id}/bills" | "/api/v1/assets/{id}/quality" => {
                (&self.assets, "id")
            }
            "/api/v1/tokens/{id}" => (&self.tokens, "id"),
            "/api/v1/compliance/cis-docker/controls/{control}" => return vec!["4.1".to_owned()],
            "/api/v1/people/{id}" | "/api/v1/people/{id}/link" => (&self.people, "id"),
            "/api/v1/channels/{id}" | "/api/v1/channels/{id}/test" => (&self.channels, "id"),
            "/api/v1/deliveries/{id}/retry" => (&self.deliveries, "id"),
            "/api/v1/policies/{name}" => return vec![self.policy.clone()],
            other => panic!("say here which ids {other} takes"),
        };
        texts(rows, field)
    }

    /// What of this tenant may stand in a query.
    fn values(&self, parameter: &str) -> Vec<String> {
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        match parameter {
            "asset" => texts(&self.assets, "key"),
            "rule" => texts(&self.findings, "rule"),
            "fix" => texts(&self.fixes, "id"),
            "channel" => texts(&self.channels, "id"),
            "about" => vec![self.words.tag().to_owned()],
            "kind" => texts(&self.assets, "kind"),
            "status" => words(&["open", "fixed", "waived"]),
            "severity" => words(&["info"]),
            "when" => words(&["breached", "today"]),
            "days" => words(&["366"]),
            "scope" => words(&["all", "changes"]),
            "by" => {
                let label = self
                    .assets
                    .iter()
                    .find_map(|asset| asset["labels"].as_object()?.keys().next());
                let label = label.map(|name| format!("label:{name}"));
                words(&["owner", "asset", "kind"])
                    .into_iter()
                    .chain(label)
                    .collect()
            }
            "due_before" => words(&["9223372036854775807"]),
            "predicate_type" => texts(&self.statements, "predicate_type"),
            "package" => vec![
                "shared".to_owned(),
                "pkg:npm/shared".to_owned(),
                format!("pkg:npm/{}", self.words.tag()),
            ],
            "advisory" => self.ids.clone(),
            "license" => words(&["MIT"]),
            "image" | "host" | "thing" => texts(&self.assets, "key"),
            "credential" => self.words.prints.clone(),
            "from" | "to" => texts(&self.statements, "seq"),
            "tenant" => vec![self.name.clone()],
            "code" | "iss" | "error" | "error_description" => words(&["x"]),
            "state" => words(&["waiting", "sent", "given-up", "manual", "x"]),
            "limit" => words(&["500"]),
            "label" => self
                .assets
                .iter()
                .flat_map(|row| row["labels"].as_object().unwrap())
                .map(|(name, value)| format!("{name}={}", value.as_str().unwrap()))
                .collect(),
            "family" => words(&["x"]),
            "gaps" => words(&["true"]),
            "format" => words(&["oscal", "csv", "html", "json"]),
            "cursor" => words(&["0.0", "1.1", "7fffffffffffffff.7fffffffffffffff"]),
            other => panic!("say here what the parameter `{other}` may be"),
        }
    }

    /// What may be sent with things of this tenant in it.
    fn bodies(&self, method: &str, path: &str) -> Vec<Value> {
        let key = &self.assets[0]["key"];
        match (method, path) {
            ("post", "/api/v1/decisions") => vec![
                json!({ "action": "waive", "fingerprint": self.words.prints[0], "reason": "x" }),
                json!({ "action": "waive", "fingerprint": self.words.prints[0], "asset": key, "reason": "x" }),
                json!({ "action": "waive", "rule": self.findings[0]["rule"], "reason": "x" }),
                json!({ "action": "end-waiver", "waiver": self.statements.len() - 8, "reason": "x" }),
                json!({ "action": "assign", "asset": key, "remedy": self.fixes[0]["what"], "owner": "x" }),
                json!({ "action": "withdraw-attestation", "attestation": self.statements.len() - 1, "reason": "x" }),
                json!({ "action": "label", "asset": key, "labels": { "exposure": "open" } }),
                json!({ "action": "link", "source": key, "kind": "loads", "target": key }),
                json!({ "action": "unlink", "source": key, "kind": "loads", "target": format!("host:{}", self.name) }),
                json!({ "action": "hold", "statement": self.statements.len() - 1, "reason": "x" }),
                json!({ "action": "end-hold", "hold": self.statements.len() - 1, "reason": "x" }),
                json!({ "action": "revoke-key", "key": self.keys[0]["key"], "reason": "x" }),
            ],
            ("post", "/api/v1/statements/{seq}/forget") => vec![json!({ "reason": "x" })],
            ("post", "/api/v1/people") => {
                vec![json!({ "login": self.people[0]["login"], "role": "admin" })]
            }
            ("patch", "/api/v1/people/{id}") => {
                vec![json!({ "role": "admin" }), json!({ "disabled": true })]
            }
            ("put", "/api/v1/session/password") => {
                vec![json!({ "current": self.name, "new": "twelve or more" })]
            }
            ("put", "/api/v1/session/tenant") => vec![json!({ "tenant": self.name })],
            ("post", "/api/v1/setup") => vec![json!({ "secret": "x", "password": "twelve or more" })],
            ("post", "/api/v1/tokens") => vec![json!({ "name": "x", "role": "viewer", "tenant": self.name })],
            ("post", "/api/v1/channels") => {
                vec![
                    json!({ "name": "x", "target": self.channels[0]["target"], "filter": self.channels[0]["filter"] }),
                ]
            }
            ("patch", "/api/v1/channels/{id}") => {
                vec![
                    json!({ "target": self.channels[0]["target"] }),
                    json!({ "new_secret": true }),
                ]
            }
            (
                "post",
                "/api/v1/statements"
                | "/api/v1/session"
                | "/api/v1/people/{id}/link"
                | "/api/v1/channels/{id}/test"
                | "/api/v1/deliveries/{id}/retry",
            )
            | ("delete", _) => {
                vec![Value::Null]
            }
            (method, path) => panic!("say here what {method} {path} takes"),
        }
    }

    /// That nothing of this tenant is in an answer but what was sent.
    fn is_not_in(&self, answer: &Answer, sent: &str, case: &str) {
        let mut text = answer.everything();
        let mut words: Vec<&str> = sent
            .split(|letter: char| !letter.is_ascii_alphanumeric())
            .collect();
        words.sort_by_key(|word| std::cmp::Reverse(word.len()));
        for word in words.into_iter().filter(|word| word.len() > 8) {
            text = text.replace(word, "");
        }
        assert!(!text.contains(self.words.tag()), "{case}: {text}");
        for print in &self.words.prints {
            assert!(!text.contains(print), "{case}: {text}");
        }
        for digest in texts(&self.statements, "digest") {
            assert!(!text.contains(&digest), "{case}: {text}");
        }
    }

    /// What its own people see of it, as far as it does not depend on the time.
    fn seen(&self, server: &Server) -> String {
        let token = server.token(&self.member);
        let paths = [
            "/api/v1/findings?status=open",
            "/api/v1/findings?status=waived",
            "/api/v1/fixes",
            "/api/v1/alerts",
            "/api/v1/alert-streams",
            "/api/v1/assets",
            "/api/v1/statements",
            "/api/v1/people",
            "/api/v1/channels",
            "/api/v1/keys",
            "/api/v1/holds",
        ];
        let control = server
            .ask("get", "/api/v1/compliance/cis-docker/controls/4.1")
            .token(&token)
            .send()
            .is(200)
            .json();
        format!(
            "{:?}{}",
            paths.map(|path| list(server, &token, path)),
            control["attestations"]
        )
    }
}

/// Whoever asks on the other side of the wall.
struct Prober<'s> {
    server: &'s Server,
    member: Member,
    browser: Browser,
    token: String,
    asked: usize,
}

impl Prober<'_> {
    fn ask(&mut self, method: &str, path: &str, (operation, body): (&Value, &Value)) -> Answer {
        self.asked += 1;
        if self.asked.is_multiple_of(PER_TOKEN) {
            self.token = self.server.token(&self.member);
        }
        let ask = self.server.ask(method, path);
        let ask = if body.is_null() { ask } else { ask.json(body) };
        if operation["security"].is_null() {
            ask.token(&self.token).send()
        } else {
            ask.browser(&self.browser).send()
        }
    }
}

/// Paths with everything of the tenant in them that they take.
fn paths(other: &Tenant, path: &str, operation: &Value) -> Vec<String> {
    // Frameworks are the same for everybody.
    let path = &path.replace("{framework}", "cis-docker");
    let filled = match (path.find('{'), path.find('}')) {
        (Some(from), Some(to)) => other
            .ids(path)
            .into_iter()
            .map(|id| format!("{}{id}{}", &path[..from], &path[to + 1..]))
            .collect(),
        _ => vec![path.clone()],
    };
    let mut all = filled.clone();
    for parameter in operation["parameters"].as_array().into_iter().flatten() {
        if parameter["in"] == "query" {
            let name = parameter["name"].as_str().unwrap();
            for value in other.values(name) {
                let value = value
                    .replace('%', "%25")
                    .replace('#', "%23")
                    .replace('&', "%26")
                    .replace('+', "%2b");
                all.extend(filled.iter().map(|path| format!("{path}?{name}={value}")));
            }
        }
    }
    all
}

fn probe(server: &Server, own: &Tenant, other: &Tenant) {
    let mut prober = Prober {
        server,
        browser: server.browser(&own.member),
        token: server.token(&own.member),
        member: own.member.clone(),
        asked: 0,
    };
    let mut all = operations(server);
    // What ends the session comes last.
    all.sort_by_key(|(method, path, _)| (method != "get", method == "delete" && path.contains("/session")));
    for (method, path, operation) in &all {
        let bodies = match method.as_str() {
            "get" => vec![Value::Null],
            _ => other.bodies(method, path),
        };
        for filled in paths(other, path, operation) {
            for body in &bodies {
                let body = match (method.as_str(), path.as_str()) {
                    // Somebody of the one tenant signs in to the other.
                    ("post", "/api/v1/session") => {
                        &json!({ "login": own.member.login, "password": crate::server::password(), "tenant": other.name })
                    }
                    _ => body,
                };
                let answer = prober.ask(method, &filled, (operation, body));
                let case = format!("{method} {filled} {body}");
                assert!(
                    answer.status < 500 && answer.status != 429,
                    "{case}: {}",
                    answer.text
                );
                other.is_not_in(&answer, &format!("{filled} {body}"), &case);
                if path.starts_with("/api/v1/logs/") {
                    assert_eq!(answer.status, 404, "{case}: {}", answer.text);
                }
                if path.starts_with("/api/v1/people/") || path.starts_with("/api/v1/tokens/") {
                    assert_eq!(answer.status, 404, "{case}: {}", answer.text);
                }
                if path == "/api/v1/session" && method == "post" {
                    assert_eq!(answer.status, 401, "{case}: {}", answer.text);
                }
            }
        }
    }
}

fn the_wall_holds(server: &Server, one: &Shape, two: &Shape) {
    let one = furnish(server, "walla", one);
    let two = furnish(server, "wallb", two);
    // The words do show to whom they belong: a test that never sees them proves nothing.
    let (seen_one, seen_two) = (one.seen(server), two.seen(server));
    assert!(seen_two.matches(two.words.tag()).count() > 20);
    assert!(!seen_one.contains(two.words.tag()) && !seen_two.contains(one.words.tag()));
    probe(server, &one, &two);
    assert_eq!(seen_two, two.seen(server));
    let members = server
        .store()
        .read_all(|all| -> Result<_, StoreError> { all.members_of_tenant(two.member.tenant) })
        .unwrap();
    assert_eq!(members.len(), 2);
}

fn cases(cases: u32) -> ProptestConfig {
    ProptestConfig {
        cases,
        max_shrink_iters: 0,
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(cases(4))]

    #[test]
    fn nothing_of_a_tenant_shows_on_the_other_side(one in told::shape(), two in told::shape()) {
        the_wall_holds(&Server::start(), &one, &two);
    }
}

proptest! {
    #![proptest_config(cases(2))]

    #[test]
    fn nothing_of_a_tenant_shows_on_the_other_side_with_postgresql(one in told::shape(), two in told::shape()) {
        let database = Engine::Postgres.database().unwrap();
        the_wall_holds(&Server::on(&database, Transport::Loopback), &one, &two);
    }
}
