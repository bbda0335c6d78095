//! What keeps tenants apart, case by case.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use bartizan_deploy::tenancy::scaffold::{Mesh, NewTenant};
use bartizan_deploy::tenancy::{Aspect, Declared, File, Matrix, Options, Party, State, World};
use bartizan_deploy::{KubernetesCheck, TenancyCheck};
use bartizan_engine::rule::scan;
use proptest::prelude::*;
use std::fmt::Write;

/// What breaks, one a line, as `rule from to severity`.
fn broken(files: &[(&str, &str)], declared: &Declared) -> Vec<String> {
    let files: Vec<File<'_>> = files.iter().map(|(path, text)| File { path, text }).collect();
    let world = World::read(&files, declared);
    let matrix = Matrix::new(&world);
    assert_eq!(matrix.notes(), []);
    let lines = matrix.broken().iter().map(|one| {
        let severity = one
            .severity
            .map_or("unknown".to_owned(), |severity| severity.to_string());
        let (from, to) = (matrix.name(one.from), matrix.name(one.to));
        let rule = one.about.id.rsplit('/').next().unwrap();
        format!("{rule}: {from} > {to}: {severity}")
    });
    lines.collect()
}

fn scaffolded(name: &str, namespaces: &[&str], mesh: Mesh) -> String {
    let namespaces: Vec<String> = namespaces.iter().map(ToString::to_string).collect();
    NewTenant::new(name, &namespaces, mesh).unwrap().manifests()
}

fn namespace(name: &str, tenant: &str) -> String {
    format!(
        "---\napiVersion: v1\nkind: Namespace\nmetadata: {{name: {name}, labels: {{tenant: {tenant}}}}}\n"
    )
}

#[test]
fn scaffolded_tenants_are_isolated_in_everything() {
    for mesh in [Mesh::None, Mesh::Istio] {
        let one = scaffolded("acme", &["acme-prod", "acme-dev"], mesh);
        let other = scaffolded("globex", &[], mesh);
        let files = [("acme.yaml", one.as_str()), ("globex.yaml", other.as_str())];
        assert_eq!(broken(&files, &Declared::default()), [""; 0]);
        let files = files.map(|(path, text)| File { path, text });
        let world = World::read(&files, &Declared::default());
        let matrix = Matrix::new(&world);
        assert_eq!(world.tenants().len(), 2);
        for (from, to) in matrix.pairs() {
            for aspect in Aspect::ALL {
                let state = matrix.between(from, to, aspect);
                assert!(state <= State::Isolated, "{aspect:?}");
            }
        }
        let meshed = matrix.between(Party::Tenant(0), Party::Tenant(1), Aspect::Mesh);
        assert_eq!(meshed == State::Isolated, mesh == Mesh::Istio);
    }
}

#[test]
fn nothing_is_found_in_what_is_scaffolded() {
    let one = scaffolded("acme", &["acme-prod", "acme-dev"], Mesh::Istio);
    let other = scaffolded("globex", &[], Mesh::Istio);
    let files = [("acme.yaml", one.as_bytes()), ("globex.yaml", other.as_bytes())];
    let pods = KubernetesCheck::new(bartizan_deploy::Options {
        standard: Some("restricted".parse().unwrap()),
        ..bartizan_deploy::Options::default()
    });
    let tenancy = TenancyCheck::new(Options::default());
    for reported in [scan(&pods, &files), scan(&tenancy, &files)] {
        assert_eq!(reported.errors, [""; 0]);
        assert_eq!(reported.findings.len(), 0, "{:?}", reported.findings);
    }
}

#[test]
fn a_scaffolded_tenant_is_open_once_its_policies_are_gone() {
    let one = scaffolded("acme", &[], Mesh::None);
    let other = scaffolded("globex", &[], Mesh::None);
    let without: Vec<&str> = other
        .split("---\n")
        .filter(|document| !document.contains("kind: NetworkPolicy"))
        .collect();
    let without = without.join("---\n");
    let found = broken(&[("a.yaml", &one), ("b.yaml", &without)], &Declared::default());
    // Only acme's own policies keep it from globex, and its administrators can add others.
    assert_eq!(
        found,
        [
            "egress-open: globex > {platform}: medium",
            "egress-open: globex > {outside}: medium",
            "network-open: {platform} > globex: medium",
            "relabel: acme > globex: medium",
        ]
    );
}

