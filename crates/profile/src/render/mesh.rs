//! Policies for a mesh of Istio: who may connect to the workload, and what it may connect to.
//!
//! Callers are named by their service accounts where these are known, by their namespaces where only the pods are, else by addresses. Destinations have the
//! names that DNS was asked for and said to have the address; others are held to blocks of addresses.
//! <https://istio.io/latest/docs/reference/config/security/authorization-policy/>,
//! <https://istio.io/latest/docs/reference/config/networking/sidecar/>, <https://istio.io/latest/docs/reference/config/networking/service-entry/>

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::net::IpAddr;

use super::kubernetes::{DNS, NAMED_MAX, callers, quoted};
use crate::profile::{Profile, Transport};
use crate::render::file_name;

/// The trust domain of a mesh that was given none
const TRUST_DOMAIN: &str = "cluster.local";
/// How names of Services end in a cluster that was given no other domain
const OF_SERVICES: &str = ".svc.cluster.local";
/// The port on which a connection says by itself which name it is for
const TLS: u16 = 443;

/// An `AuthorizationPolicy`, a `Sidecar` and a `ServiceEntry` for each name, or each port, that was connected to, for pods with the label
/// `app.kubernetes.io/name` of the workload. A mesh sees TCP only.
#[must_use]
pub fn mesh(profile: &Profile) -> String {
    let name = file_name(&profile.workload);
    let label = format!("app.kubernetes.io/name: {name}");
    let mut text = authorization(profile, &name, &label);
    let (mut hosts, entries) = destinations(profile, &name);
    if hosts.is_empty() {
        hosts.insert("~/*".to_owned());
    }
    let hosts: Vec<String> = hosts.iter().map(|host| quoted(host)).collect();
    let _ = write!(
        text,
        "---\n# Of a Service of the mesh without a name the address was seen: put NAMESPACE/SERVICE.NAMESPACE.svc.cluster.local in the place of its entry.\n\
         apiVersion: networking.istio.io/v1\nkind: Sidecar\nmetadata:\n  name: {name}\nspec:\n  workloadSelector:\n    labels:\n      {label}\n  outboundTrafficPolicy:\n    mode: REGISTRY_ONLY\n  egress:\n    - hosts: [{}]\n",
        hosts.join(", ")
    );
    text + &entries
}

fn authorization(profile: &Profile, name: &str, label: &str) -> String {
    let mut rules: BTreeMap<Vec<String>, Vec<String>> = BTreeMap::new();
    let listens = profile.listens.get(&Transport::Tcp).into_iter().flatten();
    for (port, _) in listens.filter(|(_, addresses)| addresses.iter().any(|address| !address.is_loopback())) {
        let callers = callers(profile, Transport::Tcp, *port);
        rules
            .entry(sources(profile, &callers))
            .or_default()
            .push(format!("\"{port}\""));
    }
    let mut text = format!(
        "# Rules without `from`, and those with addresses or namespaces, are for callers whose service accounts are not known: name the `principals` that may.\n\
         apiVersion: security.istio.io/v1\nkind: AuthorizationPolicy\nmetadata:\n  name: {name}\nspec:\n  selector:\n    matchLabels:\n      {label}\n  action: ALLOW\n"
    );
    // Without a rule, one that allows lets nobody in.
    if !rules.is_empty() {
        text.push_str("  rules:\n");
    }
    for (sources, ports) in rules {
        let mut key = "-";
        if !sources.is_empty() {
            let _ = write!(text, "    - from:\n{}", sources.concat());
            key = " ";
        }
        let _ = write!(
            text,
            "    {key} to:\n        - operation:\n            ports: [{}]\n",
            ports.join(", ")
        );
    }
    text
}

