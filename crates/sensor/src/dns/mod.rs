//! The name that a question of DNS asks for (RFC 1035, section 4.1).

mod answer;

pub use answer::Answer;
pub(crate) use answer::answer;

/// Bytes of a name at most
const NAME_MAX: usize = 255;

/// Writes the first name that a message asks for into `out`, with dots; nothing where it is no question.
pub(crate) fn question<'o>(message: &[u8], out: &'o mut Vec<u8>) -> &'o [u8] {
    out.clear();
    if read(message, out).is_none() {
        out.clear();
    }
    out
}

fn read(message: &[u8], out: &mut Vec<u8>) -> Option<()> {
    let (header, mut rest) = message.split_first_chunk::<12>()?;
    let [_, _, flags, _, count_high, count_low, ..] = header;
    // An answer, another kind of operation, or nothing that is asked for
    if flags & 0xf8 != 0 || (*count_high, *count_low) == (0, 0) {
        return None;
    }
    loop {
        let (length, after) = rest.split_first()?;
        // Names in questions are not compressed.
        if *length > 63 {
            return None;
        }
        if *length == 0 {
            return Some(());
        }
        let (label, after) = after.split_at_checked(usize::from(*length))?;
        if !out.is_empty() {
            out.push(b'.');
        }
        out.extend_from_slice(label);
        if out.len() > NAME_MAX {
            return None;
        }
        rest = after;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(message: &[u8]) -> Vec<u8> {
        question(message, &mut Vec::new()).to_vec()
    }

    #[test]
    fn the_name_of_a_question_is_read() {
        let mut message = vec![0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0];
        message.extend(b"\x07example\x03com\0\0\x01\0\x01");
        assert_eq!(asked(&message), b"example.com");
        for end in 0..message.len() - 4 {
            assert_eq!(asked(&message[..end]), b"", "cut at {end}");
        }
    }

    #[test]
    fn answers_and_pointers_are_no_questions() {
        let mut answer = vec![0, 1, 0x81, 0, 0, 1, 0, 0, 0, 0, 0, 0];
        answer.extend(b"\x01a\0\0\x01\0\x01");
        assert_eq!(asked(&answer), b"");
        let mut pointer = vec![0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0];
        pointer.extend(b"\xc0\x0c\0\x01\0\x01");
        assert_eq!(asked(&pointer), b"");
    }
}
