//! Who can connect to whom, case by case.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    dead_code,
    reason = "a test fails by panicking, and not every test needs every helper"
)]

mod reaching;

use bartizan_deploy::reach::{Action, Manifests, Reach};
use proptest::prelude::*;
use reaching::{manifests, notes};
use std::convert::Infallible;

fn lines(manifests: &Manifests) -> Vec<String> {
    let mut reach = Reach::new(manifests).unwrap();
    let mut lines = Vec::new();
    let (sources, destinations) = (reach.sources(None), reach.destinations(None));
    let done: Result<(), Infallible> = reach.edges(&sources, &destinations, |edge| {
        lines.push(format!(
            "{} => {} : {}",
            edge.source, edge.destination, edge.connections
        ));
        Ok(())
    });
    done.unwrap();
    lines
}

/// Edges between workloads, those of addresses outside left out.
fn inside(text: &str) -> Vec<String> {
    let lines = lines(&manifests(text)).into_iter();
    lines.filter(|line| !line.contains("[External]")).collect()
}

fn published(text: &str) -> Vec<String> {
    let manifests = manifests(text);
    let mut reach = Reach::new(&manifests).unwrap();
    let published = reach.published(None).into_iter();
    published
        .map(|way| format!("{} <= {} : {}", way.workload, way.by, way.connections))
        .collect()
}

fn pod(name: &str, more: &str) -> String {
    format!(
        "---\n{{apiVersion: v1, kind: Pod, metadata: {{name: {name}, namespace: shop, labels: {{app: {name}}}}}, spec: {{containers: [{{name: c, ports: [{{name: http, containerPort: 8080}}]}}], {more}}}}}\n"
    )
}

fn network_policy(name: &str, app: &str, spec: &str) -> String {
    format!(
        "---\n{{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {{name: {name}, namespace: shop}}, spec: {{podSelector: {{matchLabels: {{app: {app}}}}}, {spec}}}}}\n"
    )
}

fn admin_policy(kind: &str, name: &str, spec: &str) -> String {
    format!(
        "---\n{{apiVersion: policy.networking.k8s.io/v1alpha1, kind: {kind}, metadata: {{name: {name}}}, spec: {{subject: {{namespaces: {{}}}}, {spec}}}}}\n"
    )
}

fn two() -> String {
    pod("web", "") + &pod("db", "")
}

#[test]
fn without_policies_everyone_reaches_everyone() {
    assert_eq!(
        lines(&manifests(&two())),
        [
            "0.0.0.0-255.255.255.255[External] => shop/db[Pod] : All Connections",
            "0.0.0.0-255.255.255.255[External] => shop/web[Pod] : All Connections",
            "shop/db[Pod] => 0.0.0.0-255.255.255.255[External] : All Connections",
            "shop/db[Pod] => shop/web[Pod] : All Connections",
            "shop/web[Pod] => 0.0.0.0-255.255.255.255[External] : All Connections",
            "shop/web[Pod] => shop/db[Pod] : All Connections",
        ]
    );
}

#[test]
fn a_policy_lets_through_what_its_rules_name_and_policies_add_up() {
    let one = network_policy(
        "one",
        "db",
        "ingress: [{from: [{podSelector: {matchLabels: {app: web}}}], ports: [{port: 5432}]}]",
    );
    let two_ports = network_policy(
        "two",
        "db",
        "ingress: [{ports: [{port: 6000, endPort: 6002, protocol: UDP}]}]",
    );
    assert_eq!(
        inside(&(two() + &one)),
        [
            "shop/db[Pod] => shop/web[Pod] : All Connections",
            "shop/web[Pod] => shop/db[Pod] : TCP 5432"
        ]
    );
    assert_eq!(
        inside(&(two() + &one + &two_ports))[1],
        "shop/web[Pod] => shop/db[Pod] : TCP 5432,UDP 6000-6002"
    );
}

#[test]
fn both_sides_must_allow() {
    let from = network_policy(
        "from",
        "web",
        "policyTypes: [Egress], egress: [{ports: [{port: 80, endPort: 90}]}]",
    );
    let to = network_policy("to", "db", "ingress: [{ports: [{port: 85, endPort: 99}]}]");
    assert_eq!(
        inside(&(two() + &from + &to))[1],
        "shop/web[Pod] => shop/db[Pod] : TCP 85-90"
    );
}

#[test]
fn a_named_port_is_that_of_the_destination() {
    let policy = network_policy(
        "named",
        "db",
        "ingress: [{ports: [{port: http}, {port: metrics}]}]",
    );
    assert_eq!(
        inside(&(two() + &policy))[1],
        "shop/web[Pod] => shop/db[Pod] : TCP 8080"
    );
}

