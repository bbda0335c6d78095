//! Rego that OPA reads and the engine does not, written so that the engine reads it too, line for line.
//!
//! In: the text of a module. Out: the same text, except that imports that stand after rules stand behind the package, a parenthesis that
//! begins a line begins a statement, a further body of a rule has the head of the rule before it, and a function that is nothing but its
//! head is true. Texts and comments are left alone.
//! <https://www.openpolicyagent.org/docs/policy-reference#grammar>

use std::ops::Range;

/// A part of the text that is neither in a text nor in a comment.
pub(super) struct Code<'a> {
    text: &'a str,
    /// For each byte, whether it is code.
    code: Vec<bool>,
    /// Texts with their quotes, in order.
    pub(super) quoted: Vec<Range<usize>>,
}

impl<'a> Code<'a> {
    pub(super) fn of(text: &'a str) -> Self {
        let mut code = vec![true; text.len()];
        let mut quoted = Vec::new();
        let mut opened = 0;
        let mut quote = None;
        let mut escaped = false;
        for (index, byte) in text.bytes().enumerate() {
            let now = match quote {
                None if matches!(byte, b'"' | b'`' | b'#') => {
                    quote = Some(byte);
                    opened = index;
                    false
                }
                None => true,
                Some(b'#') => {
                    if byte == b'\n' {
                        quote = None;
                    }
                    byte == b'\n'
                }
                Some(open) => {
                    if escaped {
                        escaped = false;
                    } else if byte == b'\\' && open == b'"' {
                        escaped = true;
                    } else if byte == open {
                        quote = None;
                        quoted.push(opened..index + 1);
                    }
                    false
                }
            };
            if let Some(slot) = code.get_mut(index) {
                *slot = now;
            }
        }
        Self { text, code, quoted }
    }

    pub(super) fn bytes(&self) -> impl Iterator<Item = (usize, u8)> + '_ {
        self.text
            .bytes()
            .enumerate()
            .filter(|(index, _)| self.code.get(*index).copied().unwrap_or(false))
    }
}

/// What the engine is given for a module.
pub(super) fn dress(text: &str) -> String {
    facts(&bodies(&statements(&imports(text))))
}

/// Imports that follow a rule, put behind the package.
fn imports(text: &str) -> String {
    let code = Code::of(text);
    let mut package_end = None;
    let mut after_rule = false;
    let mut moved = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let starts_code = code.code.get(at).copied().unwrap_or(false);
        let bare = line.trim_end();
        if starts_code && bare.starts_with("package ") && package_end.is_none() {
            package_end = Some(at + bare.split('#').next().unwrap_or(bare).trim_end().len());
        } else if starts_code && bare.starts_with("import ") {
            if after_rule {
                moved.push((at, bare.split('#').next().unwrap_or(bare).trim_end()));
            }
        } else if starts_code && bare.starts_with(|c: char| c.is_alphabetic() || c == '_') {
            after_rule = true;
        }
        at += line.len();
    }
    let (Some(package_end), false) = (package_end, moved.is_empty()) else {
        return text.to_owned();
    };
    let mut out = text.to_owned();
    for (at, import) in moved.iter().rev() {
        out.replace_range(*at..at + import.len(), &" ".repeat(import.len()));
    }
    let all: String = moved.iter().map(|(_, import)| format!(" {import}")).collect();
    out.insert_str(package_end, &all);
    out
}

