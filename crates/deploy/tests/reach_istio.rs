//! What a mesh of Istio lets through, case by case.
//!
//! Source: <https://istio.io/latest/docs/reference/config/security/>, <https://istio.io/latest/docs/reference/config/networking/sidecar/>.

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
use reaching::{all, into, mangled, namespace, notes, object, of, pairs, pod, why};

const SECURITY: &str = "security.istio.io/v1";
const NETWORKING: &str = "networking.istio.io/v1";

/// A namespace in the mesh with two pods, and one outside with another.
fn mesh() -> String {
    namespace("shop", "istio-injection: enabled")
        + &namespace("old", "")
        + &namespace("istio-system", "")
        + &pod("shop", "web", "", ", serviceAccountName: web")
        + &pod("shop", "db", "", "")
        + &pod("old", "job", "", "")
}

fn authorization(name: &str, spec: &str) -> String {
    let spec = format!("selector: {{matchLabels: {{app: db}}}}, {spec}");
    object(SECURITY, "AuthorizationPolicy", "shop", name, &spec)
}

fn strict(namespace: &str, spec: &str) -> String {
    object(SECURITY, "PeerAuthentication", namespace, "default", spec)
}

const STRICT: &str = "mtls: {mode: STRICT}";
const OUTSIDE: &str = "0.0.0.0-255.255.255.255[External]";
const WITHOUT_TCP: &str = "SCTP 1-65535,UDP 1-65535";

#[test]
fn strict_mutual_tls_refuses_who_is_outside_the_mesh_and_sees_only_tcp() {
    for scope in ["shop", "istio-system"] {
        assert_eq!(
            into(&(mesh() + &strict(scope, STRICT)), "shop/db"),
            [
                format!("{OUTSIDE} => shop/db : {WITHOUT_TCP}"),
                format!("old/job => shop/db : {WITHOUT_TCP}"),
                "shop/web => shop/db : All Connections".to_owned(),
            ],
            "{scope}"
        );
    }
    assert_eq!(
        into(&(mesh() + &strict("shop", STRICT)), "old/job").len(),
        3,
        "no policy of a mesh holds outside of it"
    );
    assert_eq!(
        into(&(mesh() + &strict("shop", "mtls: {mode: PERMISSIVE}")), "shop/db").len(),
        3
    );
}

#[test]
fn the_narrower_mode_counts_and_unset_leaves_it_to_the_wider() {
    let mesh_wide = strict("istio-system", STRICT);
    let of_namespace = |mode: &str| strict("shop", &format!("mtls: {{mode: {mode}}}"));
    let open = format!("{OUTSIDE} => shop/db : All Connections");
    let closed = format!("{OUTSIDE} => shop/db : {WITHOUT_TCP}");
    let first = |text: &str| into(&(mesh() + text), "shop/db").remove(0);
    assert_eq!(first(&(mesh_wide.clone() + &of_namespace("PERMISSIVE"))), open);
    assert_eq!(first(&(mesh_wide.clone() + &of_namespace("UNSET"))), closed);
    let of_pod = object(
        SECURITY,
        "PeerAuthentication",
        "shop",
        "db",
        "selector: {matchLabels: {app: db}}, mtls: {mode: DISABLE}",
    );
    assert_eq!(first(&(mesh_wide + &of_pod)), open);
}

#[test]
fn modes_of_ports_hold_where_a_service_leads_to_them() {
    let service = "---\n{apiVersion: v1, kind: Service, metadata: {name: db, namespace: shop}, spec: {selector: {app: db}, ports: [{port: 80, targetPort: 8080}]}}\n";
    let peers = object(
        SECURITY,
        "PeerAuthentication",
        "shop",
        "db",
        "selector: {matchLabels: {app: db}}, mtls: {mode: STRICT}, portLevelMtls: {8080: {mode: DISABLE}}",
    );
    let text = mesh() + &peers;
    assert_eq!(
        into(&(text.clone() + service), "shop/db")[1],
        "old/job => shop/db : SCTP 1-65535,TCP 8080,UDP 1-65535"
    );
    assert!(
        into(&text, "shop/db")[1].contains("(TCP 8080 not known: which PeerAuthentication counts"),
        "{:?}",
        into(&text, "shop/db")
    );
    assert_eq!(notes(&text).len(), 1);
}

