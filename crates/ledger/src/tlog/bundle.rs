//! Bundles of entries: up to 256 entries one after another, each after its length in two bytes, the higher first
//! (<https://c2sp.org/tlog-tiles#log-entries>). In: entries; out: bytes, and the other way.

use super::tile::TILE_WIDTH;

/// The longest an entry of a bundle can be, in bytes.
pub const MAX_ENTRY: usize = u16::MAX as usize;

/// Entries or bytes that are no bundle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BundleError {
    /// There is no bundle of 0 entries, and none of more than 256.
    #[error("a bundle has 1 to 256 entries")]
    Count,
    /// An entry is too long for its length to be written.
    #[error("entry {position} of the bundle has {length} bytes; {MAX_ENTRY} is the most")]
    TooLong {
        /// The number of the entry in the bundle, from 0.
        position: usize,
        /// Its bytes.
        length: usize,
    },
    /// The bytes end within an entry.
    #[error("the bundle ends within its entry {position}")]
    Truncated {
        /// The number of the entry in the bundle, from 0.
        position: usize,
    },
}

/// The bundle of `entries`, of which there are 1 to 256.
///
/// # Errors
/// When there are fewer or more, or one is longer than [`MAX_ENTRY`].
pub fn encode(entries: &[impl AsRef<[u8]>]) -> Result<Vec<u8>, BundleError> {
    if entries.is_empty() || entries.len() > usize::from(TILE_WIDTH) {
        return Err(BundleError::Count);
    }
    let mut bytes = Vec::new();
    for (position, entry) in entries.iter().enumerate() {
        let entry = entry.as_ref();
        let length = u16::try_from(entry.len()).map_err(|_| BundleError::TooLong {
            position,
            length: entry.len(),
        })?;
        bytes.extend_from_slice(&length.to_be_bytes());
        bytes.extend_from_slice(entry);
    }
    Ok(bytes)
}

/// The entries of a bundle, 1 to 256 of them. That they are those of the log is told by their [`super::leaf_hash`]es.
///
/// # Errors
/// When there are none or too many, or the bytes end within one.
pub fn decode(bytes: &[u8]) -> Result<Vec<&[u8]>, BundleError> {
    let mut entries = Vec::new();
    let mut rest = bytes;
    while !rest.is_empty() {
        let position = entries.len();
        if position == usize::from(TILE_WIDTH) {
            return Err(BundleError::Count);
        }
        let (entry, after) = rest
            .split_first_chunk::<2>()
            .and_then(|(length, after)| after.split_at_checked(usize::from(u16::from_be_bytes(*length))))
            .ok_or(BundleError::Truncated { position })?;
        entries.push(entry);
        rest = after;
    }
    if entries.is_empty() {
        Err(BundleError::Count)
    } else {
        Ok(entries)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lengths_are_two_bytes_the_higher_first() {
        let long = vec![b'x'; 258];
        let bytes = encode(&[b"ab".as_slice(), b"", &long]).unwrap();
        assert_eq!(bytes[..8], [0, 2, b'a', b'b', 0, 0, 1, 2]);
        assert_eq!(decode(&bytes).unwrap(), [b"ab".as_slice(), b"", &long]);
    }

    #[test]
    fn entries_and_bundles_that_are_too_large_are_refused() {
        let most = vec![0; MAX_ENTRY];
        assert_eq!(decode(&encode(&[&most]).unwrap()).unwrap(), [&most]);
        let long = vec![0; MAX_ENTRY + 1];
        let refused = BundleError::TooLong {
            position: 1,
            length: MAX_ENTRY + 1,
        };
        assert_eq!(encode(&[&most, &long]), Err(refused));
        assert_eq!(encode(&[b""; 257]), Err(BundleError::Count));
        assert_eq!(decode(&[0; 514]), Err(BundleError::Count));
        assert_eq!(decode(&[0; 512]).unwrap().len(), 256);
    }

    #[test]
    fn a_bundle_of_nothing_is_refused() {
        assert_eq!(encode(&[b""; 0]), Err(BundleError::Count));
        assert_eq!(decode(b""), Err(BundleError::Count));
    }

    #[test]
    fn a_bundle_cut_short_is_refused_wherever_it_was_cut() {
        let bytes = encode(&[b"one", b"two"]).unwrap();
        for cut in [1, 2, 4, 6, 7, 9] {
            assert_eq!(
                decode(&bytes[..cut]),
                Err(BundleError::Truncated {
                    position: usize::from(cut > 5)
                }),
                "{cut}"
            );
        }
    }

    proptest! {
        #[test]
        fn a_bundle_reads_as_it_was_written(entries in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..40), 1..=256)) {
            let bytes = encode(&entries).unwrap();
            prop_assert_eq!(decode(&bytes).unwrap(), entries);
        }

        #[test]
        fn bytes_that_read_as_a_bundle_are_written_the_same(bytes in prop::collection::vec(0_u8..4, 0..600)) {
            if let Ok(entries) = decode(&bytes) {
                prop_assert_eq!(encode(&entries).unwrap(), bytes);
            }
        }
    }
}
