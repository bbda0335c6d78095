//! Whether subjects of a tenant can change what holds it back, and whether they can look after themselves.

use super::super::checks::{guards_writable::GuardsWritable, no_self_service::NoSelfService};
use super::super::matrix::{Aspect, Found, Proof};
use super::super::subjects::{Grant, Resource, Subject, Subjects};
use super::super::world::{Thing, World};
use super::quota::declared;
use super::rbac::prove;
use super::{broken, called, named, tenant, unknown};
use bartizan_engine::rule::Severity;
use std::collections::BTreeSet;

const RBAC: &str = "rbac.authorization.k8s.io";

/// What holds a tenant back: the kind of object, the resource, and whether it does so only where there is one in the namespace.
const GUARDS: [(&str, Resource, bool); 7] = [
    ("ResourceQuota", ("", "resourcequotas"), false),
    ("LimitRange", ("", "limitranges"), false),
    ("NetworkPolicy", ("networking.k8s.io", "networkpolicies"), true),
    ("Role", (RBAC, "roles"), true),
    ("RoleBinding", (RBAC, "rolebindings"), true),
    (
        "PeerAuthentication",
        ("security.istio.io", "peerauthentications"),
        true,
    ),
    (
        "AuthorizationPolicy",
        ("security.istio.io", "authorizationpolicies"),
        true,
    ),
];

/// Verbs by which one that is there is changed.
const CHANGES: [&str; 4] = ["update", "patch", "delete", "deletecollection"];

/// What people of a tenant have to be able to create to keep apart what is their own.
const OWN: [Resource; 3] = [
    ("networking.k8s.io", "networkpolicies"),
    (RBAC, "roles"),
    (RBAC, "rolebindings"),
];

/// Judges the namespaces of every tenant.
pub(super) fn judge(world: &World<'_>, subjects: &Subjects<'_>, found: &mut Found) {
    let there: BTreeSet<(&str, &str)> = world
        .things
        .iter()
        .filter(|thing| GUARDS.iter().any(|(kind, _, _)| thing.object.kind == *kind))
        .map(|thing| (thing.object.kind.as_str(), thing.namespace.as_str()))
        .collect();
    for at in world.numbers() {
        for (name, _) in world.spaces_of(at) {
            let is_guard = |kind: &str, needs: bool| !needs || there.contains(&(kind, name));
            let guards = GUARDS.iter().filter(|(kind, _, needs)| is_guard(kind, *needs));
            let mut writable = Writable::default();
            for (kind, resource, _) in guards {
                writable.ask(
                    subjects,
                    (at, name),
                    (kind, &CHANGES, &[*resource]),
                    Severity::Medium,
                );
            }
            // By the labels of its namespace a tenant would turn off what holds its pods back.
            let namespaces: [Resource; 1] = [("", "namespaces")];
            writable.ask(
                subjects,
                (at, name),
                ("labels of the Namespace", &CHANGES, &namespaces),
                Severity::High,
            );
            let roles: [Resource; 4] = [
                (RBAC, "roles"),
                (RBAC, "clusterroles"),
                (RBAC, "rolebindings"),
                ("", "users"),
            ];
            let grants = ("rights it does not have", &["escalate", "bind"][..], &roles[..]);
            writable.ask(subjects, (at, name), grants, Severity::High);
            writable.tell(world, (at, name), found);
        }
        unclear(world, subjects, at, found);
        self_service(world, subjects, at, found);
    }
}

/// What of a namespace its tenant can change.
#[derive(Default)]
struct Writable<'s, 'w> {
    what: Vec<&'static str>,
    severity: Option<Severity>,
    by: Vec<(&'s Subject<'w>, &'s Grant<'w>)>,
}

impl<'s, 'w> Writable<'s, 'w> {
    fn ask(
        &mut self,
        subjects: &'s Subjects<'w>,
        (at, namespace): (u32, &str),
        (what, verbs, resources): (&'static str, &[&str], &[Resource]),
        severity: Severity,
    ) {
        if let Some(by) = subjects.may(at, namespace, verbs, resources) {
            self.what.push(what);
            self.severity = self.severity.max(Some(severity));
            self.by.push(by);
        }
    }

    fn tell(self, world: &World<'_>, (at, namespace): (u32, &str), found: &mut Found) {
        let Some((subject, _)) = self.by.first() else {
            return;
        };
        let mut one = broken(&GuardsWritable::ABOUT, Aspect::Guards, tenant(at));
        one.from = Some(tenant(at));
        one.severity = self.severity;
        one.reason = format!(
            "{} of {} can change in namespace `{namespace}` what holds the tenant back: {}",
            subject.name,
            called(world, tenant(at)),
            named(self.what.iter().copied())
        );
        one.fix = "leave only get, list, watch and, for policies and roles, create to subjects of the tenant"
            .to_owned();
        for (subject, grant) in &self.by {
            prove(&mut one, subject, &[*grant]);
        }
        namespace.clone_into(&mut one.key);
        found.broken.push(one);
    }
}

/// Bindings in namespaces of the tenant to roles that are in no manifest.
fn unclear(world: &World<'_>, subjects: &Subjects<'_>, at: u32, found: &mut Found) {
    for subject in subjects.of_tenant(at) {
        let mut grants = subject.grants.iter().filter(|grant| {
            grant.rules.is_none()
                && grant
                    .namespace
                    .is_some_and(|namespace| world.tenant_of(namespace) == Some(at))
        });
        let Some(first) = grants.next() else { continue };
        let mut one = unknown(Aspect::Guards, tenant(at));
        one.from = Some(tenant(at));
        one.reason = format!(
            "{} of {} is bound to {}, which no manifest has, so that it is not known what it can change",
            subject.name,
            called(world, tenant(at)),
            first.role
        );
        one.fix = "add the role to the manifests".to_owned();
        prove(&mut one, subject, &[first]);
        one.key = String::new();
        found.broken.push(one);
    }
}

fn self_service(world: &World<'_>, subjects: &Subjects<'_>, at: u32, found: &mut Found) {
    for (name, space) in world.spaces_of(at) {
        let people = || {
            subjects
                .of_tenant(at)
                .filter(|subject| subject.is_people)
                .flat_map(|subject| &subject.grants)
                .filter(|grant| grant.namespace == Some(name))
        };
        // Of a role that is not known it is not known either.
        if people().next().is_none() || people().any(|grant| grant.rules.is_none()) {
            continue;
        }
        let lacking = OWN
            .iter()
            .filter(|one| !people().any(|grant| grant.lets(&["create"], &[**one])));
        let lacking: Vec<&str> = lacking.map(|(_, resource)| *resource).collect();
        if lacking.is_empty() {
            continue;
        }
        let mut one = broken(&NoSelfService::ABOUT, Aspect::Guards, tenant(at));
        one.from = Some(tenant(at));
        name.clone_into(&mut one.key);
        one.reason = format!(
            "nobody of {} can create {} in its namespace `{name}`",
            called(world, tenant(at)),
            named(lacking.iter().copied())
        );
        one.fix = format!("let an administrator of the tenant create {}", lacking.join(", "));
        one.proofs = people()
            .take(3)
            .map(|grant| {
                Proof::new(
                    format!("{}: {}", grant.title, grant.role),
                    grant.binding.map(Thing::at),
                )
            })
            .chain([declared(name, space)])
            .collect();
        found.broken.push(one);
    }
}