#[test]
fn an_allowance_closes_everything_else_and_names_who_by_what_they_prove() {
    for source in [
        "principals: [cluster.local/ns/shop/sa/web]",
        "principals: ['*/ns/shop/sa/web']",
        "principals: ['cluster.local/ns/shop/*']",
        "namespaces: [shop]",
        "namespaces: ['sho*']",
        "serviceAccounts: [web]",
        "serviceAccounts: [shop/web]",
    ] {
        let policy = authorization("one", &format!("rules: [{{from: [{{source: {{{source}}}}}]}}]"));
        assert_eq!(
            into(&(mesh() + &policy), "shop/db"),
            [
                format!("{OUTSIDE} => shop/db : {WITHOUT_TCP}"),
                format!("old/job => shop/db : {WITHOUT_TCP}"),
                "shop/web => shop/db : All Connections".to_owned(),
            ],
            "{source}"
        );
    }
}

#[test]
fn who_proves_nothing_is_not_among_those_who_are_excepted() {
    let policy = authorization(
        "one",
        "action: DENY, rules: [{from: [{source: {notPrincipals: ['*']}}]}]",
    );
    assert_eq!(
        into(&(mesh() + &policy), "shop/db"),
        [
            format!("{OUTSIDE} => shop/db : {WITHOUT_TCP}"),
            format!("old/job => shop/db : {WITHOUT_TCP}"),
            "shop/web => shop/db : All Connections".to_owned(),
        ]
    );
    let not = authorization("one", "rules: [{from: [{source: {notNamespaces: [shop]}}]}]");
    assert_eq!(
        into(&(mesh() + &not), "shop/db"),
        [
            format!("{OUTSIDE} => shop/db : All Connections"),
            "old/job => shop/db : All Connections".to_owned(),
            format!("shop/web => shop/db : {WITHOUT_TCP}"),
        ]
    );
}

#[test]
fn nothing_allows_nothing_and_an_empty_rule_everything() {
    let nothing = authorization("one", "action: ALLOW");
    assert_eq!(
        into(&(mesh() + &nothing), "shop/db")[2],
        format!("shop/web => shop/db : {WITHOUT_TCP}")
    );
    let everything = authorization("two", "rules: [{}]");
    assert_eq!(
        into(&(mesh() + &nothing + &everything), "shop/db")[2],
        "shop/web => shop/db : All Connections"
    );
    let denies_nothing = authorization("three", "action: DENY");
    assert_eq!(
        into(&(mesh() + &denies_nothing), "shop/db")[2],
        "shop/web => shop/db : All Connections"
    );
}

#[test]
fn denials_come_before_allowances_and_ports_are_cut() {
    let allow = authorization(
        "allow",
        "rules: [{to: [{operation: {ports: ['80', '81', '82']}}]}]",
    );
    let deny = authorization(
        "deny",
        "action: DENY, rules: [{to: [{operation: {ports: ['81']}}]}, {when: [{key: destination.port, values: ['82']}]}]",
    );
    assert_eq!(
        into(&(mesh() + &allow + &deny), "shop/db")[2],
        "shop/web => shop/db : SCTP 1-65535,TCP 80,UDP 1-65535"
    );
    let all_but = authorization("allow", "rules: [{to: [{operation: {notPorts: ['81']}}]}]");
    assert_eq!(
        into(&(mesh() + &all_but), "shop/db")[2],
        "shop/web => shop/db : SCTP 1-65535,TCP 1-80,82-65535,UDP 1-65535"
    );
}

#[test]
fn what_is_asked_of_requests_is_a_condition() {
    let allow = authorization(
        "allow",
        "rules: [{from: [{source: {namespaces: [shop], requestPrincipals: ['*']}}], to: [{operation: {methods: [GET, HEAD], paths: ['/api/*'], ports: ['8080']}}], when: [{key: 'request.headers[x-team]', values: [red]}]}]",
    );
    let deny = authorization(
        "deny",
        "action: DENY, rules: [{to: [{operation: {paths: [/admin], hosts: [a.example]}}]}]",
    );
    let text = mesh() + &allow + &deny;
    assert_eq!(
        into(&text, "shop/db")[2],
        "shop/web => shop/db : SCTP 1-65535,TCP 8080,UDP 1-65535 (TCP 8080 only GET, HEAD /api/*, request.headers[x-team] of red, with a token of *; TCP 8080 not requests to /admin of host a.example)"
    );
    assert_eq!(notes(&text), [""; 0], "conditions are understood");
}

