//! One issue for each fix: made once, closed when scans say that everything is gone, opened again when it is back.

use crate::notices::{DAY, HOUR, MINUTE, Place, finding};
use crate::stand_in::{Said, Seen, StandIn};
use bartizan_testbed::{Engine, on_both_engines};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};

on_both_engines!(an_issue_of_github_lives_as_its_fix_does);

/// Issues of a tracker: (title, text, labels, whether it is open, comments).
#[derive(Debug, Default, Clone)]
struct Issue {
    title: String,
    text: String,
    labels: Value,
    is_open: bool,
    comments: Vec<String>,
}

type Issues = Arc<Mutex<Vec<Issue>>>;

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// Answers as <https://docs.github.com/en/rest/issues/issues> says.
fn github(issues: &Issues, seen: &Seen) -> Said {
    assert!(seen.header("authorization").starts_with("Bearer "), "{seen:?}");
    assert_eq!(seen.header("accept"), "application/vnd.github+json");
    assert!(seen.header("user-agent").starts_with("bartizan/"));
    let mut all = issues.lock().unwrap();
    let path = seen
        .path
        .split('?')
        .next()
        .unwrap()
        .trim_start_matches("/repos/acme/shop/issues");
    let shown = |at: usize, issue: &Issue| {
        json!({ "id": 1, "number": at + 1, "html_url": format!("https://github.example/acme/shop/issues/{}", at + 1), "title": issue.title,
            "body": issue.text, "state": if issue.is_open { "open" } else { "closed" }, "labels": [] })
    };
    let at = path
        .split('/')
        .nth(1)
        .and_then(|number| number.parse::<usize>().ok())
        .map(|number| number - 1);
    let answer = match (seen.method.as_str(), path, at) {
        ("GET", "", _) => json!(
            all.iter()
                .enumerate()
                .rev()
                .map(|(at, issue)| shown(at, issue))
                .collect::<Vec<_>>()
        ),
        ("GET", "/search/issues", _) => json!({ "total_count": 0, "incomplete_results": false, "items": [] }),
        ("POST", "", _) => {
            let body = seen.json();
            all.push(Issue {
                title: text(&body["title"]),
                text: text(&body["body"]),
                labels: body["labels"].clone(),
                is_open: true,
                comments: Vec::new(),
            });
            return (
                201,
                Vec::new(),
                shown(all.len() - 1, all.last().unwrap()).to_string(),
            );
        }
        ("PATCH", _, Some(at)) => {
            all[at].is_open = seen.json()["state"] == "open";
            shown(at, &all[at])
        }
        ("POST", path, Some(at)) if path.ends_with("/comments") => {
            all[at].comments.push(text(&seen.json()["body"]));
            return (201, Vec::new(), json!({ "id": 1 }).to_string());
        }
        _ => return (404, Vec::new(), json!({ "message": "Not Found" }).to_string()),
    };
    (200, Vec::new(), answer.to_string())
}

/// Answers as <https://docs.gitlab.com/api/issues/> says.
fn gitlab(issues: &Issues, seen: &Seen) -> Said {
    assert!(!seen.header("private-token").is_empty(), "{seen:?}");
    let mut all = issues.lock().unwrap();
    let (path, query) = seen.path.split_once('?').unwrap_or((&seen.path, ""));
    let path = path.trim_start_matches("/api/v4/projects/acme%2Fshop/issues");
    let shown = |at: usize, issue: &Issue| {
        json!({ "id": 100 + at, "iid": at + 1, "web_url": format!("https://git.example/acme/shop/-/issues/{}", at + 1),
            "description": issue.text, "state": if issue.is_open { "opened" } else { "closed" } })
    };
    let at = path
        .split('/')
        .nth(1)
        .and_then(|number| number.parse::<usize>().ok())
        .map(|number| number - 1);
    let answer = match (seen.method.as_str(), at) {
        ("GET", None) => {
            let wanted = query
                .split('&')
                .find_map(|pair| pair.strip_prefix("search="))
                .unwrap();
            json!(
                all.iter()
                    .enumerate()
                    .filter(|(_, issue)| issue.text.contains(wanted))
                    .map(|(at, issue)| shown(at, issue))
                    .collect::<Vec<_>>()
            )
        }
        ("POST", None) => {
            let body = seen.json();
            assert_eq!(body["confidential"], true);
            all.push(Issue {
                title: text(&body["title"]),
                text: text(&body["description"]),
                labels: body["labels"].clone(),
                is_open: true,
                comments: Vec::new(),
            });
            return (
                201,
                Vec::new(),
                shown(all.len() - 1, all.last().unwrap()).to_string(),
            );
        }
        ("PUT", Some(at)) => {
            all[at].is_open = seen.json()["state_event"] == "reopen";
            shown(at, &all[at])
        }
        ("POST", Some(at)) => {
            all[at].comments.push(text(&seen.json()["body"]));
            return (201, Vec::new(), "{}".to_owned());
        }
        _ => return (404, Vec::new(), "{}".to_owned()),
    };
    (200, Vec::new(), answer.to_string())
}

