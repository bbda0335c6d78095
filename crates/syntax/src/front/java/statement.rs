//! Statements of Java.

use super::{Fields, Java, Kinds};
use crate::ast::{Flags, Span};
use crate::builder::Draft;
use crate::front::{Child, Front, Kids};
use crate::kind::Kind;

type Node<'t> = Child<'t, Java>;

impl<'t> Front<'t, Java> {
    /// A statement; none for other kinds.
    pub(super) fn any_statement(&mut self, child: Node<'t>) -> Option<Draft> {
        self.simple_statement(child)
            .or_else(|| self.compound_statement(child))
    }

    fn simple_statement(&mut self, child: Node<'t>) -> Option<Draft> {
        let span = child.span();
        Some(match child.kind {
            Kinds::expression_statement => {
                let inner = self.lower_first(child);
                self.build.node(Kind::Expression, span, vec![inner])
            }
            Kinds::yield_statement => {
                let value = self.lower_first(child);
                let draft = self.build.node(Kind::Yield, span, vec![value]);
                self.build.node(Kind::Expression, span, vec![draft])
            }
            Kinds::explicit_constructor_invocation => {
                let kids = self.kids(child);
                let callee = self.field_or_nothing(&kids, Fields::constructor, span.start);
                let arguments = self.arguments(&kids, span.end);
                let place = Span {
                    start: span.start,
                    end: self.build.span(arguments).end,
                };
                let call = self.build.node(Kind::Call, place, vec![callee, arguments]);
                self.build.node(Kind::Expression, span, vec![call])
            }
            Kinds::return_statement => {
                let value = self.lower_first(child);
                self.build.node(Kind::Return, span, vec![value])
            }
            Kinds::throw_statement => {
                let value = self.lower_first(child);
                let cause = self.build.nothing(span.end);
                self.build.node(Kind::Throw, span, vec![value, cause])
            }
            Kinds::break_statement => {
                let label = self.lower_first(child);
                self.build.node(Kind::Break, span, vec![label])
            }
            Kinds::continue_statement => {
                let label = self.lower_first(child);
                self.build.node(Kind::Continue, span, vec![label])
            }
            Kinds::assert_statement => {
                let kids = self.kids(child);
                let mut parts = kids.named();
                let condition = self.lower_or_nothing(parts.next(), span.end);
                let message = self.lower_or_nothing(parts.next(), span.end);
                self.build.node(Kind::Assert, span, vec![condition, message])
            }
            Kinds::labeled_statement => {
                let kids = self.kids(child);
                let mut parts = kids.named();
                let label = self.lower_or_nothing(parts.next(), span.start);
                let statement = self.lower_or_nothing(parts.next(), span.end);
                self.build.node(Kind::Labelled, span, vec![label, statement])
            }
            _ => return None,
        })
    }

    fn compound_statement(&mut self, child: Node<'t>) -> Option<Draft> {
        let span = child.span();
        Some(match child.kind {
            Kinds::block
            | Kinds::constructor_body
            | Kinds::class_body
            | Kinds::interface_body
            | Kinds::annotation_type_body
            | Kinds::enum_body => self.block(child),
            Kinds::if_statement => self.branches(child),
            Kinds::while_statement => {
                let kids = self.kids(child);
                let condition = self.field_or_nothing(&kids, Fields::condition, span.start);
                let block = self.body(&kids, Fields::body, span.end);
                let otherwise = self.build.nothing(span.end);
                let children = vec![condition, block, otherwise];
                self.build.node(Kind::While, span, children)
            }
            Kinds::do_statement => {
                let kids = self.kids(child);
                let block = self.body(&kids, Fields::body, span.start);
                let condition = self.field_or_nothing(&kids, Fields::condition, span.end);
                self.build.node(Kind::DoWhile, span, vec![block, condition])
            }
            Kinds::for_statement => self.counted(child),
            Kinds::enhanced_for_statement => self.each(child),
            Kinds::synchronized_statement => {
                let kids = self.kids(child);
                let lock = kids.kind(Kinds::parenthesized_expression);
                let place = lock.map_or(span, |lock| lock.span());
                let lock = self.lower_or_nothing(lock, span.start);
                let target = self.build.nothing(place.end);
                let item = self.build.node(Kind::WithItem, place, vec![lock, target]);
                let block = self.body(&kids, Fields::body, span.end);
                self.build.node(Kind::With, span, vec![item, block])
            }
            Kinds::try_statement | Kinds::try_with_resources_statement => self.tried(child),
            _ => return None,
        })
    }

