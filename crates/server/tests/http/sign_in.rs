use crate::client::Browser;
use crate::server::{Server, password};
use bartizan_server::{Role, Transport, secret, setup};
use bartizan_store::people::SessionRow;
use serde_json::json;
use std::time::{Duration, Instant};

const HOUR: i64 = 3_600_000;

fn sign_in(server: &Server, login: &str, password: &str) -> crate::client::Answer {
    server
        .ask("post", "/api/v1/session")
        .header("x-request-id", "r")
        .json(&json!({ "login": login, "password": password }))
        .send()
}

#[test]
fn the_first_link_lets_the_administrator_in_once() {
    let server = Server::start();
    let link = setup::first_administrator(server.store(), server.app.now())
        .unwrap()
        .unwrap();
    let set_up = |secret: &str, password: &str| {
        server
            .ask("post", "/api/v1/setup")
            .json(&json!({ "secret": secret, "password": password }))
            .send()
    };
    set_up(&link, "elevenchars").is(422);
    set_up("another", &password()).is(403);
    let answer = set_up(&link, &password()).is(200);
    let session = answer.json();
    assert_eq!(
        (&session["login"], &session["tenant"], &session["role"]),
        (&json!("admin"), &json!("default"), &json!("admin"))
    );
    set_up(&link, &password()).is(403);
    let me = server
        .ask("get", "/api/v1/me")
        .browser(&Browser::of(&answer))
        .send()
        .is(200);
    assert_eq!(me.json()["login"], "admin");
    sign_in(&server, "Admin ", &password()).is(200);
}

#[test]
fn there_is_one_first_administrator() {
    let server = Server::start();
    let now = server.app.now();
    assert!(setup::first_administrator(server.store(), now).unwrap().is_some());
    assert!(setup::first_administrator(server.store(), now).unwrap().is_none());
}

#[test]
fn a_link_ends_after_a_day_and_when_a_newer_one_is_made() {
    let server = Server::start();
    let now = server.app.now();
    let old = setup::first_administrator(server.store(), now - 24 * HOUR)
        .unwrap()
        .unwrap();
    let follow = |link: &str| {
        server
            .ask("post", "/api/v1/setup")
            .json(&json!({ "secret": link, "password": password() }))
            .send()
            .status
    };
    assert_eq!(follow(&old), 403);
    let one = setup::new_link(server.store(), "admin", now).unwrap();
    let other = setup::new_link(server.store(), "admin", now).unwrap();
    assert_eq!((follow(&one), follow(&other)), (403, 200));
    assert!(matches!(
        setup::new_link(server.store(), "nobody", now),
        Err(setup::SetupError::Nobody(_))
    ));
}

#[test]
fn the_cookie_is_out_of_the_reach_of_scripts_and_other_sites() {
    for (transport, starts, is_secure) in [
        (Transport::Loopback, "bartizan=", false),
        (Transport::Tls, "__Host-bartizan=", true),
        (Transport::Proxied, "__Host-bartizan=", true),
    ] {
        let server = Server::reached(transport);
        server.administrator();
        let answer = sign_in(&server, "admin", &password()).is(200);
        let cookie = answer.header("set-cookie").unwrap();
        assert!(cookie.starts_with(starts), "{cookie}");
        for part in ["; Path=/", "; HttpOnly", "; SameSite=Strict"] {
            assert!(cookie.contains(part), "{cookie}");
        }
        assert_eq!(cookie.contains("; Secure"), is_secure, "{cookie}");
        let browser = Browser::of(&answer);
        server
            .ask("get", "/api/v1/session")
            .browser(&browser)
            .send()
            .is(200);
    }
}

#[test]
fn what_changes_something_needs_the_token_of_the_session() {
    let server = Server::start();
    let browser = server.administrator();
    let other = Browser::of(&sign_in(&server, "admin", &password()));
    let make = || {
        server
            .ask("post", "/api/v1/decisions")
            .header("cookie", &browser.cookie)
            .json(&json!({"action": "policy", "name": "p", "value": "{}"}))
    };
    make().send().is(403);
    make().header("x-bartizan-csrf", &other.csrf).send().is(403);
    make().header("x-bartizan-csrf", "").send().is(403);
    for site in ["cross-site", "same-site", "none"] {
        make()
            .header("x-bartizan-csrf", &browser.csrf)
            .header("sec-fetch-site", site)
            .send()
            .is(403);
    }
    make().header("x-bartizan-csrf", &browser.csrf).send().is(201);
    let again = server
        .ask("get", "/api/v1/session")
        .header("cookie", &browser.cookie)
        .send();
    assert_eq!(again.is(200).json()["csrf"], browser.csrf.as_str());
}

