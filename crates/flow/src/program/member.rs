//! What stands in a class and is neither a method nor a plain field: properties with code, and what a class takes from elsewhere.

use bartizan_syntax::{Ast, Kind, Language, NodeId};

/// The block of functions that a property is (C#).
pub(crate) fn accessors_of(ast: &Ast, member: NodeId) -> Option<NodeId> {
    let is_property = ast.language() == Language::CSharp && ast.kind(member) == Kind::Variable;
    let block = ast.child(member, 3).filter(|_| is_property)?;
    (ast.kind(block) == Kind::Block).then_some(block)
}

/// Whether a block is a property that is an expression.
pub(super) fn is_arrow_property(ast: &Ast, block: NodeId) -> bool {
    let is_property = ast
        .parent(block)
        .is_some_and(|member| accessors_of(ast, member) == Some(block));
    is_property
        && ast
            .child(block, 0)
            .is_some_and(|first| ast.kind(first) != Kind::Function)
}

/// The name of the property that a function belongs to.
pub(super) fn property_of(ast: &Ast, function: NodeId) -> Option<NodeId> {
    let block = ast.parent(function)?;
    let member = if ast.kind(function) == Kind::Block {
        block
    } else {
        ast.parent(block)?
    };
    accessors_of(ast, member)?;
    ast.child(member, 1)
}

/// `class << self`
pub(super) fn is_of_singleton(ast: &Ast, node: NodeId) -> bool {
    ast.kind(node) == Kind::Other && ast.text(node) == "singleton_class"
}

/// What a class takes its methods from without deriving from it: modules of Ruby, traits of PHP.
pub(super) fn mixed_in(ast: &Ast, body: NodeId) -> Vec<NodeId> {
    let mut found = Vec::new();
    for &member in ast.children(body) {
        match (ast.kind(member), ast.language()) {
            (Kind::Other, Language::Php) if ast.text(member) == "use_declaration" => {
                found.extend(ast.children(member));
            }
            (Kind::Expression, Language::Ruby) => {
                let call = ast.child(member, 0).filter(|&call| ast.kind(call) == Kind::Call);
                let callee = call.and_then(|call| ast.child(call, 0));
                if callee.is_some_and(|callee| matches!(ast.text(callee), "include" | "prepend" | "extend"))
                    && let Some(list) = call.and_then(|call| ast.child(call, 1))
                {
                    found.extend(ast.children(list));
                }
            }
            _ => {}
        }
    }
    found
}
