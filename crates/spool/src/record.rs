//! Records as they stand in a segment: written in one go, and read until one is not whole.

use std::io::{self, Read};

/// What a segment begins with.
pub(crate) const MAGIC: &[u8; 8] = b"BZSPOOL1";
/// Bytes before those of a record: length, checksum, number.
pub(crate) const HEAD: usize = 16;

/// A record as it is written.
pub(crate) fn encoded(number: u64, record: &[u8]) -> Option<Vec<u8>> {
    let length = u32::try_from(record.len()).ok()?;
    let mut bytes = Vec::with_capacity(HEAD + record.len());
    bytes.extend_from_slice(&length.to_le_bytes());
    bytes.extend_from_slice(&checksum(number, record).to_le_bytes());
    bytes.extend_from_slice(&number.to_le_bytes());
    bytes.extend_from_slice(record);
    Some(bytes)
}

fn checksum(number: u64, record: &[u8]) -> u32 {
    let mut sum = crc32fast::Hasher::new();
    sum.update(&number.to_le_bytes());
    sum.update(record);
    sum.finalize()
}

/// The next record with its number; None at the end, and where what stands there is no whole record.
pub(crate) fn next(from: &mut impl Read) -> io::Result<Option<(u64, Vec<u8>)>> {
    let mut head = [0; HEAD];
    if !filled(from, &mut head)? {
        return Ok(None);
    }
    let [l0, l1, l2, l3, c0, c1, c2, c3, number @ ..] = head;
    let length = u32::from_le_bytes([l0, l1, l2, l3]) as usize;
    let sum = u32::from_le_bytes([c0, c1, c2, c3]);
    let number = u64::from_le_bytes(number);
    if length > crate::LARGEST_RECORD {
        return Ok(None);
    }
    let mut record = Vec::new();
    from.by_ref().take(length as u64).read_to_end(&mut record)?;
    let whole = record.len() == length && checksum(number, &record) == sum;
    Ok(whole.then_some((number, record)))
}

/// Whether there were enough bytes.
fn filled(from: &mut impl Read, bytes: &mut [u8]) -> io::Result<bool> {
    match from.read_exact(bytes) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
        Err(error) => Err(error),
    }
}

/// Bytes that a record takes.
pub(crate) const fn size(record: &[u8]) -> u64 {
    (HEAD + record.len()) as u64
}

/// Whether the file begins as segments do.
pub(crate) fn begins(from: &mut impl Read) -> io::Result<bool> {
    let mut magic = [0; MAGIC.len()];
    Ok(filled(from, &mut magic)? && magic == *MAGIC)
}
