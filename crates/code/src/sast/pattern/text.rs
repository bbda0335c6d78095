//! Holes within strings: `"..."`, `"$X"`, `"=~/…/"`.

use fancy_regex::{Regex, RegexBuilder};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};

/// Bytes of a compiled expression at most.
const LARGEST: usize = 8 << 20;
/// Steps back that one search may take.
const STEPS: usize = 200_000;

/// What the content of a string is in a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TextHole<'a> {
    /// `...`
    Anything,
    /// `$X`, with its dollar.
    Bind(&'a str),
    /// `=~/…/`, without its marks, and the flags after it.
    Regex(&'a str, &'a str),
    /// A text as it stands.
    Exact,
}

/// What the content of a string of a pattern means.
pub(super) fn text_hole(text: &str) -> TextHole<'_> {
    if text == "..." {
        return TextHole::Anything;
    }
    if let Some(name) = text.strip_prefix('$') {
        let name = name.strip_prefix("...").unwrap_or(name);
        let fits = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
        let starts = name.starts_with(|c: char| c.is_ascii_uppercase() || c == '_');
        if starts && name.chars().all(fits) {
            return TextHole::Bind(text);
        }
    }
    match text.strip_prefix("=~/").and_then(|rest| rest.rsplit_once('/')) {
        Some((pattern, flags)) if flags.chars().all(|c| "imsx".contains(c)) => {
            TextHole::Regex(pattern, flags)
        }
        _ => TextHole::Exact,
    }
}

/// Regular expressions of patterns, compiled once.
#[derive(Debug, Default)]
pub struct Regexes {
    compiled: Mutex<HashMap<String, Option<Arc<Regex>>>>,
}

impl Regexes {
    /// Whether an expression matches somewhere in a text; one that does not compile, or that needs too many steps, matches nothing.
    #[must_use]
    pub fn is_match(&self, pattern: &str, text: &str) -> bool {
        self.get(pattern)
            .is_some_and(|regex| regex.is_match(text).unwrap_or(false))
    }

    /// The compiled expression; none where it is none.
    #[must_use]
    pub fn get(&self, pattern: &str) -> Option<Arc<Regex>> {
        let Ok(mut compiled) = self.compiled.lock() else {
            return None;
        };
        compiled
            .entry(pattern.to_owned())
            .or_insert_with(|| compile(pattern).ok().map(Arc::new))
            .clone()
    }
}

/// Compiles an expression of PCRE's kind within bounds, `^` and `$` at every line.
///
/// # Errors
/// When it is no such expression, or too large.
pub fn compile(pattern: &str) -> Result<Regex, String> {
    RegexBuilder::new(&portable(pattern))
        .multi_line(true)
        .backtrack_limit(STEPS)
        .delegate_size_limit(LARGEST)
        .delegate_dfa_size_limit(LARGEST)
        .build()
        .map_err(|error| error.to_string())
}

/// The expression without what means something else in this dialect than in PCRE: `\Z`, and `\<` and `\>`, which PCRE takes literally.
fn portable(pattern: &str) -> String {
    let mut out = String::with_capacity(pattern.len());
    let mut characters = pattern.chars();
    while let Some(c) = characters.next() {
        match (c, (c == '\\').then(|| characters.next()).flatten()) {
            (_, Some('Z')) => out.push_str("\\z"),
            (_, Some(angle @ ('<' | '>'))) => out.push(angle),
            (c, escaped) => out.extend(std::iter::once(c).chain(escaped)),
        }
    }
    out
}
