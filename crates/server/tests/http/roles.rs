//! Who may do what: a table with a row for every operation of the interface, held against its description.

use crate::client::{Answer, Browser};
use crate::server::{Member, Server, password};
use crate::told::{self, Words};
use bartizan_server::Role;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// How one has to be known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum By {
    /// Not at all.
    Nothing,
    /// With a token or a session.
    Either,
    /// With a session.
    Session,
    /// With a session, which is another one or none afterwards.
    SessionThatEnds,
}

/// An operation: method, path, the least role, how one has to be known, what is sent.
type Row = (&'static str, &'static str, Role, By, Value);

fn table() -> Vec<Row> {
    use By::{Either, Nothing, Session, SessionThatEnds};
    use Role::{Admin, Developer, Responder, Viewer};
    let none = || Value::Null;
    let decide = |role, body| ("post", "/api/v1/decisions", role, Either, body);
    let mut rows = vec![
        (
            "post",
            "/api/v1/setup",
            Viewer,
            Nothing,
            json!({ "secret": "x", "password": password() }),
        ),
        (
            "post",
            "/api/v1/session",
            Viewer,
            Nothing,
            json!({ "login": "x", "password": "x" }),
        ),
        ("get", "/api/v1/session", Viewer, Session, none()),
        ("delete", "/api/v1/session", Viewer, SessionThatEnds, none()),
        (
            "put",
            "/api/v1/session/password",
            Viewer,
            SessionThatEnds,
            json!({ "current": password(), "new": password() }),
        ),
        ("get", "/api/v1/session/tenants", Viewer, Session, none()),
        (
            "put",
            "/api/v1/session/tenant",
            Viewer,
            SessionThatEnds,
            json!({ "tenant": "default" }),
        ),
        ("delete", "/api/v1/sessions", Viewer, SessionThatEnds, none()),
        ("get", "/api/v1/oidc", Viewer, Nothing, none()),
        ("get", "/api/v1/oidc/start", Viewer, Nothing, none()),
        ("get", "/api/v1/oidc/callback", Viewer, Nothing, none()),
        (
            "post",
            "/api/v1/tokens",
            Viewer,
            Session,
            json!({ "name": "n", "role": "viewer" }),
        ),
        (
            "post",
            "/api/v1/tokens",
            Admin,
            Session,
            json!({ "name": "n", "role": "admin" }),
        ),
        ("delete", "/api/v1/tokens/{id}", Viewer, Either, none()),
        ("get", "/api/v1/people", Admin, Either, none()),
        (
            "post",
            "/api/v1/people",
            Admin,
            Session,
            json!({ "login": "new", "role": "viewer" }),
        ),
        (
            "patch",
            "/api/v1/people/{id}",
            Admin,
            Session,
            json!({ "role": "viewer" }),
        ),
        ("post", "/api/v1/people/{id}/link", Admin, Session, none()),
        decide(
            Developer,
            json!({ "action": "assign", "asset": "repo:x", "owner": "x" }),
        ),
        decide(
            Developer,
            json!({ "action": "link", "source": "repo:x", "kind": "loads", "target": "repo:y" }),
        ),
        decide(
            Developer,
            json!({ "action": "unlink", "source": "repo:x", "kind": "loads", "target": "repo:y" }),
        ),
        decide(
            Responder,
            json!({ "action": "waive", "rule": "r", "reason": "x" }),
        ),
        decide(
            Responder,
            json!({ "action": "end-waiver", "waiver": 0, "reason": "x" }),
        ),
        decide(
            Responder,
            json!({ "action": "label", "asset": "repo:x", "labels": { "a": "b" } }),
        ),
        decide(
            Responder,
            json!({ "action": "attest", "control": "nist:AC-1", "statement": "x", "until": "2999-01-01" }),
        ),
        decide(
            Responder,
            json!({ "action": "withdraw-attestation", "attestation": 0, "reason": "x" }),
        ),
        decide(Admin, json!({ "action": "policy", "name": "p", "value": "{}" })),
    ];
    rows.extend(answers());
    rows.extend(controls());
    rows.extend(evidence());
    rows.extend(channels());
    rows
}

