//! What every form of a bill of materials comes down to, and the way from there to components.

use super::ecosystem;
use super::{READER, Read};
use bartizan_model::{Component, Hash, Location, PackageUrl, PackageUrlParts, Scope, SourcePackage};
use std::collections::{HashMap, HashSet};

/// Most problems that are told of one document; the rest is counted.
const MOST_PROBLEMS: usize = 20;
/// Most components and most dependencies of one document.
const MOST: usize = 5_000_000;

/// An element of the document, numbered in the order in which it is first named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Reference(usize);

/// A package as a document describes it; empty texts are absent.
#[derive(Debug, Default)]
pub(super) struct Item {
    pub(super) purl: String,
    pub(super) group: String,
    pub(super) name: String,
    pub(super) version: String,
    pub(super) scope: Scope,
    pub(super) licenses: Vec<String>,
    pub(super) hashes: Vec<Hash>,
    /// Paths and lines.
    pub(super) places: Vec<(String, u32)>,
    /// Properties whose name begins with `bartizan:`, without that.
    pub(super) facts: Vec<(String, String)>,
}

struct Edge {
    from: Reference,
    on: Reference,
    /// Whether the document says that `from` itself asks for `on`.
    is_direct: bool,
}

/// A document while it is read.
#[derive(Default)]
pub(super) struct Bill {
    items: Vec<(Reference, Item)>,
    references: HashMap<Box<str>, Reference>,
    edges: Vec<Edge>,
    /// Elements that stand for what the document is about.
    roots: HashSet<Reference>,
    scopes: HashMap<Reference, Scope>,
    problems: Vec<String>,
    more_problems: usize,
}

impl Bill {
    /// Says that a part of the document was not understood.
    pub(super) fn problem(&mut self, problem: impl Into<String>) {
        if self.problems.len() < MOST_PROBLEMS {
            self.problems.push(problem.into());
        } else {
            self.more_problems += 1;
        }
    }

    /// The element of that name.
    pub(super) fn reference(&mut self, name: &str) -> Reference {
        if let Some(known) = self.references.get(name) {
            return *known;
        }
        let reference = Reference(self.references.len());
        self.references.insert(name.into(), reference);
        reference
    }

    /// Adds a package.
    pub(super) fn add(&mut self, name: &str, item: Item) {
        if self.items.len() >= MOST {
            return self.problem(format!("more than {MOST} components"));
        }
        // An element without a reference cannot be named by others; its number keeps it apart.
        let reference = if name.is_empty() {
            self.reference(&format!("\0{}", self.items.len()))
        } else {
            self.reference(name)
        };
        self.items.push((reference, item));
    }

    /// Says that an element stands for what the document is about.
    pub(super) fn root(&mut self, name: &str) {
        let reference = self.reference(name);
        self.roots.insert(reference);
    }

    /// Says that one element depends on another.
    pub(super) fn depends(&mut self, from: &str, on: &str) {
        self.edge(from, on, true);
    }

    /// Says that one element depends on another, itself or through others, and when it needs that.
    pub(super) fn needs(&mut self, from: &str, on: &str, scope: Scope) {
        let reference = self.reference(on);
        let known = self.scopes.entry(reference).or_default();
        *known = scope.max(*known);
        self.edge(from, on, false);
    }

    fn edge(&mut self, from: &str, on: &str, is_direct: bool) {
        if self.edges.len() >= MOST {
            return self.problem(format!("more than {MOST} dependencies"));
        }
        let edge = Edge {
            from: self.reference(from),
            on: self.reference(on),
            is_direct,
        };
        self.edges.push(edge);
    }

    /// Components and problems. `path` is where the document lies.
    pub(super) fn finish(mut self, path: &str) -> Read {
        let mut read: Vec<(usize, Component)> = Vec::with_capacity(self.items.len());
        let mut references = Vec::with_capacity(self.items.len());
        for (reference, item) in std::mem::take(&mut self.items) {
            let scope = self.scopes.get(&reference).copied().unwrap_or_default();
            match component(item, scope, path) {
                Ok(component) => {
                    read.push((references.len(), component));
                    references.push((reference, 0));
                }
                Err(problem) => self.problem(problem),
            }
        }
        // Of those with the same package URL the first in the document stays the first.
        read.sort_by(|(_, a), (_, b)| a.purl.cmp(&b.purl));
        let mut at = 0;
        for (number, (document, component)) in read.iter().enumerate() {
            let before = number.checked_sub(1).and_then(|before| read.get(before));
            at += usize::from(before.is_some_and(|(_, before)| before.purl != component.purl));
            if let Some((_, place)) = references.get_mut(*document) {
                *place = at;
            }
        }
        read.dedup_by(|(_, later), (_, first)| {
            let same = later.purl == first.purl;
            if same {
                first.absorb(later.clone());
            }
            same
        });
        let mut components: Vec<Component> = read.into_iter().map(|(_, component)| component).collect();
        let mut by_reference: Vec<Option<usize>> = vec![None; self.references.len()];
        for (reference, at) in references {
            let Some(known) = by_reference.get_mut(reference.0) else {
                continue;
            };
            if *known.get_or_insert(at) != at {
                self.ambiguous(reference);
            }
        }
        self.connect(&mut components, &by_reference);
        components.iter_mut().for_each(Component::tidy);
        if self.more_problems > 0 {
            self.problems.push(format!("and {} more", self.more_problems));
        }
        Read {
            components,
            problems: self.problems,
        }
    }

