//! Hosts and paths that more than one claims at the same controller.
//!
//! Source: <https://kubernetes.io/docs/concepts/services-networking/ingress/#hostname-wildcards>,
//! <https://gateway-api.sigs.k8s.io/api-types/httproute/>, <https://istio.io/latest/docs/reference/config/networking/virtual-service/>.

use super::super::checks::host_clash::HostClash;
use super::super::matrix::{Aspect, Broken, Found, Party, Proof};
use super::super::world::{At, Thing, World, line_of};
use super::{broken, called, others};
use bartizan_document::Node;
use bartizan_engine::rule::Severity;
use std::collections::{BTreeMap, BTreeSet};

/// Longest name of a host, in bytes; the API server refuses longer ones.
const LONGEST: usize = 253;

/// One claim of a host and path.
struct Claim<'w> {
    party: Party,
    path: String,
    thing: &'w Thing,
    at: At,
}

/// Claims by controller and host; the host is empty for every host.
type Claims<'w> = BTreeMap<(String, String), Vec<Claim<'w>>>;

/// Judges what hosts every two claim.
pub(super) fn judge(world: &World<'_>, found: &mut Found) {
    let mut claims = Claims::new();
    for thing in &world.things {
        let (group, kind) = (thing.object.group(), thing.object.kind.as_str());
        match (group, kind) {
            ("networking.k8s.io" | "extensions", "Ingress") => ingress(world, thing, &mut claims),
            ("gateway.networking.k8s.io", "HTTPRoute" | "GRPCRoute" | "TLSRoute") => {
                route(world, thing, &mut claims);
            }
            ("networking.istio.io", "VirtualService") => virtual_service(world, thing, &mut claims),
            ("route.openshift.io", "Route") => openshift(world, thing, &mut claims),
            _ => {}
        }
    }
    for ((scope, host), of_host) in &claims {
        same_host(world, host, of_host, found);
        for wider in wider(host) {
            if let Some(of_wider) = claims.get(&(scope.clone(), wider.clone())) {
                wildcard(world, (&wider, of_wider), (host, of_host), found);
            }
        }
    }
}

fn claim<'w>(
    world: &World<'_>,
    (thing, node): (&'w Thing, &Node),
    scope: &str,
    (host, path): (&str, &str),
    claims: &mut Claims<'w>,
) {
    if host.len() > LONGEST {
        return;
    }
    let key = (scope.to_owned(), line_of(&host.to_ascii_lowercase()));
    claims.entry(key).or_default().push(Claim {
        party: world.owner(&thing.namespace),
        path: line_of(path),
        thing,
        at: thing.of(node),
    });
}

fn ingress<'w>(world: &World<'_>, thing: &'w Thing, claims: &mut Claims<'w>) {
    let scope = format!("Ingress {}", super::classes::ingress_class(thing));
    let Some(spec) = thing.object.root.get("spec") else {
        return;
    };
    if let Some(backend) = spec.get("defaultBackend").or_else(|| spec.get("backend")) {
        claim(world, (thing, backend), &scope, ("", "/"), claims);
    }
    for rule in spec.items_of("rules") {
        let host = rule.get("host");
        let node = host.unwrap_or(rule);
        let host = host.and_then(Node::text).unwrap_or_default();
        let paths = rule.at(&["http", "paths"]).map_or(&[][..], Node::items);
        for path in paths {
            let text = path.text_of("path").unwrap_or("/");
            claim(world, (thing, node), &scope, (host, text), claims);
        }
        if paths.is_empty() {
            claim(world, (thing, node), &scope, (host, "/"), claims);
        }
    }
}

fn route<'w>(world: &World<'_>, thing: &'w Thing, claims: &mut Claims<'w>) {
    let Some(spec) = thing.object.root.get("spec") else {
        return;
    };
    let mut paths = Vec::new();
    for rule in spec.items_of("rules") {
        let matches = rule.items_of("matches").iter();
        paths.extend(matches.filter_map(|one| one.at(&["path", "value"]).and_then(Node::text)));
    }
    if paths.is_empty() {
        paths.push("/");
    }
    for parent in spec.items_of("parentRefs") {
        let namespace = parent.text_of("namespace").unwrap_or(&thing.namespace);
        let name = parent.text_of("name").unwrap_or_default();
        let section = parent.text_of("sectionName");
        let scope = format!("Gateway {namespace}/{name}");
        let own: Vec<&Node> = spec.items_of("hostnames").iter().collect();
        let hosts = if own.is_empty() {
            listeners(world, namespace, name, section)
        } else {
            own
        };
        for path in &paths {
            for host in &hosts {
                let text = host.text().unwrap_or_default();
                let node = if spec.items_of("hostnames").is_empty() {
                    parent
                } else {
                    *host
                };
                claim(world, (thing, node), &scope, (text, path), claims);
            }
            if hosts.is_empty() {
                claim(world, (thing, parent), &scope, ("", path), claims);
            }
        }
    }
}

