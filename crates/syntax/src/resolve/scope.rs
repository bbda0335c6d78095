//! Looks names up: which declaration each name of the tree means.
//!
//! One walk in the order of the tree. Whenever it enters a scope, the declarations of that scope are put on top of what is known of their names; when
//! it leaves, they are taken away.

use super::{Binding, Origin};
use crate::ast::{Ast, NodeId};
use crate::kind::Kind;
use crate::language::Language;

/// What a node is bound to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bound {
    /// It is no name that stands for something
    Nothing,
    /// A name that the file does not declare
    Outside,
    /// A declaration, by number
    To(u32),
}

/// Declarations sorted by scope, and for each node what it is bound to.
pub(crate) fn bind(ast: &Ast, mut bindings: Vec<Binding>) -> (Vec<Binding>, Vec<Bound>) {
    bindings.sort_by_key(|binding| (binding.scope, binding.at));
    let mut walk = Walk {
        ast,
        stacks: vec![Vec::new(); ast.symbol_count()],
        open: Vec::new(),
        next: 0,
    };
    let mut bound = vec![Bound::Nothing; ast.len()];
    for id in ast.ids() {
        walk.leave(id, &bindings);
        walk.enter(id, &bindings);
        if ast.kind(id) == Kind::Name && is_use(ast, id) {
            let found = walk.find(id, &bindings);
            if let Some(place) = bound.get_mut(id.index()) {
                *place = found.map_or(Bound::Outside, Bound::To);
            }
        }
    }
    unalias(&mut bindings);
    (bindings, bound)
}

/// Whether a name stands for what it is bound to, rather than being a name within something else.
fn is_use(ast: &Ast, id: NodeId) -> bool {
    let Some(parent) = ast.parent(id) else { return true };
    let first = || ast.children(parent).first() == Some(&id);
    match ast.kind(parent) {
        Kind::Member | Kind::MethodReference => first(),
        Kind::Keyword | Kind::Attribute => !first(),
        Kind::Modifiers | Kind::Break | Kind::Continue => false,
        Kind::Labelled => !first(),
        _ => true,
    }
}

/// A variable that gets several values is not another name for one of them.
fn unalias(bindings: &mut [Binding]) {
    let mut counts = std::collections::HashMap::new();
    for binding in bindings.iter() {
        *counts.entry((binding.scope, binding.symbol)).or_insert(0_usize) += 1;
    }
    for binding in bindings.iter_mut() {
        let several = counts
            .get(&(binding.scope, binding.symbol))
            .is_some_and(|&count| count > 1);
        if several && matches!(binding.origin, Origin::Alias(_)) {
            binding.origin = Origin::Variable;
        }
    }
}

struct Walk<'a> {
    ast: &'a Ast,
    /// For each symbol, the declarations that are known, those of inner scopes last
    stacks: Vec<Vec<u32>>,
    /// Scopes that hold the node, and the declarations of each
    open: Vec<(NodeId, std::ops::Range<usize>)>,
    /// The first declaration of a scope that was not reached yet
    next: usize,
}

impl Walk<'_> {
    fn leave(&mut self, id: NodeId, bindings: &[Binding]) {
        while let Some((_, range)) = self.open.pop_if(|(scope, _)| !self.ast.holds(*scope, id)) {
            for binding in bindings.get(range).unwrap_or(&[]) {
                if let Some(stack) = self.stacks.get_mut(binding.symbol.index()) {
                    stack.pop();
                }
            }
        }
    }

    fn enter(&mut self, id: NodeId, bindings: &[Binding]) {
        let first = self.next;
        while let Some(binding) = bindings.get(self.next).filter(|binding| binding.scope == id) {
            if let (Some(stack), Ok(number)) = (
                self.stacks.get_mut(binding.symbol.index()),
                u32::try_from(self.next),
            ) {
                stack.push(number);
            }
            self.next += 1;
        }
        if self.next > first {
            self.open.push((id, first..self.next));
        }
    }

    /// The declaration that a name means: of the innermost scope that has one, what was imported, or else the last one before it.
    fn find(&self, id: NodeId, bindings: &[Binding]) -> Option<u32> {
        let symbol = self.ast.node(id).symbol?;
        let stack = self.stacks.get(symbol.index())?;
        let called = self.ast.language() == Language::Java && is_called(self.ast, id);
        let mut best: Option<(u32, &Binding)> = None;
        for &number in stack.iter().rev() {
            let Some(binding) = bindings.get(number as usize) else {
                continue;
            };
            // Methods and variables of Java have names of their own.
            let other_space = called && matches!(binding.origin, Origin::Variable | Origin::Alias(_));
            if other_space || self.is_hidden(binding, id) {
                continue;
            }
            match best {
                None => best = Some((number, binding)),
                Some((_, kept)) if kept.scope != binding.scope => break,
                Some((_, kept)) => {
                    let imported = |binding: &Binding| matches!(binding.origin, Origin::Import(_));
                    let better = !imported(kept) && (imported(binding) || kept.at > id);
                    if better {
                        best = Some((number, binding));
                    }
                }
            }
        }
        best.map(|(number, _)| number)
    }

    /// Members of a class are reached through its objects, but in Java by their names alone, and in Python while the class is made.
    fn is_hidden(&self, binding: &Binding, id: NodeId) -> bool {
        if !matches!(self.ast.kind(binding.scope), Kind::Class | Kind::New) || binding.at == id {
            return false;
        }
        match self.ast.language() {
            Language::Java => false,
            Language::Python => {
                let between = self.ast.ancestors(id).find(|&above| {
                    matches!(
                        self.ast.kind(above),
                        Kind::Function | Kind::Lambda | Kind::Class | Kind::Module
                    ) && above != id
                });
                between != Some(binding.scope)
            }
            _ => true,
        }
    }
}

fn is_called(ast: &Ast, id: NodeId) -> bool {
    ast.parent(id)
        .is_some_and(|parent| ast.kind(parent) == Kind::Call && ast.child(parent, 0) == Some(id))
}