#[test]
fn tenants_are_declared_by_settings_where_labels_do_not() {
    let text = namespace("one", "").replace("tenant: ", "team: \"a\"")
        + &namespace("two", "").replace("tenant: ", "team: \"b\"");
    assert_eq!(broken(&[("a.yaml", &text)], &Declared::default()), [""; 0]);
    let declared = Declared::new(&[], &["acme: one".to_owned(), "globex: team=b".to_owned()]).unwrap();
    let found = broken(&[("a.yaml", &text)], &declared);
    assert!(
        found.contains(&"network-open: acme > globex: high".to_owned()),
        "{found:?}"
    );
    let own = Declared::new(&["team".to_owned()], &[]).unwrap();
    let found = broken(&[("a.yaml", &text)], &own);
    assert!(
        found.contains(&"network-open: a > b: high".to_owned()),
        "{found:?}"
    );
}

#[test]
fn a_namespace_that_no_manifest_declares_is_said() {
    let text = namespace("one", "acme")
        + "---\n{apiVersion: v1, kind: Pod, metadata: {name: a, namespace: two}, spec: {containers: []}}\n";
    let files = [File {
        path: "a.yaml",
        text: &text,
    }];
    let world = World::read(&files, &Declared::default());
    assert_eq!(world.notes().len(), 1);
    assert!(world.notes()[0].place.contains("two"));
}

#[test]
fn all_other_tenants_are_told_as_one() {
    let text: String = ["a", "b", "c", "d"].map(|name| namespace(name, name)).concat();
    let found = broken(&[("a.yaml", &text)], &Declared::default());
    let open = found
        .iter()
        .filter(|line| line.starts_with("network-open: every other tenant > "));
    assert_eq!(open.count(), 4, "{found:#?}");
    assert!(!found.iter().any(|line| line.contains("network-open: a > b")));
}

/// Manifests with something of everything.
const PARTS: [&str; 8] = [
    "apiVersion: v1\nkind: Namespace\nmetadata: {name: a, labels: {tenant: acme}}\n",
    "apiVersion: v1\nkind: Namespace\nmetadata: {name: b, labels: {tenant: globex, istio-injection: enabled}}\n",
    "apiVersion: v1\nkind: Namespace\nmetadata: {name: c, labels: {tenant: initech}}\n",
    "apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: a}\nspec: {containers: [{name: c, image: 'a:1'}], volumes: [{name: d, hostPath: {path: /x}}]}\n",
    "apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: b}\nspec: {hostPID: true, nodeSelector: {pool: b}, containers: [{name: c}], volumes: [{name: d, hostPath: {path: /x/y}}]}\n",
    "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: deny, namespace: b}\nspec: {podSelector: {}, policyTypes: [Ingress]}\n",
    "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: web, namespace: a}\nspec: {rules: [{host: x.example}]}\n",
    "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: web, namespace: c}\nspec: {rules: [{host: x.example}]}\n",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn the_order_of_files_makes_no_difference(order in Just((0..PARTS.len()).collect::<Vec<_>>()).prop_shuffle()) {
        let names: Vec<String> = (0..PARTS.len()).map(|at| format!("{at}.yaml")).collect();
        let told = |order: &[usize]| {
            let files: Vec<(&str, &str)> = order.iter().map(|at| (names[*at].as_str(), PARTS[*at])).collect();
            let bytes: Vec<(&str, &[u8])> = files.iter().map(|(path, text)| (*path, text.as_bytes())).collect();
            let found = scan(&TenancyCheck::new(Options::default()), &bytes);
            let findings: Vec<_> = found.findings.iter().map(|one| (one.fingerprint.as_str().to_owned(), one.message.clone())).collect();
            (broken(&files, &Declared::default()), findings)
        };
        let straight: Vec<usize> = (0..PARTS.len()).collect();
        let (lines, findings) = told(&straight);
        prop_assert!(lines.len() > 10);
        prop_assert_eq!(told(&order), (lines, findings));
    }
}

