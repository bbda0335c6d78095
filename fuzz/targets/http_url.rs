//! Addresses come from flags and from `Location` headers: whatever is read has no space or line break in what is asked for, reads as
//! itself again, and shows neither user nor query.

#![no_main]

use bartizan_source::http::{Proxies, Url};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let (first, second) = text.split_once('\n').unwrap_or((text, "a"));
    let base = Url::parse("https://user:word@host.example:8443/a/b?c").expect("it is an address");
    for url in [Url::parse(first), base.join(first), Url::parse(first).and_then(|url| url.join(second))] {
        let Ok(url) = url else { continue };
        let target = url.request_target();
        assert!(target.bytes().all(|byte| byte.is_ascii_graphic()), "{target}");
        let again = Url::parse(&target).expect("what is asked for is an address");
        assert_eq!(again.request_target(), target);
        assert!(again.same_origin(&url));
        assert!(!url.to_string().contains('@') || target.contains('@'));
        let _ = (url.file_name(), url.is_loopback(), url.below(&[second]), url.with_query(&[("q", second)]));
    }
    let _ = Proxies::from_variables(|name| (name == "NO_PROXY").then(|| first.to_owned()));
});
