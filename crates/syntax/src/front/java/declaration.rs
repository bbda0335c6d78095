//! Declarations of Java: types, methods, fields, imports.

use super::types::is_annotation;
use super::{Fields, Java, Kinds};
use crate::ast::{Flags, Span};
use crate::builder::Draft;
use crate::front::{Child, Front, Kids};
use crate::kind::{Kind, Operator};

type Node<'t> = Child<'t, Java>;

impl<'t> Front<'t, Java> {
    /// A declaration; none for other kinds.
    pub(super) fn declaration(&mut self, child: Node<'t>) -> Option<Draft> {
        let span = child.span();
        Some(match child.kind {
            Kinds::class_declaration => self.class(child, Operator::Class),
            Kinds::interface_declaration | Kinds::annotation_type_declaration => {
                self.class(child, Operator::Interface)
            }
            Kinds::enum_declaration => self.class(child, Operator::Enumeration),
            Kinds::record_declaration => self.class(child, Operator::Record),
            Kinds::method_declaration
            | Kinds::constructor_declaration
            | Kinds::compact_constructor_declaration => self.function(child),
            Kinds::annotation_type_element_declaration => self.variable_of(child),
            Kinds::enum_constant => self.constant(child),
            Kinds::static_initializer => {
                let block = self.lower_first(child);
                self.build.name(block, "static")
            }
            Kinds::package_declaration => {
                let kids = self.kids(child);
                let name = kids.named().find(|kid| !is_annotation(kid.kind));
                let path = match name {
                    Some(name) => self.leaf(Kind::Path, name),
                    None => self.build.leaf(Kind::Path, Span::empty(span.end), ""),
                };
                self.build.node(Kind::Package, span, vec![path])
            }
            Kinds::import_declaration => self.import(child),
            Kinds::marker_annotation | Kinds::annotation => self.annotation(child),
            Kinds::formal_parameter | Kinds::spread_parameter => self.parameter(child),
            Kinds::formal_parameters => self.parameters(child),
            _ => return None,
        })
    }

