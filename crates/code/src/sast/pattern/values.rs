//! What variables stand for where they are used: the expression that was last assigned, constants, and declared types.
//!
//! A use has a value when one assignment decides it: the only one of the variable in its scope, or the last one before the use in a block
//! that holds the use, with none in between that may or may not happen. Everything else is unknown.

use bartizan_syntax::{Ast, Kind, NodeId, Operator};
use std::collections::HashMap;

/// Names that are followed from one to the next, at most.
const FOLLOWED: usize = 24;
/// Bytes of a constant text at most.
const LONGEST: usize = 16 << 10;

/// A value known before the program runs.
#[derive(Clone, Debug, PartialEq)]
pub enum Constant {
    /// A text.
    Text(String),
    /// An integer.
    Integer(i128),
    /// Any other number.
    Float(f64),
    /// A truth.
    Bool(bool),
}

/// One place where a variable gets a value.
#[derive(Clone, Copy, Debug)]
struct Definition {
    /// The node that says so.
    at: NodeId,
    /// The end of it in preorder: what comes later sees the new value.
    value: Option<NodeId>,
    kind: Option<NodeId>,
    /// The block in which it happens.
    block: NodeId,
}

/// What is known of the variables of a file.
#[derive(Debug, Default)]
pub struct Values {
    /// Definitions by scope and name, in preorder.
    definitions: HashMap<(NodeId, Box<str>), Vec<Definition>>,
    /// For each node, the innermost function, class or module that holds it.
    scopes: Vec<NodeId>,
}

impl Values {
    /// Collects the definitions of a file.
    #[must_use]
    pub fn new(ast: &Ast, _expressions: &[bool]) -> Self {
        let mut values = Self {
            definitions: HashMap::new(),
            scopes: scopes(ast),
        };
        for id in ast.ids() {
            values.collect(ast, id);
        }
        values
    }

    /// The innermost function, class or module that holds a node.
    #[must_use]
    pub fn scope(&self, id: NodeId) -> NodeId {
        self.scopes.get(id.index()).copied().unwrap_or(NodeId::ROOT)
    }

    fn define(
        &mut self,
        ast: &Ast,
        scope: NodeId,
        name: NodeId,
        at: NodeId,
        value: Option<NodeId>,
        kind: Option<NodeId>,
    ) {
        if ast.kind(name) != Kind::Name {
            return;
        }
        let block = ast
            .ancestors(at)
            .skip(1)
            .find(|&above| {
                matches!(
                    ast.kind(above),
                    Kind::Block | Kind::Module | Kind::Function | Kind::Lambda | Kind::Class
                )
            })
            .unwrap_or(NodeId::ROOT);
        self.definitions
            .entry((scope, ast.text(name).into()))
            .or_default()
            .push(Definition {
                at,
                value,
                kind,
                block,
            });
    }

    fn collect(&mut self, ast: &Ast, id: NodeId) {
        let scope = self.scope(id);
        let child = |position| ast.child(id, position);
        match ast.kind(id) {
            Kind::Variable => {
                let (value, kind) = (child(3), child(2));
                self.target(ast, scope, child(1), id, value, kind);
            }
            Kind::Assign => {
                let plain = ast.node(id).operator == Operator::None;
                let value = child(1).filter(|_| plain);
                let scope = child(0).map_or(scope, |target| self.assigned_scope(ast, scope, target));
                self.target(ast, scope, child(0), id, value, None);
            }
            Kind::Update => self.target(ast, scope, child(0), id, None, None),
            Kind::Param => self.target(ast, scope, child(1), id, None, child(2)),
            Kind::ForEach | Kind::ForClause => self.target(ast, scope, child(0), id, None, None),
            Kind::Catch => self.target(ast, scope, child(1), id, None, child(0)),
            Kind::WithItem => self.target(ast, scope, child(1), id, None, None),
            Kind::Function | Kind::Class => {
                let outer = ast.parent(id).map_or(NodeId::ROOT, |parent| self.scope(parent));
                self.target(ast, outer, child(1), id, None, None);
            }
            _ => {}
        }
    }

