//! The root of a system as a directory: what is judged of its files, and what is said not to be.

use crate::images::written;
use crate::sandbox::Sandbox;
use serde_json::Value;
use std::os::unix::fs::PermissionsExt;

fn root() -> Sandbox {
    let sandbox = Sandbox::new();
    for (path, mode) in [
        ("root/usr/bin/raise", 0o4755),
        ("root/bin/bash", 0o755),
        ("root/etc/open", 0o666),
        ("root/etc/plain", 0o644),
        ("root/srv/data/file", 0o644),
    ] {
        sandbox.write(path, "text\n");
        std::fs::set_permissions(sandbox.path(path), PermissionsExt::from_mode(mode)).unwrap();
    }
    std::fs::set_permissions(sandbox.path("root/srv/data"), PermissionsExt::from_mode(0o777)).unwrap();
    std::os::unix::fs::symlink("/nowhere", sandbox.path("root/etc/link")).unwrap();
    sandbox.write("root/var/cache/apt/archives/a.deb", &"x".repeat(200_000));
    sandbox
}

fn scanned(sandbox: &Sandbox, more: &[&str]) -> Value {
    written(sandbox, &[&["scan", "rootfs:root", "-o", "json"], more].concat())
}

fn check<'r>(report: &'r Value, id: &str) -> &'r Value {
    let mut checks = report["checks"].as_array().unwrap().iter();
    checks.find(|run| run["check"] == id).unwrap()
}

#[test]
fn rights_caches_and_tools_of_a_root_are_judged() {
    let sandbox = root();
    let report = scanned(&sandbox, &["--only", "image/*"]);
    let findings = report["findings"].as_array().unwrap().iter();
    let mut found: Vec<(&str, &str)> = findings
        .map(|finding| {
            let place = &finding["locations"][0];
            assert!(place["layer"].is_null());
            assert!(
                !finding["message"].as_str().unwrap().contains("layer"),
                "{finding}"
            );
            (finding["rule"].as_str().unwrap(), place["path"].as_str().unwrap())
        })
        .collect();
    found.sort_unstable();
    assert_eq!(
        found,
        [
            ("image/leftover-cache", "var/cache/apt/archives/a.deb"),
            ("image/setuid-file", "usr/bin/raise"),
            ("image/unneeded-tools", "bin/bash"),
            ("image/world-writable", "etc/open"),
            ("image/world-writable", "srv/data"),
        ]
    );
    assert_eq!(check(&report, "image/files")["status"], "ran");
}

#[test]
fn rules_that_need_a_configuration_are_said_to_be_skipped_and_change_no_verdict() {
    let sandbox = root();
    let report = scanned(
        &sandbox,
        &[
            "--only",
            "image/root-user,image/setuid-file,image/unneeded-packages",
        ],
    );
    let run = check(&report, "image/configuration");
    let reason = run["reason"].as_str().unwrap();
    assert!(
        reason.ends_with("judge image/root-user, image/unneeded-packages"),
        "{reason}"
    );
    assert_eq!(report["verdict"]["decision"], "allow");
    let report = scanned(&sandbox, &["--only", "image/setuid-file"]);
    assert_eq!(check(&report, "image/configuration")["status"], "ran");
}
