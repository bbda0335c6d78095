//! Data that does no harm where it goes, as the code around it says: addresses whose host stands before it, answers that no browser shows as a
//! page, properties that were checked and are read again.
//!
//! In: a file and models of libraries. Out: nodes that are clean for some kinds of sinks, and functions whose answers are no pages.

use super::meaning::Meaning;
use super::models::Use;
use bartizan_syntax::{Ast, Kind, NodeId, Operator};
use std::collections::HashSet;

/// Functions of formatting whose first argument, or receiver, is the format.
const FORMATS: [&str; 3] = ["Sprintf", "format", "formatted"];
/// Words of media types that browsers show as pages, or run scripts of.
const PAGES: [&str; 3] = ["html", "xml", "svg"];

/// The kinds of sinks for which parts of an address that come behind its host are clean, and those parts.
pub(super) struct Behind {
    pub(super) part: NodeId,
    pub(super) kinds: &'static [&'static str],
}

/// Parts of the texts that a file puts together which cannot change the host, because they come behind it.
pub(super) fn behind_hosts(ast: &Ast) -> Vec<Behind> {
    let mut found = Vec::new();
    for id in ast.ids() {
        match ast.kind(id) {
            Kind::Binary
                if is_joined(ast, id) && !ast.parent(id).is_some_and(|above| is_joined(ast, above)) =>
            {
                let mut parts = Vec::new();
                flatten(ast, id, &mut parts);
                behind(ast, &parts, &mut found);
            }
            Kind::Template if !ast.parent(id).is_some_and(|above| is_joined(ast, above)) => {
                behind(ast, ast.children(id), &mut found);
            }
            Kind::Binary if ast.node(id).operator == Operator::Modulo => {
                if let (Some(format), Some(value)) = (ast.child(id, 0), ast.child(id, 1)) {
                    formatted(ast, format, &[value], &mut found);
                }
            }
            Kind::Call => call(ast, id, &mut found),
            _ => {}
        }
    }
    found
}

fn is_joined(ast: &Ast, id: NodeId) -> bool {
    ast.kind(id) == Kind::Binary && ast.node(id).operator == Operator::Plus
}

/// The operands of a sum and the parts of templates in it, in their order.
fn flatten(ast: &Ast, id: NodeId, parts: &mut Vec<NodeId>) {
    let mut open = vec![id];
    while let Some(id) = open.pop() {
        if is_joined(ast, id) || ast.kind(id) == Kind::Template {
            open.extend(ast.children(id).iter().rev());
        } else {
            parts.push(id);
        }
    }
}

fn behind(ast: &Ast, parts: &[NodeId], found: &mut Vec<Behind>) {
    // What is not known is left out of the one and stands for something in the other: `base + "/" + id` is on the host of `base`, but
    // where a browser is sent there, and `base` is empty, the rest may name another host.
    let (mut known, mut whole) = (String::new(), String::new());
    for &part in parts {
        if ast.kind(part) == Kind::Str {
            known.push_str(ast.text(part));
            whole.push_str(ast.text(part));
            continue;
        }
        note(part, &known, &whole, found);
        whole.push('x');
    }
}

fn note(part: NodeId, known: &str, whole: &str, found: &mut Vec<Behind>) {
    if has_host(known) {
        found.push(Behind {
            part,
            kinds: &["redirect", "ssrf"],
        });
    } else if has_host(whole) {
        found.push(Behind {
            part,
            kinds: &["ssrf"],
        });
    }
}

fn call(ast: &Ast, id: NodeId, found: &mut Vec<Behind>) {
    let (Some(callee), Some(arguments)) = (ast.child(id, 0), ast.child(id, 1)) else {
        return;
    };
    let is_format = ast.kind(callee) == Kind::Member
        && ast
            .child(callee, 1)
            .is_some_and(|name| FORMATS.contains(&ast.text(name)));
    let Some(object) = ast.child(callee, 0).filter(|_| is_format) else {
        return;
    };
    let arguments = ast.children(arguments);
    match (ast.kind(object), arguments.split_first()) {
        (Kind::Str, _) => formatted(ast, object, arguments, found),
        (_, Some((&format, values))) => formatted(ast, format, values, found),
        _ => {}
    }
}

/// What a format is filled with, where its text names the host before the first place for a value.
fn formatted(ast: &Ast, format: NodeId, values: &[NodeId], found: &mut Vec<Behind>) {
    if ast.kind(format) == Kind::Str {
        let text = ast.text(format);
        let known = text
            .get(..text.find(['%', '{']).unwrap_or(text.len()))
            .unwrap_or_default();
        values.iter().for_each(|&value| note(value, known, known, found));
    }
}

/// Whether what follows a text belongs to the path, the query or the fragment of the address that the text begins.
fn has_host(text: &str) -> bool {
    let bytes = text.as_bytes();
    let is_slash = |byte: &u8| matches!(byte, b'/' | b'\\');
    bytes.contains(&b'?')
        || bytes.contains(&b'#')
        || bytes.windows(2).any(
            |pair| matches!(pair, [before, after] if is_slash(after) && !is_slash(before) && *before != b':'),
        )
}

