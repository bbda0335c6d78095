//! Images made with umoci: what the binary says of their layers, components and configuration.

use crate::sandbox::{Answer, Sandbox, token};
use serde_json::Value;
use std::path::PathBuf;
use std::process::Command;

const BASE: &str = "/bin/sh -c #(nop) ADD file:0123 in / ";
const COMMAND: &str = "/bin/sh -c #(nop)  CMD [\"bash\"]";

pub(crate) fn umoci(arguments: &[&str]) {
    let output = Command::new("umoci").args(arguments).output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "umoci {arguments:?}: {told}");
}

/// An image `image:app` in the work directory, layer by layer.
pub(crate) struct Image {
    pub(crate) sandbox: Sandbox,
}

impl Image {
    pub(crate) fn new() -> Self {
        let image = Self {
            sandbox: Sandbox::new(),
        };
        umoci(&["init", "--layout", &image.at("image")]);
        umoci(&["new", "--image", &image.name()]);
        image
    }

    pub(crate) fn at(&self, path: &str) -> String {
        self.sandbox.path(path).display().to_string()
    }

    pub(crate) fn name(&self) -> String {
        format!("{}:app", self.at("image"))
    }

    /// Adds a layer with one file.
    pub(crate) fn layer(&self, path: &str, text: &str, created_by: &str) -> &Self {
        let source = self.sandbox.root().join("file");
        std::fs::write(&source, text).unwrap();
        self.insert(&[source.to_str().unwrap(), path], created_by)
    }

    /// Adds a layer that deletes a file.
    pub(crate) fn deleted(&self, path: &str, created_by: &str) -> &Self {
        self.insert(&["--whiteout", path], created_by)
    }

    pub(crate) fn insert(&self, what: &[&str], created_by: &str) -> &Self {
        let name = self.name();
        let head = [
            "insert",
            "--rootless",
            "--image",
            &name,
            "--history.created_by",
            created_by,
        ];
        umoci(&[&head, what].concat());
        self
    }

    /// Changes the configuration, which adds no layer.
    pub(crate) fn configure(&self, what: &[&str], created_by: &str) -> &Self {
        let name = self.name();
        let head = ["config", "--image", &name, "--history.created_by", created_by];
        umoci(&[&head, what].concat());
        self
    }

    pub(crate) fn scan(&self, arguments: &[&str]) -> Answer {
        self.sandbox.scan(&[&["oci:image:app"], arguments].concat())
    }

    pub(crate) fn json(&self, arguments: &[&str]) -> Value {
        written(
            &self.sandbox,
            &[&["scan", "oci:image:app", "-o", "json"], arguments].concat(),
        )
    }

    pub(crate) fn blobs(&self) -> Vec<PathBuf> {
        let directory = self.sandbox.path("image/blobs/sha256");
        let mut blobs: Vec<PathBuf> = std::fs::read_dir(directory)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
        blobs.sort();
        blobs
    }
}

/// Standard output as it is, without placeholders.
pub(crate) fn written(sandbox: &Sandbox, arguments: &[&str]) -> Value {
    let output = sandbox.bartizan(arguments).output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{told}"))
}

/// Standard error as it is.
pub(crate) fn complaint(sandbox: &Sandbox, arguments: &[&str]) -> (Option<i32>, bool, String) {
    let output = sandbox.bartizan(arguments).output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    (output.status.code(), output.stdout.is_empty(), told)
}

/// An image in which a token was deleted again.
pub(crate) fn deleted_token() -> Image {
    let image = Image::new();
    image
        .layer("/etc/motd", "hello\n", BASE)
        .configure(&["--config.cmd", "bash"], COMMAND)
        .layer(
            "/app/key",
            &format!("key = {}\n", token(1)),
            "COPY . /app # buildkit",
        )
        .deleted("/app/key", "RUN /bin/sh -c rm /app/key # buildkit");
    image
}

fn rules(report: &Value) -> Vec<&str> {
    let findings = report["findings"].as_array().unwrap();
    findings
        .iter()
        .map(|finding| finding["rule"].as_str().unwrap())
        .collect()
}

