//! Counts how much of what others have written runs: `compat trivy|gatekeeper|kubescape|kyverno DIRECTORY` prints one line for each test that does
//! not agree with its author, and the totals.

#![allow(
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a tool for measuring reads files and prints"
)]

use bartizan_document::{Dialect as Yaml, Limits as YamlLimits, read};
use bartizan_policy::rego::forms::Kubescape;
use bartizan_policy::rego::test::Outcome as Tested;
use bartizan_policy::rego::{Dialect, Rego, Surroundings};
use bartizan_policy::suite::{self, Case, Documents, Outcome};
use bartizan_policy::{Cause, Decide, Decision, Limits, Reason};
use serde_json::{Map, Value, json};
use std::error::Error;
use std::path::{Path, PathBuf};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// 2026-01-01, so that two runs agree.
const NOW: Surroundings = Surroundings {
    now_ns: Some(1_767_225_600_000_000_000),
};

#[derive(Default)]
struct Count {
    passed: usize,
    failed: usize,
    unknown: usize,
    panics: usize,
}

impl Count {
    fn note(&mut self, name: &str, outcome: std::result::Result<(), String>, cause: Option<&Cause>) {
        match (outcome, cause) {
            (_, Some(cause)) => {
                self.unknown += 1;
                self.panics += usize::from(matches!(cause, Cause::Panicked(_)));
                println!("unknown {name}: {cause}");
            }
            (Ok(()), None) => self.passed += 1,
            (Err(why), None) => {
                self.failed += 1;
                println!("failed {name}: {why}");
            }
        }
    }

    fn say(&self) {
        let all = self.passed + self.failed + self.unknown;
        println!(
            "{}",
            json!({ "passed": self.passed, "all": all, "failed": self.failed, "unknown": self.unknown, "panics": self.panics })
        );
    }
}

fn main() -> Result<()> {
    let mut words = std::env::args().skip(1);
    let (Some(which), Some(directory)) = (words.next(), words.next()) else {
        return Err("usage: compat trivy|gatekeeper|kubescape|kyverno DIRECTORY".into());
    };
    let directory = Path::new(&directory);
    let count = match which.as_str() {
        "trivy" => trivy(directory)?,
        "gatekeeper" => gatekeeper(directory)?,
        "kubescape" => kubescape(directory)?,
        "kyverno" => kyverno(directory)?,
        other => return Err(format!("`{other}` is no corpus").into()),
    };
    count.say();
    Ok(())
}

fn files(directory: &Path, out: &mut Vec<PathBuf>) -> Result<()> {
    let mut entries: Vec<_> = std::fs::read_dir(directory)?
        .flatten()
        .map(|entry| entry.path())
        .collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            files(&path, out)?;
        } else {
            out.push(path);
        }
    }
    Ok(())
}

fn documents(path: &Path) -> Result<Vec<Value>> {
    let stream = read(&std::fs::read_to_string(path)?, Yaml::Core, YamlLimits::default());
    if let Some(error) = stream.errors.first() {
        return Err(format!("{}: {}", path.display(), error.message).into());
    }
    let all = stream
        .documents
        .into_iter()
        .map(|document| document.root.to_json());
    Ok(all.filter(|document| !document.is_null()).collect())
}

fn document(path: &Path) -> Result<Value> {
    documents(path)?
        .into_iter()
        .next()
        .ok_or_else(|| format!("{} is empty", path.display()).into())
}

fn trivy(directory: &Path) -> Result<Count> {
    let mut paths = Vec::new();
    for part in ["lib", "checks"] {
        files(&directory.join(part), &mut paths)?;
    }
    let mut rego = Rego::new(Limits::default(), NOW)?;
    for path in paths
        .iter()
        .filter(|path| path.extension().is_some_and(|e| e == "rego"))
    {
        let name = path.strip_prefix(directory)?.display().to_string();
        if let Err(cause) = rego.add_module(&name, &std::fs::read_to_string(path)?, Dialect::Either) {
            println!("unreadable {name}: {cause}");
        }
    }
    let tests = rego.tests();
    let mut count = Count::default();
    rego.run_tests(&tests, false, |test, outcome| match outcome {
        Tested::Unknown(cause) => count.note(&test.name, Ok(()), Some(cause)),
        Tested::Failed(cases) => count.note(&test.name, Err(format!("does not hold {cases:?}")), None),
        _ => count.note(&test.name, Ok(()), None),
    })?;
    Ok(count)
}

