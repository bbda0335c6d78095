//! Percent-encoding as package URLs use it: text in and out, everything but letters, digits and `-._~:` encoded.

use super::InvalidPackageUrl;
use crate::encoding::percent_decoded;
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
    percent_decoded(encoded).ok_or_else(|| InvalidPackageUrl::Encoding(encoded.to_owned()))
}
