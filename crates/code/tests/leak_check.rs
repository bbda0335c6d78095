//! The check as a whole, on text made for the purpose.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use bartizan_code::leak::{GenericMode, LeakCheck, LeakOptions, examples};
use bartizan_content::{builtin, generate};
use bartizan_engine::rule::Enabled;
use bartizan_engine::{Check, Input, Sink};
use bartizan_model::{Finding, SecretKey};
use bartizan_source::{FileMeta, Window};

const TOKEN: &str = "glpat-[A-Za-z0-9]{20}";

fn check() -> LeakCheck {
    LeakCheck::new(LeakOptions {
        generic: GenericMode::Off,
        ..LeakOptions::default()
    })
}

fn meta(path: &str) -> FileMeta {
    FileMeta {
        path: path.into(),
        size: 0,
        commit: None,
        author: None,
        layer: None,
    }
}

fn scan(check: &LeakCheck, path: &str, bytes: &[u8]) -> Vec<Finding> {
    let meta = meta(path);
    let mut sink = Sink::default();
    check.run(&Input::whole(&meta, bytes), &mut sink).unwrap();
    sink.into_reported().findings
}

fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let word = chunk.iter().fold(0u32, |w, b| w << 8 | u32::from(*b)) << (8 * (3 - chunk.len()));
        for place in 0..4 {
            let digit = char::from(ALPHABET[(word >> (18 - 6 * place)) as usize & 63]);
            out.push(if place <= chunk.len() { digit } else { '=' });
        }
    }
    out
}

#[test]
fn no_field_of_any_finding_holds_the_secret() {
    let check = check();
    let mut looked = 0;
    for rule in builtin::leak_rules() {
        for example in &rule.examples.fire {
            let Some(text) = examples::texts(rule, example).unwrap().into_iter().next() else {
                continue;
            };
            let path = example.file.as_deref().unwrap_or("example.txt");
            for finding in scan(&check, path, &text) {
                let at = &finding.locations[0];
                if at.line != at.end_line {
                    continue;
                }
                let line = text.split(|b| *b == b'\n').nth(at.line as usize - 1).unwrap();
                let secret = &line[at.column as usize - 1..at.end_column as usize - 1];
                let written = serde_json::to_string(&finding).unwrap();
                let secret = serde_json::to_string(&String::from_utf8_lossy(secret)).unwrap();
                let secret = secret.trim_matches('"');
                assert!(
                    secret.len() < 6 || !written.contains(secret),
                    "{}: {written}",
                    finding.rule
                );
                looked += 1;
            }
        }
    }
    assert!(
        looked > builtin::leak_rules().len(),
        "only {looked} findings were looked at"
    );
}

#[test]
fn a_token_is_found_at_its_line_and_column() {
    let token = generate::expand(TOKEN, 1).unwrap();
    let findings = scan(
        &check(),
        "a.py",
        format!("import os\nkey = '{token}'\n").as_bytes(),
    );
    assert_eq!(findings.len(), 1);
    let at = &findings[0].locations[0];
    assert_eq!((at.line, at.column, at.end_line, at.end_column), (2, 8, 2, 34));
}

#[test]
fn a_token_that_ended_in_the_window_before_is_not_reported_again() {
    let token = generate::expand(TOKEN, 1).unwrap();
    let text = format!("{token} ");
    let meta = meta("big");
    let report = |overlap: usize| {
        let window = Window {
            offset: 1000,
            overlap,
            lines_before: 9,
            column_before: 0,
            last: true,
        };
        let mut sink = Sink::default();
        check()
            .run(
                &Input {
                    meta: &meta,
                    bytes: text.as_bytes(),
                    window,
                },
                &mut sink,
            )
            .unwrap();
        sink.into_reported().findings
    };
    assert_eq!(report(token.len()).len(), 0);
    let cut = report(token.len() - 1);
    assert_eq!(cut.len(), 1);
    assert_eq!(cut[0].locations[0].line, 10);
}

