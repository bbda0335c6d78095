//! Signed tokens and sets of keys come from other servers: reading ends, and nothing is found to be signed by a key that signed nothing.

#![no_main]

use bartizan_trust::jws::KeySet;
use libfuzzer_sys::fuzz_target;

// Bytes one after another: nobody has the private half.
const KEYS: &[u8] = br#"{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"1","x":"CQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJyg"}]}"#;

fuzz_target!(|bytes: &[u8]| {
    let _ = KeySet::read(bytes);
    let Ok(keys) = KeySet::read(KEYS) else {
        return;
    };
    if let Ok(text) = std::str::from_utf8(bytes) {
        assert!(keys.verify(text).is_err());
    }
});