#[test]
fn where_no_requests_are_seen_what_is_asked_of_them_is_never_met_by_an_allowance_and_always_by_a_denial() {
    let service = "---\n{apiVersion: v1, kind: Service, metadata: {name: db, namespace: shop}, spec: {selector: {app: db}, ports: [{name: tcp-sql, port: 5432}, {name: web, port: 80, appProtocol: http}]}}\n";
    let rules = "rules: [{to: [{operation: {methods: [GET], ports: ['80', '5432']}}]}]";
    let text = mesh() + service;
    assert_eq!(
        into(&(text.clone() + &authorization("one", rules)), "shop/db")[2],
        "shop/web => shop/db : SCTP 1-65535,TCP 80,UDP 1-65535 (TCP 80 only GET)"
    );
    assert_eq!(
        into(
            &(text + &authorization("one", &format!("action: DENY, {rules}"))),
            "shop/db"
        )[2],
        "shop/web => shop/db : SCTP 1-65535,TCP 1-5431,5433-65535,UDP 1-65535 (TCP 80 not GET)"
    );
    let calm = namespace("calm", "istio.io/dataplane-mode: ambient") + &pod("calm", "db", "", "");
    let policy = authorization("one", rules).replace("namespace: shop", "namespace: calm");
    assert_eq!(
        into(&(mesh() + &calm + &policy), "calm/db")[3],
        format!("shop/web => calm/db : {WITHOUT_TCP}"),
        "the node's proxy sees no requests"
    );
}

#[test]
fn a_provider_that_is_asked_leaves_it_open() {
    let policy = authorization(
        "ask",
        "action: CUSTOM, provider: {name: gate}, rules: [{to: [{operation: {paths: [/admin]}}]}]",
    );
    let text = mesh() + &policy;
    assert!(
        into(&text, "shop/db")[2]
            .ends_with("(TCP 1-65535 not known: whether the provider `gate` agrees to requests to /admin)"),
        "{:?}",
        into(&text, "shop/db")
    );
    assert_eq!(
        notes(&text),
        [
            "AuthorizationPolicy shop/ask: connections depend on what is not known: whether the provider `gate` agrees to requests to /admin"
        ]
    );
}

#[test]
fn what_is_not_known_is_only_said_where_a_connection_depends_on_it() {
    let policy = authorization("ask", "action: CUSTOM, provider: {name: gate}, rules: [{}]");
    let closed = object(
        "networking.k8s.io/v1",
        "NetworkPolicy",
        "shop",
        "db",
        "podSelector: {matchLabels: {app: db}}, policyTypes: [Ingress]",
    );
    assert_eq!(notes(&(mesh() + &policy)).len(), 1);
    assert_eq!(notes(&(mesh() + &policy + &closed)), [""; 0]);
}

#[test]
fn audits_and_rehearsals_change_nothing() {
    let audit = authorization("one", "action: AUDIT, rules: [{}]");
    let dry = authorization("two", "action: DENY, rules: [{}]").replace(
        "namespace: shop}",
        "namespace: shop, annotations: {istio.io/dry-run: 'true'}}",
    );
    assert_eq!(all(&(mesh() + &audit + &dry)), all(&mesh()));
}

#[test]
fn policies_of_the_root_namespace_are_for_all_and_others_for_their_own() {
    let of = |namespace: &str| object(SECURITY, "AuthorizationPolicy", namespace, "none", "");
    let closed = format!("shop/web => shop/db : {WITHOUT_TCP}");
    assert_eq!(into(&(mesh() + &of("istio-system")), "shop/db")[2], closed);
    assert_eq!(into(&(mesh() + &of("shop")), "shop/db")[2], closed);
    assert_eq!(all(&(mesh() + &of("old"))), all(&mesh()));
    let selecting = object(
        SECURITY,
        "AuthorizationPolicy",
        "istio-system",
        "none",
        "selector: {matchLabels: {app: db}}",
    );
    assert_eq!(into(&(mesh() + &selecting), "shop/db")[2], closed);
    assert_eq!(
        into(&(mesh() + &selecting), "shop/web")[2],
        "shop/db => shop/web : All Connections"
    );
}