#[test]
fn addresses_outside_are_cut_where_rules_cut_them() {
    let policy = network_policy(
        "block",
        "db",
        "ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/16]}}]}]",
    );
    let all = lines(&manifests(&(pod("db", "") + &policy)));
    assert_eq!(
        all[..2],
        [
            "10.0.0.0-10.0.255.255[External] => shop/db[Pod] : All Connections",
            "10.2.0.0-10.255.255.255[External] => shop/db[Pod] : All Connections"
        ]
    );
}

const EVERY: &str = "[{namespaces: {}}]";

#[test]
fn administrators_are_asked_first_and_pass_leaves_it_to_the_namespace() {
    let admin = admin_policy(
        "AdminNetworkPolicy",
        "first",
        &format!(
            "priority: 5, ingress: [{{action: Deny, from: {EVERY}, ports: [{{portNumber: {{port: 1, protocol: TCP}}}}]}}, \
             {{action: Pass, from: {EVERY}, ports: [{{portNumber: {{port: 2, protocol: TCP}}}}]}}, \
             {{action: Allow, from: {EVERY}, ports: [{{portRange: {{start: 1, end: 3, protocol: TCP}}}}]}}]"
        ),
    );
    let later = admin_policy(
        "AdminNetworkPolicy",
        "second",
        &format!("priority: 6, ingress: [{{action: Allow, from: {EVERY}}}]"),
    );
    let namespace = network_policy("namespace", "db", "ingress: [{ports: [{port: 2}, {port: 9}]}]");
    assert_eq!(
        inside(&(two() + &admin + &namespace))[1],
        "shop/web[Pod] => shop/db[Pod] : TCP 2-3,9"
    );
    let deny = network_policy("namespace", "db", "policyTypes: [Ingress]");
    assert_eq!(
        inside(&(two() + &later + &admin + &deny))[1],
        "shop/web[Pod] => shop/db[Pod] : SCTP 1-65535,TCP 3-65535,UDP 1-65535",
        "what an earlier one passes on is not asked of a later one"
    );
}

#[test]
fn the_baseline_is_asked_only_where_no_policy_of_the_namespace_governs() {
    let baseline = admin_policy(
        "BaselineAdminNetworkPolicy",
        "default",
        &format!("ingress: [{{action: Deny, from: {EVERY}}}]"),
    );
    let policy = network_policy("namespace", "db", "ingress: [{}]");
    assert_eq!(inside(&(two() + &baseline)), [""; 0]);
    assert_eq!(
        inside(&(two() + &baseline + &policy)),
        ["shop/web[Pod] => shop/db[Pod] : All Connections"]
    );
}

#[test]
fn a_workload_whose_pods_differ_reaches_what_any_of_them_does() {
    let owned = |name: &str, app: &str| {
        format!(
            "---\n{{apiVersion: v1, kind: Pod, metadata: {{name: {name}, namespace: shop, labels: {{app: {app}}}, ownerReferences: [{{kind: ReplicaSet, name: both, controller: true}}]}}, spec: {{containers: []}}}}\n"
        )
    };
    let policy = network_policy(
        "one",
        "db",
        "ingress: [{from: [{podSelector: {matchLabels: {app: old}}}], ports: [{port: 1}]}, {from: [{podSelector: {matchLabels: {app: new}}}], ports: [{port: 2}]}]",
    );
    let text = pod("db", "") + &owned("a", "old") + &owned("b", "new") + &policy;
    assert_eq!(
        inside(&text)[0],
        "shop/both[ReplicaSet] => shop/db[Pod] : TCP 1-2"
    );
}

#[test]
fn controllers_reach_what_ingresses_and_routes_lead_to() {
    let service = "---\n{apiVersion: v1, kind: Service, metadata: {name: web, namespace: shop}, spec: {selector: {app: web}, ports: [{port: 80, targetPort: http}, {port: 81}]}}\n";
    let ingress = "---\n{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: i, namespace: shop}, spec: {rules: [{http: {paths: [{backend: {service: {name: web, port: {number: 80}}}}]}}]}}\n";
    let route = "---\n{apiVersion: gateway.networking.k8s.io/v1, kind: HTTPRoute, metadata: {name: r, namespace: edge}, spec: {rules: [{backendRefs: [{name: web, namespace: shop, port: 81}]}]}}\n";
    let grant = "---\n{apiVersion: gateway.networking.k8s.io/v1beta1, kind: ReferenceGrant, metadata: {name: g, namespace: shop}, spec: {from: [{group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: edge}], to: [{group: '', kind: Service}]}}\n";
    let text = pod("web", "") + service + ingress + route;
    assert_eq!(
        inside(&text),
        ["{ingress-controller} => shop/web[Pod] : TCP 8080"]
    );
    assert_eq!(
        notes(&text),
        [
            "HTTPRoute edge/r: it leads to Service shop/web of another namespace, which no ReferenceGrant allows; it is not followed"
        ]
    );
    assert_eq!(
        inside(&(text + grant)),
        [
            "{gateway-controller} => shop/web[Pod] : TCP 81",
            "{ingress-controller} => shop/web[Pod] : TCP 8080"
        ]
    );
}

