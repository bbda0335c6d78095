//! Packagist: PHP's `version_compare`, <https://www.php.net/manual/function.version-compare.php>, after the leading `v` that Composer
//! drops (<https://getcomposer.org/doc/articles/versions.md>). PHP knows these words in lowercase only, and `RC` in capitals too.
//!
//! At each place the order is `other words < dev < alpha < beta < RC < end < number < patch level`. To PHP a `#` equals every number,
//! which no order can honour; here it is a one.

use super::key::{KeyWriter, take_digits, take_while};

const END: u8 = 5;
const NUMBER: u8 = 6;
const PATCH_LEVEL: u8 = 7;

pub(super) fn write_key(version: &str, out: &mut KeyWriter) {
    let version = version.trim();
    let mut rest = version.strip_prefix(['v', 'V']).unwrap_or(version).as_bytes();
    while let Some((first, after)) = rest.split_first() {
        rest = if first.is_ascii_digit() {
            let (digits, after) = take_digits(rest);
            out.tag(NUMBER);
            out.number(digits);
            after
        } else if first.is_ascii_alphabetic() {
            let (word, after) = take_while(rest, |b| b.is_ascii_alphabetic());
            out.tag(weight(word));
            after
        } else {
            if *first == b'#' {
                out.tag(NUMBER);
                out.number(b"1");
            }
            after
        };
    }
    out.tag(END);
}

/// Where a word sorts: PHP looks only at how it begins.
fn weight(word: &[u8]) -> u8 {
    const OTHER: u8 = 0;
    const KNOWN: [(&[u8], u8); 6] = [
        (b"dev", 1),
        (b"a", 2),
        (b"b", 3),
        (b"RC", 4),
        (b"rc", 4),
        (b"p", PATCH_LEVEL),
    ];
    KNOWN
        .iter()
        .find(|(known, _)| word.starts_with(known))
        .map_or(OTHER, |(_, weight)| *weight)
}