/// What is asked of things and findings.
fn answers() -> Vec<Row> {
    [
        "/api/v1/policies/{name}",
        "/api/v1/me",
        "/api/v1/tokens",
        "/api/v1/fixes",
        "/api/v1/fixes/{id}",
        "/api/v1/findings",
        "/api/v1/findings/{id}",
        "/api/v1/alerts",
        "/api/v1/alert-streams",
        "/api/v1/assets",
        "/api/v1/assets/{id}",
        "/api/v1/assets/{id}/bills",
        "/api/v1/assets/{id}/quality",
        "/api/v1/ships",
        "/api/v1/comparison",
        "/api/v1/gaps",
        "/api/v1/gaps/{lacks}",
        "/api/v1/blast",
        "/api/v1/changes",
        "/api/v1/changes/{id}/fixes",
        "/api/v1/attack-paths",
        "/api/v1/posture",
        "/api/v1/remediation",
        "/api/v1/remediation/due",
        "/api/v1/remediation/groups",
        "/api/v1/journey",
        "/api/v1/events",
    ]
    .map(|path| ("get", path, Role::Viewer, By::Either, Value::Null))
    .into()
}

/// What is asked of controls.
fn controls() -> Vec<Row> {
    [
        "/api/v1/compliance",
        "/api/v1/compliance/{framework}",
        "/api/v1/compliance/{framework}/controls",
        "/api/v1/compliance/{framework}/controls/{control}",
        "/api/v1/compliance/{framework}/export",
    ]
    .map(|path| ("get", path, Role::Viewer, By::Either, Value::Null))
    .into()
}

/// The operations by which others are told.
fn channels() -> Vec<Row> {
    use By::Either;
    use Role::Admin;
    let none = || Value::Null;
    vec![
        ("get", "/api/v1/channels", Admin, Either, none()),
        (
            "post",
            "/api/v1/channels",
            Admin,
            Either,
            json!({ "name": "n", "target": { "kind": "webhook", "url": "https://example.com/" } }),
        ),
        (
            "patch",
            "/api/v1/channels/{id}",
            Admin,
            Either,
            json!({ "enabled": true }),
        ),
        ("post", "/api/v1/channels/{id}/test", Admin, Either, none()),
        ("get", "/api/v1/deliveries", Admin, Either, none()),
        ("post", "/api/v1/deliveries/{id}/retry", Admin, Either, none()),
        ("delete", "/api/v1/channels/{id}", Admin, Either, none()),
    ]
}

/// Statements, who vouches for them, and the log.
fn evidence() -> Vec<Row> {
    use By::Either;
    use Role::{Admin, Developer, Viewer};
    let none = || Value::Null;
    let decide = |role, body| ("post", "/api/v1/decisions", role, Either, body);
    vec![
        ("get", "/api/v1/statements", Viewer, Either, none()),
        (
            "post",
            "/api/v1/statements",
            Developer,
            Either,
            json!({
                "_type": "https://in-toto.io/Statement/v1", "predicateType": "https://example.com/x",
                "subject": [{ "name": "n", "digest": { "sha256": "00" } }], "predicate": {},
            }),
        ),
        ("get", "/api/v1/statements/{seq}", Viewer, Either, none()),
        ("get", "/api/v1/statements/{seq}/body", Viewer, Either, none()),
        (
            "post",
            "/api/v1/statements/{seq}/forget",
            Admin,
            Either,
            json!({ "reason": "x" }),
        ),
        ("get", "/api/v1/holds", Viewer, Either, none()),
        ("get", "/api/v1/keys", Viewer, Either, none()),
        ("get", "/api/v1/log", Viewer, Either, none()),
        ("get", "/api/v1/logs/{tenant}/checkpoint", Viewer, Either, none()),
        decide(Admin, json!({ "action": "trust-key", "name": "x", "key": "x" })),
        decide(
            Admin,
            json!({ "action": "revoke-key", "key": "x", "reason": "x" }),
        ),
        decide(Admin, json!({ "action": "hold", "reason": "x" })),
        decide(Admin, json!({ "action": "end-hold", "hold": 0, "reason": "x" })),
    ]
}

/// Every operation of the description: method and path.
pub(crate) fn operations(server: &Server) -> Vec<(String, String, Value)> {
    let document = server.ask("get", "/api/v1/openapi.json").send().is(200).json();
    let mut all = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            if ["get", "post", "put", "patch", "delete"].contains(&method.as_str()) {
                all.push((method.clone(), path.clone(), operation.clone()));
            }
        }
    }
    all
}

