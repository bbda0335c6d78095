//! Known vulnerabilities: the index is made, described, used, and kept when a new one cannot be made.

use crate::sandbox::Sandbox;
use insta::assert_snapshot;

pub(crate) const LEFT: &str = r#"{"id":"GHSA-2222-3333-4444","aliases":["CVE-2024-1000"],"modified":"2024-05-01T00:00:00Z",
"severity":[{"type":"CVSS_V3","score":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],
"affected":[{"package":{"ecosystem":"npm","name":"left"},
"ranges":[{"type":"SEMVER","events":[{"introduced":"0"},{"fixed":"1.2.0"}]}]}]}"#;

pub(crate) const EVIL: &str = r#"{"id":"MAL-2024-7","modified":"2024-05-01T00:00:00Z",
"affected":[{"package":{"ecosystem":"npm","name":"evil"},"versions":["6.6.6"]}]}"#;

const WITHDRAWN: &str = r#"{"id":"GHSA-9999-3333-4444","withdrawn":"2024-06-01T00:00:00Z","modified":"2024-06-01T00:00:00Z",
"affected":[{"package":{"ecosystem":"npm","name":"left"},"ranges":[{"type":"SEMVER","events":[{"introduced":"0"}]}]}]}"#;

pub(crate) const KEV: &str =
    r#"{"dateReleased":"2024-05-02T00:00:00Z","vulnerabilities":[{"cveID":"CVE-2024-1000"}]}"#;

/// Two components: one is required by the other.
const LOCK: &str = r#"{
  "name": "harbour", "version": "1.0.0", "lockfileVersion": 3,
  "packages": {
    "": { "name": "harbour", "version": "1.0.0", "dependencies": { "express": "^4.0.0" } },
    "node_modules/express": { "version": "4.0.0", "integrity": "sha512-AAAA", "dependencies": { "left": "^1.0.0" } },
    "node_modules/left": { "version": "1.0.0", "integrity": "sha512-AAAA" }
  }
}
"#;

/// An archive of files as they are (<https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT>, method 0).
pub(crate) fn zip(files: &[(&str, &str)]) -> Vec<u8> {
    let (mut bytes, mut directory) = (Vec::new(), Vec::new());
    for (name, text) in files {
        let offset = u32::try_from(bytes.len()).unwrap();
        let size = u32::try_from(text.len()).unwrap().to_le_bytes();
        let length = u16::try_from(name.len()).unwrap().to_le_bytes();
        let mut fields = vec![20, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        fields.extend(crc32(text.as_bytes()).to_le_bytes());
        fields.extend([size, size].concat());
        fields.extend([length, [0, 0]].concat());
        bytes.extend([b"PK\x03\x04", fields.as_slice(), name.as_bytes(), text.as_bytes()].concat());
        directory.extend([b"PK\x01\x02\x14\x00", fields.as_slice(), &[0; 10]].concat());
        directory.extend(offset.to_le_bytes());
        directory.extend(name.as_bytes());
    }
    let count = u16::try_from(files.len()).unwrap().to_le_bytes();
    let start = u32::try_from(bytes.len()).unwrap().to_le_bytes();
    let length = u32::try_from(directory.len()).unwrap().to_le_bytes();
    bytes.extend(&directory);
    bytes.extend(
        [
            b"PK\x05\x06\0\0\0\0",
            &count[..],
            &count,
            &length,
            &start,
            &[0, 0],
        ]
        .concat(),
    );
    bytes
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg())
        })
    })
}

/// A mirror of the bucket beside the work directory, and a lock file in it.
fn harbour() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("package-lock.json", LOCK);
    let npm = sandbox.root().join("osv/npm");
    std::fs::create_dir_all(&npm).unwrap();
    let files = [
        ("GHSA-2222-3333-4444.json", LEFT),
        ("MAL-2024-7.json", EVIL),
        ("GHSA-9999-3333-4444.json", WITHDRAWN),
    ];
    std::fs::write(npm.join("all.zip"), zip(&files)).unwrap();
    std::fs::write(
        sandbox.root().join("osv/known_exploited_vulnerabilities.json"),
        KEV,
    )
    .unwrap();
    sandbox
}