#[test]
fn hostile_manifests_are_read_to_their_end() {
    let deep = "[".repeat(5000);
    let dots = "a.".repeat(20_000);
    let slashes = "/a".repeat(20_000);
    let host = format!(
        "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {{name: w, namespace: a}}\nspec: {{rules: [{{host: {dots}example}}]}}\n"
    );
    let path = format!(
        "apiVersion: v1\nkind: Pod\nmetadata: {{name: w, namespace: a}}\nspec: {{containers: [], volumes: [{{name: d, hostPath: {{path: {slashes}}}}}]}}\n"
    );
    let texts = [
        format!("apiVersion: v1\nkind: Pod\nspec: {deep}"),
        "apiVersion: v1\nkind: Namespace\nmetadata: [a]\n".to_owned(),
        "apiVersion: v1\nkind: Namespace\nmetadata: {name: \"a\\nb\", labels: {tenant: \"x\\u001b[31m\"}}\n".to_owned(),
        "apiVersion: v1\nkind: Namespace\nmetadata: {name: a, labels: [tenant]}\n".to_owned(),
        "apiVersion: v1\nkind: ResourceQuota\nmetadata: {namespace: a}\nspec: 7\n".to_owned(),
        "apiVersion: v1\nkind: Service\nmetadata: {name: s, namespace: a}\nspec: {type: NodePort, externalIPs: 3}\n".to_owned(),
        "apiVersion: v1\nkind: PersistentVolume\nmetadata: {name: p}\nspec: {claimRef: {namespace: 5}, nfs: null}\n".to_owned(),
        host,
        path,
        namespace("a", "acme"),
        "apiVersion: v1\nkind: Namespace\nmetadata: {name: a, labels: {tenant: other}}\n".to_owned(),
    ];
    let names: Vec<String> = (0..texts.len()).map(|at| format!("{at}\n.yaml")).collect();
    let files: Vec<File<'_>> = names
        .iter()
        .zip(&texts)
        .map(|(path, text)| File { path, text })
        .collect();
    let world = World::read(&files, &Declared::default());
    let matrix = Matrix::new(&world);
    assert!(matrix.notes().len() >= 3, "{:?}", matrix.notes());
    for one in matrix.broken() {
        assert!(!one.reason.contains(char::is_control), "{:?}", one.reason);
        assert!(
            one.proofs
                .iter()
                .all(|proof| !proof.text.contains(char::is_control))
        );
    }
}

#[test]
fn many_tenants_with_many_namespaces_are_judged() {
    let mut text = String::new();
    for tenant in 0..40 {
        let names: Vec<String> = (0..20).map(|at| format!("t{tenant}-{at}")).collect();
        text.push_str(
            &NewTenant::new(&format!("t{tenant}"), &names, Mesh::None)
                .unwrap()
                .manifests(),
        );
        for name in names {
            writeln!(text, "---\napiVersion: v1\nkind: Pod\nmetadata: {{name: web, namespace: {name}, labels: {{app: web}}}}\nspec: {{containers: [{{name: c, image: x, imagePullPolicy: Always}}]}}").unwrap();
        }
    }
    let files = [File {
        path: "all.yaml",
        text: &text,
    }];
    let world = World::read(&files, &Declared::default());
    let matrix = Matrix::new(&world);
    assert_eq!(world.tenants().len(), 40);
    assert_eq!(matrix.notes(), []);
    assert_eq!(matrix.worst(), State::Isolated, "{:?}", matrix.broken().first());
    assert_eq!(matrix.pairs().count(), 40 * 39 + 160);
}
