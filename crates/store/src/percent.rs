//! Percent-encoding in URLs, <https://www.rfc-editor.org/rfc/rfc3986#section-2.1>.

use std::borrow::Cow;

/// The text that is meant.
///
/// # Errors
/// When a percent sign is not followed by two digits, or the bytes are no UTF-8.
pub(crate) fn decoded(text: &str) -> Result<Cow<'_, str>, String> {
    if !text.contains('%') {
        return Ok(Cow::Borrowed(text));
    }
    let wrong = || format!("`{text}` is not percent-encoded as it should be");
    let mut bytes = Vec::with_capacity(text.len());
    let mut parts = text.split('%');
    bytes.extend_from_slice(parts.next().unwrap_or_default().as_bytes());
    for part in parts {
        let (digits, rest) = part.split_at_checked(2).ok_or_else(wrong)?;
        if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return Err(wrong());
        }
        bytes.push(u8::from_str_radix(digits, 16).map_err(|_| wrong())?);
        bytes.extend_from_slice(rest.as_bytes());
    }
    String::from_utf8(bytes).map(Cow::Owned).map_err(|_| wrong())
}
