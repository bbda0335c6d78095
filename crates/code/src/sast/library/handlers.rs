//! Functions that libraries call: request handlers and their like.

use super::meaning::Meaning;
use super::models::Use;
use bartizan_content::flow::{Handler, Position};
use bartizan_syntax::{Kind, NodeId};
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

/// A function and what a library does with it.
#[derive(Debug)]
pub(super) struct Handled<'a> {
    pub(super) function: NodeId,
    pub(super) handler: &'a Handler,
}

/// The functions of a file that libraries call.
pub(super) fn functions<'a>(meaning: &Meaning<'a>) -> Vec<Handled<'a>> {
    let ast = meaning.ast;
    let mut found: BTreeMap<(NodeId, usize), &'a Handler> = BTreeMap::new();
    let mut note = |function: NodeId, at: usize| {
        if let Some(handler) = meaning.models.handlers.get(at) {
            found.insert((function, at), handler);
        }
    };
    for id in ast.ids() {
        match ast.kind(id) {
            Kind::Call => {
                for one in meaning.uses(&meaning.callee_names(id)) {
                    if let Use::Registers(at) = one {
                        registered(meaning, id)
                            .into_iter()
                            .for_each(|function| note(function, at));
                    }
                }
            }
            Kind::Function | Kind::Lambda => {
                decorations(meaning, id).into_iter().for_each(|at| note(id, at));
                overridden(meaning, id).into_iter().for_each(|at| note(id, at));
                shapes(meaning, id).into_iter().for_each(|at| note(id, at));
            }
            _ => {}
        }
    }
    found
        .into_iter()
        .map(|((function, _), handler)| Handled { function, handler })
        .collect()
}

/// The functions among the arguments of a call, also those that a name stands for.
fn registered(meaning: &Meaning<'_>, call: NodeId) -> Vec<NodeId> {
    let ast = meaning.ast;
    let arguments = ast
        .child(call, 1)
        .map_or(&[][..], |arguments| ast.children(arguments));
    let mut found = Vec::new();
    for &argument in arguments {
        let argument = match ast.kind(argument) {
            Kind::Keyword => ast.child(argument, 1).unwrap_or(argument),
            _ => argument,
        };
        match ast.kind(argument) {
            Kind::Lambda | Kind::Function => found.push(argument),
            Kind::Name => {
                let declaration = meaning.declaration(argument);
                let function = declaration.and_then(|name| {
                    let parent = ast
                        .parent(name)
                        .filter(|&parent| ast.kind(parent) == Kind::Function);
                    let value = meaning
                        .value_of(name)
                        .filter(|&value| matches!(ast.kind(value), Kind::Lambda | Kind::Function));
                    parent.or(value)
                });
                found.extend(function);
            }
            _ => {}
        }
    }
    found
}

/// Handlers whose decorators or annotations a function has.
fn decorations(meaning: &Meaning<'_>, function: NodeId) -> Vec<usize> {
    let ast = meaning.ast;
    let modifiers = ast
        .child(function, 0)
        .filter(|&first| ast.kind(first) == Kind::Modifiers);
    let modifiers = modifiers.map_or(&[][..], |modifiers| ast.children(modifiers));
    let mut found = Vec::new();
    for &annotation in modifiers.iter().filter(|&&one| ast.kind(one) == Kind::Annotation) {
        for one in meaning.uses(&annotation_names(meaning, annotation)) {
            if let Use::Decorates(at) = one {
                found.push(at);
            }
        }
    }
    found
}

fn annotation_names(meaning: &Meaning<'_>, annotation: NodeId) -> Vec<String> {
    let Some(expression) = meaning.ast.child(annotation, 0) else {
        return Vec::new();
    };
    match meaning.ast.kind(expression) {
        Kind::Call => meaning.callee_names(expression),
        _ => meaning.read_names(expression),
    }
}

/// Handlers whose methods a function overrides.
fn overridden(meaning: &Meaning<'_>, function: NodeId) -> Vec<usize> {
    let ast = meaning.ast;
    if ast.kind(function) != Kind::Function {
        return Vec::new();
    }
    let Some(name) = ast.child(function, 1) else {
        return Vec::new();
    };
    let class = ast
        .ancestors(function)
        .skip(1)
        .find(|&above| !matches!(ast.kind(above), Kind::Block | Kind::Export));
    let Some(supers) = class
        .filter(|&class| ast.kind(class) == Kind::Class)
        .and_then(|class| ast.child(class, 2))
    else {
        return Vec::new();
    };
    let mut names = Vec::new();
    for &above in ast.children(supers) {
        for class in meaning.qualified(above) {
            names.push(format!("{class}.{}", ast.text(name)));
            names.extend(
                meaning
                    .models
                    .above(&class)
                    .iter()
                    .map(|above| format!("{above}.{}", ast.text(name))),
            );
        }
    }
    let uses = meaning.uses(&names).into_iter();
    uses.filter_map(|one| {
        if let Use::Overridden(at) = one {
            Some(at)
        } else {
            None
        }
    })
    .collect()
}

