//! Whose the subjects of bindings are, and what their roles let them do.
//!
//! In: bindings and roles of the world. Out: [`Subjects`], each with its grants. What a role that is in no manifest lets do is unknown, but
//! for the four that every cluster gives to people.
//!
//! Source: <https://kubernetes.io/docs/reference/access-authn-authz/rbac/>.

use super::world::{Thing, World, line_of};
use crate::reach::{Selector, labels};
use bartizan_document::Node;
use std::collections::{BTreeMap, BTreeSet};

/// How deep roles may gather roles.
const DEEPEST: usize = 8;

/// One rule of a role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Rule {
    pub(super) verbs: Vec<String>,
    pub(super) groups: Vec<String>,
    pub(super) resources: Vec<String>,
    /// Whether it is for some objects by name only.
    pub(super) is_named: bool,
}

/// What a binding gives.
#[derive(Debug)]
pub(super) struct Grant<'w> {
    /// Where it holds; everywhere, and for what is in no namespace, where there is none.
    pub(super) namespace: Option<&'w str>,
    /// Absent where the role is in no manifest.
    pub(super) rules: Option<std::rc::Rc<Vec<Rule>>>,
    pub(super) binding: &'w Thing,
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

/// Everybody who has rights, ordered by name.
#[derive(Debug)]
pub(super) struct Subjects<'w> {
    pub(super) all: Vec<Subject<'w>>,
}

/// A resource of a group.
pub(super) type Resource = (&'static str, &'static str);

impl Rule {
    /// Whether it lets do a verb with a resource.
    pub(super) fn allows(&self, verb: &str, (group, resource): (&str, &str)) -> bool {
        let has = |list: &[String], one: &str| list.iter().any(|item| item == "*" || item == one);
        let sub = resource.split_once('/').map(|(_, sub)| format!("*/{sub}"));
        has(&self.verbs, verb)
            && has(&self.groups, group)
            && (has(&self.resources, resource) || sub.is_some_and(|sub| self.resources.contains(&sub)))
    }

    fn read(node: &Node) -> Self {
        let list = |key: &str| {
            let items = node.items_of(key).iter();
            items.filter_map(Node::text).map(str::to_owned).collect()
        };
        Self {
            verbs: list("verbs"),
            groups: list("apiGroups"),
            resources: list("resources"),
            is_named: !node.items_of("resourceNames").is_empty(),
        }
    }
}

impl Grant<'_> {
    /// Whether it holds in a namespace.
    pub(super) fn is_in(&self, namespace: &str) -> bool {
        self.namespace.is_none_or(|own| own == namespace)
    }

    /// Whether it lets do one of the verbs with one of the resources, all of them and not only some by name.
    pub(super) fn lets(&self, verbs: &[&str], resources: &[Resource]) -> bool {
        self.rules.iter().flat_map(|rules| rules.iter()).any(|rule| {
            !rule.is_named
                && verbs
                    .iter()
                    .any(|verb| resources.iter().any(|one| rule.allows(verb, *one)))
        })
    }
}

impl<'w> Subjects<'w> {
    /// Gathers them from bindings.
    pub(super) fn of(world: &'w World<'_>) -> Self {
        const GROUP: &str = "rbac.authorization.k8s.io";
        let mut roles = Roles::new(world);
        let mut all: BTreeMap<(String, String), Vec<Grant<'w>>> = BTreeMap::new();
        for kind in ["RoleBinding", "ClusterRoleBinding"] {
            for binding in world.kind(GROUP, kind) {
                let namespace = (kind == "RoleBinding").then_some(binding.namespace.as_str());
                let Some(role) = binding.object.root.get("roleRef") else {
                    continue;
                };
                let role_kind = role.text_of("kind").unwrap_or_default();
                let name = role.text_of("name").unwrap_or_default();
                let within = if role_kind == "Role" { &binding.namespace } else { "" };
                let rules = roles.rules(role_kind, within, name, DEEPEST);
                for subject in binding.object.root.items_of("subjects") {
                    let Some(known) = called(subject, &binding.namespace) else {
                        continue;
                    };
                    all.entry(known).or_default().push(Grant {
                        namespace,
                        rules: rules.clone(),
                        binding,
                        role: line_of(&format!("{role_kind} {name}")),
                        role_at: world.titled(role_kind, within, name),
                    });
                }
            }
        }
        let all = all.into_iter().map(|((kind, name), grants)| Subject {
            of: whose(world, (&kind, &name), &grants),
            is_people: kind != "ServiceAccount" && !name.starts_with("system:"),
            name: line_of(&format!("{kind} {name}")),
            grants,
        });
        Self { all: all.collect() }
    }

    /// Grants by which subjects of a tenant may do one of the verbs with one of the resources in a namespace.
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
        let all = self.all.iter();
        all.filter(move |subject| matches!(subject.of, Of::Tenant(at) if at == tenant) || subject.of == Of::Everyone)
    }
}

/// Kind and name of a subject; those of service accounts with their namespace, and a user or group that stands for service accounts of one
/// namespace as what it is.
fn called(subject: &Node, namespace: &str) -> Option<(String, String)> {
    let kind = subject.text_of("kind")?;
    let name = subject.text_of("name").filter(|name| !name.is_empty())?;
    if kind == "ServiceAccount" {
        let namespace = subject.text_of("namespace").unwrap_or(namespace);
        return Some((kind.to_owned(), format!("{namespace}/{name}")));
    }
    match name.strip_prefix("system:serviceaccount:").and_then(|rest| rest.split_once(':')) {
        Some((namespace, name)) if kind == "User" => {
            Some(("ServiceAccount".to_owned(), format!("{namespace}/{name}")))
        }
        _ => Some((kind.to_owned(), name.to_owned())),
    }
}

