//! Files of policies come from anywhere: whatever documents they hold, what can be loaded of them ends within its limits, without a panic, and
//! two askings agree.

#![no_main]

use bartizan_document::{Dialect, Limits as Bounds, read};
use bartizan_policy::rego::Surroundings;
use bartizan_policy::{Cause, Decision, Files, Limits, suite};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let limits = Limits { steps: 10_000, made_bytes: 1 << 20, ..Limits::default() };
    let bounds = Bounds { nodes: 20_000, ..Bounds::default() };
    let all: Vec<_> = read(text, Dialect::Kubernetes, bounds).documents.into_iter().map(|one| one.root.to_json()).collect();
    let mut files = Files::default();
    all.iter().for_each(|document| files.document("fuzz.yaml", document.clone()));
    let (bundle, refused) = files.load(limits, Surroundings { now_ns: Some(0) });
    assert!(!refused.iter().any(|(_, cause)| matches!(cause, Cause::Panicked(_))), "{refused:?}");
    for document in &all {
        let said = bundle.judge(document, &all);
        assert!(!said.iter().any(|one| matches!(one.decision, Decision::Unknown(Cause::Panicked(_)))), "{said:?}");
        assert_eq!(said, bundle.judge(document, &all));
        let beside = |_: &str| Ok(all.clone());
        suite::gatekeeper(document, &beside, limits, Surroundings { now_ns: Some(0) });
        suite::kyverno(document, &beside);
    }
});