#[test]
fn a_credential_that_a_later_layer_deletes_denies_and_says_who_brought_and_who_deleted_it() {
    let image = deleted_token();
    let rule = image.sandbox.root().join("rule.yaml");
    let report = image.json(&["--rules", rule.to_str().unwrap(), "--only", "leak/harbour-token"]);
    assert_eq!(report["verdict"]["decision"], "deny");
    let finding = &report["findings"][0];
    assert_eq!(finding["locations"][0]["path"], "app/key");
    assert!(
        finding["locations"][0]["layer"]
            .as_str()
            .unwrap()
            .starts_with("sha256:")
    );
    let message = finding["message"].as_str().unwrap();
    assert!(
        message.contains("in layer 2 of 3, from your instruction `COPY"),
        "{message}"
    );
    assert!(
        message.contains("deleted by layer 3 of 3, from your instruction `RUN"),
        "{message}"
    );
    let asset = finding["asset"].as_str().unwrap();
    assert_eq!(
        asset,
        format!("image:{}", report["target"]["image"]["digest"].as_str().unwrap())
    );
    assert_eq!(report["target"]["kind"], "image");
}

#[test]
fn a_dockerfile_that_does_not_fit_is_named_and_one_that_is_missing_is_an_error() {
    let image = deleted_token();
    image.sandbox.write(
        "Dockerfile",
        "FROM debian:12\n# sources\nCOPY . /app\nRUN rm \\\n    /app/key\n",
    );
    let answer = image.sandbox.run(&[
        "scan",
        "oci:image:app",
        "--dockerfile",
        "Dockerfile",
        "-o",
        "concise",
    ]);
    assert!(!answer.err.contains("does not fit"), "{}", answer.err);
    image
        .sandbox
        .write("Dockerfile", "FROM debian:12\nRUN something else\n");
    let answer = image
        .sandbox
        .run(&["scan", "oci:image:app", "--dockerfile", "Dockerfile"]);
    assert!(answer.err.contains("does not fit the history"), "{}", answer.err);
    let answer = image
        .sandbox
        .run(&["scan", "oci:image:app", "--dockerfile", "nowhere"]);
    assert_eq!(answer.code, 2, "{}", answer.err);
}

#[test]
fn findings_name_the_lines_of_the_dockerfile() {
    let image = deleted_token();
    image.sandbox.write(
        "Dockerfile",
        "FROM debian:12\n# sources\nCOPY . /app\nRUN rm \\\n    /app/key\n",
    );
    let answer = image.scan(&["--dockerfile", "Dockerfile", "-o", "concise"]);
    assert!(answer.out.contains("(Dockerfile, line 3)"), "{}", answer.out);
    assert!(
        answer.out.contains("(Dockerfile, lines 4 to 5)"),
        "{}",
        answer.out
    );
}

#[test]
fn no_credential_of_the_history_is_shown_in_any_format() {
    let image = Image::new();
    let secret = token(7);
    image
        .layer(
            "/etc/motd",
            "hello\n",
            &format!("RUN /bin/sh -c login --token {secret} # buildkit"),
        )
        .configure(
            &["--config.env", &format!("HARBOUR_TOKEN={secret}")],
            &format!("ENV HARBOUR_TOKEN={secret}"),
        )
        .layer(
            "/key",
            &format!("key = {secret}\n"),
            &format!("RUN /bin/sh -c echo {secret} > /key # buildkit"),
        );
    let rule = image.sandbox.root().join("rule.yaml");
    let rule = rule.to_str().unwrap();
    for format in [
        "pretty",
        "concise",
        "json",
        "jsonl",
        "sarif",
        "gitlab",
        "junit",
        "markdown",
        "github",
        "statement",
        "cyclonedx",
        "spdx",
    ] {
        for more in [&[][..], &["--only", "leak/harbour-token"], &["--skip", "leak/*"]] {
            let arguments = [
                &["scan", "oci:image:app", "--rules", rule, "-vv", "-o", format],
                more,
            ]
            .concat();
            let answer = image.sandbox.run(&arguments);
            assert!(!answer.out.contains(&secret), "{format} {more:?}: {}", answer.out);
            assert!(!answer.err.contains(&secret), "{format} {more:?}: {}", answer.err);
        }
    }
    let answer = image.scan(&["-o", "concise"]);
    assert!(answer.out.contains("(image config)"), "{}", answer.out);
}

