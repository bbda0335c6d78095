//! Literals of Python: numbers, strings with their prefixes and escapes, strings with interpolation.

use super::{Kinds, Python};
use crate::ast::{Flags, Span};
use crate::builder::Draft;
use crate::front::escape::{Escapes, unescape};
use crate::front::{Child, Front};
use crate::kind::Kind;

/// Escapes of text: <https://docs.python.org/3/reference/lexical_analysis.html#escape-sequences>.
const TEXT: Escapes = Escapes {
    bell: true,
    octal: 3,
    hexadecimal: true,
    unicode: true,
    braces: false,
    long: true,
    joins_lines: true,
    keeps_unknown: true,
};
/// Bytes have no characters beyond one byte.
const BYTES: Escapes = Escapes {
    unicode: false,
    long: false,
    ..TEXT
};

/// What a string is made of.
#[derive(Default)]
struct Pieces {
    /// Text since the last interpolation, and where it stands
    text: String,
    from: Option<u32>,
    to: u32,
    /// What stands before that
    parts: Vec<Draft>,
    interpolated: bool,
    bytes: bool,
}

impl<'t> Front<'t, Python> {
    /// A string, or several that stand beside each other and make one.
    pub(super) fn string(&mut self, child: Child<'t, Python>) -> Draft {
        let mut pieces = Pieces::default();
        if child.kind == Kinds::concatenated_string {
            let kids = self.kids(child);
            for kid in kids.named() {
                self.pieces(kid, &mut pieces);
            }
        } else {
            self.pieces(child, &mut pieces);
        }
        let flags = if pieces.bytes { Flags::BYTES } else { Flags::NONE };
        let draft = if pieces.interpolated {
            self.close(&mut pieces);
            self.build.node(Kind::Template, child.span(), pieces.parts)
        } else {
            self.build.leaf(Kind::Str, child.span(), &pieces.text)
        };
        self.build.flag(draft, flags)
    }

    /// A number, without the separators between its digits.
    pub(super) fn number(&mut self, child: Child<'t, Python>) -> Draft {
        let text = self.text_of(child);
        if text.contains('_') {
            self.build
                .leaf(Kind::Number, child.span(), &text.replace('_', ""))
        } else {
            self.build.leaf(Kind::Number, child.span(), text)
        }
    }

    /// Adds what one string literal is made of.
    fn pieces(&mut self, child: Child<'t, Python>, pieces: &mut Pieces) {
        let kids = self.kids(child);
        let start = kids
            .kind(Kinds::string_start)
            .map_or("", |start| self.text_of(start));
        let prefix = |letter: char| start.contains(letter) || start.contains(letter.to_ascii_uppercase());
        let escapes = match (prefix('r'), prefix('b')) {
            (true, _) => None,
            (false, true) => Some(BYTES),
            (false, false) => Some(TEXT),
        };
        pieces.bytes |= prefix('b');
        for kid in kids.named() {
            match kid.kind {
                Kinds::string_content => self.content(kid, escapes, pieces),
                Kinds::interpolation => self.interpolation(kid, pieces),
                Kinds::string_start | Kinds::string_end => {}
                _ => {
                    self.close(pieces);
                    let draft = self.lower(kid);
                    pieces.parts.push(draft);
                    pieces.interpolated = true;
                }
            }
        }
    }

    fn content(&mut self, child: Child<'t, Python>, escapes: Option<Escapes>, pieces: &mut Pieces) {
        let span = child.span();
        pieces.from.get_or_insert(span.start);
        pieces.to = span.end;
        let text = self.text_of(child);
        let mut value = |text: &str| match escapes {
            Some(escapes) if text.contains('\\') => unescape(text, escapes, &mut pieces.text),
            _ => pieces.text.push_str(text),
        };
        // Doubled braces of strings with interpolation are nodes; everything between them is text.
        let mut done = 0;
        if child.node.named_child_count() > 0 {
            let kids = self.kids(child);
            for brace in kids.named().filter(|kid| kid.kind == Kinds::escape_interpolation) {
                let at = (brace.span().start - span.start) as usize;
                value(text.get(done..at).unwrap_or(""));
                value(text.get(at..=at).unwrap_or(""));
                done = at + 2;
            }
        }
        value(text.get(done..).unwrap_or(""));
    }

    /// `{expression!r:{width}}`: the expression, and those of its format.
    fn interpolation(&mut self, child: Child<'t, Python>, pieces: &mut Pieces) {
        self.close(pieces);
        pieces.interpolated = true;
        let kids = self.kids(child);
        for kid in kids.named() {
            match kid.kind {
                Kinds::format_specifier => {
                    let inner = self.kids(kid);
                    for nested in inner.named().filter(|kid| kid.kind == Kinds::format_expression) {
                        self.interpolation(nested, pieces);
                    }
                }
                _ if kid.field == super::Fields::expression => {
                    let draft = self.lower(kid);
                    pieces.parts.push(draft);
                }
                _ => {}
            }
        }
    }

    /// Makes a part of the text that was gathered.
    fn close(&mut self, pieces: &mut Pieces) {
        if let Some(start) = pieces.from.take() {
            let span = Span {
                start,
                end: pieces.to,
            };
            let draft = self.build.leaf(Kind::Str, span, &pieces.text);
            pieces.parts.push(draft);
            pieces.text.clear();
        }
    }
}
