//! Messages of Protocol Buffers by the numbers of their fields (<https://protobuf.dev/programming-guides/encoding/>): as much as questions and
//! answers of a container runtime take.

/// A field of a message: its number and what it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Value<'a> {
    Number(u64),
    Bytes(&'a [u8]),
}

/// The fields of a message in order; it ends where the message does, or where it is none.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fields<'a>(pub(super) &'a [u8]);

impl<'a> Fields<'a> {
    /// The bytes of all fields with a number
    pub(super) fn all(self, number: u64) -> impl Iterator<Item = &'a [u8]> {
        self.filter_map(move |(found, value)| match value {
            Value::Bytes(bytes) if found == number => Some(bytes),
            _ => None,
        })
    }

    /// The last message of a field, empty where there is none
    pub(super) fn message(self, number: u64) -> Self {
        Self(self.all(number).last().unwrap_or_default())
    }

    /// The text of a field, empty where there is none
    pub(super) fn text(self, number: u64) -> &'a str {
        let bytes = self.all(number).last().unwrap_or_default();
        std::str::from_utf8(bytes).unwrap_or_default()
    }

    /// A number, 0 where there is none
    pub(super) fn number(self, number: u64) -> u64 {
        let found = self.filter_map(|(found, value)| match value {
            Value::Number(value) if found == number => Some(value),
            _ => None,
        });
        found.last().unwrap_or(0)
    }

    /// The entries of a map of texts
    pub(super) fn map(self, number: u64) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.all(number)
            .map(|entry| (Self(entry).text(1), Self(entry).text(2)))
    }

    fn varint(&mut self) -> Option<u64> {
        let mut value = 0_u64;
        for place in 0..10 {
            let (byte, rest) = self.0.split_first()?;
            self.0 = rest;
            value |= u64::from(byte & 0x7f).checked_shl(7 * place)?;
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }

    fn take(&mut self, length: u64) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(usize::try_from(length).ok()?)?;
        self.0 = rest;
        Some(taken)
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = (u64, Value<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        let tag = self.varint()?;
        let value = match tag & 7 {
            0 => Value::Number(self.varint()?),
            1 => Value::Bytes(self.take(8)?),
            2 => {
                let length = self.varint()?;
                Value::Bytes(self.take(length)?)
            }
            5 => Value::Bytes(self.take(4)?),
            _ => return None,
        };
        Some((tag >> 3, value))
    }
}

/// A field with a text or a message; its number is below 16.
pub(super) fn field(number: u8, bytes: &[u8]) -> Vec<u8> {
    let mut all = vec![number << 3 | 2];
    let mut length = bytes.len();
    while length > 0x7f {
        all.push(u8::try_from(length & 0x7f).unwrap_or(0) | 0x80);
        length >>= 7;
    }
    all.push(u8::try_from(length).unwrap_or(0));
    all.extend_from_slice(bytes);
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let long = "x".repeat(300);
        let entry = [field(1, b"key"), field(2, b"value")].concat();
        let mut message = [field(1, long.as_bytes()), field(3, &entry), field(3, &entry)].concat();
        message.extend([4 << 3, 0xac, 0x02]);
        let fields = Fields(&message);
        assert_eq!(fields.text(1), long);
        assert_eq!(fields.map(3).collect::<Vec<_>>(), [("key", "value"); 2]);
        assert_eq!((fields.number(4), fields.number(5), fields.text(9)), (300, 0, ""));
    }

    #[test]
    fn whatever_is_no_message_ends() {
        for bytes in [
            &[0xff_u8; 20][..],
            &[0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01],
            &[0x0a, 5, 1],
            &[0x0b],
            &[0x08],
        ] {
            assert_eq!(Fields(bytes).count(), 0, "{bytes:?}");
        }
    }
}
