//! Packages of an image that its service was never seen to use, and what each of them is tied to.
//!
//! In: what was seen in use, the components with what they depend on, and what the command to start reaches. Out: [`Untouched`]: what can go alone, what goes
//! together with others, and what stays though nobody opened it, because something that stays depends on it. The package managers, what they count as
//! essential, what the command leads to, and what services use without opening it all stay.

use super::{Advisories, PROGRAMS, is_kept, name_of};
use crate::in_use::{Belongings, IN_ONE_FILE, InUse, Owners};
use bartizan_model::{Component, PackageUrl, Severity};
use bartizan_source::image::{NodeKind, Tree};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Programs of the package managers of systems.
const MANAGERS: [&str; 11] = [
    "apk", "apt", "apt-get", "dnf", "dnf5", "dpkg", "microdnf", "rpm", "tdnf", "yum", "zypper",
];

/// What was seen of the service while it was watched.
#[derive(Debug, Clone, Default)]
pub struct Observed {
    /// Packages in use, and those that are not
    pub in_use: InUse,
    /// Who owns what
    pub owners: Owners,
    /// Paths that were opened or run, from the root on
    pub paths: BTreeSet<String>,
    /// How much was seen, one sentence for each workload
    pub said: Vec<String>,
    /// Whether that is enough to go by
    pub is_enough: bool,
}

/// Packages that were never touched, and how far to trust that.
#[derive(Debug, Clone)]
pub struct Untouched {
    /// Number of packages that were in use
    pub used: usize,
    /// Number of packages of which it is not known which files are theirs
    pub unknown: usize,
    /// The others: those that can go first, then the largest
    pub packages: Vec<Package>,
    /// How much was seen, one sentence for each workload
    pub said: Vec<String>,
    /// Whether that is enough to go by
    pub is_enough: bool,
}

/// A package that was never touched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Package {
    /// Which
    pub purl: PackageUrl,
    /// Size of its files in bytes
    pub bytes: u64,
    /// The first of its files; empty where none is in sight
    pub path: String,
    /// Known vulnerabilities that would go with it, by severity
    pub advisories: BTreeMap<Severity, u64>,
    /// What it is tied to
    pub tie: Tie,
}

/// What a package that was never touched is tied to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tie {
    /// Nothing depends on it
    Alone,
    /// Only these depend on it, which can go as well
    With(BTreeSet<String>),
    /// It stays, and why
    Stays(String),
}

/// Which packages of an image were never touched. `entry` is what the command to start reaches.
pub(super) fn untouched(
    tree: &Tree,
    components: &[Component],
    observed: &Observed,
    entry: &BTreeSet<String>,
    advisories: &Advisories<PackageUrl>,
) -> Untouched {
    let belongings = Belongings::of(components, &observed.owners);
    let stays = staying(tree, components, observed, (entry, &belongings));
    let needed_by = needed_by(components);
    let mut sizes: HashMap<&PackageUrl, (u64, String)> = HashMap::new();
    for (path, node) in tree.iter().filter(|(_, node)| node.kind == NodeKind::File) {
        for component in belongings.owning(&path) {
            let size = sizes.entry(&component.purl).or_insert_with(|| (0, path.clone()));
            size.0 = size.0.saturating_add(node.size);
        }
    }
    let idle = components.iter().filter(|one| is_idle(one, &observed.in_use));
    let mut packages: Vec<Package> = idle
        .map(|component| {
            let (bytes, path) = sizes.remove(&component.purl).unwrap_or_default();
            Package {
                purl: component.purl.clone(),
                bytes,
                path,
                advisories: advisories.get(&component.purl).cloned().unwrap_or_default(),
                tie: match stays.get(&component.purl) {
                    Some(why) => Tie::Stays(why.clone()),
                    None => with(&component.purl, &needed_by),
                },
            }
        })
        .collect();
    packages.sort_by(|a, b| {
        let stays = |one: &Package| matches!(one.tie, Tie::Stays(_));
        (stays(a), b.bytes, &a.purl).cmp(&(stays(b), a.bytes, &b.purl))
    });
    Untouched {
        used: observed.in_use.used.len(),
        unknown: observed.in_use.unknown.len(),
        packages,
        said: observed.said.clone(),
        is_enough: observed.is_enough,
    }
}

/// Whether it is a package with files of its own of which none was touched. What is built into one file with others cannot go without that file.
fn is_idle(component: &Component, in_use: &InUse) -> bool {
    in_use.unused.contains(&component.purl) && !IN_ONE_FILE.contains(&component.purl.kind())
}

type Dependents<'c> = HashMap<&'c PackageUrl, BTreeSet<&'c PackageUrl>>;

/// What depends on each component.
fn needed_by(components: &[Component]) -> Dependents<'_> {
    let mut found = Dependents::new();
    for component in components {
        for on in &component.depends_on {
            found.entry(on).or_default().insert(&component.purl);
        }
    }
    found
}

/// What depends on a package, and what depends on that.
fn with(package: &PackageUrl, needed_by: &Dependents<'_>) -> Tie {
    let mut names = BTreeSet::new();
    let mut seen = BTreeSet::from([package]);
    let mut todo = vec![package];
    while let Some(one) = todo.pop() {
        for dependent in needed_by.get(one).into_iter().flatten() {
            if seen.insert(dependent) {
                names.insert(dependent.usual_name());
                todo.push(dependent);
            }
        }
    }
    if names.is_empty() {
        Tie::Alone
    } else {
        Tie::With(names)
    }
}

/// Packages that were never touched and stay all the same, and why.
fn staying<'c>(
    tree: &Tree,
    components: &'c [Component],
    observed: &Observed,
    (entry, belongings): (&BTreeSet<String>, &Belongings<'c>),
) -> HashMap<&'c PackageUrl, String> {
    let by_purl: HashMap<&PackageUrl, &Component> = components.iter().map(|one| (&one.purl, one)).collect();
    let owned = |paths: &mut dyn Iterator<Item = &String>| -> BTreeSet<&PackageUrl> {
        let owners = paths.flat_map(|path| belongings.owning(path));
        owners.map(|component| &component.purl).collect()
    };
    let started = owned(&mut entry.iter());
    let programs = PROGRAMS
        .iter()
        .flat_map(|place| MANAGERS.iter().map(move |name| format!("{place}{name}")));
    let programs: Vec<String> = programs.filter(|path| tree.get(path).is_some()).collect();
    let managers = owned(&mut programs.iter());
    let mut stays: HashMap<&PackageUrl, String> = HashMap::new();
    let mut todo: Vec<&Component> = Vec::new();
    for component in components {
        let name = name_of(component);
        let why = if started.contains(&component.purl) {
            "the command to start leads to it"
        } else if observed.owners.essential().contains(&name) {
            "its package manager counts it as essential"
        } else if managers.contains(&component.purl) {
            "it is a package manager"
        } else if matches!(name.0.as_str(), "deb" | "apk" | "rpm") && is_kept(&name.1) {
            "services use such packages without being linked to them"
        } else if is_idle(component, &observed.in_use) {
            continue;
        } else {
            todo.push(component);
            continue;
        };
        stays.insert(&component.purl, why.to_owned());
        todo.push(component);
    }
    while let Some(component) = todo.pop() {
        for on in &component.depends_on {
            let Some((purl, next)) = by_purl.get_key_value(on) else {
                continue;
            };
            if is_idle(next, &observed.in_use) && !stays.contains_key(*purl) {
                stays.insert(purl, format!("`{}` depends on it", component.purl.usual_name()));
                todo.push(next);
            }
        }
    }
    stays
}
