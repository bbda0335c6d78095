//! What the host knows of a process beside the kernel's records: its container, and the names of its users.
//!
//! In: numbers of processes, cgroups and mount namespaces. Out: a [`Container`] by the paths of cgroups and the files of state that container
//! runtimes keep, or by the runtime itself where one is to be asked, and names from the `/etc/passwd` that the process itself would see. All of it is
//! kept, since it is asked for with each program that starts.

pub(crate) mod cgroup;
mod inside;
pub(crate) mod runtime;
mod state;
mod users;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bartizan_model::runtime::{Container, User};

use runtime::Runtime;

pub(crate) use inside::{open_below, read_below};

/// Where cgroups of version 2 are mounted
pub(crate) fn unified_cgroups() -> Option<PathBuf> {
    cgroup::unified()
}

/// The container that runs in a cgroup of this path, described as far as the files of runtimes tell.
pub(crate) fn container_at(path: &str) -> Option<Container> {
    cgroup::found_in(&format!("0::{path}")).map(|found| state::described(Path::new("/"), found))
}

/// Answers that are kept of each kind; when there are more, all are asked for again
const KEPT_MAX: usize = 8192;

/// What is known of the host, and was asked before.
#[derive(Debug)]
pub(crate) struct Host {
    /// By cgroup and mount namespace: version 1 of cgroups gives all containers the same number in version 2
    containers: HashMap<(u64, u32), Option<Arc<Container>>>,
    /// By mount namespace
    users: HashMap<u32, Arc<users::Names>>,
    /// Where cgroups of version 2 are mounted
    unified: Option<PathBuf>,
    /// Where the files of runtimes are looked for
    root: PathBuf,
    /// Who is asked before these files, one after the other
    runtimes: Vec<Runtime>,
}

impl Default for Host {
    fn default() -> Self {
        Self {
            containers: HashMap::new(),
            users: HashMap::new(),
            unified: cgroup::unified(),
            root: PathBuf::from("/"),
            runtimes: Vec::new(),
        }
    }
}

impl Host {
    /// Asks these runtimes from now on. What was known of containers is asked for again.
    pub(crate) fn ask_runtimes(&mut self, runtimes: Vec<Runtime>) {
        self.runtimes = runtimes;
        self.containers.clear();
    }

    /// Whether there are runtimes to ask
    pub(crate) const fn asks(&self) -> bool {
        !self.runtimes.is_empty()
    }

    /// Fills in what runtimes know of a container; whether one knows it.
    pub(crate) fn ask(&mut self, container: &mut Container) -> bool {
        self.runtimes
            .iter_mut()
            .any(|runtime| runtime.describe(container))
    }

    /// How often runtimes did not answer
    pub(crate) fn runtimes_failed(&self) -> u64 {
        self.runtimes.iter().map(Runtime::failed).sum()
    }

    /// The container that a process runs in; None on the host itself, and where nothing tells.
    pub(crate) fn container(&mut self, pid: u32, cgroup: u64, mount: u32) -> Option<Arc<Container>> {
        let key = (cgroup, mount);
        if let Some(known) = self.containers.get(&key) {
            return known.clone();
        }
        // A process that is gone tells nothing, and another one of its container may be asked later.
        let paths = std::fs::read_to_string(format!("/proc/{pid}/cgroup")).ok()?;
        let found = cgroup::found_in(&paths).map(|found| {
            let mut container = state::described(&self.root, found);
            self.ask(&mut container);
            Arc::new(container)
        });
        if self.containers.len() >= KEPT_MAX {
            self.containers.clear();
        }
        self.containers.insert(key, found.clone());
        found
    }

    /// The number that the kernel has for the cgroup of a process; 0 where unknown
    pub(crate) fn cgroup_number(&self, pid: u32) -> u64 {
        use std::os::unix::fs::MetadataExt;

        let number = |unified: &Path| {
            let paths = std::fs::read_to_string(format!("/proc/{pid}/cgroup")).ok()?;
            let path = paths.lines().find_map(|line| line.strip_prefix("0::"))?;
            Some(
                std::fs::metadata(unified.join(path.trim_start_matches('/')))
                    .ok()?
                    .ino(),
            )
        };
        self.unified.as_deref().and_then(number).unwrap_or(0)
    }

    /// Fills in the names of users, as the process itself would look them up.
    pub(crate) fn name_users(&mut self, user: &mut User, pid: u32, mount: u32) {
        let names = match self.users.get(&mount) {
            Some(names) if !names.old() => Arc::clone(names),
            _ => {
                let names = Arc::new(users::Names::of(pid));
                if self.users.len() >= KEPT_MAX {
                    self.users.clear();
                }
                self.users.insert(mount, Arc::clone(&names));
                names
            }
        };
        user.name = names.user(user.id);
        user.group_name = names.group(user.group);
        user.login_name = user.login.map(|login| names.user(login)).unwrap_or_default();
    }

    /// What tells whether two environments are the same, without saying what is in them: they hold credentials. SHA-256, lower-case hexadecimal
    pub(crate) fn digest_of_environment(environment: &[u8]) -> Box<str> {
        if environment.is_empty() {
            Box::default()
        } else {
            crate::object::digest(environment).into()
        }
    }
}
