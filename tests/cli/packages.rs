//! `bartizan profile packages`: a real program is watched, and what it opened is joined with real lists of packages.

#![allow(clippy::print_stderr)]

use crate::sandbox::{Sandbox, is_root};
use std::path::Path;
use std::process::Command;

/// Packages of the root: those of the workload, and one that it does not touch.
const PACKAGES: [&str; 4] = ["coreutils", "dash", "libc6", "login"];

/// A root with the database of dpkg as this host has it, of a few packages.
fn root(sandbox: &Sandbox) -> Option<String> {
    let lists = Path::new("/var/lib/dpkg/info");
    if !is_root() || !lists.is_dir() {
        eprintln!("skipped: workloads are watched as root, and packages are those of dpkg");
        return None;
    }
    let told = Command::new("dpkg").arg("-s").args(PACKAGES).output().unwrap();
    assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
    sandbox.write(
        "root/var/lib/dpkg/status",
        &String::from_utf8(told.stdout).unwrap(),
    );
    sandbox.write(
        "root/etc/os-release",
        &std::fs::read_to_string("/etc/os-release").unwrap(),
    );
    for entry in lists.read_dir().unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let package = name
            .strip_suffix(".list")
            .map(|name| name.split(':').next().unwrap());
        if package.is_some_and(|package| PACKAGES.contains(&package)) {
            let text = std::fs::read_to_string(lists.join(&name)).unwrap();
            sandbox.write(&format!("root/var/lib/dpkg/info/{name}"), &text);
        }
    }
    Some(sandbox.path("root").to_str().unwrap().to_owned())
}

#[test]
fn a_package_is_used_when_its_files_were_opened_and_never_touched_otherwise() {
    let sandbox = Sandbox::new();
    let Some(root) = root(&sandbox) else { return };
    let learned = sandbox.run(&[
        "profile",
        "learn",
        "shell",
        "--file",
        "shell.json",
        "--",
        "/bin/dash",
        "-c",
        "cat /etc/hostname; true",
    ]);
    assert_eq!(learned.code, 0, "{learned}");
    let packages = |more: &[&str]| {
        let all = [
            "profile",
            "packages",
            "shell",
            "--file",
            "shell.json",
            "--root",
            &root,
        ];
        sandbox.run(&[&all, more].concat())
    };
    let shown = packages(&[]);
    assert_eq!(shown.code, 0, "{shown}");
    assert!(shown.out.starts_with("shell uses 3 of 4 packages\n"), "{shown}");
    assert!(shown.out.contains("/usr/bin/cat"), "{shown}");
    assert!(shown.out.ends_with("never touched: login\n"), "{shown}");

    let told = packages(&["-o", "statement", "--asset", "image:shell"]);
    let statement: serde_json::Value = serde_json::from_str(&told.out).unwrap();
    assert_eq!(statement["predicateType"], "https://bartizan.dev/links/v1");
    let links = statement["predicate"].as_array().unwrap();
    assert_eq!(links.len(), 3);
    for link in links {
        assert_eq!(
            (&link["source"], &link["kind"]),
            (&"image:shell".into(), &"loads".into())
        );
        assert!(link["target"].as_str().unwrap().starts_with("pkg:deb/"), "{link}");
    }
}

#[test]
fn packages_whose_files_are_not_listed_are_said() {
    let sandbox = Sandbox::new();
    let Some(root) = root(&sandbox) else { return };
    let learned = sandbox.run(&[
        "profile",
        "learn",
        "true",
        "--file",
        "true.json",
        "--",
        "/bin/true",
    ]);
    assert_eq!(learned.code, 0, "{learned}");
    let lists = sandbox.path("root/var/lib/dpkg/info");
    std::fs::remove_file(lists.join("login.list")).unwrap();
    let all = ["profile", "packages", "true", "--file", "true.json", "--root"];
    let shown = sandbox.run(&[&all[..], &[&root]].concat());
    assert_eq!(shown.code, 4, "{shown}");
    assert!(shown.out.contains("of unknown files: login\n"), "{shown}");
    std::fs::create_dir(sandbox.path("empty")).unwrap();
    let empty = sandbox.run(&[&all[..], &["empty"]].concat());
    assert_eq!(empty.code, 3, "{empty}");
}
