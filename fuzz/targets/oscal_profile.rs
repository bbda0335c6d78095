//! OSCAL profiles and catalogues come from anywhere: reading and resolving end, and no control comes out that did not go in.

#![no_main]

use bartizan_ledger::compliance::profile::{Document, resolve};
use libfuzzer_sys::fuzz_target;

const CATALOG: &[u8] = br#"{"catalog":{"params":[{"id":"p"}],"groups":[{"id":"a","controls":[{"id":"a-1","params":[{"id":"a-1_p"}],"parts":[{"id":"a-1_s","name":"statement"}],"controls":[{"id":"a-1.1"}]},{"id":"a-2"}]}]}}"#;
const PROFILE: &[u8] = br##"{"profile":{"uuid":"x","metadata":{},"imports":[{"href":"#c","include-all":{}}],"merge":{"as-is":true}}}"##;

fuzz_target!(|bytes: &[u8]| {
    match Document::read(bytes) {
        Ok(Document::Profile(profile)) => {
            let find = |href: &str| if href == "#c" { Document::read(CATALOG).ok() } else { None };
            if let Ok(resolved) = resolve(&profile, &find) {
                let known = ["a-1", "a-1.1", "a-2"];
                assert!(resolved.control_ids().iter().all(|id| known.contains(&id.as_str())));
            }
        }
        Ok(catalog) => {
            let Ok(Document::Profile(profile)) = Document::read(PROFILE) else { return };
            let first = resolve(&profile, &|_| Some(catalog.clone())).map(|resolved| resolved.catalog);
            let again = resolve(&profile, &|_| Some(catalog.clone())).map(|resolved| resolved.catalog);
            assert_eq!(first, again);
        }
        Err(_) => {}
    }
});
