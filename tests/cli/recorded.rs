//! Lists that were recorded of a cluster.

use crate::sandbox::Sandbox;

const DEPLOYMENTS: &str = r#"{"apiVersion": "v1", "kind": "List", "items": [{"apiVersion": "apps/v1", "kind": "Deployment",
  "metadata": {"name": "web", "namespace": "shop"}, "spec": {"template": {"metadata": {"labels": {"app": "web"}},
  "spec": {"hostNetwork": true, "containers": [{"name": "c", "image": "i"}]}}}}]}"#;

fn made(kind: &str, name: &str, by: (&str, &str)) -> String {
    let spec = r#"{"hostNetwork": true, "containers": [{"name": "c", "image": "i"}]}"#;
    let labels = r#""labels": {"app": "web"}"#;
    let spec = match kind {
        "Pod" => spec.to_owned(),
        _ => format!(r#"{{"template": {{"metadata": {{{labels}}}, "spec": {spec}}}}}"#),
    };
    let version = if kind == "Pod" { "v1" } else { "apps/v1" };
    format!(
        r#"{{"apiVersion": "{version}", "kind": "{kind}List", "items": [{{"metadata": {{"name": "{name}", "namespace": "shop", {labels},
        "ownerReferences": [{{"kind": "{}", "name": "{}", "controller": true}}]}}, "spec": {spec}}}]}}"#,
        by.0, by.1
    )
}

fn cluster() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("cluster/deployments", DEPLOYMENTS);
    sandbox.write(
        "cluster/rs.json",
        &made("ReplicaSet", "web-5d", ("Deployment", "web")),
    );
    sandbox.write(
        "cluster/pods.json",
        &made("Pod", "web-5d-x", ("ReplicaSet", "web-5d")),
    );
    sandbox
}

#[test]
fn what_a_workload_made_is_left_to_the_workload() {
    let sandbox = cluster();
    let only = "deploy/pod-security/host-namespaces";
    let answer = sandbox.run(&["scan", "k8s:cluster", "-o", "concise", "--only", only]);
    assert_eq!(answer.code, 0, "{answer}");
    let lines: Vec<&str> = answer.out.lines().collect();
    assert_eq!(lines.len(), 1, "{answer}");
    assert!(lines[0].starts_with("deployments:3:"), "{answer}");
    let answer = sandbox.run(&["reach", "k8s:cluster", "--from", "shop/web"]);
    assert_eq!(answer.code, 0, "{answer}");
    assert!(!answer.out.contains("ReplicaSet"), "{answer}");
}

#[test]
fn a_workload_that_was_not_recorded_is_said() {
    let sandbox = cluster();
    std::fs::remove_file(sandbox.path("cluster/rs.json")).unwrap();
    let answer = sandbox.run(&["scan", "k8s:cluster", "-o", "json", "--only", "deploy/*"]);
    assert_eq!(answer.code, 4, "{answer}");
    assert!(
        answer
            .out
            .contains("the ReplicaSet shop/web-5d that made it was not recorded"),
        "{answer}"
    );
    assert!(
        answer.out.contains("kubectl get replicasets -A -o json"),
        "{answer}"
    );
}
