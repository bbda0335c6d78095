//! Types of Java as written.

use super::{Fields, Java, Kinds};
use crate::ast::Span;
use crate::builder::Draft;
use crate::front::{Child, Front, Kids};
use crate::kind::Kind;

type Node<'t> = Child<'t, Java>;

impl<'t> Front<'t, Java> {
    /// What a type is made of, without the [`Kind::Type`] around it; none for other kinds.
    pub(super) fn written_type(&mut self, child: Node<'t>) -> Option<Draft> {
        let span = child.span();
        Some(match child.kind {
            Kinds::type_identifier
            | Kinds::integral_type
            | Kinds::floating_point_type
            | Kinds::boolean_type
            | Kinds::void_type => self.leaf(Kind::Name, child),
            Kinds::scoped_type_identifier => {
                let kids = self.kids(child);
                let mut parts = kids.named().filter(|kid| !is_annotation(kid.kind));
                let object = self.lower_or_nothing(parts.next(), span.start);
                let name = self.lower_or_nothing(parts.next(), span.end);
                self.build.node(Kind::Member, span, vec![object, name])
            }
            Kinds::generic_type => {
                let kids = self.kids(child);
                let base = self.lower_or_nothing(kids.named().next(), span.start);
                let mut children = vec![base];
                if let Some(arguments) = kids.kind(Kinds::type_arguments) {
                    let below = self.kids(arguments);
                    for argument in below.named().filter(|kid| !is_annotation(kid.kind)) {
                        children.push(self.type_of(argument));
                    }
                }
                self.build.node(Kind::Generic, span, children)
            }
            Kinds::array_type => {
                let kids = self.kids(child);
                let element = self.field_or_nothing(&kids, Fields::element, span.start);
                let dimensions = self.dimensions(&kids);
                self.array_of(element, dimensions, span)
            }
            Kinds::annotated_type => {
                let kids = self.kids(child);
                let inner = kids.named().find(|kid| !is_annotation(kid.kind));
                self.lower_or_nothing(inner, span.end)
            }
            Kinds::superclass => {
                let kids = self.kids(child);
                match kids.named().next() {
                    Some(inner) => self.type_of(inner),
                    None => self.build.nothing(span.end),
                }
            }
            _ => return None,
        })
    }

    /// A type, in a [`Kind::Type`].
    pub(super) fn type_of(&mut self, child: Node<'t>) -> Draft {
        let inner = self.lower(child);
        self.build.node(Kind::Type, child.span(), vec![inner])
    }

    /// The type among the fields of a declaration, with the brackets that stand behind the name; nothing when there is none.
    pub(super) fn declared(&mut self, kids: &Kids<'t, Java>, at: u32) -> Draft {
        let dimensions = self.dimensions(kids);
        let declared = kids.field(Fields::r#type);
        self.declared_as(declared, dimensions, at)
    }

    /// A type with so many more dimensions; nothing, at byte `at`, when there is none.
    pub(super) fn declared_as(&mut self, child: Option<Node<'t>>, dimensions: usize, at: u32) -> Draft {
        let Some(child) = child else {
            return self.build.nothing(at);
        };
        let inner = self.lower(child);
        let inner = self.array_of(inner, dimensions, child.span());
        self.build.node(Kind::Type, child.span(), vec![inner])
    }

    /// How many pairs of brackets the field `dimensions` has.
    pub(super) fn dimensions(&mut self, kids: &Kids<'t, Java>) -> usize {
        let Some(dimensions) = kids.all().rfind(|kid| kid.kind == Kinds::dimensions) else {
            return 0;
        };
        let below = self.kids(dimensions);
        below.all().filter(|kid| kid.kind == Kinds::Open).count()
    }

    /// Arrays of arrays of `element`.
    pub(super) fn array_of(&mut self, element: Draft, dimensions: usize, span: Span) -> Draft {
        let mut whole = element;
        for _ in 0..dimensions.min(MAX_DIMENSIONS) {
            whole = self.build.node(Kind::ArrayType, span, vec![whole]);
        }
        whole
    }

    /// Types in a list, as [`Kind::Type`]s.
    pub(super) fn type_list(&mut self, child: Node<'t>, into: &mut Vec<Draft>) {
        let kids = self.kids(child);
        for kid in kids.named() {
            if kid.kind == Kinds::type_list {
                let below = self.kids(kid);
                for each in below.named() {
                    into.push(self.type_of(each));
                }
            } else {
                into.push(self.type_of(kid));
            }
        }
    }
}

/// What the virtual machine allows.
const MAX_DIMENSIONS: usize = 255;

pub(super) fn is_annotation(kind: Kinds) -> bool {
    matches!(kind, Kinds::annotation | Kinds::marker_annotation)
}
