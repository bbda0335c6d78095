//! Controls over HTTP: pages, one control with links to what it rests on, attestations, and reports to hand over.

use crate::server::Server;
use bartizan_server::Role;
use bartizan_server::ingest::{self, Arrival, Trust};
use serde_json::{Value, json};

const IMAGE: &str = "image:registry.example/shop";

/// A server with a scan of an image in which a program runs as root.
fn scanned() -> (Server, String) {
    let server = Server::start();
    let tenant = server.tenant("default");
    let member = server.member(tenant, "grace", Role::Responder);
    let started = bartizan_model::Timestamp::from_unix_seconds(server.app.now() / 1_000).to_string();
    let report = json!({
        "schema": "bartizan/report/v1",
        "tool": { "name": "bartizan", "version": "0", "rules_digest": "" },
        "target": { "name": "shop", "kind": "image", "asset": IMAGE },
        "started": started,
        "verdict": { "decision": "allow" }, "remedies": [], "components": [], "skipped": [],
        "findings": [{
            "rule": "image/root-user", "check": "image/configuration", "severity": "medium", "confidence": "high",
            "title": "It runs as root", "message": "</style><script>alert(1)</script> =1+1", "fingerprint": "ab".repeat(16),
            "asset": IMAGE, "locations": [], "evidence": [], "cwe": [], "ids": [], "fix": null, "waiver": null,
        }],
        "checks": [{ "check": "image/configuration", "status": "ran", "required": true, "files": 1, "findings": 1 }],
        "stats": { "files": 1, "cached": 0, "bytes": 1, "seconds": 0.5 },
    });
    let body = json!({
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{ "name": "shop", "digest": { "sha256": "ab".repeat(32) } }],
        "predicateType": "https://in-toto.io/attestation/test-result/v0.1",
        "predicate": { "result": "FAILED", "https://bartizan.dev/report/v1": report },
    })
    .to_string()
    .into_bytes();
    let arrival = Arrival {
        body: &body,
        statement: &body,
        trust: Trust::Authenticated,
        by: "ci",
        at: server.app.now(),
    };
    ingest::take(server.store(), tenant, &arrival).unwrap();
    let token = server.token(&member);
    (server, token)
}

fn get(server: &Server, token: &str, path: &str) -> Value {
    server
        .ask("get", &format!("/api/v1/compliance{path}"))
        .token(token)
        .send()
        .is(200)
        .json()
}