    /// The scope whose variable an assignment sets: where it is defined already in a language with declarations, else the innermost one.
    fn assigned_scope(&self, ast: &Ast, scope: NodeId, target: NodeId) -> NodeId {
        if ast.language() == bartizan_syntax::Language::Python || ast.kind(target) != Kind::Name {
            return scope;
        }
        let mut at = scope;
        loop {
            if self.definitions.contains_key(&(at, ast.text(target).into())) {
                return at;
            }
            match ast.parent(at) {
                Some(parent) => at = self.scope(parent),
                None => return scope,
            }
        }
    }

    fn target(
        &mut self,
        ast: &Ast,
        scope: NodeId,
        target: Option<NodeId>,
        at: NodeId,
        value: Option<NodeId>,
        kind: Option<NodeId>,
    ) {
        let Some(target) = target else {
            return;
        };
        match ast.kind(target) {
            Kind::Name => self.define(ast, scope, target, at, value, kind),
            Kind::Tuple | Kind::Destructure | Kind::List => self.targets(ast, scope, target, at, value),
            _ => {}
        }
    }

    /// Targets in a row: each has its value where the values are written in a row, too.
    fn targets(&mut self, ast: &Ast, scope: NodeId, target: NodeId, at: NodeId, value: Option<NodeId>) {
        let names = ast.children(target);
        let values = value
            .filter(|&value| matches!(ast.kind(value), Kind::Tuple | Kind::List))
            .map(|value| ast.children(value))
            .filter(|values| values.len() == names.len());
        for (index, &name) in names.iter().enumerate() {
            let value = values.and_then(|values| values.get(index).copied());
            match ast.kind(name) {
                Kind::Name => self.define(ast, scope, name, at, value, None),
                Kind::Pair | Kind::Assign | Kind::Spread => {
                    for below in ast.subtree(name) {
                        self.define(ast, scope, below, at, None, None);
                    }
                }
                _ => {}
            }
        }
    }

    /// The definitions that a use of a name may see, with whether they are of its own scope.
    fn of(&self, ast: &Ast, id: NodeId) -> Option<(&[Definition], bool)> {
        let name: Box<str> = ast.text(id).into();
        let own = self.scope(id);
        let mut key = (own, name);
        loop {
            if let Some(found) = self.definitions.get(&key) {
                return Some((found, key.0 == own));
            }
            let parent = ast.parent(key.0)?;
            key.0 = self.scope(parent);
        }
    }

    /// The expression whose value a name has where it is used, where one assignment decides it.
    #[must_use]
    pub fn of_name(&self, ast: &Ast, id: NodeId) -> Option<NodeId> {
        if ast.kind(id) != Kind::Name {
            return None;
        }
        let (found, own) = self.of(ast, id)?;
        let value = if let [only] = found {
            only.value
                .filter(|_| !own || only.at < id || ast.kind(only.block) == Kind::Class)
        } else if own {
            deciding(ast, found, id)
        } else {
            None
        }?;
        (!ast.holds(value, id)).then_some(value)
    }

    /// The type that a variable is declared with.
    #[must_use]
    pub fn declared_type(&self, ast: &Ast, id: NodeId) -> Option<NodeId> {
        let (found, _) = self.of(ast, id)?;
        let before = found.iter().rev().filter(|one| one.at < id);
        before.chain(found.iter()).find_map(|one| one.kind)
    }

    /// The constant value of an expression.
    #[must_use]
    pub fn constant(&self, ast: &Ast, id: NodeId) -> Option<Constant> {
        self.evaluate(ast, id, FOLLOWED)
    }

    fn evaluate(&self, ast: &Ast, id: NodeId, left: usize) -> Option<Constant> {
        let left = left.checked_sub(1)?;
        match ast.kind(id) {
            Kind::Str => Some(Constant::Text(ast.text(id).to_owned())),
            Kind::Number => number(ast.text(id)),
            Kind::Bool => Some(Constant::Bool(ast.text(id) == "true")),
            Kind::Name => self.evaluate(ast, self.of_name(ast, id)?, left),
            Kind::Unary if ast.node(id).operator == Operator::Minus => {
                match self.evaluate(ast, ast.child(id, 0)?, left)? {
                    Constant::Integer(value) => value.checked_neg().map(Constant::Integer),
                    Constant::Float(value) => Some(Constant::Float(-value)),
                    Constant::Text(_) | Constant::Bool(_) => None,
                }
            }
            Kind::Binary => {
                let first = self.evaluate(ast, ast.child(id, 0)?, left)?;
                let second = self.evaluate(ast, ast.child(id, 1)?, left)?;
                combined(ast.node(id).operator, first, second)
            }
            Kind::Template => {
                let mut text = String::new();
                for &part in ast.children(id) {
                    let Constant::Text(part) = self.evaluate(ast, part, left)? else {
                        return None;
                    };
                    text.push_str(&part);
                    if text.len() > LONGEST {
                        return None;
                    }
                }
                Some(Constant::Text(text))
            }
            _ => None,
        }
    }
}

