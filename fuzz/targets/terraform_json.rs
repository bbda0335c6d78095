//! Configurations and values of variables in JSON come from anywhere: reading them ends, two runs agree, and every place lies within its file.

#![no_main]

use bartizan_deploy::terraform::{File, load};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    // What follows a line of dashes are values of variables.
    let (main, values) = text.split_once("\n---\n").unwrap_or((text, "{}"));
    let files = [("main.tf.json", main), ("terraform.tfvars.json", values)];
    let read = || load(&files.map(|(path, text)| File { path, text }));
    let loaded = read();
    assert_eq!(loaded.problems, read().problems);
    for resource in &loaded.resources {
        let (_, text) = files[resource.at.file];
        assert!(text.get(resource.at.span.range()).is_some());
        for place in resource.body.places.iter().flat_map(|places| places.attributes.values()) {
            assert!(files[place.file].1.get(place.span.range()).is_some());
        }
    }
});
