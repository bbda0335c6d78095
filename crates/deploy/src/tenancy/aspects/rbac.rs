//! Rights that subjects of one tenant have over another, over the platform and over the cluster.

use super::super::checks::{rbac_across::RbacAcross, rbac_cluster::RbacCluster};
use super::super::matrix::{Aspect, Broken, Found, Party, Proof};
use super::super::subjects::{Grant, Of, Subject, Subjects};
use super::super::world::{Thing, World};
use super::{broken, called, others, tenant, unknown};
use crate::rbac::Rule;
use bartizan_engine::rule::Severity;
use std::collections::{BTreeMap, BTreeSet};

/// Resources that are in no namespace; of others a role of the cluster speaks in all namespaces.
const OF_CLUSTER: [&str; 24] = [
    "apiservices",
    "certificatesigningrequests",
    "clusterrolebindings",
    "clusterroles",
    "componentstatuses",
    "csidrivers",
    "csinodes",
    "customresourcedefinitions",
    "flowschemas",
    "gatewayclasses",
    "ingressclasses",
    "mutatingwebhookconfigurations",
    "namespaces",
    "nodes",
    "persistentvolumes",
    "priorityclasses",
    "prioritylevelconfigurations",
    "runtimeclasses",
    "storageclasses",
    "validatingadmissionpolicies",
    "validatingadmissionpolicybindings",
    "validatingwebhookconfigurations",
    "volumeattachments",
    "clusterpolicies",
];

/// Questions that everybody may ask about himself.
const OF_ONESELF: [&str; 4] = [
    "selfsubjectaccessreviews",
    "selfsubjectrulesreviews",
    "selfsubjectreviews",
    "localsubjectaccessreviews",
];

const CHANGES: [&str; 9] = [
    "create",
    "update",
    "patch",
    "delete",
    "deletecollection",
    "bind",
    "escalate",
    "impersonate",
    "approve",
];

/// How bad a right over what is another's is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Worth {
    /// What is of the cluster is looked at.
    Looks,
    /// What is another's is looked at.
    Reads,
    /// It is changed, or secrets are read.
    Takes,
}

/// What a rule is worth in namespaces and for what is in none.
fn worth(rule: &Rule) -> (Option<Worth>, Option<Worth>) {
    let takes = rule
        .verbs
        .iter()
        .any(|verb| verb == "*" || CHANGES.contains(&verb.as_str()));
    let (mut within, mut of_cluster) = (None, None);
    for resource in &rule.resources {
        let bare = resource.split('/').next().unwrap_or(resource);
        if OF_ONESELF.contains(&bare) {
            continue;
        }
        let is_of_cluster = OF_CLUSTER.contains(&bare);
        let secret = matches!(
            resource.as_str(),
            "*" | "secrets" | "pods/exec" | "pods/attach" | "nodes/proxy"
        );
        let one = match (takes || secret, is_of_cluster) {
            (true, _) => Worth::Takes,
            (false, false) => Worth::Reads,
            (false, true) => Worth::Looks,
        };
        if !is_of_cluster {
            within = within.max(Some(one));
        }
        if is_of_cluster || resource == "*" {
            of_cluster = of_cluster.max(Some(one));
        }
    }
    (within, of_cluster)
}

/// Judges every subject.
pub(super) fn judge(world: &World<'_>, subjects: &Subjects<'_>, found: &mut Found) {
    for subject in &subjects.all {
        match &subject.of {
            Of::Platform => {}
            Of::Tenant(at) => {
                over(world, subject, Some(tenant(*at)), found);
                unclear(world, subject, *at, found);
            }
            Of::Everyone => over(world, subject, None, found),
            Of::Outside => over(world, subject, Some(Party::Outside), found),
            Of::Several(tenants) => several(world, subject, tenants, found),
        }
    }
}

/// The worst of what a subject may with a party, with the grants that say so.
type Over<'s, 'w> = BTreeMap<Party, (Worth, Vec<&'s Grant<'w>>)>;

