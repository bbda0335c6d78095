//! Bills of materials come from anywhere: reading ends, what is not understood is said, every component stands once, and
//! every dependency is a component of the same document.

#![no_main]

use bartizan_supply::sbom::read;
use libfuzzer_sys::fuzz_target;
use std::collections::HashSet;

fuzz_target!(|bytes: &[u8]| {
    let read = read(bytes, "bill");
    assert!(!read.components.is_empty() || !read.problems.is_empty() || std::str::from_utf8(bytes).is_ok());
    let purls: HashSet<_> = read.components.iter().map(|component| &component.purl).collect();
    assert_eq!(purls.len(), read.components.len());
    for component in &read.components {
        assert!(component.depends_on.iter().all(|purl| purls.contains(purl) && *purl != component.purl));
        assert!(!component.locations.is_empty());
    }
});