/// A semicolon before a parenthesis that begins a line in a body, where the engine would call what stands before it.
fn statements(text: &str) -> String {
    let code = Code::of(text);
    let mut open = Vec::new();
    let mut before = (0_usize, b'\n');
    let mut marks = Vec::new();
    for (index, byte) in code.bytes() {
        match byte {
            b'(' => {
                let between = text.get(before.0 + 1..index).unwrap_or_default();
                let ends = before.1.is_ascii_alphanumeric() || matches!(before.1, b'_' | b']');
                let keyword = [
                    "if", "in", "not", "else", "every", "some", "with", "as", "contains",
                ]
                .iter()
                .any(|word| text.get(..=before.0).is_some_and(|b| ends_with_word(b, word)));
                if open.last() == Some(&b'{') && between.contains('\n') && ends && !keyword {
                    marks.push(index);
                }
                open.push(byte);
            }
            b'[' | b'{' => open.push(byte),
            b')' | b']' | b'}' => drop(open.pop()),
            _ => {}
        }
        if !byte.is_ascii_whitespace() {
            before = (index, byte);
        }
    }
    let mut out = text.to_owned();
    for index in marks.into_iter().rev() {
        out.insert(index, ';');
    }
    out
}

fn ends_with_word(text: &str, word: &str) -> bool {
    text.strip_suffix(word)
        .is_some_and(|rest| !rest.ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == '.'))
}

/// The head of a rule again, before each further body of it.
fn bodies(text: &str) -> String {
    let code = Code::of(text);
    let mut depth = 0_usize;
    let mut start = None;
    let mut head: Option<String> = None;
    let mut closed = false;
    let mut marks = Vec::new();
    for (index, byte) in code.bytes() {
        if byte.is_ascii_whitespace() {
            continue;
        }
        match byte {
            b'{' if depth == 0 => {
                if closed {
                    marks.extend(head.clone().map(|head| (index, head)));
                } else if head.is_none() {
                    head = start.and_then(|start| text.get(start..index)).and_then(heading);
                }
                closed = false;
                depth += 1;
            }
            b'(' | b'[' | b'{' => {
                depth += 1;
            }
            b')' | b']' | b'}' => {
                depth = depth.saturating_sub(1);
                closed = depth == 0 && byte == b'}';
            }
            _ if depth == 0 && (closed || begins_line(text, index)) => {
                let word = text.get(index..).unwrap_or_default();
                // After `else` no further body can follow.
                start = (!word.starts_with("else")).then_some(index);
                head = None;
                closed = false;
            }
            _ => {}
        }
    }
    let mut out = text.to_owned();
    for (index, head) in marks.into_iter().rev() {
        out.insert_str(index, &format!("{head} "));
    }
    out
}

/// `:= true` after a function that has neither a value nor a body.
fn facts(text: &str) -> String {
    let code = Code::of(text);
    let mut depth = 0_usize;
    // Where a head that is all of its rule so far ends, and whether it began as one.
    let mut ended = None;
    let mut named = false;
    let mut last = b'\n';
    let mut marks = Vec::new();
    for (index, byte) in code.bytes() {
        if byte.is_ascii_whitespace() {
            last = byte;
            continue;
        }
        let fresh = depth == 0 && begins_line(text, index);
        if fresh {
            marks.extend(ended.take());
            named = byte.is_ascii_alphabetic() || byte == b'_';
        } else if depth == 0 {
            ended = None;
        }
        match byte {
            b'(' if depth == 0 && named && !last.is_ascii_whitespace() => depth = 1,
            b'(' | b'[' | b'{' => {
                named &= depth > 0;
                depth += 1;
            }
            b')' | b']' | b'}' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    ended = (named && byte == b')').then_some(index + 1);
                    named = false;
                }
            }
            _ if depth == 0 && !fresh => {
                named &= byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.');
                named &= !last.is_ascii_whitespace();
            }
            _ => {}
        }
        last = byte;
    }
    marks.extend(ended);
    let mut out = text.to_owned();
    for index in marks.into_iter().rev() {
        out.insert_str(index, " := true");
    }
    out
}

fn begins_line(text: &str, index: usize) -> bool {
    index == 0 || text.as_bytes().get(index - 1) == Some(&b'\n')
}

/// A head in one line; none where what follows it is no body.
fn heading(text: &str) -> Option<String> {
    let head = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let value = head.ends_with('=') || head.ends_with("contains") || head.starts_with("import");
    (!head.is_empty() && !value && !text.contains('#')).then_some(head)
}
