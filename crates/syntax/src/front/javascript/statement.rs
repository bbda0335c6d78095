//! Statements of JavaScript, and declarations of variables.

use super::{Fields, Kinds, Node, Script};
use crate::ast::{Flags, Span};
use crate::builder::Draft;
use crate::kind::Kind;

impl<'t> Script<'t> {
    /// Statements without statements within them; none for other kinds.
    pub(super) fn simple_statement(&mut self, node: Node<'t>) -> Option<Draft> {
        let span = node.span();
        Some(match node.kind {
            Kinds::expression_statement => self.effect(node),
            Kinds::return_statement => {
                let value = self.inner(node);
                self.lay(Kind::Return, span, [value])
            }
            Kinds::throw_statement => {
                let value = self.inner(node);
                self.lay(Kind::Throw, span, [value, None])
            }
            Kinds::break_statement => {
                let label = self.inner(node);
                self.lay(Kind::Break, span, [label])
            }
            Kinds::continue_statement => {
                let label = self.inner(node);
                self.lay(Kind::Continue, span, [label])
            }
            Kinds::empty_statement => self.build.node(Kind::Pass, span, Vec::new()),
            // Where only one statement may stand, declarations of several variables are a block.
            Kinds::lexical_declaration | Kinds::variable_declaration | Kinds::using_declaration => {
                let mut variables = Vec::new();
                self.variables(node, &[], &mut variables);
                match variables.as_slice() {
                    [only] => *only,
                    _ => self.build.node(Kind::Block, span, variables),
                }
            }
            _ => return None,
        })
    }

    /// Statements that hold others; none for other kinds.
    pub(super) fn compound_statement(&mut self, node: Node<'t>) -> Option<Draft> {
        let span = node.span();
        Some(match node.kind {
            Kinds::statement_block => self.block(node),
            Kinds::if_statement => self.condition(node),
            Kinds::while_statement => {
                let kids = self.kids(node);
                let condition = self.field(&kids, Fields::condition);
                let body = self.body(kids.field(Fields::body));
                self.lay(Kind::While, span, [condition, body, None])
            }
            Kinds::do_statement => {
                let kids = self.kids(node);
                let body = self.body(kids.field(Fields::body));
                let condition = self.field(&kids, Fields::condition);
                self.lay(Kind::DoWhile, span, [body, condition])
            }
            Kinds::for_statement => self.counted_loop(node),
            Kinds::for_in_statement => self.loop_over(node),
            Kinds::switch_statement => self.switch(node),
            Kinds::try_statement => self.attempt(node),
            Kinds::labeled_statement => {
                let kids = self.kids(node);
                let label = self.field(&kids, Fields::label);
                let body = self.field(&kids, Fields::body);
                self.lay(Kind::Labelled, span, [label, body])
            }
            Kinds::with_statement => {
                let kids = self.kids(node);
                let object = self.field(&kids, Fields::object);
                let item_span = object.map_or(span, |object| self.build.span(object));
                let item = self.lay(Kind::WithItem, item_span, [object, None]);
                let body = self.body(kids.field(Fields::body));
                self.lay(Kind::With, span, [Some(item), body])
            }
            _ => return None,
        })
    }

    /// An expression for its effect. The grammar takes `namespace N {}` for one.
    fn effect(&mut self, node: Node<'t>) -> Draft {
        let inner = self.kids(node).named().next();
        match inner {
            Some(inner) if inner.kind == Kinds::internal_module => self.lower(inner),
            _ => {
                let inner = inner.map(|inner| self.lower(inner));
                self.lay(Kind::Expression, node.span(), [inner])
            }
        }
    }

