//! Where links attach: what the kernel says of each in numbers, as names.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use super::descriptors::{Place, Seen};
use super::{Inventory, names};
use crate::{host, types};

/// Cgroups that are looked at, and levels of them
const MOST: usize = 100_000;
const DEPTH: usize = 64;
/// By which key the kernel tells the type or function that a link attaches to
const TARGET: &str = "target_btf_id";
/// Number of the kernel's own types among all that it has
const OWN_TYPES: &str = "1";

/// Names of what numbers stand for, read when the first link asks.
struct Names {
    types: HashMap<usize, String>,
    cgroups: HashMap<u64, String>,
    devices: HashMap<String, String>,
}

pub(super) fn place(inventory: &mut Inventory, seen: &Seen) {
    let mut all: Option<Names> = None;
    for link in &mut inventory.links {
        let Some(place) = seen.places.get(&link.id) else {
            continue;
        };
        let names = all.get_or_insert_with(|| Names::read(seen));
        link.attached = place
            .get("attach_type")
            .map(|text| text.parse().map_or_else(|_| text.clone(), attached));
        link.place = names.of(place);
    }
}

/// Some kernels write the name, others the number.
fn attached(number: u32) -> String {
    names::of(&names::ATTACH_TYPES, number)
}

impl Names {
    fn read(seen: &Seen) -> Self {
        let targets = seen
            .places
            .values()
            .filter_map(|place| place.get(TARGET)?.parse().ok());
        let targets: HashSet<usize> = targets.collect();
        let devices = fs::read_dir("/sys/class/net").into_iter().flatten().flatten();
        Self {
            types: types::names(&targets),
            cgroups: cgroups(),
            devices: devices
                .filter_map(|device| {
                    let number = fs::read_to_string(device.path().join("ifindex")).ok()?;
                    let name = device.file_name().to_string_lossy().into_owned();
                    Some((number.trim().to_owned(), name))
                })
                .collect(),
        }
    }

    fn of(&self, place: &Place) -> Option<String> {
        let value = |key: &str| place.get(key).map(String::as_str);
        if let Some(name) = value("tp_name") {
            return Some(format!("tracepoint {name}"));
        }
        if let Some(number) = value(TARGET) {
            let of_kernel = value("target_obj_id") == Some(OWN_TYPES);
            let name = number
                .parse()
                .ok()
                .filter(|_| of_kernel)
                .and_then(|number: usize| self.types.get(&number));
            return Some(match name {
                Some(name) => format!("function {name}"),
                None => format!(
                    "type {number} of object {}",
                    value("target_obj_id").unwrap_or("unknown")
                ),
            });
        }
        if let Some(number) = value("cgroup_id") {
            return Some(number.parse().map_or_else(
                |_| format!("cgroup number {number}"),
                |number| cgroup(&self.cgroups, number),
            ));
        }
        if let Some(number) = value("ifindex") {
            return Some(match self.devices.get(number) {
                Some(name) => format!("device {name}"),
                None => format!("device number {number}"),
            });
        }
        if let Some(number) = value("netns_ino") {
            return Some(format!("network namespace {number}"));
        }
        let others: Vec<String> = place
            .iter()
            .filter(|(key, _)| *key != "attach_type")
            .map(|(key, value)| format!("{key} {value}"))
            .collect();
        (!others.is_empty()).then(|| others.join(", "))
    }
}

/// Paths of cgroups by their numbers
pub(super) fn cgroups() -> HashMap<u64, String> {
    let mut found = HashMap::new();
    if let Some(root) = host::unified_cgroups() {
        descend(&root, "", DEPTH, &mut found);
    }
    found
}

/// What is said of a cgroup by its number
pub(super) fn cgroup(paths: &HashMap<u64, String>, number: u64) -> String {
    paths.get(&number).map_or_else(
        || format!("cgroup number {number}"),
        |path| format!("cgroup {path}"),
    )
}

fn descend(folder: &Path, path: &str, depth: usize, found: &mut HashMap<u64, String>) {
    let Ok(about) = fs::metadata(folder) else { return };
    if found.len() >= MOST {
        return;
    }
    found.insert(about.ino(), if path.is_empty() { "/" } else { path }.to_owned());
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        if depth > 0 && entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            let below = format!("{path}/{}", entry.file_name().to_string_lossy());
            descend(&entry.path(), &below, depth - 1, found);
        }
    }
}
