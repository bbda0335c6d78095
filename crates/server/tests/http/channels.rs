//! Channels over the interface: who makes them, what they keep to themselves, and what is refused.

use crate::client::Answer;
use crate::server::{Member, Server};
use bartizan_server::Role;
use bartizan_testbed::Engine;
use serde_json::{Value, json};

struct Place {
    server: Server,
    admin: Member,
    token: String,
}

impl Place {
    fn new() -> Self {
        let server = Server::start();
        let tenant = server.tenant("default");
        let admin = server.member(tenant, "root", Role::Admin);
        let token = server.token(&admin);
        Self { server, admin, token }
    }

    fn ask(&self, method: &str, path: &str, body: &Value) -> Answer {
        self.server.ask(method, path).token(&self.token).json(body).send()
    }
}

/// A text that is nowhere else.
fn hush() -> String {
    bartizan_model::encoding::hex(&bartizan_server::secret::random::<12>().unwrap())
}

#[test]
fn a_secret_is_shown_once_and_nothing_secret_is_ever_given_back_or_kept_in_the_clear() {
    let database = Engine::Sqlite.database().unwrap();
    let server = Server::telling(&database, false);
    let tenant = server.tenant("default");
    let token = server.token(&server.member(tenant, "root", Role::Admin));
    let ask =
        |method: &str, path: &str, body: &Value| server.ask(method, path).token(&token).json(body).send();
    let word = hush();
    let made = ask(
        "post",
        "/api/v1/channels",
        &json!({ "name": "hook", "target": { "kind": "webhook", "url": format!("https://example.com/in?key={word}") } }),
    )
    .is(201);
    let secret = made.json()["secret"].as_str().unwrap().to_owned();
    assert!(secret.starts_with("whsec_"), "{secret}");
    assert_eq!(
        made.json()["channel"]["target"]["url"],
        "https://example.com/in?…"
    );
    ask(
        "post",
        "/api/v1/channels",
        &json!({ "name": "tracker", "target": { "kind": "github", "repository": "acme/shop", "token": word } }),
    )
    .is(201);
    let id = made.json()["channel"]["id"].clone();
    let renewed = ask(
        "patch",
        &format!("/api/v1/channels/{id}"),
        &json!({ "new_secret": true }),
    )
    .is(200);
    let other = renewed.json()["secret"].as_str().unwrap().to_owned();
    assert_ne!(secret, other);
    let list = ask("get", "/api/v1/channels", &Value::Null).is(200);
    let everything = format!(
        "{}{}",
        list.text,
        ask("get", "/api/v1/statements", &Value::Null).text
    );
    let told = format!("{:?}", server.told(tenant));
    let kept: Vec<u8> = ["", "-wal"]
        .iter()
        .flat_map(|end| {
            std::fs::read(format!("{}{end}", database.file().unwrap().display())).unwrap_or_default()
        })
        .collect();
    let kept = String::from_utf8_lossy(&kept);
    for hidden in [&word, &secret, &other] {
        assert!(!everything.contains(hidden.as_str()) && !told.contains(hidden.as_str()));
        assert!(
            !kept.contains(hidden.trim_start_matches("whsec_")),
            "{hidden} is in the file"
        );
    }
    assert!(kept.contains("acme/shop"), "the file was not read");
}

#[test]
fn what_is_done_to_channels_is_in_the_ledger() {
    let place = Place::new();
    let target = json!({ "kind": "slack", "url": "https://hooks.example.com/x" });
    let made = place
        .ask(
            "post",
            "/api/v1/channels",
            &json!({ "name": "chat", "target": target }),
        )
        .is(201);
    let path = format!("/api/v1/channels/{}", made.json()["channel"]["id"]);
    place.ask("post", &format!("{path}/test"), &Value::Null).is(202);
    place.ask("patch", &path, &json!({ "enabled": false })).is(200);
    place.ask("post", &format!("{path}/test"), &Value::Null).is(422);
    place.ask("delete", &path, &Value::Null).is(204);
    place.ask("delete", &path, &Value::Null).is(404);
    let told: Vec<(String, String)> = place
        .server
        .told(place.admin.tenant)
        .into_iter()
        .map(|(event, subject, ..)| (event, subject))
        .collect();
    let of = |event: &str| (event.to_owned(), "chat".to_owned());
    assert_eq!(
        told,
        [
            of("channel-made"),
            of("channel-tested"),
            of("channel-changed"),
            of("channel-removed")
        ]
    );
    assert_eq!(
        place
            .ask("get", "/api/v1/deliveries", &Value::Null)
            .is(200)
            .json()["items"],
        json!([])
    );
}

#[test]
fn a_secret_does_not_follow_a_channel_to_another_host() {
    let place = Place::new();
    let target = |url: &str| json!({ "kind": "gitlab", "url": url, "project": "a/b" });
    let mut first = target("https://git.example.com");
    first["token"] = json!(hush());
    let made = place
        .ask(
            "post",
            "/api/v1/channels",
            &json!({ "name": "t", "target": first }),
        )
        .is(201);
    let path = format!("/api/v1/channels/{}", made.json()["channel"]["id"]);
    let mut same = target("https://git.example.com");
    same["project"] = json!("a/c");
    place.ask("patch", &path, &json!({ "target": same })).is(200);
    let refused = place
        .ask(
            "patch",
            &path,
            &json!({ "target": target("https://evil.example") }),
        )
        .is(422);
    assert!(
        refused.text.contains("`token` is to be said again"),
        "{}",
        refused.text
    );
    let list = place.ask("get", "/api/v1/channels", &Value::Null).json();
    assert_eq!(list["items"][0]["target"]["url"], "https://git.example.com");
}

#[test]
fn what_cannot_be_is_refused_with_a_reason() {
    let place = Place::new();
    let hook = json!({ "kind": "webhook", "url": "https://example.com/" });
    place
        .ask(
            "post",
            "/api/v1/channels",
            &json!({ "name": "one", "target": hook }),
        )
        .is(201);
    for (body, status) in [
        (json!({ "name": "one", "target": hook }), 422),
        (json!({ "name": "", "target": hook }), 422),
        (json!({ "name": "x", "target": { "kind": "pigeon" } }), 400),
        (
            json!({ "name": "x", "target": { "kind": "webhook", "url": "file:///etc/passwd" } }),
            422,
        ),
        (
            json!({ "name": "x", "target": { "kind": "github", "repository": "a/b" } }),
            422,
        ),
        (json!({ "name": "x", "target": hook, "events": [] }), 422),
        (
            json!({ "name": "x", "target": hook, "pace": { "messages": 0, "minutes": 1 } }),
            422,
        ),
        (
            json!({ "name": "x", "target": hook, "filter": { "severity": "awful" } }),
            422,
        ),
    ] {
        place.ask("post", "/api/v1/channels", &body).is(status);
    }
    let policy = |value: &str| json!({ "action": "policy", "name": "notices", "value": value });
    place
        .ask(
            "post",
            "/api/v1/decisions",
            &policy(r#"{"breach_soon_hours": "x"}"#),
        )
        .is(422);
    place
        .ask(
            "post",
            "/api/v1/decisions",
            &policy(r#"{"breach_soon_hours": 4}"#),
        )
        .is(201);
}