fn over(world: &World<'_>, subject: &Subject<'_>, from: Option<Party>, found: &mut Found) {
    let mut within: Over<'_, '_> = BTreeMap::new();
    let mut cluster: Option<(Worth, Vec<&Grant<'_>>)> = None;
    for grant in &subject.grants {
        for rule in grant.rules.iter().flatten() {
            let (of_namespaces, of_cluster) = worth(rule);
            let owners: Vec<Party> = match grant.namespace {
                Some(namespace) => vec![world.owner(namespace)],
                None => world.numbers().map(tenant).chain([Party::Platform]).collect(),
            };
            if let Some(worth) = of_namespaces {
                for owner in owners.into_iter().filter(|owner| Some(*owner) != from) {
                    let (known, grants) = within.entry(owner).or_insert((worth, Vec::new()));
                    *known = worth.max(*known);
                    note(grants, grant);
                }
            }
            if let (Some(worth), None) = (of_cluster, grant.namespace) {
                let (known, grants) = cluster.get_or_insert((worth, Vec::new()));
                *known = worth.max(*known);
                note(grants, grant);
            }
        }
    }
    if from == Some(Party::Outside) {
        // What anybody may ask of the platform, as its version, is the platform's affair.
        within.remove(&Party::Platform);
        cluster = None;
    }
    let platform = within.remove(&Party::Platform);
    let joined = [platform, cluster].into_iter().flatten().reduce(|one, other| {
        let mut grants = one.1;
        other.1.into_iter().for_each(|grant| note(&mut grants, grant));
        (one.0.max(other.0), grants)
    });
    across(world, (subject, from), &within, found);
    if let Some((worth, grants)) = joined {
        let mut one = broken(&RbacCluster::ABOUT, Aspect::Rbac, from.unwrap_or(Party::Platform));
        (one.from, one.to) = (from, Some(Party::Platform));
        one.severity = Some(severity(worth));
        one.reason = format!(
            "{} of {} {} of the platform or of the cluster",
            subject.name,
            whom(world, from),
            does(worth)
        );
        one.fix = "give it Roles in namespaces of the tenant, and no role of the cluster".to_owned();
        prove(&mut one, subject, &grants);
        found.broken.push(one);
    }
}

fn note<'s, 'w>(grants: &mut Vec<&'s Grant<'w>>, grant: &'s Grant<'w>) {
    if !grants.iter().any(|known| std::ptr::eq(*known, grant)) {
        grants.push(grant);
    }
}

fn across(
    world: &World<'_>,
    (subject, from): (&Subject<'_>, Option<Party>),
    within: &Over<'_, '_>,
    found: &mut Found,
) {
    let mut by_worth: BTreeMap<Worth, BTreeSet<Party>> = BTreeMap::new();
    for (owner, (worth, _)) in within {
        by_worth.entry(*worth).or_default().insert(*owner);
    }
    for (worth, owners) in by_worth {
        let targets = match from {
            Some(Party::Tenant(at)) => others(world, at, &owners),
            // Everybody and the outside have no tenant of their own that would be left out.
            _ if owners.len() > 1 && owners.len() == world.tenants().len() => vec![None],
            _ => owners.iter().copied().map(Some).collect(),
        };
        for to in targets {
            let mut one = broken(&RbacAcross::ABOUT, Aspect::Rbac, from.unwrap_or(Party::Platform));
            (one.from, one.to) = (from, to);
            one.severity = Some(severity(worth));
            let whose = to.map_or_else(|| "every other tenant".to_owned(), |to| called(world, to));
            one.reason = format!(
                "{} of {} {} of {whose}",
                subject.name,
                whom(world, from),
                does(worth)
            );
            one.fix = "take the binding away, or bind in namespaces of the tenant".to_owned();
            let grants = within
                .iter()
                .filter(|(owner, _)| to.is_none_or(|to| **owner == to));
            let grants: Vec<&Grant<'_>> = grants
                .flat_map(|(_, (_, grants))| grants.iter().copied())
                .collect();
            prove(&mut one, subject, &grants);
            found.broken.push(one);
        }
    }
}

fn whom(world: &World<'_>, from: Option<Party>) -> String {
    from.map_or_else(|| "every tenant".to_owned(), |from| called(world, from))
}

const fn severity(worth: Worth) -> Severity {
    match worth {
        Worth::Takes => Severity::High,
        Worth::Reads => Severity::Medium,
        Worth::Looks => Severity::Low,
    }
}

const fn does(worth: Worth) -> &'static str {
    match worth {
        Worth::Takes => "can change what is, or read secrets,",
        Worth::Reads => "can read what is",
        Worth::Looks => "can look at what is",
    }
}

/// Adds the bindings and roles that give rights, and the subject as what the finding is about.
pub(super) fn prove(one: &mut Broken, subject: &Subject<'_>, grants: &[&Grant<'_>]) {
    subject.name.clone_into(&mut one.key);
    for grant in grants {
        let text = format!("{}: {} for {}", grant.title, grant.role, subject.name);
        let proofs = std::iter::once(Proof::new(text, grant.binding.map(Thing::at)))
            .chain(grant.role_at.map(|role| Proof::of(role, "")));
        for proof in proofs {
            if one.proofs.len() < super::MOST_PROOFS && !one.proofs.contains(&proof) {
                one.proofs.push(proof);
            }
        }
    }
}

/// Bindings outside the tenant's namespaces to roles that are in no manifest.
fn unclear(world: &World<'_>, subject: &Subject<'_>, at: u32, found: &mut Found) {
    for grant in subject.grants.iter().filter(|grant| grant.rules.is_none()) {
        let owner = grant
            .namespace
            .map_or(Party::Platform, |namespace| world.owner(namespace));
        if owner == tenant(at) {
            continue;
        }
        let mut one = unknown(Aspect::Rbac, tenant(at));
        (one.from, one.to) = (Some(tenant(at)), Some(owner));
        one.reason = format!(
            "{} of {} is bound to {}, which no manifest has",
            subject.name,
            called(world, tenant(at)),
            grant.role
        );
        one.fix = "add the role to the manifests".to_owned();
        prove(&mut one, subject, &[grant]);
        one.key = String::new();
        found.broken.push(one);
    }
}

/// Somebody who is bound in namespaces of several tenants: he is one's, with rights over the others, or works for all of them.
fn several(world: &World<'_>, subject: &Subject<'_>, tenants: &BTreeSet<u32>, found: &mut Found) {
    let grants: Vec<&Grant<'_>> = subject.grants.iter().collect();
    for from in tenants {
        let rest: BTreeSet<Party> = tenants
            .iter()
            .filter(|to| *to != from)
            .copied()
            .map(tenant)
            .collect();
        for to in others(world, *from, &rest) {
            let mut one = unknown(Aspect::Rbac, tenant(*from));
            (one.from, one.to) = (Some(tenant(*from)), to);
            let whose = to.map_or_else(|| "every other tenant".to_owned(), |to| called(world, to));
            one.reason = format!(
                "{} is bound in namespaces of {} and of {whose}, and whose it is cannot be told",
                subject.name,
                called(world, tenant(*from))
            );
            one.fix = "bind subjects of one tenant in its namespaces only, and those of the platform in one of its own too".to_owned();
            prove(&mut one, subject, &grants);
            one.key = String::new();
            found.broken.push(one);
        }
    }
}
