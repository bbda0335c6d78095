//! Cyclomatic and cognitive complexity of each function.
//!
//! - Cyclomatic complexity (T. J. McCabe, "A Complexity Measure", 1976) is one more than the number of places where control may go two ways:
//!   conditions, loops, cases that are not the default, handlers of errors, `&&`, `||` and `??`, conditions and loops of comprehensions.
//! - Cognitive complexity (G. A. Campbell, "Cognitive Complexity: a new way of measuring understandability",
//!   <https://www.sonarsource.com/resources/cognitive-complexity/>) adds one for each break of the linear flow, and one more for every level that
//!   a break lies in. Runs of one logical operator count once, a `switch` counts once, and so does each function of a cycle of calls.
//!
//! A function within another is part of it, except where the outer one only declares (a module of JavaScript wrapped in a function, a
//! decorator of Python): then the inner ones are measured by themselves. Calls are followed by name within the file.

mod levels;
mod recursion;

use std::collections::HashMap;

use bartizan_syntax::{Ast, Flags, Kind, NodeId, Operator, Span};

use super::size::lines_of;
use levels::Levels;
use recursion::recursive;

/// Functions of one file that are measured at most; the rest of a larger file is not.
pub const MAX_FUNCTIONS: usize = 100_000;

/// What was measured of one function, those within it included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Complexity {
    /// The function in the tree
    pub node: NodeId,
    /// Its name; empty where it has none
    pub name: String,
    /// Where it stands
    pub span: Span,
    /// Where its name stands; the first byte of the function where it has none
    pub name_span: Span,
    /// Lines from its first to its last, at least one
    pub lines: u32,
    /// How many parameters it has, its receiver not counted
    pub parameters: u32,
    /// Cyclomatic complexity, at least one
    pub cyclomatic: u32,
    /// Cognitive complexity, from zero
    pub cognitive: u32,
}

/// The complexity of each function of a file, in the order of the text.
#[must_use]
pub fn complexities(ast: &Ast, text: &str) -> Vec<Complexity> {
    let levels = Levels::of(ast);
    let recursive = recursive(ast, &levels);
    let mut measured: HashMap<NodeId, Complexity> = HashMap::new();
    let mut order = Vec::new();
    for id in ast.ids() {
        if levels.is_measured(id) && order.len() < MAX_FUNCTIONS {
            order.push(id);
            measured.insert(id, begun(ast, text, id));
        }
        let Some(function) = levels.function(id).and_then(|root| measured.get_mut(&root)) else {
            continue;
        };
        function.cyclomatic += ways(ast, id);
        function.cognitive += breaks(ast, id, &levels);
        function.cognitive += u32::from(recursive.contains(&id));
    }
    order.iter().filter_map(|id| measured.remove(id)).collect()
}

fn begun(ast: &Ast, text: &str, id: NodeId) -> Complexity {
    let named = ast.kind(id) == Kind::Function;
    let name = if named {
        ast.child(id, 1)
    } else {
        assigned_name(ast, id)
    };
    let parameters = ast.child(id, if named { 2 } else { 0 });
    let span = ast.span(id);
    Complexity {
        node: id,
        name: name.map_or_else(String::new, |name| ast.text(name).to_owned()),
        span,
        name_span: name.map_or_else(|| Span::empty(span.start), |name| ast.span(name)),
        lines: lines_of(text, span),
        parameters: parameters.map_or(0, |list| {
            u32::try_from(ast.children(list).len()).unwrap_or(u32::MAX)
        }),
        cyclomatic: 1,
        cognitive: 0,
    }
}

/// The name that a function without one is given: `const f = () => {}`, `x.f = function () {}`, `{ f: () => {} }`.
fn assigned_name(ast: &Ast, id: NodeId) -> Option<NodeId> {
    let parent = ast.parent(id)?;
    let target = match ast.kind(parent) {
        Kind::Variable => ast.child(parent, 1)?,
        Kind::Assign | Kind::Pair => ast.child(parent, 0)?,
        _ => return None,
    };
    match ast.kind(target) {
        Kind::Name | Kind::Str => Some(target),
        Kind::Member => ast.child(target, 1),
        _ => None,
    }
}

