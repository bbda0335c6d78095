//! The powers of each subject: where it has them, and by which grant.
//!
//! In: bindings, and the powers of the roles that they refer to. Out: a summary a subject of what bindings grant it by its own name.

use super::permissions::{GrantAt, Permissions};
use super::power::{Given, Power, powers};
use super::subject::Subject;
use std::collections::{HashMap, HashSet};

/// A power, where it is held, and the grant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Held {
    /// The number of a namespace; none for the whole cluster.
    pub(super) scope: Option<u32>,
    /// Whether it is about named objects only.
    pub(super) named: bool,
    pub(super) grant: GrantAt,
}

/// The powers of one subject.
#[derive(Debug, Default)]
pub(super) struct Summary {
    held: HashMap<Power, Vec<Held>>,
    first: HashMap<(Power, Option<u32>), GrantAt>,
}

impl Summary {
    /// Everywhere it has a power.
    pub(super) fn of(&self, power: Power) -> impl Iterator<Item = &Held> {
        self.held.get(&power).into_iter().flatten()
    }

    /// Every power that it has somewhere, in order.
    pub(super) fn powers(&self) -> Vec<(Power, &[Held])> {
        let mut all: Vec<_> = self
            .held
            .iter()
            .map(|(power, held)| (*power, held.as_slice()))
            .collect();
        all.sort_by_key(|(power, _)| *power);
        all
    }

    /// A grant of a power that holds in a scope, not for named objects only.
    pub(super) fn first(&self, power: Power, scope: Option<u32>) -> Option<GrantAt> {
        let here = self.first.get(&(power, None));
        here.or_else(|| self.first.get(&(power, scope))).copied()
    }

    fn add(&mut self, power: Power, held: Held) {
        if !held.named {
            let key = (power, held.scope);
            if self.first.contains_key(&key) {
                return;
            }
            self.first.insert(key, held.grant);
        }
        self.held.entry(power).or_default().push(held);
    }
}

/// The summaries of every subject that a binding names.
#[derive(Debug, Default)]
pub(super) struct Summaries {
    by_subject: HashMap<Subject, Summary>,
    none: Summary,
    namespaces: Vec<String>,
    /// The powers of each role.
    pub(super) of_roles: Vec<Vec<(Given, u32)>>,
}

impl Summaries {
    pub(super) fn of(permissions: &Permissions) -> Self {
        let mut all = Self {
            of_roles: (0..permissions.roles.len())
                .map(|role| of_role(permissions, role))
                .collect(),
            ..Self::default()
        };
        let mut numbers: HashMap<&str, u32> = HashMap::new();
        let mut seen = HashSet::new();
        for (binding, held) in (0..).zip(&permissions.bindings) {
            let scope = held.item.namespace.as_deref().map(|namespace| {
                *numbers.entry(namespace).or_insert_with(|| {
                    all.namespaces.push(namespace.to_owned());
                    u32::try_from(all.namespaces.len() - 1).unwrap_or(u32::MAX)
                })
            });
            let roles = permissions.referred.get(binding as usize).into_iter().flatten();
            for role in roles {
                let (Some(powers), Some(rules)) = (
                    all.of_roles.get(*role as usize),
                    permissions.rules.get(*role as usize),
                ) else {
                    continue;
                };
                for (subject, (named, _)) in (0..).zip(&held.item.subjects) {
                    if !seen.insert((named, scope, *role)) {
                        continue;
                    }
                    let summary = all.by_subject.entry(named.clone()).or_default();
                    for (given, rule) in powers {
                        let Some(rule) = rules.get(*rule as usize) else {
                            continue;
                        };
                        if given.of_cluster && scope.is_some() {
                            continue;
                        }
                        let held = Held {
                            scope,
                            named: given.named,
                            grant: GrantAt {
                                binding,
                                subject,
                                rule: *rule,
                            },
                        };
                        summary.add(given.power, held);
                    }
                }
            }
        }
        all
    }

    /// What bindings grant a subject by its own name.
    pub(super) fn of_subject(&self, subject: &Subject) -> &Summary {
        self.by_subject.get(subject).unwrap_or(&self.none)
    }

    /// The name of a namespace.
    pub(super) fn namespace(&self, number: u32) -> Option<&str> {
        self.namespaces.get(number as usize).map(String::as_str)
    }
}

/// The powers that the rules of a role give, each with the number of its rule in [`Permissions::rules`].
fn of_role(permissions: &Permissions, role: usize) -> Vec<(Given, u32)> {
    let rules = permissions.rules.get(role).into_iter().flatten();
    let mut all = Vec::new();
    for (at, rule) in (0..).zip(rules) {
        let holder = permissions.roles.get(rule.role as usize);
        let Some(rule) = holder.and_then(|role| role.item.rules.get(rule.index as usize)) else {
            continue;
        };
        for given in powers(rule) {
            let known = |one: &(Given, u32)| one.0 == given && !given.named;
            if !all.iter().any(known) {
                all.push((given, at));
            }
        }
    }
    all
}
