//! What the built-in rules about hosts are for, really done: each file of `tests/emulations` has parts that its rule must tell of (done plainly, and in
//! ways that evade others), and one, alike and legitimate, of which no rule may tell anything. Each part runs in namespaces of its own
//! (`tests/emulations/tools/world.sh`); an alert is of a part where its process descends from it. Files of `tests/emulations/benign` are what hosts do
//! all day: packages, builds, services. They end well, and no rule tells anything.

#![allow(clippy::print_stderr)]

use crate::running::watched;
use crate::sandbox::{Sandbox, is_root};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A part of a file: what it is called, what is run, and the rules that tell of it.
struct Part {
    name: String,
    script: String,
    fires: BTreeSet<String>,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/emulations")
}

/// The parts of a file. Each begins with `#: fires [RULE...] [-- HOW]`, where other rules tell, too, or with `#: quiet`.
fn parts(file: &Path) -> Vec<Part> {
    let rule = file.file_stem().unwrap().to_str().unwrap();
    let text = std::fs::read_to_string(file).unwrap();
    let mut parts = Vec::new();
    for (number, part) in text.split("#: ").skip(1).enumerate() {
        let (head, script) = part.split_once('\n').unwrap();
        let (head, _) = head.split_once(" -- ").unwrap_or((head, ""));
        let mut words = head.split(' ');
        let fires = match words.next() {
            Some("fires") => words
                .map(ToOwned::to_owned)
                .chain([format!("detect/{rule}")])
                .collect(),
            Some("quiet") => BTreeSet::new(),
            other => panic!("{rule}: a part begins with {other:?}"),
        };
        parts.push(Part {
            name: format!("{rule} {}", number + 1),
            script: script.to_owned(),
            fires,
        });
    }
    parts
}

/// The scripts of a folder, in order
fn scripts(folder: &Path) -> Vec<PathBuf> {
    let files = std::fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap().path());
    let mut files: Vec<PathBuf> = files
        .filter(|file| file.extension().is_some_and(|end| end == "sh"))
        .collect();
    files.sort();
    files
}

/// Tools that parts use, in one folder: scripts, and programs that are compiled.
fn tools(sandbox: &Sandbox) -> PathBuf {
    let tools = sandbox.path("tools");
    std::fs::create_dir_all(&tools).unwrap();
    for file in std::fs::read_dir(folder().join("tools")).unwrap() {
        let file = file.unwrap().path();
        std::fs::copy(&file, tools.join(file.file_name().unwrap())).unwrap();
    }
    let ring = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../crates/sensor/tests/programs/ring.c");
    let made = Command::new("cc")
        .arg("-o")
        .arg(tools.join("ring"))
        .arg(ring)
        .status()
        .unwrap();
    assert!(made.success(), "a C compiler is there");
    tools
}

/// A part that was run.
struct Done {
    process: u32,
    well: bool,
    said: String,
}

/// Runs a part to its end, or for a minute at most.
fn run(part: &Part, tools: &Path, sandbox: &Sandbox) -> Done {
    let script = sandbox.path("part.sh");
    std::fs::write(&script, &part.script).unwrap();
    let child = Command::new("timeout")
        .args(["--signal=KILL", "60", "unshare"])
        .args([
            "--mount",
            "--net",
            "--pid",
            "--fork",
            "--kill-child",
            "--mount-proc",
        ])
        .args(["--propagation", "private", "sh"])
        .arg(tools.join("world.sh"))
        .args([tools, &script])
        .env("TOOLCHAIN", Path::new(env!("CARGO")).parent().unwrap())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let process = child.id();
    let ended = child.wait_with_output().unwrap();
    Done {
        process,
        well: ended.status.success(),
        said: String::from_utf8_lossy(&ended.stderr).into_owned(),
    }
}

/// The rules that told, by the processes that an alert descends from
fn told(out: &str) -> BTreeMap<u64, BTreeMap<String, String>> {
    let mut told: BTreeMap<u64, BTreeMap<String, String>> = BTreeMap::new();
    for line in out.lines() {
        let alert: Value = serde_json::from_str(line).unwrap();
        let text = |key: &str| alert[key].as_str().unwrap().to_owned();
        assert_ne!(text("rule"), "Events were lost", "{alert}");
        for process in alert["processes"].as_array().unwrap() {
            told.entry(process["pid"].as_u64().unwrap())
                .or_default()
                .insert(text("rule"), text("output"));
        }
    }
    told
}

#[test]
fn every_built_in_rule_has_emulations_and_a_benign_twin() {
    let listed = Sandbox::new().run(&["rules", "list", "detect/*", "-o", "json"]);
    let listed: Value = serde_json::from_str(&listed.out).unwrap();
    let ids = listed.as_array().unwrap().iter();
    let mut ids: Vec<String> = ids
        .map(|rule| rule["id"].as_str().unwrap().replacen("detect/", "", 1))
        .collect();
    ids.sort();
    let files = scripts(&folder());
    let names: Vec<&str> = files
        .iter()
        .map(|file| file.file_stem().unwrap().to_str().unwrap())
        .collect();
    assert_eq!(names, ids);
    for file in files {
        let parts = parts(&file);
        let quiet = parts.iter().filter(|part| part.fires.is_empty()).count();
        assert!(quiet == 1 && parts.len() >= 3, "{}", file.display());
    }
}

#[test]
fn what_is_done_is_told_and_its_benign_twin_is_not() {
    if !is_root() {
        eprintln!("skipped: programs can be loaded into the kernel by root only");
        return;
    }
    let sandbox = Sandbox::new();
    let tools = tools(&sandbox);
    let attacks = scripts(&folder());
    let benign = scripts(&folder().join("benign"));
    let parts: Vec<Part> = attacks
        .iter()
        .chain(&benign)
        .flat_map(|file| parts(file))
        .collect();
    let all_day = parts.len() - benign.len();
    let mut done = Vec::new();
    // To a file: a pipe that nobody reads meanwhile would be full soon.
    let arguments = ["agent", "-o", "json=alerts.jsonl"];
    let answer = watched(&sandbox, &arguments, || {
        for part in &parts {
            done.push(run(part, &tools, &sandbox));
        }
    })
    .unwrap();
    assert_eq!(answer.code, 0, "{answer}");
    let told = told(&std::fs::read_to_string(sandbox.path("alerts.jsonl")).unwrap());
    let mut wrong = Vec::new();
    for (number, (part, Done { process, well, said })) in parts.iter().zip(&done).enumerate() {
        if number >= all_day && !well {
            wrong.push(format!("{} does not end well: {said}", part.name));
        }
        let alerts = told.get(&u64::from(*process)).cloned().unwrap_or_default();
        let rules: BTreeSet<String> = alerts.keys().cloned().collect();
        if rules != part.fires {
            wrong.push(format!(
                "{}: {:?} must tell, {alerts:#?} told; {said}",
                part.name, part.fires
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