/// Functions that say their answer is of a media type that no browser shows as a page, and say nothing else of it.
pub(super) fn answers_without_page(meaning: &Meaning<'_>) -> HashSet<NodeId> {
    let ast = meaning.ast;
    let (mut plain, mut pages) = (HashSet::new(), HashSet::new());
    for id in ast
        .ids()
        .filter(|&id| matches!(ast.kind(id), Kind::Call | Kind::New))
    {
        for one in meaning.uses(&meaning.callee_names(id)) {
            let Use::Media(at) = one else { continue };
            let Some(media) = meaning
                .models
                .media
                .get(at)
                .filter(|media| meaning.holds(id, &media.when))
            else {
                continue;
            };
            let Some(function) = function_around(ast, id) else {
                continue;
            };
            let mut nodes = media.at.iter().flat_map(|position| meaning.at(id, position));
            let is_plain = nodes
                .next()
                .and_then(|node| meaning.constant(node))
                .is_some_and(|kind| {
                    let kind = kind.to_lowercase();
                    !kind.is_empty() && !PAGES.iter().any(|word| kind.contains(word))
                });
            if is_plain { &mut plain } else { &mut pages }.insert(function);
        }
    }
    plain.retain(|function| !pages.contains(function));
    plain
}

/// Where a property that a condition checks is read again on the way on which the check succeeded: `if (!ok(a.b)) return; use(a.b)`.
///
/// A variable that is checked is known to the flow engine; a property of what comes from outside would come in anew.
pub(super) fn read_again(ast: &Ast, check: NodeId, checked: NodeId) -> Vec<NodeId> {
    if !matches!(ast.kind(checked), Kind::Member | Kind::Index) {
        return Vec::new();
    }
    let (mut node, mut is_negated) = (check, false);
    let branch = loop {
        let Some(above) = ast.parent(node) else {
            return Vec::new();
        };
        match (ast.kind(above), ast.node(above).operator) {
            (Kind::Unary, Operator::Not) => is_negated = !is_negated,
            (Kind::Binary, Operator::And) if !is_negated => {}
            (Kind::Binary, Operator::Or) if is_negated => {}
            (Kind::If, _) if ast.child(above, 0) == Some(node) => break above,
            _ => return Vec::new(),
        }
        node = above;
    };
    let Some(then) = ast.child(branch, 1) else {
        return Vec::new();
    };
    let region = if !is_negated {
        Some((then, 0))
    } else if leaves(ast, then) {
        ast.parent(branch).map(|around| (around, ast.span(branch).end))
    } else {
        None
    };
    let Some((around, from)) = region else {
        return Vec::new();
    };
    let reads = ast
        .subtree(around)
        .filter(|&id| ast.span(id).start >= from && is_same(ast, id, checked));
    reads.collect()
}

/// Whether a check is a part of a condition by which one of two ways is taken.
pub(super) fn decides(ast: &Ast, check: NodeId) -> bool {
    let mut node = check;
    while let Some(above) = ast.parent(node) {
        match (ast.kind(above), ast.node(above).operator) {
            (Kind::Unary, Operator::Not) | (Kind::Binary, Operator::And | Operator::Or) => node = above,
            (kind, _) => {
                return matches!(kind, Kind::If | Kind::While | Kind::Conditional)
                    && ast.child(above, 0) == Some(node);
            }
        }
    }
    false
}

/// Whether a block ends by leaving what is around it.
fn leaves(ast: &Ast, block: NodeId) -> bool {
    ast.children(block).last().is_some_and(|&last| {
        matches!(
            ast.kind(last),
            Kind::Return | Kind::Throw | Kind::Break | Kind::Continue
        )
    })
}

/// Whether two expressions of names, properties and constants are written alike.
fn is_same(ast: &Ast, one: NodeId, other: NodeId) -> bool {
    let (left, right) = (ast.children(one), ast.children(other));
    ast.kind(one) == ast.kind(other)
        && matches!(
            ast.kind(one),
            Kind::Member | Kind::Index | Kind::Name | Kind::This | Kind::Str | Kind::Number
        )
        && ast.text(one) == ast.text(other)
        && left.len() == right.len()
        && left
            .iter()
            .zip(right.iter())
            .all(|(&one, &other)| is_same(ast, one, other))
}

/// The innermost function around a node.
pub(super) fn function_around(ast: &Ast, node: NodeId) -> Option<NodeId> {
    ast.ancestors(node)
        .find(|&above| matches!(ast.kind(above), Kind::Function | Kind::Lambda))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_ends_at_the_first_slash_that_is_not_before_it() {
        for text in ["https://a.example/", "/ships/", "x/", "/a?", "#"] {
            assert!(has_host(text), "{text}");
        }
        for text in ["", "/", "//", "https://", "https://a.example", "\\"] {
            assert!(!has_host(text), "{text}");
        }
    }
}
