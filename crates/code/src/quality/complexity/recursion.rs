//! Functions that call themselves, directly or around a cycle, as far as names within the file say.

use std::collections::{HashMap, HashSet};

use bartizan_syntax::{Ast, Kind, Language, NodeId};

use super::assigned_name;
use super::levels::Levels;

/// Functions that call themselves, directly or around a cycle.
pub(super) fn recursive(ast: &Ast, levels: &Levels) -> HashSet<NodeId> {
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

/// The function of the file that a call by this name means; none where several share the name.
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
