//! The units in `deploy/` are what they say.

#![allow(clippy::print_stderr, reason = "what was not tested is said aloud")]

use crate::sandbox::Sandbox;
use std::process::Command;

const UNIT: &str = include_str!("../../deploy/systemd/bartizan-agent.service");

#[test]
fn the_unit_of_the_agent_is_understood_whole_and_exposes_little() {
    if Command::new("systemd-analyze").arg("--version").output().is_err() {
        eprintln!("not tested: there is no systemd-analyze");
        return;
    }
    let sandbox = Sandbox::new();
    // The program lies elsewhere here.
    let unit = UNIT.replace("/usr/bin/bartizan", env!("CARGO_BIN_EXE_bartizan"));
    sandbox.write("bartizan-agent.service", &unit);
    let path = sandbox.path("bartizan-agent.service");
    let analyze = |arguments: &[&str]| {
        let output = Command::new("systemd-analyze")
            .args(arguments)
            .arg(&path)
            .output()
            .unwrap();
        let said = [output.stdout, output.stderr].concat();
        (
            output.status.success(),
            String::from_utf8_lossy(&said).into_owned(),
        )
    };
    let (good, said) = analyze(&["verify"]);
    assert!(good && said.trim().is_empty(), "{said}");
    // Exposure in tenths: 10 is a unit that may do everything.
    let (good, said) = analyze(&["security", "--offline=true", "--no-pager", "--threshold=30"]);
    assert!(good, "{said}");
}

#[test]
fn options_of_the_units_are_those_of_the_program() {
    let sandbox = Sandbox::new();
    let help = sandbox.run(&["agent", "--help"]).out;
    let manifest = include_str!("../../deploy/kubernetes/agent.yaml");
    let words = UNIT
        .lines()
        .filter(|line| line.starts_with("ExecStart="))
        .flat_map(str::split_whitespace)
        .chain(manifest.lines().filter_map(|line| line.trim().strip_prefix("- ")));
    let options: Vec<&str> = words
        .filter(|word| word.starts_with("--"))
        .map(|word| word.split('=').next().unwrap())
        .collect();
    assert!(options.len() > 8, "{options:?}");
    for option in options {
        assert!(help.contains(option), "{option}");
    }
}
