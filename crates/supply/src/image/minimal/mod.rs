//! What an image carries and its service does not need.
//!
//! In: an image of which every layer was read, what [`ContentsCheck`] noted of its files, the components that a container sees and
//! the findings about them, and what the service was seen to use where somebody watched. Out: [`Minimal`], or why it cannot be told. A package is needed where the service reaches a file of it
//! ([`closure`]), where a program that is started depends on it, or where services are known to use it without being linked to it;
//! a package that is needed stays whole. What no package owns is the application, and stays.

mod check;
mod closure;
mod packages;
mod proposal;
mod read;
mod untouched;

pub use check::{ContentsCheck, Noted};
pub(crate) use read::{Owner, Told, read as told_by};
pub use untouched::{Observed, Package, Tie, Untouched};

use bartizan_content::images;
use bartizan_model::{Component, Finding, Severity};
use bartizan_source::image::{Image, Node, NodeKind, Tree};
use closure::{Closure, serves_nobody};
use packages::{Name, Packages};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Languages whose programs load what lies in directories: beginning of the interpreter's name, and those directories.
const RUNTIMES: [(&str, &[&str]); 6] = [
    ("java", &["usr/lib/jvm/", "usr/share/java/"]),
    (
        "node",
        &[
            "usr/lib/node_modules/",
            "usr/share/nodejs/",
            "usr/share/node_modules/",
        ],
    ),
    (
        "perl",
        &[
            "usr/share/perl5/",
            "usr/share/perl/",
            "usr/lib/perl5/",
            "usr/lib64/perl5/",
        ],
    ),
    ("php", &["usr/lib/php", "usr/lib64/php", "usr/share/php"]),
    ("python3", &["usr/lib/python3", "usr/lib64/python3"]),
    (
        "ruby",
        &[
            "usr/lib/ruby/",
            "usr/lib64/ruby/",
            "usr/share/ruby/",
            "usr/share/rubygems-integration/",
        ],
    ),
];
/// Directories in which programs lie.
const PROGRAMS: [&str; 6] = [
    "bin/",
    "sbin/",
    "usr/bin/",
    "usr/sbin/",
    "usr/local/bin/",
    "usr/local/sbin/",
];
/// Rounds of adding packages and following them; each adds a package, or it is the last.
const MOST_ROUNDS: usize = 10_000;

/// A package that is not needed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unneeded {
    /// Its name.
    pub name: String,
    /// Size of its files in bytes.
    pub bytes: u64,
    /// The first of its files.
    pub path: String,
    /// Known vulnerabilities that would go with it, by severity.
    pub advisories: BTreeMap<Severity, u64>,
}

/// A program that services hardly ever need and this one does not reach.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tool {
    /// What kind of tool.
    pub kind: &'static str,
    /// Where it is.
    pub path: String,
    /// Its size in bytes.
    pub bytes: u64,
}

/// What the service of an image needs, and what not.
#[derive(Debug, Clone)]
pub struct Minimal {
    /// Number of packages.
    pub packages: usize,
    /// Size of what a container sees, in bytes.
    pub bytes: u64,
    /// Size of what stays, in bytes.
    pub bytes_kept: u64,
    /// Files, links and directories that stay.
    pub kept: BTreeSet<String>,
    /// Packages that are not needed, the largest first.
    pub unneeded: Vec<Unneeded>,
    /// Tools that are not reached, by kind and path.
    pub tools: Vec<Tool>,
    /// What could not be followed, one sentence each.
    pub lost: Vec<String>,
    /// What was never touched; none where nobody watched.
    pub untouched: Option<Untouched>,
}

/// Judges an image by what was noted of its files.
///
/// # Errors
/// Why it cannot be judged, in one sentence.
pub fn judge(
    image: &Image,
    noted: &Noted,
    (components, findings): (&[Component], &[Finding]),
    observed: Option<&Observed>,
) -> Result<Minimal, String> {
    let notes = noted.take();
    if !image.is_whole {
        return Err("not every layer could be read".to_owned());
    }
    let packages = Packages::of(image, &notes);
    if let Some(manager) = packages.opaque.first() {
        return Err(format!(
            "the lists of files of {manager} are not read, or not whole, so nobody can tell what belongs to which package"
        ));
    }
    let mut closure = Closure::new(image, &notes);
    closure.start()?;
    closure.follow();
    let untouched = observed.map(|observed| {
        let advisories = advisories(components, findings, |component| component.purl.clone());
        untouched::untouched(
            &image.tree,
            components,
            observed,
            &closure.reached().files,
            &advisories,
        )
    });
    closure.add_unowned(&packages);
    for path in observed.iter().flat_map(|observed| &observed.paths) {
        closure.add(path);
    }
    closure.follow();
    let needed = needed(&packages, &Installed::of(components), &mut closure);
    let reached = closure.reached();
    let mut minimal = Minimal {
        packages: packages.files.len(),
        bytes: 0,
        bytes_kept: 0,
        kept: BTreeSet::new(),
        unneeded: unneeded(
            image,
            &packages,
            &needed,
            &advisories(components, findings, name_of),
        ),
        tools: Vec::new(),
        lost: reached.lost.iter().cloned().collect(),
        untouched,
    };
    let stays = |path: &str, kind: NodeKind| {
        let is_wanted = match packages.owners.get(path) {
            Some(owners) => owners.iter().any(|owner| needed.contains(owner)),
            None => true,
        };
        reached.files.contains(path) || is_wanted && !(kind == NodeKind::File && serves_nobody(path))
    };
    weigh(image, &mut minimal, stays);
    Ok(minimal)
}

