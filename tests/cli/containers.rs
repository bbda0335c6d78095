//! Real containers, as Docker and containerd lay them out: run by Debian's runc, with cgroups by their numbers and the files of state beside that
//! these runtimes keep. Their images have the programs of this host, and a layer of their own on top that may be written to.

#![allow(clippy::print_stderr)]

use crate::sandbox::is_root;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Capabilities that Docker leaves a container
const USUAL: &[&str] = &[
    "CAP_CHOWN",
    "CAP_DAC_OVERRIDE",
    "CAP_FSETID",
    "CAP_FOWNER",
    "CAP_MKNOD",
    "CAP_NET_RAW",
    "CAP_SETGID",
    "CAP_SETUID",
    "CAP_SETFCAP",
    "CAP_SETPCAP",
    "CAP_NET_BIND_SERVICE",
    "CAP_SYS_CHROOT",
    "CAP_KILL",
    "CAP_AUDIT_WRITE",
];
const PRIVILEGES: &[&str] = &[
    "CAP_SYS_ADMIN",
    "CAP_SYS_MODULE",
    "CAP_SYS_RAWIO",
    "CAP_SYS_PTRACE",
];

/// Who keeps a container, and what it says of it.
pub(crate) enum Kept<'k> {
    /// Docker, with this name, image and whether it has all privileges
    Docker(&'k str, &'k str, bool),
    /// containerd for the kubelet: pod and namespace, and image
    Pod(&'k str, &'k str, &'k str),
}

/// A container that runs until it goes.
pub(crate) struct Container {
    id: String,
    /// Where the state of runc, the image and the layers lie
    folder: tempfile::TempDir,
    /// Where a runtime keeps what it knows
    state: PathBuf,
    /// The folders around it that were made for it, innermost first
    around: Vec<PathBuf>,
    /// The topmost of its cgroups
    cgroup: String,
}

/// Whether containers can run here; says why not.
pub(crate) fn can_run() -> bool {
    let runc = ["/usr/bin/runc", "/usr/sbin/runc"]
        .iter()
        .any(|path| Path::new(path).exists());
    if !is_root() || !runc {
        eprintln!("skipped: containers are run by root with Debian's runc");
    }
    is_root() && runc
}

fn done(command: &mut Command) {
    let output = command.output().unwrap();
    assert!(
        output.status.success(),
        "{command:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
}

fn write(path: &Path, value: &Value) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, value.to_string()).unwrap();
}

