//! An image made of packages of this machine: what is told of what it does not need, and that it runs without that.

use crate::images::written;
use crate::sandbox::Sandbox;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

const APPLICATION: &str = "#!/usr/bin/python3\nimport json, ssl, sys\nprint('served', json.dumps(sys.argv[1:]), ssl.OPENSSL_VERSION[:7])\n";
const ENTRY: &str = "#!/bin/sh\nset -e\nexec /srv/app.py \"$@\"\n";

fn done(command: &mut Command) -> String {
    let output = command.output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{command:?}: {told}");
    String::from_utf8(output.stdout).unwrap()
}

/// What installed packages depend on: by name the first name of each list of alternatives.
fn dependencies() -> BTreeMap<String, Vec<String>> {
    let format = "${db:Status-Status}\t${Package}\t${Pre-Depends}, ${Depends}\n";
    let text = done(Command::new("dpkg-query").args(["-W", "-f", format]));
    let lines = text.lines().filter_map(|line| line.strip_prefix("installed\t"));
    let entries = lines.map(|line| {
        let (name, asked) = line.split_once('\t').unwrap();
        let names = asked.split(',').map(|one| {
            let end = one.trim().find([' ', ':', '|', '(']);
            one.trim()
                .get(..end.unwrap_or(one.trim().len()))
                .unwrap()
                .to_owned()
        });
        (name.to_owned(), names.filter(|name| !name.is_empty()).collect())
    });
    entries.collect()
}

/// A root file system of these packages and what they depend on, as dpkg would leave it.
fn installed(root: &Path, wanted: &[&str]) {
    let known = dependencies();
    let mut packages: BTreeSet<&str> = BTreeSet::new();
    let mut todo: Vec<&str> = wanted.to_vec();
    while let Some(name) = todo.pop() {
        if let Some((name, asked)) = known.get_key_value(name)
            && packages.insert(name)
        {
            todo.extend(asked.iter().map(String::as_str));
        }
    }
    let info = root.join("var/lib/dpkg/info");
    std::fs::create_dir_all(&info).unwrap();
    for name in ["bin", "sbin", "lib", "lib64"] {
        if let Ok(link) = std::fs::read_link(format!("/{name}")) {
            std::fs::create_dir_all(root.join(&link)).unwrap();
            std::os::unix::fs::symlink(link, root.join(name)).unwrap();
        }
    }
    let status = done(Command::new("dpkg-query").arg("-s").args(&packages));
    std::fs::write(root.join("var/lib/dpkg/status"), status).unwrap();
    let mut list = String::new();
    for entry in std::fs::read_dir("/var/lib/dpkg/info").unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        let Some(package) = name.strip_suffix(".list") else {
            continue;
        };
        if packages.contains(package.split(':').next().unwrap()) {
            std::fs::copy(&path, info.join(name)).unwrap();
            for file in std::fs::read_to_string(&path).unwrap().lines().skip(1) {
                if std::fs::symlink_metadata(file).is_ok() {
                    writeln!(list, "{}", file.trim_start_matches('/')).unwrap();
                }
            }
        }
    }
    let names = root.parent().unwrap().join("names");
    let packed = root.parent().unwrap().join("packed.tar");
    std::fs::write(&names, list).unwrap();
    done(
        Command::new("tar")
            .args(["-C", "/", "--no-recursion", "-c", "-f"])
            .arg(&packed)
            .arg("-T")
            .arg(names),
    );
    done(
        Command::new("tar")
            .arg("-C")
            .arg(root)
            .args(["--keep-directory-symlink", "-x", "-f"])
            .arg(packed),
    );
}

/// Runs a program in a root directory; none where this machine does not let us.
fn within(root: &Path, arguments: &[&str]) -> Option<String> {
    let is_root = done(Command::new("id").arg("-u")).trim() == "0";
    let mut command = if is_root {
        Command::new("chroot")
    } else {
        let can = Command::new("unshare").args(["--map-root-user", "true"]).status();
        if !can.is_ok_and(|status| status.success()) {
            return None;
        }
        let mut command = Command::new("unshare");
        command.args(["--map-root-user", "chroot"]);
        command
    };
    Some(done(
        command
            .env_clear()
            .env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")
            .arg(root)
            .args(arguments),
    ))
}

