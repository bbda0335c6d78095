//! In which function each node is measured, and how deep it is nested there.

use bartizan_syntax::{Ast, Kind, Language, NodeId};

use super::next_condition;

/// For each node, in which function it is measured, and how deep it is nested there.
pub(super) struct Levels {
    places: Vec<Place>,
}

#[derive(Clone, Copy, Default)]
struct Place {
    function: Option<NodeId>,
    level: u32,
}

impl Levels {
    pub(super) fn of(ast: &Ast) -> Self {
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

    pub(super) fn function(&self, id: NodeId) -> Option<NodeId> {
        self.place(id).function
    }

    pub(super) fn level(&self, id: NodeId) -> u32 {
        self.place(id).level
    }

    pub(super) fn is_measured(&self, id: NodeId) -> bool {
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
        _ => false,
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