/// Host names of the listeners of a Gateway that a route without its own has.
fn listeners<'w>(world: &'w World<'_>, namespace: &str, name: &str, section: Option<&str>) -> Vec<&'w Node> {
    let Some(gateway) = world.titled("Gateway", namespace, name) else {
        return Vec::new();
    };
    let listeners = gateway
        .object
        .root
        .at(&["spec", "listeners"])
        .map_or(&[][..], Node::items);
    let listeners = listeners
        .iter()
        .filter(|listener| section.is_none_or(|section| listener.text_of("name") == Some(section)));
    listeners
        .filter_map(|listener| listener.get("hostname"))
        .collect()
}

fn virtual_service<'w>(world: &World<'_>, thing: &'w Thing, claims: &mut Claims<'w>) {
    let Some(spec) = thing.object.root.get("spec") else {
        return;
    };
    let mut paths = Vec::new();
    for http in spec.items_of("http") {
        for one in http.items_of("match") {
            let uri = one.get("uri").map_or(&[][..], Node::entries);
            paths.extend(uri.iter().filter_map(|entry| entry.value.text()));
        }
    }
    if paths.is_empty() {
        paths.push("/");
    }
    for gateway in spec.items_of("gateways").iter().filter_map(Node::text) {
        if gateway == "mesh" {
            continue;
        }
        let gateway = match gateway.split_once('/') {
            Some(_) => gateway.to_owned(),
            None => format!("{}/{gateway}", thing.namespace),
        };
        for host in spec.items_of("hosts") {
            let text = host.text().map_or("", |text| if text == "*" { "" } else { text });
            for path in &paths {
                let scope = format!("Istio Gateway {gateway}");
                claim(world, (thing, host), &scope, (text, path), claims);
            }
        }
    }
}

fn openshift<'w>(world: &World<'_>, thing: &'w Thing, claims: &mut Claims<'w>) {
    let Some(spec) = thing.object.root.get("spec") else {
        return;
    };
    let path = spec.text_of("path").unwrap_or("/");
    if let Some(host) = spec.get("host") {
        let text = host.text().unwrap_or_default();
        claim(world, (thing, host), "Route", (text, path), claims);
    }
}

/// Whether one path is another or within it.
fn overlaps(one: &str, other: &str) -> bool {
    let (one, other) = (one.trim_end_matches('/'), other.trim_end_matches('/'));
    let within = |inner: &str, outer: &str| {
        inner
            .strip_prefix(outer)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    within(one, other) || within(other, one)
}

fn same_host(world: &World<'_>, host: &str, claims: &[Claim<'_>], found: &mut Found) {
    let parties: BTreeSet<Party> = claims.iter().map(|claim| claim.party).collect();
    if parties.len() < 2 {
        return;
    }
    for from in parties.iter().filter(|from| matches!(from, Party::Tenant(_))) {
        let own: Vec<&Claim<'_>> = claims.iter().filter(|claim| claim.party == *from).collect();
        let mut clash: BTreeMap<bool, BTreeSet<Party>> = BTreeMap::new();
        for to in parties.iter().filter(|to| *to != from) {
            let mut theirs = claims.iter().filter(|claim| claim.party == *to);
            let overlap = theirs.any(|other| own.iter().any(|claim| overlaps(&claim.path, &other.path)));
            clash.entry(overlap).or_default().insert(*to);
        }
        for (overlap, rest) in clash {
            for to in to_tenants(world, *from, &rest) {
                let mut one = clashing(*from, to);
                one.severity = Some(match (host, overlap) {
                    ("", _) => Severity::Low,
                    (_, true) => Severity::High,
                    (_, false) => Severity::Medium,
                });
                let what = match (host, overlap) {
                    ("", _) => "every host that nobody names".to_owned(),
                    (host, true) => format!("paths of the host `{host}` that lie within each other"),
                    (host, false) => format!("other paths of the host `{host}`, of one origin for browsers"),
                };
                one.reason = format!(
                    "{} and {} claim {what}",
                    called(world, *from),
                    to.map_or_else(|| "every other tenant".to_owned(), |to| called(world, to))
                );
                host.clone_into(&mut one.key);
                let theirs = claims
                    .iter()
                    .filter(|claim| Some(claim.party) == to || to.is_none());
                let theirs = theirs.filter(|claim| claim.party != *from);
                one.proofs = proofs(host, own.iter().copied().take(3).chain(theirs));
                found.broken.push(one);
            }
        }
    }
}