#[test]
fn a_layer_that_is_not_what_its_digest_says_ends_with_4_and_no_report() {
    let image = deleted_token();
    let mut spoiled = 0;
    for blob in image.blobs() {
        let bytes = std::fs::read(&blob).unwrap();
        let mut spoilt = bytes.clone();
        let last = spoilt.len() - 1;
        spoilt[last] ^= 1;
        std::fs::write(&blob, &spoilt).unwrap();
        let (code, is_silent, told) = complaint(&image.sandbox, &["scan", "oci:image:app", "-o", "json"]);
        // Blobs of earlier manifests belong to the image no more.
        if code == Some(4) {
            let digest = blob.file_name().unwrap().to_str().unwrap();
            assert!(told.contains(digest), "{told}");
            assert!(is_silent);
            spoiled += 1;
        }
        std::fs::write(&blob, &bytes).unwrap();
    }
    // Three layers, the configuration and the manifest.
    assert_eq!(spoiled, 5);
    assert_eq!(image.scan(&[]).code, 1);
}

const RELEASE: &str = "ID=debian\nVERSION_ID=\"12\"\n";

fn status(packages: &[(&str, &str)]) -> String {
    let stanza = |(name, version): &(&str, &str)| {
        format!("Package: {name}\nStatus: install ok installed\nVersion: {version}\nArchitecture: amd64\n\n")
    };
    packages.iter().map(stanza).collect()
}

#[test]
fn packages_of_a_status_that_a_later_layer_replaced_do_not_count() {
    let image = Image::new();
    image
        .layer("/etc/os-release", RELEASE, BASE)
        .layer(
            "/var/lib/dpkg/status",
            &status(&[("bash", "5.2"), ("openssl", "3.0.1"), ("gone", "1")]),
            BASE,
        )
        .layer(
            "/var/lib/dpkg/status",
            &status(&[("bash", "5.2"), ("openssl", "3.0.2")]),
            "RUN /bin/sh -c apt-get upgrade # buildkit",
        );
    let report = written(&image.sandbox, &["sbom", "oci:image:app", "-o", "json"]);
    let components = report["components"].as_array().unwrap();
    let purls: Vec<&str> = components
        .iter()
        .map(|one| one["purl"].as_str().unwrap())
        .collect();
    assert_eq!(
        purls,
        [
            "pkg:deb/debian/bash@5.2?arch=amd64&distro=debian-12",
            "pkg:deb/debian/openssl@3.0.2?arch=amd64&distro=debian-12",
            "pkg:generic/debian@12"
        ]
    );
    // What was there before is proven where it came in, too.
    assert_eq!(components[0]["locations"].as_array().unwrap().len(), 2);
    assert_eq!(components[1]["locations"].as_array().unwrap().len(), 1);
}

#[test]
fn a_bill_and_a_statement_name_the_image() {
    let image = Image::new();
    image.layer("/etc/os-release", RELEASE, BASE);
    umoci(&["tag", "--image", &image.name(), "v1.2"]);
    let bill = |format: &str| written(&image.sandbox, &["sbom", "oci:image:v1.2", "-o", format]);
    let index: Value = serde_json::from_str(&image.sandbox.read("image/index.json")).unwrap();
    let digest = index["manifests"][0]["digest"].as_str().unwrap();
    let cyclonedx = bill("cyclonedx");
    assert_eq!(cyclonedx["metadata"]["component"]["type"], "container");
    assert_eq!(cyclonedx["metadata"]["component"]["version"], digest);
    let spdx = bill("spdx");
    assert_eq!(spdx["packages"][0]["primaryPackagePurpose"], "CONTAINER");
    assert_eq!(spdx["packages"][0]["versionInfo"], digest);
    let statement = bill("statement");
    assert_eq!(
        format!(
            "sha256:{}",
            statement["subject"][0]["digest"]["sha256"].as_str().unwrap()
        ),
        digest
    );
}