#[test]
fn what_is_published_is_said_with_what_policies_leave_of_it() {
    let service = |kind: &str, more: &str| {
        format!(
            "---\n{{apiVersion: v1, kind: Service, metadata: {{name: {}, namespace: shop}}, spec: {{type: {kind}, selector: {{app: web}}, ports: [{{port: 80, targetPort: 8080}}], {more}}}}}\n",
            kind.to_lowercase()
        )
    };
    let office = network_policy(
        "office",
        "web",
        "ingress: [{from: [{ipBlock: {cidr: 198.51.100.0/24}}]}]",
    );
    let text =
        pod("web", "") + &service("LoadBalancer", "") + &service("ClusterIP", "") + &service("NodePort", "");
    assert_eq!(
        published(&text),
        [
            "shop/web[Pod] <= Service shop/loadbalancer (LoadBalancer) : TCP 8080",
            "shop/web[Pod] <= Service shop/nodeport (NodePort) : TCP 8080"
        ]
    );
    let elsewhere = service("LoadBalancer", "loadBalancerSourceRanges: [203.0.113.0/24]");
    assert_eq!(
        published(&(pod("web", "") + &office + &elsewhere)),
        ["shop/web[Pod] <= Service shop/loadbalancer (LoadBalancer) : No Connections"]
    );
    assert_eq!(
        published(&pod("web", "hostNetwork: true")),
        ["shop/web[Pod] <= the network of the node : All Connections"]
    );
}

#[test]
fn why_names_the_policies_and_rules_that_decide() {
    let policy = network_policy("one", "db", "ingress: [{ports: [{port: 5432}]}]");
    let closed = network_policy("closed", "web", "policyTypes: [Egress]");
    let manifests = manifests(&(two() + &policy + &closed));
    let mut reach = Reach::new(&manifests).unwrap();
    let (from, to) = (reach.sources(Some("shop/web")), reach.destinations(Some("db")));
    let why = reach.why(from[0], to[0]);
    let short: Vec<_> = why
        .iter()
        .map(|reason| {
            (
                reason.policy.as_deref().unwrap(),
                reason.rule.as_deref(),
                reason.action,
            )
        })
        .collect();
    assert_eq!(
        short,
        [
            ("NetworkPolicy shop/closed", None, Action::Deny),
            ("NetworkPolicy shop/one", Some("1"), Action::Allow)
        ]
    );
}

#[test]
fn what_is_not_understood_is_said_and_nothing_else() {
    let foreign = "---\n{apiVersion: projectcalico.org/v3, kind: NetworkPolicy, metadata: {name: c, namespace: shop}}\n\
                   ---\n{apiVersion: v1, kind: ConfigMap, metadata: {name: m}}\n\
                   ---\n{apiVersion: example.com/v1, kind: Thing, metadata: {name: t}}\n";
    assert_eq!(
        notes(&(two() + foreign)),
        [
            "all.yaml:6: NetworkPolicy shop/c: objects of this kind decide who reaches whom, and are not understood"
        ]
    );
    let invalid = network_policy("bad", "db", "ingress: [{ports: [{port: 70000}]}]");
    assert_eq!(
        notes(&(two() + &invalid)),
        ["all.yaml:6: NetworkPolicy shop/bad: ingress: 70000-70000 is no range of ports"]
    );
    let governed = network_policy("one", "web", "");
    assert!(notes(&(pod("web", "hostNetwork: true") + &governed))[0].contains("the network of their node"));
}

#[test]
fn hostile_manifests_are_notes_and_never_names() {
    let newline =
        "{apiVersion: v1, kind: Pod, metadata: {name: \"a\\n0.0.0.0 => b\", namespace: x}, spec: {}}";
    assert_eq!(inside(newline), [""; 0]);
    assert_eq!(notes(newline).len(), 1);
    for text in [
        "apiVersion: v1\nkind: Pod\n\t@",
        "{apiVersion: v1, kind: Pod}",
        "{apiVersion: v1, kind: Service, metadata: {name: a}}",
        "{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: a}, spec: {ingress: 5}}",
        "{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: a}, spec: {podSelector: 5}}",
    ] {
        assert_eq!(notes(text).len(), 1, "{text}");
    }
}

