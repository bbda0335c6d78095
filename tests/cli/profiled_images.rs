//! `bartizan profile verify` and `packages` of images, which umoci and skopeo make.

#![allow(clippy::print_stderr)]

use std::fs;
use std::os::unix::fs::chown;
use std::path::Path;

use serde_json::{Value, json};

use crate::sandbox::{Answer, Sandbox};

const SCRIPT: &str = "test \"$MODE\" = seen && test \"$PWD\" = /work && read text < /etc/kept && ! test -e /etc/gone && echo done > out";
const STATUS: &str = "Package: shell\nStatus: install ok installed\nVersion: 1\nArchitecture: amd64\n\n\
    Package: unused\nStatus: install ok installed\nVersion: 2\nArchitecture: amd64\n";

/// An image of two layers with a user, a directory, an environment and a command of its own, and its profile as learned in a container of it by runc.
pub(crate) struct Made {
    pub(crate) sandbox: Sandbox,
    number: String,
}

impl Made {
    pub(crate) fn new(name: &str) -> Option<Self> {
        let has = |name: &str| {
            ["/usr/bin", "/usr/sbin"]
                .iter()
                .any(|directory| Path::new(directory).join(name).exists())
        };
        if !crate::sandbox::is_root()
            || !["runc", "umoci", "skopeo", "busybox"]
                .iter()
                .all(|name| has(name))
        {
            eprintln!(
                "skipped: images are run as root, with Debian's runc, umoci, skopeo and busybox-static"
            );
            return None;
        }
        let made = Self {
            sandbox: Sandbox::new(),
            number: format!("bartizan-{name}-{}", std::process::id()),
        };
        made.tool("umoci init --layout image");
        made.tool("umoci new --image image:web");
        made.layer("first", |root| {
            for directory in ["bin", "etc", "work", "var/lib/dpkg/info"] {
                fs::create_dir_all(root.join(directory)).unwrap();
            }
            fs::copy("/usr/bin/busybox", root.join("bin/sh")).unwrap();
            chown(root.join("work"), Some(101), Some(102)).unwrap();
            for (path, text) in [
                (
                    "etc/passwd",
                    "root:x:0:0::/:/bin/sh\nweb:x:101:102::/work:/bin/sh\n",
                ),
                ("etc/group", "root:x:0:\nweb:x:102:\n"),
                ("etc/kept", "text\n"),
                ("etc/gone", "text\n"),
                ("var/lib/dpkg/status", STATUS),
                ("var/lib/dpkg/info/shell.list", "/bin\n/bin/sh\n"),
                ("var/lib/dpkg/info/unused.list", "/etc/passwd\n"),
            ] {
                fs::write(root.join(path), text).unwrap();
            }
        });
        made.layer("second", |root| fs::remove_file(root.join("etc/gone")).unwrap());
        let config = made
            .sandbox
            .program("umoci")
            .args(["config", "--image", "image:web"])
            .args([
                "--config.user",
                "web",
                "--config.env",
                "MODE=seen",
                "--config.workingdir",
                "/work",
            ])
            .args([
                "--config.entrypoint",
                "/bin/sh",
                "--config.cmd",
                "-c",
                "--config.cmd",
                SCRIPT,
            ])
            .status();
        assert!(config.unwrap().success());
        Some(made)
    }

    fn tool(&self, line: &str) {
        let (program, arguments) = line.split_once(' ').unwrap();
        let done = self
            .sandbox
            .program(program)
            .args(arguments.split(' '))
            .output()
            .unwrap();
        assert!(
            done.status.success(),
            "{line}: {}",
            String::from_utf8_lossy(&done.stderr)
        );
    }

    pub(crate) fn layer(&self, name: &str, change: impl Fn(&Path)) {
        self.tool(&format!("umoci unpack --image image:web {name}"));
        change(&self.sandbox.path(name).join("rootfs"));
        self.tool(&format!("umoci repack --image image:web {name}"));
    }

