//! Plans come from anywhere: reading and judging them ends, and every place lies within its file.

#![no_main]

use bartizan_deploy::terraform::{File, load};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    for resource in load(&[File { path: "plan.json", text }]).resources {
        assert!(resource.at.span.end as usize <= text.len());
        let places = resource.body.places.iter().flat_map(|places| places.attributes.values());
        for place in places {
            assert!(text.get(place.span.range()).is_some());
        }
    }
});