/// Sorts what a container sees into what stays and what does not; names of the same content weigh once.
fn weigh(image: &Image, minimal: &mut Minimal, stays: impl Fn(&str, NodeKind) -> bool) {
    let kinds = kinds_of_tools();
    let [mut seen, mut seen_kept] = [BTreeSet::new(), BTreeSet::new()];
    for (path, node) in image.tree.iter() {
        let is_kept = match node.kind {
            NodeKind::Other => false,
            NodeKind::Directory => {
                let below = format!("{path}/");
                let is_state = [
                    "var/lib/dpkg/",
                    "var/lib/apt/",
                    "var/lib/rpm/",
                    "usr/lib/sysimage/rpm/",
                    "usr/share/doc/",
                    "usr/share/man/",
                ];
                !is_state.iter().any(|place| below.starts_with(place))
            }
            NodeKind::File | NodeKind::Link => stays(&path, node.kind),
        };
        if node.kind == NodeKind::File {
            let content = (node.layer, node.origin());
            if seen.insert(content) {
                minimal.bytes = minimal.bytes.saturating_add(node.size);
            }
            if is_kept && seen_kept.insert(content) {
                minimal.bytes_kept = minimal.bytes_kept.saturating_add(node.size);
            }
        }
        if is_kept {
            minimal.kept.insert(path);
            continue;
        }
        minimal.tools.extend(tool(&kinds, path, node));
    }
    minimal
        .tools
        .sort_by(|a, b| (a.kind, &a.path).cmp(&(b.kind, &b.path)));
}

/// Every tool of a tree, by kind and path.
pub(super) fn tools(tree: &Tree) -> Vec<Tool> {
    let kinds = kinds_of_tools();
    let all = tree.iter().filter(|(_, node)| node.kind != NodeKind::Directory);
    let mut tools: Vec<Tool> = all.filter_map(|(path, node)| tool(&kinds, path, node)).collect();
    tools.sort_by(|a, b| (a.kind, &a.path).cmp(&(b.kind, &b.path)));
    tools
}

/// Kinds of tools by the name of the program.
fn kinds_of_tools() -> HashMap<&'static str, &'static str> {
    images::tools()
        .flat_map(|(kind, names)| names.into_iter().map(move |name| (name, kind)))
        .collect()
}

fn tool(kinds: &HashMap<&str, &'static str>, path: String, node: &Node) -> Option<Tool> {
    let name = PROGRAMS.iter().find_map(|place| path.strip_prefix(place))?;
    let kind = kinds.get(name)?;
    let bytes = if node.kind == NodeKind::File { node.size } else { 0 };
    Some(Tool { kind, path, bytes })
}

/// Packages that stay, to the point where nothing more is added.
fn needed(packages: &Packages, installed: &Installed<'_>, closure: &mut Closure<'_>) -> BTreeSet<Name> {
    let names = packages.files.keys();
    let mut needed: BTreeSet<Name> = names.filter(|(_, name)| is_kept(name)).cloned().collect();
    let mut followed: BTreeSet<Name> = BTreeSet::new();
    for _ in 0..MOST_ROUNDS {
        let reached = closure.reached();
        let owners = |path: &String| packages.owners.get(path).into_iter().flatten().cloned();
        needed.extend(reached.files.iter().flat_map(owners));
        let started: BTreeSet<Name> = reached.programs.iter().flat_map(owners).collect();
        needed.extend(installed.depended_on(started.iter()));
        for runtime in runtimes(&reached.programs) {
            needed.extend(modules(packages, installed, runtime));
        }
        let new: Vec<Name> = needed.difference(&followed).cloned().collect();
        if new.is_empty() {
            break;
        }
        for package in new {
            for path in packages.files.get(&package).into_iter().flatten() {
                if !serves_nobody(path) {
                    closure.add_library(path);
                }
            }
            followed.insert(package);
        }
        closure.follow();
    }
    needed.retain(|name| packages.files.contains_key(name));
    needed
}

/// Whether services are known to use a package without being linked to it.
fn is_kept(name: &str) -> bool {
    images::kept().any(|(one, _)| match one.strip_suffix('*') {
        Some(beginning) => name.starts_with(beginning),
        None => one == name,
    })
}