    fn connect(&self, components: &mut [Component], by_reference: &[Option<usize>]) {
        let at = |reference: Reference| by_reference.get(reference.0).copied().flatten();
        let mut depends: Vec<Vec<PackageUrl>> = vec![Vec::new(); components.len()];
        for edge in &self.edges {
            let Some(on) = at(edge.on) else {
                continue;
            };
            if let Some(from) = at(edge.from) {
                if let (Some(depends), Some(component), true) =
                    (depends.get_mut(from), components.get(on), from != on)
                {
                    depends.push(component.purl.clone());
                }
            } else if edge.is_direct
                && self.roots.contains(&edge.from)
                && let Some(component) = components.get_mut(on)
            {
                component.direct.get_or_insert(true);
            }
        }
        for (component, depends) in components.iter_mut().zip(depends) {
            component.depends_on.extend(depends);
        }
    }

    fn ambiguous(&mut self, reference: Reference) {
        if self.problems.len() >= MOST_PROBLEMS {
            return self.problem(String::new());
        }
        let named = self.references.iter().find(|(_, known)| **known == reference);
        let name = named.map_or_else(String::new, |(name, _)| shortened(name));
        self.problem(format!(
            "two components have the reference `{name}`; dependencies mean the first"
        ));
    }
}

fn component(item: Item, scope: Scope, path: &str) -> Result<Component, String> {
    let purl = purl(&item)?;
    let name = purl.usual_name();
    let mut component = Component::new(purl, name, READER, Location::of_file(path));
    component.version = component
        .version
        .or(Some(item.version).filter(|version| !version.is_empty()));
    component.scope = item.scope.max(scope);
    component.licenses = item.licenses;
    component.hashes = item.hashes;
    let mut places = item.places;
    for (name, value) in item.facts {
        match name.as_str() {
            "cataloger" => component.cataloger = value,
            "direct" => component.direct = value.parse().ok(),
            "ecosystem" => component.ecosystem = Some(value),
            "name" => component.name = value,
            "scope" => component.scope = component.scope.max(scope_of(&value)),
            "hash" => component
                .hashes
                .extend(value.split_once(':').map(|(algorithm, value)| Hash {
                    algorithm: algorithm.to_owned(),
                    value: value.to_owned(),
                })),
            "location" => places.extend(
                value
                    .rsplit_once(':')
                    .and_then(|(path, line)| Some((path.to_owned(), line.parse().ok()?))),
            ),
            "source:name" => source(&mut component).name = value,
            "source:version" => source(&mut component).version = Some(value),
            _ => {}
        }
    }
    // What we wrote ourselves says all we knew; of what others wrote, the package URL may say more.
    if component.cataloger == READER {
        component.ecosystem = component.ecosystem.or_else(|| ecosystem::of(&component.purl));
        component.source = component.source.or_else(|| ecosystem::source(&component.purl));
    }
    if !places.is_empty() {
        component.locations = places.into_iter().map(|(path, line)| at(path, line)).collect();
    }
    Ok(component)
}

/// The identity of an item. One without a package URL is known by its name alone.
fn purl(item: &Item) -> Result<PackageUrl, String> {
    if !item.purl.is_empty() {
        return PackageUrl::parse_lenient(&item.purl)
            .map_err(|error| format!("`{}`: {error}", shortened(&item.purl)));
    }
    let parts = PackageUrlParts {
        kind: "generic".to_owned(),
        namespace: Some(item.group.clone()).filter(|group| !group.is_empty()),
        name: item.name.clone(),
        version: Some(item.version.clone()).filter(|version| !version.is_empty()),
        ..PackageUrlParts::default()
    };
    parts
        .build()
        .map_err(|error| format!("`{}` is no package: {error}", shortened(&item.name)))
}

fn shortened(text: &str) -> String {
    text.chars()
        .take(200)
        .collect::<String>()
        .escape_debug()
        .to_string()
}

fn scope_of(word: &str) -> Scope {
    match word {
        "runtime" => Scope::Runtime,
        "optional" => Scope::Optional,
        "development" => Scope::Development,
        _ => Scope::Unknown,
    }
}

fn source(component: &mut Component) -> &mut SourcePackage {
    component.source.get_or_insert_with(|| SourcePackage {
        name: String::new(),
        version: None,
    })
}

/// The documents tell a line at most.
fn at(path: String, line: u32) -> Location {
    let line = line.max(1);
    Location {
        line,
        end_line: line,
        ..Location::of_file(path)
    }
}

/// A digest whose algorithm is written in either format's spelling.
pub(super) fn hash(algorithm: &str, value: &str) -> Option<Hash> {
    let algorithm = match algorithm {
        "SHA1" => "SHA-1",
        "SHA224" => "SHA-224",
        "SHA256" => "SHA-256",
        "SHA384" => "SHA-384",
        "SHA512" => "SHA-512",
        same => same,
    };
    let digits = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_hexdigit());
    (digits && !algorithm.is_empty()).then(|| Hash {
        algorithm: algorithm.to_owned(),
        value: value.to_ascii_lowercase(),
    })
}

/// The scope that a word of CycloneDX means.
pub(super) fn cyclonedx_scope(word: &str) -> Scope {
    match word {
        "required" => Scope::Runtime,
        "optional" => Scope::Optional,
        "excluded" => Scope::Development,
        _ => Scope::Unknown,
    }
}

/// Whether an entry of CycloneDX of this type describes a file or data rather than software.
pub(super) fn is_no_software(kind: &str) -> bool {
    matches!(
        kind,
        "file" | "data" | "cryptographic-asset" | "device" | "machine-learning-model"
    )
}
