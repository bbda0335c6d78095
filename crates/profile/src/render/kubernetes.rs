//! Manifests for Kubernetes: a NetworkPolicy of the connections that were seen, and the part of a pod that gives a container no more than it needs.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::net::IpAddr;

use crate::parties::PodIdentity;
use crate::profile::{Profile, Transport};
use crate::render::{DEFAULT_CAPABILITIES, file_name, writable};

/// Addresses of one port that are named one by one, at most
pub(super) const NAMED_MAX: usize = 16;
/// Port of DNS
pub(super) const DNS: u16 = 53;

/// A NetworkPolicy for pods with the label `app.kubernetes.io/name` of the workload (`networking.k8s.io/v1`).
#[must_use]
pub fn network_policy(profile: &Profile) -> String {
    let name = file_name(&profile.workload);
    let mut text = format!(
        "# Addresses are those that were seen, with the names that DNS was asked for. Of a Service that is the one in front of its pods, which\n\
         # policies never see: name the pods in its place.\n\
         apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: {name}\nspec:\n  podSelector:\n    matchLabels:\n      app.kubernetes.io/name: {name}\n  policyTypes:\n    - Ingress\n    - Egress\n"
    );
    let ingress = ingress(profile);
    if ingress.is_empty() {
        text.push_str("  ingress: []\n");
    } else {
        text.push_str("  ingress:\n");
    }
    for (callers, ports) in ingress {
        if callers.is_empty() {
            text.push_str("    - ports:\n");
        } else {
            let _ = write!(text, "    - from:\n{}      ports:\n", callers.concat());
        }
        for (transport, port) in ports {
            port_of(&mut text, transport, port);
        }
    }
    let egress = egress(profile);
    if egress.is_empty() {
        text.push_str("  egress: []\n");
    } else {
        text.push_str("  egress:\n");
    }
    for (blocks, ports) in egress {
        text.push_str("    - to:\n");
        for block in blocks {
            text.push_str(&block);
        }
        text.push_str("      ports:\n");
        for (transport, port) in ports {
            port_of(&mut text, transport, port);
        }
    }
    text
}

fn port_of(text: &mut String, transport: Transport, port: u16) {
    let _ = write!(
        text,
        "        - protocol: {}\n          port: {port}\n",
        transport.name()
    );
}

/// Where connections may come in: callers as they are written, none for anybody, with the ports that are the same for all of them.
fn ingress(profile: &Profile) -> BTreeMap<Vec<String>, BTreeSet<(Transport, u16)>> {
    let mut all: BTreeMap<Vec<String>, BTreeSet<(Transport, u16)>> = BTreeMap::new();
    for (transport, ports) in &profile.listens {
        let open = ports
            .iter()
            .filter(|(_, addresses)| addresses.iter().any(|address| !address.is_loopback()));
        for (port, _) in open {
            all.entry(others(profile, &callers(profile, *transport, *port)))
                .or_default()
                .insert((*transport, *port));
        }
    }
    all
}

/// Who connected to a port from outside of the pod.
pub(super) fn callers(profile: &Profile, transport: Transport, port: u16) -> BTreeSet<&IpAddr> {
    let known = profile.peers.get(&transport).and_then(|ports| ports.get(&port));
    known
        .into_iter()
        .flatten()
        .filter(|address| !address.is_loopback())
        .collect()
}

/// Where connections may go: destinations as they are written, with the ports that are the same for all of them.
fn egress(profile: &Profile) -> BTreeMap<Vec<String>, BTreeSet<(Transport, u16)>> {
    let mut all: BTreeMap<Vec<String>, BTreeSet<(Transport, u16)>> = BTreeMap::new();
    for (transport, ports) in &profile.connects {
        for (port, addresses) in ports {
            let addresses: BTreeSet<&IpAddr> = addresses
                .iter()
                .filter(|address| !address.is_loopback())
                .collect();
            if *port == DNS {
                // The resolver of a pod is the cluster's, whatever it was where the workload was learned.
                let resolver = "        - namespaceSelector:\n            matchLabels:\n              kubernetes.io/metadata.name: kube-system\n          podSelector:\n            matchLabels:\n              k8s-app: kube-dns\n";
                let ports = all.entry(vec![resolver.to_owned()]).or_default();
                ports.extend([(Transport::Udp, DNS), (Transport::Tcp, DNS)]);
            } else if !addresses.is_empty() {
                all.entry(others(profile, &addresses))
                    .or_default()
                    .insert((*transport, *port));
            }
        }
    }
    all
}

