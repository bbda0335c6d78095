//! Telling text from other bytes.

const LOOKED_AT: usize = 8 << 10;

/// Whether bytes look like something other than text: a NUL within the first 8 KiB, unless they carry the mark of
/// UTF-16 or UTF-32 text.
#[must_use]
pub fn looks_binary(bytes: &[u8]) -> bool {
    let head = bytes.get(..LOOKED_AT).unwrap_or(bytes);
    let marked = head.starts_with(&[0xff, 0xfe])
        || head.starts_with(&[0xfe, 0xff])
        || head.starts_with(&[0, 0, 0xfe, 0xff]);
    !marked && memchr::memchr(0, head).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nul_near_the_start_makes_bytes_binary() {
        assert!(looks_binary(b"\x7fELF\x02\x01\x01\0\0"));
        assert!(!looks_binary("plain téxt\n".as_bytes()));
        assert!(!looks_binary(b""));
    }

    #[test]
    fn a_nul_beyond_eight_kibibytes_is_not_looked_at() {
        let mut bytes = vec![b'a'; LOOKED_AT];
        bytes.push(0);
        assert!(!looks_binary(&bytes));
    }

    #[test]
    fn utf_16_text_with_its_mark_is_no_binary() {
        assert!(!looks_binary(b"\xff\xfeh\0i\0"));
    }
}