#[test]
fn no_other_site_signs_anybody_in() {
    let server = Server::start();
    server.administrator();
    server
        .ask("post", "/api/v1/session")
        .header("sec-fetch-site", "cross-site")
        .json(&json!({ "login": "admin", "password": password() }))
        .send()
        .is(403);
}

#[test]
fn whoever_signs_out_is_out() {
    let server = Server::start();
    let browser = server.administrator();
    let answer = server
        .ask("delete", "/api/v1/session")
        .browser(&browser)
        .send()
        .is(204);
    assert!(answer.header("set-cookie").unwrap().contains("Max-Age=0"));
    server.ask("get", "/api/v1/me").browser(&browser).send().is(401);
}

#[test]
fn a_session_ends_when_it_is_idle_for_twelve_hours_and_after_seven_days() {
    let server = Server::start();
    server.administrator();
    let (tenant, now) = (server.tenant("default"), server.app.now());
    let begun = |age: i64, idle: i64| {
        let cookie = secret::new().unwrap();
        let row = SessionRow {
            person: 1,
            tenant,
            csrf: Vec::new(),
            created: now - age,
            used: now - idle,
            expires: now - age + 7 * 24 * HOUR,
            provider: None,
        };
        let hash = secret::hash(&cookie);
        server
            .store()
            .write_all(|all| all.add_session(&hash, &row))
            .unwrap();
        let ask = || {
            server
                .ask("get", "/api/v1/me")
                .header("cookie", &format!("bartizan={cookie}"))
                .send()
                .status
        };
        // Whoever is let in the first time has used it then.
        (ask(), server.store().read_all(|all| all.session(&hash)).unwrap())
    };
    let (status, row) = begun(24 * HOUR, 11 * HOUR);
    assert_eq!(status, 200);
    assert!(row.unwrap().used >= now);
    assert_eq!(begun(24 * HOUR, 12 * HOUR).0, 401);
    assert_eq!(begun(7 * 24 * HOUR, 0).0, 401);
}

#[test]
fn another_password_ends_every_other_session() {
    let server = Server::start();
    let one = server.administrator();
    let other = Browser::of(&sign_in(&server, "admin", &password()));
    let change = |current: &str, new: &str| {
        server
            .ask("put", "/api/v1/session/password")
            .browser(&one)
            .json(&json!({ "current": current, "new": new }))
            .send()
    };
    let new = ["quite", "another", "thing"].join(" ");
    change("not the one", &new).is(403);
    change(&password(), "short").is(422);
    let kept = Browser::of(&change(&password(), &new).is(200));
    let me = |browser: &Browser| server.ask("get", "/api/v1/me").browser(browser).send().status;
    assert_eq!((me(&one), me(&other), me(&kept)), (401, 401, 200));
    sign_in(&server, "admin", &password()).is(401);
    sign_in(&server, "admin", &new).is(200);
}

#[test]
fn a_wrong_password_and_a_login_of_nobody_are_answered_the_same() {
    let server = Server::start();
    server.administrator();
    server.member(server.tenant("default"), "new", Role::Viewer);
    let wrong = sign_in(&server, "admin", "wrong").is(401).text;
    assert_eq!(sign_in(&server, "nobody", "wrong").is(401).text, wrong);
    // Somebody who has no password yet.
    assert_eq!(sign_in(&server, "new", "wrong").is(401).text, wrong);
    assert_eq!(sign_in(&server, "new", "").is(401).text, wrong);
}

#[test]
fn a_login_of_nobody_costs_a_hash_as_a_wrong_password_does() {
    let server = Server::start();
    server.administrator();
    let fastest = |login: &str| {
        let times = (0..5).map(|_| {
            let begun = Instant::now();
            sign_in(&server, login, "wrong").is(401);
            begun.elapsed()
        });
        times.min().unwrap()
    };
    let (known, unknown) = (fastest("admin"), fastest("nobody"));
    let times = (0..5).map(|_| {
        let begun = Instant::now();
        server.ask("get", "/api/v1/me").send().is(401);
        begun.elapsed()
    });
    let without_hash = times.min().unwrap();
    assert!(unknown * 2 > known, "{unknown:?} against {known:?}");
    assert!(unknown > without_hash, "{unknown:?} against {without_hash:?}");
}