/// The other ends of connections: pods by their namespaces and labels, others by their addresses.
fn others(profile: &Profile, addresses: &BTreeSet<&IpAddr>) -> Vec<String> {
    let mut all = BTreeSet::new();
    let mut rest = BTreeSet::new();
    for address in addresses {
        let pods: Vec<String> = profile
            .pods
            .get(address)
            .into_iter()
            .flatten()
            .filter(|pod| !pod.labels.is_empty())
            .map(selector)
            .collect();
        if pods.is_empty() {
            rest.insert(*address);
        }
        all.extend(pods);
    }
    all.into_iter().chain(blocks(profile, &rest)).collect()
}

fn selector(pod: &PodIdentity) -> String {
    let mut text = format!(
        "        - namespaceSelector:\n            matchLabels:\n              kubernetes.io/metadata.name: {}\n          podSelector:\n            matchLabels:\n",
        quoted(&pod.namespace)
    );
    for (name, value) in &pod.labels {
        let _ = writeln!(text, "              {}: {}", quoted(name), quoted(value));
    }
    text
}

fn blocks(profile: &Profile, addresses: &BTreeSet<&IpAddr>) -> Vec<String> {
    let block = |cidr: String| format!("        - ipBlock:\n            cidr: {cidr}\n");
    if addresses.len() > NAMED_MAX {
        // So many on one port are a service whose addresses change.
        let mut any = BTreeSet::new();
        for address in addresses {
            any.insert(if address.is_ipv4() {
                "0.0.0.0/0"
            } else {
                "\"::/0\""
            });
        }
        return any.into_iter().map(|cidr| block(cidr.to_owned())).collect();
    }
    addresses
        .iter()
        .map(|address| {
            let cidr = match address {
                IpAddr::V4(address) => format!("{address}/32"),
                IpAddr::V6(address) => format!("\"{address}/128\""),
            };
            let names: Vec<&str> = profile.names_of(address).into_iter().collect();
            block(if names.is_empty() {
                cidr
            } else {
                format!("{cidr} # {}", names.join(", "))
            })
        })
        .collect()
}

/// The part of a pod's `spec` that gives its container what the workload needs and no more.
#[must_use]
pub fn security_context(profile: &Profile) -> String {
    let name = file_name(&profile.workload);
    let mut text = format!(
        "# Into the spec of a pod. The filter goes to the node: /var/lib/kubelet/seccomp/profiles/{name}.json (bartizan profile show -o seccomp)\n\
         automountServiceAccountToken: false\ncontainers:\n  - name: {name}\n    securityContext:\n      allowPrivilegeEscalation: false\n      privileged: false\n      readOnlyRootFilesystem: true\n      capabilities:\n        drop: [ALL]\n"
    );
    match &profile.capabilities {
        Some(needed) => add(&mut text, needed.keys().map(String::as_str)),
        None => add(&mut text, DEFAULT_CAPABILITIES),
    }
    let _ = write!(
        text,
        "      seccompProfile:\n        type: Localhost\n        localhostProfile: profiles/{name}.json\n"
    );
    let places = writable(profile);
    if places.is_empty() {
        return text;
    }
    text.push_str("    volumeMounts:\n");
    for (index, place) in places.iter().enumerate() {
        let _ = write!(
            text,
            "      - name: writable-{index}\n        mountPath: {}\n",
            quoted(&place.path)
        );
        if !place.directory {
            let file = place.path.rsplit('/').next().unwrap_or_default();
            let _ = writeln!(text, "        subPath: {}", quoted(file));
        }
    }
    text.push_str("volumes:\n");
    for index in 0..places.len() {
        let _ = write!(text, "  - name: writable-{index}\n    emptyDir: {{}}\n");
    }
    text
}

