//! Statements and declarations of Python.

use super::expression::operator_of;
use super::{Fields, Kinds, Python};
use crate::ast::{Flags, Span};
use crate::builder::Draft;
use crate::front::{Child, Front, Kids};
use crate::kind::{Kind, Operator};

type Node<'t> = Child<'t, Python>;

impl<'t> Front<'t, Python> {
    /// Statements of one line; none for other kinds.
    pub(super) fn simple_statement(&mut self, child: Node<'t>) -> Option<Draft> {
        let span = child.span();
        Some(match child.kind {
            Kinds::expression_statement => self.expression_statement(child),
            Kinds::assignment => self.assignment(child),
            Kinds::augmented_assignment => self.augmented(child),
            Kinds::return_statement => {
                let value = self.lower_first(child);
                self.build.node(Kind::Return, span, vec![value])
            }
            Kinds::raise_statement => {
                let kids = self.kids(child);
                let value = kids.named().find(|kid| kid.field != Fields::cause);
                let value = self.lower_or_nothing(value, span.end);
                let cause = self.field_or_nothing(&kids, Fields::cause, span.end);
                self.build.node(Kind::Throw, span, vec![value, cause])
            }
            Kinds::assert_statement => {
                let kids = self.kids(child);
                let mut parts = kids.named();
                let condition = self.lower_or_nothing(parts.next(), span.end);
                let message = self.lower_or_nothing(parts.next(), span.end);
                self.build.node(Kind::Assert, span, vec![condition, message])
            }
            Kinds::delete_statement => self.delete(child),
            Kinds::pass_statement => self.build.node(Kind::Pass, span, Vec::new()),
            Kinds::break_statement | Kinds::continue_statement => {
                let label = self.build.nothing(span.end);
                let kind = match child.kind {
                    Kinds::break_statement => Kind::Break,
                    _ => Kind::Continue,
                };
                self.build.node(kind, span, vec![label])
            }
            Kinds::global_statement => self.node_of_all(child, Kind::Global),
            Kinds::nonlocal_statement => {
                let draft = self.node_of_all(child, Kind::Global);
                self.build.name(draft, "nonlocal")
            }
            Kinds::import_from_statement | Kinds::future_import_statement => self.import_from(child),
            Kinds::print_statement => self.printed(child, Kinds::Print),
            Kinds::exec_statement => self.printed(child, Kinds::Exec),
            _ => return None,
        })
    }

    /// Statements with blocks; none for other kinds.
    pub(super) fn compound_statement(&mut self, child: Node<'t>) -> Option<Draft> {
        let span = child.span();
        Some(match child.kind {
            Kinds::block => self.block(child),
            Kinds::if_statement => self.branches(child),
            Kinds::while_statement => {
                let kids = self.kids(child);
                let condition = self.field_or_nothing(&kids, Fields::condition, span.start);
                let block = self.suite(&kids, Fields::body, span.end);
                let otherwise = self.otherwise(&kids, span.end);
                let children = vec![condition, block, otherwise];
                self.build.node(Kind::While, span, children)
            }
            Kinds::for_statement => {
                let kids = self.kids(child);
                let target = match kids.field(Fields::left) {
                    Some(left) => self.target(left),
                    None => self.build.nothing(span.start),
                };
                let iterable = self.field_or_nothing(&kids, Fields::right, self.build.span(target).end);
                let block = self.suite(&kids, Fields::body, span.end);
                let otherwise = self.otherwise(&kids, span.end);
                let children = vec![target, iterable, block, otherwise];
                let draft = self.build.node(Kind::ForEach, span, children);
                self.asynchronous(draft, &kids)
            }
            Kinds::try_statement => self.tried(child),
            Kinds::with_statement => self.with(child),
            Kinds::match_statement => self.matched(child),
            Kinds::function_definition | Kinds::class_definition => self.definition(child, None),
            Kinds::decorated_definition => self.decorated(child),
            _ => return None,
        })
    }

    /// `import a.b as c, d`: an import each.
    pub(super) fn imports(&mut self, child: Node<'t>, into: &mut Vec<Draft>) {
        let kids = self.kids(child);
        let start = child.span().start;
        for (position, name) in kids.named().enumerate() {
            let span = Span {
                start: if position == 0 { start } else { name.span().start },
                end: name.span().end,
            };
            let (path, alias) = self.imported(name, Kind::Path);
            into.push(self.build.node(Kind::Import, span, vec![path, alias]));
        }
    }

