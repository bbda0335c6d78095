//! Debian and those that use dpkg: `[epoch:]upstream[-revision]`, see deb-version(7),
//! <https://manpages.debian.org/deb-version.7>.
//!
//! Texts and numbers alternate. In a text `~` sorts before its end, letters before everything else; a missing number is zero.
//! dpkg refuses an epoch that is no number; here such a text has no epoch and its colon belongs to the version.

use super::key::{KeyWriter, is_number, take_digits, take_while};

const TILDE: u8 = 1;
const END: u8 = 2;
const FIRST_LETTER: u8 = 3;

pub(super) fn write_key(version: &str, out: &mut KeyWriter) {
    let version = version.trim();
    let (epoch, rest) = match version.split_once(':') {
        Some((epoch, rest)) if is_number(epoch.as_bytes()) => (epoch, rest),
        _ => ("", version),
    };
    let (upstream, revision) = rest.rsplit_once('-').unwrap_or((rest, ""));
    out.number(epoch.as_bytes());
    write_part(upstream.as_bytes(), out);
    write_part(revision.as_bytes(), out);
}

fn write_part(mut rest: &[u8], out: &mut KeyWriter) {
    loop {
        let (text, after) = take_while(rest, |b| !b.is_ascii_digit());
        let (number, after) = take_digits(after);
        for byte in text {
            out.tag(weight(*byte));
        }
        out.tag(END);
        out.number(number);
        rest = after;
        if rest.is_empty() {
            break;
        }
    }
    // Only a text can follow a number, and it does not begin with END.
    out.tag(END);
}

/// Where a character that is no digit sorts: letters by themselves, all others after them.
fn weight(byte: u8) -> u8 {
    match byte {
        b'~' => TILDE,
        b'A'..=b'Z' => FIRST_LETTER + (byte - b'A'),
        b'a'..=b'z' => FIRST_LETTER + 26 + (byte - b'a'),
        // 52 letters have made room below, so that what lies beneath each gap moves up past them.
        0..=b'@' => FIRST_LETTER + 52 + byte,
        b'['..=b'`' => FIRST_LETTER + 52 + (byte - 26),
        // Bytes of other scripts, which dpkg refuses, stay in order; none of UTF-8 is so large that it would meet the next.
        b'{'..=u8::MAX => FIRST_LETTER.saturating_add(byte),
    }
}
