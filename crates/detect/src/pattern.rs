//! Patterns with wildcards, as `fnmatch(3)` without flags reads them: `*` stands for anything, slashes too, `?` for one byte, `[…]` for one of a
//! set, and a backslash takes the meaning from the byte after it.

/// Whether a whole text is of a pattern. Takes time of the product of both lengths at most, and no memory.
pub(crate) fn matches(pattern: &[u8], text: &[u8], any_case: bool) -> bool {
    let (mut pattern, mut text) = (pattern, text);
    // Where the last `*` leads on, and the text that it has not swallowed
    let mut star: Option<(&[u8], &[u8])> = None;
    loop {
        match pattern {
            [b'*', rest @ ..] => {
                pattern = rest;
                star = Some((rest, text));
                continue;
            }
            [] if text.is_empty() => return true,
            _ => {}
        }
        if let [one, after @ ..] = text
            && let Some(rest) = step(pattern, *one, any_case)
        {
            (pattern, text) = (rest, after);
            continue;
        }
        // One byte more for the last `*`
        match star {
            Some((rest, [_, after @ ..])) => {
                star = Some((rest, after));
                (pattern, text) = (rest, after);
            }
            _ => return false,
        }
    }
}

fn fold(byte: u8, any_case: bool) -> u8 {
    if any_case { byte.to_ascii_lowercase() } else { byte }
}

/// What follows the part of a pattern that one byte is of
fn step(pattern: &[u8], byte: u8, any_case: bool) -> Option<&[u8]> {
    let same = |one: u8| fold(one, any_case) == fold(byte, any_case);
    match pattern {
        [] => None,
        [b'?', rest @ ..] => Some(rest),
        [b'\\', one, rest @ ..] => same(*one).then_some(rest),
        [b'[', rest @ ..] => match set(rest) {
            Some((negated, members, rest)) => (member(members, byte, any_case) != negated).then_some(rest),
            None => same(b'[').then_some(rest),
        },
        [one, rest @ ..] => same(*one).then_some(rest),
    }
}

/// A set after its opening bracket: whether it is negated, its members, and what follows; None where it is not closed
fn set(pattern: &[u8]) -> Option<(bool, &[u8], &[u8])> {
    let (negated, members) = match pattern {
        [b'!' | b'^', rest @ ..] => (true, rest),
        rest => (false, rest),
    };
    // A bracket that comes first is a member.
    let end = members.iter().skip(1).position(|byte| *byte == b']')? + 1;
    Some((negated, members.get(..end)?, members.get(end + 1..)?))
}

fn member(members: &[u8], byte: u8, any_case: bool) -> bool {
    let byte = fold(byte, any_case);
    let mut rest = members;
    while let [first, after @ ..] = rest {
        if let [b'-', last, after @ ..] = after {
            if (fold(*first, any_case)..=fold(*last, any_case)).contains(&byte) {
                return true;
            }
            rest = after;
        } else {
            if fold(*first, any_case) == byte {
                return true;
            }
            rest = after;
        }
    }
    false
}

/// What every text of a pattern begins with
pub(crate) fn literal_prefix(pattern: &[u8]) -> &[u8] {
    let special = pattern
        .iter()
        .position(|byte| matches!(byte, b'*' | b'?' | b'[' | b'\\'));
    pattern
        .get(..special.unwrap_or(pattern.len()))
        .unwrap_or_default()
}

/// Whether a path lies at or below a pattern, name by name. A slash at the end of the pattern does not count.
pub(crate) fn path_matches(pattern: &[u8], path: &[u8]) -> bool {
    let names = |path| <[u8]>::split(path, |byte: &u8| *byte == b'/');
    let mut below = names(path);
    names(without_end(pattern)).all(|pattern| below.next().is_some_and(|name| matches(pattern, name, false)))
}

/// A path without slashes at its end
pub(crate) fn without_end(path: &[u8]) -> &[u8] {
    let end = path.iter().rposition(|byte| *byte != b'/').map_or(0, |at| at + 1);
    path.get(..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_as_fnmatch_does() {
        for (pattern, text, fits) in [
            ("*", "", true),
            ("/home/*/.ssh/*", "/home/a/b/.ssh/id", true),
            ("/home/*/.ssh/*", "/home/.ssh", false),
            ("a?c", "abc", true),
            ("a?c", "ac", false),
            ("[a-c]x", "bx", true),
            ("[!a-c]x", "bx", false),
            ("[]]", "]", true),
            ("[", "[", true),
            (r"\*", "*", true),
            (r"\*", "a", false),
            ("*a*b", "xaxxb", true),
            ("*a*b", "xaxx", false),
        ] {
            assert_eq!(
                matches(pattern.as_bytes(), text.as_bytes(), false),
                fits,
                "{pattern} {text}"
            );
        }
        assert!(matches(b"ABC*", b"abcd", true));
        assert!(!matches(b"ABC*", b"abcd", false));
    }

    #[test]
    fn a_path_lies_below_a_pattern_by_whole_names() {
        assert!(path_matches(b"/etc", b"/etc/passwd"));
        assert!(path_matches(b"/etc/", b"/etc"));
        assert!(!path_matches(b"/etc", b"/etcetera"));
        assert!(path_matches(b"/var/*/log", b"/var/x/log/y"));
        assert!(path_matches(b"/", b"/x"));
    }
}
