//! Compressed bytes: raw deflate behind the length of what is inside, <https://www.rfc-editor.org/rfc/rfc1951>.

use crate::StoreError;
use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use std::io::{Read, Write};

/// Bytes, compressed beforehand: what takes long is done before a transaction begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Packed(Vec<u8>);

impl Packed {
    /// Compresses.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(pack(bytes))
    }

    /// As it is kept.
    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// How many bytes are in it.
    pub(crate) fn bytes_within(&self) -> i64 {
        let length = self
            .0
            .first_chunk::<8>()
            .map(|length| u64::from_le_bytes(*length));
        i64::try_from(length.unwrap_or_default()).unwrap_or(i64::MAX)
    }
}

/// Compresses. Fast rather than small: level 1.
pub(crate) fn pack(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len() / 16 + 16);
    out.extend_from_slice(&(bytes.len() as u64).to_le_bytes());
    let mut encoder = DeflateEncoder::new(out, Compression::fast());
    // A vector takes everything.
    let _ = encoder.write_all(bytes);
    encoder.finish().unwrap_or_default()
}

/// Undoes [`pack`]; nothing longer than the length at the beginning is ever made.
pub(crate) fn unpack(packed: &[u8]) -> Result<Vec<u8>, StoreError> {
    let damaged = || StoreError::Corrupt("a compressed value cannot be read".to_owned());
    let (length, data) = packed.split_first_chunk::<8>().ok_or_else(damaged)?;
    let length = u64::from_le_bytes(*length);
    let mut out = Vec::new();
    DeflateDecoder::new(data)
        .take(length.saturating_add(1))
        .read_to_end(&mut out)
        .map_err(|_| damaged())?;
    if out.len() as u64 == length {
        Ok(out)
    } else {
        Err(damaged())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_damaged_is_said_to_be() {
        let packed = pack(b"some text some text some text");
        assert!(unpack(&[]).is_err());
        assert!(unpack(packed.get(..packed.len() - 3).unwrap()).is_err());
        let mut longer = packed;
        longer[0] += 1;
        assert!(unpack(&longer).is_err());
    }

    proptest! {
        #[test]
        fn what_was_packed_comes_out_again(bytes in proptest::collection::vec(any::<u8>(), 0..2_000)) {
            prop_assert_eq!(unpack(&pack(&bytes)).unwrap(), bytes);
        }
    }
}
