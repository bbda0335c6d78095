//! Imports, read from their text: `use a::{b, c as d}`, `import a.b.{C => D}`, `use A\B as C`, `using A = B.C`.
//!
//! What names are imported is told by the same few marks in all languages of tables: separators of a path, braces around several, a word or an
//! arrow before another name. Each name becomes an import of its own.

use super::{Node, Reader};
use crate::ast::Span;
use crate::builder::Draft;
use crate::kind::Kind;

/// Names that one statement imports at most; those after them are left out of names, not of the text.
const MOST: usize = 1_000;
/// Braces within each other at most.
const DEPTH: usize = 16;
/// Words before a path that are no part of it.
const WORDS: [&str; 10] = [
    "pub",
    "use",
    "import",
    "using",
    "global",
    "static",
    "function",
    "const",
    "given",
    "namespace",
];

impl<'t> Reader<'t> {
    /// The imports of a statement.
    pub(super) fn imports(&mut self, node: Node<'t>, into: &mut Vec<Draft>) {
        let text = self.text_of(node);
        let start = text.len() - without_words(text).len();
        let body = text.get(start..).unwrap_or("").trim_end().trim_end_matches(';');
        let mut found = Vec::new();
        let mark = ["\\", "::"]
            .into_iter()
            .find(|&mark| body.contains(mark))
            .unwrap_or(".");
        clauses(body, start, ("", mark), 0, &mut found);
        let base = node.span().start;
        for clause in found {
            let number = |at: usize| base + u32::try_from(at).unwrap_or(0);
            let span = Span {
                start: number(clause.from),
                end: number(clause.to),
            };
            let path = self.build.leaf(Kind::Path, span, &clause.path);
            let alias = clause
                .alias
                .map(|alias| self.build.leaf(Kind::Name, Span::empty(span.end), alias));
            let draft = self.lay(Kind::Import, span, [Some(path), alias]);
            into.push(draft);
        }
    }
}

struct Clause<'t> {
    path: String,
    alias: Option<&'t str>,
    from: usize,
    to: usize,
}

/// The text after the words that begin an import.
fn without_words(text: &str) -> &str {
    let mut rest = text.trim_start();
    loop {
        let end = rest
            .find(|c: char| !c.is_alphanumeric() && c != '_')
            .unwrap_or(rest.len());
        let word = rest.get(..end).unwrap_or("");
        let after = rest.get(end..).unwrap_or("");
        // `pub(crate)`
        let after = match (word, after.strip_prefix('(')) {
            ("pub", Some(inner)) => inner.split_once(')').map_or(after, |(_, after)| after),
            _ => after,
        };
        if !WORDS.contains(&word) || !after.starts_with(char::is_whitespace) {
            return rest;
        }
        rest = after.trim_start();
    }
}

/// The clauses of a list with commas between, all of them within a path, and what separates its parts; `at` is where the list begins.
fn clauses<'t>(
    text: &'t str,
    at: usize,
    (prefix, mark): (&str, &str),
    depth: usize,
    found: &mut Vec<Clause<'t>>,
) {
    for (from, part) in parts(text) {
        if found.len() >= MOST || depth > DEPTH {
            return;
        }
        let clause = part.trim();
        let from = at + from + (part.len() - part.trim_start().len());
        if clause.is_empty() {
            continue;
        }
        if let Some(open) = clause.find('{') {
            let before = clause.get(..open).unwrap_or("").trim();
            let inner = clause.get(open + 1..).unwrap_or("");
            let inner = inner.rsplit_once('}').map_or(inner, |(inner, _)| inner);
            let within = joined((prefix, mark), before);
            clauses(inner, from + open + 1, (&within, mark), depth + 1, found);
            continue;
        }
        let (path, alias) = renamed(clause);
        found.push(Clause {
            path: joined((prefix, mark), path),
            alias,
            from,
            to: from + clause.len(),
        });
    }
}

/// A path and another name for it.
fn renamed(clause: &str) -> (&str, Option<&str>) {
    for mark in [" as ", "=>"] {
        if let Some((path, alias)) = clause.split_once(mark) {
            return (path.trim(), Some(alias.trim()));
        }
    }
    match clause.split_once('=') {
        Some((alias, path)) => (path.trim(), Some(alias.trim())),
        None => (clause, None),
    }
}

/// A path within another.
fn joined((prefix, mark): (&str, &str), path: &str) -> String {
    let path = path.trim_start_matches(mark).trim_end_matches(mark);
    match (prefix, path) {
        ("", _) => path.to_owned(),
        (_, "self") => prefix.to_owned(),
        _ => format!("{prefix}{mark}{path}"),
    }
}

/// The parts of a list between commas outside of braces, with where they begin.
fn parts(text: &str) -> Vec<(usize, &str)> {
    let (mut depth, mut from) = (0_usize, 0);
    let mut found = Vec::new();
    for (at, c) in text.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                found.push((from, text.get(from..at).unwrap_or("")));
                from = at + 1;
            }
            _ => {}
        }
    }
    found.push((from, text.get(from..).unwrap_or("")));
    found
}
