//! `instanceof` and the patterns of `switch`: a [`Kind::TypeTest`] each, whose operand is absent where it is the subject of the switch.

use super::{Fields, Java, Kinds};
use crate::ast::{Flags, Span};
use crate::builder::Draft;
use crate::front::{Child, Front};
use crate::kind::{Kind, Operator};

type Node<'t> = Child<'t, Java>;

impl<'t> Front<'t, Java> {
    /// A pattern; none for other kinds.
    pub(super) fn test_pattern(&mut self, child: Node<'t>) -> Option<Draft> {
        let span = child.span();
        Some(match child.kind {
            Kinds::pattern => self.lower_first(child),
            Kinds::type_pattern | Kinds::record_pattern_component => {
                let kids = self.kids(child);
                let mut parts = kids.named();
                let first = parts.next()?;
                let Some(name) = parts.next() else {
                    return Some(self.lower(first));
                };
                let operand = self.build.nothing(span.start);
                let tested = self.type_of(first);
                let name = self.lower(name);
                let children = vec![operand, tested, name];
                self.build.node(Kind::TypeTest, span, children)
            }
            Kinds::record_pattern => {
                let operand = self.build.nothing(span.start);
                let (tested, parts) = self.record_parts(child);
                let children = vec![operand, tested, parts];
                self.build.node(Kind::TypeTest, span, children)
            }
            _ => return None,
        })
    }

    pub(super) fn instance_of(&mut self, child: Node<'t>) -> Draft {
        let kids = self.kids(child);
        let span = child.span();
        let operand = self.field_or_nothing(&kids, Fields::left, span.start);
        let (tested, bound) = match (kids.field(Fields::pattern), kids.field(Fields::right)) {
            (Some(pattern), _) => self.record_parts(pattern),
            (None, Some(tested)) => {
                let tested = self.type_of(tested);
                (tested, self.field_or_nothing(&kids, Fields::name, span.end))
            }
            (None, None) => (self.build.nothing(span.end), self.build.nothing(span.end)),
        };
        let children = vec![operand, tested, bound];
        self.build.node(Kind::TypeTest, span, children)
    }

    /// The type of a record and what its components are taken apart to.
    fn record_parts(&mut self, child: Node<'t>) -> (Draft, Draft) {
        let kids = self.kids(child);
        let tested = match kids.named().next() {
            Some(tested) => self.type_of(tested),
            None => self.build.nothing(child.span().start),
        };
        let Some(body) = kids.kind(Kinds::record_pattern_body) else {
            return (tested, self.build.nothing(child.span().end));
        };
        let parts = self.node_of_all(body, Kind::Destructure);
        (tested, self.build.operator(parts, Operator::List))
    }

    pub(super) fn switch(&mut self, child: Node<'t>) -> Draft {
        let kids = self.kids(child);
        let subject = self.field_or_nothing(&kids, Fields::condition, child.span().start);
        let mut children = vec![subject];
        if let Some(body) = kids.field(Fields::body) {
            let cases = self.kids(body);
            for case in cases.named() {
                let draft = match case.kind {
                    Kinds::switch_rule | Kinds::switch_block_statement_group => self.case(case),
                    _ => self.lower(case),
                };
                children.push(draft);
            }
        }
        self.build.node(Kind::Switch, child.span(), children)
    }

    /// `case patterns when guard -> …`, or labels before statements.
    fn case(&mut self, child: Node<'t>) -> Draft {
        let kids = self.kids(child);
        let labels: Vec<Node<'t>> = kids
            .named()
            .filter(|kid| kid.kind == Kinds::switch_label)
            .collect();
        let (patterns, guard) = self.labels(&labels, child.span());
        let mut statements = Vec::new();
        let mut whole = None;
        for kid in kids.named().filter(|kid| kid.kind != Kinds::switch_label) {
            if child.kind == Kinds::switch_rule && kid.kind == Kinds::block {
                whole = Some(self.block(kid));
            } else {
                self.statement(kid, &mut statements);
            }
        }
        let goes_on =
            child.kind == Kinds::switch_block_statement_group && !self.leaves(statements.last().copied());
        let block = match whole {
            Some(block) => block,
            None => {
                let end = child.span().end;
                let start = statements
                    .first()
                    .map_or(end, |&first| self.build.span(first).start);
                self.build.node(Kind::Block, Span { start, end }, statements)
            }
        };
        let children = vec![patterns, guard, block];
        let draft = self.build.node(Kind::Case, child.span(), children);
        if goes_on {
            return self.build.flag(draft, Flags::FALLS_THROUGH);
        }
        draft
    }

    /// The patterns of all labels together, none when one of them is `default`; and the guard.
    fn labels(&mut self, labels: &[Node<'t>], span: Span) -> (Draft, Draft) {
        let mut place = Span::empty(span.start);
        let mut patterns = Vec::new();
        let mut guard = None;
        let mut default = false;
        for &label in labels {
            let kids = self.kids(label);
            place.end = label.span().end;
            default |= kids.has(Kinds::Default);
            for kid in kids.named() {
                if kid.kind == Kinds::guard {
                    place.end = kid.span().start;
                    guard = Some(self.lower_first(kid));
                } else {
                    patterns.push(self.lower(kid));
                }
            }
        }
        if default {
            patterns.clear();
        }
        let patterns = self.build.node(Kind::Patterns, place, patterns);
        let guard = guard.unwrap_or_else(|| self.build.nothing(place.end));
        (patterns, guard)
    }

    /// Whether nothing after a statement is reached from it.
    fn leaves(&self, last: Option<Draft>) -> bool {
        let Some(last) = last else { return false };
        match self.build.kind(last) {
            Kind::Break | Kind::Continue | Kind::Return | Kind::Throw => true,
            Kind::Expression => {
                let below = self.build.children(last).first();
                below.is_some_and(|&below| self.build.kind(below) == Kind::Yield)
            }
            Kind::Block => self.leaves(self.build.children(last).last().copied()),
            _ => false,
        }
    }
}
