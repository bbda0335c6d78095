//! The container in the path of a cgroup, as each runtime writes it there.

use std::path::PathBuf;

/// A container as a path of a cgroup names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    /// 64 hexadecimal digits
    pub(super) id: Box<str>,
    /// By the words around it; empty where they say nothing
    pub(super) runtime: &'static str,
    /// Unique number of the pod, with dashes
    pub(super) pod: Option<Box<str>>,
}

/// Words before the number of a container in the names of systemd's scopes
const PREFIXES: [(&str, &str); 5] = [
    ("docker-", "docker"),
    ("cri-containerd-", "containerd"),
    ("crio-", "cri-o"),
    ("libpod-", "podman"),
    ("nerdctl-", "containerd"),
];
const ID: usize = 64;

/// Where cgroups of version 2 are mounted: alone, or beside those of version 1.
pub(crate) fn unified() -> Option<PathBuf> {
    let mounts = std::fs::read_to_string("/proc/self/mounts").ok()?;
    mounts.lines().find_map(|line| {
        let mut fields = line.split(' ');
        let (_, place, kind) = (fields.next()?, fields.next()?, fields.next()?);
        (kind == "cgroup2").then(|| PathBuf::from(place))
    })
}

/// The cgroups of a process, a line each; None when it is gone
pub(crate) fn lines_of(pid: u32) -> Option<String> {
    std::fs::read_to_string(format!("/proc/{pid}/cgroup")).ok()
}

/// The container that the lines of `/proc/PID/cgroup` name: the innermost one of the first line that names any.
pub(super) fn found_in(lines: &str) -> Option<Found> {
    lines
        .lines()
        .filter_map(|line| line.splitn(3, ':').nth(2))
        .find_map(found)
}

fn found(path: &str) -> Option<Found> {
    let mut parts = path.rsplit('/');
    let (id, runtime) = parts.find_map(container)?;
    let pod = parts.find_map(pod);
    let runtime = match runtime {
        "" if path.contains("/docker/") => "docker",
        "" if path.contains("/libpod_parent/") => "podman",
        known => known,
    };
    Some(Found {
        id: id.into(),
        runtime,
        pod,
    })
}

fn container(part: &str) -> Option<(&str, &'static str)> {
    let part = part.strip_suffix(".scope").unwrap_or(part);
    // containerd without systemd: SLICE:cri-containerd:ID
    let part = part.rsplit_once(':').map_or(part, |(_, id)| id);
    let (id, runtime) = PREFIXES
        .into_iter()
        .find_map(|(prefix, runtime)| Some((part.strip_prefix(prefix)?, runtime)))
        .unwrap_or((part, ""));
    (id.len() == ID && id.bytes().all(|byte| byte.is_ascii_hexdigit())).then_some((id, runtime))
}

/// `pod7c2…` of cgroupfs, `kubepods-burstable-pod7c2_….slice` of systemd
fn pod(part: &str) -> Option<Box<str>> {
    let part = part.strip_suffix(".slice").unwrap_or(part);
    let uid = part.rsplit_once("pod")?.1.replace('_', "-");
    (uid.len() >= 32 && uid.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-')).then(|| uid.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id() -> String {
        "0123456789abcdef".repeat(4)
    }

    fn of(path: &str) -> Option<(&'static str, Option<Box<str>>)> {
        let found = found_in(&format!("0::{}", path.replace("ID", &id())))?;
        assert_eq!(*found.id, *id());
        Some((found.runtime, found.pod))
    }

    #[test]
    fn each_runtime_is_known_by_its_path() {
        assert_eq!(of("/system.slice/docker-ID.scope"), Some(("docker", None)));
        assert_eq!(of("/docker/ID"), Some(("docker", None)));
        assert_eq!(
            of("/machine.slice/libpod-ID.scope/container"),
            Some(("podman", None))
        );
        let uid = "7c2b1f0e-1111-2222-3333-444455556666";
        let slice = uid.replace('-', "_");
        assert_eq!(
            of(&format!(
                "/kubepods.slice/kubepods-pod{slice}.slice/cri-containerd-ID.scope"
            )),
            Some(("containerd", Some(uid.into())))
        );
        assert_eq!(
            of(&format!("/kubepods/burstable/pod{uid}/ID")),
            Some(("", Some(uid.into())))
        );
        assert_eq!(
            of(&format!(
                "/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod{slice}.slice/crio-ID.scope"
            )),
            Some(("cri-o", Some(uid.into())))
        );
    }

    #[test]
    fn paths_of_the_host_name_no_container() {
        assert_eq!(found_in("0::/system.slice/ssh.service\n1:cpu:/user.slice"), None);
        assert_eq!(found_in("0::/docker/0123abc"), None, "too short");
        assert_eq!(found_in("hostile"), None);
    }
}