impl Container {
    /// Starts one that does nothing by itself.
    pub(crate) fn start(kept: &Kept<'_>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let name = folder.path().file_name().unwrap().to_str().unwrap();
        let id = bartizan_model::encoding::hex(&bartizan_server::sha256(name.as_bytes()));
        let cgroup = format!("/bartizan-test-{}", id.get(..12).unwrap());
        let (state, scope, bundle, privileged, annotations) = match kept {
            Kept::Docker(_, _, privileged) => {
                let state = Path::new("/var/lib/docker/containers").join(&id);
                let scope = format!("{cgroup}/docker-{id}.scope");
                (state, scope, folder.path().join("bundle"), *privileged, json!({}))
            }
            Kept::Pod(pod, namespace, image) => {
                let state = Path::new("/run/containerd/io.containerd.runtime.v2.task/k8s.io").join(&id);
                let annotations = json!({
                    "io.kubernetes.cri.container-name": "app",
                    "io.kubernetes.cri.image-name": image,
                    "io.kubernetes.cri.sandbox-name": pod,
                    "io.kubernetes.cri.sandbox-namespace": namespace,
                });
                let scope = format!(
                    "{cgroup}/kubepods-pod7c2b1f0e_1111_2222_3333_444455556666.slice/cri-containerd-{id}.scope"
                );
                (state.clone(), scope, state, false, annotations)
            }
        };
        let around = state.ancestors().skip(1).take_while(|folder| !folder.exists());
        let this = Self {
            around: around.map(Path::to_path_buf).collect(),
            id,
            folder,
            state,
            cgroup,
        };
        if let Kept::Docker(name, image, privileged) = kept {
            let config = json!({"Name": format!("/{name}"), "Config": {"Image": image}, "MountPoints": {}});
            write(&this.state.join("config.v2.json"), &config);
            write(
                &this.state.join("hostconfig.json"),
                &json!({"Privileged": privileged}),
            );
        }
        this.lay_out_image();
        let capabilities = if privileged {
            [USUAL, PRIVILEGES].concat()
        } else {
            USUAL.to_vec()
        };
        let root = this.folder.path().join("root");
        write(
            &bundle.join("config.json"),
            &configuration(&root, &scope, &capabilities, annotations),
        );
        let mut run = this.runc("run");
        run.arg("--detach").arg("--bundle").arg(bundle).arg(&this.id);
        let started = run
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::inherit())
            .status();
        assert!(started.unwrap().success(), "the container starts");
        this
    }

    /// An image with the programs of the host and one of its own, and a layer over it
    fn lay_out_image(&self) {
        let at = |name: &str| self.folder.path().join(name);
        for folder in [
            "image/usr",
            "image/proc",
            "image/tmp",
            "image/etc",
            "image/dev",
            "image/app",
            "upper",
            "work",
            "root",
        ] {
            std::fs::create_dir_all(at(folder)).unwrap();
        }
        for name in ["bin", "sbin", "lib", "lib64"] {
            if let Ok(target) = std::fs::read_link(Path::new("/").join(name)) {
                std::os::unix::fs::symlink(target, at("image").join(name)).unwrap();
            }
        }
        std::fs::write(at("image/etc/passwd"), "root:x:0:0::/:/bin/sh\n").unwrap();
        std::fs::copy("/bin/true", at("image/app/true")).unwrap();
        // Over a file system in memory, where an overlay may always lie
        done(
            Command::new("mount")
                .args(["-t", "tmpfs", "layers"])
                .arg(at("upper")),
        );
        for layer in ["upper/upper", "upper/work"] {
            std::fs::create_dir(at(layer)).unwrap();
        }
        let layers = format!(
            "lowerdir={},upperdir={},workdir={}",
            at("image").display(),
            at("upper/upper").display(),
            at("upper/work").display()
        );
        done(
            Command::new("mount")
                .args(["-t", "overlay", "overlay", "-o", &layers])
                .arg(at("root")),
        );
    }

    fn runc(&self, verb: &str) -> Command {
        let mut runc = Command::new("runc");
        runc.arg("--root").arg(self.folder.path().join("runc")).arg(verb);
        runc
    }

    /// A command that runs a line of shell in it: by runc, as engines do.
    pub(crate) fn command(&self, line: &str) -> Command {
        let mut exec = self.runc("exec");
        exec.args([&self.id, "/bin/sh", "-c", line]);
        exec
    }

    /// The same in a terminal.
    pub(crate) fn in_terminal(&self, line: &str) -> Command {
        let exec = format!(
            "exec runc --root {} exec --tty {} /bin/sh -c '{line}'",
            self.folder.path().join("runc").display(),
            self.id
        );
        let mut script = Command::new("script");
        script.args(["--quiet", "--return", "--command", &exec, "/dev/null"]);
        script
    }
}

impl Drop for Container {
    fn drop(&mut self) {
        let _ = self.runc("delete").arg("--force").arg(&self.id).output();
        for mount in ["root", "upper"] {
            let _ = Command::new("umount")
                .arg("--lazy")
                .arg(self.folder.path().join(mount))
                .status();
        }
        let _ = std::fs::remove_dir_all(&self.state);
        for folder in &self.around {
            let _ = std::fs::remove_dir(folder);
        }
        bartizan_testbed::remove_cgroups_everywhere(&self.cgroup);
    }
}

/// What runc is to run: a container with the network of the host, so that addresses of this machine can be reached
fn configuration(root: &Path, cgroup: &str, capabilities: &[&str], annotations: Value) -> Value {
    json!({
        "ociVersion": "1.0.2",
        "annotations": annotations,
        "process": {
            "user": {"uid": 0, "gid": 0},
            "args": ["/bin/sleep", "600"],
            "env": ["PATH=/usr/sbin:/usr/bin"],
            "cwd": "/",
            "capabilities": {"bounding": capabilities, "effective": capabilities, "permitted": capabilities},
        },
        "root": {"path": root},
        "mounts": [
            {"destination": "/proc", "type": "proc", "source": "proc"},
            {"destination": "/dev", "type": "tmpfs", "source": "tmpfs"},
            {"destination": "/dev/pts", "type": "devpts", "source": "devpts", "options": ["newinstance", "ptmxmode=0666"]},
            {"destination": "/usr", "type": "bind", "source": "/usr", "options": ["rbind", "ro"]},
        ],
        "linux": {
            "cgroupsPath": cgroup,
            "namespaces": [{"type": "pid"}, {"type": "mount"}, {"type": "uts"}, {"type": "ipc"}],
        },
    })
}
