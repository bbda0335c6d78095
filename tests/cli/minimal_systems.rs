//! What the service of an image does not need where packages are those of apk and rpm: their databases are real ones, the programs
//! are this machine's.

use crate::advisories::zip;
use crate::images::Image;
use crate::sandbox::Sandbox;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

fn done(command: &mut Command) -> String {
    let output = command.output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{command:?}: {told}");
    String::from_utf8(output.stdout).unwrap()
}

/// The loader and the libraries of a program of this machine.
fn libraries(program: &str) -> Vec<String> {
    let text = done(Command::new("ldd").arg(program));
    let words = text.split_ascii_whitespace().filter(|word| word.starts_with('/'));
    words.map(str::to_owned).collect()
}

/// Puts a file of this machine below `root`.
fn put(root: &Path, from: &str, to: &str) {
    let path = root.join(to.trim_start_matches('/'));
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::copy(from, path).unwrap();
}

fn write(root: &Path, path: &str, text: &str) {
    let path = root.join(path);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

/// What is said of each package that is not needed.
fn unneeded(report: &Value) -> BTreeMap<String, String> {
    let mut findings = report["findings"].as_array().unwrap().iter();
    let finding = findings
        .find(|finding| finding["rule"] == "image/unneeded-packages")
        .unwrap_or_else(|| panic!("{report}"));
    let steps = finding["evidence"].as_array().unwrap().iter();
    let messages = steps.map(|step| step["message"].as_str().unwrap());
    let packages = messages.filter(|text| !text.starts_with("not followed") && !text.starts_with("followed"));
    let parts = packages.map(|text| text.split_once(": ").unwrap());
    parts
        .map(|(name, rest)| (name.to_owned(), rest.to_owned()))
        .collect()
}

/// An image of Alpine 3.9: `server` is what it starts, `expat` and `busybox` nobody needs, `data` only a dependence leads to.
fn alpine() -> Image {
    let image = Image::new();
    let root = image.sandbox.path("root");
    put(&root, "/bin/cat", "usr/bin/server");
    put(&root, "/bin/true", "bin/busybox");
    write(&root, "etc/os-release", "ID=alpine\nVERSION_ID=3.9.1\n");
    write(&root, "usr/share/data/table", "1 2\n");
    write(&root, "usr/lib/libexpat.so.1", "no library\n");
    write(&root, "srv/page", "hello\n");
    let mut musl = String::new();
    for path in libraries("/bin/cat").iter().chain(&libraries("/bin/true")) {
        put(&root, path, path);
        let (directory, name) = path.trim_start_matches('/').rsplit_once('/').unwrap();
        write!(musl, "F:{directory}\nR:{name}\n").unwrap();
    }
    let packages = [
        ("musl", "1.1.20-r4", "", musl.as_str()),
        (
            "server",
            "1-r0",
            "D:data so:libc.musl-x86_64.so.1\n",
            "F:usr/bin\nR:server\n",
        ),
        ("data", "1-r0", "", "F:usr/share/data\nR:table\n"),
        ("busybox", "1.29.3-r10", "p:/bin/sh\n", "F:bin\nR:busybox\n"),
        ("expat", "2.2.6-r0", "", "F:usr/lib\nR:libexpat.so.1\n"),
    ];
    let mut database = String::new();
    for (name, version, more, files) in packages {
        write!(
            database,
            "P:{name}\nV:{version}\nA:x86_64\no:{name}\n{more}{files}\n"
        )
        .unwrap();
    }
    write(&root, "lib/apk/db/installed", &database);
    image
        .insert(&[root.to_str().unwrap(), "/"], "ADD rootfs.tar /")
        .configure(
            &["--config.cmd", "/usr/bin/server", "--config.cmd", "/srv/page"],
            "CMD",
        );
    image
}

const EXPAT: [(&str, &str); 2] = [("9.8", "H"), ("5.3", "N")];

/// A mirror of OSV with two advisories for expat, of which one is critical, and one for what the service needs.
fn mirror(sandbox: &Sandbox) -> PathBuf {
    let directory = sandbox.root().join("osv/Alpine");
    std::fs::create_dir_all(&directory).unwrap();
    let record = |id: &str, package: &str, integrity: &str| {
        format!(
            r#"{{"id":"{id}","modified":"2024-05-01T00:00:00Z",
            "severity":[{{"type":"CVSS_V3","score":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:{integrity}/I:{integrity}/A:H"}}],
            "affected":[{{"package":{{"ecosystem":"Alpine:v3.9","name":"{package}"}},
            "ranges":[{{"type":"ECOSYSTEM","events":[{{"introduced":"0"}},{{"fixed":"99-r0"}}]}}]}}]}}"#
        )
    };
    let mut files: Vec<(String, String)> = EXPAT
        .iter()
        .map(|(score, integrity)| {
            let id = format!("ALPINE-CVE-2024-{}", score.replace('.', "00"));
            (format!("{id}.json"), record(&id, "expat", integrity))
        })
        .collect();
    let id = "ALPINE-CVE-2024-77";
    files.push((format!("{id}.json"), record(id, "musl", "H")));
    let files: Vec<(&str, &str)> = files.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    std::fs::write(directory.join("all.zip"), zip(&files)).unwrap();
    sandbox.root().join("osv")
}

/// Scans with a mirror; what is said of each package, and the severities of its known vulnerabilities as findings tell them.
fn judged(image: &Image, mirror: &Path) -> (Value, BTreeMap<String, BTreeMap<String, usize>>) {
    let update = image
        .sandbox
        .run(&["db", "update", "--from", mirror.to_str().unwrap()]);
    assert_eq!(update.code, 0, "{}", update.err);
    let report = image.json(&[]);
    let mut counts: BTreeMap<String, BTreeMap<String, usize>> = BTreeMap::new();
    for finding in report["findings"].as_array().unwrap() {
        if finding["rule"] == "supply/vulnerable-package" {
            let asset = finding["asset"].as_str().unwrap();
            let name = asset.split(['/', '@']).nth(2).unwrap().to_owned();
            let severity = finding["severity"].as_str().unwrap().to_owned();
            *counts.entry(name).or_default().entry(severity).or_default() += 1;
        }
    }
    (report, counts)
}

/// `1 critical, 2 low` of counts.
fn in_words(counts: &BTreeMap<String, usize>) -> String {
    let severities = ["critical", "high", "medium", "low", "info"].iter();
    let parts = severities.filter_map(|severity| Some(format!("{} {severity}", counts.get(*severity)?)));
    parts.collect::<Vec<_>>().join(", ")
}

#[test]
fn an_alpine_image_is_followed_from_its_command_and_its_database() {
    let image = alpine();
    let report = image.json(&["--only", "image/*"]);
    let unneeded = unneeded(&report);
    let names: Vec<&str> = unneeded.keys().map(String::as_str).collect();
    assert_eq!(names, ["busybox", "expat"], "{unneeded:?}");
    let mut findings = report["findings"].as_array().unwrap().iter();
    let finding = findings
        .find(|finding| finding["rule"] == "image/unneeded-packages")
        .unwrap();
    assert!(
        finding["message"]
            .as_str()
            .unwrap()
            .starts_with("2 of 5 packages are not used")
    );
    let proposal = finding["fix"]["description"].as_str().unwrap();
    for kept in ["\nusr/bin\n", "\nusr/share\n", "\nsrv\n"] {
        assert!(proposal.contains(kept), "{kept}: {proposal}");
    }
    assert!(
        !proposal.contains("libexpat") && !proposal.contains("busybox"),
        "{proposal}"
    );
}

#[test]
fn the_vulnerabilities_that_go_with_packages_are_those_that_were_found_in_them() {
    let image = alpine();
    let (report, counts) = judged(&image, &mirror(&image.sandbox));
    assert_eq!(in_words(&counts["expat"]), "1 critical, 1 high");
    assert!(counts.contains_key("musl") && counts.len() == 2, "{counts:?}");
    let unneeded = unneeded(&report);
    assert!(
        unneeded["expat"].ends_with("; 1 critical, 1 high"),
        "{unneeded:?}"
    );
    assert!(!unneeded["busybox"].contains("critical"), "{unneeded:?}");
    let text = report.to_string();
    assert!(
        text.contains("with them go known vulnerabilities: 1 critical, 1 high"),
        "{text}"
    );
}

#[test]
fn the_same_holds_with_published_advisories_where_they_are_at_hand() {
    let root = std::env::var_os("BARTIZAN_TESTDATA").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/testdata"),
        PathBuf::from,
    );
    let published = root.join("supply/advisories");
    if !published.is_dir() {
        println!("skipped: {} is not there", published.display());
        return;
    }
    let image = alpine();
    let (report, counts) = judged(&image, &published);
    let unneeded = unneeded(&report);
    assert!(counts["expat"].values().sum::<usize>() > 0, "{counts:?}");
    for (name, said) in &unneeded {
        match counts.get(name) {
            Some(counts) => assert!(
                said.ends_with(&format!("; {}", in_words(counts))),
                "{name}: {said}"
            ),
            None => assert!(!said.contains(';'), "{name}: {said}"),
        }
    }
}

/// Name, relations, and files: where on this machine, and where in the package.
type RpmPackage<'f> = (&'f str, &'f str, Vec<(&'f str, &'f str)>);

#[test]
fn an_image_of_rpm_packages_is_followed_from_its_command_and_its_database() {
    let image = Image::new();
    let root = image.sandbox.path("root");
    let mut libraries: Vec<String> = [libraries("/bin/cat"), libraries("/bin/true")].concat();
    libraries.sort();
    libraries.dedup();
    let mut packages: Vec<RpmPackage<'_>> = vec![
        (
            "server",
            "Requires: data\nRequires: /usr/share/named/file\nRequires(post): scripted\n",
            vec![("/bin/cat", "/usr/bin/server")],
        ),
        ("data", "", vec![("/etc/hostname", "/usr/share/data/table")]),
        ("named", "", vec![("/etc/hostname", "/usr/share/named/file")]),
        ("scripted", "", vec![("/bin/true", "/usr/sbin/scripted")]),
        ("extra", "", vec![("/bin/true", "/usr/bin/extra")]),
    ];
    let owned = libraries.iter().map(|path| (path.as_str(), path.as_str()));
    packages.push(("clib", "", owned.collect()));
    for (name, relations, files) in &packages {
        let mut install = String::new();
        let mut listed = String::new();
        for (from, to) in files {
            writeln!(
                install,
                "mkdir -p $(dirname %{{buildroot}}{to})\ncp -L {from} %{{buildroot}}{to}"
            )
            .unwrap();
            writeln!(listed, "{to}").unwrap();
        }
        let spec = image.sandbox.root().join(format!("{name}.spec"));
        let text = format!(
            "%global __os_install_post %{{nil}}\n%global debug_package %{{nil}}\nName: {name}\nVersion: 1\nRelease: 2\nSummary: s\n\
             License: MIT\nVendor: Acme\nAutoReqProv: no\n{relations}%description\nd\n%install\n{install}%files\n{listed}"
        );
        std::fs::write(&spec, text).unwrap();
        let top = image.sandbox.root().join("rpmbuild");
        done(
            Command::new("rpmbuild")
                .env("HOME", image.sandbox.root())
                .arg(format!("--define=_topdir {}", top.display()))
                .args(["--define=_build_id_links none", "-bb"])
                .arg(&spec),
        );
    }
    let mut built: Vec<PathBuf> = Vec::new();
    for directory in std::fs::read_dir(image.sandbox.root().join("rpmbuild/RPMS")).unwrap() {
        let files = std::fs::read_dir(directory.unwrap().path()).unwrap();
        built.extend(files.map(|file| file.unwrap().path()));
    }
    done(
        Command::new("rpm")
            .env("HOME", image.sandbox.root())
            .arg(format!("--root={}", root.display()))
            .args(["--define=_dbpath /var/lib/rpm", "--define=_db_backend sqlite"])
            .args(["--nodeps", "--noscripts", "--nosignature", "-i"])
            .args(built),
    );
    write(&root, "etc/os-release", "ID=fedora\nVERSION_ID=41\n");
    image
        .insert(&[root.to_str().unwrap(), "/"], "ADD rootfs.tar /")
        .configure(&["--config.cmd", "/usr/bin/server"], "CMD");
    let report = image.json(&["--only", "image/*"]);
    let unneeded = unneeded(&report);
    let names: Vec<&str> = unneeded.keys().map(String::as_str).collect();
    assert_eq!(names, ["extra", "scripted"], "{unneeded:?}");
}
