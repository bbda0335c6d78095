//! Rules of static analysis, models of libraries and files of settings: whatever they hold, they are read or refused, and reading what was read
//! again gives the same.

#![no_main]

use bartizan_code::sast::library::{Models, Settings};
use bartizan_code::sast::rules::pattern_rule;
use bartizan_content::{code, flow};
use bartizan_syntax::Language;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(rule) = code::read(text) {
        let made = pattern_rule(&rule);
        assert!(rule.flow.is_none() || matches!(made, Ok(None)), "a rule of flow is none of patterns");
    }
    if let Ok(library) = flow::read(text) {
        for language in [Language::Python, Language::JavaScript, Language::Java, Language::Go] {
            let _ = Models::of(language, std::slice::from_ref(&library));
        }
    }
    for name in ["a.properties", "a.yaml"] {
        let mut once = Settings::default();
        once.add(name, text);
        let mut twice = once.clone();
        twice.add(name, text);
        assert_eq!(once, twice, "a file says the same however often it is read");
    }
});