    /// The body of a field as a block, whether it has braces or not; an empty one when it is a lone `;` or the text breaks off.
    pub(super) fn body(&mut self, kids: &Kids<'t, Java>, of: Fields, at: u32) -> Draft {
        let Some(body) = kids.field(of) else {
            return self.build.node(Kind::Block, Span::empty(at), Vec::new());
        };
        if matches!(body.kind, Kinds::block | Kinds::constructor_body) {
            return self.block(body);
        }
        let mut statements = Vec::new();
        if body.named {
            self.statement(body, &mut statements);
        }
        self.build.node(Kind::Block, body.span(), statements)
    }

    /// `if`, and each `else if` in a loop rather than by recursion: generated code has hundreds of them.
    fn branches(&mut self, child: Node<'t>) -> Draft {
        let end = child.span().end;
        let mut heads = Vec::new();
        let mut next = Some(child);
        let mut otherwise = None;
        while let Some(branch) = next.take() {
            let kids = self.kids(branch);
            let condition = self.field_or_nothing(&kids, Fields::condition, branch.span().start);
            let then = self.body(&kids, Fields::consequence, branch.span().end);
            heads.push((branch.span(), condition, then));
            match kids.field(Fields::alternative) {
                Some(below) if below.kind == Kinds::if_statement && self.room_for(heads.len()) => {
                    next = Some(below)
                }
                Some(_) => otherwise = Some(self.body(&kids, Fields::alternative, end)),
                None => {}
            }
        }
        let mut whole = otherwise.unwrap_or_else(|| self.build.nothing(end));
        for (span, condition, then) in heads.into_iter().rev() {
            whole = self.build.node(Kind::If, span, vec![condition, then, whole]);
        }
        whole
    }

    fn counted(&mut self, child: Node<'t>) -> Draft {
        let kids = self.kids(child);
        let span = child.span();
        let mut initial = Vec::new();
        for kid in kids.fields(Fields::init) {
            self.loop_statement(kid, &mut initial);
        }
        let initial = self.block_around(initial, span.start);
        let mut at = self.build.span(initial).end;
        let condition = self.field_or_nothing(&kids, Fields::condition, at);
        at = self.build.span(condition).end;
        let mut steps = Vec::new();
        for kid in kids.fields(Fields::update) {
            self.loop_statement(kid, &mut steps);
        }
        let steps = self.block_around(steps, at);
        let block = self.body(&kids, Fields::body, span.end);
        let children = vec![initial, condition, steps, block];
        self.build.node(Kind::For, span, children)
    }

    /// An initialiser or a step, which may be an expression alone.
    fn loop_statement(&mut self, child: Node<'t>, into: &mut Vec<Draft>) {
        if child.kind == Kinds::local_variable_declaration {
            self.variables(child, into);
        } else {
            let inner = self.lower(child);
            into.push(self.build.node(Kind::Expression, child.span(), vec![inner]));
        }
    }

    /// A block of statements that have no braces; an empty one at byte `at`.
    fn block_around(&mut self, statements: Vec<Draft>, at: u32) -> Draft {
        let place = match (statements.first(), statements.last()) {
            (Some(&first), Some(&last)) => self.build.span(first).to(self.build.span(last)),
            _ => Span::empty(at),
        };
        self.build.node(Kind::Block, place, statements)
    }

