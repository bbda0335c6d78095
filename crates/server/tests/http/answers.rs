use crate::server::Server;
use bartizan_server::Role;

#[test]
fn every_answer_wears_the_headers_that_browsers_need() {
    let server = Server::start();
    for path in [
        "/api/v1/me",
        "/api/v1/openapi.json",
        "/nothing",
        "/api/v1/findings/x",
    ] {
        let answer = server.ask("get", path).send();
        let policy = answer.header("content-security-policy").unwrap();
        for part in [
            "default-src 'none'",
            "script-src 'self'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
        ] {
            assert!(policy.contains(part), "{path}: {policy}");
        }
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-embedder-policy", "require-corp"),
            ("cross-origin-resource-policy", "same-origin"),
        ] {
            assert_eq!(answer.header(name), Some(value), "{path}");
        }
        let kept = path.starts_with("/api/").then_some("no-store");
        assert_eq!(answer.header("cache-control"), kept, "{path}");
    }
}

#[test]
fn the_number_of_a_request_is_taken_over_where_it_is_sane() {
    let server = Server::start();
    let answered = |sent: &str| {
        let answer = server.ask("get", "/").header("x-request-id", sent).send();
        answer.header("x-request-id").unwrap().to_owned()
    };
    assert_eq!(answered("a-B_3.4"), "a-B_3.4");
    for sent in ["", "a b", "<x>", &"a".repeat(65)] {
        let made = answered(sent);
        assert!(
            made.len() == 32 && made.bytes().all(|byte| byte.is_ascii_hexdigit()),
            "{made}"
        );
    }
    assert_ne!(answered(""), answered(""));
}

#[test]
fn a_token_that_asks_too_often_is_held_up_and_another_is_not() {
    let server = Server::held_to(20);
    let member = server.member(server.tenant("t"), "one", Role::Viewer);
    let (token, other) = (server.token(&member), server.token(&member));
    let until = (0..200)
        .find(|_| server.ask("get", "/api/v1/me").token(&token).send().status == 429)
        .unwrap();
    assert!(until >= 20, "{until}");
    let answer = server.ask("get", "/api/v1/me").token(&token).send().is(429);
    let seconds: u64 = answer.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=3).contains(&seconds), "{seconds}");
    server.ask("get", "/api/v1/me").token(&other).send().is(200);
}
