//! Manifests come from anywhere: reading ends, and who connects to whom is worked out of whatever was understood.

#![no_main]

use bartizan_deploy::reach::{Manifest, Manifests, Reach};
use libfuzzer_sys::fuzz_target;
use std::convert::Infallible;

fuzz_target!(|text: &str| {
    let mut manifests = Manifests::default();
    manifests.add(Manifest::read("fuzz.yaml", text));
    let Ok(mut reach) = Reach::new(&manifests) else { return };
    let (sources, destinations) = (reach.sources(None), reach.destinations(None));
    let done: Result<(), Infallible> = reach.edges(&sources, &destinations, |edge| {
        assert!(!edge.connections.is_empty());
        for condition in edge.conditions {
            assert!(!condition.alternatives.is_empty());
            assert!(!condition.connections.is_empty());
            assert!(condition.connections.minus(edge.connections).is_empty());
        }
        assert!(!edge.source.contains(char::is_control) && !edge.destination.contains(char::is_control));
        Ok(())
    });
    assert!(done.is_ok());
    for source in sources.iter().take(4) {
        for destination in destinations.iter().take(4) {
            let _ = reach.why(*source, *destination);
        }
    }
    let _ = reach.published(None);
});
