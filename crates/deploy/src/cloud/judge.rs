//! Holds resources to rules.

use super::functions;
use crate::terraform::eval::{Budget, Eval, Names};
use crate::terraform::{Map, Place, Reason, Resource, Val, equal};
use bartizan_content::CloudRule;
use hcl_edit::expr::{Expression, TraversalOperator};
use std::collections::{BTreeMap, BTreeSet};

/// A rule that a resource breaks.
pub(crate) struct Broken<'r> {
    pub(crate) rule: &'r CloudRule,
    pub(crate) resource: &'r Resource,
    pub(crate) at: Place,
}

/// A rule that could not be decided for a resource.
pub(crate) struct Doubt<'r> {
    pub(crate) rule: &'r CloudRule,
    pub(crate) resource: &'r Resource,
    pub(crate) reason: Reason,
}

/// What rules say of resources.
#[derive(Default)]
pub(crate) struct Judgement<'r> {
    pub(crate) broken: Vec<Broken<'r>>,
    pub(crate) doubts: Vec<Doubt<'r>>,
}

/// Resources by type.
pub(crate) type Kinds<'r> = BTreeMap<&'r str, Vec<&'r Resource>>;

/// Judges resources. A rule whose condition is no expression judges nothing; a test holds every built-in one to that it is.
pub(crate) fn judge<'r>(
    rules: impl Iterator<Item = &'r CloudRule>,
    resources: &'r [Resource],
) -> Judgement<'r> {
    let mut kinds = Kinds::new();
    for resource in resources {
        kinds.entry(&resource.kind).or_default().push(resource);
    }
    let mut judgement = Judgement::default();
    // What a plan decides is decided, although the configuration that it was made of leaves it open.
    let mut decided = BTreeSet::new();
    for rule in rules {
        let concerned: Vec<&Resource> = rule
            .resources
            .iter()
            .filter_map(|kind| kinds.get(kind.as_str()))
            .flatten()
            .copied()
            .collect();
        if concerned.is_empty() {
            continue;
        }
        let Ok(condition) = hcl_edit::parser::parse_expr(&rule.fail) else {
            continue;
        };
        // Instances of one block are one problem.
        let mut said = BTreeSet::new();
        for resource in concerned {
            let of = Judged {
                rule,
                resource,
                condition: &condition,
                kinds: &kinds,
            };
            let values = of.values();
            if resource.planned.is_some() && values.iter().all(|(_, value)| matches!(value, Val::Bool(_))) {
                decided.insert((&rule.id, resource.at, &resource.address));
            }
            for (at, value) in values {
                match value {
                    Val::Bool(true) if said.insert((at, &resource.address)) => {
                        judgement.broken.push(Broken { rule, resource, at });
                    }
                    Val::Bool(_) => {}
                    Val::Unknown(reason) => judgement.doubts.push(Doubt {
                        rule,
                        resource,
                        reason,
                    }),
                    _ => judgement.doubts.push(Doubt {
                        rule,
                        resource,
                        reason: Reason {
                            text: "the condition is neither true nor false".into(),
                            refused: false,
                        },
                    }),
                }
            }
        }
    }
    let is_decided =
        |doubt: &Doubt<'_>| decided.contains(&(&doubt.rule.id, doubt.resource.at, &doubt.resource.address));
    judgement.doubts.retain(|doubt| !is_decided(doubt));
    judgement
}

struct Judged<'r, 'k> {
    rule: &'r CloudRule,
    resource: &'r Resource,
    condition: &'k Expression,
    kinds: &'k Kinds<'r>,
}

impl Judged<'_, '_> {
    /// What the condition is for the resource, or for each of its blocks, with the place to show.
    fn values(&self) -> Vec<(Place, Val)> {
        if self.rule.each.is_empty() {
            return vec![(self.place(&self.resource.body), self.value(None))];
        }
        match self.resource.body.entries.get(&self.rule.each) {
            Some(Val::List(blocks)) => {
                let blocks = blocks.iter().filter_map(|block| match block {
                    Val::Map(map) => Some((self.place(map), self.value(Some(map)))),
                    Val::Unknown(reason) => Some((self.resource.at, Val::Unknown(reason.clone()))),
                    _ => None,
                });
                blocks.collect()
            }
            Some(Val::Map(block)) => vec![(self.place(block), self.value(Some(block)))],
            Some(Val::Unknown(reason)) => vec![(self.resource.at, Val::Unknown(reason.clone()))],
            _ => Vec::new(),
        }
    }

    fn value(&self, it: Option<&Map>) -> Val {
        let names = Conditions { of: self, it };
        let budget = Budget::default();
        let eval = Eval {
            names: &names,
            bound: None,
            budget: &budget,
            loose: true,
        };
        eval.of(self.condition)
    }