/// Answers as <https://developer.atlassian.com/cloud/jira/platform/rest/v2/> says, or as Data Center does, which has no `search/jql`.
fn jira(issues: &Issues, seen: &Seen, is_cloud: bool) -> Said {
    let wanted = if is_cloud { "Basic " } else { "Bearer " };
    assert!(seen.header("authorization").starts_with(wanted), "{seen:?}");
    let mut all = issues.lock().unwrap();
    let (path, query) = seen.path.split_once('?').unwrap_or((&seen.path, ""));
    let path = path.trim_start_matches("/rest/api/2/");
    let state = |is_open: bool| json!({ "name": "x", "statusCategory": { "key": if is_open { "new" } else { "done" } } });
    let found = |all: &[Issue]| {
        let label = query
            .split("labels%20%3D%20%22")
            .nth(1)
            .unwrap()
            .split("%22")
            .next()
            .unwrap()
            .to_owned();
        let keys: Vec<Value> = all
            .iter()
            .enumerate()
            .filter(|(_, issue)| issue.labels.as_array().unwrap().contains(&json!(label)))
            .map(|(at, _)| json!({ "id": "1", "key": format!("SEC-{}", at + 1) }))
            .collect();
        json!({ "issues": keys })
    };
    let parts: Vec<&str> = path.split('/').collect();
    let at = parts
        .get(1)
        .and_then(|key| key.strip_prefix("SEC-"))
        .map(|number| number.parse::<usize>().unwrap() - 1);
    let answer = match (seen.method.as_str(), parts.as_slice(), at) {
        ("GET", ["search", "jql"], _) if is_cloud => found(&all),
        ("GET", ["search"], _) if !is_cloud => found(&all),
        ("POST", ["issue"], _) => {
            let fields = &seen.json()["fields"];
            assert_eq!(
                (&fields["project"]["key"], &fields["issuetype"]["name"]),
                (&json!("SEC"), &json!("Bug"))
            );
            all.push(Issue {
                title: text(&fields["summary"]),
                text: text(&fields["description"]),
                labels: fields["labels"].clone(),
                is_open: true,
                comments: Vec::new(),
            });
            let key = format!("SEC-{}", all.len());
            return (
                201,
                Vec::new(),
                json!({ "id": "1", "key": key, "self": "x" }).to_string(),
            );
        }
        ("GET", ["issue", _], Some(at)) => json!({ "fields": { "status": state(all[at].is_open) } }),
        ("GET", ["issue", _, "transitions"], Some(_)) => {
            json!({ "transitions": [{ "id": "11", "name": "To do", "to": state(true) }, { "id": "31", "name": "Done", "to": state(false) }] })
        }
        ("POST", ["issue", _, "transitions"], Some(at)) => {
            all[at].is_open = seen.json()["transition"]["id"] == "11";
            return (204, Vec::new(), String::new());
        }
        ("POST", ["issue", _, "comment"], Some(at)) => {
            all[at].comments.push(text(&seen.json()["body"]));
            return (201, Vec::new(), "{}".to_owned());
        }
        _ => {
            return (
                404,
                Vec::new(),
                json!({ "errorMessages": ["null for uri"] }).to_string(),
            );
        }
    };
    (200, Vec::new(), answer.to_string())
}

fn tracker(answer: impl Fn(&Issues, &Seen) -> Said + Send + 'static) -> (StandIn, Issues) {
    let issues = Issues::default();
    let kept = Arc::clone(&issues);
    (StandIn::new(move |seen| answer(&kept, seen)), issues)
}

