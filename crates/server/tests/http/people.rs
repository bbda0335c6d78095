use crate::client::{Answer, Browser};
use crate::server::{Server, password};
use bartizan_server::Role;
use serde_json::{Value, json};

fn change(server: &Server, browser: &Browser, id: i64, body: &Value) -> Answer {
    server
        .ask("patch", &format!("/api/v1/people/{id}"))
        .browser(browser)
        .json(body)
        .send()
}

#[test]
fn somebody_new_is_let_in_by_a_link() {
    let server = Server::start();
    let browser = server.administrator();
    let add = |body: Value| {
        server
            .ask("post", "/api/v1/people")
            .browser(&browser)
            .json(&body)
            .send()
    };
    let added = add(json!({ "login": " Eve@Example.com", "name": "Eve", "role": "responder" }))
        .is(201)
        .json();
    assert_eq!(added["person"]["login"], "eve@example.com");
    assert_eq!(added["person"]["has_password"], false);
    let link = added["link"]["link"].as_str().unwrap();
    let eve = server.follow(link.strip_prefix("/#/setup/").unwrap());
    let me = server.ask("get", "/api/v1/me").browser(&eve).send().is(200);
    assert_eq!(me.json()["role"], "responder");
    add(json!({ "login": "eve@example.com", "role": "viewer" })).is(422);
    add(json!({ "login": "two words", "role": "viewer" })).is(422);
    add(json!({ "login": "x", "role": "owner" })).is(400);
    let people = server
        .ask("get", "/api/v1/people")
        .browser(&browser)
        .send()
        .is(200);
    let logins: Vec<Value> = people.json()["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|person| person["login"].clone())
        .collect();
    assert_eq!(logins, ["admin", "eve@example.com"]);
}

#[test]
fn whoever_is_shut_out_is_out_at_once() {
    let server = Server::start();
    let administrator = server.administrator();
    let tenant = server.tenant("default");
    let member = server.member(tenant, "dev", Role::Developer);
    let (browser, token) = (server.browser(&member), server.token(&member));
    let me = || {
        (
            server.ask("get", "/api/v1/me").browser(&browser).send().status,
            server.ask("get", "/api/v1/me").token(&token).send().status,
        )
    };
    assert_eq!(me(), (200, 200));
    let person = change(
        &server,
        &administrator,
        member.person,
        &json!({ "disabled": true }),
    )
    .is(200);
    assert!(person.json()["disabled"].is_string());
    assert_eq!(me(), (401, 401));
    let sign_in = || {
        server
            .ask("post", "/api/v1/session")
            .json(&json!({ "login": "dev", "password": password() }))
            .send()
            .status
    };
    assert_eq!(sign_in(), 401);
    let link = format!("/api/v1/people/{}/link", member.person);
    server.ask("post", &link).browser(&administrator).send().is(422);
    change(
        &server,
        &administrator,
        member.person,
        &json!({ "disabled": false }),
    )
    .is(200);
    // The token holds again, the session does not.
    assert_eq!((me(), sign_in()), ((401, 200), 200));
    let events = server.events(tenant);
    assert!(events.contains(&"person-shut-out".to_owned()) && events.contains(&"person-let-in".to_owned()));
}

#[test]
fn a_role_is_another_one_at_once_and_the_ledger_says_by_whom() {
    let server = Server::start();
    let administrator = server.administrator();
    let tenant = server.tenant("default");
    let member = server.member(tenant, "dev", Role::Developer);
    let browser = server.browser(&member);
    change(
        &server,
        &administrator,
        member.person,
        &json!({ "role": "viewer" }),
    )
    .is(200);
    let me = server.ask("get", "/api/v1/me").browser(&browser).send().is(200);
    assert_eq!(me.json()["role"], "viewer");
    let told = server.told(tenant);
    assert!(told.contains(&(
        "role-changed".to_owned(),
        "dev".to_owned(),
        "developer to viewer".to_owned(),
        "admin".to_owned()
    )));
}

#[test]
fn a_tenant_keeps_an_administrator() {
    let server = Server::start();
    let browser = server.administrator();
    change(&server, &browser, 1, &json!({ "role": "viewer" })).is(422);
    change(&server, &browser, 1, &json!({ "disabled": true })).is(422);
    server
        .ask("get", "/api/v1/people")
        .browser(&browser)
        .send()
        .is(200);
    let other = server.member(server.tenant("default"), "other", Role::Viewer);
    change(&server, &browser, other.person, &json!({ "role": "admin" })).is(200);
    change(&server, &browser, 1, &json!({ "role": "viewer" })).is(200);
    server
        .ask("get", "/api/v1/people")
        .browser(&browser)
        .send()
        .is(403);
}

#[test]
fn nobody_decides_over_a_person_of_a_tenant_that_is_not_theirs() {
    let server = Server::start();
    let browser = server.administrator();
    let elsewhere = server.tenant("elsewhere");
    let foreign = server.member(elsewhere, "foreign", Role::Viewer);
    let both = server.member(server.tenant("default"), "both", Role::Viewer);
    server
        .store()
        .write_all(|all| all.set_membership(elsewhere, both.person, Some("viewer")))
        .unwrap();
    for (member, status) in [(&foreign, 404), (&both, 403)] {
        change(&server, &browser, member.person, &json!({ "disabled": true })).is(status);
        change(&server, &browser, member.person, &json!({ "role": "admin" })).is(status);
        let link = format!("/api/v1/people/{}/link", member.person);
        server.ask("post", &link).browser(&browser).send().is(status);
    }
}
