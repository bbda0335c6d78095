//! A containerd of the test's own with its plugin for the kubelet (CRI), which runs pods of an image that is made here.
//!
//! In: what pods are called and labelled. Out: the numbers of their containers, what commands in these return, and the socket to ask about them. No registry and
//! no network is reached; pods have the network of the host. <https://github.com/kubernetes/cri-api/blob/master/pkg/apis/runtime/v1/api.proto>

use crate::{Error, remove_cgroups_everywhere};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// How long containerd may take to answer at first.
const PATIENCE: Duration = Duration::from_secs(60);
/// The image of pods: one program of `busybox` that waits, and its shell.
const IMAGE: &str = "localhost/sleeper:1";
const MAKE_IMAGE: &str = "set -e
mkdir -p files/bin
cp \"$(command -v busybox)\" files/bin/busybox
ln -s busybox files/bin/sh
umoci init --layout layout
umoci new --image layout:made
umoci insert --rootless --image layout:made files /
umoci config --image layout:made --config.entrypoint /bin/busybox --config.entrypoint sleep --config.entrypoint 1000000
skopeo --insecure-policy copy -q oci:layout:made docker-archive:image.tar:NAME
ctr -a socket -n k8s.io images import image.tar
";

/// A running containerd. It ends, and what it ran goes, when this is dropped.
#[derive(Debug)]
pub struct Containerd {
    child: Child,
    home: TempDir,
    cgroup: String,
    pods: Vec<String>,
}

impl Containerd {
    /// Starts it, and brings in the image. Only root may.
    ///
    /// # Errors
    /// When something that it takes is not installed, or it does not start.
    pub fn start() -> Result<Self, Error> {
        for program in ["containerd", "ctr", "runc", "busybox", "umoci", "skopeo", "curl"] {
            let found = Command::new("sh")
                .args(["-c", "command -v \"$0\"", program])
                .stdout(Stdio::null())
                .status()?;
            if !found.success() {
                return Err(Error::Containerd(format!("there is no `{program}`")));
            }
        }
        let home = tempfile::Builder::new().prefix("bartizan-cri-").tempdir()?;
        let at = home.path().display();
        let settings = format!(
            "version = 2\nroot = \"{at}/root\"\nstate = \"{at}/state\"\n[grpc]\n  address = \"{at}/socket\"\n\
             [plugins.\"io.containerd.grpc.v1.cri\"]\n  sandbox_image = \"{IMAGE}\"\n  restrict_oom_score_adj = true\n\
             \x20 [plugins.\"io.containerd.grpc.v1.cri\".containerd]\n    snapshotter = \"native\"\n"
        );
        fs::write(home.path().join("config.toml"), settings)?;
        let child = Command::new("containerd")
            .arg("-c")
            .arg(home.path().join("config.toml"))
            .stdout(Stdio::null())
            .stderr(File::create(home.path().join("log"))?)
            .spawn()?;
        let cgroup = home
            .path()
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let this = Self {
            child,
            home,
            cgroup,
            pods: Vec::new(),
        };
        let began = Instant::now();
        while let Err(error) = this.ask("Version", &[]) {
            if began.elapsed() > PATIENCE {
                return Err(error);
            }
        }
        let made = Command::new("sh")
            .args(["-c", &MAKE_IMAGE.replace("NAME", IMAGE)])
            .current_dir(this.home.path())
            .output()?;
        if made.status.success() {
            Ok(this)
        } else {
            Err(Error::Containerd(
                String::from_utf8_lossy(&made.stderr).into_owned(),
            ))
        }
    }

    /// Where it answers.
    #[must_use]
    pub fn socket(&self) -> PathBuf {
        self.home.path().join("socket")
    }

    /// A directory of the host that containers see as `/host`.
    #[must_use]
    pub fn home(&self) -> &Path {
        self.home.path()
    }

    /// Runs a container `app` in a pod of this name and namespace, with these labels; the numbers of the pod and of the container.
    ///
    /// # Errors
    /// When containerd does not.
    pub fn run_pod(
        &mut self,
        name: &str,
        namespace: &str,
        labels: &[(&str, &str)],
    ) -> Result<(String, String), Error> {
        let metadata = [
            text(1, name),
            text(2, &format!("uid-of-{name}")),
            text(3, namespace),
        ]
        .concat();
        let labels = labels
            .iter()
            .flat_map(|(key, value)| field(6, &[text(1, key), text(2, value)].concat()));
        let of_node = field(2, &field(1, &[1 << 3, 2]));
        let system = field(8, &[text(1, &format!("/{}", self.cgroup)), of_node].concat());
        let pod = [field(1, &metadata), labels.collect(), system].concat();
        let sandbox = first_text(&self.ask("RunPodSandbox", &field(1, &pod))?);
        self.pods.push(sandbox.clone());
        let mount = [text(1, "/host"), text(2, &self.home.path().to_string_lossy())].concat();
        let container = [
            field(1, &text(1, "app")),
            field(2, &text(1, IMAGE)),
            field(7, &mount),
        ]
        .concat();
        let request = [text(1, &sandbox), field(2, &container), field(3, &pod)].concat();
        let id = first_text(&self.ask("CreateContainer", &request)?);
        self.ask("StartContainer", &text(1, &id))?;
        Ok((sandbox, id))
    }

