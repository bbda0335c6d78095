//! What policies of Cilium let through, case by case.
//!
//! Source: <https://docs.cilium.io/en/stable/security/policy/>.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    dead_code,
    reason = "a test fails by panicking, and not every test needs every helper"
)]

mod reaching;

use proptest::prelude::*;
use reaching::{all, inside, into, mangled, namespace, notes, object, of, pairs, pod, why};

fn two() -> String {
    pod("shop", "web", "", "") + &pod("shop", "db", "", "")
}

fn cilium(name: &str, app: &str, spec: &str) -> String {
    let spec = format!("endpointSelector: {{matchLabels: {{app: {app}}}}}, {spec}");
    object("cilium.io/v2", "CiliumNetworkPolicy", "shop", name, &spec)
}

fn clusterwide(name: &str, spec: &str) -> String {
    format!(
        "---\n{{apiVersion: cilium.io/v2, kind: CiliumClusterwideNetworkPolicy, metadata: {{name: {name}}}, spec: {{{spec}}}}}\n"
    )
}

const FROM_WEB: &str = "fromEndpoints: [{matchLabels: {app: web}}]";

#[test]
fn a_rule_closes_its_direction_and_lets_through_what_it_names() {
    let policy = cilium(
        "one",
        "db",
        &format!("ingress: [{{{FROM_WEB}, toPorts: [{{ports: [{{port: '5432', protocol: TCP}}]}}]}}]"),
    );
    assert_eq!(
        into(&(two() + &policy), "shop/db"),
        ["shop/web => shop/db : TCP 5432"]
    );
    assert_eq!(
        of(&(two() + &policy), "shop/db =>").len(),
        2,
        "egress of it stays open"
    );
}

#[test]
fn an_empty_rule_closes_and_allows_nothing_and_an_empty_section_does_nothing() {
    let closed = cilium("one", "db", "ingress: [{}]");
    assert_eq!(into(&(two() + &closed), "shop/db"), [""; 0]);
    let nothing = cilium("one", "db", "ingress: []");
    assert_eq!(into(&(two() + &nothing), "shop/db").len(), 2);
    let nobody = cilium("one", "db", "ingress: [{fromEndpoints: []}]");
    assert_eq!(into(&(two() + &nobody), "shop/db"), [""; 0]);
}

#[test]
fn without_a_peer_a_port_is_open_to_everyone_and_without_a_protocol_for_every_one() {
    let policy = cilium(
        "one",
        "db",
        "ingress: [{toPorts: [{ports: [{port: '53'}, {port: http, protocol: TCP}, {port: '90', endPort: 92, protocol: UDP}]}]}]",
    );
    assert_eq!(
        into(&(two() + &policy), "shop/db"),
        [
            "0.0.0.0-255.255.255.255[External] => shop/db : SCTP 53,TCP 53,8080,UDP 53,90-92",
            "shop/web => shop/db : SCTP 53,TCP 53,8080,UDP 53,90-92"
        ]
    );
}

#[test]
fn selectors_stay_within_the_namespace_unless_they_name_one() {
    let pods = two() + &pod("other", "web", "", "") + &namespace("other", "team: red");
    let own = cilium("one", "db", "ingress: [{fromEndpoints: [{}]}]");
    assert_eq!(
        into(&(pods.clone() + &own), "shop/db"),
        ["shop/web => shop/db : All Connections"]
    );
    for selector in [
        "matchLabels: {'k8s:io.kubernetes.pod.namespace': other}",
        "matchLabels: {io.kubernetes.pod.namespace: other, 'k8s:app': web}",
        "matchLabels: {'io.cilium.k8s.namespace.labels.team': red}",
        "matchExpressions: [{key: io.kubernetes.pod.namespace, operator: NotIn, values: [shop]}]",
    ] {
        let policy = cilium(
            "one",
            "db",
            &format!("ingress: [{{fromEndpoints: [{{{selector}}}]}}]"),
        );
        assert_eq!(
            into(&(pods.clone() + &policy), "shop/db"),
            ["other/web => shop/db : All Connections"],
            "{selector}"
        );
    }
}

#[test]
fn service_accounts_are_labels() {
    let pods = two() + &pod("shop", "job", "", ", serviceAccountName: robot");
    let policy = cilium(
        "one",
        "db",
        "ingress: [{fromEndpoints: [{matchLabels: {io.cilium.k8s.policy.serviceaccount: robot}}]}]",
    );
    assert_eq!(
        into(&(pods + &policy), "shop/db"),
        ["shop/job => shop/db : All Connections"]
    );
}

