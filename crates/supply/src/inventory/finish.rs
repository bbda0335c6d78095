//! What can be said of components only once all files were read.
//!
//! In: the components of a target. Out: the same, where packages of operating systems have the namespace, the `distro`
//! qualifier and the ecosystem of the release that stands in the same root, and what a manifest of a Java archive says
//! gives way to what Maven itself recorded there, and dependencies of Maven have the versions that parents and lists of versions give
//! them; and what could not be said. Pure.

use crate::catalog::binary::programs;
use crate::catalog::language::go_sum;
use crate::catalog::{java, os};
use crate::ecosystem::Ecosystem;
use crate::version::Scheme;
use bartizan_model::{Component, Location, PackageUrl, PackageUrlParts};
use std::collections::{BTreeMap, BTreeSet};

/// The finished inventory.
#[derive(Debug, Default)]
pub struct Finished {
    /// Components, sorted by package URL.
    pub components: Vec<Component>,
    /// What could not be said, one sentence each.
    pub notes: Vec<String>,
}

/// Finishes an inventory.
#[must_use]
pub fn finish(components: Vec<Component>) -> Finished {
    let (components, mut notes) = java::maven::resolved(components);
    let components = go_sum::without_unbuilt(java::without_guesses(components));
    let mut components = programs::without_packaged(components);
    let releases = Releases::of(&components);
    let mut unreleased = BTreeMap::new();
    if components.iter().any(|one| scheme_of(&one.purl).is_some()) {
        let parts = components.into_iter().flat_map(by_root);
        components = parts.map(|part| releases.apply(part, &mut unreleased)).collect();
    }
    // Of those with the same package URL the first stays the first.
    components.sort_by(|a, b| a.purl.cmp(&b.purl));
    components.dedup_by(|later, first| {
        let same = later.purl == first.purl;
        if same {
            first.absorb(later.clone());
        }
        same
    });
    components.iter_mut().for_each(Component::tidy);
    notes.extend(unreleased.into_iter().map(|(why, count)| why.told(count)));
    Finished { components, notes }
}

/// Why packages of an operating system have no ecosystem.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Unreleased {
    NoRelease { evidence: String },
    NoEcosystem { release: String },
}

impl Unreleased {
    fn told(&self, count: usize) -> String {
        let packages = if count == 1 { "package" } else { "packages" };
        match self {
            Self::NoRelease { evidence } => format!(
                "{evidence}: no os-release stands in the same root, so the release of {count} {packages} is not known and no \
                 advisories of a distribution can be matched"
            ),
            Self::NoEcosystem { release } => format!(
                "{release}: the OSV schema has no ecosystem for this release, so no advisories of a distribution can be matched \
                 with {count} {packages}"
            ),
        }
    }
}

/// What os-release says, by root.
struct Releases(BTreeMap<String, Release>);

struct Release {
    id: String,
    /// `debian-12`
    distro: String,
    ecosystem: Option<Ecosystem>,
}

impl Releases {
    fn of(components: &[Component]) -> Self {
        let mut releases = BTreeMap::new();
        for component in components.iter().filter(|one| is_release(one)) {
            let id = component.purl.name();
            let distro = match component.purl.version() {
                Some(version) => format!("{id}-{version}"),
                None => id.to_owned(),
            };
            let ecosystem = component.ecosystem.as_deref();
            let ecosystem = ecosystem.and_then(|text| Ecosystem::parse(text).ok());
            for root in component.locations.iter().filter_map(root_of) {
                releases.entry(root.to_owned()).or_insert_with(|| Release {
                    id: id.to_owned(),
                    distro: distro.clone(),
                    ecosystem: ecosystem.clone(),
                });
            }
        }
        Self(releases)
    }

    fn apply(&self, mut component: Component, unreleased: &mut BTreeMap<Unreleased, usize>) -> Component {
        let Some(scheme) = scheme_of(&component.purl) else {
            return component;
        };
        let Some(location) = component.locations.first() else {
            return component;
        };
        let Some(root) = root_of(location) else {
            return component;
        };
        let Some(release) = self.0.get(root) else {
            let evidence = location.path.clone();
            *unreleased.entry(Unreleased::NoRelease { evidence }).or_default() += 1;
            return component;
        };
        component.purl = release.qualify(&component.purl);
        for on in &mut component.depends_on {
            *on = release.qualify(on);
        }
        for asked in &mut component.asks_for {
            asked.component = release.qualify(&asked.component);
        }
        // Packages of another family than the system's (a database of dpkg beside a system of rpm) are not its own.
        component.ecosystem = release
            .ecosystem
            .as_ref()
            .filter(|ecosystem| scheme.is_some() && ecosystem.scheme() == scheme)
            .map(ToString::to_string);
        if component.ecosystem.is_none() {
            let release = release.distro.clone();
            *unreleased.entry(Unreleased::NoEcosystem { release }).or_default() += 1;
        }
        component
    }
}

impl Release {
    fn qualify(&self, purl: &PackageUrl) -> PackageUrl {
        let mut qualifiers = purl.qualifiers().clone();
        qualifiers.insert("distro".to_owned(), self.distro.clone());
        let parts = PackageUrlParts {
            kind: purl.kind().to_owned(),
            namespace: Some(self.id.clone()),
            name: purl.name().to_owned(),
            version: purl.version().map(str::to_owned),
            qualifiers,
            subpath: purl.subpath().map(str::to_owned),
        };
        // An identifier that makes no package URL names no distribution.
        parts.build().unwrap_or_else(|_| purl.clone())
    }
}

fn is_release(component: &Component) -> bool {
    component.cataloger == "os-release"
}

/// The order of versions of an operating system's package; the outer `None` is another kind of package.
fn scheme_of(purl: &PackageUrl) -> Option<Option<Scheme>> {
    match purl.kind() {
        "deb" => Some(Some(Scheme::Debian)),
        "apk" => Some(Some(Scheme::Alpine)),
        "rpm" => Some(Some(Scheme::Rpm)),
        "alpm" => Some(None),
        _ => None,
    }
}

fn root_of(location: &Location) -> Option<&str> {
    os::root_of(&location.path)
}

/// A package seen in several roots is several packages, because their releases may differ.
fn by_root(component: Component) -> Vec<Component> {
    if scheme_of(&component.purl).is_none() {
        return vec![component];
    }
    let roots: BTreeSet<Option<&str>> = component.locations.iter().map(root_of).collect();
    if roots.len() < 2 {
        return vec![component];
    }
    roots
        .into_iter()
        .map(|root| {
            let locations = component.locations.iter().filter(|one| root_of(one) == root);
            Component {
                locations: locations.cloned().collect(),
                ..component.clone()
            }
        })
        .collect()
}
