//! Whose the subjects of bindings are, and what their roles let them do to tenants.
//!
//! In: what manifests grant ([`crate::rbac`]), and whose namespaces are. Out: [`Subjects`], each with its grants by binding. What a role
//! that was not read lets do is unknown.

use super::world::{Thing, World, line_of};
use crate::rbac::{self, Permissions, Request, Rule};
use std::collections::{BTreeMap, BTreeSet};

/// What one binding gives.
#[derive(Debug)]
pub(super) struct Grant<'w> {
    /// Where it holds; everywhere, and for what is in no namespace, where there is none.
    pub(super) namespace: Option<&'w str>,
    /// Absent where the role was not read.
    pub(super) rules: Option<Vec<&'w Rule>>,
    /// What people call the binding.
    pub(super) title: String,
    pub(super) binding: Option<&'w Thing>,
    /// What people call the role.
    pub(super) role: String,
    pub(super) role_at: Option<&'w Thing>,
}

/// Whose a subject is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Of {
    /// One tenant's.
    Tenant(u32),
    /// Bound in namespaces of these tenants alone, so that it is not known whose it is.
    Several(BTreeSet<u32>),
    /// Every service account or user is it.
    Everyone,
    /// Who does not say who he is.
    Outside,
    /// The platform's.
    Platform,
}

/// Somebody who has rights.
#[derive(Debug)]
pub(super) struct Subject<'w> {
    /// What people call it: kind and name.
    pub(super) name: String,
    pub(super) of: Of,
    /// Whether it stands for people.
    pub(super) is_people: bool,
    pub(super) grants: Vec<Grant<'w>>,
}

/// Everybody whom a binding names, in order.
#[derive(Debug)]
pub(super) struct Subjects<'w> {
    pub(super) all: Vec<Subject<'w>>,
    /// Which of them are a tenant's.
    by_tenant: BTreeMap<u32, Vec<usize>>,
    everyone: Vec<usize>,
}

/// A group, and a resource of it, with its subresource after a slash.
pub(super) type Resource = (&'static str, &'static str);

impl Grant<'_> {
    /// Whether it holds in a namespace.
    pub(super) fn is_in(&self, namespace: &str) -> bool {
        self.namespace.is_none_or(|own| own == namespace)
    }

    /// Whether it lets do one of the verbs with one of the resources, all of them and not only some by name.
    pub(super) fn lets(&self, verbs: &[&str], resources: &[Resource]) -> bool {
        let mut rules = self.rules.iter().flatten().filter(|rule| rule.names.is_empty());
        rules.any(|rule| {
            verbs.iter().any(|verb| {
                resources.iter().any(|(group, resource)| {
                    let (resource, subresource) = resource.split_once('/').unwrap_or((resource, ""));
                    rule.allows(&Request {
                        verb,
                        group,
                        resource,
                        subresource,
                        ..Request::default()
                    })
                })
            })
        })
    }
}

impl<'w> Subjects<'w> {
    /// Gathers them from bindings that were read.
    pub(super) fn of(world: &'w World<'_>) -> Self {
        let permissions = &world.permissions;
        let subjects = permissions.subjects().into_iter();
        let all: Vec<Subject<'w>> = subjects
            .map(|subject| {
                let grants = grants(world, permissions, subject);
                Subject {
                    of: whose(world, subject, &grants),
                    is_people: match subject {
                        rbac::Subject::Account { .. } => false,
                        rbac::Subject::Group(name) | rbac::Subject::User(name) => {
                            !name.starts_with("system:")
                        }
                    },
                    name: line_of(&subject.to_string()),
                    grants,
                }
            })
            .collect();
        let mut by_tenant: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
        let mut everyone = Vec::new();
        for (at, subject) in all.iter().enumerate() {
            match subject.of {
                Of::Tenant(tenant) => by_tenant.entry(tenant).or_default().push(at),
                Of::Everyone => everyone.push(at),
                Of::Several(_) | Of::Outside | Of::Platform => {}
            }
        }
        Self {
            all,
            by_tenant,
            everyone,
        }
    }

