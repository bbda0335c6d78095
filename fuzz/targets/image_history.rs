//! A history and a Dockerfile come from anywhere: for any text, attribution ends, speaks of each layer on one line without control
//! characters, and shows no value of a step that is not known to be harmless.

#![no_main]

use bartizan_source::image::{Digest, Image, ImageConfig, Layer, Step, Tree};
use bartizan_supply::image::Attribution;
use libfuzzer_sys::fuzz_target;
use std::collections::BTreeMap;

fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    let (history, dockerfile) = text.split_once('\0').unwrap_or((&text, ""));
    let steps = history.split('\u{1}').map(|line| Step {
        created_by: line.to_owned(),
        empty_layer: line.len() % 3 == 0,
        ..Step::default()
    });
    let steps: Vec<Step> = steps.collect();
    let layers = steps.iter().filter(|step| !step.empty_layer).count();
    let layer = Layer { digest: None, diff_id: Digest::sha256(b"") };
    let image = Image {
        identity: Default::default(),
        config: ImageConfig { history: steps.clone(), ..ImageConfig::default() },
        annotations: BTreeMap::new(),
        layers: vec![layer; layers],
        tree: Tree::of([]),
        is_whole: true,
    };
    let guarded = Attribution::of(&image, Some(("Dockerfile", dockerfile)));
    let open = guarded.clone().showing(|_| true);
    for number in 0..layers {
        for told in [guarded.layer(number), open.layer(number)] {
            assert!(!told.contains(char::is_control), "{told:?}");
        }
    }
    for (number, step) in steps.iter().enumerate() {
        let told = guarded.step(number);
        let shown = told.split('`').nth(1).unwrap_or_default();
        assert!(!shown.contains(['=', '"', '\'']), "{told:?} of {:?}", step.created_by);
        if let Some((_, (first, last))) = open.lines(number) {
            assert!(first >= 1 && first <= last && last as usize <= dockerfile.lines().count());
        }
    }
});
