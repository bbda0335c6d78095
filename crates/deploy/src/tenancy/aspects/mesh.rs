//! Whether a mesh lets nobody connect to a tenant without proof of who he is, and only those who may.
//!
//! Source: <https://istio.io/latest/docs/reference/config/security/peer_authentication/>,
//! <https://istio.io/latest/docs/reference/config/security/authorization-policy/>,
//! <https://linkerd.io/2/reference/authorization-policy/#default-policies>.

use super::super::checks::{mesh_authorization::MeshAuthorization, mesh_mtls::MeshMtls};
use super::super::matrix::{Aspect, Found, Party, Proof};
use super::super::world::{At, Space, Thing, World, line_of};
use super::quota::declared;
use super::{broken, called, others, tenant, unknown};
use crate::istio::ROOT;
use crate::istio::membership::takes_in;
use crate::istio::peers::{Mode, PeerAuthentication, agreed};
use bartizan_document::Node;
use bartizan_engine::rule::Severity;
use std::collections::{BTreeMap, BTreeSet};

/// Policies by namespace.
type ByNamespace<'w> = BTreeMap<&'w str, Vec<&'w Thing>>;

/// Which mesh pods of a namespace are in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mesh {
    Istio,
    Linkerd,
}

fn mesh(space: &Space) -> Option<Mesh> {
    if takes_in(&space.labels) {
        return Some(Mesh::Istio);
    }
    let inject = space.annotations.get("linkerd.io/inject").map(|value| &**value);
    matches!(inject, Some("enabled" | "ingress")).then_some(Mesh::Linkerd)
}

/// Whether pods of a tenant are in a mesh.
pub(in super::super) fn is_meshed(world: &World<'_>, at: u32) -> bool {
    world.spaces_of(at).any(|(_, space)| mesh(space).is_some())
}

/// Judges the namespaces of every tenant that are in a mesh.
pub(super) fn judge(world: &World<'_>, found: &mut Found) {
    let peers = world.by_namespace("security.istio.io", "PeerAuthentication");
    let policies = world.by_namespace("security.istio.io", "AuthorizationPolicy");
    let linkerd_policies: BTreeMap<&str, &Thing> = world
        .things
        .iter()
        .filter(|thing| thing.object.group() == "policy.linkerd.io")
        .map(|thing| (thing.namespace.as_str(), thing))
        .collect();
    for at in world.numbers() {
        for (name, space) in world.spaces_of(at) {
            match mesh(space) {
                Some(Mesh::Istio) => {
                    peer_authentication(world, (at, name, space), &peers, found);
                    authorization(world, (at, name, space), &policies, found);
                }
                Some(Mesh::Linkerd) => {
                    linkerd(
                        world,
                        (at, name, space),
                        linkerd_policies.get(name).copied(),
                        found,
                    );
                }
                None => {}
            }
        }
    }
}

fn is_for_all(policy: &Thing) -> bool {
    let selector = policy.object.root.at(&["spec", "selector", "matchLabels"]);
    let is_targeted = ["targetRef", "targetRefs"]
        .iter()
        .any(|key| policy.object.root.at(&["spec", key]).is_some());
    selector.is_none_or(|selector| selector.entries().is_empty()) && !is_targeted
}

/// PeerAuthentications of a namespace, with what they say.
fn peers_of<'w>(peers: &ByNamespace<'w>, namespace: &str) -> Vec<(&'w Thing, PeerAuthentication)> {
    let things = peers.get(namespace).into_iter().flatten();
    things
        .map(|thing| (*thing, PeerAuthentication::read(&thing.object.root)))
        .collect()
}

