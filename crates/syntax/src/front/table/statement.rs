//! Statements, calls and declarations of languages that are told by tables.

use super::parts::Parts;
use super::{Becomes, Declare, Guards, Node, Pick, Reader, Slot, is_among};
use crate::ast::{Flags, Span};
use crate::builder::Draft;
use crate::kind::{Kind, Operator};
use crate::pattern::is_statement;

/// Fields of what is no statement where statements stand for themselves: the condition of `#if`, the parameters of a template.
const HEADS: &str = "name condition parameters value";

impl<'t> Reader<'t> {
    /// The statements that a node stands for.
    pub(super) fn as_statements(&mut self, node: Node<'t>, into: &mut Vec<Draft>) {
        match node.kind.0 {
            Some(Becomes::Skip) => {}
            Some(Becomes::Imports) => self.imports(node, into),
            Some(Becomes::Splice) => self.spliced(node, into, |front, node| {
                let kids = front.kids(node);
                let mut statements = Vec::new();
                for kid in kids.named().filter(|kid| !is_among(HEADS, kid.field)) {
                    front.statement(kid, &mut statements);
                }
                statements
            }),
            Some(Becomes::Declare(declare)) => {
                self.spliced(node, into, |front, node| front.declared(node, declare));
            }
            Some(Becomes::Declarators) => self.spliced(node, into, Self::declarators),
            _ => {
                let draft = self.lower(node);
                let draft = self.as_statement(draft);
                into.push(draft);
            }
        }
    }