    pub(crate) fn learn(&self) {
        self.tool("umoci unpack --image image:web bundle");
        let mut config: Value = serde_json::from_str(&self.sandbox.read("bundle/config.json")).unwrap();
        config["process"]["terminal"] = json!(false);
        config["linux"]["cgroupsPath"] = json!(self.number);
        self.sandbox.write("bundle/config.json", &config.to_string());
        let state = self.sandbox.path("state").display().to_string();
        let learned = self.profile(&format!(
            "learn web --container -- runc --root {state} run --bundle bundle {}",
            self.number
        ));
        assert_eq!(learned.code, 0, "{learned}");
    }

    pub(crate) fn profile(&self, line: &str) -> Answer {
        self.sandbox
            .run(&[&["profile"], &*line.split(' ').collect::<Vec<_>>()].concat())
    }
}

#[test]
fn an_image_runs_as_it_says_and_nothing_else_is_let_in() {
    let Some(made) = Made::new("image") else {
        return;
    };
    made.learn();
    made.tool("skopeo --insecure-policy copy -q oci:image:web docker-archive:saved.tar:web:1");
    made.tool("skopeo --insecure-policy copy -q oci:image:web oci-archive:oci.tar:web");
    for image in [
        "oci:image:web",
        "docker-archive:saved.tar",
        "docker-archive:oci.tar",
    ] {
        let verified = made.profile(&format!("verify web --image {image}"));
        assert_eq!(verified.code, 0, "{image}: {verified}");
    }
    for (script, broken) in [
        ("echo x > /etc/new", "file refused: /etc/new"),
        ("test -e /etc/gone", "end: it ended with 1"),
        ("mount -t tmpfs none /work", "system call refused: mount"),
        ("exit 7", "end: it ended with 7"),
    ] {
        let arguments = [
            "profile",
            "verify",
            "web",
            "--image",
            "oci:image:web",
            "--",
            "/bin/sh",
            "-c",
            script,
        ];
        let verified = made.sandbox.run(&arguments);
        assert_eq!(verified.code, 1, "{script}: {verified}");
        assert!(verified.out.contains(broken), "{script}: {verified}");
    }
    let used = made.profile("packages web --image docker-archive:saved.tar");
    assert_eq!(used.code, 0, "{used}");
    assert!(used.out.starts_with("web uses 1 of 2 packages\n"), "{used}");
    assert!(used.out.contains("never touched: unused"), "{used}");
}

#[test]
fn what_is_no_sound_image_is_refused() {
    let Some(made) = Made::new("unsound") else {
        return;
    };
    made.sandbox.write("profile.json", "{}");
    let learned = made.profile("learn web -- /bin/true");
    assert_eq!(learned.code, 0, "{learned}");
    for (arguments, said) in [
        ("--image image", "names no image"),
        ("--image oci:nowhere", "nothing at `nowhere`"),
        ("--image oci:image:other", "other"),
        ("--image docker-archive:profile.json", "truncated"),
        ("--image oci:image:web --rootfs image", "cannot be used with"),
    ] {
        let verified = made.profile(&format!("verify web {arguments}"));
        assert!([2, 3, 4].contains(&verified.code), "{arguments}: {verified}");
        assert!(verified.err.contains(said), "{arguments}: {verified}");
    }
    made.tool("umoci config --image image:web --config.user nobody-knows");
    let verified = made.profile("verify web --image oci:image:web");
    assert_eq!(verified.code, 2, "{verified}");
    assert!(verified.err.contains("run as `nobody-knows`"), "{verified}");
    // One bit of a layer is another one.
    let blobs = fs::read_dir(made.sandbox.path("image/blobs/sha256")).unwrap();
    let largest = blobs
        .map(|entry| entry.unwrap().path())
        .max_by_key(|path| fs::metadata(path).unwrap().len())
        .unwrap();
    let mut bytes = fs::read(&largest).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&largest, bytes).unwrap();
    let verified = made.profile("verify web --image oci:image:web");
    assert_ne!(verified.code, 0, "{verified}");
    assert!(
        verified.err.contains("digest") || verified.err.contains("damaged"),
        "{verified}"
    );
}
