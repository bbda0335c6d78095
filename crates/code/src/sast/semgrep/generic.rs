//! Patterns over text of no language: words and marks in a row, `...` for up to ten lines, `$X` for a word.
//!
//! In: a pattern of one line. Out: where it matches. The meaning is that of Semgrep's generic mode, without its blocks by indentation:
//! <https://semgrep.dev/docs/writing-rules/generic-pattern-matching>.

use std::ops::Range;

/// Lines that one `...` goes over at most.
const LINES: usize = 10;
/// Places found in one text at most.
const FOUND: usize = 1_000;
/// Steps of one search at most.
const STEPS: usize = 1_000_000;

/// One part of a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Word(String),
    Any(String),
    Ellipsis,
}

/// A pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    parts: Vec<Part>,
}

/// A word or mark of a text, with the line it stands on.
struct Token<'a> {
    text: &'a str,
    at: Range<usize>,
    line: usize,
}

/// A place, with the places of the metavariables.
type Place = (Range<usize>, Vec<(String, Range<usize>)>);

impl Words {
    /// Reads a pattern of one line; none when there are more, or none at all.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.is_empty() || text.contains('\n') {
            return None;
        }
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            let word = rest.find(|c: char| !is_word(c)).unwrap_or(rest.len());
            let length = if first.is_whitespace() {
                first.len_utf8()
            } else if let Some(name) = rest
                .strip_prefix('$')
                .filter(|name| name.starts_with(|c: char| c.is_ascii_uppercase() || c == '_'))
            {
                let length = name.find(|c: char| !is_word(c)).unwrap_or(name.len()) + 1;
                parts.push(Part::Any(rest.get(..length)?.to_owned()));
                length
            } else if rest.starts_with("...") {
                parts.push(Part::Ellipsis);
                rest.len() - rest.trim_start_matches('.').len()
            } else {
                let length = if word > 0 { word } else { first.len_utf8() };
                parts.push(Part::Word(rest.get(..length)?.to_owned()));
                length
            };
            rest = rest.get(length..)?;
        }
        Some(Self { parts })
    }

    /// Where it matches, in the order of the text, none within another.
    #[must_use]
    pub fn find(&self, text: &str) -> Vec<Place> {
        let tokens = tokens(text);
        let mut parts = self.parts.as_slice();
        while let [Part::Ellipsis, rest @ ..] = parts {
            parts = rest;
        }
        while let [rest @ .., Part::Ellipsis] = parts {
            parts = rest;
        }
        let (mut found, mut from, mut steps) = (Vec::new(), 0, STEPS);
        if parts.is_empty() {
            return vec![(0..text.len(), Vec::new())];
        }
        while from < tokens.len() && found.len() < FOUND {
            let mut bound = Vec::new();
            match matched(parts, &tokens, from, &mut bound, &mut steps) {
                Some(end) if end > from => {
                    let start = tokens.get(from).map_or(0, |token| token.at.start);
                    let end_at = tokens.get(end - 1).map_or(start, |token| token.at.end);
                    found.push((start..end_at, bound));
                    from = end;
                }
                _ => from += 1,
            }
        }
        found
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn tokens(text: &str) -> Vec<Token<'_>> {
    let (mut found, mut at, mut line) = (Vec::new(), 0, 0);
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let Some(first) = rest.chars().next() else {
            break;
        };
        let word = rest.find(|c: char| !is_word(c)).unwrap_or(rest.len());
        let length = if word > 0 { word } else { first.len_utf8() };
        if first == '\n' {
            line += 1;
        } else if !first.is_whitespace()
            && let Some(text) = rest.get(..length)
        {
            found.push(Token {
                text,
                at: at..at + length,
                line,
            });
        }
        at += length;
    }
    found
}

/// The token after the match of all parts from one token on.
fn matched(
    parts: &[Part],
    tokens: &[Token<'_>],
    from: usize,
    bound: &mut Vec<(String, Range<usize>)>,
    steps: &mut usize,
) -> Option<usize> {
    *steps = steps.checked_sub(1)?;
    let Some((first, rest)) = parts.split_first() else {
        return Some(from);
    };
    match first {
        Part::Word(word) => {
            let token = tokens.get(from)?;
            (token.text == word).then(|| matched(rest, tokens, from + 1, bound, steps))?
        }
        Part::Any(name) => {
            let token = tokens.get(from).filter(|token| token.text.starts_with(is_word))?;
            let known = bound
                .iter()
                .find(|(known, _)| known == name)
                .map(|(_, at)| at.clone());
            if let Some(known) = known {
                let same = tokens
                    .iter()
                    .find(|token| token.at == known)
                    .is_some_and(|known| known.text == token.text);
                return same.then(|| matched(rest, tokens, from + 1, bound, steps))?;
            }
            let before = bound.len();
            if name != "$_" {
                bound.push((name.clone(), token.at.clone()));
            }
            let end = matched(rest, tokens, from + 1, bound, steps);
            if end.is_none() {
                bound.truncate(before);
            }
            end
        }
        Part::Ellipsis => {
            let line = from
                .checked_sub(1)
                .and_then(|at| tokens.get(at))
                .map_or(0, |token| token.line);
            let mut at = from;
            loop {
                if let Some(end) = matched(rest, tokens, at, bound, steps) {
                    return Some(end);
                }
                let token = tokens.get(at)?;
                if token.line > line + LINES {
                    return None;
                }
                at += 1;
            }
        }
    }
}