fn whose(world: &World<'_>, (kind, name): (&str, &str), grants: &[Grant<'_>]) -> Of {
    let owner = |namespace: &str| world.tenant_of(namespace).map_or(Of::Platform, Of::Tenant);
    match (kind, name) {
        ("ServiceAccount", name) => return owner(name.split('/').next().unwrap_or_default()),
        ("Group", "system:serviceaccounts" | "system:authenticated") => return Of::Everyone,
        ("Group", "system:unauthenticated") | ("User", "system:anonymous") => return Of::Outside,
        ("Group", name) => {
            if let Some(namespace) = name.strip_prefix("system:serviceaccounts:") {
                return owner(namespace);
            }
        }
        _ => {}
    }
    if name.starts_with("system:") {
        return Of::Platform;
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

type Rules = Option<std::rc::Rc<Vec<Rule>>>;

struct Roles<'w, 't> {
    world: &'w World<'t>,
    /// Labels and objects of cluster roles that others may gather.
    gathered: Vec<(crate::reach::Labels, &'w Thing)>,
    known: BTreeMap<(String, String, String), Rules>,
}

impl<'w, 't> Roles<'w, 't> {
    fn new(world: &'w World<'t>) -> Self {
        let roles = world.kind("rbac.authorization.k8s.io", "ClusterRole");
        let gathered = roles.filter_map(|role| {
            let node = role.object.root.at(&["metadata", "labels"])?;
            Some((labels(node).ok()?, role))
        });
        Self {
            world,
            gathered: gathered.collect(),
            known: BTreeMap::new(),
        }
    }

    fn rules(&mut self, kind: &str, namespace: &str, name: &str, depth: usize) -> Rules {
        let key = (kind.to_owned(), namespace.to_owned(), name.to_owned());
        if let Some(known) = self.known.get(&key) {
            return known.clone();
        }
        let rules = self.read(kind, namespace, name, depth).map(std::rc::Rc::new);
        self.known.insert(key, rules.clone());
        rules
    }

    fn read(&mut self, kind: &str, namespace: &str, name: &str, depth: usize) -> Option<Vec<Rule>> {
        let thing = self.world.titled(kind, namespace, name);
        let mut rules: Vec<Rule> = match thing {
            Some(thing) => thing.object.root.items_of("rules").iter().map(Rule::read).collect(),
            None if kind == "ClusterRole" => built_in(name)?,
            None => return None,
        };
        if kind != "ClusterRole" {
            return Some(rules);
        }
        let mut selectors: Vec<Selector> = Vec::new();
        let said = thing.and_then(|thing| thing.object.root.at(&["aggregationRule", "clusterRoleSelectors"]));
        selectors.extend(said.map_or(&[][..], Node::items).iter().filter_map(|node| Selector::read(node).ok()));
        let of_people = format!("rbac.authorization.k8s.io/aggregate-to-{name}");
        let parts: Vec<String> = self
            .gathered
            .iter()
            .filter(|(labels, role)| {
                let by_name = thing.is_none() && labels.get(of_people.as_str()).is_some_and(|value| &**value == "true");
                role.object.name != name && (by_name || selectors.iter().any(|one| one.matches(labels)))
            })
            .map(|(_, role)| role.object.name.clone())
            .collect();
        if depth > 0 {
            for part in parts {
                if let Some(more) = self.rules("ClusterRole", "", &part, depth - 1) {
                    rules.extend(more.iter().cloned());
                }
            }
        }
        Some(rules)
    }
}

const READ: &[&str] = &["get", "list", "watch"];
const WRITE: &[&str] = &["create", "update", "patch", "delete", "deletecollection"];

/// The roles that every cluster has for people, as far as it matters here.
fn built_in(name: &str) -> Option<Vec<Rule>> {
    let rule = |groups: &[&str], resources: &[&str], verbs: &[&[&str]]| {
        let owned = |list: &[&str]| list.iter().map(ToString::to_string).collect();
        Rule {
            verbs: verbs.iter().flat_map(|some| some.iter().map(ToString::to_string)).collect(),
            groups: owned(groups),
            resources: owned(resources),
            is_named: false,
        }
    };
    let looked_at = ["resourcequotas", "limitranges", "namespaces", "events"];
    let of_core = [
        "pods",
        "services",
        "configmaps",
        "persistentvolumeclaims",
        "serviceaccounts",
        "endpoints",
        "replicationcontrollers",
    ];
    let of_groups = ["apps", "batch", "autoscaling", "policy", "networking.k8s.io", "extensions"];
    let view = || {
        vec![
            rule(&[""], &of_core, &[READ]),
            rule(&[""], &looked_at, &[READ]),
            rule(&of_groups, &["*"], &[READ]),
        ]
    };
    let edit = || {
        let mut rules = view();
        rules.push(rule(&[""], &of_core, &[WRITE]));
        rules.push(rule(&[""], &["secrets"], &[READ, WRITE]));
        rules.push(rule(&[""], &["pods/exec", "pods/attach", "pods/portforward", "pods/proxy"], &[READ, WRITE]));
        rules.push(rule(&[""], &["serviceaccounts"], &[&["impersonate"]]));
        rules.push(rule(&of_groups, &["*"], &[WRITE]));
        rules
    };
    match name {
        "cluster-admin" => Some(vec![rule(&["*"], &["*"], &[&["*"]])]),
        "view" => Some(view()),
        "edit" => Some(edit()),
        "admin" => {
            let mut rules = edit();
            rules.push(rule(&["rbac.authorization.k8s.io"], &["roles", "rolebindings"], &[READ, WRITE]));
            Some(rules)
        }
        _ => None,
    }
}
