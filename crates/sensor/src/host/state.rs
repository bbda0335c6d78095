//! What the files of container runtimes say of a container: name, image, pod, mounts, privileges.
//!
//! Docker keeps JSON of its own; containerd, CRI-O and Podman keep the configuration of the OCI runtime with their own annotations. Where none is
//! found, what the path of the cgroup said is all that is known.

use std::fs;
use std::path::{Path, PathBuf};

use bartizan_model::runtime::{Container, Pod};
use serde_json::{Map, Value};

use super::cgroup::Found;

/// Bytes of a file of state that is read at most
const MOST: u64 = 4 << 20;
/// A bit of `CapEff` that no container has unless it has all privileges: CAP_SYS_MODULE and CAP_SYS_RAWIO
const TELLING: [&str; 2] = ["CAP_SYS_MODULE", "CAP_SYS_RAWIO"];

/// A container, described as far as files below `root` tell.
pub(super) fn described(root: &Path, found: Found) -> Container {
    let mut container = Container {
        id: found.id,
        runtime: found.runtime.into(),
        pod: found.pod.map(|uid| Pod {
            uid,
            ..Pod::default()
        }),
        ..Container::default()
    };
    if !by_docker(root, &mut container) {
        by_bundle(root, &mut container);
    }
    container
}

fn json(path: &Path) -> Option<Value> {
    (fs::metadata(path).ok()?.len() <= MOST).then_some(())?;
    serde_json::from_slice(&fs::read(path).ok()?).ok()
}

pub(super) fn text<'v>(value: &'v Value, pointer: &str) -> Option<&'v str> {
    value.pointer(pointer)?.as_str().filter(|text| !text.is_empty())
}

/// Splits `docker.io/library/nginx:1.27@sha256:…`.
pub(super) fn set_image(container: &mut Container, image: &str) {
    if image.starts_with("sha256:") {
        container.image_digest = image.into();
        return;
    }
    let (image, digest) = image.split_once('@').unwrap_or((image, ""));
    // A colon before a slash is that of a port.
    let (name, tag) = match image.rsplit_once(':') {
        Some((name, tag)) if !tag.contains('/') => (name, tag),
        _ => (image, ""),
    };
    container.image = name.into();
    container.tag = tag.into();
    if !digest.is_empty() {
        container.image_digest = digest.into();
    }
}

fn by_docker(root: &Path, container: &mut Container) -> bool {
    let folder = root.join("var/lib/docker/containers").join(&*container.id);
    let Some(config) = json(&folder.join("config.v2.json")) else {
        return false;
    };
    container.runtime = "docker".into();
    set_from_docker(container, &config);
    if let Some(mounts) = config.pointer("/MountPoints").and_then(Value::as_object) {
        container.mounts = mounts
            .values()
            .filter_map(|mount| {
                Some((
                    text(mount, "/Source")?.into(),
                    text(mount, "/Destination")?.into(),
                ))
            })
            .collect();
    }
    container.privileged =
        json(&folder.join("hostconfig.json")).and_then(|host| host.pointer("/Privileged")?.as_bool());
    true
}

/// What Docker keeps of a container, and answers with when it is asked: its name, its image and its labels.
pub(super) fn set_from_docker(container: &mut Container, about: &Value) {
    if let Some(name) = text(about, "/Name") {
        container.name = name.trim_start_matches('/').into();
    }
    if let Some(image) = text(about, "/Config/Image") {
        set_image(container, image);
    }
    if let Some(digest) = text(about, "/Image") {
        container.image_digest = digest.into();
    }
    let Some(labels) = about.pointer("/Config/Labels").and_then(Value::as_object) else {
        return;
    };
    // kubelet has longer names for containers than pods have.
    if let Some(name) = labels.get("io.kubernetes.container.name").and_then(Value::as_str) {
        container.name = name.into();
    }
    let mut all: Vec<(Box<str>, Box<str>)> = labels
        .iter()
        .filter_map(|(name, value)| Some((name.as_str().into(), value.as_str()?.into())))
        .collect();
    all.sort_unstable();
    container.labels = all.into();
    set_pod(
        container,
        labels,
        "io.kubernetes.pod.name",
        "io.kubernetes.pod.namespace",
        "io.kubernetes.pod.uid",
    );
}

/// Where runtimes keep the configuration of a container
fn bundles(root: &Path, id: &str) -> Vec<PathBuf> {
    let mut all = vec![
        root.join("run/containerd/io.containerd.runtime.v2.task/k8s.io")
            .join(id),
        root.join("run/containerd/io.containerd.runtime.v2.task/moby")
            .join(id),
        root.join("run/containerd/io.containerd.runtime.v2.task/default")
            .join(id),
        root.join("run/containers/storage/overlay-containers")
            .join(id)
            .join("userdata"),
        root.join("var/lib/containers/storage/overlay-containers")
            .join(id)
            .join("userdata"),
    ];
    // runc's own state names the bundle.
    for folder in [
        "run/runc",
        "run/containerd/runc/k8s.io",
        "run/containerd/runc/default",
    ] {
        if let Some(state) = json(&root.join(folder).join(id).join("state.json"))
            && let Some(bundle) = state
                .pointer("/config/labels")
                .and_then(Value::as_array)
                .and_then(|labels| {
                    labels
                        .iter()
                        .find_map(|label| label.as_str()?.strip_prefix("bundle="))
                })
        {
            all.push(root.join(bundle.trim_start_matches('/')));
        }
    }
    all
}

