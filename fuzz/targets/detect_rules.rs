//! Files of rules about hosts come from anywhere: reading them ends, two runs agree, and what does not run is told.

#![no_main]

use bartizan_detect::{Loader, Weight};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let load = || {
        let mut loader = Loader::new();
        loader.add("fuzz.yaml", text);
        loader.finish()
    };
    let (rules, problems) = load();
    let (again, told) = load();
    assert_eq!(problems, told);
    assert_eq!(rules.needs(), again.needs());
    for problem in problems {
        assert!(problem.line > 0, "{problem}");
        assert!(problem.weight == Weight::Note || !problem.message.is_empty());
    }
});
