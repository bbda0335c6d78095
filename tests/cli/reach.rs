use crate::sandbox::Sandbox;

const SHOP: &str = "
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec: {template: {metadata: {labels: {app: web}}, spec: {containers: [{name: c}]}}}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db, namespace: shop}
spec: {template: {metadata: {labels: {app: db}}, spec: {containers: [{name: c}]}}}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: db, namespace: shop}
spec:
  podSelector: {matchLabels: {app: db}}
  policyTypes: [Ingress, Egress]
  ingress: [{from: [{podSelector: {matchLabels: {app: web}}}], ports: [{port: 5432}, {port: 6000, endPort: 6002, protocol: UDP}]}]
---
{apiVersion: v1, kind: Service, metadata: {name: web, namespace: shop}, spec: {type: NodePort, selector: {app: web}, ports: [{port: 80}]}}
";

fn shop() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("deploy/shop.yaml", SHOP);
    sandbox
}

#[test]
fn pairs_are_printed_one_a_line() {
    let answer = shop().run(&["reach", "deploy"]);
    assert_eq!(answer.code, 0, "{answer}");
    assert_eq!(
        answer.out,
        "0.0.0.0-255.255.255.255[External] => shop/web[Deployment] : All Connections\n\
         shop/web[Deployment] => 0.0.0.0-255.255.255.255[External] : All Connections\n\
         shop/web[Deployment] => shop/db[StatefulSet] : TCP 5432,UDP 6000-6002\n"
    );
    assert_eq!(answer.err, "3 connections from 4 objects\n");
}

#[test]
fn pairs_are_printed_as_json_and_as_a_graph() {
    let sandbox = shop();
    let answer = sandbox.run(&["reach", "deploy", "--to", "db", "-o", "json"]);
    let edges: serde_json::Value = serde_json::from_str(&answer.out).unwrap();
    assert_eq!(
        edges,
        serde_json::json!([{
            "src": "shop/web[Deployment]",
            "dst": "shop/db[StatefulSet]",
            "protocols": [{"protocol": "TCP", "ports": [[5432, 5432]]}, {"protocol": "UDP", "ports": [[6000, 6002]]}],
        }])
    );
    let answer = sandbox.run(&["reach", "deploy", "--to", "db", "-o", "dot=out.dot"]);
    assert_eq!((answer.code, answer.out.as_str()), (0, ""), "{answer}");
    assert!(sandbox.read("out.dot").contains(
        "\"shop/web[Deployment]\" -> \"shop/db[StatefulSet]\" [label=\"TCP 5432,UDP 6000-6002\"];"
    ));
}

#[test]
fn a_pair_is_explained_by_the_policies_that_decide() {
    let sandbox = shop();
    let answer = sandbox.run(&["reach", "deploy", "--from", "shop/web", "--to", "shop/db"]);
    assert_eq!(
        answer.out,
        "shop/web[Deployment] => shop/db[StatefulSet] : TCP 5432,UDP 6000-6002\n\
         \x20   egress: no policy decides on what is left, which is allowed\n\
         \x20   ingress: NetworkPolicy shop/db, rule 1, allows TCP 5432,UDP 6000-6002\n"
    );
    let answer = sandbox.run(&["reach", "deploy", "--from", "192.0.2.1", "--to", "db"]);
    assert_eq!(
        answer.out,
        "0.0.0.0-255.255.255.255[External] => shop/db[StatefulSet] : No Connections\n\
         \x20   ingress: NetworkPolicy shop/db governs it, and no rule of it names the other\n"
    );
}

const MESH: &str = "
apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {istio-injection: enabled}}
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: web, namespace: shop}
spec:
  selector: {matchLabels: {app: web}}
  rules:
  - to: [{operation: {methods: [GET], paths: ['/a\"b'], ports: ['80']}}]
  - to: [{operation: {ports: ['81']}}]
---
apiVersion: cilium.io/v2
kind: CiliumNetworkPolicy
metadata: {name: tcp, namespace: shop}
spec:
  endpointSelector: {matchLabels: {app: web}}
  ingress: [{toPorts: [{ports: [{port: '79', endPort: 81, protocol: TCP}]}]}]
";

