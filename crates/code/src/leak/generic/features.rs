//! The numbers the classifier judges by, computed once here for training and for scanning alike.
//!
//! *Dense* features are small integers about value, name, syntax and file. *Sparse* features are hashed words: of the
//! name, of the value, of the line and of the lines around it.

use super::assign::Assignment;
use super::bytes::{
    ALPHA, BLANK, DIGIT, LOWER, UPPER, WORD, at_ci, before, byte, hash_ci, is, line_end, line_start, run,
    slice,
};
use super::file::FileContext;
use super::name;
use super::shape::{self, Shape, clamp};
use super::text;

/// Number of dense features computed here; the classifier adds the sum of the sparse weights as one more.
pub(super) const DENSE: usize = 69;
/// Buckets of the hashed words.
pub(super) const BUCKETS: usize = 1 << 14;
/// Most hashed words of one assignment.
pub(super) const WORDS: usize = 72;

/// Everything the classifier sees of an assignment.
#[derive(Debug, Clone)]
pub struct Features {
    /// Small integers.
    pub dense: [i32; DENSE],
    sparse: [u16; WORDS],
    count: usize,
}

impl Features {
    /// Buckets of the hashed words, each at most once.
    #[must_use]
    pub fn sparse(&self) -> &[u16] {
        self.sparse.get(..self.count).unwrap_or_default()
    }

    fn add(&mut self, space: u32, word: &[u8]) {
        let hash = hash_ci(0x811c_9dc5 ^ space.wrapping_mul(0x9e37_79b1), word);
        let bucket = u16::try_from((hash ^ (hash >> 15)) as usize % BUCKETS).unwrap_or(0);
        if self.sparse().contains(&bucket) {
            return;
        }
        if let Some(slot) = self.sparse.get_mut(self.count) {
            *slot = bucket;
            self.count += 1;
        }
    }
}

/// Computes the features of an assignment. `trigrams` is the character model.
pub(super) fn extract(file: &FileContext, bytes: &[u8], found: &Assignment, trigrams: &[u8]) -> Features {
    let value = slice(bytes, found.text.range.clone());
    let shape = shape::measure(value, trigrams);
    let mut features = Features {
        dense: [0; DENSE],
        sparse: [0; WORDS],
        count: 0,
    };
    let mut dense = Filler {
        slots: features.dense.iter_mut(),
    };
    value_features(&mut dense, value, &shape);
    name_features(&mut dense, bytes, found, value);
    place_features(&mut dense, file, bytes, found);
    sparse_words(&mut features, file, bytes, found, value);
    features
}

struct Filler<'a> {
    slots: std::slice::IterMut<'a, i32>,
}

impl Filler<'_> {
    fn push(&mut self, value: i32) {
        if let Some(slot) = self.slots.next() {
            *slot = value;
        }
    }

    fn flag(&mut self, value: bool) {
        self.push(i32::from(value));
    }
}

fn value_features(out: &mut Filler<'_>, value: &[u8], s: &Shape) {
    let seen = s.len.clamp(1, clamp(shape::SEEN));
    let per_mille = |n: i32| n * 1000 / seen;
    for n in [
        s.len, s.distinct, s.entropy, s.turns, s.same, s.series, s.letters, s.surprise, s.peak,
    ] {
        out.push(n);
    }
    for n in [s.lower, s.upper, s.digit, s.other, s.vowels, s.turns, s.distinct] {
        out.push(per_mille(n));
    }
    for n in [
        s.digit,
        s.upper,
        s.other,
        s.wide,
        s.blank,
        s.dots,
        s.dashes,
        s.underscores,
        s.slashes,
        s.brackets,
    ] {
        out.push(n);
    }
    out.push(if s.hex == seen { s.len } else { 0 });
    out.push(if s.base64 == seen { s.len } else { 0 });
    out.push(clamp(value.iter().rev().take_while(|b| **b == b'=').count()));
    out.push(clamp(value.iter().rev().take_while(|b| is(**b, DIGIT)).count()));
    out.flag(shape::is_uuid(value));
    out.flag(shape::is_numeric(value));
    out.push(shape::identifier(value, s));
    out.push(shape::placeholder_words(value));
    out.flag(value.windows(3).any(|w| w == b"://"));
    out.flag(value.contains(&b'@'));
    out.flag(value.contains(&b'%') || value.contains(&b'{'));
    out.push(i32::from(class_code(byte(value, 0))));
    out.push(i32::from(class_code(value.last().copied().unwrap_or(0))));
    out.push(prefix_digits(value));
}

/// Length of the hexadecimal or decimal run at the start.
fn prefix_digits(value: &[u8]) -> i32 {
    clamp(
        value
            .iter()
            .take(64)
            .take_while(|b| b.is_ascii_hexdigit())
            .count(),
    )
}

fn class_code(b: u8) -> u8 {
    match b {
        b'a'..=b'z' => 1,
        b'A'..=b'Z' => 2,
        b'0'..=b'9' => 3,
        b'_' | b'-' | b'.' => 4,
        b'/' | b'\\' => 5,
        b'$' | b'%' | b'{' | b'<' | b'[' | b'(' | b'#' | b'@' | b'&' | b'*' => 6,
        b' ' | b',' | b':' | b';' | b'?' | b'!' | b'=' | b'+' => 7,
        _ => 8,
    }
}

