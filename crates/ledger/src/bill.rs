//! Cutting bills of materials into parts that other bills share.
//!
//! In: components, by package URL. Out: runs of them, each with a digest over what is in it. The cut is made by content: behind a
//! component whose own digest has its lowest bits clear. Two bills that differ in a few components therefore differ in a few
//! parts, wherever the difference is, and ten thousand bills of one base image share nearly all of them. The same idea cuts files in
//! backup programs (content-defined chunking) and leaves in search trees (<https://docs.dolthub.com/architecture/storage-engine/prolly-tree>).

use bartizan_model::{Component, FingerprintBuilder, PackageUrl, PackageUrlParts, Scope};
use std::ops::Range;

/// One in so many components ends a part.
const PART: u64 = 128;
/// A part is ended at this many components, whatever they are.
const MOST: usize = 4 * PART as usize;

/// A run of components.
#[derive(Debug)]
pub struct Part {
    /// Digest over package URLs, scopes and dependencies.
    pub digest: [u8; 16],
    /// Where it is among the components of the bill.
    pub range: Range<usize>,
}

/// A component within a bill.
#[derive(Debug)]
pub struct Entry<'a> {
    /// Its package URL.
    pub purl: String,
    /// What is known of it.
    pub component: &'a Component,
    /// Places in the bill of those that it depends on, ascending; what is not in the bill is left out.
    pub depends_on: Vec<u32>,
}

/// A bill cut into parts.
#[derive(Debug)]
pub struct Bill<'a> {
    /// Digest over the digests of the parts.
    pub digest: [u8; 16],
    /// The components, in the order of package URLs; each stands once.
    pub components: Vec<Entry<'a>>,
    /// The parts, one behind the other.
    pub parts: Vec<Part>,
    /// How many dependencies between them.
    pub edges: usize,
}

impl<'a> Bill<'a> {
    /// Cuts a bill. Of components with the same package URL the first counts; what it depends on outside the bill is left out.
    #[must_use]
    pub fn cut(components: &'a [Component]) -> Self {
        let components = entries(components);
        let edges = components.iter().map(|entry| entry.depends_on.len()).sum();
        let mut parts = Vec::new();
        let mut start = 0;
        for (at, entry) in components.iter().enumerate() {
            let end = at + 1;
            if ends_a_part(&entry.purl) || end - start == MOST || end == components.len() {
                parts.push(part(&components, start..end));
                start = end;
            }
        }
        let digest = parts
            .iter()
            .fold(FingerprintBuilder::new("bill"), |builder, part| {
                builder.part(&part.digest)
            })
            .finish_bytes();
        Self {
            digest,
            components,
            parts,
            edges,
        }
    }

    /// The components of a part.
    #[must_use]
    pub fn of(&self, part: &Part) -> &[Entry<'a>] {
        self.components.get(part.range.clone()).unwrap_or_default()
    }
}

/// Components by package URL, each once. A package URL is written out once, and dependencies are places: a bill may have millions of them.
fn entries(components: &[Component]) -> Vec<Entry<'_>> {
    let mut entries: Vec<Entry<'_>> = components
        .iter()
        .map(|component| Entry {
            purl: component.purl.to_string(),
            component,
            depends_on: Vec::new(),
        })
        .collect();
    // Stable, so that the first stays the first.
    entries.sort_by(|a, b| a.purl.cmp(&b.purl));
    entries.dedup_by(|later, first| later.purl == first.purl);
    let place = |purl: &PackageUrl| {
        let purl = purl.to_string();
        let place = entries.binary_search_by(|entry| entry.purl.as_str().cmp(&purl));
        place.ok().and_then(|place| u32::try_from(place).ok())
    };
    let all: Vec<Vec<u32>> = entries
        .iter()
        .map(|entry| {
            let mut places: Vec<u32> = entry.component.depends_on.iter().filter_map(place).collect();
            places.sort_unstable();
            places.dedup();
            places.shrink_to_fit();
            places
        })
        .collect();
    for (entry, depends_on) in entries.iter_mut().zip(all) {
        entry.depends_on = depends_on;
    }
    entries
}

fn part(components: &[Entry<'_>], range: Range<usize>) -> Part {
    let mut builder = FingerprintBuilder::new("part of a bill");
    for entry in components.get(range.clone()).unwrap_or_default() {
        builder = builder
            .part(entry.purl.as_bytes())
            .part(&[
                scope_number(entry.component.scope),
                direct_number(entry.component.direct),
            ])
            .part(&(entry.depends_on.len() as u64).to_le_bytes());
        let names = entry
            .depends_on
            .iter()
            .filter_map(|other| components_at(components, *other));
        for other in names {
            builder = builder.part(other.purl.as_bytes());
        }
    }
    Part {
        digest: builder.finish_bytes(),
        range,
    }
}

fn components_at<'c, 'a>(components: &'c [Entry<'a>], place: u32) -> Option<&'c Entry<'a>> {
    components.get(usize::try_from(place).ok()?)
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
        assert_eq!((a.components.len(), a.edges), (5_000, 4_999));
        assert_eq!(a.parts.iter().map(|part| a.of(part).len()).sum::<usize>(), 5_000);
    }

    #[test]
    fn the_order_of_a_bill_does_not_matter() {
        let forwards = bill(0..500);
        let backwards: Vec<Component> = forwards.iter().rev().cloned().collect();
        assert_eq!(Bill::cut(&forwards).digest, Bill::cut(&backwards).digest);
    }

    #[test]
    fn of_components_with_one_package_url_the_first_counts_and_dependencies_are_places() {
        let mut twice = bill(0..3);
        let mut later = twice[0].clone();
        later.scope = Scope::Development;
        twice.push(later);
        let cut = Bill::cut(&twice);
        let places: Vec<_> = cut
            .components
            .iter()
            .map(|entry| entry.depends_on.clone())
            .collect();
        assert_eq!(places, [vec![1], vec![2], vec![]]);
        assert_eq!(cut.digest, Bill::cut(&bill(0..3)).digest);
    }

    #[test]
    fn a_package_is_named_without_its_version() {
        let purl: PackageUrl = "pkg:deb/debian/openssl@3.0?arch=amd64".parse().unwrap();
        assert_eq!(package_of(&purl), "pkg:deb/debian/openssl");
    }
}
