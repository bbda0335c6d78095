//! Texts: what stands between quotes, with the expressions in it.

use super::{Node, Quotes, Reader, is_among};
use crate::ast::Span;
use crate::builder::Draft;
use crate::front::escape::unescape;
use crate::kind::Kind;

/// Nodes that are a part of the text itself.
const CONTENT: &str = "string_content string_literal_content escape_sequence heredoc_content character_literal_content character \
    nowdoc_string raw_string_content string_literal_encoding text_fragment";
/// Nodes that stand around a text or around an expression in it, and belong to neither.
pub(super) const MARKS: &str = "interpolation_start interpolation_quote raw_string_start raw_string_end heredoc_start heredoc_end \
    raw_string_delimiter interpolation_brace interpolation_alignment_clause interpolation_format_clause";

impl<'t> Reader<'t> {
    /// A text: one leaf, or a template where there are expressions in it.
    pub(super) fn quoted(&mut self, node: Node<'t>, quotes: &Quotes) -> Draft {
        let kids: Vec<Node<'t>> = self.kids(node).all().collect();
        let inner = self.within_quotes(node, &kids);
        let mut pieces = Vec::new();
        let mut value = String::new();
        let mut at = inner.start;
        for kid in kids {
            let span = kid.span();
            let name = kid.node.kind();
            let outside = span.end <= inner.start || span.start >= inner.end;
            if outside || (kid.named && is_among(CONTENT, name)) {
                continue;
            }
            let gap = Span {
                start: at,
                end: span.start,
            };
            self.resolve(gap, quotes, &mut value, &mut pieces);
            if kid.named && !is_among(MARKS, name) {
                let before = Span {
                    start: at,
                    end: span.start,
                };
                self.piece(before, &mut value, &mut pieces);
                let inner = self.lower(kid);
                // A text among expressions is told from the text around them.
                pieces.push(match self.build.kind(inner) {
                    Kind::Str => self.build.node(Kind::Template, span, vec![inner]),
                    _ => inner,
                });
            }
            at = at.max(span.end);
        }
        let last = Span {
            start: at.min(inner.end),
            end: inner.end,
        };
        self.resolve(last, quotes, &mut value, &mut pieces);
        if pieces.is_empty() && !quotes.template {
            return self.build.leaf(quotes.plain, node.span(), &value);
        }
        self.piece(last, &mut value, &mut pieces);
        self.build.node(Kind::Template, node.span(), pieces)
    }

    /// Texts beside each other are one.
    pub(super) fn joined(&mut self, node: Node<'t>) -> Draft {
        let kids = self.kids(node);
        let parts = self.lower_all(kids.named());
        if parts.iter().all(|&part| self.build.kind(part) == Kind::Str) {
            let whole: String = parts.iter().map(|&part| self.build.text(part)).collect();
            return self.build.leaf(Kind::Str, node.span(), &whole);
        }
        let mut pieces = Vec::new();
        for part in parts {
            if self.build.kind(part) == Kind::Template {
                pieces.extend_from_slice(self.build.children(part));
            } else {
                pieces.push(part);
            }
        }
        self.build.node(Kind::Template, node.span(), pieces)
    }

    /// Adds the value so far as a piece, when there is any.
    fn piece(&mut self, span: Span, value: &mut String, pieces: &mut Vec<Draft>) {
        if !value.is_empty() {
            let before = pieces.last().map_or(0, |&last| self.build.span(last).end);
            let span = Span {
                start: span.start.max(before).min(span.end),
                end: span.end,
            };
            pieces.push(self.build.leaf(Kind::Str, span, value));
            value.clear();
        }
    }

    /// Adds a text without expressions to the value so far, but where names after a dollar are expressions, those to the pieces.
    fn resolve(&mut self, span: Span, quotes: &Quotes, value: &mut String, pieces: &mut Vec<Draft>) {
        let mut rest = span;
        while quotes.dollar
            && let Some((at, name)) = self.dollar(rest)
        {
            let before = Span {
                start: rest.start,
                end: at,
            };
            self.unescaped(before, quotes, value);
            self.piece(before, value, pieces);
            let text = self.text.get(name.range()).unwrap_or("");
            pieces.push(self.build.leaf(Kind::Name, name, text));
            rest.start = name.end;
        }
        self.unescaped(rest, quotes, value);
    }

    fn unescaped(&self, span: Span, quotes: &Quotes, value: &mut String) {
        let text = self.text.get(span.range()).unwrap_or("");
        match quotes.escapes {
            Some(escapes) => unescape(text, escapes, value),
            None => value.push_str(text),
        }
    }

    /// The first dollar without a backslash that a name follows: where it is, and the name.
    fn dollar(&self, span: Span) -> Option<(u32, Span)> {
        let text = self.text.get(span.range())?;
        let is_start = |c: char| c.is_alphabetic() || c == '_';
        let mut escaped = false;
        for (at, c) in text.char_indices() {
            let after = text.get(at + 1..).unwrap_or("");
            if c == '$' && !escaped && after.starts_with(is_start) {
                let length = after
                    .find(|c: char| !c.is_alphanumeric() && c != '_')
                    .unwrap_or(after.len());
                let number = |at: usize| span.start + u32::try_from(at).unwrap_or(0);
                let name = Span {
                    start: number(at + 1),
                    end: number(at + 1 + length),
                };
                return Some((number(at), name));
            }
            escaped = c == '\\' && !escaped;
        }
        None
    }

    /// What lies between the marks at both ends: tokens of the grammar, or quotes in the text of a leaf.
    fn within_quotes(&self, node: Node<'t>, kids: &[Node<'t>]) -> Span {
        let whole = node.span();
        let is_mark = |kid: &&Node<'t>| !kid.named || is_among(MARKS, kid.node.kind());
        let opening = kids.iter().take_while(is_mark).last().map(Node::span);
        let closing = kids.iter().rev().take_while(is_mark).last().map(Node::span);
        let start = opening.map_or(whole.start, |mark| mark.end);
        let number = |at: usize| whole.start + u32::try_from(at).unwrap_or(0);
        let quotes = quotes_of(self.text_of(node));
        let end = closing.map_or(number(quotes.1), |mark| mark.start);
        if (opening.is_some() || closing.is_some()) && start <= end {
            return Span { start, end };
        }
        let (start, end) = quotes;
        Span {
            start: number(start),
            end: number(end),
        }
    }
}

/// Where the text between quotes begins and ends; the whole when there are none.
fn quotes_of(text: &str) -> (usize, usize) {
    let whole = (0, text.len());
    let Some(open) = text.find(['"', '\'', '`']).filter(|&at| at <= 8) else {
        return whole;
    };
    let (prefix, quoted) = text.split_at(open);
    let Some(quote) = quoted.chars().next() else {
        return whole;
    };
    // Letters and marks only: `r#"`, `@"`, `$'`, `L"`.
    if !prefix
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || "#@$%".contains(c))
    {
        return whole;
    }
    let body = quoted.trim_end_matches('#');
    let run = quoted.chars().take_while(|&c| c == quote).count();
    let fence = if run >= 3 && body.len() >= 2 * run { run } else { 1 };
    if !body.ends_with(quote) || body.len() < 2 * fence {
        return whole;
    }
    (open + fence, open + body.len() - fence)
}
