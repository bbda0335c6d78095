//! Package URLs come from lock files and bills of materials: reading ends, and what was read prints to a text that reads the same.

#![no_main]

use bartizan_model::PackageUrl;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let Ok(purl) = PackageUrl::parse_lenient(text) else { return };
    let printed = purl.to_string();
    assert_eq!(PackageUrl::parse(&printed).as_ref(), Ok(&purl), "{printed}");
    assert!(printed.is_ascii());
});