/// How many ways more a node gives to control.
fn ways(ast: &Ast, id: NodeId) -> u32 {
    let one = match ast.kind(id) {
        Kind::If
        | Kind::While
        | Kind::DoWhile
        | Kind::ForEach
        | Kind::Catch
        | Kind::Conditional
        | Kind::ForClause
        | Kind::IfClause => true,
        // `for (;;)` goes one way.
        Kind::For => ast.child(id, 1).is_some(),
        Kind::Case => ast
            .child(id, 0)
            .is_some_and(|patterns| !ast.children(patterns).is_empty()),
        Kind::Binary => is_logical(ast, id) || ast.node(id).operator == Operator::Coalesce,
        _ => false,
    };
    u32::from(one)
}

/// What a node adds to cognitive complexity.
fn breaks(ast: &Ast, id: NodeId, levels: &Levels) -> u32 {
    let nested = 1 + levels.level(id);
    match ast.kind(id) {
        Kind::If => {
            let own = if continues(ast, id) { 1 } else { nested };
            let otherwise = ast
                .child(id, 2)
                .is_some_and(|branch| next_condition(ast, branch).is_none());
            own + u32::from(otherwise)
        }
        Kind::While => nested + u32::from(ast.child(id, 2).is_some()),
        Kind::ForEach => nested + u32::from(ast.child(id, 3).is_some()),
        Kind::For | Kind::DoWhile | Kind::Switch | Kind::Conditional | Kind::Catch => nested,
        Kind::Break | Kind::Continue => u32::from(ast.child(id, 0).is_some()),
        Kind::Other => u32::from(ast.text(id) == "goto_statement"),
        Kind::Binary if is_logical(ast, id) => {
            let within = ast.parent(id).is_some_and(|parent| is_logical(ast, parent));
            if within { 0 } else { runs(ast, id) }
        }
        _ => 0,
    }
}

fn is_logical(ast: &Ast, id: NodeId) -> bool {
    ast.kind(id) == Kind::Binary && matches!(ast.node(id).operator, Operator::And | Operator::Or)
}

/// How many runs of one operator stand in a logical expression, read from left to right.
fn runs(ast: &Ast, root: NodeId) -> u32 {
    let mut runs = 0;
    let mut last = None;
    // Left operands first, then the operator, then the right ones: what is to come lies on a stack.
    let mut waiting = Vec::new();
    let mut next = Some(root);
    loop {
        while let Some(id) = next.filter(|&id| is_logical(ast, id)) {
            waiting.push(id);
            next = ast.child(id, 0);
        }
        let Some(id) = waiting.pop() else { return runs };
        let operator = ast.node(id).operator;
        if last != Some(operator) {
            runs += 1;
            last = Some(operator);
        }
        next = ast.child(id, 1);
    }
}

/// The `if` that an `else` goes on with, if it does; one with a statement before it (Go) stands in a block that the text does not have.
fn next_condition(ast: &Ast, branch: NodeId) -> Option<NodeId> {
    match ast.kind(branch) {
        Kind::If => Some(branch),
        Kind::Block if ast.node(branch).flags.has(Flags::IMPLIED) => {
            let last = *ast.children(branch).last()?;
            (ast.kind(last) == Kind::If).then_some(last)
        }
        _ => None,
    }
}

/// Whether an `if` is the `else if` of another.
fn continues(ast: &Ast, id: NodeId) -> bool {
    let continued = |outer: NodeId| {
        let branch = ast.child(outer, 2);
        ast.kind(outer) == Kind::If && branch.and_then(|branch| next_condition(ast, branch)) == Some(id)
    };
    let mut above = ast.ancestors(id).skip(1);
    let parent = above.next();
    parent.is_some_and(continued) || above.next().is_some_and(continued)
}
