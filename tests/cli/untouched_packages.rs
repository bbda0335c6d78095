//! What a scan of an image says of packages that a workload was never seen to use, and where it ranks known vulnerabilities in these. The workload runs in a container of
//! the image, by runc.

use crate::advisories::zip;
use crate::images::written;
use crate::profiled_images::Made;
use crate::sandbox::Sandbox;
use serde_json::Value;
use std::fs;
use std::path::Path;

/// Of these `shell` is run; `data` it depends on; `tool` depends on `helper`; `base` is essential.
const PACKAGES: [(&str, &str, &str, usize); 6] = [
    ("shell", "Depends: data (>= 1)\n", "/bin/sh", 0),
    ("data", "", "/usr/share/data", 100),
    ("tool", "Depends: helper, data\n", "/usr/bin/tool", 50_000),
    ("helper", "", "/usr/bin/helper", 2_000),
    ("base", "Essential: yes\n", "/usr/bin/base", 10),
    ("unused", "", "/etc/gone-too", 1_000),
];

fn installed(root: &Path) {
    let mut status = String::new();
    for (name, more, path, size) in PACKAGES {
        status.push_str(&format!(
            "Package: {name}\nStatus: install ok installed\nVersion: 1\nArchitecture: amd64\n{more}\n"
        ));
        fs::write(
            root.join(format!("var/lib/dpkg/info/{name}.list")),
            format!("{path}\n"),
        )
        .unwrap();
        if size > 0 {
            let file = root.join(path.trim_start_matches('/'));
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, vec![b'x'; size]).unwrap();
        }
    }
    fs::write(root.join("var/lib/dpkg/status"), status).unwrap();
    fs::write(root.join("etc/os-release"), "ID=debian\nVERSION_ID=\"12\"\n").unwrap();
}

/// The same vulnerability in each of these packages.
fn mirror(sandbox: &Sandbox, packages: &[&str]) {
    let directory = sandbox.root().join("osv/Debian");
    fs::create_dir_all(&directory).unwrap();
    let records = packages.iter().map(|package| {
        let id = format!("DEBIAN-CVE-2024-{}", package.len() * 1000);
        let record = format!(
            r#"{{"id":"{id}","modified":"2024-05-01T00:00:00Z",
            "severity":[{{"type":"CVSS_V3","score":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}}],
            "affected":[{{"package":{{"ecosystem":"Debian:12","name":"{package}"}},
            "ranges":[{{"type":"ECOSYSTEM","events":[{{"introduced":"0"}},{{"fixed":"2"}}]}}]}}]}}"#
        );
        (format!("{id}.json"), record)
    });
    let files: Vec<(String, String)> = records.collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    fs::write(directory.join("all.zip"), zip(&files)).unwrap();
    let mirror = sandbox.root().join("osv");
    let update = sandbox.run(&["db", "update", "--from", mirror.to_str().unwrap()]);
    assert_eq!(update.code, 0, "{update}");
}

fn made(name: &str) -> Option<Made> {
    let made = Made::new(name)?;
    made.layer("third", installed);
    made.learn();
    Some(made)
}

fn scanned(sandbox: &Sandbox, more: &[&str]) -> Value {
    written(
        sandbox,
        &[&["scan", "oci:image:web", "-o", "json"], more].concat(),
    )
}

/// Names of vulnerable packages in the order in which they are to be upgraded, with the decision.
fn ranked(report: &Value) -> Vec<(String, String)> {
    let remedies = report["remedies"].as_array().unwrap().iter();
    let upgrades = remedies.filter_map(|remedy| {
        let component = remedy["upgrade"]["component"].as_str()?;
        let name = component.split(['/', '@']).nth(2)?;
        Some((name.to_owned(), remedy["decision"].as_str()?.to_owned()))
    });
    upgrades.collect()
}

fn pairs(ranked: &[(String, String)]) -> Vec<(&str, &str)> {
    ranked
        .iter()
        .map(|(name, decision)| (name.as_str(), decision.as_str()))
        .collect()
}