fn supplied() -> Sandbox {
    let sandbox = harbour();
    let answer = sandbox.run(&["db", "update", "--from", "../osv"]);
    assert_eq!(answer.code, 0, "{answer}");
    sandbox
}

const ONLY: [&str; 3] = ["scan", "--only", "supply/*"];

fn scan(sandbox: &Sandbox, more: &[&str]) -> crate::sandbox::Answer {
    sandbox.run(&[&ONLY, more].concat())
}

#[test]
fn a_known_vulnerability_is_found_with_its_fix_and_the_way_to_it() {
    let sandbox = harbour();
    assert_snapshot!("db-update", sandbox.run(&["db", "update", "--from", "../osv"]));
    let answer = scan(&sandbox, &[]);
    assert_eq!(answer.code, 1);
    assert_snapshot!("advisory-pretty", answer);
    let answer = scan(&sandbox, &["-o", "json"]);
    let report: serde_json::Value = serde_json::from_str(&answer.out.replace("[TIME]", "0")).unwrap();
    let finding = &report["findings"][0];
    assert_eq!(finding["rule"], "supply/vulnerable-package");
    assert_eq!(finding["severity"], "critical");
    assert_eq!(finding["asset"], "pkg:npm/left@1.0.0");
    assert_eq!(
        finding["ids"],
        serde_json::json!(["CVE-2024-1000", "GHSA-2222-3333-4444"])
    );
    let again = scan(&sandbox, &["-o", "json"]);
    let again: serde_json::Value = serde_json::from_str(&again.out.replace("[TIME]", "0")).unwrap();
    assert_eq!(again["findings"][0]["fingerprint"], finding["fingerprint"]);
}

const VEX: &str = r#"{"@context":"https://openvex.dev/ns/v0.2.0","@id":"urn:x","author":"Harbour",
"timestamp":"2024-06-01T00:00:00Z","version":1,"statements":[
{"vulnerability":{"name":"CVE-2024-1000"},"products":[{"@id":"pkg:npm/left@1.0.0"}],"status":"not_affected",
"justification":"vulnerable_code_not_in_execute_path"},
{"vulnerability":{"name":"CVE-2024-9"},"products":[{"@id":"left"}],"status":"fixed"}]}"#;

#[test]
fn a_vex_document_waives_a_vulnerability_and_what_it_says_is_said_on() {
    let sandbox = supplied();
    sandbox.write("vendor.json", VEX);
    let answer = scan(&sandbox, &["--vex", "vendor.json", "-v"]);
    assert_eq!(answer.code, 0, "{answer}");
    assert!(
        answer
            .out
            .contains("waived: not affected: vulnerable_code_not_in_execute_path, Harbour"),
        "{answer}"
    );
    assert!(answer.out.contains("(vendor.json, statement 1)"), "{answer}");
    assert!(
        answer.err.contains("the product `left` is no package URL"),
        "{answer}"
    );
    sandbox.write("bartizan.toml", "[supply]\nvex = [\"vendor.json\"]\n");
    let written = scan(&sandbox, &["-o", "openvex=said.json", "-o", "cyclonedx"]);
    assert_eq!(written.code, 0, "{written}");
    assert!(written.out.contains("\"code_not_reachable\""), "{written}");
    std::fs::remove_file(sandbox.path("bartizan.toml")).unwrap();
    // What was written reads back, and says the same.
    assert_eq!(scan(&sandbox, &["--vex", "said.json"]).code, 0);
    assert_eq!(scan(&sandbox, &[]).code, 1);
    for (name, code) in [("missing.json", 2), ("package-lock.json", 2)] {
        let answer = scan(&sandbox, &["--vex", name]);
        assert_eq!(answer.code, code, "{answer}");
    }
}

#[test]
fn a_malicious_package_denies_at_any_threshold() {
    let sandbox = supplied();
    sandbox.write(
        "package-lock.json",
        &LOCK.replace("left", "evil").replace(
            "evil\": { \"version\": \"1.0.0\"",
            "evil\": { \"version\": \"6.6.6\"",
        ),
    );
    let answer = scan(&sandbox, &["--fail-on", "critical", "-o", "concise"]);
    assert_eq!(answer.code, 1, "{answer}");
    assert!(answer.out.contains("supply/malicious-package"), "{answer}");
}