/// The others as one where they are all, and only for tenants, of whom there can be all.
fn to_tenants(world: &World<'_>, from: Party, rest: &BTreeSet<Party>) -> Vec<Option<Party>> {
    match from {
        Party::Tenant(at) => others(world, at, rest),
        _ => rest.iter().copied().map(Some).collect(),
    }
}

fn clashing(from: Party, to: Option<Party>) -> Broken {
    let mut one = broken(&HostClash::ABOUT, Aspect::Hosts, from);
    (one.from, one.to) = (Some(from), to);
    one.fix = "give each tenant hosts of its own, and let admission refuse others, as by a policy or a Gateway for each".to_owned();
    one
}

fn proofs<'c, 'w: 'c>(host: &str, claims: impl Iterator<Item = &'c Claim<'w>>) -> Vec<Proof> {
    let host = if host.is_empty() { "any host" } else { host };
    let proofs = claims.map(|claim| {
        let text = format!("{}: {host}{}", claim.thing.title(), claim.path);
        Proof::new(text, claim.at)
    });
    proofs.take(super::MOST_PROOFS).collect()
}

/// Wildcards that a host is within.
fn wider(host: &str) -> Vec<String> {
    if host.is_empty() {
        return Vec::new();
    }
    let bare = host.strip_prefix("*.").unwrap_or(host);
    let mut wider = Vec::new();
    let mut rest = bare;
    while let Some((_, after)) = rest.split_once('.') {
        if after.contains('.') {
            wider.push(format!("*.{after}"));
        }
        rest = after;
    }
    wider
}

fn wildcard(
    world: &World<'_>,
    (wider, of_wider): (&str, &[Claim<'_>]),
    (host, of_host): (&str, &[Claim<'_>]),
    found: &mut Found,
) {
    let holders: BTreeSet<Party> = of_wider.iter().map(|claim| claim.party).collect();
    let owners: BTreeSet<Party> = of_host.iter().map(|claim| claim.party).collect();
    for from in holders.iter().filter(|from| matches!(from, Party::Tenant(_))) {
        for to in owners.iter().filter(|to| *to != from) {
            let mut one = clashing(*from, Some(*to));
            one.severity = Some(Severity::Medium);
            one.key = format!("{wider} {host}");
            one.reason = format!(
                "{} claims `{wider}`, within which {} has `{host}`: what the latter does not serve goes to the former, and their cookies can be the same",
                called(world, *from),
                called(world, *to)
            );
            let own = of_wider.iter().filter(|claim| claim.party == *from).take(3);
            let theirs = of_host.iter().filter(|claim| claim.party == *to);
            one.proofs = proofs(wider, own)
                .into_iter()
                .chain(proofs(host, theirs))
                .collect();
            found.broken.push(one);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_overlap_by_their_parts() {
        for (one, other, is) in [
            ("/", "/a", true),
            ("/a", "/a/", true),
            ("/a", "/a/b", true),
            ("/a", "/ab", false),
            ("/a", "/b", false),
        ] {
            assert_eq!(overlaps(one, other), is, "{one} {other}");
            assert_eq!(overlaps(other, one), is, "{other} {one}");
        }
    }

    #[test]
    fn wildcards_of_a_host_end_before_the_top() {
        assert_eq!(wider("a.b.example.com"), ["*.b.example.com", "*.example.com"]);
        assert_eq!(wider("*.b.example.com"), ["*.example.com"]);
        assert!(wider("example.com").is_empty() && wider("").is_empty());
    }
}
