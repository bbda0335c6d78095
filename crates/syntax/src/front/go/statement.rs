//! Statements of Go.

use super::expression::operator_of;
use super::{Fields, Kinds, Node, Reader};
use crate::ast::{Flags, Span};
use crate::builder::Draft;
use crate::front::Kids;
use crate::kind::{Kind, Operator};

impl<'t> Reader<'t> {
    /// Statements without statements within them; none for other kinds.
    pub(super) fn simple_statement(&mut self, node: Node<'t>) -> Option<Draft> {
        let span = node.span();
        Some(match node.kind {
            Kinds::expression_statement => {
                let inner = self.inner(node);
                self.lay(Kind::Expression, span, [inner])
            }
            Kinds::inc_statement | Kinds::dec_statement => {
                let plus = node.kind == Kinds::inc_statement;
                let step = self.step(node, if plus { Operator::Plus } else { Operator::Minus });
                self.lay(Kind::Expression, span, [Some(step)])
            }
            Kinds::send_statement => {
                let kids = self.kids(node);
                let channel = self.field(&kids, Fields::channel);
                let value = self.field(&kids, Fields::value);
                let send = self.lay(Kind::Binary, span, [channel, value]);
                self.build.operator(send, Operator::Channel);
                self.lay(Kind::Expression, span, [Some(send)])
            }
            Kinds::assignment_statement => {
                let kids = self.kids(node);
                let operator = kids.field(Fields::operator).map_or("", |kid| self.text_of(kid));
                let operator = operator.strip_suffix('=').and_then(operator_of);
                self.assignment(node, operator.unwrap_or_default())
            }
            Kinds::short_var_declaration => self.short_variable(node),
            Kinds::receive_statement => self.receive(node),
            Kinds::return_statement => {
                let value = self.inner(node);
                self.lay(Kind::Return, span, [value])
            }
            Kinds::break_statement => {
                let label = self.inner(node);
                self.lay(Kind::Break, span, [label])
            }
            Kinds::continue_statement => {
                let label = self.inner(node);
                self.lay(Kind::Continue, span, [label])
            }
            Kinds::go_statement => {
                let call = self.inner(node);
                self.lay(Kind::Spawn, span, [call])
            }
            Kinds::defer_statement => {
                let call = self.inner(node);
                self.lay(Kind::Defer, span, [call])
            }
            // What it does is said by the mark of its case.
            Kinds::fallthrough_statement | Kinds::empty_statement => {
                self.build.node(Kind::Pass, span, Vec::new())
            }
            _ => return None,
        })
    }

    /// Statements that hold others; none for other kinds.
    pub(super) fn compound_statement(&mut self, node: Node<'t>) -> Option<Draft> {
        Some(match node.kind {
            Kinds::block => self.block(node),
            Kinds::if_statement => self.condition(node),
            Kinds::for_statement => self.repeat(node),
            Kinds::expression_switch_statement => self.switch(node),
            Kinds::type_switch_statement => self.type_switch(node),
            Kinds::select_statement => {
                let kids = self.kids(node);
                self.cases(node, None, &kids)
            }
            Kinds::labeled_statement => {
                let kids = self.kids(node);
                let label = self.field(&kids, Fields::label);
                let body = kids.named().find(|kid| kid.field != Fields::label);
                let body = body.map(|body| self.single(body));
                let body = body.unwrap_or_else(|| self.empty(Kind::Pass, node.span().end));
                self.lay(Kind::Labelled, node.span(), [label, Some(body)])
            }
            _ => return None,
        })
    }

    /// One statement; where the grammar means several, a block of them.
    fn single(&mut self, node: Node<'t>) -> Draft {
        let mut statements = Vec::new();
        self.statement(node, &mut statements);
        match statements.as_slice() {
            [only] => *only,
            _ => self.enclose(Kind::Block, statements, node.span().start),
        }
    }

    fn assignment(&mut self, node: Node<'t>, operator: Operator) -> Draft {
        let kids = self.kids(node);
        let target = kids.field(Fields::left).map(|kid| self.list(kid));
        let value = kids.field(Fields::right).map(|kid| self.list(kid));
        let assign = self.lay(Kind::Assign, node.span(), [target, value]);
        self.build.operator(assign, operator);
        self.lay(Kind::Expression, node.span(), [Some(assign)])
    }

