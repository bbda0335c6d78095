//! RPM: `[epoch:]version[-release]`, each compared by `rpmvercmp`, see
//! <https://rpm.org/docs/latest/manual/dependencies.html#versioning> and rpm-version(7).
//!
//! Runs of letters and of digits count and what separates them does not. A run of digits is newer than one of letters, `~` is older
//! than the end and `^` only just newer. Letters of other scripts are separators, as rpm has it.

use super::key::{KeyWriter, take_digits, take_while};

const TILDE: u8 = 1;
const END: u8 = 2;
const CARET: u8 = 3;
const LETTERS: u8 = 4;
const NUMBER: u8 = 5;

pub(super) fn write_key(version: &str, out: &mut KeyWriter) {
    let version = version.trim();
    let (epoch, rest) = match version.split_once(':') {
        Some((epoch, rest)) if epoch.bytes().all(|b| b.is_ascii_digit()) => (epoch, rest),
        _ => ("", version),
    };
    let (version, release) = rest.rsplit_once('-').unwrap_or((rest, ""));
    out.number(epoch.as_bytes());
    write_part(version.as_bytes(), out);
    write_part(release.as_bytes(), out);
}

fn write_part(mut rest: &[u8], out: &mut KeyWriter) {
    loop {
        rest = take_while(rest, |b| !b.is_ascii_alphanumeric() && b != b'~' && b != b'^').1;
        let Some((first, after)) = rest.split_first() else {
            break;
        };
        if *first == b'~' {
            out.tag(TILDE);
            rest = after;
        } else if *first == b'^' {
            out.tag(CARET);
            rest = after;
        } else if first.is_ascii_digit() {
            let (digits, after) = take_digits(rest);
            out.tag(NUMBER);
            out.number(digits);
            rest = after;
        } else {
            let (letters, after) = take_while(rest, |b| b.is_ascii_alphabetic());
            out.tag(LETTERS);
            out.text(letters);
            rest = after;
        }
    }
    out.tag(END);
}
