//! Alpine Linux and those that use apk: `number{.number}{letter}{_suffix{number}}{~hash}{-r#}`, see apk-package(5),
//! <https://gitlab.alpinelinux.org/alpine/apk-tools/-/blob/master/doc/apk-package.5.scd>.
//!
//! The parts are compared one by one; where they are of different kinds, the kind that may come earlier in a version is the newer
//! one, and a suffix that announces a release is older than the release. A number behind a dot that begins with a zero is a decimal
//! fraction, as in `1.06`. Where a version stops being one, it is older than the part of it that is one; what is left is compared
//! as text up to where a revision would stand, and then by the revision if it is one.

use super::key::{KeyWriter, take_digits, take_while};

const MALFORMED: u8 = 1;
const BEFORE_RELEASE: u8 = 2;
const END: u8 = 3;
const REVISION: u8 = 4;
const HASH: u8 = 5;
const SUFFIX_NUMBER: u8 = 6;
const AFTER_RELEASE: u8 = 7;
const LETTER: u8 = 8;
const NUMBER: u8 = 9;

const FRACTION: u8 = 1;
const INTEGER: u8 = 2;

/// Suffixes in their order, and whether each comes before the release.
const SUFFIXES: [(&[u8], u8); 9] = [
    (b"alpha", BEFORE_RELEASE),
    (b"beta", BEFORE_RELEASE),
    (b"pre", BEFORE_RELEASE),
    (b"rc", BEFORE_RELEASE),
    (b"cvs", AFTER_RELEASE),
    (b"svn", AFTER_RELEASE),
    (b"git", AFTER_RELEASE),
    (b"hg", AFTER_RELEASE),
    (b"p", AFTER_RELEASE),
];

pub(super) fn write_key(version: &str, out: &mut KeyWriter) {
    let version = version.trim().as_bytes();
    let rest = write_numbers(version, out);
    if rest.len() == version.len() {
        write_malformed(rest, out);
        return;
    }
    let rest = write_letter(rest, out);
    let rest = write_suffixes(rest, out);
    let rest = write_hash(rest, out);
    if write_revision(rest, out) {
        out.tag(END);
    } else {
        write_malformed(rest, out);
    }
}

fn write_numbers<'a>(version: &'a [u8], out: &mut KeyWriter) -> &'a [u8] {
    let (first, mut rest) = take_digits(version);
    if first.is_empty() {
        return version;
    }
    out.tag(NUMBER);
    out.tag(INTEGER);
    out.number(first);
    while let Some(after_dot) = rest.strip_prefix(b".") {
        let (number, after) = take_digits(after_dot);
        if number.is_empty() {
            break;
        }
        out.tag(NUMBER);
        if number.starts_with(b"0") {
            out.tag(FRACTION);
            out.text(number);
        } else {
            out.tag(INTEGER);
            out.number(number);
        }
        rest = after;
    }
    rest
}

fn write_letter<'a>(rest: &'a [u8], out: &mut KeyWriter) -> &'a [u8] {
    match rest.split_first() {
        Some((letter, after)) if letter.is_ascii_lowercase() => {
            out.tag(LETTER);
            out.tag(*letter);
            after
        }
        _ => rest,
    }
}

fn write_suffixes<'a>(mut rest: &'a [u8], out: &mut KeyWriter) -> &'a [u8] {
    while let Some(after) = rest.strip_prefix(b"_") {
        let (name, after) = take_while(after, |b| b.is_ascii_lowercase());
        let Some((rank, (_, side))) = (0_u8..).zip(SUFFIXES).find(|(_, (known, _))| *known == name) else {
            break;
        };
        out.tag(side);
        out.tag(rank);
        let (number, after) = take_digits(after);
        if !number.is_empty() {
            out.tag(SUFFIX_NUMBER);
            out.number(number);
        }
        rest = after;
    }
    rest
}

fn write_hash<'a>(rest: &'a [u8], out: &mut KeyWriter) -> &'a [u8] {
    let Some(after) = rest.strip_prefix(b"~") else {
        return rest;
    };
    let (hash, after) = take_while(after, |b| b.is_ascii_digit() || matches!(b, b'a'..=b'f'));
    if hash.is_empty() {
        return rest;
    }
    out.tag(HASH);
    out.text(hash);
    after
}

/// Writes the revision when there is one; whether `rest` is nothing or a revision and so ends the version well.
fn write_revision(rest: &[u8], out: &mut KeyWriter) -> bool {
    if rest.is_empty() {
        return true;
    }
    let Some(digits) = rest.strip_prefix(b"-r") else {
        return false;
    };
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return false;
    }
    out.tag(REVISION);
    out.number(digits);
    true
}

fn write_malformed(rest: &[u8], out: &mut KeyWriter) {
    let end = rest
        .windows(2)
        .position(|pair| pair == b"-r")
        .unwrap_or(rest.len());
    let (text, revision) = rest.split_at_checked(end).unwrap_or((rest, &[]));
    out.tag(MALFORMED);
    out.text(text);
    write_revision(revision, out);
    out.tag(END);
}
