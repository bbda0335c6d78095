//! Manifests, kubeconfigs and files of flags come from anywhere: judging ends, and whatever is said is said in one line.

#![no_main]

use bartizan_deploy::{ComponentsCheck, KubernetesCheck, Options};
use bartizan_engine::rule::scan;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let check = KubernetesCheck::new(Options::default());
    for path in ["kubelet.service", "etc/default/kubelet", ".kube/config", "cluster.yaml"] {
        let reported = scan(&check, &[(path, text.as_bytes())]);
        for finding in &reported.findings {
            assert!(!finding.message.contains('\n') && !finding.locations.is_empty());
        }
    }
    let _ = bartizan_deploy::control_plane::flags_of(text);
    let _ = scan(&ComponentsCheck::new(true), &[("cluster.yaml", text.as_bytes())]);
});