#[test]
fn what_is_denied_is_denied_whatever_others_allow_and_also_network_policies() {
    let deny = cilium(
        "deny",
        "db",
        &format!("ingressDeny: [{{{FROM_WEB}, toPorts: [{{ports: [{{port: '80', protocol: TCP}}]}}]}}]"),
    );
    assert_eq!(
        into(&(two() + &deny), "shop/db"),
        [""; 0],
        "a section that only denies closes the direction too"
    );
    let allow = object(
        "networking.k8s.io/v1",
        "NetworkPolicy",
        "shop",
        "allow",
        "podSelector: {}, ingress: [{ports: [{port: 79, endPort: 81}]}]",
    );
    assert_eq!(
        into(&(two() + &deny + &allow), "shop/db"),
        [
            "0.0.0.0-255.255.255.255[External] => shop/db : TCP 79-81",
            "shop/web => shop/db : TCP 79,81"
        ]
    );
    let open = deny.replace("ingressDeny", "enableDefaultDeny: {ingress: false}, ingressDeny");
    assert_eq!(
        into(&(two() + &open), "shop/db"),
        [
            "0.0.0.0-255.255.255.255[External] => shop/db : All Connections",
            "shop/web => shop/db : SCTP 1-65535,TCP 1-79,81-65535,UDP 1-65535"
        ]
    );
}

#[test]
fn network_policies_and_those_of_cilium_add_up() {
    let one = cilium(
        "one",
        "db",
        "ingress: [{toPorts: [{ports: [{port: '1', protocol: TCP}]}]}]",
    );
    let other = object(
        "networking.k8s.io/v1",
        "NetworkPolicy",
        "shop",
        "other",
        "podSelector: {}, ingress: [{ports: [{port: 2}]}]",
    );
    assert_eq!(
        into(&(two() + &one + &other), "shop/db")[1],
        "shop/web => shop/db : TCP 1-2"
    );
}

#[test]
fn entities_are_who_they_are_called() {
    let policy = |entity: &str| cilium("one", "db", &format!("ingress: [{{fromEntities: [{entity}]}}]"));
    let everyone = |entity: &str| into(&(two() + &policy(entity)), "shop/db");
    assert_eq!(
        everyone("world"),
        ["0.0.0.0-255.255.255.255[External] => shop/db : All Connections"]
    );
    assert_eq!(
        everyone("cluster"),
        [
            "shop/web => shop/db : All Connections",
            "{remote-node} => shop/db : All Connections"
        ]
    );
    assert_eq!(everyone("all").len(), 2);
    assert_eq!(
        everyone("kube-apiserver"),
        ["{kube-apiserver} => shop/db : All Connections"]
    );
    let out = cilium(
        "one",
        "web",
        "egress: [{toEntities: [host], toPorts: [{ports: [{port: '8125', protocol: UDP}]}]}]",
    );
    assert_eq!(
        of(&(two() + &out), "shop/web =>"),
        ["shop/web => {host} : UDP 8125"]
    );
}

#[test]
fn pods_on_the_network_of_their_node_are_nodes_to_cilium() {
    let pods = two() + &pod("shop", "agent", "", ", hostNetwork: true");
    let by_label = cilium(
        "one",
        "db",
        "ingress: [{fromEndpoints: [{matchLabels: {app: agent}}]}]",
    );
    assert_eq!(into(&(pods.clone() + &by_label), "shop/db"), [""; 0]);
    let nodes = cilium("one", "db", "ingress: [{fromEntities: [host, remote-node]}]");
    assert!(
        into(&(pods.clone() + &nodes), "shop/db")[0].contains("whether they are on the same node"),
        "host and remote-node are asked about one by one"
    );
    let cluster = cilium("one", "db", "ingress: [{fromEntities: [cluster]}]");
    assert_eq!(
        into(&(pods + &cluster), "shop/db")[0],
        "shop/agent => shop/db : All Connections"
    );
}

