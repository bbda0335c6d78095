//! Literals of Java: numbers, characters, strings and text blocks.

use super::{Java, Kinds};
use crate::ast::Span;
use crate::builder::Draft;
use crate::front::escape::{Escapes, unescape};
use crate::front::{Child, Front};
use crate::kind::Kind;

/// <https://docs.oracle.com/javase/specs/jls/se21/html/jls-3.html#jls-3.10.7>, and `\u` of the translation that comes before it.
const ESCAPES: Escapes = Escapes {
    bell: false,
    octal: 3,
    hexadecimal: false,
    unicode: true,
    braces: false,
    long: false,
    joins_lines: true,
    keeps_unknown: true,
};

impl<'t> Front<'t, Java> {
    /// A number, without the separators between its digits.
    pub(super) fn number(&mut self, child: Child<'t, Java>) -> Draft {
        let text = self.text_of(child);
        if text.contains('_') {
            self.build
                .leaf(Kind::Number, child.span(), &text.replace('_', ""))
        } else {
            self.build.leaf(Kind::Number, child.span(), text)
        }
    }

    /// `'x'`.
    pub(super) fn character(&mut self, child: Child<'t, Java>) -> Draft {
        let text = self.text_of(child);
        let inner = text.strip_prefix('\'').unwrap_or(text);
        let mut value = String::new();
        value_of(inner.strip_suffix('\'').unwrap_or(inner), &mut value);
        self.build.leaf(Kind::Str, child.span(), &value)
    }

    /// A string or a text block; with `\{…}` in it a [`Kind::Template`].
    pub(super) fn string(&mut self, child: Child<'t, Java>) -> Draft {
        let kids = self.kids(child);
        let mut parts = Vec::new();
        let mut start = child.span().start;
        for kid in kids.named().filter(|kid| kid.kind == Kinds::string_interpolation) {
            let text = Span {
                start,
                end: kid.span().start,
            };
            self.string_part(text, &mut parts);
            start = kid.span().end;
            let inner = self.kids(kid);
            if let Some(expression) = inner.named().next() {
                parts.push(self.lower(expression));
            }
        }
        if parts.is_empty() {
            let value = string_value(self.text_of(child));
            return self.build.leaf(Kind::Str, child.span(), &value);
        }
        let rest = Span {
            start,
            end: child.span().end,
        };
        self.string_part(rest, &mut parts);
        self.build.node(Kind::Template, child.span(), parts)
    }

    fn string_part(&mut self, span: Span, parts: &mut Vec<Draft>) {
        let text = self.text.get(span.range()).unwrap_or("").trim_matches('"');
        if !text.is_empty() {
            let mut value = String::new();
            value_of(text, &mut value);
            parts.push(self.build.leaf(Kind::Str, span, &value));
        }
    }
}

fn value_of(text: &str, into: &mut String) {
    // `\s` is a space, which other languages do not know.
    let spaced = text.replace("\\s", " ");
    unescape(if text.contains("\\\\") { text } else { &spaced }, ESCAPES, into);
}

/// The value of a literal with its quotes.
fn string_value(literal: &str) -> String {
    let mut value = String::new();
    if let Some(block) = literal.strip_prefix("\"\"\"") {
        let block = block.strip_suffix("\"\"\"").unwrap_or(block);
        value_of(&unindented(block), &mut value);
    } else {
        let inner = literal.strip_prefix('"').unwrap_or(literal);
        value_of(inner.strip_suffix('"').unwrap_or(inner), &mut value);
    }
    value
}

/// A text block without its first line, the white space that all of its lines begin with, and that at the ends of lines:
/// <https://docs.oracle.com/javase/specs/jls/se21/html/jls-3.html#jls-3.10.6>.
fn unindented(block: &str) -> String {
    let Some((_, content)) = block.split_once('\n') else {
        return block.to_owned();
    };
    let lines: Vec<&str> = content
        .split('\n')
        .map(|line| line.strip_suffix('\r').unwrap_or(line))
        .collect();
    let last = lines.len().saturating_sub(1);
    let indent = |line: &&str| line.len() - line.trim_start_matches([' ', '\t', '\u{c}']).len();
    let counts = |&(position, line): &(usize, &&str)| position == last || !line.trim().is_empty();
    let common = lines
        .iter()
        .enumerate()
        .filter(counts)
        .map(|(_, line)| indent(line))
        .min()
        .unwrap_or(0);
    let stripped = |line: &&str| {
        line.get(common..)
            .unwrap_or("")
            .trim_end_matches([' ', '\t', '\u{c}'])
            .to_owned()
    };
    let stripped: Vec<String> = lines.iter().map(stripped).collect();
    stripped.join("\n")
}
