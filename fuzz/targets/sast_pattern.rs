//! Patterns in source code: whatever both are, reading and matching end, and what is found lies within the file.

#![no_main]

use bartizan_code::sast::pattern::{Facts, Options, Regexes, search};
use bartizan_syntax::pattern::parse_pattern;
use bartizan_syntax::{Language, parse};
use libfuzzer_sys::fuzz_target;

const LANGUAGES: [Language; 6] = [
    Language::Python,
    Language::JavaScript,
    Language::TypeScript,
    Language::Tsx,
    Language::Java,
    Language::Go,
];

fuzz_target!(|input: (u8, &str, &str)| {
    let (number, pattern, source) = input;
    let language = LANGUAGES[usize::from(number) % LANGUAGES.len()];
    let Ok(pattern) = parse_pattern(pattern, language) else {
        return;
    };
    let parsed = parse(source, language);
    let regexes = Regexes::default();
    let facts = Facts::new(&parsed.ast, source, &regexes);
    for found in search(&pattern, &facts, Options::default(), None).matches {
        assert!(source.get(found.span.range()).is_some(), "a match is a part of the text");
        for (name, bound) in found.env.iter() {
            assert!(name.starts_with('$'), "what is bound is a metavariable");
            let _ = bound.text(&parsed.ast, source);
        }
    }
});
