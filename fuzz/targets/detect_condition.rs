//! A condition is read to its end or told, and what is read can be judged.

#![no_main]

use bartizan_detect::Loader;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    // A text of JSON is one of YAML.
    let quoted = serde_json::Value::from(text);
    let rule = format!("- {{rule: R, desc: d, condition: {quoted}, output: '%proc.name', priority: INFO}}");
    let mut loader = Loader::new();
    loader.add("fuzz.yaml", &rule);
    let (rules, problems) = loader.finish();
    // It runs, or it is told why not.
    assert!(!rules.all().is_empty() || !problems.is_empty(), "{text:?}");
});