/// What a fix goes through, and the issue with it.
fn lives(place: &Place, issues: &Issues) {
    let now = || issues.lock().unwrap().clone();
    let (one, two) = (
        finding(1, "critical", "Rotate the key"),
        finding(2, "critical", "Rotate the key"),
    );
    place.scan(
        0,
        &[one.clone(), two.clone(), finding(3, "critical", "Upgrade it")],
    );
    place.tell_all(0);
    assert_eq!(now().len(), 2, "{:?}", place.deliveries());
    let made = now()
        .into_iter()
        .find(|issue| issue.title.ends_with("Rotate the key"))
        .unwrap();
    assert!(
        made.title.starts_with("repo:example.com/acme/shop"),
        "{}",
        made.title
    );
    assert!(
        made.text.contains("Token 1 is in the file") && made.text.contains("Token 2"),
        "{}",
        made.text
    );
    // More about the same fix makes no other issue, and one of two findings that is gone closes nothing.
    place.tell_all(2 * DAY);
    place.scan(3 * DAY, std::slice::from_ref(&one));
    place.tell_all(3 * DAY);
    let find = || {
        now()
            .into_iter()
            .find(|issue| issue.title.ends_with("Rotate the key"))
            .unwrap()
    };
    assert_eq!((now().len(), find().is_open), (2, true));
    assert_eq!(
        now().iter().filter(|issue| issue.is_open).count(),
        1,
        "the other fix was done"
    );
    place.scan(4 * DAY, &[]);
    place.tell_all(4 * DAY);
    let closed = find();
    assert!(!closed.is_open);
    assert!(
        closed.comments[0].contains("a later scan says so"),
        "{:?}",
        closed.comments
    );
    place.scan(5 * DAY, &[two]);
    place.tell_all(5 * DAY);
    let again = find();
    assert_eq!((now().len(), again.is_open, again.comments.len()), (2, true, 2));
    assert!(
        place
            .deliveries()
            .iter()
            .all(|delivery| delivery["status"] == "sent"),
        "{:?}",
        place.deliveries()
    );
}

fn an_issue_of_github_lives_as_its_fix_does(database: &bartizan_testbed::Database) {
    let (stand_in, issues) = tracker(github);
    let place = Place::new(database);
    let target =
        json!({ "kind": "github", "api": stand_in.url(""), "repository": "acme/shop", "token": "stand-in" });
    place.channel(&json!({ "name": "issues", "target": target }));
    lives(&place, &issues);
    assert!(
        issues
            .lock()
            .unwrap()
            .iter()
            .all(|issue| issue.labels == json!(["bartizan"]))
    );
}

#[test]
fn an_issue_of_gitlab_lives_as_its_fix_does() {
    let (stand_in, issues) = tracker(gitlab);
    let database = Engine::Sqlite.database().unwrap();
    let place = Place::new(&database);
    let target =
        json!({ "kind": "gitlab", "url": stand_in.url(""), "project": "acme/shop", "token": "stand-in" });
    place.channel(&json!({ "name": "issues", "target": target }));
    lives(&place, &issues);
}

#[test]
fn an_issue_of_jira_lives_as_its_fix_does() {
    for is_cloud in [true, false] {
        let (stand_in, issues) = tracker(move |issues, seen| jira(issues, seen, is_cloud));
        let database = Engine::Sqlite.database().unwrap();
        let place = Place::new(&database);
        let mut target = json!({ "kind": "jira", "url": stand_in.url(""), "project": "SEC", "issue_type": "Bug", "token": "stand-in" });
        if is_cloud {
            target["user"] = json!("ada@example.com");
        }
        place.channel(&json!({ "name": "issues", "target": target }));
        lives(&place, &issues);
    }
}

#[test]
fn an_issue_that_was_made_and_not_remembered_is_found_again() {
    let failed = Arc::new(Mutex::new(false));
    // The answer to the first issue that is made gets lost on the way.
    let (stand_in, issues) = tracker(move |issues, seen| {
        let answer = github(issues, seen);
        let mut failed = failed.lock().unwrap();
        if seen.method == "POST" && !*failed {
            *failed = true;
            return (502, Vec::new(), String::new());
        }
        answer
    });
    let database = Engine::Sqlite.database().unwrap();
    let place = Place::new(&database);
    let target =
        json!({ "kind": "github", "api": stand_in.url(""), "repository": "acme/shop", "token": "stand-in" });
    place.channel(&json!({ "name": "issues", "target": target }));
    place.scan(0, &[finding(1, "critical", "Rotate the key")]);
    place.tell_all(0);
    assert_eq!(place.deliveries()[0]["status"], "waiting");
    place.tell_all(HOUR);
    assert_eq!(place.deliveries()[0]["status"], "sent");
    assert_eq!(issues.lock().unwrap().len(), 1);
}

#[test]
fn issues_beyond_what_an_interval_allows_wait_for_the_next_one() {
    let (stand_in, issues) = tracker(github);
    let database = Engine::Sqlite.database().unwrap();
    let place = Place::new(&database);
    let target =
        json!({ "kind": "github", "api": stand_in.url(""), "repository": "acme/shop", "token": "stand-in" });
    place.channel(&json!({ "name": "issues", "target": target, "pace": { "messages": 2, "minutes": 10 } }));
    let found: Vec<Value> = (0..5)
        .map(|n| finding(n, "critical", &format!("Rotate key {n}")))
        .collect();
    place.scan(0, &found);
    for (after, made) in [(0, 2), (9 * MINUTE, 2), (10 * MINUTE, 4), (20 * MINUTE, 5)] {
        place.tell_all(after);
        assert_eq!(issues.lock().unwrap().len(), made, "after {after} ms");
    }
}
