//! The processes and the cgroup of a workload, by the name that people have for it.

use std::os::unix::fs::MetadataExt;

use bartizan_model::runtime::Container;

use super::cgroup::Cgroup;
use super::{Begins, of_host};
use crate::host::Host;
use crate::host::cgroup::lines_of;
use crate::process::mount_namespace_of;

/// A container's number is named by its beginning from so many digits on
const SHORTEST: usize = 6;

/// What was found under a name.
#[derive(Debug, Default)]
pub struct Found {
    /// Numbers of processes in the namespace of the host
    pub processes: Vec<u32>,
    /// Its cgroup of version 2; None where it shares one with others, as under version 1
    pub cgroup: Option<Cgroup>,
    /// Where the workload begins
    pub begins: Begins,
}

/// The processes of a container (by its name or the beginning of its number), a pod (by its name), a unit of systemd (`nginx.service`, or `nginx`)
/// or a path of cgroups (`/system.slice/nginx.service`). None where no process is in such a thing.
#[must_use]
pub fn find(name: &str) -> Option<Found> {
    let mut host = Host::default();
    let mut found = Found::default();
    let mut path = None;
    let mut is_container = false;
    for process in crate::process::numbers() {
        let Some(lines) = lines_of(process) else {
            continue;
        };
        let mount = mount_namespace_of(process).unwrap_or_default();
        let container = host.container(process, host.cgroup_number(process), mount);
        let by_container = container.as_deref().and_then(|container| word(container, name));
        let place = lines.lines().find_map(|line| {
            let path = line.splitn(3, ':').nth(2)?;
            match &by_container {
                Some(word) => below(path, |part| part.contains(&**word)),
                None if name.starts_with('/') => starts(path, name),
                None => below(path, |part| {
                    part == name || part.strip_suffix(".service") == Some(name)
                }),
            }
        });
        let Some(place) = place else { continue };
        found.processes.push(process);
        is_container |= by_container.is_some();
        let unified = lines.lines().any(|line| {
            line.strip_prefix("0::")
                .is_some_and(|path| path.starts_with(&place))
        });
        path = path.or(unified.then_some(place));
    }
    found.cgroup = path.and_then(|path| Cgroup::at(&path).ok());
    if is_container || found.processes.iter().all(|process| is_apart(*process)) {
        found.begins = Begins::InRootOfItsOwn;
    } else if let Some(executor) = executor_of_systemd() {
        found.begins = Begins::After(executor);
    }
    (!found.processes.is_empty()).then_some(found)
}

/// Number of the file of the program with which systemd prepares what it starts (from version 255 on): the first process holds it open, also when another
/// one has been installed since. None where it has none.
fn executor_of_systemd() -> Option<u64> {
    std::fs::read_dir("/proc/1/fd").ok()?.flatten().find_map(|open| {
        let target = std::fs::read_link(open.path()).ok()?;
        let path = target.to_str()?;
        let path = path.strip_suffix(" (deleted)").unwrap_or(path);
        let number = || std::fs::metadata(open.path()).ok().map(|file| file.ino());
        path.ends_with("/systemd-executor").then(number)?
    })
}

/// Whether a process has a root and mounts other than those of the host; not one that is gone.
pub(super) fn is_apart(process: u32) -> bool {
    let of = |process: u32| {
        let root = std::fs::metadata(format!("/proc/{process}/root/.")).ok()?;
        Some(((root.dev(), root.ino()), mount_namespace_of(process)?))
    };
    of(process)
        .zip(of_host(of))
        .is_some_and(|((root, mounts), (hosts_root, hosts_mounts))| {
            root != hosts_root && mounts != hosts_mounts
        })
}

/// What the part of the path of a cgroup holds that is that of a container of this name, or of its pod.
fn word(container: &Container, name: &str) -> Option<Box<str>> {
    if &*container.name == name || (name.len() >= SHORTEST && container.id.starts_with(name)) {
        return Some(container.id.clone());
    }
    let pod = container.pod.as_ref().filter(|pod| &*pod.name == name)?;
    // systemd's slices have underscores in place of dashes; what they have in common is enough to tell.
    pod.uid.rsplit('-').next().map(Into::into)
}

/// The path up to and with the first part that is meant.
fn below(path: &str, meant: impl Fn(&str) -> bool) -> Option<String> {
    let mut place = String::new();
    for part in path.split('/').filter(|part| !part.is_empty()) {
        place.push('/');
        place.push_str(part);
        if meant(part) {
            return Some(place);
        }
    }
    None
}

/// The path that was asked for, where the other one is it or lies below it.
fn starts(path: &str, asked: &str) -> Option<String> {
    let asked = asked.trim_end_matches('/');
    let rest = path.strip_prefix(asked).filter(|_| !asked.is_empty())?;
    (rest.is_empty() || rest.starts_with('/')).then(|| asked.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_followed_down_to_what_is_meant() {
        let path = "/system.slice/nginx.service/worker";
        assert_eq!(
            below(path, |part| part == "nginx.service").as_deref(),
            Some("/system.slice/nginx.service")
        );
        assert_eq!(below(path, |part| part == "other"), None);
        assert_eq!(
            starts(path, "/system.slice/nginx.service/").as_deref(),
            Some("/system.slice/nginx.service")
        );
        assert_eq!(
            starts(path, "/system.slice/ngin"),
            None,
            "a part of a name is none"
        );
        assert_eq!(starts(path, "/"), None, "the root is no workload");
    }

    #[test]
    fn a_container_is_known_by_its_name_and_by_the_beginning_of_its_number() {
        let container = Container {
            id: "0123456789abcdef".into(),
            name: "web".into(),
            ..Container::default()
        };
        assert!(word(&container, "web").is_some());
        assert!(word(&container, "0123456").is_some());
        assert!(word(&container, "0123").is_none(), "too short to tell");
    }
}
