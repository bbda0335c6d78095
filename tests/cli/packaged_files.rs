//! Packages made with dpkg-deb and rpmbuild, installed into an image: what is found in files that they own.

use crate::images::{Image, written};
use crate::sandbox::{Sandbox, token};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

const DEBIAN: &str = "Debian Harbour Team <harbour@lists.debian.org>";

fn done(command: &mut Command) {
    let output = command.output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{command:?}: {told}");
}

fn put(path: &Path, bytes: &[u8]) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, bytes).unwrap();
}

fn gzip(text: &str) -> Vec<u8> {
    let mut command = Command::new("gzip");
    let mut child = command
        .arg("-9nc")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    child.wait_with_output().unwrap().stdout
}

/// Makes a package of dpkg and installs it below `root`.
fn installed(sandbox: &Sandbox, root: &Path, name: &str, maintainer: &str, files: &[(&str, Vec<u8>)]) {
    let tree = sandbox.root().join(name);
    let mut control =
        format!("Package: {name}\nVersion: 1.2-3\nArchitecture: all\nMaintainer: {maintainer}\n");
    control.push_str("Description: harbour\n");
    put(&tree.join("DEBIAN/control"), control.as_bytes());
    let mut settings = String::new();
    for (path, bytes) in files {
        put(&tree.join(path), bytes);
        if path.starts_with("etc/") {
            writeln!(settings, "/{path}").unwrap();
        }
    }
    put(&tree.join("DEBIAN/conffiles"), settings.as_bytes());
    let package = sandbox.root().join(format!("{name}.deb"));
    done(
        Command::new("dpkg-deb")
            .args(["--root-owner-group", "--build"])
            .args([&tree, &package]),
    );
    for place in ["updates", "info", "triggers"] {
        std::fs::create_dir_all(root.join("var/lib/dpkg").join(place)).unwrap();
    }
    let status = root.join("var/lib/dpkg/status");
    if !status.exists() {
        put(&status, b"");
        put(&root.join("var/lib/dpkg/available"), b"");
    }
    done(
        Command::new("dpkg")
            .env(
                "PATH",
                "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            )
            .args(["--force-not-root", "--force-script-chrootless", "--log=/dev/null"])
            .arg(format!("--root={}", root.display()))
            .arg("-i")
            .arg(package),
    );
}

/// The severity and message of what was found in each file.
fn found(report: &Value) -> BTreeMap<String, (String, String)> {
    let findings = report["findings"].as_array().unwrap().iter();
    findings
        .map(|finding| {
            let text = |value: &Value| value.as_str().unwrap().to_owned();
            let told = (text(&finding["severity"]), text(&finding["message"]));
            (text(&finding["locations"][0]["path"]), told)
        })
        .collect()
}

fn line(seed: u64) -> Vec<u8> {
    format!("key = {}\n", token(seed)).into_bytes()
}

/// A root in which files of packages hold tokens: documentation, settings as they came and changed, a large library, and a file of
/// a package that is no distribution's.
fn root(sandbox: &Sandbox) -> std::path::PathBuf {
    let root = sandbox.path("root");
    let mut library = b"\x7fELF".to_vec();
    library.resize(5 << 20, 0);
    library.extend(line(5));
    let files = [
        ("usr/share/doc/harbour/example", line(1)),
        (
            "usr/share/doc/harbour/more.gz",
            gzip(&format!("key = {}\n", token(2))),
        ),
        ("etc/harbour/as-it-came", line(3)),
        ("etc/harbour/changed", b"key =\n".to_vec()),
        ("usr/lib/libharbour.so.1", library),
    ];
    installed(sandbox, &root, "harbour", DEBIAN, &files);
    std::fs::write(root.join("etc/harbour/changed"), line(4)).unwrap();
    installed(
        sandbox,
        &root,
        "own",
        "Acme <dev@acme.example>",
        &[("srv/own/key", line(6))],
    );
    root
}

const PUBLIC: [&str; 4] = [
    "etc/harbour/as-it-came",
    "usr/lib/libharbour.so.1",
    "usr/share/doc/harbour/example",
    "usr/share/doc/harbour/more.gz!/more",
];
const KEPT: [&str; 2] = ["etc/harbour/changed", "srv/own/key"];

fn judge(report: &Value) {
    let found = found(report);
    for path in PUBLIC {
        let (severity, message) = &found[path];
        assert_eq!(severity, "low", "{path}");
        assert!(
            message.contains(
                "it is public: the package harbour 1.2-3 of the distribution brings this file unchanged"
            ),
            "{message}"
        );
    }
    for path in KEPT {
        assert_eq!(found[path].0, "high", "{path}");
        assert!(!found[path].1.contains("it is public"), "{found:?}");
    }
    assert_eq!(report["verdict"]["decision"], "deny");
}

#[test]
fn what_a_package_of_the_distribution_brings_unchanged_is_public_and_what_was_changed_is_not() {
    let image = Image::new();
    let root = root(&image.sandbox);
    image.insert(&[root.to_str().unwrap(), "/"], "ADD rootfs.tar /");
    let rule = image.sandbox.root().join("rule.yaml");
    let rule = rule.to_str().unwrap();
    let only = ["--rules", rule, "--only", "leak/harbour-token"];
    judge(&image.json(&only));
    let arguments = [&["scan", "rootfs:root", "-o", "json"], &only[..]].concat();
    judge(&written(&image.sandbox, &arguments));
    // A second time the results come from the cache.
    judge(&written(&image.sandbox, &arguments));
    let whole = ["--rules", rule, "--only", "leak/harbour-token,image/*"];
    judge(&image.json(&whole));
}

#[test]
fn what_a_package_brought_and_a_later_layer_replaced_is_told_apart_by_layer() {
    let image = Image::new();
    let root = root(&image.sandbox);
    image.insert(&[root.to_str().unwrap(), "/"], "ADD rootfs.tar /");
    image.layer(
        "/usr/share/doc/harbour/example",
        &format!("mine = {}\n", token(9)),
        "COPY . /",
    );
    let rule = image.sandbox.root().join("rule.yaml");
    let report = image.json(&["--rules", rule.to_str().unwrap(), "--only", "leak/harbour-token"]);
    let findings = report["findings"].as_array().unwrap().iter();
    let mut severities: Vec<&str> = findings
        .filter(|finding| finding["locations"][0]["path"] == "usr/share/doc/harbour/example")
        .map(|finding| finding["severity"].as_str().unwrap())
        .collect();
    severities.sort_unstable();
    assert_eq!(severities, ["high", "low"]);
}

#[test]
fn rpm_records_sha_256_and_the_vendor_tells_whose_the_package_is() {
    let sandbox = Sandbox::new();
    let root = sandbox.path("root");
    for (name, vendor, seed) in [("harbour", "Fedora Project", 1), ("own", "Acme", 2)] {
        let spec = sandbox.root().join(format!("{name}.spec"));
        let text = format!(
            "Name: {name}\nVersion: 1\nRelease: 2\nSummary: s\nLicense: MIT\nVendor: {vendor}\nBuildArch: noarch\n\
             %description\nd\n%install\nmkdir -p %{{buildroot}}/usr/share/{name}\n\
             echo 'key = {}' > %{{buildroot}}/usr/share/{name}/key\n%files\n/usr/share/{name}/key\n",
            token(seed)
        );
        std::fs::write(&spec, text).unwrap();
        let top = sandbox.root().join("rpmbuild");
        done(
            Command::new("rpmbuild")
                .env("HOME", sandbox.root())
                .arg(format!("--define=_topdir {}", top.display()))
                .arg("-bb")
                .arg(&spec),
        );
        let package = top.join(format!("RPMS/noarch/{name}-1-2.noarch.rpm"));
        done(
            Command::new("rpm")
                .env("HOME", sandbox.root())
                .arg(format!("--root={}", root.display()))
                .args(["--define=_dbpath /var/lib/rpm", "--define=_db_backend sqlite"])
                .args(["--nodeps", "--noscripts", "-i"])
                .arg(package),
        );
    }
    let rule = sandbox.root().join("rule.yaml");
    let rule = rule.to_str().unwrap();
    let only = ["--rules", rule, "--only", "leak/harbour-token"];
    let report = written(
        &sandbox,
        &[&["scan", "rootfs:root", "-o", "json"], &only[..]].concat(),
    );
    let found = found(&report);
    assert_eq!(found["usr/share/harbour/key"].0, "low", "{found:?}");
    assert!(
        found["usr/share/harbour/key"]
            .1
            .contains("the package harbour 1-2")
    );
    assert_eq!(found["usr/share/own/key"].0, "high", "{found:?}");
}
