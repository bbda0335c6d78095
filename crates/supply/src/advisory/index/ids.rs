//! Ids of advisories in few bytes.
//!
//! In: `CVE-2021-44228`, `GHSA-jfh8-c2jp-5v3q`, anything. Out: bytes. Ids that end with a number share their beginnings in a table, most
//! used first; the twelve letters of a GitHub advisory are digits to base 20; everything else is text.

use super::bytes::{Cursor, Malformed, put_count, put_text, put_varint};
use std::collections::HashMap;
use std::sync::Arc;

const AS_TEXT: u64 = 0;
const AS_GHSA: u64 = 1;
const FIRST_PREFIX: u64 = 2;
/// Digits at the end that are a number.
const MOST_DIGITS: usize = 9;
/// Ids that must share a beginning before it is worth a place in the table.
const WORTH: usize = 4;
/// The alphabet of <https://docs.github.com/en/code-security/security-advisories/working-with-global-security-advisories-from-the-github-advisory-database/about-the-github-advisory-database#about-ghsa-ids>.
const GHSA: &[u8; 20] = b"23456789cfghjmpqrvwx";

/// A beginning, and to how many digits numbers are filled up with zeros.
type Prefix = (Box<str>, u8);

/// The table, for reading.
#[derive(Debug, Clone)]
pub(super) struct Prefixes(Arc<[Prefix]>);

/// The table, for writing.
#[derive(Debug, Default)]
pub(super) struct PrefixWriter {
    places: HashMap<Prefix, u64>,
    bytes: Vec<u8>,
}

impl PrefixWriter {
    /// The table for these ids.
    pub(super) fn new<'a>(ids: impl IntoIterator<Item = &'a str>) -> Self {
        let mut uses: HashMap<(&str, u8), usize> = HashMap::new();
        for (prefix, pad, _) in ids.into_iter().filter_map(split) {
            *uses.entry((prefix, pad)).or_default() += 1;
        }
        let mut used: Vec<_> = uses.into_iter().filter(|(_, count)| *count >= WORTH).collect();
        used.sort_by(|(a, x), (b, y)| y.cmp(x).then(a.cmp(b)));
        let mut table = Self::default();
        put_count(&mut table.bytes, used.len());
        for ((prefix, pad), _) in used {
            put_text(&mut table.bytes, prefix);
            table.bytes.push(pad);
            let place = FIRST_PREFIX + table.places.len() as u64;
            table.places.insert((prefix.into(), pad), place);
        }
        table
    }

    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    pub(super) fn put(&self, out: &mut Vec<u8>, id: &str) {
        if let Some((prefix, pad, number)) = split(id)
            && let Some(place) = self.places.get(&(prefix.into(), pad))
        {
            put_varint(out, *place);
            put_varint(out, number);
        } else if let Some(packed) = pack_ghsa(id) {
            put_varint(out, AS_GHSA);
            out.extend_from_slice(&packed);
        } else {
            put_varint(out, AS_TEXT);
            put_text(out, id);
        }
    }
}

impl Prefixes {
    pub(super) fn read(bytes: &[u8]) -> Result<Self, Malformed> {
        let mut cursor = Cursor(bytes);
        let count = if bytes.is_empty() { 0 } else { cursor.count()? };
        let mut table = Vec::with_capacity(count);
        for _ in 0..count {
            table.push((cursor.text()?.into(), cursor.u8()?));
        }
        Ok(Self(table.into()))
    }

    pub(super) fn get(&self, cursor: &mut Cursor<'_>) -> Result<String, Malformed> {
        match cursor.varint()? {
            AS_TEXT => Ok(cursor.text()?.to_owned()),
            AS_GHSA => unpack_ghsa(cursor.take(7)?),
            place => {
                let place = usize::try_from(place - FIRST_PREFIX).map_err(|_| Malformed)?;
                let (prefix, pad) = self.0.get(place).ok_or(Malformed)?;
                let number = cursor.varint()?;
                Ok(joined(prefix, number, usize::from(*pad)))
            }
        }
    }
}

