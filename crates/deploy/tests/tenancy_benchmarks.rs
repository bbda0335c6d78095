//! Each configuration of the multi-tenancy benchmarks of Kubernetes is decided: found where it is bad, quiet where it is good.
//!
//! Source of the list: <https://github.com/kubernetes-retired/multi-tenancy/tree/master/benchmarks/kubectl-mtb/test/benchmarks>.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, and reads its cases from disk"
)]

use bartizan_deploy::TenancyCheck;
use bartizan_deploy::tenancy::Options;
use bartizan_deploy::tenancy::scaffold::{Mesh, NewTenant};
use bartizan_engine::rule::scan;
use bartizan_testbed::testdata;
use std::collections::BTreeSet;

const POD: &str = "
---
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: acme}
spec:
  securityContext: {runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}}
  containers:
  - name: app
    image: registry.example/app:1
    imagePullPolicy: Always
    securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}
";

/// How a good configuration becomes a bad one.
enum Bad {
    /// A text is put in place of another.
    Instead(&'static [(&'static str, &'static str)]),
    /// An object is added, as the first with a binding to administrators of the tenant or to one of its accounts.
    With(&'static str),
}

use Bad::{Instead, With};

/// The label by which a namespace is held to a level.
const ENFORCE: &str = "pod-security.kubernetes.io/enforce: restricted";
const NOTHING: &str = "pod-security.kubernetes.io/warn-only: none";
const BASELINE: &str = "pod-security.kubernetes.io/enforce: baseline";

/// Each configuration, the rule that decides it, a word of what it says, and how it is bad.
const ALL: [(&str, &str, &str, Bad); 18] = [
    (
        "block_access_to_cluster_resources",
        "rbac-cluster",
        "of the cluster",
        With(
            "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: nodes}\nrules: [{apiGroups: [''], resources: [nodes], verbs: [get]}]\n---\napiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata: {name: nodes}\nroleRef: {kind: ClusterRole, name: nodes}\nsubjects: [{kind: Group, name: 'tenant:acme:admins'}]\n",
        ),
    ),
    (
        "block_add_capabilities",
        "pod-escape",
        "capabilities",
        Instead(&[(ENFORCE, NOTHING), ("drop: [ALL]", "add: [NET_ADMIN]")]),
    ),
    (
        "block_multitenant_resources",
        "guards-writable",
        "NetworkPolicy",
        Instead(&[(
            "resources: [networkpolicies]\n  verbs: [get, list, watch, create]",
            "resources: [networkpolicies]\n  verbs: [delete, create]",
        )]),
    ),
    (
        "block_ns_quota",
        "guards-writable",
        "ResourceQuota",
        With(
            "apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: more, namespace: acme}\nrules: [{apiGroups: [''], resources: [resourcequotas], verbs: [update]}]\n---\napiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {name: more, namespace: acme}\nroleRef: {kind: Role, name: more}\nsubjects: [{kind: Group, name: 'tenant:acme:admins'}]\n",
        ),
    ),
    (
        "block_other_tenant_resources",
        "rbac-across",
        "tenant `globex`",
        With(
            "apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {name: web, namespace: globex}\nroleRef: {kind: ClusterRole, name: view}\nsubjects: [{kind: ServiceAccount, name: web, namespace: acme}]\n",
        ),
    ),
    (
        "block_privilege_escalation",
        "no-pod-security",
        "gain privileges",
        Instead(&[(ENFORCE, BASELINE)]),
    ),
    (
        "block_privileged_containers",
        "pod-escape",
        "privileged",
        Instead(&[
            (ENFORCE, NOTHING),
            ("allowPrivilegeEscalation: false", "privileged: true"),
        ]),
    ),
    (
        "block_use_of_host_ipc",
        "pod-escape",
        "host namespaces",
        Instead(&[
            (ENFORCE, NOTHING),
            (
                "spec:\n  securityContext",
                "spec:\n  hostIPC: true\n  securityContext",
            ),
        ]),
    ),
    (
        "block_use_of_host_networking_and_ports",
        "pod-escape",
        "hostPort",
        Instead(&[
            (ENFORCE, NOTHING),
            (
                "    imagePullPolicy",
                "    ports: [{containerPort: 80, hostPort: 80}]\n    imagePullPolicy",
            ),
        ]),
    ),
    (
        "block_use_of_host_path",
        "pod-escape",
        "hostPath",
        Instead(&[
            (ENFORCE, NOTHING),
            (
                "spec:\n  securityContext",
                "spec:\n  volumes: [{name: d, hostPath: {path: /etc}}]\n  securityContext",
            ),
        ]),
    ),
    (
        "block_use_of_host_pid",
        "pod-escape",
        "host namespaces",
        Instead(&[
            (ENFORCE, NOTHING),
            (
                "spec:\n  securityContext",
                "spec:\n  hostPID: true\n  securityContext",
            ),
        ]),
    ),
    (
        "block_use_of_nodeport_services",
        "node-port",
        "every node",
        With(
            "apiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: acme}\nspec: {type: NodePort, ports: [{port: 80}]}\n",
        ),
    ),
    (
        "configure_ns_object_quota",
        "no-quota",
        "secrets",
        Instead(&[("    secrets: \"50\"\n", "")]),
    ),
    (
        "configure_ns_quotas",
        "no-quota",
        "memory",
        Instead(&[("    requests.memory: 16Gi\n    limits.memory: 32Gi\n", "")]),
    ),
    (
        "create_network_policies",
        "no-self-service",
        "networkpolicies",
        Instead(&[(
            "resources: [networkpolicies]\n  verbs: [get, list, watch, create]",
            "resources: [networkpolicies]\n  verbs: [get, list, watch]",
        )]),
    ),
    (
        "create_role_bindings",
        "no-self-service",
        "rolebindings",
        Instead(&[(
            "resources: [roles, rolebindings]\n  verbs: [get, list, watch, create]",
            "resources: [roles, rolebindings]\n  verbs: [get, list, watch]",
        )]),
    ),
    (
        "require_always_pull_image",
        "image-pull",
        "may pull it",
        Instead(&[("imagePullPolicy: Always", "imagePullPolicy: IfNotPresent")]),
    ),
    (
        "require_run_as_non_root_user",
        "no-pod-security",
        "run as root",
        Instead(&[(ENFORCE, BASELINE)]),
    ),
];

/// Two tenants that are kept apart, and a pod of one.
fn good() -> String {
    let tenant = |name: &str| NewTenant::new(name, &[], Mesh::None).unwrap().manifests();
    tenant("acme") + &tenant("globex") + POD
}

/// What is found, as rule and message.
fn found(text: &str) -> Vec<(String, String)> {
    let check = TenancyCheck::new(Options::default());
    let reported = scan(&check, &[("all.yaml", text.as_bytes())]);
    assert_eq!(reported.errors, [""; 0]);
    let findings = reported.findings.into_iter();
    findings.map(|one| (one.rule, one.message)).collect()
}

#[test]
fn nothing_is_found_in_the_good_configuration_of_any() {
    assert_eq!(found(&good()), []);
}

#[test]
fn the_bad_configuration_of_each_is_found_by_its_rule() {
    for (name, rule, word, bad) in &ALL {
        let text = match bad {
            With(object) => format!("{}---\n{object}", good()),
            Instead(pairs) => pairs.iter().fold(good(), |text, (from, to)| {
                assert!(text.contains(from), "{name}: {from}");
                text.replace(from, to)
            }),
        };
        let all = found(&text);
        let id = format!("deploy/tenancy/{rule}");
        assert!(
            all.iter()
                .any(|(rule, message)| *rule == id && message.contains(word)),
            "{name}: {all:#?}"
        );
    }
}

#[test]
fn every_configuration_of_the_benchmarks_is_among_them_and_in_the_manual() {
    let names: BTreeSet<&str> = ALL.iter().map(|(name, ..)| *name).collect();
    assert_eq!(names.len(), ALL.len());
    let manual =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/tenancy.md")).unwrap();
    for (name, rule, ..) in &ALL {
        let mut lines = manual.lines();
        assert!(
            lines.any(|line| line.contains(name) && line.contains(rule)),
            "{name} {rule}"
        );
    }
    let Some(root) = testdata("deploy/multi-tenancy-benchmark") else {
        return;
    };
    let entries = std::fs::read_dir(root).unwrap();
    let there = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let there: BTreeSet<String> = there.collect();
    assert_eq!(there.iter().map(String::as_str).collect::<BTreeSet<_>>(), names);
}