fn name_features(out: &mut Filler<'_>, bytes: &[u8], found: &Assignment, value: &[u8]) {
    let mut parts: [&[u8]; name::WORDS] = [&[]; name::WORDS];
    let count = name::words(bytes, &found.name, &mut parts);
    let text = slice(bytes, found.name.clone());
    out.push(found.kind as i32);
    out.push(clamp(count));
    out.push(clamp(text.len()));
    // Letters between the keyword and the end of the name: `password_label`.
    out.push(clamp(found.name.end.saturating_sub(found.keyword.end)));
    out.push(clamp(found.keyword.start.saturating_sub(found.name.start)));
    out.push(clamp(found.keyword.len()));
    out.flag(!text.iter().any(|b| is(*b, LOWER)));
    out.flag(text.iter().any(|b| is(*b, UPPER)) && text.iter().any(|b| is(*b, LOWER)));
    out.flag(text.contains(&b'.'));
    out.flag(matches!(before(bytes, found.keyword.end), b's' | b'S'));
    out.flag(same_words(text, value));
    out.push(clamp(
        parts
            .iter()
            .take(count)
            .filter(|p| p.len() > 2 && super::bytes::contains_ci(slice(value, 0..value.len().min(64)), p))
            .count(),
    ));
}

/// Whether the letters and digits of one text end the other.
fn same_words(a: &[u8], b: &[u8]) -> bool {
    fn words(text: &[u8]) -> std::iter::Peekable<impl Iterator<Item = u8>> {
        text.iter()
            .rev()
            .filter(|b| is(**b, WORD))
            .map(u8::to_ascii_lowercase)
            .peekable()
    }
    let (mut a, mut b) = (words(a), words(b));
    if b.peek().is_none() {
        return false;
    }
    while let (Some(x), Some(y)) = (a.peek(), b.peek()) {
        if x != y {
            return false;
        }
        a.next();
        b.next();
    }
    true
}

fn place_features(out: &mut Filler<'_>, file: &FileContext, bytes: &[u8], found: &Assignment) {
    let start = line_start(bytes, found.name.start, 400);
    let end = line_end(bytes, found.text.after.min(bytes.len()), 400);
    let lead = text::lead(bytes, found.name.start);
    let tail = slice(bytes, found.text.after..end);
    let gap = found.text.range.start.saturating_sub(found.name.end);
    out.push(found.sign as i32);
    out.push(found.text.quote as i32);
    for flag in [
        found.indirect,
        found.text.template,
        found.closers.quoted,
        found.closers.phrase,
        found.closers.escaped,
    ] {
        out.flag(flag);
    }
    out.flag(lead.in_string);
    out.flag(lead.in_comment);
    out.push(clamp(gap));
    out.push(clamp(end.saturating_sub(start)));
    out.push(clamp(found.name.start.saturating_sub(start)));
    out.push(clamp(tail.len()));
    out.push(i32::from(class_code(byte(tail.trim_ascii_start(), 0))));
    out.push(file.kind as i32);
    out.push(i32::from(file.test) + 2 * i32::from(file.example));
    out.push(i32::from(file.doc) + 2 * i32::from(file.vendor));
}

fn sparse_words(out: &mut Features, file: &FileContext, bytes: &[u8], found: &Assignment, value: &[u8]) {
    let mut parts: [&[u8]; name::WORDS] = [&[]; name::WORDS];
    let count = name::words(bytes, &found.name, &mut parts);
    for (i, part) in parts.iter().take(count).enumerate() {
        out.add(if i == 0 { 1 } else { 2 }, part);
    }
    let keyword = slice(bytes, found.keyword.clone());
    out.add(3, slice(bytes, found.name.clone()));
    out.add(4, slice(bytes, found.keyword.end..found.name.end));
    out.add(5, keyword);
    out.add(6 ^ file.extension, b"");
    out.add(7 ^ file.extension, keyword);
    out.add(
        8 ^ (found.sign as u32) << 8 ^ (found.text.quote as u32) << 16,
        &[file.kind as u8],
    );
    if value.len() <= 32 {
        out.add(9, value);
    }
    each_word(slice(value, 0..value.len().min(96)), 3, 8, |word| {
        out.add(10, word)
    });
    let line = line_start(bytes, found.name.start, 160);
    let end = line_end(bytes, found.text.after.min(bytes.len()), 100);
    let head = slice(bytes, line..found.name.start);
    out.add(11, last_word(head));
    each_word(head, 2, 12, |word| out.add(12, word));
    each_word(slice(bytes, found.text.after..end), 2, 8, |word| {
        out.add(13, word)
    });
    let above = line_start(bytes, line.saturating_sub(1), 120);
    each_word(slice(bytes, above..line), 3, 8, |word| out.add(14, word));
    let below = line_end(bytes, end.saturating_add(1).min(bytes.len()), 120);
    each_word(slice(bytes, end..below), 3, 8, |word| out.add(14, word));
}

/// Runs of at least `least` letters, at most `most` of them.
fn each_word(text: &[u8], least: usize, most: usize, mut with: impl FnMut(&[u8])) {
    let mut i = 0;
    let mut left = most;
    while i < text.len() && left > 0 {
        let end = run(text, i, ALPHA, 32);
        if end - i >= least {
            with(slice(text, i..end));
            left -= 1;
        }
        i = end.max(i + 1);
    }
}

fn last_word(head: &[u8]) -> &[u8] {
    let end = head.iter().rposition(|b| !is(*b, BLANK)).map_or(0, |i| i + 1);
    let start = super::bytes::run_back(head, end, WORD, 24);
    if at_ci(head, start, b"") && start < end {
        slice(head, start..end)
    } else {
        slice(head, end.saturating_sub(1)..end)
    }
}
