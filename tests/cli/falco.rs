//! The rules that the Falco project publishes (github.com/falcosecurity/rules, Apache-2.0), read where they lie and judged by what really happens.

#![allow(clippy::print_stderr)]

use crate::running::watched;
use crate::sandbox::Sandbox;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// The files of rules below `$BARTIZAN_CORPORA/falco-rules`; None where they are not, which is said.
fn published() -> Option<PathBuf> {
    let folder =
        std::env::var_os("BARTIZAN_CORPORA").map(|corpora| PathBuf::from(corpora).join("falco-rules/rules"));
    let folder = folder.filter(|folder| folder.join("falco_rules.yaml").is_file());
    if folder.is_none() {
        eprintln!("skipped: falco_rules.yaml is not below $BARTIZAN_CORPORA/falco-rules/rules");
    }
    folder
}

#[test]
fn every_published_rule_is_understood() {
    let Some(folder) = published() else { return };
    let answer = Sandbox::new().run(&["agent", "--check", "--rules", folder.to_str().unwrap()]);
    assert_eq!(answer.code, 0, "{answer}");
    assert!(!answer.err.contains("does not run"), "{answer}");
}

/// What each rule about the host is to be seen by, as a line of shell in a folder of its own.
const DEEDS: &[(&str, &str)] = &[
    ("Read sensitive file untrusted", "cat /etc/shadow"),
    ("Create Symlink Over Sensitive Files", "ln -s /etc/shadow soft"),
    (
        "Create Hardlink Over Sensitive Files",
        "ln /etc/shadow hard; rm -f hard",
    ),
    ("Search Private Keys or Passwords", "find . -name id_rsa"),
    ("Remove Bulk Data from Disk", "touch x; shred -u x"),
    (
        "PTRACE anti-debug attempt",
        "python3 -c 'import ctypes; ctypes.CDLL(None).ptrace(0, 0, 0, 0)'",
    ),
    (
        "PTRACE attached to process",
        "sleep 9 & python3 -c \"import ctypes; ctypes.CDLL(None).ptrace(16, $!, 0, 0)\"; kill $!",
    ),
    (
        "Execution from /dev/shm",
        "d=$(mktemp -d -p /dev/shm); cp /bin/true $d/x; $d/x; rm -r $d",
    ),
    (
        "Fileless execution via memfd_create",
        "python3 -c \"import os; f=os.memfd_create('h'); os.write(f,open('/bin/true','rb').read()); os.execve('/proc/self/fd/%d'%f,['k'],{})\"",
    ),
    (
        "Clear Log Activities",
        "f=/var/log/bartizan-test-$$.log; echo x > $f; rm $f",
    ),
];

#[test]
fn published_rules_about_the_host_fire_on_what_really_happens() {
    let Some(folder) = published() else { return };
    let sandbox = Sandbox::new();
    let rules = folder.join("falco_rules.yaml");
    let Some(answer) = watched(
        &sandbox,
        &["agent", "--rules", rules.to_str().unwrap(), "-o", "json"],
        || {
            for (_, deed) in DEEDS {
                // Under a program that no rule trusts
                let done = Command::new("sh")
                    .args(["-c", deed])
                    .current_dir(sandbox.path(""))
                    .stdout(Stdio::null())
                    .status();
                done.unwrap();
            }
        },
    ) else {
        return;
    };
    let fired: BTreeSet<String> = answer
        .out
        .lines()
        .filter_map(|line| {
            Some(
                serde_json::from_str::<serde_json::Value>(line).ok()?["rule"]
                    .as_str()?
                    .to_owned(),
            )
        })
        .collect();
    let missing: Vec<&str> = DEEDS
        .iter()
        .map(|(rule, _)| *rule)
        .filter(|rule| !fired.contains(*rule))
        .collect();
    assert!(missing.is_empty(), "not fired: {missing:?}\n{answer}");
}
