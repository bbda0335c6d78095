//! A real Docker and a real Podman, which are started for this with directories of their own, are asked about a container that they run.

#![allow(clippy::print_stderr, reason = "what was not tested is said aloud")]

use std::fs;
use std::io::{Read, Write};
use std::os::unix::net::UnixListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use bartizan_model::runtime::Container;

use super::super::Runtime;

/// A container's program, and what makes it one
const RUN: &str = "run --detach --stop-signal KILL --name web --network none --label tier=front --label io.kubernetes.pod.name=web-0 \
    --label io.kubernetes.pod.namespace=shop --label io.kubernetes.pod.uid=uid-1 --volume HOME/root:/data localhost/web:1 \
    /bin/sh -c sleep\u{a0}600";

/// An engine that ends with what it runs.
struct Service {
    child: Child,
    home: tempfile::TempDir,
    /// A command of its own, up to what is asked for
    client: Vec<String>,
    runs: Vec<&'static str>,
}

impl Service {
    /// Starts one by its command and waits until it answers; None where it is not there, or may not run, which is said.
    fn start(service: &str, client: &str, runs: &[&'static str]) -> Option<Self> {
        let program = service.split(' ').next().unwrap();
        let has = |program: &str| Command::new(program).arg("--version").output().is_ok();
        if !rustix::process::geteuid().is_root()
            || ![program, "runc", "/usr/bin/busybox"]
                .iter()
                .all(|program| has(program))
        {
            eprintln!("not tested: containers need root, {program}, runc and busybox");
            return None;
        }
        let home = tempfile::Builder::new()
            .prefix("bartizan-engine-")
            .tempdir()
            .unwrap();
        let at = home.path().display().to_string();
        let words =
            |line: &str| -> Vec<String> { line.replace("HOME", &at).split(' ').map(str::to_owned).collect() };
        fs::create_dir_all(home.path().join("root/bin")).unwrap();
        fs::copy("/usr/bin/busybox", home.path().join("root/bin/sh")).unwrap();
        fs::copy("/usr/bin/busybox", home.path().join("root/bin/sleep")).unwrap();
        let [program, arguments @ ..] = &*words(service) else {
            return None;
        };
        let log = fs::File::create(home.path().join("log")).unwrap();
        let child = Command::new(program)
            .args(arguments)
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap();
        let service = Self {
            child,
            client: words(client),
            home,
            runs: runs.to_vec(),
        };
        let until = Instant::now() + Duration::from_secs(60);
        while Runtime::open(&service.socket()).is_err() {
            let log = fs::read_to_string(service.home.path().join("log")).unwrap();
            assert!(Instant::now() < until, "it does not answer: {log}");
            let pause = rustix::thread::Timespec {
                tv_sec: 0,
                tv_nsec: 100_000_000,
            };
            let _ = rustix::thread::nanosleep(&pause);
        }
        Some(service)
    }

    fn socket(&self) -> PathBuf {
        self.home.path().join("socket")
    }

    /// What the engine answers to a command of its client.
    fn ask(&self, line: &str) -> String {
        let at = self.home.path().display().to_string();
        let words = line
            .split(' ')
            .filter(|word| !word.is_empty())
            .map(|word| word.replace("HOME", &at).replace('\u{a0}', " "));
        let [program, arguments @ ..] = self.client.as_slice() else {
            return String::new();
        };
        let answer = Command::new(program)
            .args(arguments)
            .args(words)
            .stdin(Stdio::null())
            .output()
            .unwrap();
        assert!(
            answer.status.success(),
            "{line}: {}",
            String::from_utf8_lossy(&answer.stderr)
        );
        String::from_utf8_lossy(&answer.stdout).trim().to_owned()
    }

    /// Runs the container; its number.
    fn run(&self) -> String {
        let archive = self.home.path().join("root.tar");
        let made = Command::new("tar")
            .arg("-cf")
            .arg(&archive)
            .arg("-C")
            .arg(self.home.path().join("root"))
            .arg("bin")
            .status();
        assert!(made.unwrap().success());
        self.ask("import HOME/root.tar localhost/web:1");
        let [verb, rest] = RUN.split_once(' ').map(<[&str; 2]>::from).unwrap();
        self.ask(&format!("{verb} {} {rest}", self.runs.join(" ")))
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        if let [program, arguments @ ..] = self.client.as_slice() {
            let _ = Command::new(program)
                .args(arguments)
                .args(["rm", "--force", "web"])
                .output();
        }
        let _ = Command::new("kill").arg(self.child.id().to_string()).status();
        let _ = self.child.wait();
        // What the runtime leaves of cgroups is empty.
        bartizan_testbed::remove_cgroups_everywhere(&cgroup());
    }
}

/// The cgroup that containers of this test run in
fn cgroup() -> String {
    format!("bartizan-engine-{}", std::process::id())
}

/// The engine tells of the container that it runs, and of no other one.
fn tells(service: &Service, name: &str) {
    let id = service.run();
    let mut runtime = Runtime::open(&service.socket()).unwrap();
    let mut container = Container {
        id: (&*id).into(),
        ..Container::default()
    };
    assert!(runtime.describe(&mut container), "{id}");
    assert_eq!((&*container.runtime, &*container.name), (name, "web"));
    assert_eq!((&*container.image, &*container.tag), ("localhost/web", "1"));
    assert!(
        container.image_digest.starts_with("sha256:") && container.image_digest.len() == 71,
        "{container:?}"
    );
    assert_eq!(container.privileged, Some(false));
    assert!(
        container.labels.contains(&("tier".into(), "front".into())),
        "{container:?}"
    );
    assert!(
        container.mounts.iter().any(|(_, inside)| &**inside == "/data"),
        "{container:?}"
    );
    assert!(container.started > 0);
    let pod = container.pod.unwrap();
    assert_eq!(
        (&*pod.name, &*pod.namespace, &*pod.uid),
        ("web-0", "shop", "uid-1")
    );
    let mut stranger = Container {
        id: "0".repeat(64).into(),
        ..Container::default()
    };
    assert!(!runtime.describe(&mut stranger));
    assert_eq!(stranger.labels.len(), 0);
    assert_eq!(runtime.failed(), 0);
}

#[test]
fn docker_tells_of_its_containers() {
    let daemon = format!(
        "dockerd --data-root HOME/data --exec-root HOME/exec --pidfile HOME/pid --host unix://HOME/socket --iptables=false \
         --ip6tables=false --bridge=none --storage-driver=vfs --cgroup-parent=/{}",
        cgroup()
    );
    if let Some(service) = Service::start(&daemon, "docker --host unix://HOME/socket", &[]) {
        tells(&service, "docker");
    }
}

#[test]
fn podman_tells_of_its_containers() {
    let podman = "podman --root HOME/data --runroot HOME/run --tmpdir HOME/tmp --storage-driver vfs --cgroup-manager cgroupfs \
        --events-backend file --runtime runc";
    let service = format!("{podman} system service --time 0 unix://HOME/socket");
    let parent: &'static str = Box::leak(format!("--cgroup-parent=/{}", cgroup()).into_boxed_str());
    // Limits of its own may be more than there are here.
    let runs = [parent, "--ulimit=nofile=64:64", "--ulimit=nproc=64:64"];
    if let Some(service) = Service::start(&service, podman, &runs) {
        tells(&service, "podman");
    }
}

/// A runtime that says what it is, and then answers each question with these bytes.
fn answering(answer: &'static str) -> (tempfile::TempDir, Runtime) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("socket");
    let listener = UnixListener::bind(&path).unwrap();
    std::thread::spawn(move || {
        let first = r#"{"ApiVersion":"1.41","Components":[{"Name":"Engine"}]}"#;
        let answers = std::iter::once(format!("HTTP/1.0 200 OK\r\n\r\n{first}"));
        for (client, answer) in listener
            .incoming()
            .zip(answers.chain(std::iter::repeat(answer.to_owned())))
        {
            let mut client = client.unwrap();
            let _ = client.read(&mut [0; 4096]);
            let _ = client.write_all(answer.as_bytes());
        }
    });
    let runtime = Runtime::open(&path).unwrap();
    (dir, runtime)
}

#[test]
fn what_is_no_answer_is_counted_and_tells_nothing() {
    for answer in [
        "",
        "HTTP/1.0 200 OK\r\n\r\n{",
        "HTTP/1.0 500 No\r\n\r\n{}",
        "garbage",
    ] {
        let (_dir, mut runtime) = answering(answer);
        let mut container = Container {
            id: "ab".repeat(32).into(),
            ..Container::default()
        };
        assert!(!runtime.describe(&mut container), "{answer}");
        assert_eq!((runtime.failed(), &*container.name), (1, ""), "{answer}");
        container.id = "../../images/json".into();
        assert!(!runtime.describe(&mut container), "{answer}");
        assert_eq!(runtime.failed(), 1, "it is not asked for what is no number");
    }
}

#[test]
fn labels_of_a_pod_are_those_of_the_container_that_holds_it() {
    let about = r#"{"Id":"x","Name":"/k8s_app","Image":"sha256:aa","Config":{"Image":"sha256:aa","Labels":{
        "io.kubernetes.container.name":"app","io.kubernetes.pod.name":"web-0","io.kubernetes.sandbox.id":"abcdef","annotation.x":"1","app":"web"}}}"#;
    let (_dir, mut runtime) = answering(Box::leak(
        format!("HTTP/1.0 200 OK\r\n\r\n{about}").into_boxed_str(),
    ));
    let mut container = Container {
        id: "ab".repeat(32).into(),
        ..Container::default()
    };
    assert!(runtime.describe(&mut container));
    assert_eq!(
        (&*container.name, &*container.image),
        ("app", ""),
        "{container:?}"
    );
    assert_eq!(&*container.image_digest, "sha256:aa");
    assert_eq!(&*container.pod.unwrap().labels, [("app".into(), "web".into())]);
}
