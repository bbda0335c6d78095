//! What holds of every tree, whatever the text. Used by the tests and by the fuzz targets.

#![allow(clippy::indexing_slicing, clippy::panic, unreachable_pub)]

use bartizan_syntax::{Ast, Flags, Kind, Language, MAX_DEPTH, Names, NodeId, Parsed, parse};

/// Reads a text and checks the tree, its names and its text form; panics where something does not hold.
pub fn check(text: &str, language: Language) -> Parsed {
    let parsed = parse(text, language);
    let ast = &parsed.ast;
    assert_eq!(ast.kind(NodeId::ROOT), Kind::Module);
    assert_eq!(ast.span(NodeId::ROOT).range(), 0..text.len());
    for problem in &parsed.problems {
        assert!(text.get(problem.span.range()).is_some(), "{problem:?}");
    }
    for &comment in ast.comments() {
        assert!(text.get(comment.range()).is_some(), "{comment:?}");
    }
    let mut depths = vec![0_usize; ast.len()];
    let mut implied = vec![false; ast.len()];
    for id in ast.ids() {
        let span = ast.span(id);
        assert!(
            text.get(span.range()).is_some(),
            "{:?} {span:?} is no text",
            ast.kind(id)
        );
        implied[id.index()] = ast.node(id).flags.has(Flags::IMPLIED);
        if let Some(parent) = ast.parent(id) {
            assert!(parent < id, "a parent comes first");
            assert!(
                ast.children(parent).contains(&id),
                "a child is one of its parent's"
            );
            depths[id.index()] = depths[parent.index()] + 1;
            implied[id.index()] |= implied[parent.index()];
            let within = implied[id.index()] || ast.span(parent).holds(span);
            assert!(
                within,
                "{} lies outside of {}",
                ast.dump_node(id),
                ast.dump_node(parent)
            );
        }
        // What a front end repeats for a second parent lies where the first one has it; twice that deep at most.
        assert!(depths[id.index()] <= 2 * MAX_DEPTH);
        if parsed.problems.is_empty() && is_sequence(ast.kind(id)) {
            in_order(ast, id);
        }
    }
    let names = Names::of(ast);
    for id in ast
        .ids()
        .filter(|&id| matches!(ast.kind(id), Kind::Name | Kind::Member))
    {
        if let Some(qualified) = names.qualified(id) {
            assert!(names.candidates(id).contains(&qualified));
        }
        let _ = (names.declared_type(id), names.method(id), names.declaration(id));
    }
    parsed
}

/// Kinds whose children stand in the order of the text.
const fn is_sequence(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Module
            | Kind::Block
            | Kind::Args
            | Kind::Params
            | Kind::List
            | Kind::Tuple
            | Kind::Set
            | Kind::Map
            | Kind::Template
            | Kind::Call
            | Kind::Member
            | Kind::Index
            | Kind::Catches
            | Kind::Modifiers
    )
}

fn in_order(ast: &Ast, id: NodeId) {
    let mut end = 0;
    for &child in ast.children(id) {
        // JavaScript writes the module after the names.
        let apart = ast.kind(child) == Kind::Path || ast.node(child).flags.has(Flags::IMPLIED);
        if !apart {
            let span = ast.span(child);
            assert!(end <= span.start, "{} is out of order", ast.dump_node(id));
            end = span.end;
        }
    }
}