/// Callers as a rule names them; none for anybody, where nobody was seen or too many whose names are not known.
fn sources(profile: &Profile, callers: &BTreeSet<&IpAddr>) -> Vec<String> {
    let (mut accounts, mut namespaces, mut blocks) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for address in callers {
        let pods: Vec<_> = profile.pods.get(address).into_iter().flatten().collect();
        if pods.is_empty() {
            blocks.insert(quoted(&address.to_string()));
        }
        for pod in pods {
            if pod.service_account.is_empty() {
                namespaces.insert(quoted(&pod.namespace));
            } else {
                accounts.insert(quoted(&format!(
                    "{TRUST_DOMAIN}/ns/{}/sa/{}",
                    pod.namespace, pod.service_account
                )));
            }
        }
    }
    if blocks.len() > NAMED_MAX {
        return Vec::new();
    }
    [
        ("principals", accounts),
        ("namespaces", namespaces),
        ("ipBlocks", blocks),
    ]
    .into_iter()
    .filter(|(_, all)| !all.is_empty())
    .map(|(key, all)| {
        let all: Vec<String> = all.into_iter().collect();
        format!("        - source:\n            {key}: [{}]\n", all.join(", "))
    })
    .collect()
}

/// What a `Sidecar` lets through, and the entries of what is no Service of the mesh.
fn destinations(profile: &Profile, name: &str) -> (BTreeSet<String>, String) {
    let mut hosts = BTreeSet::new();
    let mut entries = String::new();
    let connects = profile.connects.get(&Transport::Tcp).into_iter().flatten();
    for (port, addresses) in connects.filter(|(port, _)| **port != DNS) {
        let mut named: BTreeMap<&str, BTreeSet<&IpAddr>> = BTreeMap::new();
        let mut nameless = BTreeSet::new();
        for address in addresses.iter().filter(|address| !address.is_loopback()) {
            let names = profile.names_of(address);
            if names.is_empty() {
                nameless.insert(address);
            }
            for host in names {
                if let Some(service) = service(host) {
                    hosts.insert(service);
                } else {
                    named.entry(host).or_default().insert(address);
                }
            }
        }
        // Where nothing but the port tells one name from another, their addresses have to.
        let by_address = named.len() > 1 && *port != TLS;
        for (index, (host, addresses)) in named.iter().enumerate() {
            let addresses = if by_address {
                addresses.clone()
            } else {
                BTreeSet::new()
            };
            let entry_name = format!("{name}-{port}-{index}");
            entry(&mut entries, (&entry_name, host, "DNS"), *port, &addresses);
            hosts.insert(format!("./{host}"));
        }
        if !nameless.is_empty() {
            let host = format!("{name}-{port}.seen.invalid");
            // So many on one port are a service whose addresses change.
            if nameless.len() > NAMED_MAX {
                nameless.clear();
            }
            entry(
                &mut entries,
                (&format!("{name}-{port}"), &host, "NONE"),
                *port,
                &nameless,
            );
            hosts.insert(format!("./{host}"));
        }
    }
    (hosts, entries)
}

/// A Service of the mesh, `NAMESPACE/HOST`, by a name of it; None for other names.
fn service(host: &str) -> Option<String> {
    let (_, namespace) = host.strip_suffix(OF_SERVICES)?.rsplit_once('.')?;
    Some(format!("{namespace}/{host}"))
}

