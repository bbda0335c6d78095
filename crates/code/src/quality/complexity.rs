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

use std::collections::{HashMap, HashSet};

use bartizan_syntax::{Ast, Flags, Kind, Language, NodeId, Operator, Span};

use super::size::lines_of;

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

/// For each node, in which function it is measured, and how deep it is nested there.
struct Levels {
    places: Vec<Place>,
}

#[derive(Clone, Copy, Default)]
struct Place {
    function: Option<NodeId>,
    level: u32,
}

impl Levels {
    fn of(ast: &Ast) -> Self {
        let mut levels = Self {
            places: Vec::with_capacity(ast.len()),
        };
        for id in ast.ids() {
            let place = match ast.parent(id) {
                None => Place::default(),
                Some(parent) => levels.below(ast, parent, id),
            };
            let place = match ast.kind(id) {
                Kind::Function | Kind::Lambda
                    if place.function.is_none_or(|outer| only_declares(ast, outer)) =>
                {
                    Place {
                        function: Some(id),
                        level: 0,
                    }
                }
                // Methods of a class within a function are measured by themselves.
                Kind::Class => Place::default(),
                _ => place,
            };
            levels.places.push(place);
        }
        levels
    }

    fn place(&self, id: NodeId) -> Place {
        self.places.get(id.index()).copied().unwrap_or_default()
    }

    fn function(&self, id: NodeId) -> Option<NodeId> {
        self.place(id).function
    }

    fn level(&self, id: NodeId) -> u32 {
        self.place(id).level
    }

    fn is_measured(&self, id: NodeId) -> bool {
        self.function(id) == Some(id)
    }

    /// The place of a child: its parent's, one level deeper if the parent nests it.
    fn below(&self, ast: &Ast, parent: NodeId, child: NodeId) -> Place {
        let place = self.place(parent);
        let nests = match ast.kind(parent) {
            Kind::Function | Kind::Lambda => !self.is_measured(parent),
            Kind::If => {
                let is_branch = [1, 2]
                    .iter()
                    .any(|&position| ast.child(parent, position) == Some(child));
                is_branch && next_condition(ast, child).is_none_or(|_| ast.child(parent, 1) == Some(child))
            }
            Kind::While => ast.child(parent, 0) != Some(child),
            Kind::DoWhile => ast.child(parent, 0) == Some(child),
            Kind::For => ast.child(parent, 3) == Some(child),
            Kind::ForEach => [2, 3]
                .iter()
                .any(|&position| ast.child(parent, position) == Some(child)),
            Kind::Switch => ast.kind(child) == Kind::Case,
            Kind::Catch => ast.child(parent, 2) == Some(child),
            Kind::Conditional => ast.child(parent, 0) != Some(child),
            _ => false,
        };
        Place {
            level: place.level + u32::from(nests),
            ..place
        }
    }
}

/// Whether a function only declares others: every statement at its top declares something or returns it.
fn only_declares(ast: &Ast, function: NodeId) -> bool {
    let body = ast.child(
        function,
        if ast.kind(function) == Kind::Function {
            4
        } else {
            2
        },
    );
    let Some(body) = body.filter(|&body| ast.kind(body) == Kind::Block) else {
        return false;
    };
    let statements = ast.children(body);
    match ast.language() {
        // The rule for decorators: one function, and the return of it.
        Language::Python => match statements {
            [inner, last] => ast.kind(*inner) == Kind::Function && ast.kind(*last) == Kind::Return,
            _ => false,
        },
        Language::JavaScript | Language::TypeScript | Language::Tsx => {
            let mut functions = 0;
            let plain = statements.iter().all(|&statement| {
                functions += usize::from(declares_function(ast, statement));
                !is_structure(ast.kind(statement))
            });
            plain && functions > 0
        }
        Language::Java | Language::Go => false,
    }
}

fn declares_function(ast: &Ast, statement: NodeId) -> bool {
    let is_function = |id: NodeId| matches!(ast.kind(id), Kind::Function | Kind::Lambda);
    match ast.kind(statement) {
        Kind::Function => true,
        Kind::Variable => ast.child(statement, 3).is_some_and(is_function),
        Kind::Expression => ast
            .child(statement, 0)
            .filter(|&inner| ast.kind(inner) == Kind::Assign)
            .and_then(|assign| ast.child(assign, 1))
            .is_some_and(is_function),
        _ => false,
    }
}

const fn is_structure(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::If
            | Kind::While
            | Kind::DoWhile
            | Kind::For
            | Kind::ForEach
            | Kind::Switch
            | Kind::Try
            | Kind::Labelled
            | Kind::With
    )
}

