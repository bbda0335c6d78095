//! Making hostile text harmless for whoever reads it.
//!
//! Terminals act on C0 and C1 control characters, and bidirectional controls make text read differently from its
//! bytes (<https://trojansource.codes/>).

use std::borrow::Cow;
use std::fmt::Write as _;

/// Whether a terminal or a reader may be fooled by the character: it steers, breaks lines, shows nothing, or changes what is shown around it.
#[must_use]
pub const fn is_unsafe(c: char) -> bool {
    matches!(c,
        '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// Adds a character, or a visible escape where it may fool: `\n`, `\r`, `\t`, `\u{202e}`.
pub fn push_visible(text: &mut String, c: char) {
    match c {
        '\n' => text.push_str("\\n"),
        '\r' => text.push_str("\\r"),
        '\t' => text.push_str("\\t"),
        c if is_unsafe(c) => {
            let _ = write!(text, "\\u{{{:x}}}", u32::from(c));
        }
        c => text.push(c),
    }
}

/// A text as one harmless line, for reading: a backslash stays what it is, so that two texts may look the same.
#[must_use]
pub fn line(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_unsafe) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len());
    text.chars().for_each(|c| push_visible(&mut safe, c));
    Cow::Owned(safe)
}

/// Adds bytes that are no UTF-8, each as `\xNN`.
pub fn push_bytes(text: &mut String, bytes: &[u8]) {
    for byte in bytes {
        let _ = write!(text, "\\x{byte:02x}");
    }
}

/// Bytes as one harmless line: what is no UTF-8 becomes `\xNN`, and each character that may fool becomes a visible escape. A backslash becomes two, so
/// that each line stands for one text.
#[must_use]
pub fn visible(bytes: &[u8]) -> String {
    let mut safe = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            if c == '\\' {
                safe.push(c);
            }
            push_visible(&mut safe, c);
        }
        push_bytes(&mut safe, chunk.invalid());
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_fools_a_terminal_is_shown() {
        assert_eq!(visible(b"\x1b[31mred\nline\xff\\"), r"\u{1b}[31mred\nline\xff\\");
        assert_eq!(visible("\u{202e}txt".as_bytes()), r"\u{202e}txt");
        assert_eq!(visible("größer".as_bytes()), "größer");
        assert_eq!(line("red\u{1b}[31m\nline\\"), r"red\u{1b}[31m\nline\");
    }

    proptest! {
        #[test]
        fn no_two_texts_look_the_same(a in prop::collection::vec(any::<u8>(), 0..20), b in prop::collection::vec(any::<u8>(), 0..20)) {
            prop_assert_eq!(a == b, visible(&a) == visible(&b));
            prop_assert!(!visible(&a).chars().any(is_unsafe));
        }
    }
}
