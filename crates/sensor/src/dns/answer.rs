//! What an answer of DNS says of the name that was asked for (RFC 1035, section 4.1).

use std::net::IpAddr;

use super::NAME_MAX;

/// Pointers that one name may lead through
const POINTERS_MAX: usize = 32;
/// Records of an answer that are read at most
const RECORDS_MAX: u16 = 256;
/// Types and the class of records
const A: u16 = 1;
const CNAME: u16 = 5;
const AAAA: u16 = 28;
const INTERNET: u16 = 1;

/// A name that was asked for, and what it was said to have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// In lower case, with dots between labels and none at the end: letters, digits, `-` and `_`
    pub name: String,
    /// Its addresses: those of the names that it was said to stand for, too
    pub addresses: Vec<IpAddr>,
}

/// Reads a message; None where it is no answer without an error to one question for a name.
pub(crate) fn answer(message: &[u8]) -> Option<Answer> {
    let (header, _) = message.split_first_chunk::<12>()?;
    let [
        _,
        _,
        flags,
        code,
        questions_high,
        questions_low,
        answers_high,
        answers_low,
        ..,
    ] = *header;
    let is_answer = flags & 0xf8 == 0x80 && code & 0x0f == 0;
    if !is_answer || (questions_high, questions_low) != (0, 1) {
        return None;
    }
    let (name, mut at) = name_at(message, header.len())?;
    at += 4;
    // Names that the one asked for stands for, in the order of the records, which follow it
    let mut names = vec![name.clone()];
    let mut addresses = Vec::new();
    for _ in 0..u16::from_be_bytes([answers_high, answers_low]).min(RECORDS_MAX) {
        let (owner, after) = name_at(message, at)?;
        let (head, rest) = message.get(after..)?.split_first_chunk::<10>()?;
        let [
            kind_high,
            kind_low,
            class_high,
            class_low,
            _,
            _,
            _,
            _,
            length_high,
            length_low,
        ] = *head;
        let length = usize::from(u16::from_be_bytes([length_high, length_low]));
        let data = rest.get(..length)?;
        let data_at = after + head.len();
        at = data_at + length;
        if !names.contains(&owner) || u16::from_be_bytes([class_high, class_low]) != INTERNET {
            continue;
        }
        match u16::from_be_bytes([kind_high, kind_low]) {
            A => addresses.push(IpAddr::from(<[u8; 4]>::try_from(data).ok()?)),
            AAAA => addresses.push(IpAddr::from(<[u8; 16]>::try_from(data).ok()?)),
            CNAME => names.push(name_at(message, data_at)?.0),
            _ => {}
        }
    }
    Some(Answer { name, addresses })
}

/// The name that begins at a place of a message, and where it ends there; None where it is none that a host could have.
fn name_at(message: &[u8], start: usize) -> Option<(String, usize)> {
    let mut name = String::new();
    let (mut at, mut end, mut pointers) = (start, None, 0);
    loop {
        let length = *message.get(at)?;
        if length & 0xc0 == 0xc0 {
            pointers += 1;
            if pointers > POINTERS_MAX {
                return None;
            }
            end.get_or_insert(at + 2);
            at = usize::from(u16::from_be_bytes([length & 0x3f, *message.get(at + 1)?]));
            continue;
        }
        if length > 63 {
            return None;
        }
        let label = message.get(at + 1..=at + usize::from(length))?;
        at += 1 + usize::from(length);
        if length == 0 {
            return (!name.is_empty()).then_some((name, end.unwrap_or(at)));
        }
        if !name.is_empty() {
            name.push('.');
        }
        let is_of_hosts = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        if !label.iter().all(is_of_hosts) || name.len() + label.len() > NAME_MAX {
            return None;
        }
        name.extend(label.iter().map(|byte| char::from(byte.to_ascii_lowercase())));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// An answer to a question for `www.example.com`, with these records
    fn message(records: &[(&[u8], u16, &[u8])]) -> Vec<u8> {
        let mut message = vec![
            0,
            1,
            0x81,
            0x80,
            0,
            1,
            0,
            u8::try_from(records.len()).unwrap(),
            0,
            0,
            0,
            0,
        ];
        message.extend(b"\x03WWW\x07example\x03com\0\0\x01\0\x01");
        for (owner, kind, data) in records {
            message.extend(*owner);
            message.extend(kind.to_be_bytes());
            message.extend([0, 1, 0, 0, 0, 60]);
            message.extend(u16::try_from(data.len()).unwrap().to_be_bytes());
            message.extend(*data);
        }
        message
    }

    #[test]
    fn addresses_are_those_of_the_name_and_of_what_it_stands_for() {
        let records: [(&[u8], u16, &[u8]); 4] = [
            (b"\xc0\x0c", CNAME, b"\x04edge\xc0\x10"),
            (b"\x04edge\xc0\x10", A, &[192, 0, 2, 7]),
            (b"\x05other\xc0\x10", A, &[192, 0, 2, 8]),
            (
                b"\xc0\x0c",
                AAAA,
                &[0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1],
            ),
        ];
        let read = answer(&message(&records)).unwrap();
        assert_eq!(read.name, "www.example.com");
        let expected: [IpAddr; 2] = ["192.0.2.7".parse().unwrap(), "2001:db8::1".parse().unwrap()];
        assert_eq!(read.addresses, expected);
    }

    #[test]
    fn questions_errors_and_names_of_no_host_are_none() {
        let whole = message(&[(b"\xc0\x0c", A, &[192, 0, 2, 7])]);
        assert!(answer(&whole).is_some());
        for (at, byte) in [(2, 1), (3, 0x83), (5, 2), (13, b' '), (12, 0xc0)] {
            let mut bad = whole.clone();
            bad[at] = byte;
            assert_eq!(answer(&bad), None, "{at}");
        }
        for end in 0..whole.len() {
            assert_eq!(answer(&whole[..end]), None, "cut at {end}");
        }
        let mut endless = whole;
        endless.splice(12..13, [0xc0, 0x0c]);
        assert_eq!(answer(&endless), None);
    }

    proptest! {
        #[test]
        fn any_message_is_an_answer_or_none(message in prop::collection::vec(any::<u8>(), 0..600)) {
            prop_assert!(answer(&message).is_none_or(|read| !read.name.is_empty()));
        }
    }
}
