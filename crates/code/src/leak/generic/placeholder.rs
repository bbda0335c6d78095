//! Values that say of themselves that they stand in for a credential.
//!
//! In: the value of an assignment. Out: whether it is masked, cut short, encrypted, a documented example, a counter or
//! the name of a release. The classifier is not asked about such values; what merely looks weak is left to it.

use super::Kind;
use super::bytes::{DIGIT, LOWER, WORD, byte, is};

/// Characters in a row that count up in a text nobody's generator made: most of an alphabet.
const COUNTED: usize = 20;
/// Pairs of a letter and a digit that count up together (`a1b2c3d4e5f6`).
const COUNTED_PAIRS: usize = 6;
/// Repetitions of a character that masks.
const MASKED: usize = 4;

/// Whether the value stands in for a credential of this kind.
pub(super) fn is_placeholder(value: &[u8], kind: Kind) -> bool {
    let masked = longest(value, 1, |a, b| a == b && matches!(b, b'*' | b'#')) >= MASKED;
    let cut = value.ends_with(b"..")
        || value.windows(4).any(|w| w == b"...\'" || w == b"...\"")
        || value.ends_with("\u{2026}".as_bytes());
    let escaped = value.starts_with(b"&lt;") && value.ends_with(b"&gt;");
    if masked || cut || escaped || value.starts_with(b"ENC[") || is_marked(value) || is_release(value) {
        return true;
    }
    // People do use counters as passwords.
    kind != Kind::Password && is_counter(value)
}

/// `AKIA…EXAMPLE`, as documentation of cloud providers writes it, and `[REDACTED]`.
fn is_marked(value: &[u8]) -> bool {
    let ends = |with: &[u8]| value.ends_with(with);
    ends(b"EXAMPLE")
        || ends(b"EXAMPLEKEY")
        || value.windows(10).any(|w| w.eq_ignore_ascii_case(b"[redacted]"))
}

/// `jackson-databind-2.11.2`: an artefact with its version.
fn is_release(value: &[u8]) -> bool {
    let Some(dash) = value.iter().rposition(|b| *b == b'-') else {
        return false;
    };
    let (name, version) = value.split_at(dash);
    let version = version.get(1..).unwrap_or_default();
    let numbers = version.split(|b| *b == b'.');
    let parts = version.iter().filter(|b| **b == b'.').count();
    is(byte(name, 0), LOWER)
        && name.iter().all(|b| is(*b, LOWER) || matches!(b, b'-' | b'.'))
        && parts > 0
        && numbers
            .into_iter()
            .all(|number| (1..=4).contains(&number.len()) && number.iter().all(|b| is(*b, DIGIT)))
}

fn is_counter(value: &[u8]) -> bool {
    let next = |a: u8, b: u8| b == a.wrapping_add(1) && is(a, WORD) && is(b, WORD);
    if longest(value, 1, next) >= COUNTED {
        return true;
    }
    longest(value, 2, |a, b| {
        next(a, b) || a == b'9' && b == b'0' || a == b'0' && b == b'1'
    }) >= COUNTED_PAIRS * 2 - 2
}

/// Length of the longest stretch in which each character and the one `step` before it satisfy `goes_on`.
fn longest(value: &[u8], step: usize, goes_on: impl Fn(u8, u8) -> bool) -> usize {
    let (mut best, mut run) = (0, 0);
    for (a, b) in value.iter().zip(value.iter().skip(step)) {
        run = if goes_on(a.to_ascii_lowercase(), b.to_ascii_lowercase()) {
            run + 1
        } else {
            0
        };
        best = best.max(run + usize::from(step == 1));
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_cuts_examples_and_releases_are_placeholders() {
        for value in [
            "xoxp-5723-5738-####",
            "ops_eyJzaWdu...",
            "ops_eyJzaW5B..[Redacted]",
            "&lt;YOUR PASSWORD&gt;",
            "AKIAIOSFODNN7EXAMPLE",
            "ENC[AES256_GCM,data:W3Pi]",
            "jjwt-jackson-0.11.2",
        ] {
            assert!(is_placeholder(value.as_bytes(), Kind::Password), "{value}");
        }
    }

    #[test]
    fn counters_are_placeholders_of_keys_but_may_be_passwords() {
        for value in [
            "sk_abcdefghijklmnopqrstuvwxyz123",
            "a1b2c3d4e5f6g7h8",
            "px-a1b2c3d4e5f6g7h8",
        ] {
            assert!(is_placeholder(value.as_bytes(), Kind::Key), "{value}");
            assert!(!is_placeholder(value.as_bytes(), Kind::Password), "{value}");
        }
    }

    #[test]
    fn random_values_are_no_placeholders() {
        for seed in 0..2000 {
            for pattern in [
                "[A-Za-z0-9]{40}",
                "[a-f0-9]{32}",
                "[A-Za-z0-9_.-]{24}",
                "[a-z]{6}-[0-9]{3}",
            ] {
                let value = bartizan_content::generate::expand(pattern, seed).unwrap();
                assert!(!is_placeholder(value.as_bytes(), Kind::Key), "{value}");
            }
        }
    }
}