/// One host on one port. Where that is a name that never resolves, connections are known by their addresses.
fn entry(
    text: &mut String,
    (name, host, resolution): (&str, &str, &str),
    port: u16,
    addresses: &BTreeSet<&IpAddr>,
) {
    let protocol = if port == TLS && resolution == "DNS" {
        "TLS"
    } else {
        "TCP"
    };
    let _ = write!(
        text,
        "---\napiVersion: networking.istio.io/v1\nkind: ServiceEntry\nmetadata:\n  name: {name}\nspec:\n  hosts: [\"{host}\"]\n  exportTo: [\".\"]\n  location: MESH_EXTERNAL\n  resolution: {resolution}\n  ports:\n    - number: {port}\n      name: {}-{port}\n      protocol: {protocol}\n",
        protocol.to_lowercase()
    );
    if !addresses.is_empty() {
        let blocks: Vec<String> = addresses.iter().map(|address| format!("\"{address}\"")).collect();
        let _ = writeln!(text, "  addresses: [{}]", blocks.join(", "));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::window::Window;

    fn of(listens: &[u16], connects: &[(&str, u16)]) -> String {
        mesh(&seen(listens, &[], connects))
    }

    #[test]
    fn only_ports_and_addresses_that_were_seen_are_open() {
        let text = of(
            &[8080, 8443],
            &[("10.1.2.3", 5432), ("127.0.0.1", 6379), ("10.0.0.10", 53)],
        );
        assert!(text.contains("ports: [\"8080\", \"8443\"]"), "{text}");
        assert!(text.contains("hosts: [\"./web-5432.seen.invalid\"]"), "{text}");
        assert!(text.contains("addresses: [\"10.1.2.3\"]"), "{text}");
        assert!(!text.contains("6379") && !text.contains("10.0.0.10"), "{text}");
    }

    #[test]
    fn who_connected_nowhere_and_waits_for_nobody_gets_nothing() {
        let text = of(&[], &[]);
        assert!(
            !text.contains("rules:") && !text.contains("ServiceEntry"),
            "{text}"
        );
        assert!(
            text.contains("action: ALLOW") && text.contains("hosts: [\"~/*\"]"),
            "{text}"
        );
    }

    #[test]
    fn so_many_addresses_of_a_port_are_any() {
        let all: Vec<String> = (0..40).map(|last| format!("20.0.0.{last}")).collect();
        let all: Vec<(&str, u16)> = all.iter().map(|address| (address.as_str(), 443)).collect();
        assert!(!of(&[], &all).contains("addresses:"));
    }

    fn web(names: &[(&str, &str)], connects: &[(&str, u16)]) -> Profile {
        seen(&[8080], names, connects)
    }

    fn seen(listens: &[u16], names: &[(&str, &str)], connects: &[(&str, u16)]) -> Profile {
        let mut window = Window::default();
        window.calls.insert("read".to_owned());
        for port in listens {
            window
                .listens
                .insert((Transport::Tcp, [0, 0, 0, 0].into(), *port));
        }
        for (name, address) in names {
            let known = window.names.entry((*name).to_owned()).or_default();
            known.insert(address.parse().unwrap());
        }
        for (address, port) in connects {
            window
                .connects
                .insert((Transport::Tcp, address.parse().unwrap(), *port));
        }
        let mut profile = Profile::new("Web", crate::Architecture::X86_64);
        profile.add(window, true);
        profile
    }

    #[test]
    fn destinations_have_the_names_that_were_asked_for() {
        let text = mesh(&web(
            &[
                ("db.example.com", "192.0.2.7"),
                ("queue.shop.svc.cluster.local", "10.96.0.9"),
                ("never.example.com", "192.0.2.99"),
                ("a.example.com", "192.0.2.20"),
                ("b.example.com", "192.0.2.21"),
                ("api.example.com", "192.0.2.20"),
                ("cdn.example.com", "192.0.2.20"),
            ],
            &[
                ("192.0.2.7", 5432),
                ("10.96.0.9", 5672),
                ("192.0.2.20", 25),
                ("192.0.2.21", 25),
                ("192.0.2.20", 443),
            ],
        ));
        assert!(
            text.contains("hosts: [\"db.example.com\"]") && text.contains("\"./db.example.com\""),
            "{text}"
        );
        assert!(text.contains("\"shop/queue.shop.svc.cluster.local\""), "{text}");
        assert!(
            !text.contains("never") && !text.contains("invalid") && !text.contains("10.96"),
            "{text}"
        );
        assert!(
            !text.contains("192.0.2.7") && text.contains("addresses: [\"192.0.2.21\"]"),
            "{text}"
        );
        assert!(text.contains("name: tls-443"), "{text}");
    }

    #[test]
    fn callers_have_service_accounts_where_they_are_known() {
        let mut profile = web(&[], &[]);
        let mut window = Window::default();
        window.calls.insert("read".to_owned());
        for (last, account) in [(1, Some("front")), (2, Some("")), (3, None)] {
            let address = IpAddr::from([10, 1, 0, last]);
            window.peers.insert((Transport::Tcp, address, 8080));
            if let Some(account) = account {
                let pod = crate::PodIdentity {
                    namespace: "shop".to_owned(),
                    service_account: account.to_owned(),
                    labels: BTreeMap::new(),
                };
                window.pods.insert(address, [pod].into());
            }
        }
        profile.add(window, false);
        let text = mesh(&profile);
        for part in [
            "principals: [\"cluster.local/ns/shop/sa/front\"]",
            "namespaces: [\"shop\"]",
            "ipBlocks: [\"10.1.0.3\"]\n      to:\n",
        ] {
            assert!(text.contains(part), "{part}: {text}");
        }
        assert!(!text.contains("10.1.0.1") && !text.contains("10.1.0.2"), "{text}");
    }
}