/// A beginning and a number of at least so many digits. An index holds hundreds of thousands: `format!` takes thrice as long.
fn joined(prefix: &str, number: u64, pad: usize) -> String {
    let mut digits = [b'0'; 20];
    let mut rest = number;
    let mut count = 0;
    for digit in digits.iter_mut().rev() {
        *digit = b'0' + (rest % 10) as u8;
        rest /= 10;
        count += 1;
        if rest == 0 {
            break;
        }
    }
    let mut id = String::with_capacity(prefix.len() + pad.max(count));
    id.push_str(prefix);
    (count..pad).for_each(|_| id.push('0'));
    let written = digits.get(digits.len() - count..).unwrap_or_default();
    id.extend(written.iter().copied().map(char::from));
    id
}

/// Beginning, digits that a number with leading zeros has, and the number.
fn split(id: &str) -> Option<(&str, u8, u64)> {
    let digits = id.bytes().rev().take_while(u8::is_ascii_digit).count();
    let (prefix, digits) = id.split_at_checked(id.len() - digits)?;
    if digits.is_empty() || digits.len() > MOST_DIGITS {
        return None;
    }
    let pad = if digits.starts_with('0') && digits.len() > 1 {
        u8::try_from(digits.len()).ok()?
    } else {
        0
    };
    Some((prefix, pad, digits.parse().ok()?))
}

fn pack_ghsa(id: &str) -> Option<[u8; 7]> {
    let groups = id.strip_prefix("GHSA-")?;
    if groups.len() != 14 {
        return None;
    }
    let mut number: u64 = 0;
    for (at, byte) in groups.bytes().enumerate() {
        if at == 4 || at == 9 {
            if byte != b'-' {
                return None;
            }
            continue;
        }
        let digit = GHSA.iter().position(|letter| *letter == byte)?;
        number = number * 20 + digit as u64;
    }
    number.to_le_bytes().first_chunk().copied()
}

fn unpack_ghsa(packed: &[u8]) -> Result<String, Malformed> {
    let mut bytes = [0; 8];
    for (to, from) in bytes.iter_mut().zip(packed) {
        *to = *from;
    }
    let mut number = u64::from_le_bytes(bytes);
    let mut letters = [0_u8; 12];
    for letter in letters.iter_mut().rev() {
        let digit = usize::try_from(number % 20).map_err(|_| Malformed)?;
        *letter = *GHSA.get(digit).ok_or(Malformed)?;
        number /= 20;
    }
    let mut id = "GHSA".to_owned();
    for group in letters.chunks(4) {
        id.push('-');
        id.extend(group.iter().copied().map(char::from));
    }
    Ok(id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn round(ids: &[&str]) {
        let writer = PrefixWriter::new(ids.iter().copied());
        let mut bytes = Vec::new();
        for id in ids {
            writer.put(&mut bytes, id);
        }
        let table = Prefixes::read(&writer.into_bytes()).unwrap();
        let mut cursor = Cursor(&bytes);
        for id in ids {
            assert_eq!(table.get(&mut cursor).unwrap(), *id);
        }
        assert!(cursor.0.is_empty());
    }

    #[test]
    fn ids_come_back_as_they_went_in() {
        round(&[
            "CVE-2021-0001",
            "CVE-2021-0002",
            "CVE-2021-0003",
            "CVE-2021-0004",
            "CVE-2021-1",
            "CVE-2021-44228",
            "CVE-2021-44229",
            "CVE-2021-44230",
            "CVE-2021-44231",
            "GHSA-jfh8-c2jp-5v3q",
            "GHSA-aaaa-c2jp-5v3q",
            "GHSA-22222c2jp-5v3q",
            "RUSTSEC-2016-0001",
            "0",
            "00",
            "é",
            "999999999999999999999",
        ]);
    }

    proptest! {
        #[test]
        fn any_ids_come_back(ids in proptest::collection::vec("[A-Z]{0,2}-?[0-9]{0,11}|GHSA(-[2-9cfg]{4}){3}|.{1,9}", 0..40)) {
            round(&ids.iter().map(String::as_str).collect::<Vec<_>>());
        }
    }
}
