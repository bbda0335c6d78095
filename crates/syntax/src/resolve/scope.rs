//! Looks names up: which declaration each name of the tree means.
//!
//! One walk in the order of the tree. Whenever it enters a scope, the declarations of that scope are put on top of what is known of their names; when
//! it leaves, they are taken away.

use super::{Binding, Origin};
use crate::ast::{Ast, NodeId, Symbol};
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
        imported: vec![Vec::new(); ast.symbol_count()],
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
    /// The same of what was imported alone
    imported: Vec<Vec<u32>>,
    /// Scopes that hold the node, and the declarations of each
    open: Vec<(NodeId, std::ops::Range<usize>)>,
    /// The first declaration of a scope that was not reached yet
    next: usize,
}

impl Walk<'_> {
    fn leave(&mut self, id: NodeId, bindings: &[Binding]) {
        while let Some((_, range)) = self.open.pop_if(|(scope, _)| !self.ast.holds(*scope, id)) {
            for binding in bindings.get(range).unwrap_or(&[]) {
                for stack in self.stacks_of(binding) {
                    stack.pop();
                }
            }
        }
    }

    /// Where a declaration is put on top.
    fn stacks_of(&mut self, binding: &Binding) -> impl Iterator<Item = &mut Vec<u32>> {
        let at = binding.symbol.index();
        let imported = self.imported.get_mut(at);
        let is_import = matches!(binding.origin, Origin::Import(_));
        self.stacks
            .get_mut(at)
            .into_iter()
            .chain(imported.filter(|_| is_import))
    }

    fn enter(&mut self, id: NodeId, bindings: &[Binding]) {
        let first = self.next;
        while let Some(binding) = bindings.get(self.next).filter(|binding| binding.scope == id) {
            let number = u32::try_from(self.next).unwrap_or(u32::MAX);
            for stack in self.stacks_of(binding) {
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
        let mut known = self.stacks.get(symbol.index())?.as_slice();
        let scope_of = |number: u32| bindings.get(number as usize).map(|binding| binding.scope);
        while let Some(scope) = known.last().and_then(|last| scope_of(*last)) {
            let inside = known.partition_point(|number| scope_of(*number) != Some(scope));
            let (outside, own) = known.split_at(inside);
            let found = self.find_in(id, symbol, (scope, own), bindings);
            if found.is_some() {
                return found;
            }
            known = outside;
        }
        None
    }

    /// The same among the declarations of one scope, which are ordered by their place.
    fn find_in(
        &self,
        id: NodeId,
        symbol: Symbol,
        (scope, own): (NodeId, &[u32]),
        bindings: &[Binding],
    ) -> Option<u32> {
        let binding = |number: u32| bindings.get(number as usize);
        let place = |number: u32| binding(number).map(|binding| binding.at);
        // Methods and variables of Java have names of their own.
        let called = self.ast.language() == Language::Java && is_called(self.ast, id);
        let is_meant = |number: &u32| {
            let origin = binding(*number).map(|binding| &binding.origin);
            !(called && matches!(origin, Some(Origin::Variable | Origin::Alias(_))))
        };
        let (before, behind) = own.split_at(own.partition_point(|number| place(*number) <= Some(id)));
        if self.hides(scope, id) {
            let itself = before.last().copied().filter(|number| place(*number) == Some(id));
            return itself.filter(is_meant);
        }
        if let (Some(first), Some(last), Some(imported)) =
            (own.first(), own.last(), self.imported.get(symbol.index()))
        {
            let upto = imported.partition_point(|number| number <= last);
            let import = imported
                .get(..upto)
                .and_then(<[u32]>::last)
                .filter(|number| *number >= first);
            if import.is_some() {
                return import.copied();
            }
        }
        let nearest = before.iter().rev().find(|number| is_meant(number));
        nearest
            .or_else(|| behind.iter().find(|number| is_meant(number)))
            .copied()
    }

    /// Members of a class are reached through its objects, but in Java by their names alone, and in Python while the class is made.
    fn hides(&self, scope: NodeId, id: NodeId) -> bool {
        if !matches!(self.ast.kind(scope), Kind::Class | Kind::New) {
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
                between != Some(scope)
            }
            _ => true,
        }
    }
}

fn is_called(ast: &Ast, id: NodeId) -> bool {
    ast.parent(id)
        .is_some_and(|parent| ast.kind(parent) == Kind::Call && ast.child(parent, 0) == Some(id))
}