#[test]
fn policies_of_gateways_and_waypoints_are_named_and_govern_no_pod() {
    let policy = object(
        SECURITY,
        "AuthorizationPolicy",
        "shop",
        "gate",
        "targetRefs: [{kind: Gateway, group: gateway.networking.k8s.io, name: edge}]",
    );
    assert_eq!(all(&(mesh() + &policy)), all(&mesh()));
    assert!(notes(&(mesh() + &policy))[0].contains("it governs gateways or waypoints"));
}

#[test]
fn blocks_of_addresses_are_known_outside_and_in_doubt_for_pods_where_they_may_be() {
    let policy = |block: &str| {
        authorization(
            "one",
            &format!("rules: [{{from: [{{source: {{ipBlocks: [{block}]}}}}]}}]"),
        )
    };
    assert_eq!(
        into(&(mesh() + &policy("203.0.113.0/24")), "shop/db"),
        [
            format!("0.0.0.0-203.0.112.255[External] => shop/db : {WITHOUT_TCP}"),
            "203.0.113.0-203.0.113.255[External] => shop/db : All Connections".to_owned(),
            format!("203.0.114.0-255.255.255.255[External] => shop/db : {WITHOUT_TCP}"),
            format!("old/job => shop/db : {WITHOUT_TCP}"),
            format!("shop/web => shop/db : {WITHOUT_TCP}"),
        ]
    );
    let lines = into(&(mesh() + &policy("10.0.0.0/8")), "shop/db");
    assert_eq!(
        lines[4],
        "shop/web => shop/db : All Connections (TCP 1-65535 not known: whether its address is in 10.0.0.0/8)"
    );
    assert_eq!(
        into(&(mesh() + &policy("0.0.0.0/0")), "shop/db")[2],
        "shop/web => shop/db : All Connections"
    );
}

#[test]
fn another_trust_domain_may_be_that_of_the_mesh() {
    let policy = authorization(
        "one",
        "rules: [{from: [{source: {principals: [td.example/ns/shop/sa/web]}}]}]",
    );
    assert!(into(&(mesh() + &policy), "shop/db")[2].contains("not known: whether the trust domain"));
    let other = authorization(
        "one",
        "rules: [{from: [{source: {principals: [td.example/ns/shop/sa/other]}}]}]",
    );
    assert_eq!(
        into(&(mesh() + &other), "shop/db")[2],
        format!("shop/web => shop/db : {WITHOUT_TCP}")
    );
}

#[test]
fn a_namespace_of_which_nothing_is_known_leaves_it_open_whether_it_is_in_the_mesh() {
    let text = mesh() + &pod("gone", "x", "", "") + &strict("istio-system", STRICT);
    let lines = all(&text);
    let doubt = "whether pods of namespace `gone`, which is in no manifest, are in the mesh";
    assert!(
        lines.contains(&format!(
            "gone/x => shop/db : All Connections (TCP 1-65535 not known: {doubt})"
        )),
        "{lines:?}"
    );
    assert!(lines.contains(&format!(
        "old/job => gone/x : All Connections (TCP 1-65535 not known: {doubt})"
    )));
    assert!(lines.contains(&"shop/web => gone/x : All Connections".to_owned()));
    assert_eq!(
        notes(&text),
        [format!(
            "Namespace gone: connections depend on what is not known: {doubt}"
        )]
    );
}

#[test]
fn controllers_may_be_in_the_mesh_or_not() {
    let service = "---\n{apiVersion: v1, kind: Service, metadata: {name: db, namespace: shop}, spec: {selector: {app: db}, ports: [{port: 80, targetPort: 8080}]}}\n";
    let ingress = "---\n{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: i, namespace: shop}, spec: {rules: [{http: {paths: [{backend: {service: {name: db, port: {number: 80}}}}]}}]}}\n";
    let text = mesh() + service + ingress + &strict("shop", STRICT);
    assert_eq!(
        of(&text, "{ingress-controller}"),
        [
            "{ingress-controller} => shop/db : TCP 8080 (not known: whether {ingress-controller} is in the mesh)"
        ]
    );
    let closed = authorization("none", "action: ALLOW");
    assert_eq!(of(&(text + &closed), "{ingress-controller}"), [""; 0]);
}