type Runtime<'p> = (&'p String, &'static [&'static str]);

fn runtimes(programs: &BTreeSet<String>) -> impl Iterator<Item = Runtime<'_>> {
    programs.iter().flat_map(|path| {
        let name = path.rsplit('/').next().unwrap_or_default();
        let known = RUNTIMES
            .iter()
            .filter(move |(beginning, _)| name.starts_with(beginning));
        known.map(move |(_, places)| (path, *places))
    })
}

/// Packages of the same source as an interpreter, packages with modules for it, and what these depend on.
fn modules(packages: &Packages, installed: &Installed<'_>, (program, places): Runtime<'_>) -> BTreeSet<Name> {
    let owners: Vec<&Name> = packages.owners.get(program).into_iter().flatten().collect();
    let sources: BTreeSet<&str> = owners
        .iter()
        .filter_map(|owner| installed.source(owner))
        .collect();
    let mut found: BTreeSet<Name> = packages
        .files
        .iter()
        .filter(|(name, files)| {
            let is_same = installed
                .source(name)
                .is_some_and(|source| sources.contains(source));
            let has_modules = || {
                places.iter().any(|place| {
                    let mut from = files.range((*place).to_owned()..);
                    from.next().is_some_and(|path| path.starts_with(place))
                })
            };
            is_same || has_modules()
        })
        .map(|(name, _)| name.clone())
        .collect();
    found.extend(installed.depended_on(found.iter()));
    found
}

/// Components of the package managers whose lists of files are read.
struct Installed<'c>(BTreeMap<Name, &'c Component>);

impl<'c> Installed<'c> {
    fn of(components: &'c [Component]) -> Self {
        let ours = components
            .iter()
            .filter(|one| matches!(one.purl.kind(), "deb" | "apk" | "rpm"));
        Self(ours.map(|one| (name_of(one), one)).collect())
    }

    fn source(&self, name: &Name) -> Option<&'c str> {
        let component = self.0.get(name)?;
        let source = component.source.as_ref().map(|source| source.name.as_str());
        Some(source.unwrap_or_else(|| component.purl.name()))
    }

    /// What packages depend on, and what that depends on, but for what only installations use.
    fn depended_on<'n>(&self, packages: impl Iterator<Item = &'n Name>) -> BTreeSet<Name> {
        let maintenance: BTreeSet<&str> = images::maintenance().collect();
        let mut found = BTreeSet::new();
        let mut todo: Vec<Name> = packages.cloned().collect();
        while let Some(name) = todo.pop() {
            let Some(component) = self.0.get(&name) else {
                continue;
            };
            for purl in &component.depends_on {
                let next = (purl.kind().to_owned(), purl.name().to_owned());
                if !maintenance.contains(purl.name()) && found.insert(next.clone()) {
                    todo.push(next);
                }
            }
        }
        found
    }
}

fn name_of(component: &Component) -> Name {
    (component.purl.kind().to_owned(), component.purl.name().to_owned())
}

/// Known vulnerabilities of packages, by severity.
type Advisories<K> = BTreeMap<K, BTreeMap<Severity, u64>>;

/// Known vulnerabilities by what `key` gives of the component that has them.
fn advisories<K: Ord + Clone>(
    components: &[Component],
    findings: &[Finding],
    key: impl Fn(&Component) -> K,
) -> Advisories<K> {
    let by_asset: HashMap<String, K> = components
        .iter()
        .map(|component| (component.purl.to_string(), key(component)))
        .collect();
    let mut found = Advisories::<K>::new();
    for finding in findings
        .iter()
        .filter(|one| one.rule == crate::advisory::VULNERABLE)
    {
        if let Some(name) = by_asset.get(finding.asset.as_str()) {
            *found
                .entry(name.clone())
                .or_default()
                .entry(finding.severity)
                .or_default() += 1;
        }
    }
    found
}

fn unneeded(
    image: &Image,
    packages: &Packages,
    needed: &BTreeSet<Name>,
    advisories: &Advisories<Name>,
) -> Vec<Unneeded> {
    let others = packages.files.iter().filter(|(name, _)| !needed.contains(*name));
    let mut found: Vec<Unneeded> = others
        .map(|(name, files)| {
            let sizes = files.iter().filter_map(|path| image.tree.get(path));
            let sizes = sizes
                .filter(|node| node.kind == NodeKind::File)
                .map(|node| node.size);
            Unneeded {
                name: name.1.clone(),
                bytes: sizes.fold(0, u64::saturating_add),
                path: files.first().cloned().unwrap_or_default(),
                advisories: advisories.get(name).cloned().unwrap_or_default(),
            }
        })
        .collect();
    found.sort_by(|a, b| (b.bytes, &a.name).cmp(&(a.bytes, &b.name)));
    found
}