#[test]
fn how_an_image_is_made_is_judged_and_can_be_judged_alone() {
    let image = Image::new();
    image.layer("/etc/motd", "x", "ADD https://example.org/x /x # buildkit");
    let report = image.json(&["--only", "image/*"]);
    assert_eq!(
        rules(&report),
        ["image/add-from-url", "image/root-user", "image/no-healthcheck"]
    );
    image.configure(&["--config.user", "10001"], "USER 10001");
    let report = image.json(&["--only", "image/root-user"]);
    assert!(rules(&report).is_empty());
    let answer = image.sandbox.run(&["explain", "image/root-user"]);
    assert_eq!(answer.code, 0);
    assert!(answer.out.contains("runAsNonRoot"), "{}", answer.out);
}

#[test]
fn the_build_gate_judges_images_and_roots_and_nothing_else() {
    let image = deleted_token();
    let rule = image.sandbox.root().join("rule.yaml");
    let gate = |target: &str| {
        let rules = ["--rules", rule.to_str().unwrap(), "--only", "leak/harbour-token"];
        image
            .sandbox
            .run(&[&["gate", "--stage", "build", target], &rules[..]].concat())
            .code
    };
    assert_eq!(gate("oci:image:app"), 1);
    image
        .sandbox
        .write("root/etc/key", &format!("key = {}\n", token(2)));
    assert_eq!(gate("rootfs:root"), 1);
    assert_eq!(gate("root"), 3);
}

#[test]
fn the_root_of_a_system_is_scanned_whatever_ignore_files_say() {
    let sandbox = Sandbox::new();
    sandbox.init();
    sandbox.write(".gitignore", "root\n");
    sandbox.write("root/etc/key", &format!("key = {}\n", token(3)));
    let rule = sandbox.root().join("rule.yaml");
    let rules = ["--rules", rule.to_str().unwrap(), "--only", "leak/harbour-token"];
    let report = written(
        &sandbox,
        &[&["scan", "rootfs:root", "-o", "json"], &rules[..]].concat(),
    );
    assert_eq!(report["findings"][0]["locations"][0]["path"], "etc/key");
    assert_eq!(report["target"]["kind"], "rootfs");
}

#[test]
fn globs_leave_files_of_an_image_out() {
    let image = deleted_token();
    assert_eq!(image.scan(&["--exclude", "app/**"]).code, 0);
    assert_eq!(image.scan(&["--exclude", "other/**"]).code, 1);
}

#[test]
fn requests_that_make_no_sense_for_an_image_are_refused_with_a_way_out() {
    let image = deleted_token();
    image.sandbox.init();
    for (arguments, says) in [
        (&["scan", "oci:image:app", "."][..], "looked at alone"),
        (
            &["scan", "oci:image:app", "--platform", "amd64"],
            "is no platform",
        ),
        (&["scan", "oci:image:app", "--staged"], "exclude each other"),
        (&["scan", "oci:image:app", "--changed"], "exclude each other"),
    ] {
        let answer = image.sandbox.run(arguments);
        assert_eq!(answer.code, 2, "{arguments:?}: {}", answer.err);
        assert!(
            answer.err.contains(says) && answer.err.contains("help"),
            "{}",
            answer.err
        );
    }
    for target in ["oci:image:other", "oci:nowhere", "docker-archive:nowhere.tar"] {
        assert_eq!(image.sandbox.run(&["scan", target]).code, 3, "{target}");
    }
    let answer = image
        .sandbox
        .run(&["scan", "oci:image:app", "--platform", "plan9/386"]);
    assert_eq!(answer.code, 3);
    assert!(answer.err.contains("--platform"), "{}", answer.err);
}

#[test]
fn two_runs_over_an_image_say_the_same_whatever_the_number_of_workers() {
    let image = deleted_token();
    let run = |jobs: &str| {
        let answer = image
            .sandbox
            .run(&["scan", "oci:image:app", "-o", "jsonl", "-j", jobs]);
        let lines = answer.out.lines().filter(|line| line.contains("\"fingerprint\""));
        lines.map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(run("1"), run("4"));
}
