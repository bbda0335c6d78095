use crate::sandbox::{Sandbox, fingerprints};
use insta::assert_snapshot;

#[test]
fn a_rule_is_explained_with_the_practice_behind_it() {
    let sandbox = Sandbox::new();
    sandbox.write("bartizan.toml", "[rules]\nfiles = ['../rule.yaml']\n");
    assert_snapshot!("explain-rule", sandbox.run(&["explain", "leak/harbour-token"]));
    assert_snapshot!("explain-waiver-rule", sandbox.run(&["explain", "waiver/expired"]));
}

#[test]
fn a_fingerprint_is_explained_from_the_last_report() {
    let sandbox = Sandbox::leaky();
    sandbox.write("bartizan.toml", "[rules]\nfiles = ['../rule.yaml']\n");
    let fingerprint = fingerprints(&sandbox, &[]).remove(0);
    let answer = sandbox.run(&["explain", &fingerprint]);
    assert_eq!(answer.code, 0, "{answer}");
    assert!(
        answer.out.contains("src/app.py:3:10") && answer.out.contains("Revoke it"),
        "{answer}"
    );
    assert_eq!(
        sandbox.run(&["explain", &fingerprint[..8]]).out,
        answer.out,
        "the beginning is enough"
    );
    let other = sandbox.run(&["explain", &"0".repeat(32)]);
    assert_eq!(other.code, 3);
    assert!(other.err.contains("scan again"), "{other}");
}

#[test]
fn weaknesses_controls_verdicts_and_exit_codes_are_explained() {
    let sandbox = Sandbox::new();
    for id in [
        "CWE-798",
        "cwe-321",
        "13.3.1",
        "OWASP-ASVS-5.0 13.3.1",
        "deny",
        "Unknown",
        "4",
        "130",
        "waived",
        "high",
    ] {
        let answer = sandbox.run(&["explain", id]);
        assert_eq!(answer.code, 0, "{id}: {answer}");
        assert!(answer.out.lines().count() >= 3, "{id}: {answer}");
    }
    assert_snapshot!("explain-unknown", sandbox.run(&["explain", "unknown"]));
}

#[test]
fn a_control_is_explained_with_the_evidence_that_bears_on_it() {
    let sandbox = Sandbox::new();
    assert_snapshot!("explain-control", sandbox.run(&["explain", "nist:ac-6"]));
    assert_snapshot!(
        "explain-control-own-words",
        sandbox.run(&["explain", "pci:8.6.2"])
    );
    let answer = sandbox.run(&["explain", "hipaa:164.310(b)"]);
    assert!(answer.out.contains("a person must attest it"), "{answer}");
    let answer = sandbox.run(&["explain", "AC-6(10)"]);
    assert!(answer.out.contains("nist:AC-6(10)"), "{answer}");
    let answer = sandbox.run(&["explain", "nist:AC-66"]);
    assert_eq!(answer.code, 3, "{answer}");
    assert!(answer.err.contains("AC-6"), "{answer}");
}

#[test]
fn every_rule_has_a_page() {
    let sandbox = Sandbox::new();
    let listed = sandbox.run(&["rules", "list", "-o", "json"]);
    let rules: serde_json::Value = serde_json::from_str(&listed.out).unwrap();
    let rules = rules.as_array().unwrap();
    assert!(rules.len() > 300, "{}", rules.len());
    for rule in rules.iter().step_by(10) {
        let id = rule["id"].as_str().unwrap();
        let answer = sandbox.run(&["explain", id]);
        assert_eq!(answer.code, 0, "{answer}");
        let heading = if id.starts_with("detect/") {
            "What to do first"
        } else {
            "How to mend it"
        };
        assert!(answer.out.contains(heading), "{answer}");
    }
}

#[test]
fn what_is_not_known_is_three_with_the_nearest_name() {
    let sandbox = Sandbox::new();
    let answer = sandbox.run(&["explain", "waiver/expird"]);
    assert_eq!(answer.code, 3);
    assert!(answer.err.contains("did you mean `waiver/expired`"), "{answer}");
}

#[test]
fn a_waiver_comment_is_explained_by_its_place() {
    let sandbox = Sandbox::new();
    sandbox.write(
        "a.py",
        &format!(
            "x = 1\n# {}\n",
            crate::sandbox::allow("[leak/x] until 2020-01-01 -- long ago")
        ),
    );
    let answer = sandbox.run(&["explain", "a.py:2"]);
    assert!(
        answer.out.contains("because: long ago") && answer.out.contains("expired"),
        "{answer}"
    );
    assert_eq!(sandbox.run(&["explain", "a.py:1"]).code, 3);
}