impl Constant {
    /// As a text, the way a program would print it.
    #[must_use]
    pub fn to_text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Integer(value) => value.to_string(),
            Self::Float(value) => value.to_string(),
            Self::Bool(value) => value.to_string(),
        }
    }
}

/// The last assignment before a use, where it decides the value.
fn deciding(ast: &Ast, found: &[Definition], id: NodeId) -> Option<NodeId> {
    let before = found
        .iter()
        .rposition(|one| one.at < id && !one.value.is_some_and(|value| ast.holds(value, id)))?;
    let last = found.get(before)?;
    let dominates = ast.holds(last.block, id);
    let in_loop = ast
        .ancestors(id)
        .take_while(|&above| above != last.block)
        .any(|above| {
            let repeats = matches!(
                ast.kind(above),
                Kind::While | Kind::DoWhile | Kind::For | Kind::ForEach
            );
            repeats
                && found
                    .iter()
                    .any(|one| ast.holds(above, one.at) && !ast.holds(above, last.at))
        });
    if dominates && !in_loop { last.value } else { None }
}

fn combined(operator: Operator, first: Constant, second: Constant) -> Option<Constant> {
    match (operator, first, second) {
        (Operator::Plus | Operator::Concatenate, Constant::Text(first), Constant::Text(second)) => {
            (first.len() + second.len() <= LONGEST).then(|| Constant::Text(first + &second))
        }
        (Operator::Plus, Constant::Text(first), second) => Some(Constant::Text(first + &second.to_text())),
        (operator, Constant::Integer(first), Constant::Integer(second)) => {
            let value = match operator {
                Operator::Plus => first.checked_add(second),
                Operator::Minus => first.checked_sub(second),
                Operator::Times => first.checked_mul(second),
                Operator::BitOr => Some(first | second),
                Operator::BitAnd => Some(first & second),
                Operator::ShiftLeft => u32::try_from(second)
                    .ok()
                    .filter(|&by| by < 64)
                    .and_then(|by| first.checked_shl(by)),
                _ => None,
            };
            value.map(Constant::Integer)
        }
        _ => None,
    }
}

/// A number as written in any of the languages.
#[must_use]
pub fn number(text: &str) -> Option<Constant> {
    let plain: String = text.chars().filter(|&c| c != '_').collect();
    let lower = plain.to_ascii_lowercase();
    let radix = |digits: &str, radix| {
        let digits = digits.trim_end_matches(['l', 'n']);
        i128::from_str_radix(digits, radix).ok().map(Constant::Integer)
    };
    if let Some(digits) = lower.strip_prefix("0x") {
        return radix(digits, 16);
    }
    if let Some(digits) = lower.strip_prefix("0b") {
        return radix(digits, 2);
    }
    if let Some(digits) = lower.strip_prefix("0o") {
        return radix(digits, 8);
    }
    if lower.len() > 1 && lower.starts_with('0') && lower.bytes().all(|byte| byte.is_ascii_digit()) {
        return radix(lower.get(1..)?, 8);
    }
    let digits = lower.trim_end_matches(['l', 'n', 'f', 'd']);
    digits
        .parse()
        .map(Constant::Integer)
        .ok()
        .or_else(|| digits.parse().map(Constant::Float).ok())
}

/// For each node, the innermost function, class or module that holds it; for one of these, itself.
fn scopes(ast: &Ast) -> Vec<NodeId> {
    let mut scopes: Vec<NodeId> = Vec::with_capacity(ast.len());
    for id in ast.ids() {
        let opens = matches!(
            ast.kind(id),
            Kind::Function | Kind::Lambda | Kind::Class | Kind::Module | Kind::Comprehension
        );
        let outer = ast
            .parent(id)
            .and_then(|parent| scopes.get(parent.index()).copied());
        scopes.push(if opens { id } else { outer.unwrap_or(NodeId::ROOT) });
    }
    scopes
}