    fn short_variable(&mut self, node: Node<'t>) -> Draft {
        let kids = self.kids(node);
        let modifiers = self.empty(Kind::Modifiers, node.span().start);
        let target = kids.field(Fields::left).map(|kid| self.list(kid));
        let value = kids.field(Fields::right).map(|kid| self.list(kid));
        self.lay(
            Kind::Variable,
            node.span(),
            [Some(modifiers), target, None, value],
        )
    }

    /// What a case of `select` receives, and where it goes.
    fn receive(&mut self, node: Node<'t>) -> Draft {
        let kids = self.kids(node);
        if kids.has(Kinds::Define) {
            return self.short_variable(node);
        }
        if kids.field(Fields::left).is_some() {
            return self.assignment(node, Operator::None);
        }
        let value = self.field(&kids, Fields::right);
        self.lay(Kind::Expression, node.span(), [value])
    }

    /// A statement after the one that is written before it, both in a block that the text does not have; without one, the statement.
    fn after(&mut self, initializer: Option<Node<'t>>, statement: Draft, span: Span) -> Draft {
        match initializer {
            Some(initializer) => {
                let first = self.lower(initializer);
                let block = self.build.node(Kind::Block, span, vec![first, statement]);
                self.build.flag(block, Flags::IMPLIED)
            }
            None => statement,
        }
    }

    fn condition(&mut self, node: Node<'t>) -> Draft {
        let kids = self.kids(node);
        let initializer = kids.field(Fields::initializer);
        let condition = self.field(&kids, Fields::condition);
        let then = self.field(&kids, Fields::consequence);
        let otherwise = self.field(&kids, Fields::alternative);
        let span = self.span_after(initializer, condition, node.span());
        let draft = self.lay(Kind::If, span, [condition, then, otherwise]);
        self.after(initializer, draft, node.span())
    }

    /// The span of a statement that begins after its initializer.
    fn span_after(&self, initializer: Option<Node<'t>>, first: Option<Draft>, span: Span) -> Span {
        match (initializer, first) {
            (Some(_), Some(first)) => Span {
                start: self.build.span(first).start,
                end: span.end,
            },
            (Some(initializer), None) => Span {
                start: initializer.span().end,
                end: span.end,
            },
            (None, _) => span,
        }
    }

    fn repeat(&mut self, node: Node<'t>) -> Draft {
        let kids = self.kids(node);
        let span = node.span();
        let body = self.field(&kids, Fields::body);
        let header = kids.named().find(|kid| kid.field != Fields::body);
        match header {
            Some(clause) if clause.kind == Kinds::range_clause => self.range(node, clause, body),
            Some(clause) if clause.kind == Kinds::for_clause => {
                let parts = self.kids(clause);
                let initial = parts.field(Fields::initializer).map(|kid| self.lower(kid));
                let initial = self.enclose(Kind::Block, Vec::from_iter(initial), clause.span().start);
                let condition = self.field(&parts, Fields::condition);
                let step = parts.field(Fields::update).map(|kid| self.lower(kid));
                let steps = self.enclose(Kind::Block, Vec::from_iter(step), clause.span().end);
                self.lay(Kind::For, span, [Some(initial), condition, Some(steps), body])
            }
            Some(condition) => {
                let condition = self.lower(condition);
                self.lay(Kind::While, span, [Some(condition), body, None])
            }
            None => {
                let at = body.map_or(span.end, |body| self.build.span(body).start);
                let initial = self.empty(Kind::Block, at);
                let steps = self.empty(Kind::Block, at);
                self.lay(Kind::For, span, [Some(initial), None, Some(steps), body])
            }
        }
    }

    /// `for k, v := range x`: one variable is a key, of two the first is.
    fn range(&mut self, node: Node<'t>, clause: Node<'t>, body: Option<Draft>) -> Draft {
        let parts = self.kids(clause);
        let target = parts.field(Fields::left).map(|kid| self.list(kid));
        let iterable = self.field(&parts, Fields::right);
        let draft = self.lay(Kind::ForEach, node.span(), [target, iterable, body, None]);
        let single = target.is_some_and(|target| self.build.kind(target) != Kind::Tuple);
        if single {
            self.build.flag(draft, Flags::KEYS);
        }
        let declares = parts.has(Kinds::Define);
        self.build
            .flag(draft, if declares { Flags::DECLARES } else { Flags::NONE })
    }

