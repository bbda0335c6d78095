//! Generator patterns come from rule files: expansion must end, stay within its bound, and be the same each time.

#![no_main]

use bartizan_content::generate::{MAX_EXPANSION, expand};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|pattern: &str| {
    if let Ok(text) = expand(pattern, 7) {
        // One literal or class member may pass the bound before it is seen.
        assert!(text.len() <= MAX_EXPANSION + pattern.len() + 4);
        assert_eq!(expand(pattern, 7).as_ref(), Ok(&text));
    }
});