#[test]
fn controls_come_page_by_page_and_gaps_are_those_with_something_to_do() {
    let (server, token) = scanned();
    let frameworks = get(&server, &token, "");
    let docker = frameworks["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["key"] == "cis-docker")
        .unwrap();
    assert_eq!(docker["counts"]["not_satisfied"], 1);
    let (mut cursor, mut ids) = (String::new(), Vec::new());
    loop {
        let page = get(
            &server,
            &token,
            &format!("/fedramp:moderate/controls?limit=100{cursor}"),
        );
        ids.extend(
            page["items"]
                .as_array()
                .unwrap()
                .iter()
                .map(|one| one["id"].to_string()),
        );
        match page["next"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    let distinct: std::collections::BTreeSet<&String> = ids.iter().collect();
    assert_eq!((ids.len(), distinct.len()), (323, 323));
    let standing = get(&server, &token, "/cis-docker");
    assert_eq!(standing["things"], 1);
    let gaps = get(&server, &token, "/cis-docker/controls?gaps=true&limit=500");
    let counts = &standing["framework"]["counts"];
    let open = counts["not_satisfied"].as_u64().unwrap()
        + counts["no_evidence"].as_u64().unwrap()
        + counts["manual"].as_u64().unwrap();
    assert_eq!(gaps["items"].as_array().unwrap().len() as u64, open);
    let wrong = server
        .ask("get", "/api/v1/compliance/iso/controls")
        .token(&token)
        .send()
        .is(404);
    assert!(wrong.json()["help"].as_str().unwrap().contains("fedramp:high"));
    server
        .ask("get", "/api/v1/compliance/nist/controls?state=green")
        .token(&token)
        .send()
        .is(400);
}

#[test]
fn a_control_leads_to_the_finding_and_to_the_statement_that_shows_it() {
    let (server, token) = scanned();
    let story = get(&server, &token, "/cis-docker/controls/4.1");
    assert_eq!(story["control"]["state"], "not-satisfied");
    let test = &story["tests"][0];
    let finding = &test["open"][0];
    let path = format!("/api/v1/findings/{}", finding["id"]);
    let shown = server.ask("get", &path).token(&token).send().is(200).json();
    assert_eq!(shown["finding"]["fingerprint"], finding["fingerprint"]);
    let evidence = &test["evidence"][0];
    let path = format!("/api/v1/statements/{}", evidence["statement"]);
    let statement = server.ask("get", &path).token(&token).send().is(200).json();
    assert_eq!(statement["digest"], evidence["digest"]);
    assert_eq!(statement["by"], "ci");
}

#[test]
fn an_attestation_names_a_control_and_a_last_day_and_can_be_taken_back() {
    let (server, token) = scanned();
    let decide = |body: &Value| {
        server
            .ask("post", "/api/v1/decisions")
            .token(&token)
            .json(body)
            .send()
    };
    let day = |days: i64| {
        bartizan_model::Timestamp::from_unix_seconds(server.app.now() / 1_000 + days * 86_400)
            .date()
            .to_string()
    };
    let attest = |control: &str, statement: &str, until: Value| {
        decide(&json!({ "action": "attest", "control": control, "statement": statement, "until": until }))
    };
    for (control, statement, until) in [
        ("nist:XX-1", "we do", json!(day(30))),
        ("nist:AC-1", " ", json!(day(30))),
        ("nist:AC-1", "we do", Value::Null),
        ("nist:AC-1", "we do", json!(day(-2))),
        ("nist:AC-1", "we do", json!(day(4_000))),
    ] {
        let refused = attest(control, statement, until.clone()).is(422).json();
        assert_ne!(refused["help"], "", "{control} {until}");
    }
    let receipt = attest("nist:ac-1", "reviewed each quarter", json!(day(30)))
        .is(201)
        .json();
    let story = get(&server, &token, "/nist:low/controls/AC-1");
    assert_eq!(story["reference"], "nist:AC-1");
    assert_eq!(story["control"]["attested_by"], "grace");
    // It is attested, and for all that no test says so.
    assert_eq!(story["control"]["state"], "manual");
    assert_eq!(story["attestations"][0]["state"], "holds");
    assert_eq!(story["attestations"][0]["statement"], receipt["seq"]);
    let withdraw =
        json!({ "action": "withdraw-attestation", "attestation": receipt["seq"], "reason": "not any more" });
    decide(&withdraw).is(201);
    decide(&withdraw).is(422);
    let story = get(&server, &token, "/nist:low/controls/AC-1");
    assert_eq!(story["control"]["attested_by"], Value::Null);
    assert_eq!(story["attestations"][0]["state"], "withdrawn");
}

#[test]
fn what_is_decided_is_not_taken_as_evidence() {
    let (server, token) = scanned();
    let attest = json!({
        "_type": "https://in-toto.io/Statement/v1", "predicateType": "https://bartizan.dev/decision/v1",
        "subject": [{ "name": "decision", "digest": { "sha256": "00".repeat(32) } }],
        "predicate": { "action": "attest", "control": "nist:AC-1", "statement": "forged" },
    });
    let refused = server
        .ask("post", "/api/v1/statements")
        .token(&token)
        .json(&attest)
        .send()
        .is(422);
    assert!(refused.text.contains("/api/v1/decisions"), "{}", refused.text);
}

#[test]
fn a_report_is_valid_oscal_with_the_digests_of_its_evidence_and_is_saved_and_not_shown() {
    let (server, token) = scanned();
    let export = |framework: &str, format: &str| {
        server
            .ask(
                "get",
                &format!("/api/v1/compliance/{framework}/export?format={format}"),
            )
            .token(&token)
            .send()
            .is(200)
    };
    let file = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../content/schema/third-party/oscal-complete-1.2.3.json"
    );
    let schema: Value = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for framework in ["cis-docker", "nist:low", "pci", "hipaa", "fedramp:high"] {
        let answer = export(framework, "oscal");
        let errors: Vec<String> = validator
            .iter_errors(&answer.json())
            .take(3)
            .map(|error| format!("{}: {error:.200}", error.instance_path()))
            .collect();
        assert_eq!(errors, [""; 0], "{framework}");
    }
    let answer = export("cis-docker", "oscal");
    assert_eq!(answer.header("content-type"), Some("application/oscal+json"));
    let saved = answer.header("content-disposition").unwrap();
    assert!(
        saved.starts_with("attachment; filename=\"cis-docker-") && saved.ends_with(".oscal.json\""),
        "{saved}"
    );
    let story = get(&server, &token, "/cis-docker/controls/4.1");
    let digest = story["tests"][0]["evidence"][0]["digest"].as_str().unwrap();
    assert!(answer.text.contains(digest.strip_prefix("sha256:").unwrap()));
    let page = export("cis-docker", "html").text;
    assert!(page.contains("4.1") && !page.contains("<script>"));
    let table = export("cis-docker", "csv").text;
    assert_eq!(table.lines().count(), 13, "{table}");
    assert_eq!(
        export("cis-docker", "json").json()["schema"],
        "bartizan/assessment/v1"
    );
    server
        .ask("get", "/api/v1/compliance/nist/export?format=pdf")
        .token(&token)
        .send()
        .is(400);
}