#[test]
fn more_pairs_than_memory_holds_are_refused() {
    let blocks = |at: usize| format!("{{ipBlock: {{cidr: 10.{}.{}.0/24}}}}", at / 256, at % 256);
    let all: Vec<String> = (0..8000).map(blocks).collect();
    let rules = vec!["{}"; 40_000].join(", ");
    let wide = network_policy(
        "wide",
        "web",
        &format!("ingress: [{{from: [{}]}}]", all.join(", ")),
    );
    let long = network_policy("long", "web", &format!("ingress: [{rules}]"));
    let manifests = manifests(&(pod("web", "") + &wide + &long));
    assert!(Reach::new(&manifests).is_err());
}

fn label() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["web", "db", "job"])
}

fn rule() -> impl Strategy<Value = String> {
    let peer = prop_oneof![
        Just("{podSelector: {}}".to_owned()),
        Just("{namespaceSelector: {}}".to_owned()),
        Just("{ipBlock: {cidr: 10.0.0.0/8}}".to_owned()),
        label().prop_map(|app| format!("{{podSelector: {{matchLabels: {{app: {app}}}}}}}")),
    ];
    (prop::collection::vec(peer, 0..3), prop::option::of(1u16..100))
        .prop_map(|(peers, port)| {
            let ports = port.map_or_else(String::new, |port| format!(", ports: [{{port: {port}}}]"));
            (peers.join(", "), ports)
        })
        .prop_map(|(peers, ports)| {
            (if peers.is_empty() {
                String::new()
            } else {
                format!("PEERS: [{peers}]")
            }) + &ports
        })
        .prop_map(|rule| format!("{{{}}}", rule.trim_start_matches(", ")))
}

fn policies() -> impl Strategy<Value = Vec<String>> {
    let rules = || prop::collection::vec(rule(), 0..3);
    let one = (label(), rules(), rules()).prop_map(|(app, to, from)| {
        let (to, from) = (
            to.join(", ").replace("PEERS", "from"),
            from.join(", ").replace("PEERS", "to"),
        );
        (app, format!("ingress: [{to}], egress: [{from}]"))
    });
    prop::collection::vec(one, 0..5).prop_map(|all| {
        let all = all.into_iter().enumerate();
        all.map(|(at, (app, spec))| network_policy(&format!("p{at}"), app, &spec))
            .collect()
    })
}

proptest! {
    #[test]
    fn a_mangled_manifest_ends_in_an_answer(from in any::<prop::sample::Index>(), length in 0usize..40, with in "[ -~\\n]{0,12}") {
        let mut text = include_str!("../../../fuzz/seeds/reach/shop.yaml").to_owned();
        let from = from.index(text.len());
        let to = (from + length).min(text.len());
        text.replace_range(from..to, &with);
        let manifests = manifests(&text);
        let _ = lines(&manifests);
        let mut reach = Reach::new(&manifests).unwrap();
        let _ = reach.published(None);
        for (source, destination) in reach.sources(None).into_iter().zip(reach.destinations(None)) {
            let _ = reach.why(source, destination);
        }
    }

    #[test]
    fn the_order_of_manifests_changes_nothing(policies in policies(), seed in any::<u64>()) {
        let mut documents = vec![pod("web", ""), pod("db", ""), pod("job", "")];
        documents.extend(policies);
        let before = lines(&manifests(&documents.concat()));
        let count = documents.len();
        documents.rotate_left(usize::try_from(seed).unwrap_or(0) % count);
        documents.swap(0, count - 1);
        prop_assert_eq!(lines(&manifests(&documents.concat())), before);
    }

    #[test]
    fn a_further_policy_that_allows_everything_closes_nothing_that_a_policy_left_open(policies in policies()) {
        let pods = pod("web", "") + &pod("db", "") + &pod("job", "") + &policies.concat();
        let before = lines(&manifests(&pods)).len();
        let open = ["web", "db", "job"].map(|app| network_policy(&format!("open-{app}"), app, "policyTypes: [Ingress, Egress], ingress: [{}], egress: [{}]"));
        let after = lines(&manifests(&(pods + &open.concat())));
        prop_assert!(after.len() >= before);
        prop_assert!(after.iter().all(|line| line.ends_with(" : All Connections")));
    }
}
