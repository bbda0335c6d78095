//! Regular expressions of Go as the crate `regex-automata` reads them.
//!
//! In: a pattern of <https://github.com/google/re2/wiki/Syntax>. Out: one that matches the same: `\w`, `\d`, `\s` and `\b` are of ASCII, `\Q…\E` is
//! text, a brace that repeats nothing is one, and within brackets `[`, `&` and `~` are nothing special.

/// The same pattern in the other syntax.
pub(super) fn translate(pattern: &str) -> String {
    let mut out = String::with_capacity(pattern.len() + 16);
    let mut rest = pattern.char_indices();
    let mut class = false;
    // Within brackets, whether the next is the first, where `]` is one of them.
    let mut first = false;
    while let Some((at, c)) = rest.next() {
        let after = pattern.get(at + c.len_utf8()..).unwrap_or_default();
        let was_first = std::mem::take(&mut first);
        match c {
            '\\' if after.starts_with('Q') => {
                rest.next();
                let quoted = after.get(1..).unwrap_or_default();
                let end = quoted.find("\\E").unwrap_or(quoted.len());
                for c in quoted.get(..end).unwrap_or_default().chars() {
                    escape(c, &mut out);
                    rest.next();
                }
                if end < quoted.len() {
                    rest.nth(1);
                }
            }
            '\\' => match rest.next() {
                Some((_, escaped)) => {
                    out.push_str(&escaped_class(escaped, class));
                    // `\p{…}` and `\x{…}` have names in their braces.
                    let name = after
                        .get(1..)
                        .filter(|name| matches!(escaped, 'p' | 'P' | 'x') && name.starts_with('{'));
                    let name = name
                        .and_then(|name| name.split_inclusive('}').next())
                        .unwrap_or_default();
                    out.push_str(name);
                    for _ in name.chars() {
                        rest.next();
                    }
                }
                None => out.push('\\'),
            },
            '[' if !class => {
                class = true;
                first = true;
                out.push('[');
                if after.starts_with('^') {
                    rest.next();
                    out.push('^');
                }
            }
            '[' if after.starts_with(':') => {
                let end = after.find(":]").map_or(0, |end| end + 2);
                out.push('[');
                for (_, c) in rest.by_ref().take(end) {
                    out.push(c);
                }
            }
            ']' if class && was_first => out.push_str("\\]"),
            ']' if class => {
                class = false;
                out.push(']');
            }
            '[' | '&' | '~' if class => escape(c, &mut out),
            '{' if !class && !repeats(after) => out.push_str("\\{"),
            '}' if !class && !closes(&out) => out.push_str("\\}"),
            c => out.push(c),
        }
    }
    out
}

fn escape(c: char, out: &mut String) {
    if c.is_ascii_punctuation() {
        out.push('\\');
    }
    out.push(c);
}

/// Classes of ASCII, which in the other syntax are of all of Unicode.
fn escaped_class(escaped: char, within: bool) -> String {
    let members = match escaped.to_ascii_lowercase() {
        'd' => "0-9",
        's' => "\\t\\n\\x0c\\r ",
        'w' => "0-9A-Za-z_",
        'b' if !within && escaped == 'b' => return "(?-u:\\b)".to_owned(),
        _ => return format!("\\{escaped}"),
    };
    match (escaped.is_ascii_uppercase(), within) {
        (true, _) => format!("[^{members}]"),
        (false, true) => members.to_owned(),
        (false, false) => format!("[{members}]"),
    }
}

/// Whether what follows a brace says how often: `{2}`, `{2,}`, `{2,5}`.
fn repeats(after: &str) -> bool {
    let Some((inside, _)) = after.split_once('}') else {
        return false;
    };
    let (least, most) = inside.split_once(',').unwrap_or((inside, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    !least.is_empty() && digits(least) && digits(most)
}

/// Whether a brace is open at the end of what was written.
fn closes(out: &str) -> bool {
    let tail = out.trim_end_matches(|c: char| c.is_ascii_digit() || c == ',');
    tail.ends_with('{') && !tail.ends_with("\\{")
}

#[cfg(test)]
mod tests {
    use super::translate;
    use proptest::prelude::*;
    use regex_automata::meta::Regex;

    fn matches(pattern: &str, text: &str) -> bool {
        Regex::new(&translate(pattern)).unwrap().is_match(text)
    }

    #[test]
    fn classes_are_of_ascii() {
        assert!(matches("^\\w+$", "a_1"));
        assert!(!matches("^\\w+$", "ä"));
        assert!(matches("^[\\w.-]+$", "a.b-c"));
        assert!(matches("^\\W$", "ä"));
        assert!(matches("^[\\D]$", "x"));
        assert!(matches("\\bfoo\\b", "a foo b"));
    }

    #[test]
    fn what_is_special_in_one_syntax_only_is_text() {
        assert!(matches("^[[&~]+$", "[&~"));
        assert!(matches("^a{b}$", "a{b}"));
        assert!(matches("^a{2}$", "aa"));
        assert!(matches("^\\Qa.b\\E$", "a.b"));
        assert!(!matches("^\\Qa.b\\E$", "axb"));
        assert!(matches("^[]a]+$", "]a"));
        assert!(matches("^[[:alpha:]]+$", "ab"));
        assert!(matches("^\\p{Lu}\\x{41}$", "ÄA"));
    }

    #[test]
    fn a_counted_word_stays_small() {
        let pattern = translate(":[\\w][\\w.-]{0,127}(/)?");
        assert!(Regex::new(&pattern).unwrap().is_match(":v0.49.0"));
    }

    proptest! {
        #[test]
        fn no_pattern_makes_it_panic(pattern in "[\\\\\\[\\](){}a-z0-9,QE:^$.*?ä-]{0,40}") {
            let _ = Regex::new(&translate(&pattern));
        }

        #[test]
        fn a_quoted_text_matches_itself(text in "[a-z.*+?\\[\\](){}^$|ä ]{1,20}") {
            let pattern = format!("^\\Q{text}\\E$");
            prop_assert!(matches(&pattern, &text));
        }
    }
}
