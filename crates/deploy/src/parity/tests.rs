use super::*;
use proptest::prelude::*;

const SHOP: &str = "
apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {pod-security.kubernetes.io/enforce: restricted}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  template:
    spec:
      serviceAccountName: web
      securityContext: {runAsNonRoot: true}
      containers:
      - name: app
        image: registry.example/web:1.2
        env: [{name: DEBUG, value: 'false'}, {name: TLS_VERIFY, value: 'true'}]
        securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}
        resources: {limits: {cpu: 1, memory: 1Gi}}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: web, namespace: shop}
rules: [{apiGroups: [''], resources: [configmaps], verbs: [get, list]}]
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: web, namespace: shop}
spec:
  podSelector: {matchLabels: {app: web}}
  policyTypes: [Ingress]
  ingress: [{from: [{podSelector: {matchLabels: {app: a}}}, {podSelector: {matchLabels: {app: b}}}]}]
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {ports: [{port: 80}]}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web, namespace: shop}
spec: {tls: [{hosts: [shop.example]}], rules: [{host: shop.example}]}
";

fn environment(text: &str) -> Environment {
    Environment::of([("a.yaml", text)])
}

/// Each difference as `direction area what: staging > production`.
fn told(staging: &str, production: &str) -> Vec<String> {
    let comparison = compare(&environment(staging), &environment(production));
    let drifts = comparison.drifts.iter();
    drifts
        .map(|one| {
            format!(
                "{:?} {} {} {}: {} > {}",
                one.direction, one.severity, one.area, one.what, one.staging.value, one.production.value
            )
        })
        .collect()
}

fn changed(from: &str, to: &str) -> Vec<String> {
    assert!(SHOP.contains(from), "{from}");
    told(SHOP, &SHOP.replacen(from, to, 1))
}

#[test]
fn what_production_allows_and_staging_does_not_is_told() {
    for (from, to, expected) in [
        (
            "{allowPrivilegeEscalation: false,",
            "{privileged: true, allowPrivilegeEscalation: false,",
            "Laxer high privileges container `app`: `privileged`: false > true",
        ),
        (
            "allowPrivilegeEscalation: false",
            "readOnlyRootFilesystem: false",
            "Laxer medium privileges container `app`: `allowPrivilegeEscalation`: false > true",
        ),
        (
            "runAsNonRoot: true",
            "runAsNonRoot: false",
            "Laxer medium privileges container `app`: `runAsNonRoot`: true > false",
        ),
        (
            "drop: [ALL]",
            "drop: [ALL], add: [CAP_SYS_ADMIN]",
            "Laxer high privileges container `app`: capability `SYS_ADMIN`: absent > present",
        ),
        (
            "memory: 1Gi",
            "memory: 0Mi",
            "Laxer medium limits container `app`: limit of memory: present > absent",
        ),
        (
            "value: 'false'",
            "value: 'true'",
            "Laxer high settings container `app`: variable `DEBUG`: off > on",
        ),
        (
            "TLS_VERIFY, value: 'true'",
            "TLS_VERIFY, value: '0'",
            "Laxer high settings container `app`: variable `TLS_VERIFY`: on > off",
        ),
        (
            "enforce: restricted",
            "enforce: baseline",
            "Laxer high admission label `pod-security.kubernetes.io/enforce`: restricted > baseline",
        ),
        (
            "verbs: [get, list]",
            "verbs: [get, list, '*']",
            "Laxer high access the right to * `configmaps`: absent > present",
        ),
        (
            "spec: {ports",
            "spec: {type: LoadBalancer, ports",
            "Laxer medium exposure `type`: ClusterIP > LoadBalancer",
        ),
        (
            "tls: [{hosts: [shop.example]}], ",
            "",
            "Laxer high tls `tls`: present > absent",
        ),
        (
            "web:1.2",
            "web",
            "Laxer medium image container `app`: how the image is pinned: by a tag > by a tag that moves",
        ),
        (
            "policyTypes: [Ingress]",
            "policyTypes: [Egress]",
            "Laxer high network closing Ingress: present > absent",
        ),
    ] {
        let told = changed(from, to);
        assert!(told.contains(&expected.to_owned()), "{to}: {told:#?}");
    }
}

#[test]
fn what_is_only_different_is_told_apart() {
    assert_eq!(
        changed("web:1.2", "web:1.3"),
        ["Different medium image container `app`: version of the image: 1.2 > 1.3"]
    );
    assert_eq!(
        changed("registry.example/web", "other.example/web"),
        ["Different high image container `app`: image: registry.example/web > other.example/web"]
    );
}

#[test]
fn what_is_stricter_in_production_weighs_little() {
    let told = told(&SHOP.replace("value: 'false'", "value: 'on'"), SHOP);
    assert_eq!(
        told,
        ["Stricter info settings container `app`: variable `DEBUG`: on > off"]
    );
}

#[test]
fn an_object_that_only_one_has_is_told_where_it_decides() {
    let (before, rest) = SHOP
        .split_once("---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy")
        .unwrap();
    let (_, after) = rest.split_once("---\n").unwrap();
    let without = format!("{before}---\n{after}");
    assert_eq!(
        told(SHOP, &without),
        ["Laxer high network the object: present > absent"]
    );
    assert_eq!(
        told(&without, SHOP),
        ["Stricter info network the object: absent > present"]
    );
    let comparison = compare(&environment(SHOP), &environment(&without));
    assert_eq!(comparison.only_staging, ["NetworkPolicy shop/web"]);
}

