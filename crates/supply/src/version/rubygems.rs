//! RubyGems: `Gem::Version`, <https://docs.ruby-lang.org/en/master/Gem/Version.html>.
//!
//! Runs of digits and of letters are the segments, a word is older than any number, and a missing segment is a zero; so zeros count
//! only for what follows them: `1.0.1` is newer than `1`, but `1.a.0.b` older than `1.a`.

use super::key::{KeyWriter, is_zero, take_digits, take_while};

const WORD: u8 = 1;
const ZEROS_THEN_WORD: u8 = 2;
const END: u8 = 3;
const ZEROS_THEN_NUMBER: u8 = 4;
const NUMBER: u8 = 5;

pub(super) fn write_key(version: &str, out: &mut KeyWriter) {
    let mut zeros = 0;
    let mut only_numbers = true;
    for_each_segment(version.trim().as_bytes(), |segment, is_word| {
        if is_word {
            // The zeros that end the numbers before the first word are dropped: 1.0.a is 1.a.
            if zeros > 0 && !only_numbers {
                out.tag(ZEROS_THEN_WORD);
                out.count(zeros);
            }
            only_numbers = false;
            out.tag(WORD);
            out.text(segment);
        } else if is_zero(segment) {
            zeros += 1;
            return;
        } else {
            if zeros > 0 {
                out.tag(ZEROS_THEN_NUMBER);
                out.count_down(zeros);
            }
            out.tag(NUMBER);
            out.number(segment);
        }
        zeros = 0;
    });
    out.tag(END);
}

/// Calls `each` with every segment and whether it is a word. A hyphen announces a pre-release: it stands for `.pre.`.
fn for_each_segment(mut rest: &[u8], mut each: impl FnMut(&[u8], bool)) {
    while let Some((first, after)) = rest.split_first() {
        rest = match first {
            b'0'..=b'9' => {
                let (digits, after) = take_digits(rest);
                each(digits, false);
                after
            }
            b'a'..=b'z' | b'A'..=b'Z' => {
                let (word, after) = take_while(rest, |b| b.is_ascii_alphabetic());
                each(word, true);
                after
            }
            b'-' => {
                each(b"pre", true);
                after
            }
            _ => after,
        };
    }
}
