//! Which object of one environment is which of the other.
//!
//! Environments add to names: a prefix or suffix of all of them, a word for the environment, a hash of the content. Objects are paired in rounds, from
//! names as they are to names without all of that, and a looser round pairs only what is left and has one candidate on each side.

use super::Environment;
use crate::kube::Object;
use std::collections::{BTreeMap, BTreeSet};

/// Words for environments that stand at the beginning or end of names, between dashes.
const WORDS: [&str; 19] = [
    "canary",
    "dev",
    "development",
    "int",
    "integration",
    "live",
    "nonprod",
    "pre",
    "preprod",
    "prd",
    "preview",
    "prod",
    "production",
    "qa",
    "stage",
    "staging",
    "stg",
    "test",
    "uat",
];
/// What `kustomize` writes hashes with, and how long they are.
const HASH: (&str, usize) = ("2456789bcdfghkmt", 10);

/// How an environment names what is in it.
#[derive(Debug, Default, Clone)]
pub(crate) struct Naming {
    prefix: String,
    suffix: String,
}

impl Naming {
    /// What begins and ends the names of all workloads, where there are two or more.
    pub(super) fn of<'o>(objects: impl Iterator<Item = &'o Object>) -> Self {
        let named = objects.filter(|one| one.namespace.is_some() || crate::kube::Pod::of(one).is_some());
        let names: BTreeSet<&str> = named
            .map(|one| one.name.as_str())
            .filter(|name| !name.is_empty())
            .collect();
        if names.len() < 2 {
            return Self::default();
        }
        let first = names.first().copied().unwrap_or_default();
        let ends = |name: &str| -> Vec<usize> { name.match_indices('-').map(|(at, _)| at).collect() };
        let prefix = ends(first)
            .into_iter()
            .filter_map(|at| first.get(..=at))
            .rfind(|prefix| {
                names
                    .iter()
                    .all(|name| name.starts_with(prefix) && name.len() > prefix.len())
            });
        let suffix = ends(first)
            .into_iter()
            .filter_map(|at| first.get(at..))
            .find(|suffix| {
                names
                    .iter()
                    .all(|name| name.ends_with(suffix) && name.len() > suffix.len())
            });
        Self {
            prefix: prefix.unwrap_or_default().to_owned(),
            suffix: suffix.unwrap_or_default().to_owned(),
        }
    }

    /// A name without what the environment adds to it.
    pub(crate) fn bare<'n>(&self, name: &'n str) -> &'n str {
        let inner = name.strip_prefix(&self.prefix).unwrap_or(name);
        let inner = inner.strip_suffix(&self.suffix).unwrap_or(inner);
        let mut name = without_hash(if inner.is_empty() { name } else { inner });
        loop {
            let (first, rest) = name.split_once('-').unwrap_or(("", name));
            let (before, last) = name.rsplit_once('-').unwrap_or((name, ""));
            if WORDS.contains(&first) && !rest.is_empty() {
                name = rest;
            } else if WORDS.contains(&last) && !before.is_empty() {
                name = before;
            } else {
                return name;
            }
        }
    }
}

fn without_hash(name: &str) -> &str {
    match name.rsplit_once('-') {
        Some((before, hash))
            if hash.len() == HASH.1 && hash.chars().all(|c| HASH.0.contains(c)) && !before.is_empty() =>
        {
            before
        }
        _ => name,
    }
}

/// Objects of both environments, by their numbers.
#[derive(Debug, Default)]
pub(super) struct Matched {
    pub(super) pairs: Vec<(usize, usize)>,
    pub(super) only_staging: Vec<usize>,
    pub(super) only_production: Vec<usize>,
}

type Key = (String, String, String, String);

/// The rounds: how much of a name counts.
#[derive(Clone, Copy)]
enum Round {
    /// Namespace and name as they are.
    Written,
    /// Namespace and name without what environments add.
    Bare,
    /// The name as it is, wherever it is.
    Anywhere,
    /// The name without what environments add, wherever it is.
    BareAnywhere,
}

pub(super) fn matched(staging: &Environment, production: &Environment) -> Matched {
    let mut left: BTreeSet<usize> = (0..staging.objects()).collect();
    let mut right: BTreeSet<usize> = (0..production.objects()).collect();
    let mut out = Matched::default();
    for round in [Round::Written, Round::Bare, Round::Anywhere, Round::BareAnywhere] {
        let ours = grouped(staging, &left, round);
        let theirs = grouped(production, &right, round);
        for (key, ones) in ours {
            let Some(others) = theirs.get(&key) else { continue };
            let is_loose = !matches!(round, Round::Written | Round::Bare);
            if is_loose && (ones.len() > 1 || others.len() > 1) {
                continue;
            }
            for (one, other) in ones.iter().zip(others) {
                left.remove(one);
                right.remove(other);
                out.pairs.push((*one, *other));
            }
        }
    }
    out.pairs.sort_unstable();
    out.only_staging = left.into_iter().collect();
    out.only_production = right.into_iter().collect();
    out
}

fn grouped(environment: &Environment, among: &BTreeSet<usize>, round: Round) -> BTreeMap<Key, Vec<usize>> {
    let mut groups: BTreeMap<Key, Vec<usize>> = BTreeMap::new();
    for (at, object) in environment.all().enumerate().filter(|(at, _)| among.contains(at)) {
        let naming = environment.naming();
        let namespace = object.namespace.as_deref().unwrap_or_default();
        let name = if object.name.is_empty() {
            object
                .root
                .at(&["metadata", "generateName"])
                .and_then(bartizan_document::Node::text)
                .unwrap_or_default()
        } else {
            &object.name
        };
        let (namespace, name) = match round {
            Round::Written => (namespace, name),
            Round::Bare => (naming.bare(namespace), naming.bare(name)),
            Round::Anywhere => ("", name),
            Round::BareAnywhere => ("", naming.bare(name)),
        };
        let key = (
            object.group().to_owned(),
            object.kind.clone(),
            namespace.to_owned(),
            name.to_owned(),
        );
        groups.entry(key).or_default().push(at);
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_bare_without_what_environments_add() {
        let naming = Naming::default();
        for (name, bare) in [
            ("web", "web"),
            ("web-staging", "web"),
            ("prod-web", "web"),
            ("prod", "prod"),
            ("shop-config-b9t2424hkf", "shop-config"),
            ("web-test-runner", "web-test-runner"),
            ("staging-web-b9t2424hkf", "web"),
        ] {
            assert_eq!(naming.bare(name), bare);
        }
    }
}