type Run<'a> = &'a dyn Fn(&Value, Documents<'_>) -> Vec<Case>;

fn suites(directory: &Path, named: &str, run: Run<'_>) -> Result<Count> {
    let mut paths = Vec::new();
    files(directory, &mut paths)?;
    let mut count = Count::default();
    for path in paths
        .iter()
        .filter(|path| path.file_name().is_some_and(|name| name == named))
    {
        let at = path.parent().ok_or("a suite without a directory")?;
        let beside =
            |path: &str| documents(&at.join(path)).map_err(|error| Cause::Unreadable(error.to_string()));
        for case in run(&document(path)?, &beside) {
            let name = format!("{}: {}", at.strip_prefix(directory)?.display(), case.name);
            match case.outcome {
                Outcome::Unknown(cause) => count.note(&name, Ok(()), Some(&cause)),
                Outcome::Failed(why) => count.note(&name, Err(why), None),
                Outcome::Passed | Outcome::Skipped => count.note(&name, Ok(()), None),
            }
        }
    }
    Ok(count)
}

fn gatekeeper(directory: &Path) -> Result<Count> {
    suites(&directory.join("library"), "suite.yaml", &|suite, beside| {
        suite::gatekeeper(suite, beside, Limits::default(), NOW)
    })
}

/// Tests of policies in CEL; those of other policies are not counted.
fn kyverno(directory: &Path) -> Result<Count> {
    suites(directory, "kyverno-test.yaml", &|test, beside| {
        let policies = test["policies"].as_array().into_iter().flatten();
        let cel = policies
            .filter_map(|path| beside(path.as_str()?).ok())
            .flatten()
            .any(|policy| match policy["kind"].as_str() {
                Some("ValidatingPolicy") => true,
                Some("ClusterPolicy") => policy["spec"]["rules"]
                    .as_array()
                    .into_iter()
                    .flatten()
                    .any(|rule| !rule["validate"]["cel"].is_null()),
                _ => false,
            });
        if cel {
            suite::kyverno(test, beside)
        } else {
            Vec::new()
        }
    })
}

fn json_file(path: &Path) -> Result<Value> {
    Ok(serde_json::from_str(&std::fs::read_to_string(path)?)?)
}

fn kubescape(directory: &Path) -> Result<Count> {
    let defaults = json_file(&directory.join("default-config-inputs.json"))?;
    let mut count = Count::default();
    let mut rules: Vec<_> = std::fs::read_dir(directory.join("rules"))?
        .flatten()
        .map(|e| e.path())
        .collect();
    rules.sort();
    for rule in rules {
        let Ok(tests) = std::fs::read_dir(rule.join("test")) else {
            continue;
        };
        let metadata = json_file(&rule.join("rule.metadata.json"))?;
        let mut tests: Vec<_> = tests
            .flatten()
            .map(|e| e.path())
            .filter(|path| path.is_dir())
            .collect();
        tests.sort();
        for test in tests {
            let name = test.strip_prefix(directory)?.display().to_string();
            let mut posture = defaults["settings"]["postureControlInputs"].clone();
            let mut data = json!({});
            if let Ok(own) = json_file(&test.join("data.json")) {
                for (key, value) in own["postureControlInputs"].as_object().into_iter().flatten() {
                    posture[key] = value.clone();
                }
                data = own["dataControlInputs"].clone();
            }
            let configuration = json!({ "postureControlInputs": posture, "dataControlInputs": data });
            let inputs = inputs(&test.join("input"));
            for (text, expected) in [
                ("raw.rego", "expected.json"),
                ("filter.rego", "expected-filter.json"),
            ] {
                if !test.join(expected).exists() {
                    continue;
                }
                let name = if text == "raw.rego" {
                    name.clone()
                } else {
                    format!("{name} (filter)")
                };
                let input = match &inputs {
                    Ok(input) => input,
                    Err(error) => {
                        count.note(&name, Err(error.to_string()), None);
                        continue;
                    }
                };
                let text = std::fs::read_to_string(rule.join(text))?;
                let decided = Kubescape::new(&text, &metadata, &configuration, Limits::default(), NOW);
                match decided.map(|rule| rule.decide(input)) {
                    Err(cause) | Ok(Decision::Unknown(cause)) => count.note(&name, Ok(()), Some(&cause)),
                    Ok(Decision::Allow { .. }) => count.note(&name, same(&[], &test.join(expected)), None),
                    Ok(Decision::Deny { reasons, .. }) => {
                        count.note(&name, same(&reasons, &test.join(expected)), None)
                    }
                }
            }
        }
    }
    Ok(count)
}

fn inputs(directory: &Path) -> Result<Value> {
    let mut paths = Vec::new();
    // Kubescape's own runner asks about nothing where a test has no input.
    if directory.exists() {
        files(directory, &mut paths)?;
    }
    Ok(Value::Array(
        paths
            .iter()
            .map(|path| document(path))
            .collect::<Result<Vec<_>>>()?,
    ))
}

/// Whether alerts are those that are expected, each field of each: what Kubescape's own runner compares.
fn same(reasons: &[Reason], expected: &Path) -> std::result::Result<(), String> {
    let expected = json_file(expected).map_err(|error| error.to_string())?;
    let expected = match expected {
        Value::Array(all) => all,
        one => vec![one],
    };
    let sorted = |alerts: Vec<Value>| {
        let mut texts: Vec<String> = alerts.iter().map(alert_text).collect();
        texts.sort();
        texts
    };
    let ours = sorted(reasons.iter().map(|reason| reason.details.clone()).collect());
    let theirs = sorted(expected);
    if ours == theirs {
        Ok(())
    } else {
        Err(format!("\n  ours   {ours:?}\n  theirs {theirs:?}"))
    }
}

const FIELDS: [&str; 11] = [
    "alertMessage",
    "failedPaths",
    "reviewPaths",
    "deletePaths",
    "fixPaths",
    "packagename",
    "alertScore",
    "alertObject",
    "ruleStatus",
    "relatedObjects",
    "fixCommand",
];

fn alert_text(alert: &Value) -> String {
    let mut kept = Map::new();
    for field in FIELDS {
        // Go reads keys in any case.
        let found = alert
            .as_object()
            .and_then(|alert| alert.iter().find(|(key, _)| key.eq_ignore_ascii_case(field)));
        let value = found.map_or(Value::Null, |(_, value)| cut(field, value));
        if !empty(&value) {
            kept.insert(field.to_owned(), value);
        }
    }
    Value::Object(kept).to_string()
}

fn empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(map) => map.values().all(empty),
        Value::String(text) => text.is_empty(),
        Value::Number(number) => number.as_f64() == Some(0.0),
        Value::Bool(_) => false,
    }
}

/// Of objects of the cluster only their identity is compared.
fn cut(field: &str, value: &Value) -> Value {
    let mut value = value.clone();
    // What Go leaves out, or writes as null, where a field is empty.
    if field == "relatedObjects" {
        for related in value
            .as_array_mut()
            .into_iter()
            .flatten()
            .filter_map(Value::as_object_mut)
        {
            related.retain(|_, value| !empty(value));
        }
    }
    if field != "alertObject" {
        return value;
    }
    if let Some(objects) = value.as_object_mut() {
        objects.retain(|_, value| !empty(value));
    }
    for object in value
        .get_mut("k8sApiObjects")
        .and_then(Value::as_array_mut)
        .into_iter()
        .flatten()
        .filter_map(Value::as_object_mut)
    {
        object.retain(|key, _| ["kind", "apiVersion", "metadata"].contains(&key.as_str()));
        if let Some(metadata) = object.get_mut("metadata").and_then(Value::as_object_mut) {
            metadata.retain(|key, value| ["name", "labels"].contains(&key.as_str()) && !empty(value));
        }
    }
    value
}
