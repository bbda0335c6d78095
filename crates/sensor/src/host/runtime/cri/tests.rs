//! A real containerd, which is started for this with a directory of its own, is asked about a pod that it runs.

#![allow(clippy::print_stderr, reason = "what was not tested is said aloud")]

use super::super::Runtime;
use super::http2;
use super::proto::{Fields, field};
use bartizan_model::runtime::Container;
use serde_json::json;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const PATIENCE: Duration = Duration::from_secs(60);
const IMAGE: &str = "localhost/sleeper:1";
/// A program that waits for ever, without any library.
const SLEEPER: &str = "void _start(void) { for (;;) __asm__ volatile(\"syscall\" :: \"a\"(34L) : \"rcx\", \"r11\", \"memory\"); }";

/// A containerd that ends with what it runs.
struct Containerd {
    child: Child,
    home: tempfile::TempDir,
    pods: Vec<String>,
}

impl Containerd {
    /// None where it is not there, or may not run, which is said.
    fn start() -> Option<Self> {
        let has = |program: &str| {
            let found = Command::new(program)
                .arg("--version")
                .stdout(Stdio::null())
                .status();
            found.is_ok_and(|status| status.success())
        };
        if !rustix::process::geteuid().is_root()
            || !has("containerd")
            || !has("runc")
            || cfg!(not(target_arch = "x86_64"))
        {
            eprintln!("not tested: containers need root, containerd and runc");
            return None;
        }
        let home = tempfile::Builder::new()
            .prefix("bartizan-cri-")
            .tempdir()
            .unwrap();
        let at = home.path().display();
        let config = format!(
            "version = 2\nroot = \"{at}/root\"\nstate = \"{at}/state\"\n[grpc]\n  address = \"{at}/socket\"\n\
             [plugins.\"io.containerd.grpc.v1.cri\"]\n  sandbox_image = \"{IMAGE}\"\n  restrict_oom_score_adj = true\n\
             \x20 [plugins.\"io.containerd.grpc.v1.cri\".containerd]\n    snapshotter = \"native\"\n"
        );
        fs::write(home.path().join("config.toml"), config).unwrap();
        let child = Command::new("containerd")
            .arg("-c")
            .arg(home.path().join("config.toml"))
            .stdout(Stdio::null())
            .stderr(fs::File::create(home.path().join("log")).unwrap())
            .spawn()
            .unwrap();
        let this = Self {
            child,
            home,
            pods: Vec::new(),
        };
        let began = Instant::now();
        while Runtime::open(&this.socket()).is_err() {
            assert!(began.elapsed() < PATIENCE, "containerd does not answer");
            std::thread::yield_now();
        }
        this.import();
        Some(this)
    }

    fn socket(&self) -> PathBuf {
        self.home.path().join("socket")
    }

    fn ask(&self, method: &str, message: &[u8]) -> Vec<u8> {
        let path = format!("/runtime.v1.RuntimeService/{method}");
        http2::ask(&self.socket(), &path, message, PATIENCE).unwrap_or_else(|error| {
            let log = fs::read_to_string(self.home.path().join("log")).unwrap_or_default();
            panic!("{method}: {error}\n{log}")
        })
    }

