//! The name of an assignment: from a keyword hit to the identifier around it, and its words.

use super::Kind;
use super::bytes::{
    ALPHA, DIGIT, LOWER, NAME, QUOTE, UPPER, WORD, at_ci, before, byte, is, run, run_back, slice,
};
use std::ops::Range;

/// Longest name looked at; longer runs of name bytes are data.
const LONGEST: usize = 72;
/// Most words kept of a name, counted from its end.
pub(super) const WORDS: usize = 6;

/// An identifier that holds a keyword.
#[derive(Debug, Clone)]
pub(super) struct Name {
    pub(super) range: Range<usize>,
    pub(super) kind: Kind,
    /// The word that holds the keyword.
    pub(super) keyword: Range<usize>,
}

/// Whether the keyword at `at` is a word of its own rather than part of another (`author`, `keyboard`), and which
/// kind of credential it names.
#[inline]
pub(super) fn gate(bytes: &[u8], at: usize, len: usize) -> Option<Kind> {
    let first = byte(bytes, at) | 0x20;
    let prior = before(bytes, at);
    let mut next = at + len;
    // The hump of a camel-cased name starts a word whatever stands before it.
    let fresh = !is(prior, ALPHA) || (is(byte(bytes, at), UPPER) && is(prior, LOWER));
    if first == b'p' && byte(bytes, at + 1) | 0x20 == b'a' {
        if !fresh && is_other_pass(bytes, at) {
            return None;
        }
        let rest = [
            &b"words"[..],
            b"word",
            b"words",
            b"wd",
            b"phrase",
            b"code",
            b"wort",
            b"es",
        ];
        next += rest.iter().find(|r| at_ci(bytes, next, r)).map_or(0, |r| r.len());
        return ends_word(bytes, next).then_some(Kind::Password);
    }
    if first == b'p' {
        if byte(bytes, next) | 0x20 == b'd' {
            return ends_word(bytes, next + 1).then_some(Kind::Password);
        }
        return (fresh && ends_word(bytes, next)).then_some(Kind::Password);
    }
    if first == b'a' && at_ci(bytes, next, b"orization") {
        return ends_word(bytes, next + 9).then_some(Kind::Credential);
    }
    if first == b'c' {
        next += if at_ci(bytes, next, b"entials") {
            7
        } else {
            usize::from(at_ci(bytes, next, b"ential")) * 6 + usize::from(at_ci(bytes, next, b"s"))
        };
        return (fresh && ends_word(bytes, next)).then_some(Kind::Credential);
    }
    if matches!(byte(bytes, next), b's' | b'S') {
        next += 1;
    }
    if !ends_word(bytes, next) {
        return None;
    }
    match first {
        b'k' if !fresh && is_other_key(bytes, at) => None,
        b'k' => Some(Kind::Key),
        b't' => Some(Kind::Token),
        b's' if len == 6 => Some(Kind::Secret),
        b's' | b'n' => fresh.then_some(Kind::Salt),
        b'a' => (fresh || is(prior, ALPHA) && prior | 0x20 == b'o').then_some(Kind::Credential),
        b'i' => Some(Kind::Password),
        _ => Some(Kind::Password),
    }
}

/// Whether a word can end before `i`: no lower-case letter goes on, unless the hit was all capitals.
#[inline]
fn ends_word(bytes: &[u8], i: usize) -> bool {
    let next = byte(bytes, i);
    if !is(next, ALPHA) {
        return true;
    }
    is(next, UPPER) && is(before(bytes, i), LOWER)
}

fn is_other_pass(bytes: &[u8], at: usize) -> bool {
    [
        &b"by"[..],
        b"com",
        b"sur",
        b"tres",
        b"en",
        b"im",
        b"over",
        b"under",
    ]
    .iter()
    .any(|p| at.checked_sub(p.len()).is_some_and(|i| at_ci(bytes, i, p)))
}

