//! Types of TypeScript.

use super::{Fields, Kinds, Node, Script};
use crate::builder::Draft;
use crate::kind::Kind;

impl<'t> Script<'t> {
    /// Types, and what is written around them; none for other kinds.
    pub(super) fn type_syntax(&mut self, node: Node<'t>) -> Option<Draft> {
        let span = node.span();
        Some(match node.kind {
            Kinds::type_annotation
            | Kinds::opting_type_annotation
            | Kinds::omitting_type_annotation
            | Kinds::adding_type_annotation => {
                let inner = self.kids(node).named().next();
                let inner = inner.map(|inner| self.lower(inner));
                let inner = inner.unwrap_or_else(|| self.build.nothing(span.end));
                let span = self.build.span(inner);
                self.build.node(Kind::Type, span, vec![inner])
            }
            Kinds::asserts_annotation | Kinds::type_predicate_annotation => {
                let inner = self.inner(node);
                self.lay(Kind::Type, span, [inner])
            }
            Kinds::generic_type => {
                let kids = self.kids(node);
                let base = self.field(&kids, Fields::name);
                let mut children = Vec::from_iter(base);
                if let Some(arguments) = kids.kind(Kinds::type_arguments) {
                    children.extend(self.type_list(arguments));
                }
                self.build.node(Kind::Generic, span, children)
            }
            Kinds::array_type => {
                let element = self.kids(node).named().next();
                let element = element.map(|element| self.written_type(element));
                self.lay(Kind::ArrayType, span, [element])
            }
            Kinds::readonly_type | Kinds::parenthesized_type | Kinds::literal_type => {
                let inner = self.inner(node);
                inner.unwrap_or_else(|| self.build.nothing(span.end))
            }
            Kinds::union_type | Kinds::intersection_type => {
                let mut members = Vec::new();
                self.type_members(node, &mut members);
                let draft = self.build.node(Kind::Other, span, members);
                self.build.name(draft, node.node.kind())
            }
            Kinds::property_signature => self.member_variable(node, &[]),
            _ => return None,
        })
    }

    /// Members of a union or intersection side by side: the grammar nests them to the left, one level a member.
    fn type_members(&mut self, node: Node<'t>, into: &mut Vec<Draft>) {
        let mut rest = Vec::new();
        let mut next = Some(node);
        while let Some(list) = next.filter(|next| next.kind == node.kind) {
            let kids = self.kids(list);
            let mut named: Vec<_> = kids.named().collect();
            next = (!named.is_empty()).then(|| named.remove(0));
            rest.extend(named.into_iter().rev());
        }
        rest.extend(next);
        for member in rest.into_iter().rev() {
            into.push(self.lower(member));
        }
    }

    /// A type as written, where the grammar puts nothing around it.
    pub(super) fn written_type(&mut self, node: Node<'t>) -> Draft {
        let inner = self.lower(node);
        self.build.node(Kind::Type, node.span(), vec![inner])
    }

    /// Each type of a list in angle brackets.
    pub(super) fn type_list(&mut self, node: Node<'t>) -> Vec<Draft> {
        let kids = self.kids(node);
        kids.named().map(|kid| self.written_type(kid)).collect()
    }
}
