//! Types of Go.

use super::{Fields, Kinds, Node, Reader};
use crate::builder::Draft;
use crate::front::Kids;
use crate::kind::{Kind, Operator};

impl<'t> Reader<'t> {
    /// Types; none for other kinds.
    pub(super) fn type_syntax(&mut self, node: Node<'t>) -> Option<Draft> {
        let span = node.span();
        Some(match node.kind {
            Kinds::qualified_type => {
                let kids = self.kids(node);
                let package = self.field(&kids, Fields::package);
                let name = self.field(&kids, Fields::name);
                self.lay(Kind::Member, span, [package, name])
            }
            Kinds::generic_type => {
                let kids = self.kids(node);
                let base = self.field(&kids, Fields::r#type);
                let mut children = Vec::from_iter(base);
                if let Some(arguments) = kids.field(Fields::type_arguments) {
                    let arguments = self.kids(arguments);
                    children.extend(arguments.named().map(|kid| self.written_type(kid)));
                }
                self.build.node(Kind::Generic, span, children)
            }
            Kinds::pointer_type => {
                let element = self.kids(node).named().next();
                let element = element.map(|kid| self.written_type(kid));
                let draft = self.lay(Kind::ArrayType, span, [element]);
                self.build.operator(draft, Operator::Dereference)
            }
            Kinds::slice_type | Kinds::array_type | Kinds::implicit_length_array_type => {
                let kids = self.kids(node);
                let element = kids.field(Fields::element).map(|kid| self.written_type(kid));
                self.lay(Kind::ArrayType, span, [element])
            }
            Kinds::map_type => self.built_in(node, Kinds::Map, &[Fields::key, Fields::value]),
            Kinds::channel_type => self.built_in(node, Kinds::Chan, &[Fields::value]),
            Kinds::parenthesized_type => {
                let inner = self.inner(node);
                inner.unwrap_or_else(|| self.build.nothing(span.end))
            }
            Kinds::type_elem => {
                let kids = self.kids(node);
                let mut types = kids.named();
                match (types.next(), types.next()) {
                    (Some(only), None) => self.lower(only),
                    _ => self.other(node),
                }
            }
            Kinds::function_type => {
                let kids = self.kids(node);
                let parameters = kids.field(Fields::parameters).map(|kid| self.parameters(kid));
                let result = self.result(&kids);
                let draft = self.lay(Kind::Other, span, [parameters, result]);
                self.build.name(draft, "function_type")
            }
            Kinds::struct_type | Kinds::interface_type => {
                let (supers, members) = self.members(node);
                let draft = self.lay(Kind::Other, span, [Some(supers), Some(members)]);
                self.build.name(draft, node.node.kind())
            }
            _ => return None,
        })
    }

    /// A type as written.
    pub(super) fn written_type(&mut self, node: Node<'t>) -> Draft {
        let inner = self.lower(node);
        self.build.node(Kind::Type, node.span(), vec![inner])
    }

    /// A type or list of results; none where nothing is returned.
    pub(super) fn result(&mut self, kids: &Kids<'t, super::Go>) -> Option<Draft> {
        let result = kids.field(Fields::result)?;
        let inner = match result.kind {
            Kinds::parameter_list => {
                let parameters = self.parameters_of(result);
                let draft = self.build.node(Kind::Other, result.span(), parameters);
                self.build.name(draft, "parameter_list")
            }
            _ => self.lower(result),
        };
        Some(self.build.node(Kind::Type, result.span(), vec![inner]))
    }

    /// `map[K]V` and `chan T`.
    fn built_in(&mut self, node: Node<'t>, word: Kinds, parts: &[Fields]) -> Draft {
        let kids = self.kids(node);
        let base = kids.kind(word).map(|word| self.leaf(Kind::Name, word));
        let mut children = Vec::from_iter(base);
        for &part in parts {
            children.extend(kids.field(part).map(|kid| self.written_type(kid)));
        }
        self.build.node(Kind::Generic, node.span(), children)
    }
}
