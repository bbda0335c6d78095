//! Envelopes come from whoever sends statements: reading ends, what was read is written to JSON that reads the same, and a key that
//! signed nothing is not found to have signed.

#![no_main]

use bartizan_trust::dsse::Envelope;
use bartizan_trust::keys::PublicKey;
use libfuzzer_sys::fuzz_target;
use std::num::NonZeroUsize;

fuzz_target!(|json: &[u8]| {
    let Ok(envelope) = Envelope::parse(json) else {
        return;
    };
    let written = envelope.to_json();
    assert_eq!(
        Envelope::parse(written.as_bytes()).as_ref(),
        Ok(&envelope),
        "{written}"
    );
    // Bytes one after another: nobody has the private half.
    let key = PublicKey::from_ed25519(std::array::from_fn(|at| at as u8 + 9));
    let trusted = Vec::from_iter(key.ok());
    assert!(
        envelope
            .verify(envelope.payload_type(), &trusted, NonZeroUsize::MIN)
            .is_err()
    );
    assert!(envelope.signers(&trusted).is_ok_and(|signers| signers.is_empty()));
});