#[test]
fn blocks_of_addresses_are_outside_and_groups_of_them_are_looked_up() {
    let policy = cilium(
        "one",
        "db",
        "ingress: [{fromCIDR: [10.0.0.7]}, {fromCIDRSet: [{cidr: 192.0.2.0/24, except: [192.0.2.0/25]}, {cidrGroupRef: office}]}]",
    );
    let group = "---\n{apiVersion: cilium.io/v2, kind: CiliumCIDRGroup, metadata: {name: office}, spec: {externalCIDRs: [198.51.100.0/24]}}\n";
    assert_eq!(
        into(&(two() + &policy + group), "shop/db"),
        [
            "10.0.0.7-10.0.0.7[External] => shop/db : All Connections",
            "192.0.2.128-192.0.2.255[External] => shop/db : All Connections",
            "198.51.100.0-198.51.100.255[External] => shop/db : All Connections"
        ]
    );
    assert_eq!(
        notes(&(two() + &policy)),
        [
            "CiliumNetworkPolicy shop/one: connections depend on what is not known: whether its address is in CiliumCIDRGroup office, which is in no manifest"
        ]
    );
}

#[test]
fn names_outside_are_a_condition_and_no_doubt() {
    let policy = cilium(
        "one",
        "web",
        "egress: [{toFQDNs: [{matchName: api.example.com}, {matchPattern: '*.example.org'}], toPorts: [{ports: [{port: '443', protocol: TCP}]}]}]",
    );
    let text = two() + &policy;
    assert_eq!(
        of(&text, "shop/web =>"),
        [
            "shop/web => 0.0.0.0-255.255.255.255[External] : TCP 443 (only addresses of api.example.com, *.example.org)"
        ]
    );
    assert_eq!(notes(&text), [""; 0]);
}

#[test]
fn rules_on_requests_are_conditions_and_a_rule_without_them_lifts_them() {
    let rule = |rules: &str| {
        format!(
            "{{{FROM_WEB}, toPorts: [{{ports: [{{port: '80', protocol: TCP}}], rules: {{http: [{rules}]}}}}]}}"
        )
    };
    let gets = rule("{method: GET, path: /public}, {path: /health}");
    let one = cilium("one", "db", &format!("ingress: [{gets}]"));
    assert_eq!(
        into(&(two() + &one), "shop/db"),
        ["shop/web => shop/db : TCP 80 (only GET /public or requests to /health)"]
    );
    let posts = cilium(
        "two",
        "db",
        &format!(
            "ingress: [{}]",
            rule("{method: POST, host: a.example, headers: [x-team]}")
        ),
    );
    assert_eq!(
        into(&(two() + &one + &posts), "shop/db"),
        [
            "shop/web => shop/db : TCP 80 (only GET /public or requests to /health or POST of host a.example with header x-team)"
        ]
    );
    let plain = cilium(
        "three",
        "db",
        &format!(
            "ingress: [{{{FROM_WEB}, toPorts: [{{ports: [{{port: '80', protocol: TCP}}, {{port: '81', protocol: TCP}}]}}]}}]"
        ),
    );
    assert_eq!(
        into(&(two() + &one + &plain), "shop/db"),
        ["shop/web => shop/db : TCP 80-81"]
    );
    let open = one.replace("ingress:", "enableDefaultDeny: {ingress: false}, ingress:");
    assert_eq!(
        into(&(two() + &open), "shop/db")[1],
        "shop/web => shop/db : All Connections (TCP 80 only GET /public or requests to /health)",
        "rules on requests hold also where nothing is closed"
    );
}

#[test]
fn conditions_of_both_sides_must_hold() {
    let out = cilium(
        "out",
        "web",
        "egress: [{toEndpoints: [{}], toPorts: [{ports: [{port: '80', protocol: TCP}], rules: {http: [{method: GET}]}}]}]",
    );
    let back = cilium(
        "in",
        "db",
        "ingress: [{toPorts: [{ports: [{port: '80', protocol: TCP}], rules: {http: [{path: /a}]}}]}]",
    );
    assert_eq!(
        into(&(two() + &out + &back), "shop/db")[1],
        "shop/web => shop/db : TCP 80 (only requests to /a; only GET)"
    );
}

#[test]
fn queries_and_streams_are_told_in_words() {
    let dns = cilium(
        "dns",
        "web",
        "egress: [{toEndpoints: [{}], toPorts: [{ports: [{port: '53', protocol: ANY}], rules: {dns: [{matchPattern: '*.example.com'}]}}]}, {toEndpoints: [{}], toPorts: [{ports: [{port: '9092', protocol: TCP}], rules: {kafka: [{role: produce, topic: orders}]}}]}]",
    );
    assert_eq!(
        inside(&(two() + &dns))[1],
        "shop/web => shop/db : SCTP 53,TCP 53,9092,UDP 53 (SCTP 53,TCP 53,UDP 53 only DNS queries for *.example.com; TCP 9092 only Kafka produce of topic orders)"
    );
}

