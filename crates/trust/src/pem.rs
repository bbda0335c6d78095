//! Keys as PEM: in, a text; out, the label and the bytes of the one block in it, and the other way.
//!
//! The strict form of RFC 7468, section 3, with lines of any length (<https://www.rfc-editor.org/rfc/rfc7468.html#section-3>): one
//! block, white space around it and nothing else.

use crate::encoding;
use zeroize::Zeroizing;

/// The most bytes a PEM text of a key may have. An RSA key of 8192 bits takes less than 8 KiB.
pub(crate) const MAX_PEM: usize = 16 * 1024;

const LINE: usize = 64;

/// The label and the bytes, which may be of a private key and are wiped when they go.
pub(crate) fn decode(text: &str) -> Option<(&str, Zeroizing<Vec<u8>>)> {
    let (label, rest) = text
        .trim_ascii()
        .strip_prefix("-----BEGIN ")?
        .split_once("-----")?;
    let body = rest
        .strip_suffix("-----")?
        .strip_suffix(label)?
        .strip_suffix("-----END ")?;
    let mut digits = Zeroizing::new(String::with_capacity(body.len()));
    for line in body.lines() {
        digits.push_str(line.trim_ascii_end());
    }
    let breaks = body.starts_with(['\n', '\r', ' ', '\t']) && body.ends_with('\n');
    if label.is_empty() || !breaks {
        return None;
    }
    Some((label, Zeroizing::new(encoding::decode(&digits)?)))
}

/// The PEM text of `bytes`, which is wiped when it goes.
pub(crate) fn encode(label: &str, bytes: &[u8]) -> Zeroizing<String> {
    let digits = Zeroizing::new(encoding::encode(bytes));
    let mut text = Zeroizing::new(String::with_capacity(digits.len() * 2 + label.len() * 2 + LINE));
    text.push_str("-----BEGIN ");
    text.push_str(label);
    text.push_str("-----\n");
    let mut rest = digits.as_str();
    while let Some((line, after)) = rest.split_at_checked(LINE) {
        text.push_str(line);
        text.push('\n');
        rest = after;
    }
    if !rest.is_empty() {
        text.push_str(rest);
        text.push('\n');
    }
    text.push_str("-----END ");
    text.push_str(label);
    text.push_str("-----\n");
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lines_may_end_and_be_of_any_length_in_either_way() {
        for text in [
            "-----BEGIN X Y-----\nYWJj\n-----END X Y-----",
            "  \n-----BEGIN X Y-----\r\nYW\r\nJj\r\n-----END X Y-----\r\n",
            "-----BEGIN X Y----- \nYWJj \n\n-----END X Y-----\n\n",
        ] {
            let (label, bytes) = decode(text).unwrap();
            assert_eq!((label, bytes.as_slice()), ("X Y", b"abc".as_slice()), "{text}");
        }
    }

    #[test]
    fn what_is_not_one_block_is_refused() {
        let block = "-----BEGIN X-----\nYWJj\n-----END X-----\n";
        for text in [
            "",
            "YWJj",
            "-----BEGIN X-----",
            "-----BEGIN -----\nYWJj\n-----END -----\n",
            "-----BEGIN X-----YWJj-----END X-----",
            "-----BEGIN X-----\nYWJj\n-----END Y-----",
            "-----BEGIN X-----\nYWJ\n-----END X-----",
            "-----BEGIN X-----\nProc-Type: 4,ENCRYPTED\n\nYWJj\n-----END X-----",
            "----- BEGIN X-----\nYWJj\n-----END X-----",
            &format!("{block}{block}"),
            &format!("a key:\n{block}"),
            &format!("{block}done"),
        ] {
            assert!(decode(text).is_none(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_block_reads_as_it_was_written(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let text = encode("PUBLIC KEY", &bytes);
            prop_assert!(text.lines().all(|line| line.len() <= LINE));
            let (label, read) = decode(&text).unwrap();
            prop_assert_eq!((label, read.as_slice()), ("PUBLIC KEY", bytes.as_slice()));
        }
    }
}
