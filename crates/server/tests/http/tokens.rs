use crate::server::Server;
use bartizan_server::Role;
use serde_json::{Value, json};

#[test]
fn a_token_is_shown_once_and_holds_until_it_is_revoked() {
    let server = Server::start();
    let browser = server.administrator();
    let made = server
        .ask("post", "/api/v1/tokens")
        .browser(&browser)
        .json(&json!({ "name": "the pipeline", "role": "developer" }))
        .send()
        .is(201)
        .json();
    let secret = made["secret"].as_str().unwrap();
    assert!(secret.starts_with("bzt_"));
    let me = server
        .ask("get", "/api/v1/me")
        .token(secret)
        .send()
        .is(200)
        .json();
    assert_eq!(
        (&me["login"], &me["role"]),
        (&json!("admin"), &json!("developer"))
    );
    let list = server
        .ask("get", "/api/v1/tokens")
        .browser(&browser)
        .send()
        .is(200);
    assert!(!list.text.contains(secret));
    assert_eq!(list.json()["items"][0]["name"], "the pipeline");
    let path = format!("/api/v1/tokens/{}", made["token"]["id"].as_str().unwrap());
    server.ask("delete", &path).browser(&browser).send().is(204);
    server.ask("delete", &path).browser(&browser).send().is(404);
    server.ask("get", "/api/v1/me").token(secret).send().is(401);
    let told = server.told(server.tenant("default"));
    let events: Vec<&str> = told.iter().rev().take(2).map(|told| told.0.as_str()).collect();
    assert_eq!(events, ["token-revoked", "token-made"]);
    assert!(!format!("{told:?}").contains(secret));
}

#[test]
fn a_token_may_no_more_than_its_owner_and_makes_no_other() {
    let server = Server::start();
    server.administrator();
    let tenant = server.tenant("default");
    let member = server.member(tenant, "dev", Role::Developer);
    let browser = server.browser(&member);
    let make = |body: Value| {
        server
            .ask("post", "/api/v1/tokens")
            .browser(&browser)
            .json(&body)
            .send()
            .status
    };
    assert_eq!(make(json!({ "name": "n", "role": "responder" })), 403);
    assert_eq!(
        make(json!({ "name": "n", "role": "developer", "days": 366 })),
        422
    );
    assert_eq!(make(json!({ "name": "n", "role": "developer", "days": 0 })), 422);
    assert_eq!(make(json!({ "name": "two\nlines", "role": "viewer" })), 422);
    assert_eq!(make(json!({ "name": " ", "role": "viewer" })), 422);
    assert_eq!(
        make(json!({ "name": "n", "role": "developer", "days": 365 })),
        201
    );
    let token = server.token(&member);
    server
        .ask("post", "/api/v1/tokens")
        .token(&token)
        .json(&json!({ "name": "n", "role": "viewer" }))
        .send()
        .is(403);
    // Whoever may less from now on, their tokens may less too.
    server
        .store()
        .write_all(|all| all.set_membership(tenant, member.person, Some("viewer")))
        .unwrap();
    let me = server.ask("get", "/api/v1/me").token(&token).send().is(200);
    assert_eq!(me.json()["role"], "viewer");
}

#[test]
fn one_sees_and_revokes_ones_own_tokens_and_an_administrator_those_of_all() {
    let server = Server::start();
    let administrator = server.administrator();
    let tenant = server.tenant("default");
    let (one, other) = (
        server.member(tenant, "one", Role::Viewer),
        server.member(tenant, "other", Role::Viewer),
    );
    let (own, foreign) = (server.token(&one), server.token(&other));
    let list = |answer: crate::client::Answer| {
        let items = answer.is(200).json()["items"].as_array().unwrap().clone();
        let text = |item: &Value, field: &str| item[field].as_str().unwrap().to_owned();
        items
            .iter()
            .map(|item| (text(item, "login"), text(item, "id")))
            .collect::<Vec<_>>()
    };
    let seen = list(server.ask("get", "/api/v1/tokens").token(&own).send());
    assert_eq!(
        seen.iter().map(|(login, _)| login.as_str()).collect::<Vec<_>>(),
        ["one"]
    );
    let all = list(server.ask("get", "/api/v1/tokens").browser(&administrator).send());
    assert_eq!(all.len(), 2);
    let id = &all.iter().find(|(login, _)| login == "other").unwrap().1;
    let path = format!("/api/v1/tokens/{id}");
    server.ask("delete", &path).token(&own).send().is(404);
    server.ask("get", "/api/v1/me").token(&foreign).send().is(200);
    server.ask("delete", &path).browser(&administrator).send().is(204);
    server.ask("get", "/api/v1/me").token(&foreign).send().is(401);
}

#[test]
fn a_token_that_has_expired_holds_no_longer() {
    let server = Server::start();
    let member = server.member(server.tenant("t"), "one", Role::Viewer);
    let token = server.token_until(&member, "old", server.app.now() - 1);
    server.ask("get", "/api/v1/me").token(&token).send().is(401);
}