    /// The variables of a declaration, one by one; the second and later ones repeat modifiers and type.
    pub(super) fn variables(&mut self, child: Node<'t>, into: &mut Vec<Draft>) {
        let kids = self.kids(child);
        let whole = child.span();
        let count = kids.fields(Fields::declarator).count();
        for (position, declarator) in kids.fields(Fields::declarator).enumerate() {
            let below = self.kids(declarator);
            let span = match (position, count) {
                (0, 1) => whole,
                (0, _) => Span {
                    start: whole.start,
                    end: declarator.span().end,
                },
                _ => declarator.span(),
            };
            let modifiers = self.modifiers(&kids, span.start);
            let dimensions = self.dimensions(&below);
            let declared = self.declared_as(kids.field(Fields::r#type), dimensions, span.start);
            if position > 0 {
                self.build.flag(modifiers, Flags::IMPLIED);
                self.build.flag(declared, Flags::IMPLIED);
            }
            let name = self.field_or_nothing(&below, Fields::name, declarator.span().start);
            let value = self.field_or_nothing(&below, Fields::value, declarator.span().end);
            let children = vec![modifiers, name, declared, value];
            into.push(self.build.node(Kind::Variable, span, children));
        }
    }

    /// Modifiers and annotations; without any, an empty node at byte `at`.
    pub(super) fn modifiers(&mut self, kids: &Kids<'t, Java>, at: u32) -> Draft {
        let Some(list) = kids.kind(Kinds::modifiers) else {
            return self.build.node(Kind::Modifiers, Span::empty(at), Vec::new());
        };
        let below = self.kids(list);
        let mut children = Vec::new();
        for kid in below.all() {
            let draft = if kid.named {
                self.lower(kid)
            } else {
                self.leaf(Kind::Name, kid)
            };
            children.push(draft);
        }
        self.build.node(Kind::Modifiers, list.span(), children)
    }

    /// Parameters of a method; the receiver, which only carries annotations, is none.
    pub(super) fn parameters(&mut self, child: Node<'t>) -> Draft {
        let kids = self.kids(child);
        let parameters = kids.named().filter(|kid| kid.kind != Kinds::receiver_parameter);
        let parameters = self.lower_all(parameters);
        self.build.node(Kind::Params, child.span(), parameters)
    }

    /// A parameter of a lambda that is a name alone.
    pub(super) fn untyped_parameter(&mut self, child: Node<'t>) -> Draft {
        let span = child.span();
        let start = Span::empty(span.start);
        let modifiers = self.build.node(Kind::Modifiers, start, Vec::new());
        let name = self.lower(child);
        let declared = self.build.nothing(span.end);
        let value = self.build.nothing(span.end);
        let children = vec![modifiers, name, declared, value];
        self.build.node(Kind::Param, span, children)
    }

    fn parameter(&mut self, child: Node<'t>) -> Draft {
        let kids = self.kids(child);
        let span = child.span();
        let modifiers = self.modifiers(&kids, span.start);
        let (name, declared) = if child.kind == Kinds::spread_parameter {
            let declarator = kids.kind(Kinds::variable_declarator);
            let below = declarator.map(|declarator| self.kids(declarator));
            let name = below.and_then(|below| below.field(Fields::name));
            let name = self.lower_or_nothing(name, span.end);
            let skipped = |kid: &Node<'t>| {
                is_annotation(kid.kind) || matches!(kid.kind, Kinds::modifiers | Kinds::variable_declarator)
            };
            let declared = kids.named().find(|kid| !skipped(kid));
            (name, self.declared_as(declared, 0, span.start))
        } else {
            let name = self.field_or_nothing(&kids, Fields::name, span.end);
            (name, self.declared(&kids, span.start))
        };
        let value = self.build.nothing(span.end);
        let children = vec![modifiers, name, declared, value];
        let draft = self.build.node(Kind::Param, span, children);
        if child.kind == Kinds::spread_parameter {
            return self.build.operator(draft, Operator::Times);
        }
        draft
    }

    fn annotation(&mut self, child: Node<'t>) -> Draft {
        let kids = self.kids(child);
        let span = child.span();
        let name = self.field_or_nothing(&kids, Fields::name, span.end);
        let inner = if child.kind == Kinds::annotation {
            let arguments = self.arguments(&kids, span.end);
            let place = Span {
                start: self.build.span(name).start,
                end: span.end,
            };
            self.build.node(Kind::Call, place, vec![name, arguments])
        } else {
            name
        };
        self.build.node(Kind::Annotation, span, vec![inner])
    }

    /// `import a.b.C` names one thing; `import a.b.*` and `import static a.B.c` take names from one.
    fn import(&mut self, child: Node<'t>) -> Draft {
        let kids = self.kids(child);
        let span = child.span();
        let nothing_at = Span::empty(span.end);
        let Some(name) = kids.named().next() else {
            return self.other(child);
        };
        if let Some(star) = kids.kind(Kinds::asterisk) {
            let path = self.leaf(Kind::Path, name);
            let all = self.leaf(Kind::Name, star);
            let alias = self.build.nothing(star.span().end);
            let item = self.build.node(Kind::ImportItem, star.span(), vec![all, alias]);
            return self.build.node(Kind::ImportFrom, span, vec![path, item]);
        }
        let alias = self.build.nothing(name.span().end);
        if !kids.has(Kinds::Static) {
            let path = self.leaf(Kind::Path, name);
            return self.build.node(Kind::Import, span, vec![path, alias]);
        }
        let below = self.kids(name);
        let mut parts = below.named();
        let (path, member) = match (parts.next(), parts.next()) {
            (Some(scope), Some(member)) => (self.leaf(Kind::Path, scope), member),
            _ => (self.build.leaf(Kind::Path, nothing_at, ""), name),
        };
        let imported = self.leaf(Kind::Name, member);
        let item = self
            .build
            .node(Kind::ImportItem, member.span(), vec![imported, alias]);
        self.build.node(Kind::ImportFrom, span, vec![path, item])
    }

    fn class(&mut self, child: Node<'t>, operator: Operator) -> Draft {
        let kids = self.kids(child);
        let span = child.span();
        let modifiers = self.modifiers(&kids, span.start);
        let name = self.field_or_nothing(&kids, Fields::name, span.start);
        let end = self.build.span(name).end;
        let mut place = Span { start: end, end };
        let mut supers = Vec::new();
        for kid in kids.named() {
            let taken = match kid.kind {
                Kinds::superclass => {
                    supers.push(self.lower(kid));
                    true
                }
                Kinds::super_interfaces | Kinds::extends_interfaces => {
                    self.type_list(kid, &mut supers);
                    true
                }
                _ => false,
            };
            if taken {
                place.start = if place.start == end {
                    kid.span().start
                } else {
                    place.start
                };
                place.end = kid.span().end;
            }
        }
        let supers = self.build.node(Kind::Supers, place, supers);
        let mut members = Vec::new();
        if let Some(components) = kids.field(Fields::parameters) {
            self.components(components, &mut members);
        }
        let block = match kids.field(Fields::body) {
            Some(body) => {
                members.extend(self.statements(body));
                self.build.node(Kind::Block, body.span(), members)
            }
            None => self.build.node(Kind::Block, Span::empty(span.end), members),
        };
        let children = vec![modifiers, name, supers, block];
        let draft = self.build.node(Kind::Class, span, children);
        self.build.operator(draft, operator)
    }

    /// The components of a record, as the fields that they make.
    fn components(&mut self, child: Node<'t>, into: &mut Vec<Draft>) {
        let kids = self.kids(child);
        for kid in kids.named() {
            let draft = self.variable_of(kid);
            into.push(self.build.flag(draft, Flags::IMPLIED));
        }
    }

    /// A variable from the fields `type`, `name` and `value`.
    fn variable_of(&mut self, child: Node<'t>) -> Draft {
        let kids = self.kids(child);
        let span = child.span();
        let modifiers = self.modifiers(&kids, span.start);
        let declared = self.declared(&kids, span.start);
        let name = self.field_or_nothing(&kids, Fields::name, span.end);
        let value = self.field_or_nothing(&kids, Fields::value, span.end);
        let children = vec![modifiers, name, declared, value];
        self.build.node(Kind::Variable, span, children)
    }

    /// A constant of an enumeration: a variable that holds an object when it has arguments or a body.
    fn constant(&mut self, child: Node<'t>) -> Draft {
        let kids = self.kids(child);
        let span = child.span();
        let modifiers = self.modifiers(&kids, span.start);
        let name = self.field_or_nothing(&kids, Fields::name, span.start);
        let at = self.build.span(name).end;
        let declared = self.build.nothing(at);
        let body = kids.field(Fields::body);
        let value = if body.is_some() || kids.field(Fields::arguments).is_some() {
            let created = self.build.nothing(at);
            let arguments = self.arguments(&kids, at);
            let body = match body {
                Some(body) => self.block(body),
                None => self.build.nothing(span.end),
            };
            let place = Span {
                start: at,
                end: span.end,
            };
            let parts = vec![created, arguments, body];
            self.build.node(Kind::New, place, parts)
        } else {
            self.build.nothing(span.end)
        };
        let children = vec![modifiers, name, declared, value];
        self.build.node(Kind::Variable, span, children)
    }

    /// A method or constructor; a compact constructor has the parameters of its record, which it does not repeat.
    fn function(&mut self, child: Node<'t>) -> Draft {
        let kids = self.kids(child);
        let span = child.span();
        let modifiers = self.modifiers(&kids, span.start);
        let declared = self.declared(&kids, span.start);
        let name = self.field_or_nothing(&kids, Fields::name, span.start);
        let at = self.build.span(name).end;
        let parameters = match kids.field(Fields::parameters) {
            Some(list) => self.parameters(list),
            None => self.build.node(Kind::Params, Span::empty(at), Vec::new()),
        };
        let block = match kids.field(Fields::body) {
            Some(body) => self.block(body),
            None => self.build.nothing(span.end),
        };
        let receiver = self.build.nothing(span.end);
        let children = vec![modifiers, name, parameters, declared, block, receiver];
        self.build.node(Kind::Function, span, children)
    }
}