fn is_other_key(bytes: &[u8], at: usize) -> bool {
    [
        &b"mon"[..],
        b"tur",
        b"don",
        b"hoc",
        b"joc",
        b"whis",
        b"hot",
        b"lac",
        b"smo",
        b"mic",
        b"dis",
        b"roc",
    ]
    .iter()
    .any(|p| at.checked_sub(p.len()).is_some_and(|i| at_ci(bytes, i, p)))
}

/// The identifier around the keyword, when the keyword is its last one.
#[inline]
pub(super) fn find(bytes: &[u8], at: usize, len: usize) -> Option<Name> {
    let kind = gate(bytes, at, len)?;
    let start = run_back(bytes, at, NAME, LONGEST);
    let mut end = run(bytes, at + len, NAME, LONGEST);
    if end - start > LONGEST {
        return None;
    }
    // `auth.token = x`: the later hit speaks for the name.
    if has_keyword(slice(bytes, at + len..end)) {
        return None;
    }
    while end > at + len && matches!(before(bytes, end), b'-' | b'.') {
        end -= 1;
    }
    let mut first = start;
    while first < at && matches!(byte(bytes, first), b'-' | b'.' | b'$') {
        first += 1;
    }
    // `${PASSWORD:default}` is a reference; a public key is no secret.
    let referred = before(bytes, first) == b'{' && before(bytes, first.saturating_sub(1)) == b'$';
    if referred || names_public_key(slice(bytes, first..end)) {
        return None;
    }
    Some(Name {
        range: first..end,
        kind,
        keyword: word_around(bytes, at, len, first, end),
    })
}

fn names_public_key(name: &[u8]) -> bool {
    name.windows(6).enumerate().any(|(i, w)| {
        w.eq_ignore_ascii_case(b"public") && {
            let next = i + 6 + usize::from(matches!(byte(name, i + 6), b'_' | b'-' | b'.'));
            at_ci(name, next, b"key")
        }
    })
}

fn word_around(bytes: &[u8], at: usize, len: usize, start: usize, end: usize) -> Range<usize> {
    let left = run_back(bytes, at, LOWER, at - start);
    let right = run(bytes, at + len, LOWER | DIGIT, end - (at + len).min(end));
    left..right
}

/// Whether a text of name bytes holds one of the keywords as the start of a word that names a credential.
fn has_keyword(text: &[u8]) -> bool {
    text.iter().enumerate().any(|(i, first)| {
        let keywords: &[&[u8]] = match first | 0x20 {
            b'p' => &[b"pass", b"pw"],
            b's' => &[b"secret", b"salt"],
            b't' => &[b"token"],
            b'k' => &[b"key"],
            b'a' => &[b"auth"],
            b'c' => &[b"cred"],
            b'n' => &[b"nonce"],
            _ => return false,
        };
        keywords
            .iter()
            .any(|k| at_ci(text, i, k) && gate(text, i, k.len()).is_some())
    })
}

/// The words of a name, last first: split at joiners, at humps, and between letters and digits.
pub(super) fn words<'a>(bytes: &'a [u8], name: &Range<usize>, out: &mut [&'a [u8]; WORDS]) -> usize {
    let mut count = 0;
    let mut end = name.end;
    while end > name.start && count < WORDS {
        if !is(before(bytes, end), WORD) {
            end -= 1;
            continue;
        }
        let start = word_start(bytes, end, name.start);
        if let Some(slot) = out.get_mut(count) {
            *slot = slice(bytes, start..end);
        }
        count += 1;
        end = start;
    }
    count
}

fn word_start(bytes: &[u8], end: usize, floor: usize) -> usize {
    let mut i = end - 1;
    let class = class_of(byte(bytes, i));
    while i > floor {
        let prior = before(bytes, i);
        if !is(prior, WORD)
            || class_of(prior) == DIGIT && class != DIGIT
            || class_of(prior) != DIGIT && class == DIGIT
        {
            break;
        }
        let here = byte(bytes, i);
        if is(here, UPPER) && is(prior, LOWER) {
            break;
        }
        // `HTTPToken`: the hump is the capital before the first small letter.
        if is(here, UPPER) && is(prior, UPPER) && i + 1 < end && is(byte(bytes, i + 1), LOWER) {
            break;
        }
        i -= 1;
    }
    i
}