#[test]
fn ports_around_the_proxy_are_around_its_policies() {
    let annotated = |key: &str, ports: &str| {
        format!(
            "---\n{{apiVersion: v1, kind: Pod, metadata: {{name: side, namespace: shop, labels: {{app: db}}, annotations: {{{key}: '{ports}'}}}}, spec: {{containers: []}}}}\n"
        )
    };
    let closed = authorization("none", "action: ALLOW");
    let excluded = annotated("traffic.sidecar.istio.io/excludeInboundPorts", "9090, 9091");
    assert_eq!(
        into(&(mesh() + &closed + &excluded), "shop/side")[3],
        "shop/web => shop/side : SCTP 1-65535,TCP 9090-9091,UDP 1-65535"
    );
    let only = annotated("traffic.sidecar.istio.io/includeInboundPorts", "80");
    assert_eq!(
        into(&(mesh() + &closed + &only), "shop/side")[3],
        "shop/web => shop/side : SCTP 1-65535,TCP 1-79,81-65535,UDP 1-65535"
    );
    let out = annotated("traffic.sidecar.istio.io/excludeOutboundPorts", "80");
    assert_eq!(
        into(&(mesh() + &strict("shop", STRICT) + &out), "shop/web")[3],
        "shop/side => shop/web : SCTP 1-65535,TCP 1-79,81-65535,UDP 1-65535",
        "what leaves around the proxy proves nothing"
    );
}

#[test]
fn in_ambient_mode_the_node_proves_and_a_waypoint_leaves_it_open() {
    let ambient = |labels: &str| {
        namespace("calm", &format!("istio.io/dataplane-mode: ambient{labels}"))
            + &pod("calm", "api", "", "")
            + &object(
                SECURITY,
                "AuthorizationPolicy",
                "calm",
                "one",
                "rules: [{from: [{source: {namespaces: [shop]}}]}]",
            )
    };
    assert_eq!(
        into(&(mesh() + &ambient("")), "calm/api")[1..],
        [
            format!("old/job => calm/api : {WITHOUT_TCP}"),
            "shop/db => calm/api : All Connections".to_owned(),
            "shop/web => calm/api : All Connections".to_owned()
        ]
    );
    let lines = into(&(mesh() + &ambient(", istio.io/use-waypoint: way")), "calm/api");
    assert!(
        lines[1].contains("not known: what a waypoint lets through"),
        "{lines:?}"
    );
}

fn services() -> String {
    let service = |name: &str| {
        format!(
            "---\n{{apiVersion: v1, kind: Service, metadata: {{name: {name}, namespace: shop}}, spec: {{selector: {{app: {name}}}, ports: [{{port: 80, targetPort: 8080}}]}}}}\n"
        )
    };
    service("web") + &service("db")
}

#[test]
fn a_sidecar_that_knows_only_some_connects_to_others_without_proof_or_not_at_all() {
    let sidecar = |spec: &str| object(NETWORKING, "Sidecar", "shop", "default", spec);
    let text = mesh() + &services() + &pod("shop", "other", "", "") + &strict("shop", STRICT);
    let known = "egress: [{hosts: [./db.shop.svc.cluster.local]}]";
    assert_eq!(
        of(&(text.clone() + &sidecar(known)), "shop/web =>"),
        [
            format!("shop/web => {OUTSIDE} : All Connections"),
            "shop/web => old/job : All Connections".to_owned(),
            "shop/web => shop/db : SCTP 1-65535,TCP 8080,UDP 1-65535".to_owned(),
            format!("shop/web => shop/other : {WITHOUT_TCP}"),
        ],
        "what it does not know it connects to as it is, which STRICT refuses"
    );
    let closed = format!("{known}, outboundTrafficPolicy: {{mode: REGISTRY_ONLY}}");
    assert_eq!(
        of(&(text.clone() + &sidecar(&closed)), "shop/web =>"),
        [
            format!("shop/web => {OUTSIDE} : {WITHOUT_TCP}"),
            format!("shop/web => old/job : {WITHOUT_TCP}"),
            "shop/web => shop/db : SCTP 1-65535,TCP 8080,UDP 1-65535".to_owned(),
            format!("shop/web => shop/other : {WITHOUT_TCP}"),
        ]
    );
    let entry = object(
        NETWORKING,
        "ServiceEntry",
        "shop",
        "api",
        "hosts: [api.example.com], ports: [{number: 443, name: https, protocol: TLS}], resolution: DNS",
    );
    let all_of_own = sidecar("egress: [{hosts: ['./*']}], outboundTrafficPolicy: {mode: REGISTRY_ONLY}");
    assert_eq!(
        of(&(text + &all_of_own + &entry), "shop/web =>")[0],
        format!(
            "shop/web => {OUTSIDE} : SCTP 1-65535,TCP 443,UDP 1-65535 (TCP 443 only addresses of api.example.com)"
        )
    );
}

