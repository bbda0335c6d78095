//! Versions come from anywhere: every scheme orders any three texts, and its keys agree with it.

#![no_main]

use bartizan_supply::version::Scheme;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let mut lines = text.splitn(3, '\n');
    let [a, b, c] = [(); 3].map(|()| lines.next().unwrap_or_default());
    for scheme in Scheme::ALL {
        let (ka, kb) = (scheme.key(a), scheme.key(b));
        assert_eq!(scheme.compare(a, b), scheme.compare(b, a).reverse());
        assert!(scheme == Scheme::Maven || scheme.compare(a, b) == ka.cmp(&kb));
        if ka == kb {
            assert_eq!(scheme.key(c).cmp(&ka), scheme.key(c).cmp(&kb));
        }
    }
});