/// Handlers whose users call the first parameters like those of a function.
fn shapes(meaning: &Meaning<'_>, function: NodeId) -> Vec<usize> {
    let names: Vec<&str> = parameters(meaning, function)
        .map(|(name, _)| meaning.ast.text(name))
        .collect();
    let mut found = Vec::new();
    for (at, handler) in meaning.models.handlers.iter().enumerate() {
        let gate = meaning
            .models
            .handler_imports
            .get(at)
            .copied()
            .unwrap_or_default();
        let fits = !handler.shaped.is_empty()
            && handler.shaped.len() <= names.len()
            && handler
                .shaped
                .iter()
                .zip(&names)
                .all(|(wanted, name)| wanted == name)
            && meaning.models.is_open(gate, &meaning.imported);
        if fits {
            found.push(at);
        }
    }
    found
}

/// Names of parameters, the receiver left out, with the parameters themselves.
pub(super) fn parameters<'m>(
    meaning: &'m Meaning<'_>,
    function: NodeId,
) -> impl Iterator<Item = (NodeId, NodeId)> + 'm {
    let ast = meaning.ast;
    let place = usize::from(ast.kind(function) == Kind::Function) * 2;
    let all = ast
        .child(function, place)
        .map_or(&[][..], |all| ast.children(all));
    let named = all
        .iter()
        .filter_map(move |&parameter| match ast.kind(parameter) {
            Kind::Param => ast.child(parameter, 1).map(|name| (name, parameter)),
            Kind::Name => Some((parameter, parameter)),
            _ => None,
        });
    named.skip_while(move |(name, _)| matches!(ast.text(*name), "self" | "cls"))
}

/// Types that handlers give to parameters, by the node of the name.
pub(super) fn parameter_types(meaning: &Meaning<'_>) -> HashMap<NodeId, Rc<str>> {
    let mut found: HashMap<NodeId, Rc<str>> = HashMap::new();
    for handled in functions(meaning) {
        for (place, (name, parameter)) in (0_u32..).zip(parameters(meaning, handled.function)) {
            let declared =
                meaning.ast.kind(parameter) == Kind::Param && meaning.ast.child(parameter, 2).is_some();
            let by_place = handled.handler.types.get(&place.to_string());
            let given = by_place.or_else(|| handled.handler.types.get(meaning.ast.text(name)));
            if let Some(given) = given.filter(|_| !declared) {
                found.insert(name, given.as_str().into());
            }
        }
    }
    found
}

/// The parameters of a function that a library gives data, with the kind of source.
pub(super) fn sources<'a>(meaning: &Meaning<'_>, handled: &Handled<'a>) -> Vec<(NodeId, &'a str)> {
    let handler = handled.handler;
    if handler.source.is_empty() {
        return Vec::new();
    }
    let mut found = Vec::new();
    for (place, (name, parameter)) in (0_u32..).zip(parameters(meaning, handled.function)) {
        let meant = handler.parameters.iter().any(|position| match position {
            Position::Argument(at) => *at == place,
            Position::From(at) => *at <= place,
            Position::Named(wanted) => meaning.ast.text(name) == wanted,
            Position::Receiver | Position::Result | Position::Field(..) => false,
        });
        let typed = handler.types.contains_key(&place.to_string());
        if meant && !typed && !is_excepted(meaning, parameter, handler) {
            found.push((parameter, handler.source.as_str()));
        }
    }
    found
}

/// Parameters anywhere in the file whose annotations say that a library gives them data.
pub(super) fn annotated_parameters<'a>(meaning: &Meaning<'a>) -> Vec<(NodeId, &'a str)> {
    let ast = meaning.ast;
    let mut found = Vec::new();
    for id in ast.ids().filter(|&id| ast.kind(id) == Kind::Param) {
        let modifiers = ast
            .child(id, 0)
            .map_or(&[][..], |modifiers| ast.children(modifiers));
        for &annotation in modifiers.iter().filter(|&&one| ast.kind(one) == Kind::Annotation) {
            for one in meaning.uses(&annotation_names(meaning, annotation)) {
                let Use::Annotates(at) = one else { continue };
                let handler = meaning
                    .models
                    .handlers
                    .get(at)
                    .filter(|handler| !is_excepted(meaning, id, handler));
                found.extend(handler.map(|handler| (id, handler.source.as_str())));
            }
        }
    }
    found
}

/// Whether the type of a parameter, or the call that gives its default, says that it carries no data from outside.
fn is_excepted(meaning: &Meaning<'_>, parameter: NodeId, handler: &Handler) -> bool {
    let ast = meaning.ast;
    if handler.except.is_empty() || ast.kind(parameter) != Kind::Param {
        return false;
    }
    let is_named = |node: NodeId| {
        ast.subtree(node)
            .filter(|&one| matches!(ast.kind(one), Kind::Name | Kind::Member))
            .any(|one| {
                let written = ast.text(one);
                handler.except.iter().any(|name| name == written)
                    || meaning
                        .qualified(one)
                        .iter()
                        .any(|name| handler.except.contains(name))
            })
    };
    let default = ast
        .child(parameter, 3)
        .filter(|&value| ast.kind(value) == Kind::Call);
    let default = default.and_then(|call| ast.child(call, 0));
    ast.child(parameter, 2).into_iter().chain(default).any(is_named)
}
