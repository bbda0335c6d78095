use crate::sandbox::{Answer, Sandbox};
use insta::assert_snapshot;
use serde_json::{Value, json};

const LOCK: &str = r#"{
  "name": "harbour",
  "lockfileVersion": 3,
  "packages": {
    "": { "name": "harbour", "dependencies": { "web": "^4.0.0" }, "devDependencies": { "@acme/lint": "1.0.0" } },
    "node_modules/@acme/lint": { "version": "1.0.0", "dev": true, "license": "SEE LICENSE IN LICENSE.txt" },
    "node_modules/leaf": { "version": "0.9.0", "license": "(MIT OR Apache-2.0)" },
    "node_modules/web": { "version": "4.2.0", "license": "MIT", "dependencies": { "leaf": "^0.9.0" } }
  }
}
"#;

fn harbour() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("web/package-lock.json", LOCK);
    sandbox
}

/// Times, and the names that follow from the version of the program, are not what the snapshots are about.
fn scrubbed(answer: &Answer) -> String {
    let mut text = answer.to_string();
    for (key, placeholder) in [
        ("\"timestamp\"", "[time]"),
        ("\"created\"", "[time]"),
        ("\"annotationDate\"", "[time]"),
        ("\"serialNumber\"", "[serial]"),
        ("\"documentNamespace\"", "[namespace]"),
    ] {
        let lines: Vec<String> = text
            .lines()
            .map(|line| match line.split_once(key) {
                Some((before, _)) => format!("{before}{key}: \"{placeholder}\","),
                None => line.to_owned(),
            })
            .collect();
        text = lines.join("\n");
    }
    text
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

/// Standard output as it is, without placeholders.
fn written(sandbox: &Sandbox, arguments: &[&str]) -> Value {
    let output = sandbox.bartizan(arguments).output().unwrap();
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Package URLs of a bill, in their order.
fn purls(bill: &str) -> Vec<String> {
    let all = json(bill)["components"].as_array().unwrap().clone();
    all.iter()
        .map(|one| one["purl"].as_str().unwrap().to_owned())
        .collect()
}

const PURLS: [&str; 3] = [
    "pkg:npm/leaf@0.9.0",
    "pkg:npm/web@4.2.0",
    "pkg:npm/%40acme/lint@1.0.0",
];

#[test]
fn a_bill_of_materials_is_written_in_either_form() {
    let sandbox = harbour();
    assert_snapshot!("sbom-cyclonedx", scrubbed(&sandbox.run(&["sbom"])));
    assert_snapshot!("sbom-spdx", scrubbed(&sandbox.run(&["sbom", "-o", "spdx"])));
}

#[test]
fn several_forms_are_written_from_one_read_and_json_is_the_report() {
    let sandbox = harbour();
    let answer = sandbox.run(&[
        "sbom",
        "-o",
        "cyclonedx=a.json",
        "-o",
        "spdx=b.json",
        "-o",
        "json",
    ]);
    assert_eq!(answer.code, 0, "{answer}");
    assert_eq!(purls(&sandbox.read("a.json")), PURLS);
    assert_eq!(
        json(&sandbox.read("b.json"))["packages"]
            .as_array()
            .unwrap()
            .len(),
        4
    );
    let report = written(&sandbox, &["sbom", "-o", "json"]);
    assert_eq!(report["components"].as_array().unwrap().len(), 3);
    assert_eq!(report["checks"][0]["check"], "supply/inventory");
    assert_eq!(report["findings"], json!([]));
}

#[test]
fn a_statement_carries_the_bill_and_names_what_it_is_about() {
    let sandbox = harbour();
    for (flags, kind) in [
        (&[][..], "https://cyclonedx.org/bom"),
        (&["--predicate", "spdx"][..], "https://spdx.dev/Document"),
    ] {
        let statement = written(&sandbox, &[&["sbom", "-o", "statement"], flags].concat());
        assert_eq!(statement["predicateType"], kind);
        assert_eq!(
            statement["subject"][0]["digest"]["sha256"]
                .as_str()
                .unwrap()
                .len(),
            64
        );
    }
}

#[test]
fn the_same_target_gives_the_same_serial_number_whether_results_are_cached_or_not() {
    let sandbox = harbour();
    let serial = |flags: &[&str]| written(&sandbox, &[&["sbom"], flags].concat())["serialNumber"].clone();
    let first = serial(&["--no-cache"]);
    assert_eq!(serial(&[]), first);
    assert_eq!(serial(&[]), first);
    sandbox.write("web/package-lock.json", &LOCK.replace("4.2.0", "4.2.1"));
    assert_ne!(serial(&[]), first);
}

#[test]
fn a_lock_file_that_cannot_be_read_is_said_in_the_document_and_is_exit_code_4() {
    let sandbox = harbour();
    sandbox.write(
        "api/package-lock.json",
        "{ \"lockfileVersion\": 3, \"packages\": {",
    );
    let answer = sandbox.run(&["sbom"]);
    assert_eq!(answer.code, 4, "{answer}");
    assert!(
        answer.err.contains("3 components from 2 files; not complete: "),
        "{answer}"
    );
    assert_eq!(purls(&answer.out), PURLS);
    let bill = json(&answer.out);
    assert_eq!(bill["compositions"][0]["aggregate"], "incomplete");
    assert!(
        bill["metadata"]["properties"][0]["value"]
            .as_str()
            .unwrap()
            .contains("no lock file of npm"),
        "{bill}"
    );
}

#[test]
fn a_target_that_lists_no_components_is_exit_code_3_and_an_empty_list_is_not() {
    let sandbox = Sandbox::new();
    sandbox.write("main.py", "x = 1\n");
    let answer = sandbox.run(&["sbom"]);
    assert_eq!((answer.code, answer.out.as_str()), (3, ""), "{answer}");
    assert!(answer.err.contains("lists components"), "{answer}");
    assert_eq!(sandbox.run(&["sbom", "nowhere"]).code, 3);
    sandbox.write("package-lock.json", r#"{ "lockfileVersion": 3, "packages": {} }"#);
    assert_eq!(sandbox.run(&["sbom"]).code, 0);
}

#[test]
fn a_format_of_findings_is_refused_and_nothing_is_written_over_the_target() {
    let sandbox = harbour();
    for arguments in [
        &["sbom", "-o", "sarif"][..],
        &["sbom", "-o", "nothing"],
        &[
            "sbom",
            "web/package-lock.json",
            "-o",
            "spdx=web/package-lock.json",
        ],
        &[
            "sbom",
            "sbom:web/package-lock.json",
            "-o",
            "spdx=web/package-lock.json",
        ],
        &["sbom", "sbom:"],
        &["sbom", "sbom:web"],
    ] {
        assert_eq!(sandbox.run(arguments).code, 2, "{arguments:?}");
    }
    assert_eq!(sandbox.read("web/package-lock.json"), LOCK);
    assert_eq!(sandbox.run(&["sbom", "sbom:nowhere.json"]).code, 3);
}

#[test]
fn waivers_and_findings_are_no_business_of_an_inventory() {
    let sandbox = harbour();
    sandbox.write("bartizan.waivers.toml", "this is no waiver file");
    let answer = sandbox.run(&["sbom"]);
    assert_eq!(answer.code, 0, "{answer}");
}

#[test]
fn a_bill_that_was_written_reads_back_the_same_in_either_form() {
    let sandbox = harbour();
    let components = written(&sandbox, &["sbom", "-o", "json"])["components"].clone();
    let without_columns = |mut components: Value| {
        for component in components.as_array_mut().unwrap() {
            // No bill has a place for the ranges that components ask for.
            component.as_object_mut().unwrap().remove("asks_for");
            for place in component["locations"].as_array_mut().unwrap() {
                for key in ["column", "end_column", "end_line"] {
                    place.as_object_mut().unwrap().remove(key);
                }
            }
        }
        components
    };
    for form in ["cyclonedx", "spdx"] {
        assert_eq!(sandbox.run(&["sbom", "-o", &format!("{form}=bill")]).code, 0);
        let answer = sandbox.run(&["sbom", "sbom:bill", "-o", "json"]);
        assert_eq!(answer.code, 0, "{answer}");
        let report = written(&sandbox, &["sbom", "sbom:bill", "-o", "json"]);
        assert_eq!(report["target"]["kind"], "sbom");
        assert_eq!(
            without_columns(report["components"].clone()),
            without_columns(components.clone()),
            "{form}"
        );
        std::fs::remove_file(sandbox.path("bill")).unwrap();
    }
}

#[test]
fn bills_and_directories_are_targets_of_one_inventory() {
    let sandbox = harbour();
    sandbox.write(
        "vendor.xml",
        r#"<?xml version="1.0"?><bom xmlns="http://cyclonedx.org/schema/bom/1.4"><components><component type="library"><name>thing</name><version>1</version><purl>pkg:cargo/thing@1</purl></component></components></bom>"#,
    );
    let answer = sandbox.run(&["sbom", "web", "sbom:vendor.xml"]);
    assert_eq!(answer.code, 0, "{answer}");
    let mut expected = vec!["pkg:cargo/thing@1"];
    expected.extend(PURLS);
    assert_eq!(purls(&answer.out), expected);
    // What is no target of its own is no bill of materials, whatever it is called.
    assert_eq!(purls(&sandbox.run(&["sbom"]).out), PURLS);
}

#[test]
fn a_bill_of_an_unknown_version_is_read_as_far_as_it_is_understood_and_exit_code_4() {
    let sandbox = Sandbox::new();
    sandbox.write("new.json", r#"{"bomFormat":"CycloneDX","specVersion":"9.9","components":[{"type":"library","name":"a","purl":"pkg:npm/a@1"}]}"#);
    let answer = sandbox.run(&["sbom", "sbom:new.json"]);
    assert_eq!(answer.code, 4, "{answer}");
    assert!(answer.err.contains("CycloneDX 9.9 is not known"), "{answer}");
    assert_eq!(purls(&answer.out), ["pkg:npm/a@1"]);
}

#[test]
fn a_scan_that_is_asked_for_a_bill_looks_for_problems_and_lists_components_in_one_read() {
    let sandbox = Sandbox::leaky();
    sandbox.write("web/package-lock.json", LOCK);
    let answer = sandbox.scan(&["-o", "concise", "-o", "cyclonedx=bill.json"]);
    assert_eq!(answer.code, 1, "{answer}");
    assert_eq!(answer.out.lines().count(), 1, "{answer}");
    assert_eq!(purls(&sandbox.read("bill.json")), PURLS);
}