    /// Brings in an image that is made here.
    fn import(&self) {
        let layout = self.home.path().join("layout");
        fs::create_dir_all(layout.join("blobs/sha256")).unwrap();
        fs::create_dir(layout.join("layer")).unwrap();
        fs::write(layout.join("sleeper.c"), SLEEPER).unwrap();
        run(Command::new("cc")
            .args(["-static", "-nostdlib", "-o", "layer/sleeper", "sleeper.c"])
            .current_dir(&layout));
        run(Command::new("tar")
            .args(["-cf", "layer.tar", "-C", "layer", "sleeper"])
            .current_dir(&layout));
        let layer = blob(&layout, &fs::read(layout.join("layer.tar")).unwrap());
        let config = json!({ "architecture": "amd64", "os": "linux", "config": { "Entrypoint": ["/sleeper"] },
            "rootfs": { "type": "layers", "diff_ids": [layer.0] } });
        let config = blob(&layout, config.to_string().as_bytes());
        let described = |kind: &str, (digest, size): &(String, usize)| json!({ "mediaType": format!("application/vnd.oci.image.{kind}"), "digest": digest, "size": size });
        let manifest = json!({ "schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
            "config": described("config.v1+json", &config), "layers": [described("layer.v1.tar", &layer)] });
        let manifest = blob(&layout, manifest.to_string().as_bytes());
        let mut entry = described("manifest.v1+json", &manifest);
        entry["annotations"] = json!({ "io.containerd.image.name": IMAGE });
        let index = json!({ "schemaVersion": 2, "manifests": [entry] });
        fs::write(layout.join("index.json"), index.to_string()).unwrap();
        fs::write(layout.join("oci-layout"), r#"{"imageLayoutVersion":"1.0.0"}"#).unwrap();
        run(Command::new("tar")
            .args(["-cf", "../image.tar", "oci-layout", "index.json", "blobs"])
            .current_dir(&layout));
        run(Command::new("ctr")
            .arg("-a")
            .arg(self.socket())
            .args(["-n", "k8s.io", "images", "import"])
            .arg(self.home.path().join("image.tar"))
            .stdout(Stdio::null()));
    }

    /// Runs a container in a pod; the numbers of both.
    fn run_pod(&mut self) -> (String, String) {
        let metadata = [field(1, b"web-0"), field(2, b"uid-1"), field(3, b"shop")].concat();
        let label = [field(1, b"app"), field(2, b"web")].concat();
        // The network of the node, so that none has to be made.
        let network = field(2, &field(1, &[1 << 3, 2]));
        let cgroup = field(1, format!("/{}", cgroup()).as_bytes());
        let system = field(8, &[cgroup, network].concat());
        let pod = [field(1, &metadata), field(6, &label), system].concat();
        let sandbox = Fields(&self.ask("RunPodSandbox", &field(1, &pod)))
            .text(1)
            .to_owned();
        self.pods.push(sandbox.clone());
        let mount = [
            field(1, b"/host"),
            field(2, self.home.path().as_os_str().as_encoded_bytes()),
        ]
        .concat();
        let container = [
            field(1, &field(1, b"app")),
            field(2, &field(1, IMAGE.as_bytes())),
            field(7, &mount),
        ]
        .concat();
        let request = [field(1, sandbox.as_bytes()), field(2, &container), field(3, &pod)].concat();
        let id = Fields(&self.ask("CreateContainer", &request)).text(1).to_owned();
        self.ask("StartContainer", &field(1, id.as_bytes()));
        (sandbox, id)
    }
}

impl Drop for Containerd {
    fn drop(&mut self) {
        for pod in &self.pods {
            let path = "/runtime.v1.RuntimeService/";
            for method in ["StopPodSandbox", "RemovePodSandbox"] {
                let _ = http2::ask(
                    &self.socket(),
                    &format!("{path}{method}"),
                    &field(1, pod.as_bytes()),
                    PATIENCE,
                );
            }
        }
        let _ = Command::new("kill").arg(self.child.id().to_string()).status();
        let _ = self.child.wait();
        // What the runtime leaves of cgroups is empty.
        for hierarchy in fs::read_dir("/sys/fs/cgroup").into_iter().flatten().flatten() {
            let _ = fs::remove_dir(hierarchy.path().join(cgroup()));
        }
        let _ = fs::remove_dir(Path::new("/sys/fs/cgroup").join(cgroup()));
    }
}

/// The cgroup that pods of this test run in
fn cgroup() -> String {
    format!("bartizan-cri-{}", std::process::id())
}

fn run(command: &mut Command) {
    let output = command.output().unwrap();
    assert!(
        output.status.success(),
        "{command:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
}

/// Keeps a blob of an image; its digest and size.
fn blob(layout: &Path, bytes: &[u8]) -> (String, usize) {
    let digest = crate::object::digest(bytes);
    fs::write(layout.join("blobs/sha256").join(&digest), bytes).unwrap();
    (format!("sha256:{digest}"), bytes.len())
}

fn described(runtime: &mut Runtime, id: &str) -> (bool, Container) {
    let mut container = Container {
        id: id.into(),
        ..Container::default()
    };
    (runtime.describe(&mut container), container)
}

#[test]
fn containerd_tells_of_image_pod_labels_and_mounts() {
    let Some(mut containerd) = Containerd::start() else {
        return;
    };
    let (sandbox, id) = containerd.run_pod();
    let mut runtime = Runtime::open(&containerd.socket()).unwrap();
    let (known, container) = described(&mut runtime, &id);
    assert!(known);
    assert_eq!((&*container.runtime, &*container.name), ("containerd", "app"));
    assert_eq!((&*container.image, &*container.tag), ("localhost/sleeper", "1"));
    assert!(
        container.image_digest.starts_with("sha256:") && container.image_digest.len() == 71,
        "{container:?}"
    );
    assert!(
        container.mounts.iter().any(|(_, inside)| &**inside == "/host"),
        "{container:?}"
    );
    assert!(container.started > 0);
    let pod = container.pod.unwrap();
    assert_eq!(
        (&*pod.name, &*pod.namespace, &*pod.uid),
        ("web-0", "shop", "uid-1")
    );
    assert_eq!(&*pod.labels, [("app".into(), "web".into())]);

    let (known, beginning) = described(&mut runtime, &sandbox);
    assert!(known, "the container that holds the pod is known by its pod");
    assert_eq!(&*beginning.pod.unwrap().name, "web-0");
    let (known, stranger) = described(&mut runtime, &"0".repeat(64));
    assert!(!known);
    assert_eq!(stranger.pod, None);
    assert_eq!(runtime.failed(), 0);
}

#[test]
fn who_does_not_speak_cri_is_no_runtime() {
    let dir = tempfile::tempdir().unwrap();
    assert!(Runtime::open(&dir.path().join("nobody")).is_err());
}