fn executable(path: PathBuf, text: &str) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(&path, text).unwrap();
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
}

fn finding<'r>(report: &'r Value, rule: &str) -> &'r Value {
    let mut findings = report["findings"].as_array().unwrap().iter();
    findings
        .find(|finding| finding["rule"] == rule)
        .unwrap_or_else(|| panic!("no {rule} in {report}"))
}

#[allow(clippy::print_stderr, reason = "what was not tested is said aloud")]
fn skipped(why: &str) {
    eprintln!("SKIPPED: {why}");
}

#[test]
fn the_proposed_image_runs_and_holds_no_package_that_was_said_to_be_unneeded() {
    if !Path::new("/var/lib/dpkg/info").is_dir() || !Path::new("/usr/bin/python3").exists() {
        skipped("this machine has no packages of dpkg to make an image of");
        return;
    }
    let sandbox = Sandbox::new();
    let root = sandbox.path("root");
    std::fs::create_dir_all(&root).unwrap();
    installed(
        &root,
        &[
            "python3",
            "base-files",
            "bash",
            "dash",
            "coreutils",
            "tar",
            "sed",
            "grep",
            "findutils",
        ],
    );
    executable(root.join("srv/app.py"), APPLICATION);
    executable(root.join("entry.sh"), ENTRY);
    let layout = sandbox.path("image").display().to_string();
    let name = format!("{layout}:app");
    let umoci = |arguments: &[&str]| done(Command::new("umoci").args(arguments));
    umoci(&["init", "--layout", &layout]);
    umoci(&["new", "--image", &name]);
    umoci(&[
        "insert",
        "--rootless",
        "--image",
        &name,
        root.to_str().unwrap(),
        "/",
    ]);
    umoci(&[
        "config",
        "--image",
        &name,
        "--config.entrypoint",
        "/entry.sh",
        "--config.cmd",
        "now",
    ]);

    let report = written(
        &sandbox,
        &[
            "scan",
            "oci:image:app",
            "-o",
            "json",
            "--only",
            "image/unneeded-*",
        ],
    );
    let packages = finding(&report, "image/unneeded-packages");
    let evidence: Vec<&str> = packages["evidence"]
        .as_array()
        .unwrap()
        .iter()
        .map(|step| step["message"].as_str().unwrap())
        .collect();
    let is_unneeded = |name: &str| evidence.iter().any(|line| line.starts_with(&format!("{name}: ")));
    assert!(is_unneeded("bash") && is_unneeded("findutils"), "{evidence:#?}");
    for needed in ["dash", "libc6", "zlib1g", "python3-minimal", "base-files"] {
        assert!(!is_unneeded(needed), "{needed}: {evidence:#?}");
    }
    let mut findings = report["findings"].as_array().unwrap().iter();
    let shells = findings.any(|one| {
        one["message"]
            .as_str()
            .unwrap()
            .contains("shells that the service does not use: `/usr/bin/bash`")
    });
    assert!(shells, "{report}");

    let proposal = packages["fix"]["description"].as_str().unwrap();
    assert!(
        proposal.contains("FROM scratch\n") && proposal.contains("kubectl debug -it"),
        "{proposal}"
    );
    let script = proposal
        .split("RUN <<'END'\n")
        .nth(1)
        .unwrap()
        .split("\nEND\n")
        .next()
        .unwrap();
    if within(&root, &["/bin/sh", "-c", script]).is_none() {
        skipped("this machine does not let us change the root directory, so nothing was started");
        return;
    }
    let minimal = root.join("minimal");
    assert!(!minimal.join("usr/bin/bash").exists() && !minimal.join("usr/bin/find").exists());
    let served = within(&minimal, &["/entry.sh", "now"]).unwrap();
    assert_eq!(served, "served [\"now\"] OpenSSL\n");
}