#[test]
fn services_are_the_pods_that_they_select() {
    let service = "---\n{apiVersion: v1, kind: Service, metadata: {name: db, namespace: shop, labels: {kind: store}}, spec: {selector: {app: db}, ports: [{port: 1}]}}\n";
    for named in [
        "{k8sService: {serviceName: db, namespace: shop}}",
        "{k8sServiceSelector: {selector: {matchLabels: {kind: store}}}}",
    ] {
        let policy = cilium("one", "web", &format!("egress: [{{toServices: [{named}]}}]"));
        assert_eq!(
            of(&(two() + service + &policy), "shop/web =>"),
            ["shop/web => shop/db : All Connections"]
        );
    }
    let policy = cilium(
        "one",
        "web",
        "egress: [{toServices: [{k8sService: {serviceName: gone}}]}]",
    );
    assert!(notes(&(two() + &policy))[0].contains("Service shop/gone, which is in no manifest"));
}

#[test]
fn policies_of_the_cluster_govern_all_namespaces() {
    let pods = two() + &pod("other", "db", "", "");
    let policy = clusterwide(
        "one",
        "endpointSelector: {matchLabels: {app: db}}, ingress: [{fromEndpoints: [{matchLabels: {app: web}}]}]",
    );
    assert_eq!(
        inside(&(pods + &policy))
            .into_iter()
            .filter(|line| line.contains("/db :"))
            .collect::<Vec<_>>(),
        [
            "shop/web => other/db : All Connections",
            "shop/web => shop/db : All Connections"
        ]
    );
    let nodes = clusterwide("two", "nodeSelector: {}, ingress: [{fromEntities: [cluster]}]");
    assert_eq!(
        notes(&(two() + &nodes)),
        [
            "all.yaml:6: CiliumClusterwideNetworkPolicy two: it governs nodes, which are in no manifest, and is not followed"
        ]
    );
}

#[test]
fn what_cilium_refuses_counts_as_absent_and_is_said() {
    for (spec, why) in [
        (
            "ingress: [{fromEndpoints: [{}], fromCIDR: [10.0.0.0/8]}]",
            "stands beside",
        ),
        ("ingress: [{fromEntities: [moon]}]", "no entity"),
        (
            "ingress: [{toPorts: [{ports: [{port: 80}]}]}]",
            "a port is not text",
        ),
        (
            "egressDeny: [{toFQDNs: [{matchName: a}]}]",
            "names are not denied",
        ),
        (
            "ingress: [{toPorts: [{ports: [{port: '53'}], rules: {dns: [{matchName: a}]}}]}]",
            "queries",
        ),
        (
            "ingress: [{icmps: [{}], toPorts: [{ports: [{port: '1'}]}]}]",
            "icmps",
        ),
        ("nodeSelector: {}", "endpoints and nodes"),
        ("ingress: 5", "not a list"),
    ] {
        let text = two() + &cilium("bad", "db", spec);
        let notes = notes(&text);
        assert!(notes.len() == 1 && notes[0].contains(why), "{spec}: {notes:?}");
        assert_eq!(into(&text, "shop/db").len(), 2, "{spec}");
    }
}

#[test]
fn policies_of_administrators_beside_those_of_cilium_are_said() {
    let admin = "---\n{apiVersion: policy.networking.k8s.io/v1alpha1, kind: AdminNetworkPolicy, metadata: {name: first}, spec: {priority: 1, subject: {namespaces: {}}, ingress: [{action: Deny, from: [{namespaces: {}}]}]}}\n";
    let policy = cilium("one", "db", "ingress: [{fromEndpoints: [{}]}]");
    assert_eq!(into(&(two() + admin + &policy), "shop/db"), [""; 0]);
    assert!(notes(&(two() + admin + &policy))[0].starts_with("AdminNetworkPolicy first: how it meets"));
}

#[test]
fn messages_of_icmp_are_no_connections() {
    let policy = cilium(
        "one",
        "db",
        "ingress: [{fromEndpoints: [{}], icmps: [{fields: [{type: 8}]}]}]",
    );
    assert_eq!(into(&(two() + &policy), "shop/db"), [""; 0]);
}

#[test]
fn labels_of_other_sources_leave_it_open_who_is_meant() {
    let policy = cilium(
        "one",
        "db",
        "ingress: [{fromEndpoints: [{matchLabels: {'container:app': web}}]}]",
    );
    assert!(
        into(&(two() + &policy), "shop/db")[0]
            .contains("not known: it is selected by the label container:app")
    );
}

