//! Functions, classes and what is like them in TypeScript: interfaces, enumerations, namespaces.

use super::{Fields, Kinds, Node, Script};
use crate::ast::{Flags, Span};
use crate::builder::Draft;
use crate::front::Kids;
use crate::kind::{Kind, Operator};

impl<'t> Script<'t> {
    /// Declarations with a name; none for other kinds.
    pub(super) fn declaration(&mut self, node: Node<'t>) -> Option<Draft> {
        self.declared(node, &[])
    }

    /// The same with the decorators and words that stand before it.
    pub(super) fn declared(&mut self, node: Node<'t>, before: &[Node<'t>]) -> Option<Draft> {
        Some(match node.kind {
            Kinds::function_declaration
            | Kinds::generator_function_declaration
            | Kinds::function_signature
            | Kinds::method_definition
            | Kinds::method_signature
            | Kinds::abstract_method_signature => self.function(node, before),
            Kinds::class_declaration | Kinds::abstract_class_declaration | Kinds::class => {
                self.class(node, before)
            }
            Kinds::interface_declaration
            | Kinds::enum_declaration
            | Kinds::internal_module
            | Kinds::module => self.like_a_class(node, before),
            Kinds::field_definition | Kinds::public_field_definition => self.member_variable(node, before),
            Kinds::import_alias => self.import_alias(node, before),
            Kinds::decorator => {
                let inner = self.inner(node);
                self.lay(Kind::Annotation, node.span(), [inner])
            }
            Kinds::class_static_block => {
                let body = self.kids(node).field(Fields::body);
                let body = body.map(|body| self.lower(body));
                body.unwrap_or_else(|| self.empty(Kind::Block, node.span().end))
            }
            Kinds::class_body | Kinds::interface_body => self.members(node),
            _ => return None,
        })
    }

    /// `declare …`.
    pub(super) fn ambient(&mut self, node: Node<'t>, into: &mut Vec<Draft>) {
        let kids = self.kids(node);
        let declare: Vec<_> = kids.kind(Kinds::Declare).into_iter().collect();
        self.ambient_after(node, &declare, into);
    }

    fn ambient_after(&mut self, node: Node<'t>, before: &[Node<'t>], into: &mut Vec<Draft>) {
        let kids = self.kids(node);
        for kid in kids.named() {
            match kid.kind {
                Kinds::lexical_declaration | Kinds::variable_declaration => self.variables(kid, before, into),
                Kinds::statement_block => {
                    let modifiers = self.modifiers(&Kids::none(), before, node.span().start);
                    let name = kids.kind(Kinds::Global).map(|word| self.leaf(Kind::Name, word));
                    let at = kid.span().start;
                    let supers = self.empty(Kind::Supers, at);
                    let body = self.lower(kid);
                    let children = [Some(modifiers), name, Some(supers), Some(body)];
                    let draft = self.lay(Kind::Class, node.span(), children);
                    into.push(self.build.operator(draft, Operator::Namespace));
                }
                _ => {
                    let draft = match self.declared(kid, before) {
                        Some(draft) => draft,
                        None => self.lower(kid),
                    };
                    into.push(draft);
                }
            }
        }
    }

    /// One declaration with what stands before it: decorators, `declare`.
    pub(super) fn declarations(&mut self, node: Node<'t>, before: &[Node<'t>], into: &mut Vec<Draft>) {
        match node.kind {
            Kinds::lexical_declaration | Kinds::variable_declaration | Kinds::using_declaration => {
                self.variables(node, &[], into);
            }
            Kinds::ambient_declaration => self.ambient(node, into),
            _ => match self.declared(node, before) {
                Some(draft) => into.push(draft),
                None => self.statement(node, into),
            },
        }
    }

    /// A function of any form; one without a name is a lambda.
    pub(super) fn function(&mut self, node: Node<'t>, before: &[Node<'t>]) -> Draft {
        let kids = self.kids(node);
        let span = from(before, node.span());
        let name = kids.field(Fields::name);
        let lambda = name.is_none();
        let modifiers = (!lambda).then(|| self.modifiers(&kids, before, span.start));
        let name = name.map(|name| self.member_name(name));
        let parameters = match (kids.field(Fields::parameters), kids.field(Fields::parameter)) {
            (Some(list), _) => self.lower(list),
            (None, Some(only)) => {
                let parameter = self.parameter(only);
                self.build.node(Kind::Params, only.span(), vec![parameter])
            }
            (None, None) => self.empty(Kind::Params, span.start),
        };
        let written = self.field(&kids, Fields::return_type);
        let body = self.field(&kids, Fields::body);
        let draft = if lambda {
            self.lay(Kind::Lambda, span, [Some(parameters), written, body])
        } else {
            let children = [modifiers, name, Some(parameters), written, body, None];
            self.lay(Kind::Function, span, children)
        };
        let marks = [
            (kids.has(Kinds::Async), Flags::ASYNC),
            (kids.has(Kinds::Star), Flags::GENERATOR),
            (kids.has(Kinds::Get) || kids.has(Kinds::Set), Flags::ACCESSOR),
            (kids.has(Kinds::Question), Flags::OPTIONAL),
        ];
        for (_, mark) in marks.into_iter().filter(|&(is, _)| is) {
            self.build.flag(draft, mark);
        }
        draft
    }

    /// The name of a function or field; one that is computed is not taken for a name.
    fn member_name(&mut self, node: Node<'t>) -> Draft {
        match node.kind {
            Kinds::computed_property_name => self.other(node),
            _ => self.lower(node),
        }
    }

    pub(super) fn class(&mut self, node: Node<'t>, before: &[Node<'t>]) -> Draft {
        let kids = self.kids(node);
        let span = from(before, node.span());
        let modifiers = self.modifiers(&kids, before, span.start);
        let name = self.field(&kids, Fields::name);
        let at = kids
            .field(Fields::body)
            .map_or(span.end, |body| body.span().start);
        let supers = match kids.kind(Kinds::class_heritage) {
            Some(heritage) => self.supers(heritage),
            None => self.empty(Kind::Supers, at),
        };
        let body = self.field(&kids, Fields::body);
        let draft = self.lay(Kind::Class, span, [Some(modifiers), name, Some(supers), body]);
        self.build.operator(draft, Operator::Class)
    }

    /// Interfaces, enumerations, namespaces.
    fn like_a_class(&mut self, node: Node<'t>, before: &[Node<'t>]) -> Draft {
        let kids = self.kids(node);
        let span = from(before, node.span());
        let modifiers = self.modifiers(&kids, before, span.start);
        let name = self.field(&kids, Fields::name);
        let body = kids.field(Fields::body);
        let at = body.map_or(span.end, |body| body.span().start);
        let supers = match kids.kind(Kinds::extends_type_clause) {
            Some(clause) => self.gather(Kind::Supers, clause),
            None => self.empty(Kind::Supers, at),
        };
        let body = match body {
            Some(body) if node.kind == Kinds::enum_declaration => self.enumerators(body),
            Some(body) => self.lower(body),
            None => self.empty(Kind::Block, at),
        };
        let draft = self.lay(
            Kind::Class,
            span,
            [Some(modifiers), name, Some(supers), Some(body)],
        );
        let operator = match node.kind {
            Kinds::interface_declaration => Operator::Interface,
            Kinds::enum_declaration => Operator::Enumeration,
            _ => Operator::Namespace,
        };
        self.build.operator(draft, operator)
    }

    /// What a class extends and implements.
    fn supers(&mut self, node: Node<'t>) -> Draft {
        let kids = self.kids(node);
        let mut supers = Vec::new();
        for kid in kids.named() {
            match kid.kind {
                Kinds::extends_clause => {
                    let parts = self.kids(kid);
                    let mut parts = parts.named().peekable();
                    while let Some(value) = parts.next() {
                        let base = self.lower(value);
                        let arguments = parts.next_if(|part| part.kind == Kinds::type_arguments);
                        supers.push(match arguments {
                            Some(arguments) => self.generic(base, arguments),
                            None => base,
                        });
                    }
                }
                Kinds::implements_clause => {
                    let parts = self.kids(kid);
                    let types = self.lower_all(parts.named());
                    supers.extend(types);
                }
                _ => supers.push(self.lower(kid)),
            }
        }
        self.build.node(Kind::Supers, node.span(), supers)
    }

    fn generic(&mut self, base: Draft, arguments: Node<'t>) -> Draft {
        let span = Span {
            start: self.build.span(base).start,
            end: arguments.span().end,
        };
        let mut children = vec![base];
        children.extend(self.type_list(arguments));
        self.build.node(Kind::Generic, span, children)
    }

    /// Members of a class or interface, each with the decorators before it.
    fn members(&mut self, node: Node<'t>) -> Draft {
        let kids = self.kids(node);
        let mut members = Vec::new();
        let mut decorators = Vec::new();
        for kid in kids.named() {
            if kid.kind == Kinds::decorator {
                decorators.push(kid);
                continue;
            }
            let before = std::mem::take(&mut decorators);
            members.push(if before.is_empty() {
                self.lower(kid)
            } else {
                self.below(kid, |front, kid| match front.declared(kid, &before) {
                    Some(member) => member,
                    None => front.lower(kid),
                })
            });
        }
        self.build.node(Kind::Block, node.span(), members)
    }

    /// A field of a class, or a property of an interface.
    pub(super) fn member_variable(&mut self, node: Node<'t>, before: &[Node<'t>]) -> Draft {
        let kids = self.kids(node);
        let span = from(before, node.span());
        let modifiers = self.modifiers(&kids, before, span.start);
        let name = kids.field(Fields::name).or_else(|| kids.field(Fields::property));
        let name = name.map(|name| self.member_name(name));
        let written = self.field(&kids, Fields::r#type);
        let value = self.field(&kids, Fields::value);
        let draft = self.lay(Kind::Variable, span, [Some(modifiers), name, written, value]);
        let optional = kids.has(Kinds::Question);
        self.build
            .flag(draft, if optional { Flags::OPTIONAL } else { Flags::NONE })
    }

    fn enumerators(&mut self, node: Node<'t>) -> Draft {
        let kids = self.kids(node);
        let mut enumerators = Vec::new();
        for kid in kids.named() {
            let span = kid.span();
            let (name, value) = match kid.kind {
                Kinds::enum_assignment => {
                    let parts = self.kids(kid);
                    let name = self.field(&parts, Fields::name);
                    (name, self.field(&parts, Fields::value))
                }
                _ => (Some(self.lower(kid)), None),
            };
            let modifiers = self.empty(Kind::Modifiers, span.start);
            enumerators.push(self.lay(Kind::Variable, span, [Some(modifiers), name, None, value]));
        }
        self.build.node(Kind::Block, node.span(), enumerators)
    }

    /// `import x = a.b`.
    fn import_alias(&mut self, node: Node<'t>, before: &[Node<'t>]) -> Draft {
        let kids = self.kids(node);
        let span = from(before, node.span());
        let modifiers = self.modifiers(&kids, before, span.start);
        let mut named = kids.named();
        let name = named.next().map(|kid| self.lower(kid));
        let value = named.next().map(|kid| self.lower(kid));
        self.lay(Kind::Variable, span, [Some(modifiers), name, None, value])
    }

    /// Decorators and words that stand before a declaration and within it.
    pub(super) fn modifiers(
        &mut self,
        kids: &Kids<'t, super::JavaScript>,
        before: &[Node<'t>],
        at: u32,
    ) -> Draft {
        let mut modifiers = Vec::new();
        for kid in before.iter().copied().chain(kids.all()) {
            match kid.kind {
                Kinds::decorator => modifiers.push(self.lower(kid)),
                Kinds::Abstract
                | Kinds::Accessor
                | Kinds::Const
                | Kinds::Declare
                | Kinds::Get
                | Kinds::Readonly
                | Kinds::Set
                | Kinds::Static
                | Kinds::accessibility_modifier
                | Kinds::override_modifier => modifiers.push(self.leaf(Kind::Name, kid)),
                _ => {}
            }
        }
        self.enclose(Kind::Modifiers, modifiers, at)
    }
}

/// The span of a declaration with what stands before it.
fn from(before: &[Node<'_>], span: Span) -> Span {
    let start = before.first().map_or(span.start, |first| first.span().start);
    Span { start, end: span.end }
}
