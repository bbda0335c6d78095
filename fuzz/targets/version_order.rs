//! Versions come from anywhere: every scheme orders any three texts, and its keys agree with it.

#![no_main]

use bartizan_supply::version::Scheme;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let mut lines = text.splitn(3, '\n');
    let [a, b, c] = [(); 3].map(|()| lines.next().unwrap_or_default());
    for scheme in Scheme::ALL {
        let (ab, bc, ac) = (scheme.compare(a, b), scheme.compare(b, c), scheme.compare(a, c));
        assert_eq!(ab, scheme.compare(b, a).reverse());
        assert_eq!(ab, scheme.key(a).cmp(&scheme.key(b)));
        if ab == bc {
            assert_eq!(ac, ab);
        }
    }
});
