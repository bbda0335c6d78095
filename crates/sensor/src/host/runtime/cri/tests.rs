//! A real containerd, which is started for this with a directory of its own, is asked about a pod that it runs.

#![allow(clippy::print_stderr, reason = "what was not tested is said aloud")]

use super::super::Runtime;
use bartizan_model::runtime::Container;
use bartizan_testbed::Containerd;

fn described(runtime: &mut Runtime, id: &str) -> (bool, Container) {
    let mut container = Container {
        id: id.into(),
        ..Container::default()
    };
    (runtime.describe(&mut container), container)
}

#[test]
fn containerd_tells_of_image_pod_labels_and_mounts() {
    if !rustix::process::geteuid().is_root() {
        eprintln!("skipped: containers are run as root");
        return;
    }
    let mut containerd = Containerd::start().unwrap();
    let (sandbox, id) = containerd.run_pod("web-0", "shop", &[("app", "web")]).unwrap();
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
        ("web-0", "shop", "uid-of-web-0")
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
