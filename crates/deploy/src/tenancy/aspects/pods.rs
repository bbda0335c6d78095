//! What pods of a tenant may take of a node: the levels of the Pod Security Standards that its namespaces enforce, and what its pods do.
//!
//! Source: <https://kubernetes.io/docs/concepts/security/pod-security-admission/>.

use super::super::checks::{no_pod_security::NoPodSecurity, pod_escape::PodEscape};
use super::super::matrix::{Aspect, Found, Proof};
use super::super::subjects::Subjects;
use super::super::world::{Space, World};
use super::quota::declared;
use super::{broken, called, engines, named, tenant, unknown, worse};
use crate::kube::Minor;
use crate::pod_security::{self, Level, Standard};
use bartizan_engine::rule::Severity;

const ENFORCE: &str = "pod-security.kubernetes.io/enforce";
const VERSION: &str = "pod-security.kubernetes.io/enforce-version";

/// The standard that a namespace enforces; none where it enforces nothing.
fn enforced(space: &Space) -> Option<Standard> {
    let level = space.labels.get(ENFORCE)?;
    let version = space.labels.get(VERSION).map_or("latest", |version| version);
    let standard: Standard = format!("{level}@{version}").parse().ok()?;
    Some(standard).filter(|standard| standard.level != Level::Privileged)
}

/// Judges the namespaces and the pods of every tenant.
pub(super) fn judge(world: &World<'_>, subjects: &Subjects<'_>, found: &mut Found) {
    let engines = engines(world);
    for at in world.numbers() {
        for (name, space) in world.spaces_of(at) {
            let standard = enforced(space);
            if standard.is_some_and(|standard| standard.level == Level::Restricted) {
                continue;
            }
            if let [first, ..] = engines.as_slice() {
                let mut one = unknown(Aspect::Pods, tenant(at));
                one.from = Some(tenant(at));
                one.reason = format!(
                    "whether pods in namespace `{name}` of {} are held back depends on policies that are not evaluated here, as {}",
                    called(world, tenant(at)),
                    first.title()
                );
                one.fix = format!("label namespace `{name}` with {ENFORCE}: restricted");
                one.proofs = vec![declared(name, space), Proof::of(first, "")];
                found.broken.push(one);
                continue;
            }
            let mut one = broken(&NoPodSecurity::ABOUT, Aspect::Pods, tenant(at));
            one.from = Some(tenant(at));
            one.key = name.to_owned();
            let whose = called(world, tenant(at));
            if standard.is_some() {
                one.severity = Some(Severity::Low);
                one.reason = format!(
                    "namespace `{name}` of {whose} enforces the level baseline, under which pods may run as root, gain privileges and add capabilities"
                );
            } else {
                let hand = subjects.may(at, name, &["create"], &super::labels::PODS);
                one.severity = Some(if hand.is_some() {
                    Severity::High
                } else {
                    Severity::Medium
                });
                one.reason = format!(
                    "namespace `{name}` of {whose} enforces no level of pod security: a privileged pod in it, or one with a directory of the node, has the node and everyone's pods on it"
                );
            }
            one.fix = format!("label namespace `{name}` with {ENFORCE}: restricted");
            one.proofs = vec![declared(name, space)];
            if let Some((subject, grant)) = subjects.may(at, name, &["create"], &super::labels::PODS) {
                super::rbac::prove(&mut one, subject, &[grant]);
                name.clone_into(&mut one.key);
            }
            found.broken.push(one);
        }
    }
    escapes(world, found);
}

/// Pods that take of the node what the baseline forbids, and that nothing refuses.
fn escapes(world: &World<'_>, found: &mut Found) {
    for (thing, pod) in world.pods() {
        let Some(at) = world.tenant_of(&thing.namespace) else {
            continue;
        };
        if world.spaces.get(&thing.namespace).and_then(enforced).is_some() {
            continue;
        }
        let baseline = Standard {
            level: Level::Baseline,
            version: Minor::Latest,
        };
        let judgement = pod_security::judge(pod, baseline);
        let worst = judgement.violations.iter().map(|one| one.severity);
        let Some(worst) = worst.reduce(worse) else {
            continue;
        };
        let mut one = broken(&PodEscape::ABOUT, Aspect::Pods, tenant(at));
        one.from = Some(tenant(at));
        one.severity = Some(worst);
        one.key = thing.title();
        let reasons = judgement.violations.iter().map(|violation| violation.reason);
        one.reason = format!(
            "{} of {}: {}",
            thing.title(),
            called(world, tenant(at)),
            named(reasons)
        );
        one.fix = "take out what reaches for the node, and let the namespace enforce the level restricted"
            .to_owned();
        let fields = judgement
            .violations
            .iter()
            .flat_map(|violation| &violation.fields);
        one.proofs = fields
            .take(super::MOST_PROOFS)
            .map(|field| {
                let at = super::At {
                    file: thing.file,
                    span: field.at,
                };
                Proof::new(format!("{}: `{}`", thing.title(), field.name), at)
            })
            .collect();
        found.broken.push(one);
    }
}