fn class_of(byte: u8) -> u8 {
    if is(byte, DIGIT) { DIGIT } else { ALPHA }
}

/// Whether the words of a name say that its value is no credential, though one of them is a keyword: what is shown to
/// people (`passwordLabel`), marks against forged requests that every page carries (`csrf-token`), what is public by
/// its name (`publicToken`), the keys of databases and of keyboards (`foreignKey`, `key_down_event`), and the names and
/// digests of credentials (`credentialId`, `issuerKeyHash`).
pub(super) fn is_no_credential(bytes: &[u8], name: &Range<usize>, kind: Kind) -> bool {
    const SHOWN: [&[u8]; 6] = [b"label", b"placeholder", b"prompt", b"hint", b"title", b"tooltip"];
    const FORGERY: [&[u8]; 3] = [b"csrf", b"xsrf", b"authenticity"];
    const OF_KEYS: [&[u8]; 5] = [b"event", b"hash", b"fingerprint", b"thumbprint", b"alias"];
    let mut words: [&[u8]; WORDS] = [&[]; WORDS];
    let count = self::words(bytes, name, &mut words);
    let words = words.get(..count).unwrap_or_default();
    let is_one = |word: &[u8], of: &[&[u8]]| of.iter().any(|known| word.eq_ignore_ascii_case(known));
    let Some(last) = words.first() else {
        return false;
    };
    let pair = |first: &[u8], second: &[u8]| {
        words.windows(2).any(
            |pair| matches!(pair, [b, a] if a.eq_ignore_ascii_case(first) && b.eq_ignore_ascii_case(second)),
        )
    };
    is_one(last, &SHOWN)
        || words.iter().any(|word| is_one(word, &FORGERY))
        || pair(b"public", b"token")
        || pair(b"foreign", b"key")
        || kind == Kind::Key && is_one(last, &OF_KEYS)
        || kind == Kind::Credential && is_one(last, &[b"id", b"ids"])
}

/// What closes a name before its sign.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Closers {
    /// Offset after them.
    pub(super) after: usize,
    /// The name stands directly between quotes.
    pub(super) quoted: bool,
    /// A quote closes after the name, and the text between the quotes is longer than the name.
    pub(super) phrase: bool,
    /// A parenthesis or brace closes after the name: only a comparison can follow.
    pub(super) expression: bool,
    /// The quotes are escaped: a string within a string.
    pub(super) escaped: bool,
}

/// Length of the character reference of a quote at `i`; 0 where there is none.
pub(super) fn html_quote(bytes: &[u8], i: usize) -> usize {
    [&b"&quot;"[..], b"&#34;", b"&#39;", b"&apos;"]
        .iter()
        .find(|q| at_ci(bytes, i, q))
        .map_or(0, |q| q.len())
}

/// Skips quotes, brackets and emphasis after a name.
#[inline]
pub(super) fn closers(bytes: &[u8], name: &Range<usize>) -> Closers {
    let mut i = name.end;
    let mut found = Closers::default();
    for _ in 0..4 {
        let b = byte(bytes, i);
        if b == b'\\' && is(byte(bytes, i + 1), QUOTE) {
            found.escaped = true;
        } else if is(b, QUOTE) {
            let opened = before(bytes, name.start) == b
                || before(bytes, name.start) == b'$' && before(bytes, name.start.saturating_sub(1)) == b;
            found.quoted |= opened;
            found.phrase |= !opened;
        } else if b == b'[' {
            // `char password[] = "x"`, `password[32] = "x"`
            let inner = run(bytes, i + 1, WORD, 12);
            if byte(bytes, inner) != b']' {
                break;
            }
            i = inner;
        } else if matches!(b, b')' | b'}') {
            found.expression = true;
        } else if b == b'&' && html_quote(bytes, i) > 0 {
            found.quoted = true;
            found.escaped = true;
            i += html_quote(bytes, i) - 1;
        } else if !matches!(b, b']' | b'*') {
            break;
        }
        i += 1;
    }
    found.after = i;
    found
}
