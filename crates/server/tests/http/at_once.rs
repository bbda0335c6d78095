//! What must hold when several people, or several replicas, do the same at once; with both engines.

use crate::client::Browser;
use crate::server::{Server, password};
use bartizan_server::{Role, Transport, setup};
use bartizan_testbed::{Database, on_both_engines};
use serde_json::{Value, json};

on_both_engines!(
    somebody_is_let_in_works_and_is_shut_out,
    the_first_administrator_is_made_once_however_many_replicas_start,
    a_link_lets_in_once_however_often_it_is_followed,
    two_administrators_do_not_take_each_other_away,
    everything_that_is_done_at_once_is_in_the_ledger,
);

fn served(database: &Database) -> Server {
    Server::on(database, Transport::Loopback)
}

fn somebody_is_let_in_works_and_is_shut_out(database: &Database) {
    let server = served(database);
    let administrator = server.administrator();
    let post = |path: &str, body: Value| {
        server
            .ask("post", path)
            .browser(&administrator)
            .json(&body)
            .send()
    };
    let added = post("/api/v1/people", json!({ "login": "dev", "role": "developer" }))
        .is(201)
        .json();
    let link = added["link"]["link"].as_str().unwrap();
    let dev = server.follow(link.strip_prefix("/#/setup/").unwrap());
    let token = server
        .ask("post", "/api/v1/tokens")
        .browser(&dev)
        .json(&json!({ "name": "n", "role": "developer" }))
        .send()
        .is(201)
        .json();
    let assign = || {
        server
            .ask("post", "/api/v1/decisions")
            .token(token["secret"].as_str().unwrap())
            .json(&json!({ "action": "assign", "asset": "repo:x", "owner": "dev" }))
            .send()
    };
    assign().is(201);
    let path = format!("/api/v1/people/{}", added["person"]["id"]);
    server
        .ask("patch", &path)
        .browser(&administrator)
        .json(&json!({ "role": "viewer" }))
        .send()
        .is(200);
    assign().is(403);
    server
        .ask("patch", &path)
        .browser(&administrator)
        .json(&json!({ "disabled": true }))
        .send()
        .is(200);
    assign().is(401);
    let events = server.events(server.tenant("default"));
    assert_eq!(
        events,
        [
            "person-added",
            "link-made",
            "password-set",
            "sign-in",
            "person-added",
            "link-made",
            "password-set",
            "sign-in",
            "token-made",
            "role-changed",
            "person-shut-out"
        ]
    );
}

fn the_first_administrator_is_made_once_however_many_replicas_start(database: &Database) {
    let replicas = [served(database), served(database), served(database)];
    let links: Vec<Option<String>> = std::thread::scope(|scope| {
        let threads: Vec<_> = replicas
            .iter()
            .map(|server| {
                scope.spawn(|| setup::first_administrator(server.store(), server.app.now()).unwrap())
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let links: Vec<String> = links.into_iter().flatten().collect();
    assert_eq!(links.len(), 1);
    // What one replica began holds with the others.
    let browser = replicas[0].follow(&links[0]);
    replicas[1]
        .ask("get", "/api/v1/me")
        .browser(&browser)
        .send()
        .is(200);
}

fn a_link_lets_in_once_however_often_it_is_followed(database: &Database) {
    let server = served(database);
    let link = setup::first_administrator(server.store(), server.app.now())
        .unwrap()
        .unwrap();
    let follow = || {
        server
            .ask("post", "/api/v1/setup")
            .json(&json!({ "secret": link, "password": password() }))
            .send()
            .status
    };
    let mut statuses: Vec<u16> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(follow)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 403, 403, 403]);
}

fn two_administrators_do_not_take_each_other_away(database: &Database) {
    let server = served(database);
    let tenant = server.tenant("default");
    let pair = ["one", "other"].map(|login| server.member(tenant, login, Role::Admin));
    let browsers = pair.clone().map(|member| server.browser(&member));
    for _ in 0..5 {
        let take_away = |browser: &Browser, person: i64| {
            server
                .ask("patch", &format!("/api/v1/people/{person}"))
                .browser(browser)
                .json(&json!({ "role": "viewer" }))
                .send()
                .status
        };
        let statuses = std::thread::scope(|scope| {
            let one = scope.spawn(|| take_away(&browsers[0], pair[1].person));
            let other = scope.spawn(|| take_away(&browsers[1], pair[0].person));
            [one.join().unwrap(), other.join().unwrap()]
        });
        assert!(statuses.contains(&200), "{statuses:?}");
        assert!(
            statuses.iter().any(|status| [403, 422].contains(status)),
            "{statuses:?}"
        );
        server
            .store()
            .write_all(|all| {
                all.set_membership(tenant, pair[0].person, Some("admin"))?;
                all.set_membership(tenant, pair[1].person, Some("admin"))
            })
            .unwrap();
    }
}

fn everything_that_is_done_at_once_is_in_the_ledger(database: &Database) {
    let server = served(database);
    let browser = server.administrator();
    let make = |at: usize| {
        server
            .ask("post", "/api/v1/tokens")
            .browser(&browser)
            .json(&json!({ "name": format!("token {at}"), "role": "viewer" }))
            .send()
            .is(201);
    };
    std::thread::scope(|scope| {
        for at in 0..8 {
            scope.spawn(move || make(at));
        }
    });
    let events = server.events(server.tenant("default"));
    assert_eq!(events.iter().filter(|event| *event == "token-made").count(), 8);
    let list = server
        .ask("get", "/api/v1/tokens")
        .browser(&browser)
        .send()
        .is(200);
    assert_eq!(list.json()["items"].as_array().unwrap().len(), 8);
}
