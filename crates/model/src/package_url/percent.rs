//! Percent-encoding as package URLs use it: text in and out, everything but letters, digits and `-._~:` encoded.

use super::InvalidPackageUrl;
use std::fmt;

/// Writes `text` encoded, `/` included.
pub(super) fn write(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~' | b':') {
            f.write_str(char::from(byte).encode_utf8(&mut [0; 4]))?;
        } else {
            write!(f, "%{byte:02X}")?;
        }
    }
    Ok(())
}

/// Writes `text` encoded, its `/` left as separators.
pub(super) fn write_segments(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    for (nth, segment) in text.split('/').enumerate() {
        if nth > 0 {
            f.write_str("/")?;
        }
        write(f, segment)?;
    }
    Ok(())
}

/// The text that `encoded` stands for. A `+` stays a `+`.
///
/// # Errors
/// A `%` without two hexadecimal digits, or bytes that are not UTF-8.
pub(super) fn decode(encoded: &str) -> Result<String, InvalidPackageUrl> {
    if !encoded.contains('%') {
        return Ok(encoded.to_owned());
    }
    let mut bytes = encoded.bytes();
    let mut decoded = Vec::with_capacity(encoded.len());
    while let Some(byte) = bytes.next() {
        if byte == b'%' {
            let pair = bytes.next().and_then(hex).zip(bytes.next().and_then(hex));
            let (high, low) = pair.ok_or_else(|| InvalidPackageUrl::Encoding(encoded.to_owned()))?;
            decoded.push(high << 4 | low);
        } else {
            decoded.push(byte);
        }
    }
    String::from_utf8(decoded).map_err(|_| InvalidPackageUrl::Encoding(encoded.to_owned()))
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit)
        .to_digit(16)
        .and_then(|value| u8::try_from(value).ok())
}
