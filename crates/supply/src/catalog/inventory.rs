//! Where a cataloger puts what it reads.

use bartizan_engine::Input;
use bartizan_model::{Component, Hash, PackageUrlParts, Requirement, Scope, SourcePackage};
use std::collections::HashMap;
use std::ops::Range;

/// Most problems that are told of one file; the rest is counted.
const MOST_PROBLEMS: usize = 20;
/// Most components of one file.
const MOST_COMPONENTS: usize = 1_000_000;

/// A package as evidence names it.
#[derive(Debug, Clone, Default)]
pub struct Package {
    /// Type, namespace, name, version and qualifiers of its package URL.
    pub purl: PackageUrlParts,
    /// Name as its ecosystem writes it; empty means that of the package URL.
    pub name: String,
    /// Ecosystem of the OSV schema, where one fits.
    pub ecosystem: Option<&'static str>,
    /// The source package it was built from.
    pub source: Option<SourcePackage>,
    /// When it is needed.
    pub scope: Scope,
    /// Whether the project itself asks for it.
    pub direct: Option<bool>,
    /// Licences as declared.
    pub licenses: Vec<String>,
    /// Digests of the distributed file.
    pub hashes: Vec<Hash>,
    /// Where in the file it stands; empty means the whole file.
    pub at: Range<usize>,
}

/// Receives what a cataloger reads from one file.
pub struct Inventory<'a> {
    cataloger: &'static str,
    input: &'a Input<'a>,
    components: Vec<Component>,
    problems: Vec<String>,
    more_problems: usize,
    lines: Option<Vec<usize>>,
}

/// A component that was added, to name it in dependencies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Added(usize);

impl<'a> Inventory<'a> {
    /// An empty inventory of one file.
    #[must_use]
    pub fn new(cataloger: &'static str, input: &'a Input<'a>) -> Self {
        Self {
            cataloger,
            input,
            components: Vec::new(),
            problems: Vec::new(),
            more_problems: 0,
            lines: None,
        }
    }

    /// Adds a package. One whose name makes no package URL becomes a problem, and there is nothing to refer to.
    pub fn add(&mut self, package: Package) -> Option<Added> {
        if self.components.len() >= MOST_COMPONENTS {
            self.problem(format!("more than {MOST_COMPONENTS} components"));
            return None;
        }
        let shown = format!(
            "{} {}",
            package.purl.name,
            package.purl.version.as_deref().unwrap_or("")
        );
        let purl = match package.purl.build() {
            Ok(purl) => purl,
            Err(error) => {
                self.problem(format!(
                    "`{}` is no package: {error}",
                    shown.trim().escape_debug()
                ));
                return None;
            }
        };
        let name = if package.name.is_empty() {
            match purl.namespace() {
                Some(namespace) => format!("{namespace}/{}", purl.name()),
                None => purl.name().to_owned(),
            }
        } else {
            package.name
        };
        let location = self.locate(package.at);
        let mut component = Component::new(purl, name, self.cataloger, location);
        component.ecosystem = package.ecosystem.map(str::to_owned);
        component.source = package.source;
        component.scope = package.scope;
        component.direct = package.direct;
        component.licenses = package.licenses;
        component.hashes = package.hashes;
        component.tidy();
        self.components.push(component);
        Some(Added(self.components.len() - 1))
    }

    /// Says that a component depends on others.
    pub fn depends(&mut self, from: Added, on: impl IntoIterator<Item = Added>) {
        let targets: Vec<_> = on
            .into_iter()
            .filter(|to| *to != from)
            .filter_map(|to| self.components.get(to.0).map(|component| component.purl.clone()))
            .collect();
        if let Some(component) = self.components.get_mut(from.0) {
            component.depends_on.extend(targets);
            component.tidy();
        }
    }

    /// Says which versions of another a component asks for.
    pub(crate) fn asks_for(&mut self, from: Added, to: Added, range: String) {
        let Some(component) = self.components.get(to.0).map(|one| one.purl.clone()) else {
            return;
        };
        if let Some(asking) = self.components.get_mut(from.0) {
            let requirement = Requirement { component, range };
            if let Err(at) = asking.asks_for.binary_search(&requirement) {
                asking.asks_for.insert(at, requirement);
            }
        }
    }

    /// Widens the scope of a component that was added.
    pub fn widen(&mut self, added: Added, scope: Scope) {
        if let Some(component) = self.components.get_mut(added.0) {
            component.scope = component.scope.max(scope);
        }
    }

    /// Gives a component the version by which advisories compare it, where that is not the one of the package URL.
    pub fn set_version(&mut self, added: Added, version: String) {
        if let Some(component) = self.components.get_mut(added.0) {
            component.version = Some(version);
        }
    }

    /// Gives a component an ecosystem that is narrowed to a release.
    pub fn set_ecosystem(&mut self, added: Added, ecosystem: String) {
        if let Some(component) = self.components.get_mut(added.0) {
            component.ecosystem = Some(ecosystem);
        }
    }

    /// Says whether the project itself asks for a component that was added; what asks once, asks.
    pub(crate) fn directly(&mut self, added: Added, direct: bool) {
        if let Some(component) = self.components.get_mut(added.0) {
            component.direct = Some(direct || component.direct == Some(true));
        }
    }

