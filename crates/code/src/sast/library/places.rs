//! Arguments of calls by their positions, constants, and the conditions that models put on them.

use super::meaning::Meaning;
use bartizan_content::flow::{Conditions, Position};
use bartizan_syntax::{Kind, NodeId, Operator};
use std::borrow::Cow;
use std::collections::BTreeSet;

/// How far names of constants are followed.
const MOST_NAMES: usize = 8;
/// Values that one expression may have, at most, to be looked at.
const MOST_VALUES: usize = 32;

impl Meaning<'_> {
    /// The expressions at a position of a call. A field or element of what is no literal is the whole argument when the position is a number.
    pub(super) fn at(&self, call: NodeId, position: &Position) -> Vec<NodeId> {
        match position {
            Position::Argument(at) => self.plain(call).nth(*at as usize).into_iter().collect(),
            Position::From(at) => self.plain(call).skip(*at as usize).collect(),
            Position::Named(name) => self.named(call, name).into_iter().collect(),
            Position::Receiver => self.receiver(call).into_iter().collect(),
            Position::Result => vec![call],
            Position::Field(at, field) => {
                let argument = self.plain(call).nth(*at as usize);
                argument
                    .and_then(|argument| self.field(argument, field))
                    .into_iter()
                    .collect()
            }
        }
    }

    /// Arguments by place.
    pub(super) fn plain(&self, call: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        let arguments = self
            .ast
            .child(call, 1)
            .map_or(&[][..], |arguments| self.ast.children(arguments));
        arguments
            .iter()
            .copied()
            .filter(|&argument| self.ast.kind(argument) != Kind::Keyword)
    }

    fn named(&self, call: NodeId, name: &str) -> Option<NodeId> {
        let arguments = self.ast.children(self.ast.child(call, 1)?);
        let named = arguments.iter().find(|&&argument| {
            self.ast.kind(argument) == Kind::Keyword
                && self
                    .ast
                    .child(argument, 0)
                    .is_some_and(|key| self.ast.text(key) == name)
        });
        self.ast.child(*named?, 1)
    }

    /// What a method is called on.
    pub(super) fn receiver(&self, call: NodeId) -> Option<NodeId> {
        let callee = self.ast.child(call, 0)?;
        (self.ast.kind(callee) == Kind::Member).then(|| self.ast.child(callee, 0))?
    }

    fn field(&self, argument: NodeId, field: &str) -> Option<NodeId> {
        let literal = self.literal(argument);
        match self.ast.kind(literal) {
            Kind::Map | Kind::Composite => {
                let mut entries = self.ast.children(literal).iter();
                let entry = entries.find(|&&entry| {
                    self.ast.kind(entry) == Kind::Pair
                        && self
                            .ast
                            .child(entry, 0)
                            .is_some_and(|key| self.ast.text(key) == field)
                });
                self.ast.child(*entry?, 1)
            }
            Kind::List | Kind::Tuple => {
                let place: usize = field.parse().ok()?;
                let written = self.ast.children(literal).len();
                self.ast
                    .child(literal, place)
                    .or_else(|| self.appended(argument, place.checked_sub(written)?))
            }
            _ => field.parse::<u32>().is_ok().then_some(argument),
        }
    }

    /// What is put at the end of a list that a name stands for: the one at this place, in the order of the text.
    fn appended(&self, list: NodeId, place: usize) -> Option<NodeId> {
        let declaration = self.declaration(list)?;
        let is_append = |&call: &NodeId| {
            let callee = self
                .ast
                .child(call, 0)
                .filter(|&callee| self.ast.kind(callee) == Kind::Member);
            let name = callee.and_then(|callee| self.ast.child(callee, 1));
            let object = callee.and_then(|callee| self.ast.child(callee, 0));
            name.is_some_and(|name| matches!(self.ast.text(name), "append" | "push" | "add"))
                && object.is_some_and(|object| self.declaration(object) == Some(declaration))
        };
        let around = self
            .ast
            .ancestors(list)
            .find(|&above| matches!(self.ast.kind(above), Kind::Function | Kind::Lambda | Kind::Module))?;
        let calls = self
            .ast
            .subtree(around)
            .filter(|&id| self.ast.kind(id) == Kind::Call)
            .filter(is_append);
        calls.filter_map(|call| self.plain(call).next()).nth(place)
    }

    /// The literal that a name stands for, or the node itself.
    pub(super) fn literal(&self, node: NodeId) -> NodeId {
        let value = (self.ast.kind(node) == Kind::Name)
            .then(|| self.value_of(self.declaration(node)?))
            .flatten();
        value.unwrap_or(node)
    }

    /// The text of the constant that an expression is.
    pub(super) fn constant(&self, node: NodeId) -> Option<Cow<'_, str>> {
        self.constant_within(node, MOST_NAMES)
    }

    fn constant_within(&self, node: NodeId, steps: usize) -> Option<Cow<'_, str>> {
        if steps == 0 {
            return None;
        }
        match self.ast.kind(node) {
            Kind::Str | Kind::Number | Kind::Bool | Kind::Null => Some(Cow::Borrowed(self.ast.text(node))),
            Kind::Name => {
                let value = self.value_of(self.declaration(node)?)?;
                self.constant_within(value, steps - 1)
            }
            Kind::Binary if self.ast.node(node).operator == Operator::Plus => {
                let left = self.constant_within(self.ast.child(node, 0)?, steps - 1)?;
                let right = self.constant_within(self.ast.child(node, 1)?, steps - 1)?;
                Some(Cow::Owned(format!("{left}{right}")))
            }
            _ => None,
        }
    }

    /// Every constant that an expression may be, wherever its variables get their values; none where it may be something else, too.
    pub(super) fn constants(&self, node: NodeId) -> Option<Vec<Cow<'_, str>>> {
        let mut found = Vec::new();
        let mut todo = vec![node];
        let mut seen = BTreeSet::new();
        while let Some(node) = todo.pop() {
            if !seen.insert(node) {
                continue;
            }
            if seen.len() > MOST_VALUES {
                return None;
            }
            if self.ast.kind(node) == Kind::Name {
                let mut declarations = self.declarations(node).peekable();
                declarations.peek()?;
                for declaration in declarations {
                    todo.push(self.value_of(declaration)?);
                }
            } else {
                found.push(self.constant(node)?);
            }
        }
        Some(found)
    }

    /// Whether the arguments of a call are what a model says that they must be.
    pub(super) fn holds(&self, call: NodeId, conditions: &Conditions) -> bool {
        conditions
            .iter()
            .all(|(position, values)| self.is_one_of(call, position, values))
    }

    /// Whether any argument is what a model says that it must not be.
    pub(super) fn any_holds(&self, call: NodeId, conditions: &Conditions) -> bool {
        conditions
            .iter()
            .any(|(position, values)| self.is_one_of(call, position, values))
    }

    fn is_one_of(&self, call: NodeId, position: &Position, values: &[String]) -> bool {
        let Some(&node) = self.at(call, position).first() else {
            return values.iter().any(|value| value == "absent");
        };
        values
            .iter()
            .any(|value| match (value.as_str(), value.strip_prefix("type:")) {
                ("present", _) => true,
                ("absent", _) => false,
                ("constant", _) => self.constant(node).is_some(),
                (_, Some(class)) => self.type_of(node).is_some_and(|found| {
                    *found == *class || self.models.above(&found).iter().any(|above| above == class)
                }),
                (text, None) => {
                    self.constant(node).is_some_and(|constant| constant == text)
                        || self.qualified(node).iter().any(|name| name == text)
                }
            })
    }
}
