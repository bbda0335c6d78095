//! As much of DER as keys need (ITU-T X.690, section 10: <https://www.itu.int/rec/T-REC-X.690>). In: bytes; out: the contents of one
//! element after another, each of a tag that the caller expects. Lengths are definite and in their shortest form, up to 65,535 bytes.

pub(crate) const INTEGER: u8 = 0x02;
pub(crate) const BIT_STRING: u8 = 0x03;
pub(crate) const OBJECT_IDENTIFIER: u8 = 0x06;
pub(crate) const SEQUENCE: u8 = 0x30;

/// Elements one after another.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Elements<'a>(&'a [u8]);

impl<'a> Elements<'a> {
    pub(crate) const fn of(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// The contents of the next element, when it has this tag.
    pub(crate) fn next(&mut self, tag: u8) -> Option<&'a [u8]> {
        let (&found, rest) = self.0.split_first()?;
        let (length, rest) = length(rest)?;
        let (contents, rest) = rest.split_at_checked(length)?;
        if found != tag {
            return None;
        }
        self.0 = rest;
        Some(contents)
    }

    /// The magnitude of the next element, a positive INTEGER, without leading zeros.
    pub(crate) fn positive(&mut self) -> Option<&'a [u8]> {
        let contents = self.next(INTEGER)?;
        match contents {
            [0, magnitude @ ..] if magnitude.first().is_some_and(|first| *first >= 0x80) => Some(magnitude),
            [1..=0x7f, ..] => Some(contents),
            _ => None,
        }
    }

    pub(crate) const fn ended(self) -> Option<()> {
        if self.0.is_empty() { Some(()) } else { None }
    }
}

fn length(bytes: &[u8]) -> Option<(usize, &[u8])> {
    match bytes {
        [short @ 0..=0x7f, rest @ ..] => Some((usize::from(*short), rest)),
        [0x81, long @ 0x80..=0xff, rest @ ..] => Some((usize::from(*long), rest)),
        [0x82, high @ 1..=0xff, low, rest @ ..] => {
            Some((usize::from(u16::from_be_bytes([*high, *low])), rest))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_shortest_definite_length_is_read() {
        for (bytes, contents) in [
            ([&[0x30, 0x00][..], &[]].concat(), Some(0)),
            ([&[0x30, 0x7f][..], &[1; 0x7f]].concat(), Some(0x7f)),
            ([&[0x30, 0x81, 0x80][..], &[1; 0x80]].concat(), Some(0x80)),
            ([&[0x30, 0x82, 1, 0][..], &[1; 0x100]].concat(), Some(0x100)),
            ([&[0x30, 0x80][..], &[0, 0]].concat(), None),
            ([&[0x30, 0x81, 0x7f][..], &[1; 0x7f]].concat(), None),
            ([&[0x30, 0x82, 0, 0xff][..], &[1; 0xff]].concat(), None),
            ([&[0x30, 0x83, 0, 1, 0][..], &[1; 0x100]].concat(), None),
            ([&[0x30, 0x82, 0xff, 0xff][..], &[1; 0x100]].concat(), None),
            ([&[0x31, 0x00][..], &[]].concat(), None),
            (vec![0x30], None),
            (vec![], None),
        ] {
            assert_eq!(
                Elements::of(&bytes).next(SEQUENCE).map(<[u8]>::len),
                contents,
                "{bytes:02x?}"
            );
        }
    }

    #[test]
    fn integers_are_positive_and_in_their_shortest_form() {
        for (bytes, magnitude) in [
            (&[2, 1, 3][..], Some(&[3][..])),
            (&[2, 2, 0, 0x80], Some(&[0x80])),
            (&[2, 2, 0, 0x7f], None),
            (&[2, 1, 0x80], None),
            (&[2, 1, 0], None),
            (&[2, 0], None),
        ] {
            assert_eq!(Elements::of(bytes).positive(), magnitude, "{bytes:02x?}");
        }
    }
}