    /// The statements that `how` gives, by way of a block, so that what lies within one another has a bound.
    fn spliced(
        &mut self,
        node: Node<'t>,
        into: &mut Vec<Draft>,
        how: impl FnOnce(&mut Self, Node<'t>) -> Vec<Draft>,
    ) {
        let block = self.below(node, |front, node| {
            let statements = how(front, node);
            front.build.node(Kind::Block, node.span(), statements)
        });
        match self.build.kind(block) {
            Kind::Block => into.extend_from_slice(self.build.children(block)),
            _ => into.push(block),
        }
    }

    /// An expression that stands among statements is one.
    fn as_statement(&mut self, draft: Draft) -> Draft {
        let kind = self.build.kind(draft);
        let bare = is_statement(kind)
            || matches!(
                kind,
                Kind::Broken | Kind::Other | Kind::Nothing | Kind::Case | Kind::Params | Kind::Annotation
            );
        if bare {
            return draft;
        }
        let span = self.build.span(draft);
        self.build.node(Kind::Expression, span, vec![draft])
    }

    /// A node as a block of statements.
    pub(super) fn block_of(&mut self, node: Node<'t>) -> Draft {
        let mut statements = Vec::new();
        self.statement(node, &mut statements);
        match statements.as_slice() {
            [only] if self.build.kind(*only) == Kind::Block => *only,
            _ => self.build.node(Kind::Block, node.span(), statements),
        }
    }

    /// What follows `else`: the first branch, with those after it within. A branch without a condition is a block.
    pub(super) fn otherwise(&mut self, branches: &[Node<'t>]) -> Option<Draft> {
        let mut last: Option<Draft> = None;
        for &branch in branches.iter().rev() {
            let draft = self.lower(branch);
            let kind = self.build.kind(draft);
            last = Some(match (kind, last) {
                (Kind::If, None) | (Kind::Block, _) => draft,
                (Kind::If, Some(after)) => {
                    let mut children = self.build.children(draft).to_vec();
                    if let Some(place) = children.get_mut(2) {
                        *place = after;
                    }
                    let span = self.build.span(draft).to(self.build.span(after));
                    self.build.node(Kind::If, span, children)
                }
                _ => {
                    let statement = self.as_statement(draft);
                    self.build.node(Kind::Block, branch.span(), vec![statement])
                }
            });
        }
        last
    }

    /// Statements with handlers among them.
    pub(super) fn guarded(&mut self, node: Node<'t>, guards: &Guards) -> Draft {
        let kids = self.kids(node);
        let (mut own, mut handlers) = (Vec::new(), Vec::new());
        let (mut otherwise, mut finally) = (None, None);
        for kid in kids.named() {
            let name = kid.node.kind();
            if is_among(guards.handlers, name) {
                handlers.push(self.lower(kid));
            } else if is_among(guards.otherwise, name) {
                otherwise = Some(self.block_of(kid));
            } else if is_among(guards.finally, name) {
                finally = Some(self.block_of(kid));
            } else {
                self.statement(kid, &mut own);
            }
        }
        let span = node.span();
        if handlers.is_empty() && otherwise.is_none() && finally.is_none() {
            return self.build.node(Kind::Block, span, own);
        }
        let body = self.enclose(Kind::Block, own, span.start);
        let end = self.build.span(body).end;
        let handlers = self.enclose(Kind::Catches, handlers, end);
        let tried = self.lay(
            Kind::Try,
            span,
            [None, Some(body), Some(handlers), otherwise, finally],
        );
        self.build.node(Kind::Block, span, vec![tried])
    }

    pub(super) fn switched(&mut self, node: Node<'t>, subject: &Pick, cases: &Pick) -> Draft {
        let mut parts = Parts::of(self, node);
        let subject = parts.first(self, subject);
        let cases = parts.each(self, cases);
        let mut children = vec![self.lower_or_nothing(subject, node.span().start)];
        // After C the end of a case is no end.
        let falls = node.node.kind() == "switch_statement";
        for case in cases {
            let draft = self.lower(case);
            let span = self.build.span(draft);
            children.push(match self.build.kind(draft) {
                Kind::Case if falls => self.build.flag(draft, Flags::FALLS_THROUGH),
                Kind::Case => draft,
                Kind::Block => {
                    let patterns = self.empty(Kind::Patterns, span.start);
                    self.lay(Kind::Case, span, [Some(patterns), None, Some(draft)])
                }
                _ => continue,
            });
        }
        self.build.node(Kind::Switch, node.span(), children)
    }

    /// A node of a kind around none, the only one or a tuple of values.
    pub(super) fn values(&mut self, node: Node<'t>, kind: Kind) -> Draft {
        let kids = self.kids(node);
        let mut values = Vec::new();
        for draft in self.lower_all(kids.named()) {
            match self.build.kind(draft) {
                Kind::Args => values.extend_from_slice(self.build.children(draft)),
                Kind::Nothing => {}
                _ => values.push(draft),
            }
        }
        let end = node.span().end;
        let value = self.one_or_tuple(values, end);
        self.build.node(kind, node.span(), vec![value])
    }

    pub(super) fn called(
        &mut self,
        node: Node<'t>,
        callee: &'static Slot,
        arguments: &Pick,
        bare: bool,
    ) -> Draft {
        let mut parts = Parts::of(self, node);
        let callee = self.in_slot(node, &mut parts, callee, node.span().start);
        let callee = callee.unwrap_or_else(|| self.build.nothing(node.span().start));
        let given = parts.each(self, arguments);
        if bare && given.is_empty() {
            return callee;
        }
        let mut all = Vec::new();
        let end = self.build.span(callee).end;
        let trails = !given.is_empty() && given.iter().all(|one| one.node.kind() == "annotated_lambda");
        let (callee, before) = match (trails, self.build.kind(callee), self.build.children(callee)) {
            // `f(x) { … }`: what stands behind the parentheses is an argument, too.
            (true, Kind::Call, &[inner, list]) => (inner, self.build.children(list).to_vec()),
            _ => (callee, Vec::new()),
        };
        all.extend(before);
        let mut place = given.first().map_or(Span::empty(end), Node::span);
        for one in given {
            let draft = self.lower(one);
            place = place.to(one.span());
            match self.build.kind(draft) {
                Kind::Args => all.extend_from_slice(self.build.children(draft)),
                _ => all.push(draft),
            }
        }
        let arguments = self.build.node(Kind::Args, place, all);
        self.build.node(Kind::Call, node.span(), vec![callee, arguments])
    }

    /// `echo a, b`: a word of the language, and what it is given.
    pub(super) fn word_call(&mut self, node: Node<'t>) -> Draft {
        let kids = self.kids(node);
        let Some(word) = kids.all().next() else {
            return self.other(node);
        };
        let callee = self.leaf(Kind::Name, word);
        let mut all = Vec::new();
        for draft in self.lower_all(kids.named().filter(|kid| kid.node != word.node)) {
            match self.build.kind(draft) {
                Kind::Tuple => all.extend_from_slice(self.build.children(draft)),
                _ => all.push(draft),
            }
        }
        let arguments = self.enclose(Kind::Args, all, word.span().end);
        self.build.node(Kind::Call, node.span(), vec![callee, arguments])
    }

    pub(super) fn params(&mut self, node: Node<'t>, pick: &Pick) -> Draft {
        let mut parts = Parts::of(self, node);
        let all = parts.each(self, pick);
        // C#: what takes the rest is written among the parameters, not as one of them.
        let (rest, all): (Vec<_>, Vec<_>) = all
            .into_iter()
            .partition(|kid| matches!(kid.field, "type" | "name"));
        let drafts = self.lower_all(all.into_iter());
        let mut drafts = self.as_params(drafts);
        if let [typed, name] = rest.as_slice() {
            let span = typed.span().to(name.span());
            let modifiers = self.empty(Kind::Modifiers, span.start);
            let (typed, name) = (self.typed(*typed), self.lower(*name));
            let rest = self.lay(
                Kind::Param,
                span,
                [Some(modifiers), Some(name), Some(typed), None],
            );
            drafts.push(self.build.operator(rest, Operator::Times));
        }
        self.build.node(Kind::Params, node.span(), drafts)
    }

    /// What is no parameter by itself becomes one by its name.
    pub(super) fn as_params(&mut self, drafts: Vec<Draft>) -> Vec<Draft> {
        let mut all = Vec::with_capacity(drafts.len());
        for draft in drafts {
            match self.build.kind(draft) {
                Kind::Param | Kind::Other | Kind::Broken => all.push(draft),
                Kind::Nothing => {}
                Kind::Params => all.extend_from_slice(self.build.children(draft)),
                _ => {
                    let span = self.build.span(draft);
                    let modifiers = self.empty(Kind::Modifiers, span.start);
                    all.push(self.lay(Kind::Param, span, [Some(modifiers), Some(draft), None, None]));
                }
            }
        }
        all
    }

    pub(super) fn argument(&mut self, node: Node<'t>, name: &Pick, value: &Pick) -> Draft {
        let mut parts = Parts::of(self, node);
        let name = parts.first(self, name);
        match (name, parts.first(self, value)) {
            (Some(name), Some(value)) => {
                let (name, value) = (self.lower(name), self.lower(value));
                self.build.node(Kind::Keyword, node.span(), vec![name, value])
            }
            (Some(only), None) | (None, Some(only)) => self.lower(only),
            (None, None) => self.other(node),
        }
    }

    /// `namespace A { … }`, or `namespace A;` for all of the file.
    pub(super) fn namespace(&mut self, node: Node<'t>) -> Draft {
        let mut parts = Parts::of(self, node);
        let name = parts.first(self, &Pick::Field("name"));
        let Some(body) = parts.first(self, &Pick::Field("body")) else {
            let path = name.map(|name| self.leaf(Kind::Path, name));
            return self.lay(Kind::Package, node.span(), [path]);
        };
        let modifiers = self.empty(Kind::Modifiers, node.span().start);
        let name = name.map(|name| self.lower(name));
        let supers = self.empty(Kind::Supers, body.span().start);
        let body = self.block_of(body);
        let draft = self.lay(
            Kind::Class,
            node.span(),
            [Some(modifiers), name, Some(supers), Some(body)],
        );
        self.build.operator(draft, Operator::Namespace)
    }

    pub(super) fn annotated(&mut self, node: Node<'t>, name: &Pick, arguments: &Pick) -> Draft {
        let mut parts = Parts::of(self, node);
        let Some(name) = parts.first(self, name) else {
            return self.other(node);
        };
        let name = self.lower(name);
        let arguments = parts.first(self, arguments).map(|one| self.lower(one));
        let inner = match arguments {
            Some(arguments) => {
                let span = self.build.span(name).to(self.build.span(arguments));
                self.build.node(Kind::Call, span, vec![name, arguments])
            }
            None => name,
        };
        self.build.node(Kind::Annotation, node.span(), vec![inner])
    }

    /// One variable for each node that declares one; the type and the modifiers are those of all of them.
    fn declared(&mut self, node: Node<'t>, declare: &'static Declare) -> Vec<Draft> {
        let mut parts = Parts::of(self, node);
        let typed = parts.first(self, &declare.typed).map(|one| self.typed(one));
        let each = parts.each(self, &declare.each);
        let modifiers = self.modifiers(&mut parts, declare.modifiers, node.span().start);
        let count = each.len();
        let mut variables = Vec::with_capacity(count);
        for (number, one) in each.into_iter().enumerate() {
            let mut inner = Parts::of(self, one);
            let target = inner.first(self, &declare.target).unwrap_or(one);
            let value = inner.first(self, &declare.value);
            let target = self.lower(target);
            let value = value.map(|value| self.lower(value));
            let place = Place {
                number,
                count,
                whole: node.span(),
                own: one.span(),
            };
            variables.push(self.variable(place, modifiers, target, typed, value));
        }
        variables
    }

    /// One variable of a declaration. What is written once for all of them stands before the first one and is implied for the others.
    pub(super) fn variable(
        &mut self,
        place: Place,
        modifiers: Draft,
        target: Draft,
        typed: Option<Draft>,
        value: Option<Draft>,
    ) -> Draft {
        if place.number == 0 {
            let mut span = place.whole;
            if place.count > 1 {
                span.end = place.own.end;
            }
            return self.lay(
                Kind::Variable,
                span,
                [Some(modifiers), Some(target), typed, value],
            );
        }
        let at = place.own.start;
        let modifiers = self.again(Kind::Modifiers, modifiers, at);
        let typed = typed.map(|typed| self.again(Kind::Type, typed, at));
        self.lay(
            Kind::Variable,
            place.own,
            [Some(modifiers), Some(target), typed, value],
        )
    }

    /// A node of a kind once more, at byte `at`, where the text does not say it.
    fn again(&mut self, kind: Kind, draft: Draft, at: u32) -> Draft {
        let inner: Vec<Draft> = self.build.children(draft).to_vec();
        let inner = inner.into_iter().map(|inner| self.build.shared(inner)).collect();
        let draft = self.build.node(kind, Span::empty(at), inner);
        self.build.flag(draft, Flags::IMPLIED)
    }
}

/// Where a variable stands among those of its declaration.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub(super) number: usize,
    pub(super) count: usize,
    /// The declaration
    pub(super) whole: Span,
    /// What says this one
    pub(super) own: Span,
}