#[test]
fn the_sidecar_that_selects_a_workload_counts_before_that_of_its_namespace() {
    let closed = "egress: [{hosts: ['~/*']}], outboundTrafficPolicy: {mode: REGISTRY_ONLY}";
    let of_namespace = object(NETWORKING, "Sidecar", "shop", "default", closed);
    let of_web = object(
        NETWORKING,
        "Sidecar",
        "shop",
        "web",
        "workloadSelector: {labels: {app: web}}",
    );
    let text = mesh() + &services() + &of_namespace + &of_web;
    assert_eq!(into(&text, "shop/db")[2], "shop/web => shop/db : All Connections");
    assert_eq!(
        into(&text, "shop/web")[2],
        format!("shop/db => shop/web : {WITHOUT_TCP}")
    );
}

#[test]
fn policies_of_the_network_and_of_the_mesh_must_both_agree() {
    let network = object(
        "networking.k8s.io/v1",
        "NetworkPolicy",
        "shop",
        "db",
        "podSelector: {matchLabels: {app: db}}, ingress: [{ports: [{port: 80, endPort: 90}]}]",
    );
    let cilium = object(
        "cilium.io/v2",
        "CiliumNetworkPolicy",
        "shop",
        "web",
        "endpointSelector: {matchLabels: {app: web}}, egress: [{toEndpoints: [{}], toPorts: [{ports: [{port: '85', endPort: 99, protocol: TCP}]}]}]",
    );
    let allow = authorization(
        "allow",
        "rules: [{from: [{source: {namespaces: [shop]}}], to: [{operation: {methods: [GET], ports: ['84', '86', '95']}}]}]",
    );
    let text = mesh() + &network + &cilium + &allow;
    assert_eq!(
        into(&text, "shop/db"),
        ["shop/web => shop/db : TCP 86 (only GET)"]
    );
    assert_eq!(
        why(&text, "shop/web", "shop/db"),
        [
            "Network CiliumNetworkPolicy shop/web 1 Allow TCP 85-99 -",
            "Network NetworkPolicy shop/db 1 Allow TCP 80-90 -",
            "Mesh AuthorizationPolicy shop/allow 1 Allow TCP 84,86,95 GET"
        ]
    );
}

#[test]
fn the_mesh_tells_why() {
    let allow = authorization("allow", "rules: [{from: [{source: {namespaces: [shop]}}]}]");
    let text = mesh() + &allow + &strict("shop", STRICT);
    assert_eq!(
        why(&text, "old/job", "shop/db")[2..],
        [
            "Mesh PeerAuthentication shop/default - Deny TCP 1-65535 takes only what proves who connects, and what is outside the mesh does not",
            "Mesh AuthorizationPolicy shop/allow - Deny TCP 1-65535 -"
        ]
    );
    assert_eq!(
        why(&text, "shop/web", "old/job")[2..],
        ["Mesh - - Pass TCP 1-65535 it is outside the mesh, whose policies do not hold for it"]
    );
}

#[test]
fn what_istio_refuses_counts_as_absent_and_is_said() {
    for (kind, spec, why) in [
        ("AuthorizationPolicy", "action: REFUSE", "no action"),
        ("AuthorizationPolicy", "action: CUSTOM", "no provider"),
        ("AuthorizationPolicy", "rules: [{from: [{}]}]", "no source"),
        (
            "AuthorizationPolicy",
            "rules: [{form: []}]",
            "no field is called form",
        ),
        (
            "AuthorizationPolicy",
            "rules: [{to: [{operation: {ports: [80]}}]}]",
            "no number in text",
        ),
        (
            "AuthorizationPolicy",
            "rules: [{from: [{source: {ipBlocks: [moon]}}]}]",
            "no block",
        ),
        (
            "AuthorizationPolicy",
            "rules: [{when: [{key: source.ip}]}]",
            "no values",
        ),
        ("PeerAuthentication", "mtls: {mode: LOUD}", "no mode"),
        ("PeerAuthentication", "selector: {matchLabels: 5}", "not a map"),
    ] {
        let text = mesh() + &object(SECURITY, kind, "shop", "bad", spec);
        let said = notes(&text);
        assert!(said.len() == 1 && said[0].contains(why), "{spec}: {said:?}");
        assert_eq!(all(&text), all(&mesh()), "{spec}");
    }
    for (spec, why) in [
        ("egress: [{hosts: [nowhere]}]", "names no namespace"),
        ("outboundTrafficPolicy: {mode: SHUT}", "no policy for outbound"),
    ] {
        let said = notes(&(mesh() + &object(NETWORKING, "Sidecar", "shop", "bad", spec)));
        assert!(said.len() == 1 && said[0].contains(why), "{spec}: {said:?}");
    }
}