#[test]
fn who_guesses_is_held_up_and_told_until_when() {
    let server = Server::start();
    server.administrator();
    let statuses: Vec<u16> = (0..11)
        .map(|_| sign_in(&server, "admin", "wrong").status)
        .collect();
    assert_eq!(statuses, [[401; 10].as_slice(), &[429]].concat());
    let answer = sign_in(&server, "admin", &password()).is(429);
    let seconds: u64 = answer.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=30).contains(&seconds), "{seconds}");
    // Others sign in meanwhile, until too much comes from one address.
    sign_in(&server, "somebody", "wrong").is(401);
    let until = (0..40)
        .take_while(|at| sign_in(&server, &format!("guess{at}"), "wrong").status == 401)
        .count();
    assert!((10..=20).contains(&until), "{until}");
}

#[test]
fn behind_a_proxy_one_who_guesses_holds_no_other_address_up() {
    let server = Server::reached(Transport::Proxied);
    let from = |address: &str, login: &str| {
        server
            .ask("post", "/api/v1/session")
            .header("x-forwarded-for", &format!("192.0.2.77, {address}"))
            .json(&json!({ "login": login, "password": "wrong" }))
            .send()
            .status
    };
    let held_up = (0..45).find(|at| from("192.0.2.1", &format!("guess{at}")) == 429);
    assert!(held_up.is_some());
    assert_eq!(from("192.0.2.2", "somebody"), 401);
}

#[test]
fn where_there_is_no_proxy_nobody_says_from_where_they_come() {
    let server = Server::reached(Transport::Tls);
    let statuses: Vec<u16> = (0..45)
        .map(|at| {
            server
                .ask("post", "/api/v1/session")
                .header("x-forwarded-for", &format!("192.0.2.{at}"))
                .json(&json!({ "login": format!("guess{at}"), "password": "wrong" }))
                .send()
                .status
        })
        .collect();
    assert!(statuses.contains(&429), "{statuses:?}");
}

#[test]
fn who_knows_the_password_is_not_held_up() {
    let server = Server::start();
    server.administrator();
    for _ in 0..12 {
        sign_in(&server, "admin", &password()).is(200);
    }
}

#[test]
fn signing_in_is_in_the_ledger_and_no_secret_is() {
    let server = Server::start();
    let browser = server.administrator();
    let tenant = server.tenant("default");
    sign_in(&server, "admin", "wrong password").is(401);
    sign_in(&server, "nobody", "wrong password").is(401);
    sign_in(&server, "admin", &password()).is(200);
    server
        .ask("delete", "/api/v1/session")
        .browser(&browser)
        .send()
        .is(204);
    let wanted = [
        "person-added",
        "link-made",
        "password-set",
        "sign-in",
        "sign-in",
        "sign-out",
    ];
    // What failed is told after the answer.
    let deadline = Instant::now() + Duration::from_secs(10);
    while server.events(tenant).len() <= wanted.len() && Instant::now() < deadline {
        std::thread::yield_now();
    }
    let told = server.told(tenant);
    let (failed, rest): (Vec<_>, Vec<_>) = told.iter().partition(|told| told.0 == "sign-in-failed");
    let events: Vec<&str> = rest.iter().map(|told| told.0.as_str()).collect();
    assert_eq!(events, wanted);
    assert_eq!(failed.len(), 1);
    assert_eq!(
        (failed[0].1.as_str(), failed[0].2.as_str()),
        ("admin", "from 127.0.0.1")
    );
    let all = format!("{told:?}");
    for secret in [
        password().as_str(),
        "wrong password",
        &browser.csrf,
        &browser.cookie["bartizan=".len()..],
    ] {
        assert!(!all.contains(secret), "{all}");
    }
}

#[test]
fn a_long_body_of_somebody_unknown_is_not_read() {
    let server = Server::start();
    let body = json!({ "login": "x".repeat(100_000), "password": "x" });
    server.ask("post", "/api/v1/session").json(&body).send().is(413);
}
