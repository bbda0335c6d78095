//! Numbers and texts in bytes, written and read.

/// The bytes are not of the form that was expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Malformed;

/// A number, seven bits a byte.
pub(super) fn put_varint(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number.to_le_bytes()[0] | 0x80);
        number >>= 7;
    }
    out.push(number.to_le_bytes()[0]);
}

/// A count.
pub(super) fn put_count(out: &mut Vec<u8>, count: usize) {
    put_varint(out, count as u64);
}

/// A text with its length.
pub(super) fn put_text(out: &mut Vec<u8>, text: &str) {
    put_count(out, text.len());
    out.extend_from_slice(text.as_bytes());
}

/// A text without what it shares with the one before it.
pub(super) fn put_suffix(out: &mut Vec<u8>, before: &str, text: &str) {
    let pairs = before.bytes().zip(text.bytes());
    let shared = pairs.take_while(|(a, b)| a == b).count();
    let rest = text.as_bytes().get(shared..).unwrap_or_default();
    put_count(out, shared);
    put_count(out, rest.len());
    out.extend_from_slice(rest);
}

/// Reads from the front.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cursor<'a>(pub(super) &'a [u8]);

impl<'a> Cursor<'a> {
    pub(super) fn take(&mut self, count: usize) -> Result<&'a [u8], Malformed> {
        let (taken, rest) = self.0.split_at_checked(count).ok_or(Malformed)?;
        self.0 = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Malformed> {
        self.take(N)?.try_into().map_err(|_| Malformed)
    }

    pub(super) fn u8(&mut self) -> Result<u8, Malformed> {
        Ok(u8::from_le_bytes(self.array()?))
    }

    pub(super) fn u32(&mut self) -> Result<u32, Malformed> {
        Ok(u32::from_le_bytes(self.array()?))
    }

    pub(super) fn digest(&mut self) -> Result<[u8; 32], Malformed> {
        self.array()
    }

    pub(super) fn varint(&mut self) -> Result<u64, Malformed> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.u8()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err(Malformed)
    }

    /// A count of things that take at least one byte each: more than there are bytes is malformed, so that a count never asks
    /// for memory that the bytes do not warrant.
    pub(super) fn count(&mut self) -> Result<usize, Malformed> {
        let count = usize::try_from(self.varint()?).map_err(|_| Malformed)?;
        if count > self.0.len() {
            return Err(Malformed);
        }
        Ok(count)
    }

    pub(super) fn text(&mut self) -> Result<&'a str, Malformed> {
        let length = self.count()?;
        self.utf8(length)
    }

    pub(super) fn utf8(&mut self, length: usize) -> Result<&'a str, Malformed> {
        std::str::from_utf8(self.take(length)?).map_err(|_| Malformed)
    }

    /// Changes the text before into the text that was written after it.
    pub(super) fn suffix(&mut self, before: &mut Vec<u8>) -> Result<(), Malformed> {
        let shared = usize::try_from(self.varint()?).map_err(|_| Malformed)?;
        let length = self.count()?;
        if shared > before.len() {
            return Err(Malformed);
        }
        before.truncate(shared);
        before.extend_from_slice(self.take(length)?);
        Ok(())
    }
}

/// A text that was put together from bytes.
pub(super) fn utf8(bytes: &[u8]) -> Result<&str, Malformed> {
    std::str::from_utf8(bytes).map_err(|_| Malformed)
}