fn rule() -> impl Strategy<Value = String> {
    let from = prop::sample::select(vec![
        "",
        "from: [{source: {namespaces: [shop]}}], ",
        "from: [{source: {notNamespaces: [shop]}}], ",
        "from: [{source: {principals: ['*']}}], ",
        "from: [{source: {ipBlocks: [10.0.0.0/8]}}], ",
        "from: [{source: {requestPrincipals: ['*']}}], ",
        "from: [{source: {principals: [td.example/ns/shop/sa/web]}}], ",
    ]);
    let to = prop::sample::select(vec![
        "",
        "to: [{operation: {ports: ['80']}}]",
        "to: [{operation: {methods: [GET]}}]",
        "to: [{operation: {paths: [/a], notPorts: ['80']}}]",
    ]);
    (from, to).prop_map(|(from, to)| format!("{{{from}{to}}}"))
}

fn some_policies() -> impl Strategy<Value = Vec<String>> {
    let action = prop::sample::select(vec!["ALLOW", "DENY", "AUDIT", "CUSTOM, provider: {name: gate}"]);
    let one = (action, prop::collection::vec(rule(), 0..3));
    prop::collection::vec(one, 0..4).prop_map(|all| {
        let all = all.into_iter().enumerate();
        all.map(|(at, (action, rules))| {
            authorization(
                &format!("p{at}"),
                &format!("action: {action}, rules: [{}]", rules.join(", ")),
            )
        })
        .collect()
    })
}

/// A policy for nobody, so that blocks of addresses cut nothing anew.
fn base() -> String {
    mesh()
        + &object(
            SECURITY,
            "AuthorizationPolicy",
            "old",
            "cut",
            "selector: {matchLabels: {app: nobody}}, rules: [{from: [{source: {ipBlocks: [10.0.0.0/8]}}]}]",
        )
}

proptest! {
    #[test]
    fn the_order_of_policies_changes_nothing(mut policies in some_policies()) {
        let before = all(&(base() + &policies.concat()));
        policies.reverse();
        prop_assert_eq!(all(&(policies.concat() + &base())), before);
    }

    #[test]
    fn a_denial_never_lets_more_through(policies in some_policies(), rule in rule()) {
        let before = base() + &policies.concat();
        let after = before.clone() + &authorization("more", &format!("action: DENY, rules: [{rule}]"));
        prop_assert!(pairs(&after).is_subset(&pairs(&before)));
    }

    #[test]
    fn one_more_allowance_beside_another_never_lets_less_through(policies in some_policies(), rule in rule()) {
        let before = base() + &policies.concat() + &authorization("none", "action: ALLOW");
        let after = before.clone() + &authorization("more", &format!("rules: [{rule}]"));
        prop_assert!(pairs(&before).is_subset(&pairs(&after)));
    }

    #[test]
    fn strictness_never_lets_more_through(policies in some_policies()) {
        let before = base() + &policies.concat();
        let after = before.clone() + &strict("shop", STRICT);
        prop_assert!(pairs(&after).is_subset(&pairs(&before)));
    }

    #[test]
    fn a_mangled_policy_ends_in_an_answer(from in any::<prop::sample::Index>(), length in 0usize..40, with in "[ -~\\n]{0,12}") {
        let text = mesh() + &services() + &strict("shop", STRICT)
            + &authorization("one", "rules: [{from: [{source: {namespaces: [shop]}}], to: [{operation: {methods: [GET]}}], when: [{key: source.ip, values: [10.0.0.0/8]}]}]")
            + &object(NETWORKING, "Sidecar", "shop", "default", "egress: [{hosts: ['./*']}], outboundTrafficPolicy: {mode: REGISTRY_ONLY}");
        let _ = all(&mangled(text, from, length, &with));
    }
}
