//! Clusters: what is known against the versions of their programs, and files of nodes.

use crate::advisories::zip;
use crate::sandbox::Sandbox;
use serde_json::Value;

/// Records in the form of the Go vulnerability database and of Bitnami's, with the ranges of real ones.
const RECORDS: [(&str, &str, &str); 4] = [
    (
        "Go",
        "GO-2025-3465.json",
        r#"{"id":"GO-2025-3465","aliases":["CVE-2025-0426"],"modified":"2025-02-20T00:00:00Z","affected":[{"package":{"ecosystem":"Go","name":"k8s.io/kubernetes"},
        "ranges":[{"type":"SEMVER","events":[{"introduced":"0"},{"fixed":"1.29.14"},{"introduced":"1.30.0"},{"fixed":"1.30.10"}]}]}]}"#,
    ),
    (
        "Go",
        "GO-2025-3567.json",
        r#"{"id":"GO-2025-3567","aliases":["CVE-2025-1974"],"modified":"2025-03-25T00:00:00Z","affected":[{"package":{"ecosystem":"Go","name":"k8s.io/ingress-nginx"},
        "ranges":[{"type":"SEMVER","events":[{"introduced":"0"}]}],"ecosystem_specific":{"custom_ranges":[{"type":"ECOSYSTEM",
        "events":[{"introduced":"0"},{"fixed":"1.11.5"},{"introduced":"1.12.0-beta.0"},{"fixed":"1.12.1"}]}]}}]}"#,
    ),
    (
        "Go",
        "GO-2026-4806.json",
        r#"{"id":"GO-2026-4806","modified":"2026-03-25T00:00:00Z","affected":[{"package":{"ecosystem":"Go","name":"go.etcd.io/etcd/v3"},
        "ranges":[{"type":"SEMVER","events":[{"introduced":"0"},{"fixed":"3.4.42"},{"introduced":"3.5.0-alpha.0"},{"fixed":"3.5.28"}]}]}]}"#,
    ),
    (
        "Bitnami",
        "BIT-envoy-1.json",
        r#"{"id":"BIT-envoy-1","modified":"2024-02-10T00:00:00Z","affected":[{"package":{"ecosystem":"Bitnami","name":"envoy"},
        "ranges":[{"type":"SEMVER","events":[{"introduced":"0"},{"fixed":"1.26.7"}]}]}]}"#,
    ),
];

/// A pod with these images.
fn pod(images: &[&str]) -> String {
    let containers = images
        .iter()
        .map(|image| format!("  - {{name: c, image: \"{image}\"}}\n"));
    format!(
        "apiVersion: v1\nkind: Pod\nmetadata: {{name: p}}\nspec:\n  containers:\n{}",
        containers.collect::<String>()
    )
}

fn supplied() -> Sandbox {
    let sandbox = Sandbox::new();
    for ecosystem in ["Go", "Bitnami"] {
        let files = RECORDS.iter().filter(|(of, ..)| *of == ecosystem);
        let files: Vec<(&str, &str)> = files.map(|(_, name, text)| (*name, *text)).collect();
        let directory = sandbox.root().join("osv").join(ecosystem);
        std::fs::create_dir_all(&directory).unwrap();
        std::fs::write(directory.join("all.zip"), zip(&files)).unwrap();
    }
    let answer = sandbox.run(&["db", "update", "--from", "../osv"]);
    assert_eq!(answer.code, 0, "{answer}");
    sandbox
}

/// Package URL and place of each finding.
fn found(sandbox: &Sandbox) -> Vec<String> {
    let answer = sandbox.run(&["scan", "--only", "supply/*", "-o", "json"]);
    let report: Value = serde_json::from_str(&answer.out.replace("[TIME]", "0")).unwrap();
    let findings = report["findings"].as_array().unwrap().iter();
    let mut found: Vec<String> = findings
        .map(|one| {
            let place = &one["locations"][0];
            format!(
                "{} {}:{}",
                one["asset"].as_str().unwrap(),
                place["path"].as_str().unwrap(),
                place["line"]
            )
        })
        .collect();
    found.sort();
    found
}

#[test]
fn programs_of_a_cluster_are_matched_with_advisories_at_the_line_of_their_image() {
    let sandbox = supplied();
    sandbox.write(
        "cluster.yaml",
        &pod(&[
            "registry.k8s.io/kube-apiserver:v1.30.4",
            "registry.k8s.io/ingress-nginx/controller:v1.11.2@sha256:0000000000000000000000000000000000000000000000000000000000000000",
            "registry.k8s.io/etcd:3.5.12-0",
            "envoyproxy/envoy:v1.26.1",
        ]),
    );
    let expected = [
        "pkg:github/envoyproxy/envoy@v1.26.1 cluster.yaml:9",
        "pkg:golang/go.etcd.io/etcd/v3@v3.5.12 cluster.yaml:8",
        "pkg:golang/k8s.io/ingress-nginx@v1.11.2 cluster.yaml:7",
        "pkg:golang/k8s.io/kubernetes@v1.30.4 cluster.yaml:6",
    ];
    assert_eq!(found(&sandbox), expected);
}

#[test]
fn mended_releases_are_not_reported_and_a_version_that_no_tag_tells_is_said() {
    let sandbox = supplied();
    let images = [
        "registry.k8s.io/kube-apiserver:v1.30.10",
        "registry.k8s.io/ingress-nginx/controller:v1.11.5",
        "registry.k8s.io/ingress-nginx/controller:v1.13.0",
        "registry.k8s.io/etcd:3.5.28-0",
        "envoyproxy/envoy:v1.26.7",
    ];
    sandbox.write("cluster.yaml", &pod(&images));
    assert_eq!(found(&sandbox), Vec::<String>::new());
    sandbox.write("cluster.yaml", &pod(&["registry.k8s.io/kube-proxy:latest"]));
    let answer = sandbox.run(&["scan", "--only", "supply/*"]);
    assert_eq!(answer.code, 0, "{answer}");
    assert!(answer.err.contains("its version is not known"), "{answer}");
}

#[test]
fn files_of_a_node_are_judged_by_their_names() {
    let sandbox = Sandbox::new();
    sandbox.write(
        "node/kubelet.service",
        "[Service]\nExecStart=/usr/bin/kubelet --authorization-mode=AlwaysAllow\n",
    );
    sandbox.write(
        "node/.kube/config",
        "apiVersion: v1\nkind: Config\nclusters:\n- name: a\n  cluster: {server: \"https://10.0.0.5\", insecure-skip-tls-verify: true}\n",
    );
    let answer = sandbox.run(&["scan", "--only", "deploy/control-plane/*", "-o", "concise"]);
    assert_eq!(answer.code, 1, "{answer}");
    for rule in [
        "kubelet-authorization",
        "kubelet-anonymous",
        "kubeconfig-unverified",
    ] {
        assert!(answer.out.contains(rule), "{rule}: {answer}");
    }
}

#[test]
fn a_namespace_is_judged_by_all_manifests_and_not_by_some() {
    let sandbox = Sandbox::new();
    let workload = pod(&["registry.example/a:1"]).replace("{name: p}", "{name: p, namespace: shop}");
    sandbox.write("a.yaml", &workload);
    let rule = "deploy/workload/no-network-policy";
    let scan = |sandbox: &Sandbox| sandbox.run(&["scan", "--only", "deploy/workload/*", "-o", "concise"]);
    assert!(scan(&sandbox).out.contains(rule));
    sandbox.write(
        "b/policy.yaml",
        "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: deny, namespace: shop}\nspec: {podSelector: {}}\n",
    );
    assert!(!scan(&sandbox).out.contains(rule));
}
