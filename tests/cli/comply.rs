//! `bartizan comply` against a control plane that the same binary serves.

use crate::sandbox::{Answer, Sandbox};
use insta::assert_snapshot;
use std::io::{BufRead, BufReader, Read};
use std::net::TcpListener;
use std::process::{Child, Stdio};

/// A control plane that runs until it is dropped.
struct Plane {
    child: Child,
    url: String,
    token: String,
}

impl Plane {
    fn start(sandbox: &Sandbox) -> Self {
        let port = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let address = format!("127.0.0.1:{port}");
        let data = sandbox.root().join("plane");
        let arguments = [
            "serve",
            "--isolated",
            "--data-dir",
            data.to_str().unwrap(),
            "--listen",
            &address,
            "--new-token",
            "admin",
        ];
        let mut child = sandbox
            .bartizan(&arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut token = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut token)
            .unwrap();
        let mut notes = BufReader::new(child.stderr.take().unwrap());
        let mut line = String::new();
        while !line.contains("listening on") {
            line.clear();
            assert!(notes.read_line(&mut line).unwrap() > 0, "the server ended");
        }
        // Whatever it says from now on must go somewhere.
        std::thread::spawn(move || notes.read_to_end(&mut Vec::new()));
        Self {
            child,
            url: format!("http://{address}"),
            token: token.trim().to_owned(),
        }
    }

    fn run(&self, sandbox: &Sandbox, arguments: &[&str]) -> Answer {
        let output = sandbox
            .bartizan(arguments)
            .env("BARTIZAN_PLANE_URL", &self.url)
            .env("BARTIZAN_PLANE_TOKEN", &self.token)
            .output()
            .unwrap();
        sandbox.answer(output)
    }

    fn scan(&self, sandbox: &Sandbox) {
        let rule = sandbox.root().join("rule.yaml");
        let answer = self.run(
            sandbox,
            &[
                "scan",
                ".",
                "--push",
                "--asset",
                "repo:example.com/acme/shop",
                "--rules",
                rule.to_str().unwrap(),
                "--exit-zero",
            ],
        );
        assert_eq!(answer.code, 0, "{answer}");
    }
}

impl Drop for Plane {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_report_says_why_each_control_is_what_it_is_and_gaps_say_what_to_do() {
    let sandbox = Sandbox::leaky();
    let plane = Plane::start(&sandbox);
    assert_snapshot!(
        "comply-no-evidence",
        plane.run(&sandbox, &["comply", "report", "cis-docker"])
    );
    plane.scan(&sandbox);
    let gaps = plane.run(&sandbox, &["comply", "gaps", "nist"]);
    assert_eq!(gaps.code, 1, "{gaps}");
    let at = gaps.out.find("IA-5(7)").unwrap();
    let told: String = gaps.out[at..].lines().take(5).collect::<Vec<_>>().join("\n");
    assert!(
        told.contains("1 finding of severity low or above is open"),
        "{told}"
    );
    assert!(
        told.contains("high leak/harbour-token in repo:example.com/acme/shop"),
        "{told}"
    );
    let json = plane.run(&sandbox, &["comply", "gaps", "nist", "-o", "json"]);
    let value: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    let states: Vec<&str> = value["gaps"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["status"].as_str().unwrap())
        .collect();
    assert!(states.contains(&"not-satisfied") && states.contains(&"manual"));
    assert!(!states.contains(&"satisfied"));
}

#[test]
fn exit_codes_are_those_of_every_verb_that_judges() {
    let sandbox = Sandbox::leaky();
    let plane = Plane::start(&sandbox);
    let code = |arguments: &[&str]| plane.run(&sandbox, &[&["comply"], arguments].concat()).code;
    assert_eq!(code(&["report", "nist:low"]), 4);
    plane.scan(&sandbox);
    assert_eq!(code(&["report"]), 1);
    assert_eq!(code(&["report", "nist"]), 1);
    assert_eq!(code(&["gaps", "nist", "--exit-zero"]), 0);
    assert_eq!(code(&["report", "cis-docker", "--exit-zero"]), 4);
    assert_eq!(code(&["report", "nist", "--label", "boundary=prod"]), 3);
    assert_eq!(code(&["report", "iso"]), 2);
    assert_eq!(code(&["report", "nist", "--asset", "repo:nowhere"]), 2);
    assert_eq!(code(&["gaps", "nist", "-o", "oscal"]), 2);
    assert_eq!(code(&["report", "-o", "csv"]), 2);
    assert_eq!(code(&["export", "nist:high", "-o", "csv"]), 0);
    let unknown = plane.run(&sandbox, &["comply", "report", "iso"]);
    assert!(unknown.err.contains("fedramp:high"), "{unknown}");
}

#[test]
fn several_reports_are_written_from_one_answer() {
    let sandbox = Sandbox::leaky();
    let plane = Plane::start(&sandbox);
    plane.scan(&sandbox);
    let answer = plane.run(
        &sandbox,
        &[
            "comply",
            "export",
            "pci",
            "-o",
            "oscal=results.json",
            "-o",
            "html=report.html",
            "-o",
            "csv",
        ],
    );
    assert_eq!(answer.code, 0, "{answer}");
    assert!(answer.out.lines().count() > 280, "{answer}");
    let results: serde_json::Value = serde_json::from_str(&sandbox.read("results.json")).unwrap();
    let findings = &results["assessment-results"]["results"][0]["findings"];
    assert_eq!(findings.as_array().unwrap().len(), 280);
    assert!(sandbox.read("report.html").contains("8.6.2"));
}