#[test]
fn replicas_labels_and_addresses_are_no_drift() {
    let other = SHOP
        .replace("spec:\n  template", "spec:\n  replicas: 9\n  template")
        .replace("shop.example", "staging.shop.example")
        .replace("cpu: 1,", "cpu: 2000m,");
    assert_eq!(told(&other, SHOP), [""; 0]);
}

#[test]
fn names_are_compared_without_what_environments_add() {
    let staging = SHOP
        .replace("name: web", "name: staging-web")
        .replace("namespace: shop", "namespace: shop-staging")
        .replace("{name: shop,", "{name: shop-staging,");
    let staging = staging.replace("serviceAccountName: web", "serviceAccountName: staging-web");
    let comparison = compare(&environment(&staging), &environment(SHOP));
    assert_eq!((comparison.drifts, comparison.pairs), (Vec::new(), 6));
    let blue = SHOP
        .replace("name: web", "name: blue-web")
        .replace("serviceAccountName: web", "serviceAccountName: blue-web");
    // A prefix that is no word is seen where everything has it.
    let both = |text: &str, name: &str| {
        format!(
            "{text}---\napiVersion: v1\nkind: ServiceAccount\nmetadata: {{name: {name}, namespace: shop}}\n"
        )
    };
    let comparison = compare(
        &environment(&both(&blue, "blue-job")),
        &environment(&both(SHOP, "job")),
    );
    assert_eq!((comparison.drifts, comparison.pairs), (Vec::new(), 7));
}

#[test]
fn defaults_that_are_written_out_are_no_drift() {
    let written = SHOP
        .replace("spec: {ports", "spec: {type: ClusterIP, ports")
        .replace(
            "serviceAccountName: web",
            "serviceAccountName: web\n      hostNetwork: false\n      automountServiceAccountToken: true",
        )
        .replace(
            "image: registry.example/web:1.2",
            "image: registry.example/web:1.2\n        imagePullPolicy: IfNotPresent",
        );
    assert_eq!(told(&written, SHOP), [""; 0]);
    let hub = |image: &str| {
        format!(
            "apiVersion: v1\nkind: Pod\nmetadata: {{name: a}}\nspec: {{containers: [{{name: c, image: '{image}'}}]}}\n"
        )
    };
    assert_eq!(
        told(&hub("nginx"), &hub("docker.io/library/nginx:latest")),
        [""; 0]
    );
}

#[test]
fn places_are_those_of_the_values() {
    let production = SHOP.replace("value: 'false'", "value: 'true'");
    let comparison = compare(&environment(SHOP), &environment(&production));
    let place = comparison.drifts[0].production.place.clone().unwrap();
    assert_eq!((place.path.as_str(), place.line), ("a.yaml", 17));
}

#[test]
fn what_cannot_be_read_is_said() {
    let environment = environment("apiVersion: v1\nkind: {{ .Values.kind }}\n");
    assert_eq!(environment.unread().len(), 1);
}

/// Quantities that mean the same, each a pair.
fn quantities() -> impl Strategy<Value = (String, String)> {
    (1u64..10_000).prop_flat_map(|number| {
        prop_oneof![
            Just((number.to_string(), format!("{}m", number * 1000))),
            Just((format!("{number}Ki"), (number * 1024).to_string())),
            Just((format!("{number}k"), format!("{number}000"))),
            Just((format!("{number}Mi"), format!("{}Ki", number * 1024))),
        ]
    })
}

fn documents() -> Vec<&'static str> {
    SHOP.split("---\n").collect()
}

proptest! {
    #[test]
    fn the_order_of_documents_makes_no_difference(order in Just(documents()).prop_shuffle(), debug in any::<bool>()) {
        let production = SHOP.replace("value: 'false'", if debug { "value: 'true'" } else { "value: 'false'" });
        let shuffled = order.join("---\n");
        prop_assert_eq!(told(&shuffled, &production), told(SHOP, &production));
    }

    #[test]
    fn an_environment_does_not_differ_from_itself(text in "(kind|apiVersion|metadata|name|spec|[-:{}, \n]|[a-z]){0,60}") {
        let text = format!("{SHOP}---\n{text}");
        prop_assert_eq!(told(&text, &text), [""; 0]);
    }

    #[test]
    fn quantities_that_mean_the_same_are_no_drift((one, other) in quantities()) {
        let with = |quantity: &str| SHOP.replace("memory: 1Gi", &format!("memory: {quantity}"));
        prop_assert_eq!(told(&with(&one), &with(&other)), [""; 0]);
    }

    #[test]
    fn the_order_of_keys_makes_no_difference(order in Just(vec!["name: c", "image: i", "securityContext: {privileged: true}", "env: [{name: DEBUG, value: 'on'}]"]).prop_shuffle()) {
        let pod = |fields: &[&str]| format!("apiVersion: v1\nkind: Pod\nmetadata: {{name: a}}\nspec: {{containers: [{{{}}}]}}\n", fields.join(", "));
        let plain = pod(&["name: c", "image: i"]);
        let sorted = pod(&["name: c", "image: i", "securityContext: {privileged: true}", "env: [{name: DEBUG, value: 'on'}]"]);
        prop_assert_eq!(told(&plain, &pod(&order)), told(&plain, &sorted));
    }
}
