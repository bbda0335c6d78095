//! Rule files of Semgrep: whatever they hold, each rule runs or is refused by name, and running it ends.

#![no_main]

use bartizan_code::sast::pattern::Regexes;
use bartizan_code::sast::semgrep::{Rule, read};
use bartizan_code::sast::{File, run};
use bartizan_syntax::Language;
use libfuzzer_sys::fuzz_target;

const SOURCE: &str = "import os\n\ndef f(a, b=1):\n    x = a + \"s\"\n    os.system(x)\n    return g(x, b)\n";

fuzz_target!(|text: &str| {
    let Ok(rules) = read(text) else {
        return;
    };
    for refused in &rules.refused {
        assert!(!refused.reason.is_empty(), "a refusal says why");
    }
    let file = File::new("a.py", SOURCE, Some(Language::Python));
    let all: Vec<&Rule> = rules.rules.iter().collect();
    let outcomes = run(&all, &file, &Regexes::default());
    assert_eq!(outcomes.len(), all.len(), "every rule has an outcome");
    for hit in outcomes.iter().flat_map(|outcome| &outcome.hits) {
        assert!(SOURCE.get(hit.span.range()).is_some(), "a place is a part of the text");
    }
});
