//! Literals of JavaScript: names, numbers, strings, templates, regular expressions.

use std::borrow::Cow;

use super::{Kinds, Node, Script};
use crate::ast::Span;
use crate::builder::Draft;
use crate::front::escape::{Escapes, unescape};
use crate::kind::Kind;

/// <https://tc39.es/ecma262/#sec-literals-string-literals>; octal escapes are those of Annex B.
const ESCAPES: Escapes = Escapes {
    bell: false,
    octal: 3,
    hexadecimal: true,
    unicode: true,
    braces: true,
    long: false,
    joins_lines: true,
    keeps_unknown: false,
};

/// The value of text between quotes.
fn value(text: &str) -> Cow<'_, str> {
    if !text.contains('\\') {
        return Cow::Borrowed(text);
    }
    let mut value = String::with_capacity(text.len());
    unescape(&text.replace("\\v", "\\x0b"), ESCAPES, &mut value);
    Cow::Owned(value)
}

/// The text without its first and last character.
pub(super) fn unquoted(text: &str) -> &str {
    let mut characters = text.chars();
    characters.next();
    characters.next_back();
    characters.as_str()
}

impl<'t> Script<'t> {
    /// A name, in which a character may be written by its number.
    pub(super) fn name(&mut self, node: Node<'t>) -> Draft {
        let text = self.text_of(node);
        if let Some(module) = text.strip_prefix("import(") {
            return self.imported_module(node, module);
        }
        let name = value(text);
        self.build.leaf(Kind::Name, node.span(), &name)
    }

    /// `import("m")` of a type, which stands for a name in the text that was mended.
    fn imported_module(&mut self, node: Node<'t>, module: &str) -> Draft {
        let whole = node.span();
        let word = Span {
            start: whole.start,
            end: whole.start + 6,
        };
        let path = Span {
            start: word.end + 1,
            end: whole.end.saturating_sub(1),
        };
        let callee = self.build.leaf(Kind::Name, word, "import");
        let argument = self
            .build
            .leaf(Kind::Str, path, unquoted(module.trim_end_matches(')').trim()));
        let arguments = self.build.node(Kind::Args, path, vec![argument]);
        self.build.node(Kind::Call, whole, vec![callee, arguments])
    }

    pub(super) fn string(&mut self, node: Node<'t>) -> Draft {
        let value = self.string_value(node);
        self.build.leaf(Kind::Str, node.span(), &value)
    }

    pub(super) fn string_value(&self, node: Node<'t>) -> Cow<'t, str> {
        value(unquoted(self.text_of(node)))
    }

    /// A number without the separators between its digits.
    pub(super) fn number(&mut self, node: Node<'t>) -> Draft {
        let digits = self.text_of(node).replace('_', "");
        self.build.leaf(Kind::Number, node.span(), &digits)
    }

    /// The pattern of a regular expression; flags and delimiters are not part of it.
    pub(super) fn regex(&mut self, node: Node<'t>) -> Draft {
        let text = self.text_of(node);
        let pattern = text.rsplit_once('/').map_or(text, |(before, _)| before);
        let pattern = pattern.strip_prefix('/').unwrap_or(pattern);
        self.build.leaf(Kind::Regex, node.span(), pattern)
    }

    /// A template; one without interpolation is a string like any other.
    pub(super) fn template(&mut self, node: Node<'t>) -> Draft {
        let mut parts = self.template_parts(node);
        match (parts.pop(), parts.is_empty()) {
            (None, _) => self.build.leaf(Kind::Str, node.span(), ""),
            (Some(only), true) if self.build.kind(only) == Kind::Str => {
                let value = self.string_value(node);
                self.build.leaf(Kind::Str, node.span(), &value)
            }
            (Some(last), _) => {
                parts.push(last);
                self.build.node(Kind::Template, node.span(), parts)
            }
        }
    }

    /// Texts and expressions of a template in their order.
    pub(super) fn template_parts(&mut self, node: Node<'t>) -> Vec<Draft> {
        let mut parts = Vec::new();
        let whole = node.span();
        let mut done = whole.start + 1;
        let kids = self.kids(node);
        for kid in kids.named() {
            if kid.kind == Kinds::template_substitution {
                self.template_text(done, kid.span().start, &mut parts);
                let below = self.kids(kid);
                let expressions = self.lower_all(below.named());
                parts.extend(expressions);
                done = kid.span().end;
            } else if kid.is_error() {
                self.template_text(done, kid.span().start, &mut parts);
                parts.push(self.lower(kid));
                done = kid.span().end;
            }
        }
        self.template_text(done, whole.end.saturating_sub(1), &mut parts);
        parts
    }

    fn template_text(&mut self, start: u32, end: u32, into: &mut Vec<Draft>) {
        let span = Span { start, end };
        if let Some(text) = self.text.get(span.range()).filter(|text| !text.is_empty()) {
            into.push(self.build.leaf(Kind::Str, span, &value(text)));
        }
    }
}
