//! One module for each aspect of what keeps tenants apart. Each looks at the world and tells what does not.

mod classes;
mod guards;
mod hosts;
mod images;
mod labels;
mod mesh;
mod network;
mod nodes;
mod pods;
mod quota;
mod rbac;
mod services;
mod volumes;

pub(super) use mesh::is_meshed;

use super::matrix::{Aspect, Broken, Found, Party, Proof};
use super::subjects::Subjects;
use super::world::{At, Thing, World};
use bartizan_engine::rule::{About, Severity};
use std::collections::BTreeSet;

/// Most proofs of one break.
const MOST_PROOFS: usize = 10;

/// Judges every aspect.
pub(super) fn judge(world: &World<'_>, found: &mut Found) {
    let subjects = Subjects::of(world);
    quota::judge(world, found);
    pods::judge(world, &subjects, found);
    images::judge(world, found);
    services::judge(world, found);
    let network = network::judge(world, found);
    volumes::judge(world, found);
    nodes::judge(world, found);
    classes::judge(world, found);
    mesh::judge(world, found);
    hosts::judge(world, found);
    rbac::judge(world, &subjects, found);
    guards::judge(world, &subjects, found);
    labels::judge(world, &subjects, &network, found);
}

impl Proof {
    fn new(text: impl Into<String>, at: impl Into<Option<At>>) -> Self {
        Self {
            text: text.into(),
            at: at.into(),
        }
    }

    /// An object, and what it says.
    fn of(thing: &Thing, says: &str) -> Self {
        let text = match says {
            "" => thing.title(),
            says => format!("{}: {says}", thing.title()),
        };
        Self::new(text, thing.at())
    }
}

/// A break of an aspect, before who and why.
fn broken(about: &'static About, aspect: Aspect, mend: Party) -> Broken {
    Broken {
        from: None,
        to: None,
        aspect,
        about,
        severity: Some(about.severity),
        reason: String::new(),
        fix: String::new(),
        mend,
        key: String::new(),
        proofs: Vec::new(),
    }
}

/// What is unknown of an aspect, before who and why.
fn unknown(aspect: Aspect, mend: Party) -> Broken {
    Broken {
        severity: None,
        ..broken(&super::checks::undecided::Undecided::ABOUT, aspect, mend)
    }
}

/// The others of a pair, told as one where they are all others that there are.
fn others(world: &World<'_>, of: u32, others: &BTreeSet<Party>) -> Vec<Option<Party>> {
    let tenants = |party: &&Party| matches!(party, Party::Tenant(at) if *at != of);
    let count = others.iter().filter(tenants).count();
    if count > 1 && count + 1 == world.tenants().len() {
        let rest = others.iter().filter(|party| !matches!(party, Party::Tenant(_)));
        return std::iter::once(None).chain(rest.copied().map(Some)).collect();
    }
    others.iter().copied().map(Some).collect()
}

/// Names for a message: the first few, and how many more.
fn named<'n>(names: impl IntoIterator<Item = &'n str>) -> String {
    let names: Vec<&str> = names.into_iter().collect();
    bartizan_engine::rule::named(names.into_iter())
}

/// What people call a party in a sentence.
fn called(world: &World<'_>, party: Party) -> String {
    match party {
        Party::Tenant(at) => {
            let name = world.tenant(at).map_or("", |tenant| tenant.name.as_str());
            format!("tenant `{name}`")
        }
        Party::Platform => "the platform".to_owned(),
        Party::Outside => "the outside".to_owned(),
    }
}

const fn tenant(at: u32) -> Party {
    Party::Tenant(at)
}

/// Whether something other than Pod Security admission may decide what pods are let in: engines of policies, of which the manifests have objects.
fn engines<'w>(world: &'w World<'_>) -> Vec<&'w Thing> {
    let things = world.things.iter();
    let engines = things.filter(|thing| {
        matches!(
            thing.object.group(),
            "kyverno.io" | "policies.kyverno.io" | "constraints.gatekeeper.sh" | "policies.kubewarden.io"
        ) || (thing.object.group() == "admissionregistration.k8s.io"
            && thing.object.kind == "ValidatingAdmissionPolicy")
    });
    engines.collect()
}

/// The worse of two severities.
fn worse(one: Severity, other: Severity) -> Severity {
    one.max(other)
}
