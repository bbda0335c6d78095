//! Writing keys whose order byte by byte is the order of what they stand for.
//!
//! A number is written as the count of its digits and then the digits, so that longer numbers are greater and none is too large.
//! A text ends with two zero bytes, a zero within it becoming `00 FF`, so that a text sorts before its own continuations.

/// Bytes that fit without an allocation. Nearly all versions do.
const INLINE: usize = 128;

/// A key that is being written.
pub(super) struct KeyWriter {
    inline: [u8; INLINE],
    used: usize,
    spilled: Vec<u8>,
}

impl KeyWriter {
    pub(super) const fn new() -> Self {
        Self {
            inline: [0; INLINE],
            used: 0,
            spilled: Vec::new(),
        }
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        if self.spilled.is_empty() {
            self.inline.get(..self.used).unwrap_or_default()
        } else {
            &self.spilled
        }
    }

    /// One byte, usually a tag that says what follows.
    pub(super) fn tag(&mut self, byte: u8) {
        if self.spilled.is_empty() {
            if let Some(slot) = self.inline.get_mut(self.used) {
                *slot = byte;
                self.used += 1;
                return;
            }
            self.spilled.extend_from_slice(&self.inline);
        }
        self.spilled.push(byte);
    }

    /// A number given as ASCII digits, of any length; none is zero. Leading zeros do not count.
    pub(super) fn number(&mut self, digits: &[u8]) {
        let digits = without_leading_zeros(digits);
        match u8::try_from(digits.len()) {
            Ok(count) if count < u8::MAX => self.tag(count),
            _ => {
                self.tag(u8::MAX);
                self.count(digits.len());
            }
        }
        for digit in digits {
            self.tag(*digit);
        }
    }

    /// A count of things, up to the largest of 32 bits.
    pub(super) fn count(&mut self, count: usize) {
        for byte in u32::try_from(count).unwrap_or(u32::MAX).to_be_bytes() {
            self.tag(byte);
        }
    }

    /// A count for which more is less.
    pub(super) fn count_down(&mut self, count: usize) {
        for byte in (!u32::try_from(count).unwrap_or(u32::MAX)).to_be_bytes() {
            self.tag(byte);
        }
    }

    /// A text, ordered byte by byte.
    pub(super) fn text(&mut self, text: &[u8]) {
        self.bytes(text.iter().copied());
    }

    /// A text, ordered byte by byte without regard to the case of ASCII letters.
    pub(super) fn caseless_text(&mut self, text: &[u8]) {
        self.bytes(text.iter().map(u8::to_ascii_lowercase));
    }

    fn bytes(&mut self, bytes: impl Iterator<Item = u8>) {
        for byte in bytes {
            self.tag(byte);
            if byte == 0 {
                self.tag(0xFF);
            }
        }
        self.tag(0);
        self.tag(0);
    }
}

/// The leading bytes for which `belongs` holds, and the rest.
pub(super) fn take_while(text: &[u8], belongs: impl Fn(u8) -> bool) -> (&[u8], &[u8]) {
    let end = text.iter().position(|b| !belongs(*b)).unwrap_or(text.len());
    text.split_at_checked(end).unwrap_or((text, &[]))
}

/// The leading ASCII digits, and the rest.
pub(super) fn take_digits(text: &[u8]) -> (&[u8], &[u8]) {
    take_while(text, |b| b.is_ascii_digit())
}

/// Whether all of `text` is ASCII digits, at least one.
pub(super) fn is_number(text: &[u8]) -> bool {
    !text.is_empty() && text.iter().all(u8::is_ascii_digit)
}

/// Whether `digits` stand for zero.
pub(super) fn is_zero(digits: &[u8]) -> bool {
    digits.iter().all(|b| *b == b'0')
}

fn without_leading_zeros(digits: &[u8]) -> &[u8] {
    take_while(digits, |b| b == b'0').1
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn number(digits: &str) -> Vec<u8> {
        let mut out = KeyWriter::new();
        out.number(digits.as_bytes());
        out.as_bytes().to_vec()
    }

    fn text(text: &[u8]) -> Vec<u8> {
        let mut out = KeyWriter::new();
        out.text(text);
        out.as_bytes().to_vec()
    }

    #[test]
    fn a_number_of_three_hundred_digits_is_greater_than_one_of_two_hundred() {
        assert!(number(&"9".repeat(200)) < number(&"1".repeat(254)));
        assert!(number(&"9".repeat(254)) < number(&"1".repeat(255)));
        assert!(number(&"9".repeat(255)) < number(&"1".repeat(300)));
    }

    #[test]
    fn a_key_that_leaves_the_inline_buffer_loses_nothing() {
        let long = "x".repeat(INLINE * 3);
        assert_eq!(text(long.as_bytes()).len(), INLINE * 3 + 2);
    }

    proptest! {
        #[test]
        fn numbers_are_ordered_by_value(a in any::<u64>(), b in any::<u64>()) {
            prop_assert_eq!(number(&a.to_string()).cmp(&number(&format!("00{b}"))), a.cmp(&b));
        }

        #[test]
        fn texts_are_ordered_byte_by_byte(a in proptest::collection::vec(0_u8..3, 0..5), b in proptest::collection::vec(0_u8..3, 0..5)) {
            prop_assert_eq!(text(&a).cmp(&text(&b)), a.cmp(&b));
        }
    }
}
