//! Keys come from files: reading ends, an accepted public key is written to a text that reads the same, and a private key to one
//! with the same public half.

#![no_main]

use bartizan_trust::keys::{PublicKey, SigningKey};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let mut keys = vec![PublicKey::from_spki(bytes)];
    if let Ok(text) = std::str::from_utf8(bytes) {
        keys.push(PublicKey::from_pem(text));
        if let Ok(key) = SigningKey::from_pem(text) {
            let read = SigningKey::from_pem(&key.to_pem());
            assert_eq!(read.map(|key| key.public().clone()).as_ref(), Ok(key.public()));
        }
    }
    for key in keys.into_iter().flatten() {
        assert_eq!(PublicKey::from_pem(&key.to_pem()).as_ref(), Ok(&key));
        assert_eq!(PublicKey::from_spki(key.spki()).as_ref(), Ok(&key));
        assert!(key.verify(b"message", bytes).is_err());
    }
});