    /// `for (T x : xs)`: the target is the variable that is declared.
    fn each(&mut self, child: Node<'t>) -> Draft {
        let kids = self.kids(child);
        let span = child.span();
        let modifiers = self.modifiers(&kids, span.start);
        let declared = self.declared(&kids, span.start);
        let name = self.field_or_nothing(&kids, Fields::name, span.start);
        let value = self.build.nothing(self.build.span(name).end);
        let place = Span {
            start: kids
                .kind(Kinds::modifiers)
                .or(kids.field(Fields::r#type))
                .map_or(span.start, |first| first.span().start),
            end: self.build.span(name).end,
        };
        let parts = vec![modifiers, name, declared, value];
        let target = self.build.node(Kind::Variable, place, parts);
        let iterable = self.field_or_nothing(&kids, Fields::value, span.end);
        let block = self.body(&kids, Fields::body, span.end);
        let otherwise = self.build.nothing(span.end);
        let children = vec![target, iterable, block, otherwise];
        let draft = self.build.node(Kind::ForEach, span, children);
        self.build.flag(draft, Flags::DECLARES)
    }

    fn tried(&mut self, child: Node<'t>) -> Draft {
        let kids = self.kids(child);
        let span = child.span();
        let resources = match kids.field(Fields::resources) {
            Some(list) => {
                let below = self.kids(list);
                let resources = below.named().map(|kid| self.resource(kid)).collect();
                self.build.node(Kind::Block, list.span(), resources)
            }
            None => self.build.nothing(span.start),
        };
        let block = self.body(&kids, Fields::body, span.end);
        let end = self.build.span(block).end;
        let mut place = Span { start: end, end };
        let mut catches = Vec::new();
        for clause in kids.named().filter(|kid| kid.kind == Kinds::catch_clause) {
            if catches.is_empty() {
                place.start = clause.span().start;
            }
            place.end = clause.span().end;
            catches.push(self.catch(clause));
        }
        let catches = self.build.node(Kind::Catches, place, catches);
        let otherwise = self.build.nothing(place.end);
        let finally = match kids.kind(Kinds::finally_clause) {
            Some(clause) => self.lower_first(clause),
            None => self.build.nothing(place.end),
        };
        let children = vec![resources, block, catches, otherwise, finally];
        self.build.node(Kind::Try, span, children)
    }

    fn resource(&mut self, child: Node<'t>) -> Draft {
        let kids = self.kids(child);
        let span = child.span();
        if kids.field(Fields::value).is_none() {
            let inner = self.lower_first(child);
            return self.build.node(Kind::Expression, span, vec![inner]);
        }
        let modifiers = self.modifiers(&kids, span.start);
        let name = self.field_or_nothing(&kids, Fields::name, span.start);
        let declared = self.declared(&kids, span.start);
        let value = self.field_or_nothing(&kids, Fields::value, span.end);
        let children = vec![modifiers, name, declared, value];
        self.build.node(Kind::Variable, span, children)
    }

    fn catch(&mut self, child: Node<'t>) -> Draft {
        let kids = self.kids(child);
        let span = child.span();
        let mut types = Vec::new();
        let mut name = None;
        if let Some(parameter) = kids.kind(Kinds::catch_formal_parameter) {
            let below = self.kids(parameter);
            if let Some(list) = below.kind(Kinds::catch_type) {
                let nodes = self.kids(list);
                for node in nodes.named() {
                    types.push(self.type_of(node));
                }
            }
            name = below.field(Fields::name);
        }
        let caught = self.one_or_tuple(types, span.start);
        let at = self.build.span(caught).end;
        let name = self.lower_or_nothing(name, at);
        let block = self.body(&kids, Fields::body, span.end);
        self.build.node(Kind::Catch, span, vec![caught, name, block])
    }
}
