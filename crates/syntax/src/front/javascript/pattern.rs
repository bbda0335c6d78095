//! What is assigned to: targets that take a value apart, and parameters.

use super::{Fields, Kinds, Node, Script};
use crate::ast::Flags;
use crate::builder::Draft;
use crate::kind::{Kind, Operator};

impl<'t> Script<'t> {
    /// Targets that take a value apart; none for other kinds.
    pub(super) fn pattern(&mut self, node: Node<'t>) -> Option<Draft> {
        let span = node.span();
        Some(match node.kind {
            Kinds::array_pattern => {
                let elements = self.elements(node);
                let draft = self.build.node(Kind::Destructure, span, elements);
                self.build.operator(draft, Operator::List)
            }
            Kinds::object_pattern => self.object_pattern(node),
            Kinds::assignment_pattern => {
                let kids = self.kids(node);
                let target = self.field(&kids, Fields::left);
                let default = self.field(&kids, Fields::right);
                self.lay(Kind::Assign, span, [target, default])
            }
            Kinds::rest_pattern => {
                let target = self.inner(node);
                let draft = self.lay(Kind::Spread, span, [target]);
                self.build.operator(draft, Operator::Times)
            }
            Kinds::formal_parameters => self.parameters(node),
            _ => return None,
        })
    }

    fn object_pattern(&mut self, node: Node<'t>) -> Draft {
        let kids = self.kids(node);
        let mut entries = Vec::new();
        for kid in kids.named() {
            let entry = match kid.kind {
                Kinds::pair_pattern => {
                    let parts = self.kids(kid);
                    let key = parts.field(Fields::key).map(|key| self.key(key));
                    let target = self.field(&parts, Fields::value);
                    self.lay(Kind::Pair, kid.span(), [key, target])
                }
                Kinds::shorthand_property_identifier_pattern => self.shorthand(kid, None),
                Kinds::object_assignment_pattern => self.defaulted_entry(kid),
                _ => self.lower(kid),
            };
            entries.push(entry);
        }
        let draft = self.build.node(Kind::Destructure, node.span(), entries);
        self.build.operator(draft, Operator::Map)
    }

    /// `{x = 1}`.
    fn defaulted_entry(&mut self, node: Node<'t>) -> Draft {
        let kids = self.kids(node);
        let default = self.field(&kids, Fields::right);
        match (kids.field(Fields::left), default) {
            (Some(left), Some(default)) if left.kind == Kinds::shorthand_property_identifier_pattern => {
                self.shorthand(left, Some((default, node.span())))
            }
            (left, default) => {
                let target = left.map(|left| self.lower(left));
                self.lay(Kind::Assign, node.span(), [target, default])
            }
        }
    }

    fn parameters(&mut self, node: Node<'t>) -> Draft {
        let kids = self.kids(node);
        let parameters = kids.named().map(|kid| self.parameter(kid)).collect();
        self.build.node(Kind::Params, node.span(), parameters)
    }

    /// One parameter, in the words of either grammar.
    pub(super) fn parameter(&mut self, node: Node<'t>) -> Draft {
        let span = node.span();
        let (modifiers, target, written, default, optional) = match node.kind {
            Kinds::required_parameter | Kinds::optional_parameter => {
                let kids = self.kids(node);
                let modifiers = self.modifiers(&kids, &[], span.start);
                let target = kids.field(Fields::pattern).or_else(|| kids.field(Fields::name));
                let written = self.field(&kids, Fields::r#type);
                let default = self.field(&kids, Fields::value);
                (
                    modifiers,
                    target,
                    written,
                    default,
                    node.kind == Kinds::optional_parameter,
                )
            }
            Kinds::assignment_pattern => {
                let kids = self.kids(node);
                let default = self.field(&kids, Fields::right);
                let modifiers = self.empty(Kind::Modifiers, span.start);
                (modifiers, kids.field(Fields::left), None, default, false)
            }
            _ if node.is_error() => return self.lower(node),
            _ => (
                self.empty(Kind::Modifiers, span.start),
                Some(node),
                None,
                None,
                false,
            ),
        };
        let rest = target.filter(|target| target.kind == Kinds::rest_pattern);
        let target = match rest {
            Some(rest) => self.inner(rest),
            None => target.map(|target| self.lower(target)),
        };
        let draft = self.lay(Kind::Param, span, [Some(modifiers), target, written, default]);
        self.build
            .flag(draft, if optional { Flags::OPTIONAL } else { Flags::NONE });
        let operator = if rest.is_some() {
            Operator::Times
        } else {
            Operator::None
        };
        self.build.operator(draft, operator)
    }
}
