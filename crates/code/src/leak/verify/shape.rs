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
const STAND_IN_WORDS: [&str; 34] = [
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
    "abcdef",
    "123456789",
    "987654321",
    "qwerty",
    "todo",
    "enter_",
    "mysecret",
];

/// Signs of a reference to a value that stands elsewhere.
const REFERENCES: [&str; 7] = ["${", "{{", "#{", "$(", "<%", "%(", "@{"];

/// Whether the text stands in for a credential: a documented example, a template, a mask, a counter, one character
/// repeated.
pub(crate) fn is_stand_in(text: &[u8]) -> bool {
    if text.len() < 4 || distinct(text) < 4 {
        return true;
    }
    let contains = |part: &str| memchr::memmem::find(text, part.as_bytes()).is_some();
    if REFERENCES.iter().any(|sign| contains(sign)) || is_enclosed(text) {
        return true;
    }
    if text.windows(3).any(|w| w == b"***" || w == b"...") {
        return true;
    }
    let lower = text.to_ascii_lowercase();
    STAND_IN_WORDS
        .iter()
        .any(|word| memchr::memmem::find(&lower, word.as_bytes()).is_some())
        || longest_run(&lower) * 2 >= lower.len().max(12)
        || longest_sequence(&lower) >= 10
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
            "changeme",
            "%(password)s",
        ] {
            assert!(is_stand_in(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn random_text_is_no_stand_in() {
        for seed in 0..2000 {
            for pattern in ["[A-Za-z0-9]{40}", "[a-f0-9]{32}", "[A-Za-z0-9_-]{64}"] {
                let text = bartizan_content::generate::expand(pattern, seed).unwrap();
                assert!(!is_stand_in(text.as_bytes()), "{text}");
            }
        }
    }
}