    /// Where the attribute to show is, or as near to it as there is something written.
    fn place(&self, map: &Map) -> Place {
        let mut at = map.places.as_ref().map_or(self.resource.at, |places| places.at);
        let mut map = Some(map);
        for name in self.rule.at.split('.').filter(|name| !name.is_empty()) {
            let Some(here) = map else { break };
            if let Some(place) = here
                .places
                .as_ref()
                .and_then(|places| places.attributes.get(name))
            {
                at = *place;
            }
            map = match here.entries.get(name) {
                Some(Val::Map(inner)) => Some(inner),
                Some(Val::List(items)) => items.iter().find_map(|item| match item {
                    Val::Map(inner) => Some(inner),
                    _ => None,
                }),
                _ => None,
            };
            if let Some(places) = map.and_then(|map| map.places.as_ref()) {
                at = places.at;
            }
        }
        at
    }

    /// Other resources of a type whose attribute means this one.
    fn linked(&self, kind: &str, attribute: &str) -> Val {
        let others = self.kinds.get(kind).map_or(&[][..], Vec::as_slice);
        let mut linked = Vec::new();
        for other in others.iter().filter(|other| other.root == self.resource.root) {
            let referred = other.references.get(attribute);
            if referred.is_some_and(|all| all.contains(&self.resource.address)) {
                linked.push(Val::Map(other.body.clone()));
                continue;
            }
            if referred.is_some_and(|all| !all.is_empty()) {
                continue;
            }
            let named = other.body.entries.get(attribute).unwrap_or(&Val::Null);
            let own = ["bucket", "name", "id"]
                .iter()
                .find_map(|name| self.resource.body.entries.get(*name));
            match (named, own) {
                (Val::Unknown(reason), _) => linked.push(Val::Unknown(reason.clone())),
                (named, Some(own)) => match equal(named, own, false) {
                    Val::Bool(true) => linked.push(Val::Map(other.body.clone())),
                    Val::Unknown(reason) => linked.push(Val::Unknown(reason)),
                    _ => {}
                },
                _ => {}
            }
        }
        Val::List(linked)
    }
}

impl Judged<'_, '_> {
    /// Resources of a type in the same configuration.
    fn others(&self, kind: &str) -> Val {
        let others = self.kinds.get(kind).map_or(&[][..], Vec::as_slice);
        let others = others.iter().filter(|other| other.root == self.resource.root);
        Val::List(others.map(|other| Val::Map(other.body.clone())).collect())
    }

    /// Resources of a type that an attribute of this one means.
    fn referred(&self, kind: &str, attribute: &str) -> Val {
        let others = self.kinds.get(kind).map_or(&[][..], Vec::as_slice);
        let mut others = others
            .iter()
            .filter(|other| other.root == self.resource.root)
            .peekable();
        let references = self.resource.references.get(attribute);
        let named = self.resource.body.entries.get(attribute).unwrap_or(&Val::Null);
        if let Some(addresses) = references.filter(|all| !all.is_empty()) {
            let meant = others.filter(|other| addresses.contains(&other.address));
            return Val::List(meant.map(|other| Val::Map(other.body.clone())).collect());
        }
        if let Val::Unknown(reason) = named {
            return Val::List(vec![Val::Unknown(reason.clone())]);
        }
        if others.peek().is_none() {
            return Val::unknown(format!(
                "what `{attribute}` means is not part of the configuration"
            ));
        }
        let meant = others.filter_map(|other| {
            let own = ["name", "id"]
                .iter()
                .find_map(|name| other.body.entries.get(*name))?;
            match equal(named, own, false) {
                Val::Bool(true) => Some(Val::Map(other.body.clone())),
                Val::Unknown(reason) => Some(Val::Unknown(reason)),
                _ => None,
            }
        });
        Val::List(meant.collect())
    }
}

struct Conditions<'a, 'r, 'k> {
    of: &'a Judged<'r, 'k>,
    it: Option<&'a Map>,
}

impl Names for Conditions<'_, '_, '_> {
    fn name(&self, name: &str, rest: &[&TraversalOperator]) -> Option<(Val, usize)> {
        let map = match name {
            "self" => &self.of.resource.body,
            "it" => self.it?,
            _ => return None,
        };
        match rest.first() {
            Some(TraversalOperator::GetAttr(attribute)) => {
                let value = map.entries.get(attribute.value().as_str());
                Some((value.cloned().unwrap_or(Val::Null), 1))
            }
            _ => Some((Val::Map(map.clone()), 0)),
        }
    }

    fn call(&self, name: &str, args: &[Val]) -> Option<Val> {
        match (name, args) {
            ("linked", [Val::Text(kind), Val::Text(attribute)]) => Some(self.of.linked(kind, attribute)),
            ("referred", [Val::Text(kind), Val::Text(attribute)]) => Some(self.of.referred(kind, attribute)),
            ("refers", [Val::Text(attribute)]) => {
                let references = self.of.resource.references.get(attribute);
                Some(Val::Bool(references.is_some_and(|all| !all.is_empty())))
            }
            ("others", [Val::Text(kind)]) => Some(self.of.others(kind)),
            ("since", [Val::Text(version)]) => Some(self.of.resource.versions.since(version)),
            _ => functions::call(name, args),
        }
    }
}