fn filled(path: &str) -> String {
    path.replace("{id}", "1")
        .replace("{seq}", "0")
        .replace("{framework}", "cis-docker")
        .replace("{control}", "4.1")
        .replace("{lacks}", "owner")
        .replace("{tenant}", "1")
        .replace("{name}", "p")
}

#[test]
fn the_table_has_a_row_for_every_operation_and_no_other() {
    let described: BTreeSet<(String, String)> = operations(&Server::start())
        .into_iter()
        .map(|(method, path, _)| (method, path))
        .collect();
    let rows: BTreeSet<(String, String)> = table()
        .into_iter()
        .map(|(method, path, ..)| (method.to_owned(), path.to_owned()))
        .collect();
    let missing: Vec<_> = described.difference(&rows).collect();
    let surplus: Vec<_> = rows.difference(&described).collect();
    assert!(
        missing.is_empty() && surplus.is_empty(),
        "without a row: {missing:?}; gone: {surplus:?}"
    );
}

#[test]
fn the_description_says_how_one_has_to_be_known() {
    for (method, path, operation) in operations(&Server::start()) {
        let by = table()
            .into_iter()
            .find(|row| (row.0, row.1) == (&method, &path))
            .unwrap()
            .3;
        let described = match &operation["security"] {
            Value::Null => By::Either,
            security if *security == json!([{}]) => By::Nothing,
            _ => By::Session,
        };
        let wanted = if by == By::SessionThatEnds {
            By::Session
        } else {
            by
        };
        assert_eq!(described, wanted, "{method} {path}");
    }
}

#[test]
fn nobody_gets_anything_without_credentials_or_with_wrong_ones() {
    let server = Server::start();
    for (method, path, _, by, body) in table() {
        if by == By::Nothing {
            continue;
        }
        let ask = || server.ask(method, &filled(path)).json(&body);
        for answer in [
            ask().send(),
            ask().token("bzt_0").send(),
            ask().token("").send(),
            ask().header("authorization", "Basic eDp4").send(),
            ask()
                .header("cookie", "bartizan=0")
                .header("x-bartizan-csrf", "0")
                .send(),
        ] {
            assert_eq!(answer.status, 401, "{method} {path}: {}", answer.text);
        }
    }
}

/// A server whose tenant `default` has something of everything.
fn furnished() -> Server {
    let server = Server::start();
    let tenant = server.tenant("default");
    server.member(tenant, "first", Role::Admin);
    let shape = told::shape()
        .new_tree(&mut TestRunner::deterministic())
        .unwrap()
        .current();
    told::tell(
        server.store(),
        tenant,
        ("first", server.app.now()),
        &shape,
        &mut Words::of("own"),
    );
    server
}

fn is_let_through(answer: &Answer) -> bool {
    assert!(answer.status < 500 && answer.status != 405, "{}", answer.text);
    ![401, 403, 429].contains(&answer.status)
}

#[test]
fn every_role_gets_what_it_may_and_nothing_else() {
    let server = furnished();
    let tenant = server.tenant("default");
    for role in [Role::Viewer, Role::Developer, Role::Responder, Role::Admin] {
        let member = server.member(tenant, role.as_str(), role);
        let (token, browser) = (server.token(&member), server.browser(&member));
        for (method, path, least, by, body) in table() {
            if by == By::Nothing {
                continue;
            }
            let ask = || server.ask(method, &filled(path)).json(&body);
            let may = role >= least;
            let case = format!("{method} {path} {body} as {}", role.as_str());
            let with_token = ask().token(&token).send();
            assert_eq!(
                is_let_through(&with_token),
                may && by == By::Either,
                "{case}: {}",
                with_token.text
            );
            let browser = if by == By::SessionThatEnds {
                another_browser(&server, &member)
            } else {
                browser.clone()
            };
            let with_session = ask().browser(&browser).send();
            assert_eq!(
                is_let_through(&with_session),
                may,
                "{case}: {}",
                with_session.text
            );
        }
    }
}

/// A session of somebody with the same rights.
fn another_browser(server: &Server, member: &Member) -> Browser {
    let login = secret_login();
    server.browser(&server.member(member.tenant, &login, member.role))
}

fn secret_login() -> String {
    bartizan_model::encoding::hex(&bartizan_server::secret::random::<8>().unwrap())
}
