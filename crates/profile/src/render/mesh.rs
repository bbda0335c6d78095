//! Policies for a mesh of Istio: who may connect to the workload, and what it may connect to.
//!
//! What the kernel tells of a peer is its address, and not which service account it has: the workload is held to its ports and to blocks of addresses, and whoever
//! knows the callers adds their identities.
//! <https://istio.io/latest/docs/reference/config/security/authorization-policy/>,
//! <https://istio.io/latest/docs/reference/config/networking/sidecar/>, <https://istio.io/latest/docs/reference/config/networking/service-entry/>

use std::fmt::Write;
use std::net::IpAddr;

use super::kubernetes::{DNS, NAMED_MAX};
use crate::profile::{Profile, Transport};
use crate::render::file_name;

/// An `AuthorizationPolicy`, a `Sidecar` and a `ServiceEntry` for each port that was connected to, for pods with the label `app.kubernetes.io/name` of the workload. A mesh
/// sees TCP only.
#[must_use]
pub fn mesh(profile: &Profile) -> String {
    let name = file_name(&profile.workload);
    let label = format!("app.kubernetes.io/name: {name}");
    let mut text = format!(
        "# Whoever calls is not known by name: add `from: [{{source: {{principals: [...]}}}}]` for the service accounts that may.\n\
         apiVersion: security.istio.io/v1\nkind: AuthorizationPolicy\nmetadata:\n  name: {name}\nspec:\n  selector:\n    matchLabels:\n      {label}\n  action: ALLOW\n"
    );
    let listens = profile.listens.get(&Transport::Tcp).into_iter().flatten();
    let open: Vec<String> = listens
        .filter(|(_, addresses)| addresses.iter().any(|address| !address.is_loopback()))
        .map(|(port, _)| format!("\"{port}\""))
        .collect();
    // Without a rule, one that allows lets nobody in.
    if !open.is_empty() {
        let _ = writeln!(
            text,
            "  rules:\n    - to:\n        - operation:\n            ports: [{}]",
            open.join(", ")
        );
    }
    let connects = profile.connects.get(&Transport::Tcp).into_iter().flatten();
    let mut entries = String::new();
    let mut hosts = Vec::new();
    for (port, addresses) in connects.filter(|(port, _)| **port != DNS) {
        let addresses: Vec<&IpAddr> = addresses
            .iter()
            .filter(|address| !address.is_loopback())
            .collect();
        if addresses.is_empty() {
            continue;
        }
        let host = format!("{name}-{port}.seen.invalid");
        entry(&mut entries, (&name, &host), *port, &addresses);
        hosts.push(format!("\"./{host}\""));
    }
    if hosts.is_empty() {
        hosts.push("\"~/*\"".to_owned());
    }
    let _ = write!(
        text,
        "---\n# Of a Service of the mesh the address was seen: put NAMESPACE/SERVICE.NAMESPACE.svc.cluster.local in the place of its entry.\n\
         apiVersion: networking.istio.io/v1\nkind: Sidecar\nmetadata:\n  name: {name}\nspec:\n  workloadSelector:\n    labels:\n      {label}\n  outboundTrafficPolicy:\n    mode: REGISTRY_ONLY\n  egress:\n    - hosts: [{}]\n",
        hosts.join(", ")
    );
    text + &entries
}

/// Addresses of one port. The host is a name that never resolves: connections are known by their addresses.
fn entry(text: &mut String, (name, host): (&str, &str), port: u16, addresses: &[&IpAddr]) {
    let _ = write!(
        text,
        "---\napiVersion: networking.istio.io/v1\nkind: ServiceEntry\nmetadata:\n  name: {name}-{port}\nspec:\n  hosts: [\"{host}\"]\n  exportTo: [\".\"]\n  location: MESH_EXTERNAL\n  resolution: NONE\n  ports:\n    - number: {port}\n      name: tcp-{port}\n      protocol: TCP\n"
    );
    // So many on one port are a service whose addresses change.
    if addresses.len() > NAMED_MAX {
        return;
    }
    let blocks: Vec<String> = addresses.iter().map(|address| format!("\"{address}\"")).collect();
    let _ = writeln!(text, "  addresses: [{}]", blocks.join(", "));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::window::Window;

    fn of(listens: &[u16], connects: &[(&str, u16)]) -> String {
        let mut window = Window::default();
        window.calls.insert("read".to_owned());
        for port in listens {
            window
                .listens
                .insert((Transport::Tcp, [0, 0, 0, 0].into(), *port));
        }
        for (address, port) in connects {
            window
                .connects
                .insert((Transport::Tcp, address.parse().unwrap(), *port));
        }
        let mut profile = Profile::new("Web", crate::Architecture::X86_64);
        profile.add(window, true);
        mesh(&profile)
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
}