    /// The block of a field; an empty one, at byte `at`, when the text breaks off before it.
    pub(super) fn suite(&mut self, kids: &Kids<'t, Python>, field: Fields, at: u32) -> Draft {
        let child = kids.field(field);
        match child {
            Some(block) => self.block(block),
            None => self.build.node(Kind::Block, Span::empty(at), Vec::new()),
        }
    }

    /// Marks what `async` stands before.
    pub(super) fn asynchronous(&mut self, draft: Draft, kids: &Kids<'t, Python>) -> Draft {
        if kids.has(Kinds::Async) {
            return self.build.flag(draft, Flags::ASYNC);
        }
        draft
    }

    /// Parameters of a function.
    pub(super) fn parameters(&mut self, child: Node<'t>) -> Draft {
        let kids = self.kids(child);
        let parameters = kids.named().map(|kid| self.parameter(kid)).collect();
        self.build.node(Kind::Params, child.span(), parameters)
    }

    fn parameter(&mut self, child: Node<'t>) -> Draft {
        let span = child.span();
        let kids = match child.kind {
            Kinds::typed_parameter | Kinds::default_parameter | Kinds::typed_default_parameter => {
                self.kids(child)
            }
            Kinds::identifier
            | Kinds::list_splat_pattern
            | Kinds::dictionary_splat_pattern
            | Kinds::tuple_pattern => return self.param(span, child, None, None),
            // The bare `*` and `/` among parameters.
            _ => return self.other(child),
        };
        let named = |kid: &Node<'t>| kid.field != Fields::r#type && kid.field != Fields::value;
        match kids.named().find(named) {
            Some(target) => {
                let (hint, value) = (kids.field(Fields::r#type), kids.field(Fields::value));
                self.param(span, target, hint, value)
            }
            None => self.other(child),
        }
    }

    fn param(
        &mut self,
        span: Span,
        target: Node<'t>,
        hint: Option<Node<'t>>,
        value: Option<Node<'t>>,
    ) -> Draft {
        let modifiers = self
            .build
            .node(Kind::Modifiers, Span::empty(span.start), Vec::new());
        let (operator, name) = match target.kind {
            Kinds::list_splat_pattern => (Operator::Times, self.lower_first(target)),
            Kinds::dictionary_splat_pattern => (Operator::Power, self.lower_first(target)),
            _ => (Operator::None, self.target(target)),
        };
        let end = self.build.span(name).end;
        let hint = self.lower_or_nothing(hint, end);
        let end = self.build.span(hint).end;
        let value = self.lower_or_nothing(value, end);
        let children = vec![modifiers, name, hint, value];
        let draft = self.build.node(Kind::Param, span, children);
        self.build.operator(draft, operator)
    }

    fn expression_statement(&mut self, child: Node<'t>) -> Draft {
        let span = child.span();
        let kids = self.kids(child);
        let mut named = kids.named();
        let inner = match (named.next(), named.next()) {
            (Some(only), None) if !kids.has(Kinds::Comma) => {
                if only.kind == Kinds::assignment && self.kids(only).field(Fields::r#type).is_some() {
                    return self.annotated(only);
                }
                self.lower(only)
            }
            _ => self.node_of_all(child, Kind::Tuple),
        };
        self.build.node(Kind::Expression, span, vec![inner])
    }

    fn assignment(&mut self, child: Node<'t>) -> Draft {
        let kids = self.kids(child);
        let span = child.span();
        let target = match kids.field(Fields::left) {
            Some(left) => self.target(left),
            None => self.build.nothing(span.start),
        };
        let value = self.field_or_nothing(&kids, Fields::right, span.end);
        self.build.node(Kind::Assign, span, vec![target, value])
    }

    /// `x: int = 1`.
    fn annotated(&mut self, child: Node<'t>) -> Draft {
        let kids = self.kids(child);
        let span = child.span();
        let modifiers = self
            .build
            .node(Kind::Modifiers, Span::empty(span.start), Vec::new());
        let target = match kids.field(Fields::left) {
            Some(left) => self.target(left),
            None => self.build.nothing(span.start),
        };
        let hint = self.field_or_nothing(&kids, Fields::r#type, span.end);
        let value = self.field_or_nothing(&kids, Fields::right, span.end);
        let children = vec![modifiers, target, hint, value];
        self.build.node(Kind::Variable, span, children)
    }

    fn augmented(&mut self, child: Node<'t>) -> Draft {
        let kids = self.kids(child);
        let operator = kids
            .field(Fields::operator)
            .map_or("", |operator| self.text_of(operator));
        let draft = self.assignment(child);
        let operator = operator_of(operator.strip_suffix('=').unwrap_or(operator));
        self.build.operator(draft, operator)
    }

    fn delete(&mut self, child: Node<'t>) -> Draft {
        let kids = self.kids(child);
        let targets = match kids.named().next() {
            Some(list) if list.kind == Kinds::expression_list => {
                let below = self.kids(list);
                self.lower_all(below.named())
            }
            Some(only) => vec![self.lower(only)],
            None => Vec::new(),
        };
        self.build.node(Kind::Delete, child.span(), targets)
    }

    /// `print x, y` and `exec code in scope` of Python 2, as the calls that they became.
    fn printed(&mut self, child: Node<'t>, keyword: Kinds) -> Draft {
        let kids = self.kids(child);
        let span = child.span();
        let word = kids.kind(keyword);
        let callee = match word {
            Some(word) => self.leaf(Kind::Name, word),
            None => self.build.nothing(span.start),
        };
        let place = Span {
            start: self.build.span(callee).end,
            end: span.end,
        };
        let mut arguments = Vec::new();
        for kid in kids.named() {
            let draft = self.lower(kid);
            arguments.push(draft);
        }
        let arguments = self.build.node(Kind::Args, place, arguments);
        let call = self.build.node(Kind::Call, span, vec![callee, arguments]);
        self.build.node(Kind::Expression, span, vec![call])
    }

    /// `from a.b import c as d, e`.
    fn import_from(&mut self, child: Node<'t>) -> Draft {
        let kids = self.kids(child);
        let span = child.span();
        let path = match kids.field(Fields::module_name) {
            Some(module) => self.path(module),
            None => self.build.leaf(Kind::Path, Span::empty(span.start), "__future__"),
        };
        let mut children = vec![path];
        for kid in kids.named().filter(|kid| kid.field != Fields::module_name) {
            let (name, alias) = match kid.kind {
                Kinds::wildcard_import => (self.leaf(Kind::Name, kid), self.build.nothing(kid.span().end)),
                _ => self.imported(kid, Kind::Name),
            };
            children.push(self.build.node(Kind::ImportItem, kid.span(), vec![name, alias]));
        }
        self.build.node(Kind::ImportFrom, span, children)
    }

    /// The name, as a leaf of `kind`, and the alias of something imported.
    fn imported(&mut self, child: Node<'t>, kind: Kind) -> (Draft, Draft) {
        if child.kind != Kinds::aliased_import {
            let name = self.path_as(child, kind);
            return (name, self.build.nothing(child.span().end));
        }
        let kids = self.kids(child);
        let name = match kids.field(Fields::name) {
            Some(name) => self.path_as(name, kind),
            None => self.build.leaf(kind, Span::empty(child.span().start), ""),
        };
        let alias = self.field_or_nothing(&kids, Fields::alias, child.span().end);
        (name, alias)
    }

    fn path(&mut self, child: Node<'t>) -> Draft {
        self.path_as(child, Kind::Path)
    }

    /// A dotted name as one leaf, without the white space that may stand in it.
    fn path_as(&mut self, child: Node<'t>, kind: Kind) -> Draft {
        let text = self.text_of(child);
        if text.contains(|letter: char| letter.is_whitespace() || letter == '\\') {
            let joined: String = text
                .chars()
                .filter(|letter| !letter.is_whitespace() && *letter != '\\')
                .collect();
            return self.build.leaf(kind, child.span(), &joined);
        }
        self.build.leaf(kind, child.span(), text)
    }

    /// `if`, and each `elif` as an `if` in the else of the one before.
    fn branches(&mut self, child: Node<'t>) -> Draft {
        let kids = self.kids(child);
        let end = child.span().end;
        let mut heads = Vec::new();
        let condition = self.field_or_nothing(&kids, Fields::condition, child.span().start);
        let then = self.suite(&kids, Fields::consequence, end);
        heads.push((child.span().start, condition, then));
        let mut otherwise = None;
        for clause in kids.fields(Fields::alternative) {
            let below = self.kids(clause);
            if clause.kind == Kinds::else_clause {
                otherwise = Some(self.suite(&below, Fields::body, clause.span().end));
            } else {
                let condition = self.field_or_nothing(&below, Fields::condition, clause.span().start);
                let then = self.suite(&below, Fields::consequence, clause.span().end);
                heads.push((clause.span().start, condition, then));
            }
        }
        let mut whole = otherwise.unwrap_or_else(|| self.build.nothing(end));
        for (start, condition, then) in heads.into_iter().rev() {
            let span = Span { start, end };
            whole = self.build.node(Kind::If, span, vec![condition, then, whole]);
        }
        whole
    }

    /// The `else` of a loop.
    fn otherwise(&mut self, kids: &Kids<'t, Python>, at: u32) -> Draft {
        match kids.field(Fields::alternative) {
            Some(clause) => {
                let below = self.kids(clause);
                self.suite(&below, Fields::body, clause.span().end)
            }
            None => self.build.nothing(at),
        }
    }

    fn tried(&mut self, child: Node<'t>) -> Draft {
        let kids = self.kids(child);
        let span = child.span();
        let resources = self.build.nothing(span.start);
        let block = self.suite(&kids, Fields::body, span.end);
        let mut at = self.build.span(block).end;
        let mut catches = Vec::new();
        for clause in kids.named().filter(|kid| kid.kind == Kinds::except_clause) {
            catches.push(self.catch(clause));
        }
        let place = match (catches.first(), catches.last()) {
            (Some(first), Some(last)) => Span {
                start: self.build.span(*first).start,
                end: self.build.span(*last).end,
            },
            _ => Span::empty(at),
        };
        let catches = self.build.node(Kind::Catches, place, catches);
        let mut children = vec![resources, block, catches];
        at = place.end;
        for clause in [Kinds::else_clause, Kinds::finally_clause] {
            let draft = match kids.kind(clause) {
                Some(clause) => {
                    let below = self.kids(clause);
                    match below.kind(Kinds::block) {
                        Some(block) => self.block(block),
                        None => self
                            .build
                            .node(Kind::Block, Span::empty(clause.span().end), Vec::new()),
                    }
                }
                None => self.build.nothing(at),
            };
            at = self.build.span(draft).end;
            children.push(draft);
        }
        self.build.node(Kind::Try, span, children)
    }

    /// `except (A, B) as e:`.
    fn catch(&mut self, child: Node<'t>) -> Draft {
        let kids = self.kids(child);
        let span = child.span();
        let block = kids.named().find(|kid| kid.kind == Kinds::block);
        let mut types: Vec<Node<'t>> = kids.fields(Fields::value).collect();
        let mut alias = kids.field(Fields::alias);
        if let [only] = types.as_slice()
            && only.kind == Kinds::as_pattern
        {
            let below = self.kids(*only);
            alias = alias.or(below.field(Fields::alias));
            types = below.named().take(1).collect();
        }
        if let [only] = types.as_slice()
            && only.kind == Kinds::tuple
        {
            let below = self.kids(*only);
            types = below.named().collect();
        }
        let mut drafts = Vec::with_capacity(types.len());
        for kind in types {
            let draft = self.lower(kind);
            drafts.push(self.build.node(Kind::Type, kind.span(), vec![draft]));
        }
        let caught = self.one_or_tuple(drafts, span.start);
        let name = match alias {
            Some(alias) => self.target(alias),
            None => self.build.nothing(self.build.span(caught).end),
        };
        let block = match block {
            Some(block) => self.block(block),
            None => self.build.node(Kind::Block, Span::empty(span.end), Vec::new()),
        };
        let draft = self.build.node(Kind::Catch, span, vec![caught, name, block]);
        if kids.has(Kinds::Star) {
            return self.build.flag(draft, Flags::SPREAD);
        }
        draft
    }

    fn with(&mut self, child: Node<'t>) -> Draft {
        let kids = self.kids(child);
        let mut children = Vec::new();
        if let Some(clause) = kids.kind(Kinds::with_clause) {
            let items = self.kids(clause);
            for item in items.named() {
                self.with_items(item, &mut children);
            }
        }
        children.push(self.suite(&kids, Fields::body, child.span().end));
        let draft = self.build.node(Kind::With, child.span(), children);
        self.asynchronous(draft, &kids)
    }

    /// `f() as x`; several in parentheses may read as a tuple.
    fn with_items(&mut self, item: Node<'t>, into: &mut Vec<Draft>) {
        let kids = self.kids(item);
        let Some(value) = kids.field(Fields::value) else {
            into.push(self.other(item));
            return;
        };
        if value.kind == Kinds::tuple {
            let below = self.kids(value);
            if below.named().any(|kid| kid.kind == Kinds::as_pattern) {
                for kid in below.named() {
                    into.push(self.with_item(kid));
                }
                return;
            }
        }
        into.push(self.with_item(value));
    }

    fn with_item(&mut self, value: Node<'t>) -> Draft {
        let span = value.span();
        let (opened, target) = if value.kind == Kinds::as_pattern {
            let below = self.kids(value);
            let opened = self.lower_or_nothing(below.named().next(), span.start);
            let target = match below.field(Fields::alias) {
                Some(alias) => self.target(alias),
                None => self.build.nothing(span.end),
            };
            (opened, target)
        } else {
            let opened = self.lower(value);
            (opened, self.build.nothing(span.end))
        };
        self.build.node(Kind::WithItem, span, vec![opened, target])
    }

    fn matched(&mut self, child: Node<'t>) -> Draft {
        let kids = self.kids(child);
        let span = child.span();
        let subjects = self.lower_all(kids.fields(Fields::subject));
        let subject = match subjects.as_slice() {
            [only] if !kids.has(Kinds::Comma) => *only,
            [] => self.build.nothing(span.start),
            [first, .., last] | [first @ last] => {
                let span = Span {
                    start: self.build.span(*first).start,
                    end: self.build.span(*last).end,
                };
                self.build.node(Kind::Tuple, span, subjects)
            }
        };
        let mut children = vec![subject];
        if let Some(body) = kids.field(Fields::body) {
            let cases = self.kids(body);
            for case in cases.named() {
                let draft = if case.kind == Kinds::case_clause {
                    self.case(case)
                } else {
                    self.lower(case)
                };
                children.push(draft);
            }
        }
        self.build.node(Kind::Switch, span, children)
    }

    fn decorated(&mut self, child: Node<'t>) -> Draft {
        let kids = self.kids(child);
        match kids.field(Fields::definition) {
            Some(definition) => {
                let decorators: Vec<Node<'t>> =
                    kids.named().filter(|kid| kid.kind == Kinds::decorator).collect();
                self.definition(definition, Some((child.span(), decorators)))
            }
            None => self.other(child),
        }
    }

    /// A function or a class, with its decorators and the place of all of it.
    fn definition(&mut self, child: Node<'t>, decorated: Option<(Span, Vec<Node<'t>>)>) -> Draft {
        let (span, decorators) = decorated.unwrap_or_else(|| (child.span(), Vec::new()));
        let mut annotations = Vec::with_capacity(decorators.len());
        let mut place = Span::empty(span.start);
        for decorator in decorators {
            let expression = self.lower_first(decorator);
            let end = self.build.span(expression).end;
            place.end = end;
            let at = Span {
                start: decorator.span().start,
                end,
            };
            annotations.push(self.build.node(Kind::Annotation, at, vec![expression]));
        }
        let modifiers = self.build.node(Kind::Modifiers, place, annotations);
        let kids = self.kids(child);
        let name = self.field_or_nothing(&kids, Fields::name, child.span().start);
        if child.kind == Kinds::class_definition {
            self.class(span, &kids, vec![modifiers, name])
        } else {
            self.function(span, &kids, vec![modifiers, name])
        }
    }

    fn function(&mut self, span: Span, kids: &Kids<'t, Python>, mut children: Vec<Draft>) -> Draft {
        let outer = std::mem::take(&mut self.state.generator);
        let parameters = match kids.field(Fields::parameters) {
            Some(list) => self.parameters(list),
            None => self.build.node(Kind::Params, Span::empty(span.end), Vec::new()),
        };
        let returned = self.field_or_nothing(kids, Fields::return_type, self.build.span(parameters).end);
        let block = self.suite(kids, Fields::body, span.end);
        let receiver = self.build.nothing(span.end);
        children.extend([parameters, returned, block, receiver]);
        let draft = self.build.node(Kind::Function, span, children);
        if std::mem::replace(&mut self.state.generator, outer) {
            self.build.flag(draft, Flags::GENERATOR);
        }
        self.asynchronous(draft, kids)
    }

    fn class(&mut self, span: Span, kids: &Kids<'t, Python>, mut children: Vec<Draft>) -> Draft {
        let supers = match kids.field(Fields::superclasses) {
            Some(list) => self.node_of_all(list, Kind::Supers),
            None => {
                let at = children
                    .last()
                    .map_or(span.start, |&name| self.build.span(name).end);
                self.build.node(Kind::Supers, Span::empty(at), Vec::new())
            }
        };
        let block = self.suite(kids, Fields::body, span.end);
        children.extend([supers, block]);
        let draft = self.build.node(Kind::Class, span, children);
        self.build.operator(draft, Operator::Class)
    }
}
