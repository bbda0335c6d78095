//! Integers in binary formats: every read is checked, so that a cut or hostile file gives nothing instead of a panic.

/// Byte order of a format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    /// Least significant byte first.
    Little,
    /// Most significant byte first.
    Big,
}

/// The `len` bytes at `at`; none where the bytes end before.
pub(crate) fn slice(bytes: &[u8], at: usize, len: usize) -> Option<&[u8]> {
    bytes.get(at..at.checked_add(len)?)
}

fn array<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    slice(bytes, at, N)?.try_into().ok()
}

/// Bytes that records of a file may still take together. Records do not overlap, so in a sound file they are never more
/// than the file has; without the bound a small file could name one large record a million times.
pub(crate) struct Budget(std::cell::Cell<usize>);

impl Budget {
    /// What a file affords.
    pub(crate) fn of(file: &[u8]) -> Self {
        Self(std::cell::Cell::new(file.len()))
    }

    /// Takes some; none where it is used up.
    pub(crate) fn take(&self, bytes: usize) -> Option<()> {
        let left = self.0.get().checked_sub(bytes);
        self.0.set(left.unwrap_or_default());
        left.map(|_| ())
    }
}

impl Order {
    /// The 16-bit integer at `at`.
    pub(crate) fn u16(self, bytes: &[u8], at: usize) -> Option<u16> {
        let raw = array(bytes, at)?;
        Some(match self {
            Self::Little => u16::from_le_bytes(raw),
            Self::Big => u16::from_be_bytes(raw),
        })
    }

    /// The 32-bit integer at `at`.
    pub(crate) fn u32(self, bytes: &[u8], at: usize) -> Option<u32> {
        let raw = array(bytes, at)?;
        Some(match self {
            Self::Little => u32::from_le_bytes(raw),
            Self::Big => u32::from_be_bytes(raw),
        })
    }

    /// The 64-bit integer at `at`.
    pub(crate) fn u64(self, bytes: &[u8], at: usize) -> Option<u64> {
        let raw = array(bytes, at)?;
        Some(match self {
            Self::Little => u64::from_le_bytes(raw),
            Self::Big => u64::from_be_bytes(raw),
        })
    }

    /// The 32-bit integer at `at` as an offset or a length.
    pub(crate) fn size(self, bytes: &[u8], at: usize) -> Option<usize> {
        usize::try_from(self.u32(bytes, at)?).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_more_than_the_file_has_is_not_afforded() {
        let budget = Budget::of(&[0; 10]);
        assert_eq!(
            [budget.take(6), budget.take(6), budget.take(1)],
            [Some(()), None, None]
        );
    }

    #[test]
    fn what_lies_beyond_the_end_is_none() {
        assert_eq!(Order::Little.u16(&[1, 2], 0), Some(0x0201));
        assert_eq!(Order::Big.u32(&[1, 2, 3, 4], 0), Some(0x0102_0304));
        assert_eq!(Order::Big.u32(&[1, 2, 3, 4], 1), None);
        assert_eq!(Order::Big.u64(&[0; 8], usize::MAX), None);
        assert_eq!(slice(&[0; 4], 2, usize::MAX), None);
    }
}
