//! Base64 and hexadecimal texts (RFC 4648: <https://www.rfc-editor.org/rfc/rfc4648.html>). In: bytes; out: text, and the other way,
//! where each byte string has one text in each alphabet but for the padding that [`decode_either`] does not insist on.

use base64::Engine as _;
use base64::alphabet::URL_SAFE;
use base64::engine::DecodePaddingMode::Indifferent;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD};
use std::fmt::Write as _;

const LENIENT: GeneralPurposeConfig = GeneralPurposeConfig::new().with_decode_padding_mode(Indifferent);
const STANDARD_LENIENT: GeneralPurpose = GeneralPurpose::new(&base64::alphabet::STANDARD, LENIENT);
const URL_SAFE_LENIENT: GeneralPurpose = GeneralPurpose::new(&URL_SAFE, LENIENT);

/// The standard alphabet, padded.
pub(crate) fn encode(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// The standard alphabet, padded, and nothing else.
pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}

/// Either the standard alphabet or that for URLs, not a mixture, padded or not.
pub(crate) fn decode_either(text: &str) -> Option<Vec<u8>> {
    let engine = if text.contains(['-', '_']) {
        &URL_SAFE_LENIENT
    } else {
        &STANDARD_LENIENT
    };
    engine.decode(text).ok()
}

/// Lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn alphabets_are_not_mixed_and_spaces_not_skipped() {
        assert_eq!(decode_either("-_-_"), decode_either("+/+/"));
        for text in [
            "-/-/", "+_+_", "+ /+/", "+/+/\n", "=", "a", "ab==cd==", "YR==", "é",
        ] {
            assert_eq!(decode_either(text), None, "{text}");
        }
        for text in ["YQ", "YR==", "-_-_", " YQ=="] {
            assert_eq!(decode(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn bytes_come_back_from_either_alphabet(bytes: Vec<u8>) {
            let text = encode(&bytes);
            let url = text.replace('+', "-").replace('/', "_");
            prop_assert_eq!(decode(&text), Some(bytes.clone()));
            prop_assert_eq!(decode_either(&text), Some(bytes.clone()));
            prop_assert_eq!(decode_either(text.trim_end_matches('=')), Some(bytes.clone()));
            prop_assert_eq!(decode_either(&url), Some(bytes.clone()));
            prop_assert_eq!(decode_either(url.trim_end_matches('=')), Some(bytes.clone()));
        }
    }
}
