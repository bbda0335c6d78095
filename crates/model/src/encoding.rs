//! Bytes as texts write them: base64 (<https://www.rfc-editor.org/rfc/rfc4648>), hexadecimal digits, percent encoding
//! (<https://www.rfc-editor.org/rfc/rfc3986#section-2.1>).

use std::fmt::Write as _;

/// Decodes base64 in either alphabet, with or without padding, with white space anywhere; none where it is no base64.
#[must_use]
pub fn base64(text: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len() / 4 * 3 + 3);
    let (mut word, mut bits) = (0_u32, 0);
    let mut padded = false;
    for &byte in text {
        let digit = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            b'=' => {
                padded = true;
                continue;
            }
            b' ' | b'\n' | b'\r' | b'\t' => continue,
            _ => return None,
        };
        if padded {
            return None;
        }
        word = (word << 6 | u32::from(digit)) & 0x00ff_ffff;
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            out.push((word >> bits & 0xff) as u8);
        }
    }
    // Six bits that begin no byte are a cut text.
    (bits < 6).then_some(out)
}

/// Lower-case hexadecimal digits.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut out, byte| {
            // Writing to a string does not fail.
            let _ = write!(out, "{byte:02x}");
            out
        })
}

/// Whether a text is made of so many lower-case hexadecimal digits.
#[must_use]
pub fn is_hex(text: &str, digits: usize) -> bool {
    text.len() == digits && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// The text that percent encoding stands for; none where a `%` has no two hexadecimal digits behind it, or the bytes are no
/// UTF-8. A `+` stays a `+`.
#[must_use]
pub fn percent_decoded(encoded: &str) -> Option<String> {
    let mut bytes = encoded.bytes();
    let mut decoded = Vec::with_capacity(encoded.len());
    while let Some(byte) = bytes.next() {
        if byte == b'%' {
            let (high, low) = bytes.next().and_then(digit).zip(bytes.next().and_then(digit))?;
            decoded.push(high << 4 | low);
        } else {
            decoded.push(byte);
        }
    }
    String::from_utf8(decoded).ok()
}

fn digit(letter: u8) -> Option<u8> {
    char::from(letter)
        .to_digit(16)
        .and_then(|value| u8::try_from(value).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_examples_of_rfc_4648_decode() {
        for (text, bytes) in [
            ("", ""),
            ("Zg==", "f"),
            ("Zm8=", "fo"),
            ("Zm9v", "foo"),
            ("Zm9vYmE", "fooba"),
            ("Zm9v\n YmE", "fooba"),
        ] {
            assert_eq!(
                base64(text.as_bytes()).as_deref(),
                Some(bytes.as_bytes()),
                "{text}"
            );
        }
        for wrong in ["Zm9vY", "a=bc", "a!bc", "a"] {
            assert_eq!(base64(wrong.as_bytes()), None, "{wrong}");
        }
    }

    #[test]
    fn both_alphabets_of_base64_are_understood() {
        assert_eq!(base64(b"_-8="), Some(vec![0xff, 0xef]));
        assert_eq!(base64(b"/+8="), Some(vec![0xff, 0xef]));
    }

    #[test]
    fn hexadecimal_digits_are_lower_case_pairs() {
        assert_eq!(hex(&[0, 0xaf, 0x10]), "00af10");
    }

    #[test]
    fn percent_encoding_is_undone_or_refused() {
        assert_eq!(percent_decoded("a%2Fb+c%C3%A4").as_deref(), Some("a/b+c\u{e4}"));
        for wrong in ["%", "%2", "%zz", "%ff"] {
            assert_eq!(percent_decoded(wrong), None, "{wrong}");
        }
    }
}
