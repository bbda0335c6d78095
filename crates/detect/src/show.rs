//! Bytes of a host as text that does no harm where it is shown.

use bartizan_model::text::{push_bytes, push_visible};

/// Of one text, the bytes that are shown at most
const MOST: usize = 16 * 1024;

/// The text of bytes. What steers terminals, breaks lines, is invisible, changes the direction of writing or is no UTF-8 is written out as an
/// escape (`\n`, `\u{1b}`, `\u{202e}`); what is longer than 16 KiB ends in `…`.
#[must_use]
pub fn harmless(bytes: &[u8]) -> String {
    let shown = bytes.get(..MOST).unwrap_or(bytes);
    let mut text = String::with_capacity(shown.len());
    for chunk in shown.utf8_chunks() {
        for one in chunk.valid().chars() {
            push_visible(&mut text, one);
        }
        push_bytes(&mut text, chunk.invalid());
    }
    if shown.len() < bytes.len() {
        text.push('…');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::harmless;

    #[test]
    fn nothing_that_steers_a_terminal_gets_through() {
        let shown = harmless(b"a\n\x1b[31m\xffb\xe2\x80\xae\xc2\x9b");
        assert_eq!(shown, r"a\n\u{1b}[31m\xffb\u{202e}\u{9b}");
        assert_eq!(harmless("größer".as_bytes()), "größer");
    }

    #[test]
    fn a_long_text_is_cut() {
        let shown = harmless(&vec![b'a'; 20_000]);
        assert!(shown.ends_with('…') && shown.len() < 17_000);
    }
}