fn add<'n>(text: &mut String, capabilities: impl IntoIterator<Item = &'n str>) {
    let names: Vec<&str> = capabilities
        .into_iter()
        .map(|name| name.trim_start_matches("CAP_"))
        .collect();
    if !names.is_empty() {
        let _ = writeln!(text, "        add: [{}]", names.join(", "));
    }
}

/// A text as a scalar of YAML
pub(super) fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calls::Architecture;
    use crate::profile::Access;
    use crate::window::Window;

    fn profile() -> Profile {
        let mut profile = Profile::new("shop/web", Architecture::X86_64);
        let mut window = Window {
            capabilities: Some(BTreeMap::from([("CAP_CHOWN".to_owned(), BTreeSet::new())])),
            ..Window::default()
        };
        window.calls.insert("read".to_owned());
        window.listens.insert((Transport::Tcp, [0, 0, 0, 0].into(), 8080));
        window
            .listens
            .insert((Transport::Tcp, [127, 0, 0, 1].into(), 9000));
        window
            .connects
            .insert((Transport::Tcp, [10, 1, 2, 3].into(), 5432));
        window
            .connects
            .insert((Transport::Tcp, [127, 0, 0, 1].into(), 6379));
        window
            .connects
            .insert((Transport::Udp, [192, 168, 0, 1].into(), 53));
        let change = Access {
            write: true,
            change: true,
            ..Access::default()
        };
        window.files.insert("/var/cache/web/x".to_owned(), change);
        profile.add(window, true);
        profile
    }

    #[test]
    fn connections_that_were_seen_are_allowed_and_those_within_the_pod_need_no_rule() {
        let policy = network_policy(&profile());
        assert!(policy.contains("name: shop-web"), "{policy}");
        assert!(
            policy.contains("port: 8080")
                && policy.contains("cidr: 10.1.2.3/32")
                && policy.contains("k8s-app: kube-dns")
        );
        assert!(
            !policy.contains("9000") && !policy.contains("6379") && !policy.contains("192.168"),
            "{policy}"
        );
    }

    #[test]
    fn callers_are_named_as_pods_where_they_are_known() {
        let mut profile = profile();
        let mut window = Window::default();
        window.calls.insert("read".to_owned());
        let (pod, other): (IpAddr, IpAddr) = ([10, 1, 0, 7].into(), [10, 1, 2, 3].into());
        window.peers.insert((Transport::Tcp, pod, 8080));
        window.peers.insert((Transport::Tcp, [127, 0, 0, 1].into(), 8080));
        window.names.insert("db.example.com".to_owned(), [other].into());
        window.names.insert("x\n# y".to_owned(), [other].into());
        let identity = PodIdentity {
            namespace: "shop".to_owned(),
            service_account: String::new(),
            labels: [("app".to_owned(), "front \"end\"".to_owned())].into(),
        };
        window.pods.insert(pod, [identity].into());
        profile.add(window, false);
        let policy = network_policy(&profile);
        assert!(
            policy.contains("kubernetes.io/metadata.name: \"shop\"")
                && policy.contains(r#""app": "front \"end\"""#),
            "{policy}"
        );
        assert!(
            policy.contains("cidr: 10.1.2.3/32 # db.example.com\n"),
            "{policy}"
        );
        assert!(
            !policy.contains("10.1.0.7") && !policy.contains("# y"),
            "{policy}"
        );
    }

    #[test]
    fn many_addresses_of_one_port_are_any() {
        let mut profile = profile();
        let mut window = Window::default();
        window.calls.insert("read".to_owned());
        for last in 0..40 {
            window
                .connects
                .insert((Transport::Tcp, [20, 0, 0, last].into(), 443));
        }
        profile.add(window, false);
        assert!(network_policy(&profile).contains("cidr: 0.0.0.0/0"));
    }

    #[test]
    fn a_container_gets_what_was_needed_and_places_to_write() {
        let context = security_context(&profile());
        assert!(context.contains("drop: [ALL]\n        add: [CHOWN]"), "{context}");
        assert!(context.contains("mountPath: \"/var/cache/web\""), "{context}");
    }
}
