//! Holds the judgement of pods against the fixtures of the Pod Security Standards, and its words against what an API server said of them.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, and reads its cases from disk"
)]

use bartizan_deploy::kube::{Pod, objects};
use bartizan_deploy::pod_security::{Judgement, judge};
use bartizan_document::Limits;
use bartizan_testbed::testdata;
use std::path::Path;

fn judged(file: &Path, standard: &str) -> Judgement {
    let text = std::fs::read_to_string(file).unwrap();
    let manifest = objects(&text, Limits::default());
    assert_eq!(manifest.errors, [], "{}", file.display());
    let objects = manifest.objects;
    assert_eq!(objects.len(), 1, "{}", file.display());
    judge(Pod::of(&objects[0]).unwrap(), standard.parse().unwrap())
}

#[test]
fn every_fixture_is_judged_as_its_folder_says() {
    let Some(root) = testdata("deploy/pod-security") else {
        return;
    };
    let mut wrong = Vec::new();
    let mut count = 0;
    for level in ["baseline", "restricted"] {
        for version in std::fs::read_dir(root.join(level)).unwrap() {
            let version = version.unwrap();
            let standard = format!("{level}@{}", version.file_name().to_str().unwrap());
            for verdict in ["pass", "fail"] {
                for file in std::fs::read_dir(version.path().join(verdict)).unwrap() {
                    let file = file.unwrap().path();
                    let judgement = judged(&file, &standard);
                    assert_eq!(judgement.undecided, [], "{}", file.display());
                    count += 1;
                    if judgement.violations.is_empty() != (verdict == "pass") {
                        wrong.push(format!("{}: {}", file.display(), judgement.message()));
                    }
                }
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {count}:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert!(count >= 2112, "{count} fixtures");
}

#[test]
fn refusals_are_worded_as_the_api_server_words_them() {
    let Some(root) = testdata("deploy") else { return };
    let recorded =
        std::fs::read_to_string(root.join("kube-apiserver-recordings/psa_oracle_1.36.2.jsonl")).unwrap();
    let mut wrong = Vec::new();
    let mut refused = 0;
    for line in recorded.lines() {
        let record: serde_json::Value = serde_json::from_str(line).unwrap();
        let fixture = record["fixture"].as_str().unwrap();
        let parts: Vec<&str> = fixture.split('/').collect();
        let judgement = judged(
            &root.join("pod-security").join(fixture),
            &format!("{}@{}", parts[0], parts[1]),
        );
        let said = record["message"].as_str().unwrap_or_default();
        let said = said
            .split_once(" violates PodSecurity ")
            .map_or("", |(_, rest)| rest);
        let said = said.split_once("\": ").map_or("", |(_, rest)| rest);
        refused += usize::from(!said.is_empty());
        if record["psa"].as_bool() == Some(true) && judgement.message() != said {
            wrong.push(format!(
                "{fixture}\n  said {said}\n  here {}",
                judgement.message()
            ));
        }
    }
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
    assert!(refused > 1500, "{refused} refusals");
}

#[test]
fn every_violation_names_the_field_and_its_place() {
    let text = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  template:\n    spec:\n      hostPID: true\n      \
                containers:\n      - name: a\n        image: x\n        securityContext:\n          privileged: true\n";
    let objects = objects(text, Limits::default()).objects;
    let judgement = judge(Pod::of(&objects[0]).unwrap(), "baseline".parse().unwrap());
    let fields: Vec<_> = judgement.violations.iter().flat_map(|one| &one.fields).collect();
    let shown: Vec<_> = fields
        .iter()
        .map(|field| (field.name.as_str(), text.get(field.at.range()).unwrap()))
        .collect();
    let expected = [
        ("spec.template.spec.hostPID", "true"),
        (
            "spec.template.spec.containers[0].securityContext.privileged",
            "true",
        ),
    ];
    assert_eq!(shown, expected);
}

#[test]
fn a_field_of_another_type_is_undecided_and_never_passed_in_silence() {
    let text = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  hostPID: \"true\"\n  containers:\n  - name: a\n    \
                securityContext: [privileged]\n";
    let objects = objects(text, Limits::default()).objects;
    let judgement = judge(Pod::of(&objects[0]).unwrap(), "baseline".parse().unwrap());
    let names: Vec<_> = judgement
        .undecided
        .iter()
        .map(|(field, _)| field.name.as_str())
        .collect();
    assert_eq!(names, ["spec.hostPID", "spec.containers[0].securityContext"]);
}

#[test]
fn a_pod_whose_users_are_not_those_of_the_node_is_judged_more_mildly_from_one_version_on() {
    let text = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  hostUsers: false\n  containers:\n  - name: a\n    \
                securityContext: {procMount: Unmasked, runAsUser: 0}\n";
    let objects = objects(text, Limits::default()).objects;
    let reasons = |standard: &str| -> Vec<&str> {
        let judgement = judge(Pod::of(&objects[0]).unwrap(), standard.parse().unwrap());
        judgement.violations.iter().map(|one| one.reason).collect()
    };
    assert_eq!(reasons("baseline@v1.34"), ["procMount"]);
    assert!(reasons("baseline@v1.35").is_empty());
    let strict = reasons("restricted@v1.35");
    assert!(strict.contains(&"procMount"), "{strict:?}");
    assert!(
        !strict.contains(&"runAsUser=0") && !strict.contains(&"runAsNonRoot != true"),
        "{strict:?}"
    );
    assert!(reasons("restricted@v1.34").contains(&"runAsUser=0"));
}
