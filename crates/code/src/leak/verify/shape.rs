//! Measures of how random a text looks, and whether it merely stands in for a credential.

/// Shannon entropy in bits per byte; 0 for no text.
pub(crate) fn entropy(text: &[u8]) -> f32 {
    let mut counts = [0u32; 256];
    for &byte in text {
        if let Some(count) = counts.get_mut(usize::from(byte)) {
            *count += 1;
        }
    }
    let total = text.len() as f32;
    counts
        .iter()
        .filter(|count| **count > 0)
        .map(|&count| {
            let share = count as f32 / total;
            -share * share.log2()
        })
        .sum()
}

/// Number of different bytes.
pub(crate) fn distinct(text: &[u8]) -> usize {
    let mut seen = [false; 256];
    for &byte in text {
        if let Some(seen) = seen.get_mut(usize::from(byte)) {
            *seen = true;
        }
    }
    seen.iter().filter(|seen| **seen).count()
}

/// Words that mark a text as a stand-in wherever they appear in it, lower case. Each is too long to appear in a
/// random token by chance.
const STAND_IN_WORDS: [&str; 29] = [
    "example",
    "placeholder",
    "changeme",
    "change_me",
    "change-me",
    "changethis",
    "redacted",
    "xxxxxx",
    "your_",
    "your-",
    "yourtoken",
    "yourkey",
    "yoursecret",
    "yourpass",
    "yourapi",
    "insert_",
    "insert-",
    "replace_",
    "replace-",
    "replaceme",
    "dummy",
    "sample",
    "fake_",
    "fake-",
    "faketoken",
    "fakekey",
    "foobar",
    "enter_",
    "mysecret",
];

/// Words that people type where a generator would not, lower case: a text that has the form of a credential and holds
/// one of them is more likely made up than issued.
const TYPED_WORDS: [&str; 5] = ["abcdef", "123456789", "987654321", "qwerty", "todo"];

/// What opens and what closes a reference to a value that stands elsewhere.
const REFERENCES: [(&str, u8); 7] = [
    ("${", b'}'),
    ("{{", b'}'),
    ("#{", b'}'),
    ("$(", b')'),
    ("<%", b'>'),
    ("%(", b')'),
    ("@{", b'}'),
];

/// What a text that has the form of a credential says of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StandIn {
    /// Nothing: it may be what it seems.
    No,
    /// It holds a run of successive characters or a typed word, which issued credentials do not.
    Likely,
    /// It is a documented example, a template, a mask, a counter, or one character repeated.
    Certain,
}

/// Whether the text stands in for a credential.
pub(crate) fn stand_in(text: &[u8]) -> StandIn {
    if text.len() < 4 || distinct(text) < 4 {
        return StandIn::Certain;
    }
    if is_reference(text) || is_enclosed(text) || is_encrypted(text) {
        return StandIn::Certain;
    }
    if text.windows(3).any(|w| w == b"***" || w == b"...") || text.windows(4).any(|w| w == b"####") {
        return StandIn::Certain;
    }
    let lower = text.to_ascii_lowercase();
    let holds = |words: &[&str]| {
        words
            .iter()
            .any(|word| memchr::memmem::find(&lower, word.as_bytes()).is_some())
    };
    let sequence = longest_sequence(&lower);
    if holds(&STAND_IN_WORDS)
        || longest_run(&lower) * 2 >= lower.len().max(12)
        || sequence * 10 >= lower.len() * 9
    {
        return StandIn::Certain;
    }
    if holds(&TYPED_WORDS) || sequence >= 10 {
        return StandIn::Likely;
    }
    StandIn::No
}

/// Whether a reference opens in the text and closes, or is all there is: a random password may hold `$(` by chance.
fn is_reference(text: &[u8]) -> bool {
    REFERENCES.iter().any(|(open, close)| {
        let rest = memchr::memmem::find(text, open.as_bytes()).and_then(|at| text.get(at + open.len()..));
        rest.is_some_and(|rest| text.starts_with(open.as_bytes()) || rest.contains(close))
    })
}

/// Whether the text is a value that SOPS encrypted: `ENC[AES256_GCM,…]`. <https://getsops.io/docs/>
fn is_encrypted(text: &[u8]) -> bool {
    text.starts_with(b"ENC[")
}

/// Whether the text is `<word>`, `[word]` or `__word__`.
fn is_enclosed(text: &[u8]) -> bool {
    [(&b"<"[..], &b">"[..]), (b"[", b"]"), (b"__", b"__")]
        .iter()
        .any(|(open, close)| text.starts_with(open) && text.ends_with(close))
}

/// Length of the longest run of one character.
fn longest_run(text: &[u8]) -> usize {
    longest(text, |a, b| a == b)
}

/// Length of the longest run in which each character is the successor of the one before it.
fn longest_sequence(text: &[u8]) -> usize {
    longest(text, |a, b| {
        b == a.wrapping_add(1) || (a == b'9' && b == b'0') || (a == b'9' && b == b'a')
    })
}

fn longest(text: &[u8], goes_on: impl Fn(u8, u8) -> bool) -> usize {
    let mut best = usize::from(!text.is_empty());
    let mut run = 1;
    for pair in text.windows(2) {
        if let [a, b] = *pair {
            run = if goes_on(a, b) { run + 1 } else { 1 };
            best = best.max(run);
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entropy_grows_with_the_number_of_characters() {
        assert!(entropy(b"aaaaaaaa") < 0.01);
        assert!((entropy(b"abababab") - 1.0).abs() < 0.01);
        assert!((entropy(b"abcdefgh") - 3.0).abs() < 0.01);
    }

    #[test]
    fn stand_ins_are_recognised() {
        for text in [
            "AKIAIOSFODNN7EXAMPLE",
            "xxxxxxxxxxxxxxxx",
            "ghp_000000000000000000000000000000000000",
            "${TOKEN}",
            "<your token>",
            "{{ token }}",
            "abcdefghijklmnop",
            "0123456789abcdef",
            "your-token-here",
            "************",
            "xoxp-5723-5738-####################",
            "ENC[AES256_GCM,data:W3PiZ6,type:str]",
            "changeme",
            "%(password)s",
        ] {
            assert_eq!(stand_in(text.as_bytes()), StandIn::Certain, "{text}");
        }
    }

    #[test]
    fn a_run_inside_a_longer_text_is_only_a_doubt() {
        for text in ["tok_abcdef0a9d3c5e", "k7Qm1234567890Zw", "qwertyuiop7H2k9a"] {
            assert_eq!(stand_in(text.as_bytes()), StandIn::Likely, "{text}");
        }
    }

    #[test]
    fn random_text_is_no_stand_in() {
        for seed in 0..2000 {
            for pattern in ["[A-Za-z0-9]{40}", "[a-f0-9]{32}", "[A-Za-z0-9_-]{64}"] {
                let text = bartizan_content::generate::expand(pattern, seed).unwrap();
                assert_eq!(stand_in(text.as_bytes()), StandIn::No, "{text}");
            }
        }
    }
}
