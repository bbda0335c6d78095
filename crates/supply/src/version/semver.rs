//! Semantic Versioning 2.0 (<https://semver.org/#spec-item-11>), read as loosely as npm and the OSV databases do: a leading `v` or
//! `=`, one number or ten, and a pre-release without its hyphen (`1.2.3rc1`) are all taken. A missing number is zero.
//!
//! Pseudo-versions of Go (<https://go.dev/ref/mod#pseudo-versions>) are pre-releases and need nothing of their own; `+incompatible`
//! is build metadata and does not count. In Dart's pub (<https://pub.dev/documentation/pub_semver>) build metadata does count.

use super::key::{KeyWriter, is_number, is_zero, take_digits};

const END: u8 = 0;
const NUMBER: u8 = 1;
const TEXT: u8 = 2;
const PRE_RELEASE: u8 = 0;
const RELEASE: u8 = 1;

pub(super) fn write_key(version: &str, out: &mut KeyWriter) {
    let (numbers, pre_release, _) = parts(version);
    write_release(numbers, out);
    write_pre_release(pre_release, KeyWriter::text, out);
}

pub(super) fn write_key_with_build(version: &str, out: &mut KeyWriter) {
    let (numbers, pre_release, build) = parts(version);
    write_release(numbers, out);
    write_pre_release(pre_release, KeyWriter::text, out);
    match build {
        None => out.tag(END),
        Some(build) => write_identifiers(build, KeyWriter::text, out),
    }
}

/// The numbers with their dots, what follows them up to a `+`, and what follows that.
pub(super) fn parts(version: &str) -> (&[u8], Option<&[u8]>, Option<&[u8]>) {
    let version = version.trim_start_matches(|c: char| c == '=' || c.is_ascii_whitespace());
    let version = version
        .strip_prefix(['v', 'V'])
        .unwrap_or(version)
        .trim_end()
        .as_bytes();
    let (version, build) = match version
        .iter()
        .position(|b| *b == b'+')
        .and_then(|at| version.split_at_checked(at))
    {
        Some((version, build)) => (version, build.get(1..)),
        None => (version, None),
    };
    let (numbers, rest) = cut_numbers(version);
    let rest = rest
        .strip_prefix(b"-")
        .or_else(|| rest.strip_prefix(b"."))
        .unwrap_or(rest);
    (numbers, (!rest.is_empty()).then_some(rest), build)
}

/// Cuts after the last number that only dots and numbers precede.
fn cut_numbers(version: &[u8]) -> (&[u8], &[u8]) {
    let mut end = 0;
    let mut rest = version;
    loop {
        let (digits, after) = take_digits(rest);
        if digits.is_empty() {
            break;
        }
        end = version.len() - after.len();
        match after.strip_prefix(b".") {
            Some(next) => rest = next,
            None => break,
        }
    }
    version.split_at_checked(end).unwrap_or((version, &[]))
}

/// The numbers; trailing zeros are left out, as a missing number is a zero.
pub(super) fn write_release(numbers: &[u8], out: &mut KeyWriter) {
    let mut zeros = 0;
    for number in numbers.split(|b| *b == b'.') {
        if is_zero(number) {
            zeros += 1;
            continue;
        }
        for _ in 0..zeros {
            out.tag(NUMBER);
            out.number(b"");
        }
        zeros = 0;
        out.tag(NUMBER);
        out.number(number);
    }
    out.tag(END);
}

pub(super) fn write_pre_release(
    pre_release: Option<&[u8]>,
    text: fn(&mut KeyWriter, &[u8]),
    out: &mut KeyWriter,
) {
    match pre_release {
        None => out.tag(RELEASE),
        Some(identifiers) => {
            out.tag(PRE_RELEASE);
            write_identifiers(identifiers, text, out);
        }
    }
}

/// Identifiers between dots: numbers by value and below all others, a longer list above its own beginning.
fn write_identifiers(identifiers: &[u8], text: fn(&mut KeyWriter, &[u8]), out: &mut KeyWriter) {
    for identifier in identifiers.split(|b| *b == b'.') {
        if is_number(identifier) {
            out.tag(NUMBER);
            out.number(identifier);
        } else {
            out.tag(TEXT);
            text(out, identifier);
        }
    }
    out.tag(END);
}
