//! Cutting bills of materials into parts that other bills share.
//!
//! In: components, by package URL. Out: runs of them, each with a digest over what is in it. The cut is made by content: behind a
//! component whose own digest has its lowest bits clear. Two bills that differ in a few components therefore differ in a few
//! parts, wherever the difference is, and ten thousand bills of one base image share nearly all of them. The same idea cuts files in
//! backup programs (content-defined chunking) and leaves in search trees (<https://docs.dolthub.com/architecture/storage-engine/prolly-tree>).

use bartizan_model::{Component, FingerprintBuilder, PackageUrl, PackageUrlParts, Scope};
use std::collections::BTreeMap;

/// One in so many components ends a part.
const PART: u64 = 128;
/// A part is ended at this many components, whatever they are.
const MOST: usize = 4 * PART as usize;

/// A run of components.
#[derive(Debug)]
pub struct Part<'a> {
    /// Digest over package URLs, scopes and dependencies.
    pub digest: [u8; 16],
    /// Its components.
    pub components: Vec<Entry<'a>>,
}

/// A component within a bill.
#[derive(Debug)]
pub struct Entry<'a> {
    /// Its package URL.
    pub purl: String,
    /// What is known of it.
    pub component: &'a Component,
    /// Package URLs of those that it depends on and that are in the same bill, sorted.
    pub depends_on: Vec<String>,
}

/// A bill cut into parts.
#[derive(Debug)]
pub struct Bill<'a> {
    /// Digest over the digests of the parts.
    pub digest: [u8; 16],
    /// The parts, in the order of package URLs.
    pub parts: Vec<Part<'a>>,
    /// How many components.
    pub components: usize,
    /// How many dependencies between them.
    pub edges: usize,
}

impl<'a> Bill<'a> {
    /// Cuts a bill. Of components with the same package URL the first counts; what it depends on outside the bill is left out.
    #[must_use]
    pub fn cut(components: &'a [Component]) -> Self {
        let mut by_purl: BTreeMap<String, &Component> = BTreeMap::new();
        for component in components {
            by_purl.entry(component.purl.to_string()).or_insert(component);
        }
        let mut edges = 0;
        let mut parts = Vec::new();
        let mut open: Vec<Entry<'a>> = Vec::new();
        for (purl, component) in &by_purl {
            let mut depends_on: Vec<String> = component.depends_on.iter().map(ToString::to_string).collect();
            depends_on.retain(|other| by_purl.contains_key(other));
            depends_on.sort_unstable();
            depends_on.dedup();
            edges += depends_on.len();
            let ends = ends_a_part(purl);
            open.push(Entry {
                purl: purl.clone(),
                component,
                depends_on,
            });
            if ends || open.len() == MOST {
                parts.push(Part::of(std::mem::take(&mut open)));
            }
        }
        if !open.is_empty() {
            parts.push(Part::of(open));
        }
        let digest = parts
            .iter()
            .fold(FingerprintBuilder::new("bill"), |builder, part| {
                builder.part(&part.digest)
            })
            .finish_bytes();
        Self {
            digest,
            components: by_purl.len(),
            parts,
            edges,
        }
    }
}

impl<'a> Part<'a> {
    fn of(components: Vec<Entry<'a>>) -> Self {
        let mut builder = FingerprintBuilder::new("part of a bill");
        for entry in &components {
            builder = builder
                .part(entry.purl.as_bytes())
                .part(&[
                    scope_number(entry.component.scope),
                    direct_number(entry.component.direct),
                ])
                .part(&(entry.depends_on.len() as u64).to_le_bytes());
            for other in &entry.depends_on {
                builder = builder.part(other.as_bytes());
            }
        }
        Self {
            digest: builder.finish_bytes(),
            components,
        }
    }
}

fn ends_a_part(purl: &str) -> bool {
    let digest = FingerprintBuilder::new("end of a part")
        .part(purl.as_bytes())
        .finish_bytes();
    let number = digest
        .first_chunk::<8>()
        .map_or(0, |head| u64::from_le_bytes(*head));
    number.is_multiple_of(PART)
}

/// The number by which a scope is kept.
#[must_use]
pub const fn scope_number(scope: Scope) -> u8 {
    match scope {
        Scope::Unknown => 0,
        Scope::Development => 1,
        Scope::Optional => 2,
        Scope::Runtime => 3,
    }
}

const fn direct_number(direct: Option<bool>) -> u8 {
    match direct {
        None => 0,
        Some(false) => 1,
        Some(true) => 2,
    }
}

/// The package URL without version, qualifiers and subpath: what all versions of a package share.
#[must_use]
pub fn package_of(purl: &PackageUrl) -> String {
    let parts = PackageUrlParts {
        kind: purl.kind().to_owned(),
        namespace: purl.namespace().map(str::to_owned),
        name: purl.name().to_owned(),
        ..PackageUrlParts::default()
    };
    parts
        .build()
        .map_or_else(|_| purl.to_string(), |package| package.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use bartizan_model::Location;
    use std::collections::HashSet;

    fn bill(names: impl Iterator<Item = u32>) -> Vec<Component> {
        names
            .map(|number| {
                let purl: PackageUrl = format!("pkg:npm/package-{number}@1.{number}").parse().unwrap();
                let mut component =
                    Component::new(purl, format!("package-{number}"), "test", Location::of_file("a"));
                component.depends_on = vec![
                    format!("pkg:npm/package-{}@1.{}", number + 1, number + 1)
                        .parse()
                        .unwrap(),
                ];
                component
            })
            .collect()
    }

    #[test]
    fn bills_that_differ_a_little_share_nearly_all_parts() {
        let whole = bill(0..5_000);
        let other = bill((0..5_000).filter(|number| number % 1_000 != 7));
        let digests = |bill: &Bill<'_>| bill.parts.iter().map(|part| part.digest).collect::<HashSet<_>>();
        let (a, b) = (Bill::cut(&whole), Bill::cut(&other));
        assert_ne!(a.digest, b.digest);
        let shared = digests(&a).intersection(&digests(&b)).count();
        // Five components are gone, each with the dependency on it: at most two parts a component differ.
        assert!(shared + 10 >= a.parts.len(), "{shared} of {}", a.parts.len());
        assert!(a.parts.len() > 20, "{}", a.parts.len());
        assert_eq!((a.components, a.edges), (5_000, 4_999));
    }

    #[test]
    fn the_order_of_a_bill_does_not_matter() {
        let forwards = bill(0..500);
        let backwards: Vec<Component> = forwards.iter().rev().cloned().collect();
        assert_eq!(Bill::cut(&forwards).digest, Bill::cut(&backwards).digest);
    }

    #[test]
    fn a_package_is_named_without_its_version() {
        let purl: PackageUrl = "pkg:deb/debian/openssl@3.0?arch=amd64".parse().unwrap();
        assert_eq!(package_of(&purl), "pkg:deb/debian/openssl");
    }
}