    /// The first subject of a tenant that may do one of the verbs with one of the resources in a namespace, and by which grant.
    pub(super) fn may<'s>(
        &'s self,
        tenant: u32,
        namespace: &str,
        verbs: &[&str],
        resources: &[Resource],
    ) -> Option<(&'s Subject<'w>, &'s Grant<'w>)> {
        let mut own = self.of_tenant(tenant);
        own.find_map(|subject| {
            let mut grants = subject.grants.iter();
            let grant = grants.find(|grant| grant.is_in(namespace) && grant.lets(verbs, resources))?;
            Some((subject, grant))
        })
    }

    /// Subjects that are a tenant's; those that everybody is among them.
    pub(super) fn of_tenant(&self, tenant: u32) -> impl Iterator<Item = &Subject<'w>> {
        let own = self.by_tenant.get(&tenant).into_iter().flatten();
        own.chain(&self.everyone).filter_map(|at| self.all.get(*at))
    }
}

/// What bindings that were read and name a subject itself give it.
fn grants<'w>(world: &'w World<'_>, permissions: &'w Permissions, subject: &rbac::Subject) -> Vec<Grant<'w>> {
    let new = |binding: &'w rbac::Binding, rules: Option<Vec<&'w Rule>>| {
        let role = binding.role_title();
        Grant {
            namespace: binding.namespace.as_deref(),
            rules,
            binding: thing(world, &binding.title()),
            title: line_of(&binding.title()),
            role_at: thing(world, &role),
            role: line_of(&role),
        }
    };
    let mut all: BTreeMap<String, Grant<'w>> = BTreeMap::new();
    for grant in permissions.grants(subject) {
        if grant.subject == subject && grant.binding_path.is_some() {
            let known = all.entry(grant.binding.title());
            let known = known.or_insert_with(|| new(grant.binding, Some(Vec::new())));
            known.rules.get_or_insert_default().push(grant.rule);
        }
    }
    let unknown = permissions.unknown(subject).into_iter();
    for binding in unknown.filter(|binding| binding.subjects.iter().any(|(one, _)| one == subject)) {
        all.entry(binding.title()).or_insert_with(|| new(binding, None));
    }
    all.into_values().collect()
}

/// The object that people call so.
fn thing<'w>(world: &'w World<'_>, title: &str) -> Option<&'w Thing> {
    let (kind, name) = title.split_once(' ')?;
    let (namespace, name) = name.split_once('/').unwrap_or(("", name));
    world.titled(kind, namespace, name)
}

fn whose(world: &World<'_>, subject: &rbac::Subject, grants: &[Grant<'_>]) -> Of {
    let owner = |namespace: &str| world.tenant_of(namespace).map_or(Of::Platform, Of::Tenant);
    if subject.is_anonymous() {
        return Of::Outside;
    }
    if subject.is_everybody() {
        return Of::Everyone;
    }
    match subject {
        rbac::Subject::Account { namespace, .. } => return owner(namespace),
        rbac::Subject::Group(name) | rbac::Subject::User(name) => {
            let accounts = name
                .strip_prefix(rbac::SERVICE_ACCOUNTS)
                .and_then(|rest| rest.strip_prefix(':'));
            if let Some(namespace) = accounts {
                return owner(namespace);
            }
            if name.starts_with("system:") {
                return Of::Platform;
            }
        }
    }
    let mut tenants = BTreeSet::new();
    for grant in grants {
        match grant.namespace.map(|namespace| world.tenant_of(namespace)) {
            Some(Some(tenant)) => {
                tenants.insert(tenant);
            }
            // Somebody who is bound in the platform's namespaces is taken for one of its own.
            Some(None) => return Of::Platform,
            None => {}
        }
    }
    let count = tenants.len();
    match (count, tenants.first()) {
        (1, Some(tenant)) => Of::Tenant(*tenant),
        (0, _) => Of::Platform,
        // Who is bound in every one of many works for all of them.
        _ if count > 2 && count == world.tenants().len() => Of::Platform,
        _ => Of::Several(tenants),
    }
}
