//! Which policies hold in which cgroups: all that there are, by their paths and by the containers that run in them.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use bartizan_model::guard::Policy;
use bartizan_model::runtime::Container;

use super::gate::Held;
use super::{WorkloadMap, tables};
use crate::error::{Error, Result};
use crate::host::{self, Host};

/// Cgroups that are told to the kernel at most (`workloads`)
const MOST: usize = 16_384;
const DEPTH: usize = 32;

/// What is looked for, and who is asked.
struct Looking<'a> {
    policies: &'a [Policy],
    host: Option<&'a mut Host>,
    /// Whether policies go by labels of pods, which no file tells
    by_labels: bool,
}

/// What the kernel was told.
pub(super) struct Workloads {
    map: WorkloadMap,
    root: PathBuf,
    told: BTreeMap<u64, [u64; 2]>,
    /// Containers by their cgroups, as soon as all is known of them that policies ask
    known: BTreeMap<u64, Container>,
    /// Where policies hold, those of the cgroups around it included
    held: Vec<Held>,
}

impl Workloads {
    pub(super) fn new(map: WorkloadMap) -> Result<Self> {
        Ok(Self {
            map,
            root: host::unified_cgroups().ok_or(Error::NoCgroups)?,
            told: BTreeMap::new(),
            known: BTreeMap::new(),
            held: Vec::new(),
        })
    }

    /// Cgroups in which policies hold, as they were looked at last
    pub(super) fn held(&self) -> &[Held] {
        &self.held
    }

    /// Looks at all cgroups, and tells the kernel what is new. Without a host, runtimes of containers are not asked.
    pub(super) fn look(&mut self, policies: &[Policy], host: Option<&mut Host>) -> Result<()> {
        let workloads = policies.iter().flat_map(|policy| &policy.workloads);
        let by_labels = workloads.into_iter().any(|workload| !workload.labels.is_empty());
        let mut looking = Looking {
            policies,
            host,
            by_labels,
        };
        let mut found = BTreeMap::new();
        let root = self.root.clone();
        self.held.clear();
        self.descend((&root, ""), &mut looking, (0, 0), &mut found);
        for (cgroup, value) in &found {
            if self.told.get(cgroup) != Some(value) {
                self.map.insert(cgroup, value, 0)?;
            }
        }
        for cgroup in self.told.keys().filter(|cgroup| !found.contains_key(cgroup)) {
            // One that is gone is no loss.
            let _ = self.map.remove(cgroup);
        }
        self.known.retain(|cgroup, _| found.contains_key(cgroup));
        self.told = found;
        Ok(())
    }

    fn descend(
        &mut self,
        (folder, path): (&Path, &str),
        looking: &mut Looking<'_>,
        (depth, around): (usize, u64),
        found: &mut BTreeMap<u64, [u64; 2]>,
    ) {
        let Ok(about) = fs::metadata(folder) else { return };
        if found.len() >= MOST || depth > DEPTH {
            return;
        }
        let cgroup = about.ino();
        let shown = if path.is_empty() { "/" } else { path };
        let container = self.container(cgroup, shown, looking);
        let value = value(looking.policies, shown, container.as_ref());
        if value != [0, 0] || container.is_some() {
            found.insert(cgroup, value);
        }
        let [holds, without] = value;
        let held = around & !without | holds;
        if held != 0 {
            self.held.push((folder.to_owned(), held));
        }
        let Ok(entries) = fs::read_dir(folder) else { return };
        for entry in entries.flatten() {
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                let below = format!("{path}/{}", entry.file_name().to_string_lossy());
                self.descend((&entry.path(), &below), looking, (depth + 1, held), found);
            }
        }
    }

    fn container(&mut self, cgroup: u64, path: &str, looking: &mut Looking<'_>) -> Option<Container> {
        if let Some(known) = self.known.get(&cgroup) {
            return Some(known.clone());
        }
        let mut container = host::container_at(path)?;
        let is_named =
            |container: &Container| !container.image.is_empty() || !container.image_digest.is_empty();
        let mut is_enough = is_named(&container) && !looking.by_labels;
        if !is_enough && let Some(host) = &mut looking.host {
            is_enough = host.ask(&mut container) || !host.asks() && is_named(&container);
        }
        if is_enough {
            self.known.insert(cgroup, container.clone());
        }
        Some(container)
    }
}

/// Policies that hold in a cgroup, and those of around it that do not: what is said of the host does not hold in containers.
fn value(policies: &[Policy], path: &str, container: Option<&Container>) -> [u64; 2] {
    let holds = tables::bits(policies, |policy| {
        policy
            .workloads
            .iter()
            .any(|workload| workload.selects(path, container))
    });
    let without = match container {
        Some(_) => tables::bits(policies, |policy| {
            policy.workloads.iter().any(|workload| workload.host)
        }),
        None => 0,
    };
    [holds, without]
}
