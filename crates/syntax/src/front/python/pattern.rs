//! Patterns of `match`, as the expressions that they look like.
//!
//! A name is captured where it stands alone or below a [`Kind::Destructure`], an argument, a [`Kind::Spread`] or an `as_pattern`.

use super::{Fields, Kinds, Python};
use crate::ast::Span;
use crate::builder::Draft;
use crate::front::{Child, Front};
use crate::kind::{Kind, Operator};

type Node<'t> = Child<'t, Python>;

impl<'t> Front<'t, Python> {
    /// A pattern; none for other kinds.
    pub(super) fn pattern(&mut self, child: Node<'t>) -> Option<Draft> {
        let span = child.span();
        Some(match child.kind {
            Kinds::dotted_name => self.dotted(child),
            Kinds::class_pattern => self.class_pattern(child),
            Kinds::keyword_pattern => self.node_of_all(child, Kind::Keyword),
            Kinds::splat_pattern => self.splat(child),
            Kinds::dict_pattern => self.dictionary_pattern(child),
            Kinds::union_pattern => {
                let kids = self.kids(child);
                let mut alternatives = kids
                    .all()
                    .filter(|kid| kid.named || kid.kind == Kinds::Underscore);
                let mut whole = self.lower_or_nothing(alternatives.next(), span.start);
                for alternative in alternatives {
                    let right = self.lower(alternative);
                    let part = Span {
                        start: span.start,
                        end: alternative.span().end,
                    };
                    let draft = self.build.node(Kind::Binary, part, vec![whole, right]);
                    whole = self.build.operator(draft, Operator::BitOr);
                }
                whole
            }
            _ => return None,
        })
    }

    /// `case patterns if guard: block`. A lone `_` is no pattern, but the default.
    pub(super) fn case(&mut self, child: Node<'t>) -> Draft {
        let kids = self.kids(child);
        let span = child.span();
        let cases: Vec<Node<'t>> = kids
            .named()
            .filter(|kid| kid.kind == Kinds::case_pattern)
            .collect();
        let place = cases
            .first()
            .zip(cases.last())
            .map_or(Span::empty(span.start), |(first, last)| Span {
                start: first.span().start,
                end: last.span().end,
            });
        let patterns = match cases.as_slice() {
            [only] if !kids.has(Kinds::Comma) => self.alternatives(*only),
            several => {
                let parts = self.lower_all(several.iter().copied());
                let draft = self.build.node(Kind::Destructure, place, parts);
                vec![self.build.operator(draft, Operator::List)]
            }
        };
        let patterns = self.build.node(Kind::Patterns, place, patterns);
        let guard = match kids.field(Fields::guard) {
            Some(guard) => self.lower_first(guard),
            None => self.build.nothing(place.end),
        };
        let block = self.suite(&kids, Fields::consequence, span.end);
        let children = vec![patterns, guard, block];
        self.build.node(Kind::Case, span, children)
    }

    /// The patterns of `a | b`, or the one that is there.
    fn alternatives(&mut self, child: Node<'t>) -> Vec<Draft> {
        if self.text_of(child) == "_" {
            return Vec::new();
        }
        let kids = self.kids(child);
        match kids.named().next() {
            Some(union) if union.kind == Kinds::union_pattern => {
                let below = self.kids(union);
                self.lower_all(below.named())
            }
            _ => vec![self.case_pattern(child)],
        }
    }

    /// What a `case_pattern` holds: a number may have a sign before it.
    pub(super) fn case_pattern(&mut self, child: Node<'t>) -> Draft {
        let kids = self.kids(child);
        let inner = kids.named().next().or_else(|| kids.kind(Kinds::Underscore));
        let Some(inner) = inner else {
            return self.leaf(Kind::Name, child);
        };
        let draft = match inner.kind {
            Kinds::list_pattern | Kinds::tuple_pattern => self.sequence(inner),
            _ => self.lower(inner),
        };
        if !kids.has(Kinds::Minus) {
            return draft;
        }
        let draft = self.build.node(Kind::Unary, child.span(), vec![draft]);
        self.build.operator(draft, Operator::Minus)
    }

    fn sequence(&mut self, child: Node<'t>) -> Draft {
        let kids = self.kids(child);
        let parts = self.lower_all(kids.named());
        if let ([only], false, Kinds::tuple_pattern) = (parts.as_slice(), kids.has(Kinds::Comma), child.kind)
        {
            return *only;
        }
        let draft = self.build.node(Kind::Destructure, child.span(), parts);
        self.build.operator(draft, Operator::List)
    }

    /// `a.b.c`.
    pub(super) fn dotted(&mut self, child: Node<'t>) -> Draft {
        let kids = self.kids(child);
        let start = child.span().start;
        let mut whole: Option<Draft> = None;
        for name in kids.named() {
            let end = name.span().end;
            let part = self.leaf(Kind::Name, name);
            whole = Some(match whole {
                None => part,
                Some(object) => {
                    let span = Span { start, end };
                    self.build.node(Kind::Member, span, vec![object, part])
                }
            });
        }
        match whole {
            Some(whole) => whole,
            None => self.leaf(Kind::Name, child),
        }
    }

    fn class_pattern(&mut self, child: Node<'t>) -> Draft {
        let kids = self.kids(child);
        let span = child.span();
        let mut parts = kids.named();
        let callee = self.lower_or_nothing(parts.next(), span.start);
        let arguments = self.lower_all(parts);
        let place = Span {
            start: self.build.span(callee).end,
            end: span.end,
        };
        let arguments = self.build.node(Kind::Args, place, arguments);
        self.build.node(Kind::Call, span, vec![callee, arguments])
    }

    fn splat(&mut self, child: Node<'t>) -> Draft {
        let kids = self.kids(child);
        let name = kids.named().next().or_else(|| kids.kind(Kinds::Underscore));
        let value = self.lower_or_nothing(name, child.span().end);
        let operator = if kids.has(Kinds::StarStar) {
            Operator::Power
        } else {
            Operator::Times
        };
        let draft = self.build.node(Kind::Spread, child.span(), vec![value]);
        self.build.operator(draft, operator)
    }

    fn dictionary_pattern(&mut self, child: Node<'t>) -> Draft {
        let kids = self.kids(child);
        let mut entries = Vec::new();
        let mut key: Option<Draft> = None;
        for kid in kids.all() {
            match kid.field {
                Fields::key if kid.named => key = Some(self.lower(kid)),
                Fields::value => {
                    let value = self.lower(kid);
                    let key = key.take().unwrap_or(value);
                    let span = Span {
                        start: self.build.span(key).start,
                        end: kid.span().end,
                    };
                    entries.push(self.build.node(Kind::Pair, span, vec![key, value]));
                }
                _ if kid.kind == Kinds::splat_pattern => entries.push(self.lower(kid)),
                _ => {}
            }
        }
        let draft = self.build.node(Kind::Destructure, child.span(), entries);
        self.build.operator(draft, Operator::Map)
    }
}