#[test]
fn the_policies_that_decide_are_told() {
    let policy = cilium(
        "one",
        "db",
        &format!(
            "ingress: [{{{FROM_WEB}, toPorts: [{{ports: [{{port: '80', protocol: TCP}}], rules: {{http: [{{method: GET}}]}}}}]}}], ingressDeny: [{{fromEntities: [world]}}]"
        ),
    );
    assert_eq!(
        why(&(two() + &policy), "shop/web", "shop/db"),
        [
            "Network - - Allow All Connections -",
            "Network CiliumNetworkPolicy shop/one 1 Allow TCP 80 GET"
        ]
    );
    assert_eq!(
        why(&(two() + &policy), "external", "shop/db"),
        ["Network CiliumNetworkPolicy shop/one 1 of ingressDeny Deny All Connections -"]
    );
}

fn section() -> impl Strategy<Value = String> {
    let peer = prop::sample::select(vec![
        "fromEndpoints: [{}]",
        "fromEndpoints: [{matchLabels: {app: web}}]",
        "fromEntities: [world]",
        "fromEntities: [cluster]",
        "fromEntities: [kube-apiserver]",
        "fromCIDR: [10.0.0.0/8]",
        "fromCIDRSet: [{cidrGroupRef: gone}]",
    ]);
    let ports = prop::sample::select(vec![
        "",
        ", toPorts: [{ports: [{port: '80', protocol: TCP}]}]",
        ", toPorts: [{ports: [{port: '70', endPort: 90, protocol: TCP}], rules: {http: [{method: GET}]}}]",
    ]);
    (peer, ports).prop_map(|(peer, ports)| format!("{{{peer}{ports}}}"))
}

fn some_policies() -> impl Strategy<Value = Vec<String>> {
    let app = prop::sample::select(vec!["web", "db"]);
    let one = (app, prop::collection::vec(section(), 1..3)).prop_map(|(app, rules)| (app, rules.join(", ")));
    prop::collection::vec(one, 0..4).prop_map(|all| {
        let all = all.into_iter().enumerate();
        all.map(|(at, (app, rules))| cilium(&format!("p{at}"), app, &format!("ingress: [{rules}]")))
            .collect()
    })
}

/// A policy for nobody that names all that others may, so that they cut and name nothing anew.
fn naming() -> String {
    let rules = "{fromCIDR: [10.0.0.0/8]}, {fromEntities: [cluster]}, {fromEntities: [kube-apiserver]}";
    cilium("naming", "nobody", &format!("ingress: [{rules}]"))
}

proptest! {
    #[test]
    fn the_order_of_policies_changes_nothing(mut policies in some_policies()) {
        let before = all(&(two() + &policies.concat()));
        policies.reverse();
        prop_assert_eq!(all(&(policies.concat() + &two())), before);
    }

    #[test]
    fn a_denial_never_lets_more_through(policies in some_policies(), rule in section()) {
        prop_assume!(!rule.contains("http"));
        let base = two() + &policies.concat() + &cilium("base", "db", "ingress: [{}]") + &naming();
        let deny = base.clone() + &cilium("deny", "db", &format!("ingressDeny: [{rule}]"));
        let (before, after) = (pairs(&base), pairs(&deny));
        prop_assert!(after.is_subset(&before));
    }

    #[test]
    fn an_allowance_never_lets_less_through(policies in some_policies(), rule in section()) {
        let base = two() + &policies.concat() + &cilium("base", "db", "ingress: [{}]") + &naming();
        let more = base.clone() + &cilium("more", "db", &format!("ingress: [{rule}]"));
        let (before, after) = (pairs(&base), pairs(&more));
        prop_assert!(before.is_subset(&after));
    }

    #[test]
    fn a_mangled_policy_ends_in_an_answer(from in any::<prop::sample::Index>(), length in 0usize..40, with in "[ -~\\n]{0,12}") {
        let text = two() + &cilium("one", "db", "ingress: [{fromEndpoints: [{matchLabels: {'k8s:io.kubernetes.pod.namespace': shop}}], toPorts: [{ports: [{port: '80', protocol: TCP}], rules: {http: [{method: GET}]}}]}], egress: [{toFQDNs: [{matchName: a}]}, {toEntities: [world]}]");
        let _ = all(&mangled(text, from, length, &with));
    }
}
