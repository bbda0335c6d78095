//! Python packages: PEP 440, now <https://packaging.python.org/specifications/version-specifiers/#version-scheme>, every spelling
//! that it normalises included.
//!
//! PyPI still serves versions from before it. They sort below all others, among themselves as setuptools sorted them
//! (<https://setuptools.pypa.io/en/latest/pkg_resources.html#parsing-utilities>).

use super::key::{KeyWriter, is_number, is_zero, take_digits, take_while};
use super::semver::write_release;

const LEGACY: u8 = 0;
const CURRENT: u8 = 1;

const END: u8 = 0;
const TEXT: u8 = 1;
const NUMBER: u8 = 2;

pub(super) fn write_key(version: &str, out: &mut KeyWriter) {
    let text = version.trim();
    match Parts::read(text.as_bytes()) {
        Some(parts) => {
            out.tag(CURRENT);
            parts.write(out);
        }
        None => {
            out.tag(LEGACY);
            write_legacy(text, out);
        }
    }
}

/// A version taken apart; numbers are their digits, a missing number is empty.
#[derive(Default)]
struct Parts<'a> {
    epoch: &'a [u8],
    release: &'a [u8],
    /// Phase (alpha, beta, candidate) and number.
    pre: Option<(u8, &'a [u8])>,
    post: Option<&'a [u8]>,
    dev: Option<&'a [u8]>,
    local: Option<&'a [u8]>,
}

impl<'a> Parts<'a> {
    /// `None` when the text is not a version of PEP 440.
    fn read(text: &'a [u8]) -> Option<Self> {
        let mut parts = Self::default();
        let mut rest = text
            .strip_prefix(b"v")
            .or_else(|| text.strip_prefix(b"V"))
            .unwrap_or(text);
        let (digits, after) = take_digits(rest);
        if let Some(after) = after.strip_prefix(b"!")
            && !digits.is_empty()
        {
            parts.epoch = digits;
            rest = after;
        }
        (parts.release, rest) = take_release(rest)?;
        if let Some((phase, number, after)) = take_pre(rest) {
            parts.pre = Some((phase, number));
            rest = after;
        }
        if let Some((number, after)) = take_post(rest) {
            parts.post = Some(number);
            rest = after;
        }
        if let Some((number, after)) = take_labelled(rest, &[b"dev"]) {
            parts.dev = Some(number);
            rest = after;
        }
        if let Some(local) = rest.strip_prefix(b"+") {
            let well_formed = local
                .split(is_separator)
                .all(|s| !s.is_empty() && s.iter().all(u8::is_ascii_alphanumeric));
            parts.local = Some(well_formed.then_some(local)?);
            rest = b"";
        }
        rest.is_empty().then_some(parts)
    }

    fn write(&self, out: &mut KeyWriter) {
        out.number(self.epoch);
        write_release(self.release, out);
        match self.pre {
            Some((phase, number)) => {
                out.tag(1 + phase);
                out.number(number);
            }
            // A development release of the release itself comes before its first alpha.
            None if self.post.is_none() && self.dev.is_some() => out.tag(0),
            None => out.tag(4),
        }
        match self.post {
            None => out.tag(0),
            Some(number) => {
                out.tag(1);
                out.number(number);
            }
        }
        match self.dev {
            None => out.tag(1),
            Some(number) => {
                out.tag(0);
                out.number(number);
            }
        }
        for segment in self.local.into_iter().flat_map(|local| local.split(is_separator)) {
            if is_number(segment) {
                out.tag(NUMBER);
                out.number(segment);
            } else {
                out.tag(TEXT);
                out.caseless_text(segment);
            }
        }
        out.tag(END);
    }
}

const fn is_separator(byte: &u8) -> bool {
    matches!(byte, b'.' | b'-' | b'_')
}

