//! Whether a pod can run an image that somebody else on the node had leave to pull.
//!
//! Source: <https://kubernetes.io/docs/concepts/containers/images/#image-pull-policy>.

use super::super::checks::image_pull::ImagePull;
use super::super::matrix::{Aspect, Found, Proof};
use super::super::world::World;
use super::{MOST_PROOFS, broken, called, tenant};
use bartizan_document::Node;
use std::collections::BTreeMap;

/// Whether the registry is asked each time a container starts. The API server fills in what is not said, by the tag.
fn is_always(container: &Node) -> bool {
    match container.text_of("imagePullPolicy") {
        Some(policy) if !policy.is_empty() => policy == "Always",
        _ => {
            let image = container.text_of("image").unwrap_or_default();
            let name = image.rsplit('/').next().unwrap_or(image);
            !name.contains('@') && name.split_once(':').is_none_or(|(_, tag)| tag == "latest")
        }
    }
}

/// Judges the containers of every tenant.
pub(super) fn judge(world: &World<'_>, found: &mut Found) {
    let mut by_tenant: BTreeMap<u32, (usize, Vec<Proof>)> = BTreeMap::new();
    for (thing, pod) in world.pods() {
        let Some(at) = world.tenant_of(&thing.namespace) else {
            continue;
        };
        for container in pod.containers().filter(|container| !is_always(container.node)) {
            let (count, proofs) = by_tenant.entry(at).or_default();
            *count += 1;
            if proofs.len() < MOST_PROOFS {
                let node = container.node.get("imagePullPolicy");
                let node = node
                    .or_else(|| container.node.get("image"))
                    .unwrap_or(container.node);
                let text = format!("{}: {}", thing.title(), pod.field(&container.way()));
                proofs.push(Proof::new(text, thing.of(node)));
            }
        }
    }
    for (at, (count, proofs)) in by_tenant {
        let mut one = broken(&ImagePull::ABOUT, Aspect::Images, tenant(at));
        one.from = Some(tenant(at));
        let plural = if count == 1 { "container" } else { "containers" };
        one.reason = format!(
            "{count} {plural} of {} may run an image that is on the node without proving that it may pull it",
            called(world, tenant(at))
        );
        one.fix =
            "say `imagePullPolicy: Always`, or turn on the admission plugin AlwaysPullImages".to_owned();
        one.proofs = proofs;
        found.broken.push(one);
    }
}

#[cfg(test)]
mod tests {
    use super::is_always;
    use bartizan_document::{Dialect, Limits, read};

    #[test]
    fn what_is_not_said_follows_the_tag() {
        for (text, always) in [
            ("{image: a}", true),
            ("{image: 'a:latest'}", true),
            ("{image: 'r:5000/a'}", true),
            ("{image: 'r:5000/a:1'}", false),
            ("{image: 'a:1', imagePullPolicy: Always}", true),
            ("{image: a, imagePullPolicy: IfNotPresent}", false),
            ("{image: 'a@sha256:00'}", false),
        ] {
            let stream = read(text, Dialect::Kubernetes, Limits::default());
            assert_eq!(is_always(&stream.documents[0].root), always, "{text}");
        }
    }
}
