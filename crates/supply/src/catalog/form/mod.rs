//! The forms in which lock files are written, for all catalogers of languages.
//!
//! In: the bytes of a file. Out: text, lines with their places, nested entries ([`outline`]), TOML tables ([`table`]), XML
//! elements ([`xml`]), JSON with comments ([`relaxed`]), and a graph of dependencies ([`graph`]). Nothing here knows a
//! package manager.

pub(crate) mod graph;
pub(crate) mod outline;
pub(crate) mod relaxed;
pub(crate) mod table;
pub(crate) mod xml;

use super::Unreadable;
use bartizan_engine::Input;
use bartizan_model::{Hash, PackageUrlParts};
use std::ops::Range;

/// The file as text, without a byte order mark.
pub(crate) fn text<'a>(input: &Input<'a>) -> Result<&'a str, Unreadable> {
    std::str::from_utf8(input.bytes)
        .map(|text| text.strip_prefix('\u{feff}').unwrap_or(text))
        .map_err(|error| Unreadable(format!("it is no UTF-8 text: {error}")))
}

/// Where a part of a text stands in it; an empty range where it is no part of it.
pub(crate) fn place(text: &str, part: &str) -> Range<usize> {
    let start = (part.as_ptr() as usize).wrapping_sub(text.as_ptr() as usize);
    if start.checked_add(part.len()).is_some_and(|end| end <= text.len()) {
        start..start + part.len()
    } else {
        0..0
    }
}

/// The parts of a package URL that most ecosystems have; an empty version is none.
pub(crate) fn purl(
    kind: &str,
    namespace: Option<&str>,
    name: &str,
    version: Option<&str>,
) -> PackageUrlParts {
    PackageUrlParts {
        kind: kind.to_owned(),
        namespace: namespace.filter(|one| !one.is_empty()).map(str::to_owned),
        name: name.to_owned(),
        version: version.filter(|one| !one.is_empty()).map(str::to_owned),
        ..PackageUrlParts::default()
    }
}

/// A digest in hexadecimal digits, whose algorithm is known by a name such as `sha256`; none where it is neither.
pub(crate) fn hash(algorithm: &str, digits: &str) -> Option<Hash> {
    let (name, length) = match algorithm.to_ascii_lowercase().as_str() {
        "md5" => ("MD5", 32),
        "sha1" => ("SHA-1", 40),
        "sha256" => ("SHA-256", 64),
        "sha384" => ("SHA-384", 96),
        "sha512" => ("SHA-512", 128),
        _ => return None,
    };
    let valid = digits.len() == length && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    valid.then(|| Hash {
        algorithm: name.to_owned(),
        value: digits.to_ascii_lowercase(),
    })
}

/// The digest in a text such as `sha256:0123…`.
pub(crate) fn labelled_hash(text: &str) -> Option<Hash> {
    let (algorithm, digits) = text.split_once([':', '='])?;
    hash(algorithm.trim(), digits.trim())
}

/// The major number of a version of a format, `9` of `9.0`.
pub(crate) fn major(version: &str) -> Option<u32> {
    version.trim().split('.').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_of_a_text_has_a_place_and_another_text_has_none() {
        let text = String::from("name = 1");
        assert_eq!(place(&text, &text[7..]), 7..8);
        assert_eq!(place(&text[5..], &text[..2]), 0..0);
    }

    #[test]
    fn a_digest_has_as_many_digits_as_its_algorithm_gives() {
        assert!(labelled_hash(&format!("sha256:{}", "a".repeat(64))).is_some());
        assert!(labelled_hash(&format!("sha256:{}", "a".repeat(63))).is_none());
        assert!(labelled_hash("crc32:00000000").is_none());
    }
}