#[test]
fn a_file_in_utf_16_is_read() {
    let token = generate::expand(TOKEN, 2).unwrap();
    let bytes: Vec<u8> = format!("\u{feff}token = {token}\n")
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    assert_eq!(scan(&check(), "a.txt", &bytes).len(), 1);
}

#[test]
fn a_token_in_a_kubernetes_secret_is_decoded_and_reported_where_it_stands() {
    let token = generate::expand(TOKEN, 3).unwrap();
    let yaml = format!(
        "apiVersion: v1\nkind: Secret\ndata:\n  token: {}\n",
        base64(token.as_bytes())
    );
    let findings = scan(&check(), "k8s/secret.yaml", yaml.as_bytes());
    assert_eq!(findings.len(), 1, "{findings:?}");
    assert_eq!(findings[0].locations[0].line, 4);
    assert!(
        findings[0]
            .evidence
            .iter()
            .any(|step| step.message.contains("base64-encoded"))
    );
}

#[test]
fn the_same_secret_has_the_same_fingerprint_in_any_directory_and_another_with_another_key() {
    let token = generate::expand(TOKEN, 4).unwrap();
    let text = format!("token = {token}\n");
    let of = |check: &LeakCheck, path: &str| scan(check, path, text.as_bytes())[0].fingerprint.clone();
    let check = check();
    assert_eq!(of(&check, "a/x.env"), of(&check, "b/c/x.env"));
    assert_ne!(of(&check, "a/x.env"), of(&check, "a/y.env"));
    let keyed = LeakCheck::new(LeakOptions {
        secret_key: SecretKey::derive(b"ours"),
        ..LeakOptions::default()
    });
    assert_ne!(of(&check, "a/x.env"), of(&keyed, "a/x.env"));
}

#[test]
fn a_rule_that_is_not_enabled_does_not_report() {
    let token = generate::expand(TOKEN, 5).unwrap();
    let enabled = Enabled::only(std::iter::once("leak/npm-access-token".to_owned()).collect());
    let check = LeakCheck::new(LeakOptions {
        enabled,
        ..LeakOptions::default()
    });
    assert!(scan(&check, "a", format!("token = {token}").as_bytes()).is_empty());
}

#[test]
fn a_different_set_of_rules_has_a_different_digest() {
    let all = check();
    let enabled = Enabled::only(std::iter::once("leak/npm-access-token".to_owned()).collect());
    let one = LeakCheck::new(LeakOptions {
        enabled,
        generic: GenericMode::Off,
        ..LeakOptions::default()
    });
    let advise = LeakCheck::new(LeakOptions::default());
    assert_ne!(all.meta().digest, one.meta().digest);
    assert_ne!(all.meta().digest, advise.meta().digest);
    assert_eq!(all.meta().digest, check().meta().digest);
}

#[test]
fn a_password_is_found_by_the_shortest_of_the_keywords() {
    let check = LeakCheck::new(LeakOptions::default());
    for name in ["db_pw", "PW", "smtpPwd", "pw1"] {
        let value = generate::expand("[a-z]{4}[A-Z]{3}[0-9]{3}[a-zA-Z0-9]{8}[!#]", 7).unwrap();
        let found = scan(&check, "settings.py", format!("{name} = '{value}'\n").as_bytes());
        let rules: Vec<_> = found.iter().map(|finding| finding.rule.as_str()).collect();
        assert_eq!(rules, ["leak/generic-password"], "{name}");
    }
}

#[test]
fn noise_of_every_kind_is_survived() {
    let check = LeakCheck::new(LeakOptions::default());
    let mut random = generate::Random::new(7);
    for length in [0, 1, 2, 3, 4, 5, 100, 5000] {
        for _ in 0..50 {
            let bytes: Vec<u8> = (0..length).map(|_| (random.next() >> 56) as u8).collect();
            scan(&check, "noise.yaml", &bytes);
        }
    }
}