    /// The variables of one declaration, `words` being what stands before it.
    pub(super) fn variables(&mut self, node: Node<'t>, words: &[Node<'t>], into: &mut Vec<Draft>) {
        let kids = self.kids(node);
        let start = words.first().map_or(node.span().start, |word| word.span().start);
        let keyword: Vec<_> = kids
            .all()
            .take_while(|kid| kid.kind != Kinds::variable_declarator)
            .collect();
        let count = kids
            .named()
            .filter(|kid| kid.kind == Kinds::variable_declarator)
            .count();
        let mut done = 0;
        for kid in kids.named() {
            if kid.kind != Kinds::variable_declarator {
                into.push(self.lower(kid));
                continue;
            }
            let first = done == 0;
            done += 1;
            let span = Span {
                start: if first { start } else { kid.span().start },
                end: if done == count {
                    node.span().end
                } else {
                    kid.span().end
                },
            };
            let modifiers = self.words(words.iter().chain(&keyword).copied(), first, span.start);
            let parts = self.kids(kid);
            let target = self.field(&parts, Fields::name);
            let written = self.field(&parts, Fields::r#type);
            let value = self.field(&parts, Fields::value);
            into.push(self.lay(Kind::Variable, span, [Some(modifiers), target, written, value]));
        }
    }

    /// Modifiers of the words before a declaration; `written` when they stand there, not before an earlier variable.
    fn words(&mut self, words: impl Iterator<Item = Node<'t>>, written: bool, at: u32) -> Draft {
        let mut names = Vec::new();
        for word in words {
            let text = self.text_of(word);
            names.push(match written {
                true => self.build.leaf(Kind::Name, word.span(), text),
                false => self.implied(Kind::Name, at, text),
            });
        }
        self.enclose(Kind::Modifiers, names, at)
    }

    fn condition(&mut self, node: Node<'t>) -> Draft {
        let kids = self.kids(node);
        let condition = self.field(&kids, Fields::condition);
        let then = self.body(kids.field(Fields::consequence));
        let otherwise = match kids.field(Fields::alternative) {
            Some(clause) => match self.kids(clause).named().next() {
                Some(next) if next.kind == Kinds::if_statement => Some(self.lower(next)),
                inner => self.body(inner),
            },
            None => None,
        };
        self.lay(Kind::If, node.span(), [condition, then, otherwise])
    }

    /// A statement as a block.
    pub(super) fn body(&mut self, node: Option<Node<'t>>) -> Option<Draft> {
        let node = node?;
        if node.kind == Kinds::statement_block {
            return Some(self.lower(node));
        }
        let mut statements = Vec::new();
        self.statement(node, &mut statements);
        Some(self.build.node(Kind::Block, node.span(), statements))
    }

    fn counted_loop(&mut self, node: Node<'t>) -> Draft {
        let kids = self.kids(node);
        let mut initial = Vec::new();
        let mut at = node.span().start;
        if let Some(initializer) = kids.field(Fields::initializer) {
            at = initializer.span().end;
            self.part(initializer, &mut initial);
        }
        let initial = self.enclose(Kind::Block, initial, at);
        let condition = kids
            .fields(Fields::condition)
            .find(|kid| kid.kind != Kinds::empty_statement);
        let condition = condition.map(|kid| self.lower(kid));
        let mut steps = Vec::new();
        if let Some(increment) = kids.field(Fields::increment) {
            self.part(increment, &mut steps);
        }
        let body = kids.field(Fields::body);
        let at = body.map_or(node.span().end, |body| body.span().start);
        let steps = self.enclose(Kind::Block, steps, at);
        let body = self.body(body);
        self.lay(
            Kind::For,
            node.span(),
            [Some(initial), condition, Some(steps), body],
        )
    }

    /// What stands between the semicolons of a loop, as statements.
    fn part(&mut self, node: Node<'t>, into: &mut Vec<Draft>) {
        match node.kind {
            Kinds::empty_statement => {}
            Kinds::lexical_declaration | Kinds::variable_declaration => self.variables(node, &[], into),
            _ => {
                let expression = self.lower(node);
                into.push(self.lay(Kind::Expression, node.span(), [Some(expression)]));
            }
        }
    }

    /// `for … in` and `for … of`.
    fn loop_over(&mut self, node: Node<'t>) -> Draft {
        let kids = self.kids(node);
        let target = self.field(&kids, Fields::left);
        let iterable = self.field(&kids, Fields::right);
        let body = self.body(kids.field(Fields::body));
        let draft = self.lay(Kind::ForEach, node.span(), [target, iterable, body, None]);
        let mut flags = Flags::NONE;
        if kids.field(Fields::kind).is_some() {
            flags = flags.with(Flags::DECLARES);
        }
        if kids.has(Kinds::In) {
            flags = flags.with(Flags::KEYS);
        }
        if kids
            .all()
            .any(|kid| kid.kind == Kinds::Await && kid.field != Fields::kind)
        {
            flags = flags.with(Flags::ASYNC);
        }
        self.build.flag(draft, flags)
    }

    fn switch(&mut self, node: Node<'t>) -> Draft {
        let kids = self.kids(node);
        let subject = self.field(&kids, Fields::value);
        let subject = subject.unwrap_or_else(|| self.build.nothing(node.span().start));
        let mut children = vec![subject];
        if let Some(body) = kids.field(Fields::body) {
            let cases = self.kids(body);
            let mut last = None;
            for kid in cases.named() {
                if let Some(draft) = last.take().filter(|&draft| !self.leaves(draft)) {
                    self.build.flag(draft, Flags::FALLS_THROUGH);
                }
                let case = self.case(kid);
                last = Some(case);
                children.push(case);
            }
        }
        self.build.node(Kind::Switch, node.span(), children)
    }

    fn case(&mut self, node: Node<'t>) -> Draft {
        if !matches!(node.kind, Kinds::switch_case | Kinds::switch_default) {
            return self.lower(node);
        }
        let kids = self.kids(node);
        let value = self.field(&kids, Fields::value);
        let mut at = node.span();
        at.end = kids.all().nth(1).map_or(at.end, |kid| kid.span().end);
        let patterns = match value {
            Some(value) => self
                .build
                .node(Kind::Patterns, self.build.span(value), vec![value]),
            None => self.empty(Kind::Patterns, at.end),
        };
        let mut statements = Vec::new();
        for kid in kids.named().filter(|kid| kid.field != Fields::value) {
            self.statement(kid, &mut statements);
        }
        let block = self.enclose(Kind::Block, statements, node.span().end);
        self.lay(Kind::Case, node.span(), [Some(patterns), None, Some(block)])
    }

    /// Whether the last statement of a case, or of a block that ends it, goes elsewhere.
    fn leaves(&self, case: Draft) -> bool {
        let last = |draft| self.build.children(draft).last().copied();
        let mut end = last(case);
        while let Some(block) = end.filter(|&block| self.build.kind(block) == Kind::Block) {
            end = last(block);
        }
        let leaving = [Kind::Break, Kind::Continue, Kind::Return, Kind::Throw];
        end.is_some_and(|end| leaving.contains(&self.build.kind(end)))
    }

    fn attempt(&mut self, node: Node<'t>) -> Draft {
        let kids = self.kids(node);
        let body = self.field(&kids, Fields::body);
        let mut at = body.map_or(node.span(), |body| self.build.span(body));
        at.start = at.end;
        let mut handlers = Vec::new();
        if let Some(handler) = kids.field(Fields::handler) {
            at = handler.span();
            let parts = self.kids(handler);
            let written = self.field(&parts, Fields::r#type);
            let name = self.field(&parts, Fields::parameter);
            let block = self.field(&parts, Fields::body);
            handlers.push(self.lay(Kind::Catch, at, [written, name, block]));
        }
        let handlers = self.build.node(Kind::Catches, at, handlers);
        let last = match kids.field(Fields::finalizer) {
            Some(clause) => {
                let parts = self.kids(clause);
                self.field(&parts, Fields::body)
            }
            None => None,
        };
        self.lay(Kind::Try, node.span(), [None, body, Some(handlers), None, last])
    }
}