    fn switch(&mut self, node: Node<'t>) -> Draft {
        let kids = self.kids(node);
        let initializer = kids.field(Fields::initializer);
        let subject = self.field(&kids, Fields::value);
        let draft = self.cases(node, subject, &kids);
        self.after(initializer, draft, node.span())
    }

    /// `switch x := y.(type)`: the variable, then a switch over it by its type.
    fn type_switch(&mut self, node: Node<'t>) -> Draft {
        let kids = self.kids(node);
        let value = self.field(&kids, Fields::value);
        let alias = kids.field(Fields::alias);
        let draft = match (alias, value) {
            (Some(alias), Some(value)) => {
                let span = Span {
                    start: alias.span().start,
                    end: self.build.span(value).end,
                };
                let modifiers = self.empty(Kind::Modifiers, span.start);
                let target = self.list(alias);
                let variable = self.lay(
                    Kind::Variable,
                    span,
                    [Some(modifiers), Some(target), None, Some(value)],
                );
                let subject = self.implied(Kind::Name, span.end, self.text_of(alias));
                let switch = self.cases(node, Some(subject), &kids);
                let block = self.build.node(Kind::Block, node.span(), vec![variable, switch]);
                self.build.flag(block, Flags::IMPLIED)
            }
            _ => self.cases(node, value, &kids),
        };
        self.after(kids.field(Fields::initializer), draft, node.span())
    }

    /// A switch or select of the cases among `kids`.
    fn cases(&mut self, node: Node<'t>, subject: Option<Draft>, kids: &Kids<'t, super::Go>) -> Draft {
        let header = [Fields::initializer, Fields::alias, Fields::value];
        let cases: Vec<_> = kids.named().filter(|kid| !header.contains(&kid.field)).collect();
        let at = kids.named().rfind(|kid| header.contains(&kid.field));
        let mut span = node.span();
        let separate = kids
            .field(Fields::initializer)
            .or_else(|| kids.field(Fields::alias));
        if let (Some(_), Some(at)) = (separate, at) {
            span.start = at.span().end;
            span.start = subject.map_or(span.start, |subject| self.build.span(subject).start);
        }
        let subject = subject.unwrap_or_else(|| self.build.nothing(span.start));
        let mut children = vec![subject];
        for case in cases {
            children.push(self.case(case));
        }
        self.build.node(Kind::Switch, span, children)
    }

    fn case(&mut self, node: Node<'t>) -> Draft {
        let span = node.span();
        let kids = self.kids(node);
        let at = kids.all().nth(1).map_or(span.end, |kid| kid.span().start);
        let mut statements = Vec::new();
        let patterns = match node.kind {
            Kinds::expression_case => {
                let list = kids.field(Fields::value);
                let list = list.map(|list| self.kids(list));
                list.map_or_else(Vec::new, |list| self.lower_all(list.named()))
            }
            Kinds::type_case => kids
                .fields(Fields::r#type)
                .map(|kid| self.written_type(kid))
                .collect(),
            Kinds::communication_case => {
                statements.extend(self.field(&kids, Fields::communication));
                vec![self.implied(Kind::Other, at, "communication")]
            }
            Kinds::default_case => Vec::new(),
            _ => return self.lower(node),
        };
        let patterns = self.enclose(Kind::Patterns, patterns, at);
        let mut falls = false;
        for list in kids.named().filter(|kid| kid.kind == Kinds::statement_list) {
            let last = self.kids(list).named().next_back();
            falls = last.is_some_and(|last| last.kind == Kinds::fallthrough_statement);
            let below = self.statements(list);
            statements.extend(below);
        }
        let block = self.enclose(Kind::Block, statements, span.end);
        let draft = self.lay(Kind::Case, span, [Some(patterns), None, Some(block)]);
        self.build
            .flag(draft, if falls { Flags::FALLS_THROUGH } else { Flags::NONE })
    }
}
