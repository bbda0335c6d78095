//! Reads a text into an [`Ast`], within limits that are counted.
//!
//! A text and its language flow in, the tree and a list of what could not be read flow out. There is always a tree: where a limit is hit or
//! the grammar does not know what it sees, a [`Kind::Broken`] stands for the text. Two readings of one text agree, since nothing here is timed.
//! The grammars are those of [tree-sitter](https://tree-sitter.github.io/tree-sitter/), which get over errors.

use std::ops::ControlFlow;

use tree_sitter::{Node, ParseOptions, Parser, Tree};

use crate::ast::{Ast, Span};
use crate::builder::Builder;
use crate::front;
use crate::kind::Kind;
use crate::language::Language;

/// Bytes of a text at most.
pub const MAX_BYTES: usize = 8 << 20;
/// Nodes of a tree at most, before those that several parents share are counted again.
pub const MAX_NODES: usize = 4_000_000;
/// Constructs within each other at most; half as many in languages whose front end is a table. Beside them only left operands of [`Kind::Binary`] lie deeper, see [`MAX_DEPTH`].
pub const MAX_NESTING: usize = 400;
/// Levels of a tree at most. What walks a tree by recursion needs room for this many, unless it goes down left operands in a loop.
pub const MAX_DEPTH: usize = 2_000;
/// Problems of a file that are told one by one; after them the last one of a kind spans all the rest of it.
pub const MAX_TOLD: usize = 1_000;

/// Bytes that the parser is given at a time.
const CHUNK: usize = 16 << 10;
/// Calls of the parser for more text or for its progress: this many, and one for so many bytes. Of what people write, a file takes less
/// than a tenth; it is texts made to be ambiguous that take more.
const CALLS: usize = 20_000;
const BYTES_A_CALL: usize = 4;

/// What could not be read as it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where
    pub span: Span,
    /// Why
    pub what: Trouble,
}

/// Why a text could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Trouble {
    /// The grammar does not know this text, or misses something here
    #[error("not what the grammar of the language expects")]
    Unreadable,
    /// More than [`MAX_NESTING`] constructs within each other, or more than [`MAX_DEPTH`] levels
    #[error("nested too deeply: at most {MAX_NESTING} levels are read")]
    TooDeep,
    /// More than [`MAX_BYTES`]
    #[error("larger than {MAX_BYTES} bytes, which is what is read of source code")]
    TooLarge,
    /// More than [`MAX_NODES`]
    #[error("more than {MAX_NODES} nodes")]
    TooMany,
    /// The parser would need far more steps than a text of this length usually does
    #[error("too ambiguous to be parsed in a number of steps that fits its length")]
    TooCostly,
    /// This program was compiled without the grammar of the language
    #[error("compiled without the grammar of this language")]
    NoGrammar,
}

/// What was read.
#[derive(Clone, Debug)]
pub struct Parsed {
    /// The tree; its root is a [`Kind::Module`]
    pub ast: Ast,
    /// What could not be read, in the order of the text; empty when all was read
    pub problems: Vec<Problem>,
}

/// Reads `text` as a file of `language`.
#[must_use]
pub fn parse(text: &str, language: Language) -> Parsed {
    let whole = Span {
        start: 0,
        end: u32::try_from(text.len()).unwrap_or(u32::MAX),
    };
    if text.len() > MAX_BYTES {
        return unread(language, whole, Trouble::TooLarge);
    }
    let Some(grammar) = front::grammar_of(language) else {
        return unread(language, whole, Trouble::NoGrammar);
    };
    let Some(mut tree) = tree_of(text, &grammar) else {
        return unread(language, whole, Trouble::TooCostly);
    };
    let mut broken = unreadable(&tree);
    if !broken.is_empty()
        && let Some(other) = front::mended(text, language).and_then(|mended| tree_of(&mended, &grammar))
    {
        let fewer = unreadable(&other);
        if fewer.len() < broken.len() {
            (tree, broken) = (other, fewer);
        }
    }
    let Some((ast, mut problems)) = front::lower(text, &tree, language) else {
        return unread(language, whole, Trouble::NoGrammar);
    };
    for span in broken {
        note(
            &mut problems,
            Problem {
                span,
                what: Trouble::Unreadable,
            },
        );
    }
    problems.sort_by_key(|problem| problem.span);
    Parsed { ast, problems }
}

/// The tree of a text that is not read at all.
fn unread(language: Language, span: Span, what: Trouble) -> Parsed {
    let mut builder = Builder::new(language);
    let broken = builder.node(Kind::Broken, span, Vec::new());
    let root = builder.node(Kind::Module, span, vec![broken]);
    Parsed {
        ast: builder.finish(root),
        problems: vec![Problem { span, what }],
    }
}

/// The tree of the grammar; none when it takes too many steps.
fn tree_of(text: &str, grammar: &tree_sitter::Language) -> Option<Tree> {
    let mut parser = Parser::new();
    parser.set_language(grammar).ok()?;
    let budget = CALLS + text.len() / BYTES_A_CALL;
    let calls = std::cell::Cell::new(0_usize);
    let exhausted = || {
        calls.set(calls.get() + 1);
        calls.get() > budget
    };
    let bytes = text.as_bytes();
    let mut chunk = |offset: usize, _| {
        if exhausted() {
            return &[][..];
        }
        let end = (offset + CHUNK).min(bytes.len());
        bytes.get(offset..end).unwrap_or(&[])
    };
    let mut progress = |_: &tree_sitter::ParseState| {
        if exhausted() {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    };
    let options = ParseOptions::new().progress_callback(&mut progress);
    parser
        .parse_with_options(&mut chunk, None, Some(options))
        .filter(|_| calls.get() <= budget)
}

/// The outermost places that the grammar could not read, or where it misses something.
fn unreadable(tree: &Tree) -> Vec<Span> {
    let mut spans = Vec::new();
    let mut cursor = tree.walk();
    loop {
        let node = cursor.node();
        let here = node.is_error() || node.is_missing();
        if here {
            spans.push(span_of(&node));
        }
        if !here && node.has_error() && cursor.goto_first_child() {
            continue;
        }
        while !cursor.goto_next_sibling() {
            if !cursor.goto_parent() {
                return spans;
            }
        }
    }
}

/// Adds a problem; when there are many of a kind already, the last one grows to span it.
pub(crate) fn note(problems: &mut Vec<Problem>, problem: Problem) {
    if problems.len() >= MAX_TOLD
        && let Some(last) = problems.iter_mut().rfind(|known| known.what == problem.what)
    {
        last.span.start = last.span.start.min(problem.span.start);
        last.span.end = last.span.end.max(problem.span.end);
    } else {
        problems.push(problem);
    }
}

/// The range of bytes of a node of the grammar.
pub(crate) fn span_of(node: &Node<'_>) -> Span {
    Span {
        start: u32::try_from(node.start_byte()).unwrap_or(u32::MAX),
        end: u32::try_from(node.end_byte()).unwrap_or(u32::MAX),
    }
}
