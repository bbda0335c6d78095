//! Manifests come from anywhere: reading ends, what is noted is read back as it was, and every answer is about grants that exist.

#![no_main]

use bartizan_deploy::RbacCheck;
use bartizan_deploy::rbac::{Manifest, Permissions, Request};
use bartizan_engine::rule::{Enabled, scan};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let manifest = Manifest::read("fuzz.yaml", text);
    let permissions = Permissions::of([manifest]);
    let escalations = permissions.escalations();
    let request = Request {
        verb: "get",
        resource: "secrets",
        namespace: "shop",
        ..Request::default()
    };
    for subject in permissions.subjects().into_iter().take(16) {
        let granted = permissions.grants(subject).len();
        assert!(permissions.allows(subject, &request).len() <= granted);
        if let Some(way) = escalations.takes_cluster(subject) {
            assert!(!way.steps.is_empty());
        }
        for way in escalations.of(subject) {
            assert!(!way.steps.is_empty());
        }
    }
    let reported = scan(&RbacCheck::new(Enabled::default(), true, true), &[("fuzz.yaml", text.as_bytes())]);
    assert!(reported.findings.iter().all(|one| !one.message.contains('\n')));
});
