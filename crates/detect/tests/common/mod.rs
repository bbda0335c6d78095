//! Events from small documents (`bartizan_detect::example`), and rules that judge them.

#![allow(dead_code, unreachable_pub, reason = "each test uses a part of it")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a wrong example ends the test"
)]

use std::sync::Arc;

use bartizan_detect::{Detector, Loader, Problem, Rules, Weight, example};
use bartizan_model::runtime::Event;

/// The event of a text in YAML
pub fn told(text: &str) -> Event<'static> {
    let document = example::document(text).unwrap_or_else(|error| panic!("{error} in {text}"));
    // Events of a test live as long as it.
    example::event(Box::leak(Box::new(document))).unwrap_or_else(|error| panic!("{error} in {text}"))
}

/// The rules of a text, and what is said of it
pub fn load(text: &str) -> (Rules, Vec<Problem>) {
    let mut loader = Loader::new();
    loader.add("rules.yaml", text);
    loader.finish()
}

/// A detector with one rule, which is called `R`
pub fn rule(condition: &str) -> Detector {
    let condition = condition.replace('\n', " ");
    let rule =
        format!("- rule: R\n  desc: d\n  condition: >\n    {condition}\n  output: o\n  priority: INFO\n");
    let (rules, problems) = load(&rule);
    let wrong: Vec<_> = problems
        .iter()
        .filter(|one| one.weight == Weight::Error)
        .collect();
    assert!(wrong.is_empty(), "{wrong:?} of {condition}");
    Detector::new(Arc::new(rules))
}

/// Names of the rules that fire for an event
pub fn fired(detector: &mut Detector, event: &Event<'_>) -> Vec<String> {
    let ids = detector.judge(event).to_vec();
    let rules = ids.iter().filter_map(|id| detector.rules().get(*id));
    rules.map(|rule| rule.name.to_string()).collect()
}