#[test]
fn the_state_of_the_index_is_told() {
    let sandbox = supplied();
    assert_snapshot!("db-status", sandbox.run(&["db", "status"]));
    let answer = sandbox.run(&["db", "status", "-o", "json"]);
    let status: serde_json::Value = serde_json::from_str(&answer.out).unwrap();
    assert_eq!(status["records"], 2);
    assert_eq!(status["withdrawn"], 1);
    assert_eq!(status["exploited"]["cves"], 1);
    assert_eq!(harbour().run(&["db", "status"]).code, 3);
}

#[test]
fn without_an_index_that_is_said_and_changes_the_answer_where_one_is_demanded() {
    let sandbox = harbour();
    let answer = scan(&sandbox, &[]);
    assert_eq!(answer.code, 0);
    assert!(
        answer.err.contains("no advisory index; run `bartizan db update`"),
        "{answer}"
    );
    sandbox.write("bartizan.toml", "[supply]\nrequire-index = true\n");
    assert_snapshot!("advisory-index-demanded", scan(&sandbox, &[]));
    sandbox.write("package-lock.json", "");
    std::fs::remove_file(sandbox.path("package-lock.json")).unwrap();
    assert_eq!(scan(&sandbox, &[]).code, 0, "there is nothing to match");
}

#[test]
fn a_scan_for_leaks_alone_takes_no_inventory() {
    let sandbox = harbour();
    let answer = sandbox.scan(&["-o", "json"]);
    assert!(!answer.out.contains("supply/"), "{answer}");
    assert!(answer.out.contains("\"components\":[]") || answer.out.contains("\"components\": []"));
}

#[test]
fn what_cannot_be_read_leaves_the_old_index_in_place() {
    let sandbox = supplied();
    let index = sandbox.root().join("data/bartizan/advisories/index");
    let old = std::fs::read(&index).unwrap();
    let file = sandbox.root().join("osv/npm/all.zip");
    let whole = std::fs::read(&file).unwrap();
    std::fs::write(&file, &whole[..whole.len() / 2]).unwrap();
    assert_snapshot!(
        "db-update-truncated",
        sandbox.run(&["db", "update", "--from", "../osv"])
    );
    std::fs::write(sandbox.path("empty.json"), "{}").unwrap();
    let answer = sandbox.run(&["db", "update", "--from", "empty.json"]);
    assert_eq!(answer.code, 3, "{answer}");
    assert!(
        answer.err.contains("left out what is no record: empty.json"),
        "{answer}"
    );
    assert_eq!(sandbox.run(&["db", "update", "--from", "nowhere"]).code, 3);
    assert_eq!(std::fs::read(&index).unwrap(), old);
}

#[test]
fn a_damaged_index_is_no_silence() {
    let sandbox = supplied();
    let index = sandbox.root().join("data/bartizan/advisories/index");
    let mut bytes = std::fs::read(&index).unwrap();
    let last = bytes.len() - 200;
    bytes[last] ^= 1;
    std::fs::write(&index, &bytes).unwrap();
    assert_eq!(sandbox.run(&["db", "status"]).code, 4);
    std::fs::write(&index, &bytes[..bytes.len() - 1]).unwrap();
    assert_snapshot!("advisory-index-damaged", scan(&sandbox, &[]));
}

#[test]
fn what_comes_by_others_is_moved_by_the_lock_file_or_by_what_the_project_asks_for() {
    let sandbox = supplied();
    let todo = |lock: &str| {
        sandbox.write("package-lock.json", lock);
        scan(&sandbox, &["--group-by", "fix", "-o", "concise"]).out
    };
    let refreshed = todo(LOCK);
    assert!(
        refreshed
            .contains("refresh the lock file until `left` 1.0.0 is 1.2.0: `express` 4.0.0 asks for `^1.0.0`"),
        "{refreshed}"
    );
    let upgraded = todo(&LOCK.replace("^1.0.0", "~1.0.0"));
    assert!(
        upgraded.contains("upgrade `express` 4.0.0 until `left` 1.0.0 is 1.2.0 or later"),
        "{upgraded}"
    );
}
