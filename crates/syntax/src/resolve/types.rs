//! Types and modules that single nodes name.

use crate::ast::{Ast, NodeId};
use crate::kind::{Kind, Operator};
use crate::language::Language;

/// Wrappers around a type at most.
const MAX_WRAPPERS: usize = 64;

/// The name within a type, without its arguments and its pointers.
pub(crate) fn base(ast: &Ast, node: NodeId) -> NodeId {
    let mut at = node;
    for _ in 0..MAX_WRAPPERS {
        let inner = match ast.kind(at) {
            Kind::Type | Kind::Generic => ast.child(at, 0),
            Kind::ArrayType if ast.node(at).operator == Operator::Dereference => ast.child(at, 0),
            _ => None,
        };
        match inner {
            Some(inner) => at = inner,
            None => break,
        }
    }
    at
}

/// The node that names the type of what an expression makes.
pub(crate) fn made(ast: &Ast, node: NodeId) -> Option<NodeId> {
    match ast.kind(node) {
        Kind::New | Kind::Composite | Kind::Cast => ast.child(node, 0),
        Kind::Unary if ast.node(node).operator == Operator::AddressOf => {
            let operand = ast.child(node, 0)?;
            (ast.kind(operand) == Kind::Composite).then(|| ast.child(operand, 0))?
        }
        Kind::Call if ast.language() == Language::Python => {
            let callee = ast.child(node, 0)?;
            let name = match ast.kind(callee) {
                Kind::Name => callee,
                Kind::Member => ast.child(callee, 1)?,
                _ => return None,
            };
            ast.text(name).starts_with(char::is_uppercase).then_some(callee)
        }
        Kind::Await => made(
            ast,
            ast.child(node, 0)
                .filter(|&operand| ast.kind(operand) != Kind::Await)?,
        ),
        _ => None,
    }
}

/// Whether a type is only a word that leaves it to the value.
pub(crate) fn is_inferred(ast: &Ast, declared: NodeId) -> bool {
    let name = base(ast, declared);
    ast.kind(name) == Kind::Name && matches!(ast.text(name), "var" | "val" | "auto" | "let")
}

/// Whether a node is the object that a method was called on.
pub(crate) fn is_self(ast: &Ast, node: NodeId) -> bool {
    match ast.kind(node) {
        Kind::This => true,
        Kind::Name => ast.language() == Language::Python && ast.text(node) == "self",
        _ => false,
    }
}

/// The module that `require("m")` or `await import("m")` gives.
pub(crate) fn required(ast: &Ast, node: NodeId) -> Option<&str> {
    if !matches!(
        ast.language(),
        Language::JavaScript | Language::TypeScript | Language::Tsx
    ) {
        return None;
    }
    let call = match ast.kind(node) {
        Kind::Await => ast.child(node, 0)?,
        _ => node,
    };
    if ast.kind(call) != Kind::Call {
        return None;
    }
    let callee = ast.child(call, 0)?;
    let imports = match ast.text(callee) {
        "require" => ast.kind(node) == Kind::Call,
        "import" => ast.kind(node) == Kind::Await,
        _ => false,
    };
    let [only] = ast.children(ast.child(call, 1)?) else {
        return None;
    };
    (imports && ast.kind(callee) == Kind::Name && ast.kind(*only) == Kind::Str)
        .then(|| module(ast.text(*only)))
}

/// A module of JavaScript by its name: those of Node may say so.
pub(crate) fn module(path: &str) -> &str {
    path.strip_prefix("node:").unwrap_or(path)
}
