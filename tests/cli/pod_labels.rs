//! Policies of pods by their labels, which only the runtime of the containers tells (CRI): a real containerd runs the pods.

use crate::running::watched_by;
use crate::sandbox::{Sandbox, is_root};
use bartizan_testbed::Containerd;
use std::time::Duration;

/// A program that lies where anybody may write
const DEED: &str = "mkdir -p /open && chmod 777 /open && cp /bin/busybox /open/true && /open/true";
const POLICY: &str = "policies:
- name: of labelled pods
  workloads: [{namespace: shop, labels: {app: api, tier: front}}]
  mode: enforce
  rules: {exec: {writable_places: true}}
";
const LABELS: [(&str, &str); 2] = [("app", "api"), ("tier", "front")];

/// Whether it goes on being done: the runtime is asked with each new cgroup, and every second.
fn runs_on(containerd: &Containerd, container: &str) -> bool {
    (0..10).all(|_| {
        let runs = containerd.succeeds(container, DEED).unwrap();
        std::thread::sleep(Duration::from_millis(500));
        runs
    })
}

#[test]
#[allow(clippy::print_stderr, reason = "what was not tested is said aloud")]
fn a_policy_holds_in_the_containers_of_pods_with_its_labels_alone() {
    if !is_root() {
        eprintln!("skipped: containers are run as root");
        return;
    }
    let mut containerd = Containerd::start().unwrap();
    let mut pod = |name, namespace, labels: &[_]| containerd.run_pod(name, namespace, labels).unwrap().1;
    let named = pod("named", "shop", &[LABELS[0], LABELS[1], ("more", "too")]);
    let others = [
        pod("half", "shop", &LABELS[..1]),
        pod("other", "shop", &[("app", "web"), LABELS[1]]),
        pod("elsewhere", "test", &LABELS),
        pod("bare", "shop", &[]),
    ];
    let sandbox = Sandbox::new();
    sandbox.write("policy.yaml", POLICY);
    let socket = containerd.socket().display().to_string();
    let arguments = [
        "agent",
        "--policy",
        "policy.yaml",
        "-o",
        "json",
        "--tier",
        "restrain",
        "--runtime-socket",
        &socket,
    ];
    let (mut ran, mut others_ran, mut later_ran) = (true, Vec::new(), true);
    let answer = watched_by(&sandbox, sandbox.bartizan(&arguments), |_| {
        ran = runs_on(&containerd, &named);
        others_ran = others
            .iter()
            .map(|other| containerd.succeeds(other, DEED).unwrap())
            .collect();
        let (_, later) = containerd.run_pod("later", "shop", &LABELS).unwrap();
        later_ran = runs_on(&containerd, &later);
    })
    .unwrap();
    assert_eq!(answer.code, 0, "{answer}");
    assert!(!ran && !later_ran, "{answer}");
    assert_eq!(others_ran, [true; 4], "{answer}");
    assert!(answer.out.contains("Policy of labelled pods"), "{answer}");
    assert!(
        containerd.succeeds(&named, DEED).unwrap(),
        "nothing is stopped when the agent is gone"
    );
}