#[test]
fn packages_that_no_container_opened_are_named_with_what_they_are_tied_to() {
    let Some(made) = made("untouched") else {
        return;
    };
    let sandbox = &made.sandbox;
    mirror(sandbox, &["tool"]);
    let before = scanned(sandbox, &["--only", "image/*,supply/*"]);
    assert!(!before.to_string().contains("image/untouched-packages"));
    let report = scanned(sandbox, &["--only", "image/*,supply/*", "--profile", "web"]);
    let mut findings = report["findings"].as_array().unwrap().iter();
    let finding = findings
        .find(|finding| finding["rule"] == "image/untouched-packages")
        .unwrap_or_else(|| panic!("{report}"));
    let message = finding["message"].as_str().unwrap();
    assert!(
        message.starts_with("3 of 6 packages were never touched while the service was watched and can go: 53.0 kB; with them go known vulnerabilities: 1 critical"),
        "{message}"
    );
    // One start is not much to go by, and that is said.
    assert!(message.contains("not enough was seen yet"), "{message}");
    assert_eq!(finding["confidence"], "low");
    let steps = finding["evidence"].as_array().unwrap().iter();
    let told: Vec<&str> = steps.map(|step| step["message"].as_str().unwrap()).collect();
    let of = |name: &str| {
        *told
            .iter()
            .find(|text| text.starts_with(&format!("{name}: ")))
            .unwrap_or_else(|| panic!("{told:#?}"))
    };
    assert!(
        told[0].starts_with("watched: `web`, stability 0.00. Seen: 1 start"),
        "{told:#?}"
    );
    assert_eq!(told[1], "in use: 1 package");
    assert!(
        of("tool").starts_with("tool: 50.0 kB, in layer 3 of 3")
            && of("tool").ends_with("; 1 critical; can go alone"),
        "{told:#?}"
    );
    assert!(of("unused").ends_with("; can go alone"), "{told:#?}");
    assert!(of("helper").ends_with("; goes together with tool"), "{told:#?}");
    assert!(
        of("data").ends_with("; stays: `shell` depends on it"),
        "{told:#?}"
    );
    assert!(
        of("base").ends_with("; stays: its package manager counts it as essential"),
        "{told:#?}"
    );
    let advice = finding["fix"]["description"].as_str().unwrap();
    assert!(advice.contains("apt-get purge helper tool unused\n"), "{advice}");
}

#[test]
fn a_vulnerability_in_a_package_that_never_loads_comes_after_one_in_a_package_that_does() {
    let Some(made) = made("ranked") else {
        return;
    };
    let sandbox = &made.sandbox;
    // By name alone `base` comes before `shell`.
    mirror(sandbox, &["base", "shell"]);
    let before = ranked(&scanned(sandbox, &[]));
    assert_eq!(
        pairs(&before),
        [("base", "out-of-cycle"), ("shell", "out-of-cycle")]
    );
    let report = scanned(sandbox, &["--profile", "web"]);
    assert_eq!(
        pairs(&ranked(&report)),
        [("shell", "out-of-cycle"), ("base", "scheduled")]
    );
    let vulnerable = report["findings"].as_array().unwrap().iter();
    let vulnerable: Vec<&str> = vulnerable
        .filter(|finding| finding["rule"] == "supply/vulnerable-package")
        .map(|finding| finding["asset"].as_str().unwrap())
        .collect();
    assert!(
        vulnerable[0].contains("/shell@") && vulnerable[1].contains("/base@"),
        "{vulnerable:?}"
    );
    assert!(
        report.to_string().contains("never seen loaded where it runs"),
        "{report}"
    );
    let told = sandbox.run(&["scan", "oci:image:web", "--profile", "web", "--group-by", "fix"]);
    let at = |name: &str| {
        told.out
            .find(&format!("`{name}`"))
            .unwrap_or_else(|| panic!("{told}"))
    };
    assert!(at("shell") < at("base"), "{told}");
    // Where nothing is exposed both can wait, and still the order is that.
    sandbox.write(
        "bartizan.toml",
        "[priority]\nexposure = 'small'\nmission = 'low'\n",
    );
    let small = ranked(&scanned(sandbox, &["--profile", "web"]));
    assert_eq!(pairs(&small), [("shell", "scheduled"), ("base", "defer")]);
}

#[test]
fn a_profile_of_something_else_is_refused_and_so_is_one_where_no_image_is_looked_at() {
    let Some(made) = Made::new("others") else {
        return;
    };
    let sandbox = &made.sandbox;
    let learned = made.profile("learn other -- /usr/bin/busybox true");
    assert_eq!(learned.code, 0, "{learned}");
    for (arguments, code, said) in [
        (
            "scan oci:image:web --profile nobody",
            3,
            "there is no profile of `nobody`",
        ),
        ("scan . --profile other", 2, "no image is looked at"),
        (
            "scan oci:image:web --profile image/index.json",
            2,
            "is no profile",
        ),
        (
            "scan oci:image:web --profile other",
            2,
            "no file that `other` used is in the image",
        ),
    ] {
        let answer = sandbox.run(&arguments.split(' ').collect::<Vec<_>>());
        assert_eq!(answer.code, code, "{arguments}: {answer}");
        assert!(answer.err.contains(said), "{arguments}: {answer}");
    }
    // A setting for images is no obstacle to looking at something else.
    sandbox.write("bartizan.toml", "[image]\nprofiles = ['nobody']\n");
    assert_eq!(sandbox.scan(&["etc"]).code, 3);
    sandbox.write("etc/file", "text\n");
    assert_eq!(sandbox.scan(&["etc"]).code, 0);
    assert_eq!(sandbox.scan(&["oci:image:web"]).code, 3);
}