#[test]
fn what_connections_depend_on_stands_behind_the_ports_in_every_format() {
    let sandbox = shop();
    sandbox.write("deploy/mesh.yaml", MESH);
    let answer = sandbox.run(&["reach", "deploy", "--to", "web"]);
    assert_eq!(answer.code, 0, "{answer}");
    assert_eq!(
        answer.out,
        "0.0.0.0-255.255.255.255[External] => shop/web[Deployment] : TCP 80-81 (TCP 80 only GET /a\"b)\n"
    );
    let answer = sandbox.run(&["reach", "deploy", "--to", "web", "-o", "json"]);
    let edges: serde_json::Value = serde_json::from_str(&answer.out).unwrap();
    assert_eq!(
        edges[0]["conditions"],
        serde_json::json!([{
            "effect": "only",
            "protocols": [{"protocol": "TCP", "ports": [[80, 80]]}],
            "alternatives": [{"by": "AuthorizationPolicy shop/web", "what": "GET /a\"b", "decided": true}],
        }])
    );
    let answer = sandbox.run(&["reach", "deploy", "--to", "web", "-o", "dot"]);
    assert!(
        answer
            .out
            .contains(r#"[label="TCP 80-81 (TCP 80 only GET /a\"b)"];"#),
        "{answer}"
    );
    let answer = sandbox.run(&["reach", "deploy", "--exposure"]);
    assert_eq!(
        answer.out,
        "shop/web[Deployment] <= Service shop/web (NodePort) : TCP 80 (only GET /a\"b)\n"
    );
    let answer = sandbox.run(&["reach", "deploy", "--from", "external", "--to", "web"]);
    assert_eq!(
        answer.out,
        "0.0.0.0-255.255.255.255[External] => shop/web[Deployment] : TCP 80-81 (TCP 80 only GET /a\"b)\n\
         \x20   ingress: CiliumNetworkPolicy shop/tcp, rule 1, allows TCP 79-81\n\
         \x20   mesh: AuthorizationPolicy shop/web, rule 1, allows TCP 80 for GET /a\"b\n\
         \x20   mesh: AuthorizationPolicy shop/web, rule 2, allows TCP 81\n"
    );
}

#[test]
fn what_is_published_is_said_apart() {
    let answer = shop().run(&["reach", "deploy", "--exposure"]);
    assert_eq!(answer.code, 0, "{answer}");
    assert_eq!(
        answer.out,
        "shop/web[Deployment] <= Service shop/web (NodePort) : TCP 80\n"
    );
}

#[test]
fn what_is_not_understood_is_named_and_makes_the_answer_unknown() {
    let sandbox = shop();
    sandbox.write(
        "deploy/mesh.yaml",
        "{apiVersion: policy.linkerd.io/v1beta3, kind: Server, metadata: {name: a, namespace: shop}}",
    );
    sandbox.write("deploy/broken.yaml", "apiVersion: v1\nkind: Pod\n\t@");
    sandbox.write(
        "deploy/chart.yaml",
        "apiVersion: v1\nkind: Pod\nmetadata: {{ .Values.x }}\n  {{ end }}",
    );
    let answer = sandbox.run(&["reach", "deploy"]);
    assert_eq!(answer.code, 4, "{answer}");
    for said in [
        "mesh.yaml:1: Server shop/a",
        "broken.yaml:2: ",
        "chart.yaml: it is a template",
    ] {
        assert!(answer.err.contains(said), "{said}: {answer}");
    }
    assert_eq!(answer.out.lines().count(), 3);
}

#[test]
fn mistakes_are_answered_with_what_to_do() {
    let sandbox = shop();
    sandbox.write("empty/readme.txt", "nothing");
    for (arguments, code, said) in [
        (&["reach", "empty"][..], 3, "no manifests"),
        (&["reach", "nowhere"], 3, "nothing at"),
        (
            &["reach", "deploy", "--from", "nobody"],
            3,
            "nobody is called `nobody`",
        ),
        (&["reach", "deploy", "-o", "svg"], 2, "text, json and dot"),
        (&["reach", "deploy", "-o", "json="], 2, "names no file"),
        (&["reach", "deploy", "--exposure", "-o", "dot"], 2, "not drawn"),
        (
            &["reach", "deploy", "--exposure", "--from", "web"],
            2,
            "cannot be used with",
        ),
    ] {
        let answer = sandbox.run(arguments);
        assert_eq!(answer.code, code, "{answer}");
        assert!(answer.err.contains(said), "{answer}");
    }
}