/// Functions that call themselves, directly or around a cycle.
fn recursive(ast: &Ast, levels: &Levels) -> HashSet<NodeId> {
    let mut by_name: HashMap<(Option<NodeId>, &str), Vec<NodeId>> = HashMap::new();
    let functions: Vec<NodeId> = ast.ids().filter(|&id| levels.is_measured(id)).collect();
    let mut owners: HashMap<NodeId, Option<NodeId>> = HashMap::new();
    for &function in &functions {
        let owner = ast
            .ancestors(function)
            .skip(1)
            .find(|&above| ast.kind(above) == Kind::Class);
        owners.insert(function, owner);
        let name = match ast.kind(function) {
            Kind::Function => ast.child(function, 1),
            _ => assigned_name(ast, function),
        };
        if let Some(name) = name {
            by_name.entry((owner, ast.text(name))).or_default().push(function);
        }
    }
    let mut calls: HashMap<NodeId, Vec<NodeId>> = HashMap::new();
    for id in ast.ids().filter(|&id| ast.kind(id) == Kind::Call) {
        let (Some(caller), Some(callee)) = (levels.function(id), ast.child(id, 0)) else {
            continue;
        };
        let owner = owners.get(&caller).copied().flatten();
        for target in called(ast, callee, caller, owner, &by_name) {
            calls.entry(caller).or_default().push(target);
        }
    }
    cycles(&functions, &calls)
}

/// The functions of the file that a call by this name may mean; overloads are told apart by how many arguments they take only where one does.
fn called(
    ast: &Ast,
    callee: NodeId,
    caller: NodeId,
    owner: Option<NodeId>,
    by_name: &HashMap<(Option<NodeId>, &str), Vec<NodeId>>,
) -> Vec<NodeId> {
    let find = |owner, name: NodeId| by_name.get(&(owner, ast.text(name))).cloned();
    let found = match ast.kind(callee) {
        Kind::Name => match ast.language() {
            Language::Java => find(owner, callee),
            _ => find(None, callee),
        },
        Kind::Member => {
            let (Some(object), Some(name)) = (ast.child(callee, 0), ast.child(callee, 1)) else {
                return Vec::new();
            };
            if is_own_object(ast, object, caller) {
                find(owner, name)
            } else {
                None
            }
        }
        _ => None,
    };
    found.filter(|found| found.len() == 1).unwrap_or_default()
}

/// `this`, `self`, or the receiver of a method of Go.
fn is_own_object(ast: &Ast, object: NodeId, caller: NodeId) -> bool {
    match (ast.kind(object), ast.language()) {
        (Kind::This, _) => true,
        (Kind::Name, Language::Python) => ast.text(object) == "self",
        (Kind::Name, Language::Go) => {
            let receiver = ast.child(caller, 5).and_then(|receiver| ast.child(receiver, 1));
            receiver.is_some_and(|receiver| ast.text(receiver) == ast.text(object))
        }
        _ => false,
    }
}

/// Functions from which following calls comes back to them: those of a strongly connected component with a cycle.
fn cycles(functions: &[NodeId], calls: &HashMap<NodeId, Vec<NodeId>>) -> HashSet<NodeId> {
    let none = Vec::new();
    let targets = |id: NodeId| calls.get(&id).unwrap_or(&none);
    // Tarjan's algorithm with a stack of its own.
    let mut numbers: HashMap<NodeId, (usize, usize)> = HashMap::new();
    let mut held = Vec::new();
    let mut is_held = HashSet::new();
    let mut found = HashSet::new();
    for &start in functions {
        if numbers.contains_key(&start) {
            continue;
        }
        let mut open = vec![(start, 0)];
        while let Some(&mut (id, ref mut next)) = open.last_mut() {
            if *next == 0 {
                let number = numbers.len();
                numbers.insert(id, (number, number));
                held.push(id);
                is_held.insert(id);
            }
            let target = targets(id).get(*next).copied();
            *next += 1;
            match target {
                Some(target) if !numbers.contains_key(&target) => open.push((target, 0)),
                Some(target) => {
                    if is_held.contains(&target) {
                        let low = numbers.get(&target).map_or(usize::MAX, |&(number, _)| number);
                        lower(&mut numbers, id, low);
                    }
                }
                None => {
                    open.pop();
                    let (number, low) = numbers.get(&id).copied().unwrap_or_default();
                    if let Some(&(above, _)) = open.last() {
                        lower(&mut numbers, above, low);
                    }
                    if number == low {
                        let from = held.iter().rposition(|&other| other == id).unwrap_or(held.len());
                        let component = held.split_off(from);
                        let loops = component.len() > 1 || targets(id).contains(&id);
                        for member in component {
                            is_held.remove(&member);
                            if loops {
                                found.insert(member);
                            }
                        }
                    }
                }
            }
        }
    }
    found
}

fn lower(numbers: &mut HashMap<NodeId, (usize, usize)>, id: NodeId, to: usize) {
    if let Some((_, low)) = numbers.get_mut(&id) {
        *low = (*low).min(to);
    }
}