    /// Runs a script in a container; whether it succeeds.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn succeeds(&self, container: &str, script: &str) -> Result<bool, Error> {
        let command = ["/bin/sh", "-c", script].map(|word| text(2, word)).concat();
        let answer = self.ask("ExecSync", &[text(1, container), command].concat())?;
        // A code other than 0 is the last field, and its only number.
        Ok(!has_number(&answer, 3))
    }

    fn ask(&self, method: &str, message: &[u8]) -> Result<Vec<u8>, Error> {
        let length = u32::try_from(message.len()).unwrap_or(u32::MAX);
        let framed = [&[0], &length.to_be_bytes()[..], message].concat();
        fs::write(self.home.path().join("message"), framed)?;
        let output = Command::new("curl")
            .args([
                "-sS",
                "--http2-prior-knowledge",
                "--max-time",
                "60",
                "--unix-socket",
                "socket",
            ])
            .args([
                "-H",
                "content-type: application/grpc",
                "-H",
                "te: trailers",
                "-D",
                "head",
            ])
            .args(["--data-binary", "@message"])
            .arg(format!("http://localhost/runtime.v1.RuntimeService/{method}"))
            .current_dir(self.home.path())
            .output()?;
        let head = fs::read_to_string(self.home.path().join("head")).unwrap_or_default();
        match output.stdout.get(5..) {
            Some(answer) if head.contains("grpc-status: 0") => Ok(answer.to_vec()),
            _ => Err(Error::Containerd(format!(
                "{method}: {head}{}",
                String::from_utf8_lossy(&output.stderr)
            ))),
        }
    }
}

impl Drop for Containerd {
    fn drop(&mut self) {
        for pod in &self.pods {
            for method in ["StopPodSandbox", "RemovePodSandbox"] {
                let _ = self.ask(method, &text(1, pod));
            }
        }
        let _ = Command::new("kill").arg(self.child.id().to_string()).status();
        let _ = self.child.wait();
        // What the runtime leaves of cgroups is empty.
        remove_cgroups_everywhere(&self.cgroup);
    }
}

/// A field of bytes (<https://protobuf.dev/programming-guides/encoding/>).
fn field(number: u8, bytes: &[u8]) -> Vec<u8> {
    let mut out = vec![number << 3 | 2];
    let mut length = bytes.len();
    while length > 0x7f {
        out.push(u8::try_from(length & 0x7f).unwrap_or_default() | 0x80);
        length >>= 7;
    }
    out.push(u8::try_from(length).unwrap_or_default());
    out.extend(bytes);
    out
}

fn text(number: u8, text: &str) -> Vec<u8> {
    field(number, text.as_bytes())
}

/// The fields of a message: number and kind together, and the bytes of those that have any.
fn fields(mut message: &[u8]) -> Vec<(u8, &[u8])> {
    let mut found = Vec::new();
    while let Some((tag, rest)) = message.split_first() {
        let (mut value, mut shift, mut rest) = (0_usize, 0, rest);
        while let Some((byte, next)) = rest.split_first() {
            value |= usize::from(byte & 0x7f) << shift;
            shift += 7;
            rest = next;
            if byte & 0x80 == 0 || shift > 56 {
                break;
            }
        }
        let length = if tag & 7 == 2 { value.min(rest.len()) } else { 0 };
        let (bytes, next) = rest.split_at(length);
        found.push((*tag, bytes));
        message = next;
    }
    found
}

fn first_text(message: &[u8]) -> String {
    let fields = fields(message).into_iter();
    let mut first = fields.filter(|(tag, _)| *tag == 1 << 3 | 2);
    first
        .next()
        .map(|(_, bytes)| String::from_utf8_lossy(bytes).into_owned())
        .unwrap_or_default()
}

fn has_number(message: &[u8], number: u8) -> bool {
    fields(message).iter().any(|(tag, _)| *tag == number << 3)
}