/// Numbers with dots between, at least one.
fn take_release(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let (first, mut rest) = take_digits(text);
    if first.is_empty() {
        return None;
    }
    while let Some(after_dot) = rest.strip_prefix(b".") {
        let (digits, after) = take_digits(after_dot);
        if digits.is_empty() {
            break;
        }
        rest = after;
    }
    Some((text.get(..text.len() - rest.len())?, rest))
}

fn take_pre(rest: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    const PHASES: [&[&[u8]]; 3] = [
        &[b"alpha", b"a"],
        &[b"beta", b"b"],
        &[b"preview", b"pre", b"rc", b"c"],
    ];
    (0_u8..)
        .zip(PHASES)
        .find_map(|(phase, labels)| take_labelled(rest, labels).map(|(number, after)| (phase, number, after)))
}

/// A post release, also in its short form `-1`.
fn take_post(rest: &[u8]) -> Option<(&[u8], &[u8])> {
    if let Some((digits, after)) = rest.strip_prefix(b"-").map(take_digits)
        && !digits.is_empty()
    {
        return Some((digits, after));
    }
    take_labelled(rest, &[b"post", b"rev", b"r"])
}

/// `[separator]label[separator][number]`: the number, and the rest. Of two labels that both fit the longer stands first.
fn take_labelled<'a>(rest: &'a [u8], labels: &[&[u8]]) -> Option<(&'a [u8], &'a [u8])> {
    let rest = without_separator(rest);
    let after = labels.iter().find_map(|label| {
        let (word, after) = rest.split_at_checked(label.len())?;
        word.eq_ignore_ascii_case(label).then_some(after)
    })?;
    Some(take_digits(without_separator(after)))
}

fn without_separator(text: &[u8]) -> &[u8] {
    match text.split_first() {
        Some((first, after)) if is_separator(first) => after,
        _ => text,
    }
}

/// What setuptools calls the end of a version. It is a word like others, so that what announces a release sorts before it and what
/// patches one after.
const LEGACY_END: &[u8] = b"final";
const LEGACY_HYPHEN: &[u8] = b"final-";

fn write_legacy(text: &str, out: &mut KeyWriter) {
    let lower = text.to_ascii_lowercase();
    let mut parts = Vec::new();
    let mut rest = lower.as_bytes();
    while let Some(first) = rest.first() {
        let (part, after) = take_legacy_part(*first, rest);
        rest = after;
        match part {
            b"." => {}
            b"-" => push_legacy(LEGACY_HYPHEN, &mut parts),
            b"pre" | b"preview" | b"rc" => push_legacy(b"c", &mut parts),
            b"dev" => push_legacy(b"@", &mut parts),
            _ => push_legacy(part, &mut parts),
        }
    }
    push_legacy(LEGACY_END, &mut parts);
    for part in parts {
        if is_number(part) {
            out.tag(NUMBER);
            out.number(part);
        } else {
            out.tag(TEXT);
            out.text(part);
        }
    }
    out.tag(END);
}

/// A run of digits, a run of letters, one dot, one hyphen, or a run of anything else.
fn take_legacy_part(first: u8, rest: &[u8]) -> (&[u8], &[u8]) {
    match first {
        b'.' | b'-' => rest.split_at_checked(1).unwrap_or((rest, &[])),
        b'0'..=b'9' => take_digits(rest),
        b'a'..=b'z' => take_while(rest, |b| b.is_ascii_lowercase()),
        _ => take_while(rest, |b| {
            !b.is_ascii_digit() && !b.is_ascii_lowercase() && b != b'.' && b != b'-'
        }),
    }
}

/// A word takes back the zeros before it, and one that announces a release the hyphens too.
fn push_legacy<'a>(part: &'a [u8], parts: &mut Vec<&'a [u8]>) {
    if !is_number(part) {
        while part < LEGACY_END && parts.last() == Some(&LEGACY_HYPHEN) {
            parts.pop();
        }
        while parts.last().is_some_and(|last| is_number(last) && is_zero(last)) {
            parts.pop();
        }
    }
    parts.push(part);
}