fn peer_authentication(
    world: &World<'_>,
    (at, name, space): (u32, &str, &Space),
    peers: &ByNamespace<'_>,
    found: &mut Found,
) {
    let (of_space, of_root) = (peers_of(peers, name), peers_of(peers, ROOT));
    let wide = |of: &[(&'_ Thing, PeerAuthentication)]| -> Vec<usize> {
        let of = of.iter().enumerate();
        of.filter(|(_, (_, says))| says.is_for_all())
            .map(|(at, _)| at)
            .collect()
    };
    let said = |of: &'_ [(&Thing, PeerAuthentication)]| {
        agreed(wide(of).iter().filter_map(|at| Some(&of.get(*at)?.1)))
    };
    let (Ok(own), Ok(root)) = (said(&of_space), said(&of_root)) else {
        let (scope, of) = if said(&of_space).is_err() {
            (format!("namespace `{name}`"), &of_space)
        } else {
            ("the mesh".to_owned(), &of_root)
        };
        let mut one = unknown(Aspect::Mesh, tenant(at));
        one.to = Some(tenant(at));
        one.reason = format!(
            "{scope} of {} has PeerAuthentications that differ, of which the oldest counts",
            called(world, tenant(at))
        );
        one.fix = "keep one of them".to_owned();
        let things = wide(of).into_iter().filter_map(|at| Some(of.get(at)?.0));
        one.proofs = things.map(|peer| Proof::of(peer, "")).collect();
        found.broken.push(one);
        return;
    };
    let effective = own.or(root).unwrap_or(Mode::Permissive);
    let mut lax: Vec<Proof> = Vec::new();
    if effective.is_lax() {
        let first = |of: &[(&'_ Thing, PeerAuthentication)]| wide(of).first().copied();
        let said = first(&of_space)
            .and_then(|at| of_space.get(at))
            .or_else(|| of_root.get(first(&of_root)?));
        lax.push(said.map_or_else(
            || declared(name, space),
            |(peer, _)| Proof::of(peer, effective.name()),
        ));
    }
    for (peer, says) in &of_space {
        let mode = says.mode().filter(|mode| mode.is_lax() && !says.is_for_all());
        lax.extend(mode.map(|mode| Proof::of(peer, mode.name())));
        let ports = says.ports.iter();
        for port in ports.filter(|port| port.said.is_some_and(|said| said.mode.is_lax())) {
            let text = line_of(&format!("{}: port {}", peer.title(), port.key));
            let at = At {
                file: peer.file,
                span: port.at,
            };
            lax.push(Proof::new(text, at));
        }
    }
    if lax.is_empty() {
        return;
    }
    let mut one = broken(&MeshMtls::ABOUT, Aspect::Mesh, tenant(at));
    one.to = Some(tenant(at));
    name.clone_into(&mut one.key);
    one.reason = format!(
        "pods in namespace `{name}` of {} take connections that do not prove who connects: the mode is {}",
        called(world, tenant(at)),
        if effective.is_lax() {
            effective.name()
        } else {
            "not STRICT for some of them"
        }
    );
    one.fix =
        format!("add to namespace `{name}` a PeerAuthentication with mode STRICT, and take out exceptions");
    one.proofs = lax.into_iter().take(super::MOST_PROOFS).collect();
    found.broken.push(one);
}

/// Whom rules of an AuthorizationPolicy let in.
#[derive(Default)]
struct LetIn {
    everybody: bool,
    tenants: BTreeSet<Party>,
}

impl LetIn {
    fn add(&mut self, world: &World<'_>, policy: &Thing) {
        let rules = policy
            .object
            .root
            .at(&["spec", "rules"])
            .map_or(&[][..], Node::items);
        for rule in rules {
            let from = rule.items_of("from");
            if from.is_empty() {
                self.everybody = true;
            }
            for source in from.iter().filter_map(|from| from.get("source")) {
                self.source(world, source);
            }
        }
    }

    fn source(&mut self, world: &World<'_>, source: &Node) {
        let namespaces = source.items_of("namespaces").iter().filter_map(Node::text);
        let principals = source.items_of("principals").iter().filter_map(Node::text);
        let of_principals = principals.map(|principal| {
            let after = principal.split_once("/ns/").map_or(principal, |(_, after)| after);
            after.split('/').next().unwrap_or(after)
        });
        let named: Vec<&str> = namespaces.chain(of_principals).collect();
        if named.is_empty() && source.items_of("serviceAccounts").is_empty() {
            // Addresses, or who is not meant: it is for others to say who that is.
            self.everybody |=
                source.items_of("ipBlocks").is_empty() && source.items_of("remoteIpBlocks").is_empty();
        }
        for glob in named {
            if glob == "*" {
                self.everybody = true;
                continue;
            }
            if !glob.contains('*') {
                self.tenants.extend(world.tenant_of(glob).map(tenant));
                continue;
            }
            for (namespace, space) in &world.spaces {
                let fits = match (glob.strip_suffix('*'), glob.strip_prefix('*')) {
                    (Some(prefix), _) => namespace.starts_with(prefix),
                    (_, Some(suffix)) => namespace.ends_with(suffix),
                    _ => false,
                };
                if fits {
                    self.tenants.extend(space.owner.map(tenant));
                }
            }
        }
    }
}

fn authorization(
    world: &World<'_>,
    (at, name, space): (u32, &str, &Space),
    policies: &ByNamespace<'_>,
    found: &mut Found,
) {
    let action = |policy: &Thing| {
        let action = policy.object.root.at(&["spec", "action"]).and_then(Node::text);
        action.unwrap_or("ALLOW").to_owned()
    };
    let here = [name, ROOT]
        .into_iter()
        .filter_map(|namespace| policies.get(namespace))
        .flatten();
    let allow: Vec<&Thing> = here.copied().filter(|policy| action(policy) == "ALLOW").collect();
    let covers = allow.iter().any(|policy| is_for_all(policy));
    let mut let_in = LetIn::default();
    for policy in &allow {
        let_in.add(world, policy);
    }
    let_in.tenants.remove(&tenant(at));
    let mut tell = |from: Option<Party>, severity: Severity, reason: String| {
        let mut one = broken(&MeshAuthorization::ABOUT, Aspect::Mesh, tenant(at));
        (one.from, one.to) = (from, Some(tenant(at)));
        one.severity = Some(severity);
        name.clone_into(&mut one.key);
        one.reason = reason;
        one.fix = format!(
            "let an AuthorizationPolicy without a selector in namespace `{name}` allow only namespaces of the tenant"
        );
        one.proofs = if allow.is_empty() {
            vec![declared(name, space)]
        } else {
            allow
                .iter()
                .take(super::MOST_PROOFS)
                .map(|policy| Proof::of(policy, ""))
                .collect()
        };
        found.broken.push(one);
    };
    let whose = called(world, tenant(at));
    if !covers || let_in.everybody {
        let why = if covers {
            "lets everybody in"
        } else {
            "is for all its pods"
        };
        let none = if covers { "an" } else { "no" };
        tell(
            None,
            Severity::Low,
            format!(
                "{none} AuthorizationPolicy of namespace `{name}` of {whose} {why}: whoever is in the mesh may connect"
            ),
        );
        return;
    }
    for from in others(world, at, &let_in.tenants) {
        let who = from.map_or_else(|| "every other tenant".to_owned(), |from| called(world, from));
        tell(
            from,
            Severity::Medium,
            format!("an AuthorizationPolicy of namespace `{name}` of {whose} lets {who} in"),
        );
    }
}

fn linkerd(
    world: &World<'_>,
    (at, name, space): (u32, &str, &Space),
    own: Option<&Thing>,
    found: &mut Found,
) {
    let policy = space.annotations.get("config.linkerd.io/default-inbound-policy");
    let policy = policy.map_or("all-unauthenticated", |policy| policy);
    if policy == "deny" && own.is_none() {
        return;
    }
    if let Some(own) = own {
        let mut one = unknown(Aspect::Mesh, tenant(at));
        one.to = Some(tenant(at));
        one.reason = format!("{} decides who may connect, and is not understood", own.title());
        one.fix = "ask the mesh, as by `linkerd viz authz`".to_owned();
        one.proofs = vec![Proof::of(own, ""), declared(name, space)];
        found.broken.push(one);
        return;
    }
    let proves = policy.ends_with("-authenticated") && !policy.ends_with("unauthenticated");
    let about = if proves {
        &MeshAuthorization::ABOUT
    } else {
        &MeshMtls::ABOUT
    };
    let mut one = broken(about, Aspect::Mesh, tenant(at));
    one.to = Some(tenant(at));
    name.clone_into(&mut one.key);
    let does = if proves {
        "let whoever is in the mesh connect"
    } else {
        "take connections that do not prove who connects"
    };
    one.reason = format!(
        "pods in namespace `{name}` of {} {does}: the default policy is {}",
        called(world, tenant(at)),
        line_of(policy)
    );
    one.fix = format!(
        "annotate namespace `{name}` with config.linkerd.io/default-inbound-policy: deny, and allow by AuthorizationPolicies"
    );
    one.proofs = vec![declared(name, space)];
    found.broken.push(one);
}