    /// Says that a part of the file was not understood.
    pub fn problem(&mut self, problem: impl Into<String>) {
        if self.problems.len() < MOST_PROBLEMS {
            self.problems.push(problem.into());
        } else {
            self.more_problems += 1;
        }
    }

    /// Components and problems.
    #[must_use]
    pub fn into_parts(mut self) -> (Vec<Component>, Vec<String>) {
        if self.more_problems > 0 {
            self.problems.push(format!("and {} more", self.more_problems));
        }
        (self.components, self.problems)
    }

    /// Where a range stands. Counting lines from the start for each of many thousand packages would take quadratic
    /// time, so the line breaks are listed once.
    pub(crate) fn locate(&mut self, at: Range<usize>) -> bartizan_model::Location {
        let input = self.input;
        if at.is_empty() {
            return input.locate(0..0);
        }
        let lines = self.lines.get_or_insert_with(|| {
            let breaks = input.bytes.iter().enumerate().filter(|(_, byte)| **byte == b'\n');
            breaks.map(|(at, _)| at).collect()
        });
        let position = |offset: usize| {
            let line = lines.partition_point(|end| *end < offset);
            let start = line
                .checked_sub(1)
                .and_then(|line| lines.get(line))
                .map_or(0, |end| end + 1);
            let count = |n: usize| u32::try_from(n + 1).unwrap_or(u32::MAX);
            (count(line), count(offset.saturating_sub(start)))
        };
        let (line, column) = position(at.start);
        let (end_line, end_column) = position(at.end.max(at.start));
        bartizan_model::Location {
            line,
            column,
            end_line,
            end_column,
            ..input.locate(0..0)
        }
    }
}

/// The places of strings in a text, found once: for formats whose reader does not tell where a value stood.
///
/// Built from every key that may be asked for; of a key that stands several times the first place counts.
#[derive(Debug, Default)]
pub(crate) struct Places(HashMap<Vec<u8>, Range<usize>>);

impl Places {
    /// The first place of every double-quoted string that is followed by a colon.
    #[must_use]
    pub(crate) fn of_json_keys(bytes: &[u8]) -> Self {
        let mut places = HashMap::new();
        strings(bytes, |string, at| {
            let after = bytes.get(at.end..).unwrap_or_default();
            if after.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b':') {
                places.entry(string.to_vec()).or_insert(at);
            }
        });
        Self(places)
    }

    /// The same for the keys that stand in so many brackets, counted from 1.
    #[must_use]
    pub(crate) fn of_json_keys_at(bytes: &[u8], depth: usize) -> Self {
        let mut places = HashMap::new();
        let (mut open, mut counted) = (0_usize, 0);
        strings(bytes, |string, at| {
            for byte in bytes.get(counted..at.start).unwrap_or_default() {
                match byte {
                    b'{' | b'[' => open += 1,
                    b'}' | b']' => open = open.saturating_sub(1),
                    _ => {}
                }
            }
            counted = at.end;
            let after = bytes.get(at.end..).unwrap_or_default();
            if open == depth && after.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b':') {
                places.entry(string.to_vec()).or_insert(at);
            }
        });
        Self(places)
    }

    /// The first place of every double-quoted string that is the value of this key.
    #[must_use]
    pub(crate) fn of_json_values(bytes: &[u8], key: &str) -> Self {
        let mut places = HashMap::new();
        let mut before: &[u8] = &[];
        strings(bytes, |string, at| {
            let between = bytes.get(..at.start).unwrap_or_default().trim_ascii_end();
            if before == key.as_bytes() && between.ends_with(b":") {
                places.entry(string.to_vec()).or_insert(at);
            }
            before = string;
        });
        Self(places)
    }

    /// The first place of every double-quoted string.
    #[must_use]
    pub(crate) fn of_json_strings(bytes: &[u8]) -> Self {
        let mut places = HashMap::new();
        strings(bytes, |string, at| {
            places.entry(string.to_vec()).or_insert(at);
        });
        Self(places)
    }

    /// Where a key stands; an empty range where it does not.
    #[must_use]
    pub(crate) fn of(&self, key: &str) -> Range<usize> {
        self.0.get(key.as_bytes()).cloned().unwrap_or(0..0)
    }
}

/// Every double-quoted string, without its quotes, and its place with them.
fn strings<'b>(bytes: &'b [u8], mut found: impl FnMut(&'b [u8], Range<usize>)) {
    let mut at = 0;
    while let Some(open) = find(bytes, at, b'"') {
        let Some(close) = closing_quote(bytes, open + 1) else {
            break;
        };
        found(bytes.get(open + 1..close).unwrap_or_default(), open..close + 1);
        at = close + 1;
    }
}

fn find(bytes: &[u8], from: usize, byte: u8) -> Option<usize> {
    let rest = bytes.get(from..)?;
    rest.iter().position(|b| *b == byte).map(|at| from + at)
}

fn closing_quote(bytes: &[u8], mut at: usize) -> Option<usize> {
    loop {
        match bytes.get(at)? {
            b'"' => return Some(at),
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
}