fn by_bundle(root: &Path, container: &mut Container) {
    let Some(config) = bundles(root, &container.id)
        .into_iter()
        .find_map(|bundle| json(&bundle.join("config.json")))
    else {
        return;
    };
    let none = Map::new();
    let annotations = config
        .pointer("/annotations")
        .and_then(Value::as_object)
        .unwrap_or(&none);
    let annotation = |keys: &[&str]| {
        keys.iter()
            .find_map(|key| annotations.get(*key)?.as_str().filter(|text| !text.is_empty()))
    };
    if let Some(name) = annotation(&[
        "io.kubernetes.cri.container-name",
        "io.kubernetes.container.name",
        "io.podman.annotations.name",
    ]) {
        container.name = name.into();
    }
    if let Some(image) = annotation(&[
        "io.kubernetes.cri.image-name",
        "io.kubernetes.cri-o.ImageName",
        "org.opencontainers.image.ref.name",
    ]) {
        set_image(container, image);
    }
    set_pod(
        container,
        annotations,
        "io.kubernetes.cri.sandbox-name",
        "io.kubernetes.cri.sandbox-namespace",
        "io.kubernetes.cri.sandbox-uid",
    );
    set_pod(
        container,
        annotations,
        "io.kubernetes.pod.name",
        "io.kubernetes.pod.namespace",
        "io.kubernetes.pod.uid",
    );
    if let Some(mounts) = config.pointer("/mounts").and_then(Value::as_array) {
        container.mounts = mounts
            .iter()
            .filter(|mount| {
                mount
                    .get("type")
                    .and_then(Value::as_str)
                    .is_none_or(|kind| kind == "bind")
            })
            .filter_map(|mount| {
                Some((
                    text(mount, "/source")?.into(),
                    text(mount, "/destination")?.into(),
                ))
            })
            .collect();
    }
    let bounding = config
        .pointer("/process/capabilities/bounding")
        .and_then(Value::as_array);
    container.privileged = bounding.map(|bounding| {
        let has = |name: &&str| bounding.iter().any(|each| each.as_str() == Some(name));
        TELLING.iter().all(has)
    });
}

fn set_pod(container: &mut Container, from: &Map<String, Value>, name: &str, namespace: &str, uid: &str) {
    let get = |key: &str| {
        from.get(key)
            .and_then(Value::as_str)
            .filter(|text| !text.is_empty())
    };
    let Some(pod_name) = get(name) else {
        return;
    };
    let pod = container.pod.get_or_insert_with(Pod::default);
    pod.name = pod_name.into();
    if let Some(namespace) = get(namespace) {
        pod.namespace = namespace.into();
    }
    if let Some(uid) = get(uid) {
        pod.uid = uid.into();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found() -> Found {
        Found {
            id: "0123456789abcdef".repeat(4).into(),
            runtime: "",
            pod: None,
        }
    }

    fn put(root: &Path, path: &str, content: &str) {
        let path = root.join(path.replace("ID", &found().id));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    #[test]
    fn docker_tells_name_image_mounts_and_privileges() {
        let root = tempfile::tempdir().unwrap();
        put(
            root.path(),
            "var/lib/docker/containers/ID/config.v2.json",
            r#"{"Name":"/web","Image":"sha256:aa","Config":{"Image":"localhost:5000/shop/web:1.2"},
                "MountPoints":{"/x":{"Source":"/srv","Destination":"/x"}}}"#,
        );
        put(
            root.path(),
            "var/lib/docker/containers/ID/hostconfig.json",
            r#"{"Privileged":true}"#,
        );
        let container = described(root.path(), found());
        assert_eq!(
            (&*container.name, &*container.image, &*container.tag),
            ("web", "localhost:5000/shop/web", "1.2")
        );
        assert_eq!(container.privileged, Some(true));
        assert_eq!(&*container.mounts, [("/srv".into(), "/x".into())]);
    }

    #[test]
    fn containerd_tells_the_pod() {
        let root = tempfile::tempdir().unwrap();
        put(
            root.path(),
            "run/containerd/io.containerd.runtime.v2.task/k8s.io/ID/config.json",
            r#"{"annotations":{"io.kubernetes.cri.container-name":"app","io.kubernetes.cri.image-name":"docker.io/library/nginx:1.27",
                "io.kubernetes.cri.sandbox-name":"web-0","io.kubernetes.cri.sandbox-namespace":"shop"},
                "process":{"capabilities":{"bounding":["CAP_CHOWN"]}}}"#,
        );
        let container = described(root.path(), found());
        let pod = container.pod.unwrap();
        assert_eq!(
            (&*pod.name, &*pod.namespace, &*container.image),
            ("web-0", "shop", "docker.io/library/nginx")
        );
        assert_eq!(container.privileged, Some(false));
    }

    #[test]
    fn files_that_are_no_json_tell_nothing() {
        let root = tempfile::tempdir().unwrap();
        put(root.path(), "var/lib/docker/containers/ID/config.v2.json", "{");
        let container = described(root.path(), found());
        assert_eq!(container.id, found().id);
        assert_eq!(container.privileged, None);
    }
}
