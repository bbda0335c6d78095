//! Code with holes, as the tree that a file would be read to.
//!
//! The text of a pattern flows in, in the notation of Semgrep: `$X` for anything, `...` for any number of things, `<... x ...>` for an `x`
//! within anything, `($X: T)` for anything of a type. A [`Pattern`] flows out, whose tree has nodes of [`Kind::Metavariable`] and its like in
//! place of the holes. A text that is not a file of its language (an expression, a method, a handler, an entry of a map) is tried within
//! what could surround it. The notation: <https://semgrep.dev/docs/writing-rules/pattern-syntax>.

mod hole;
mod rewrite;
mod setting;
mod token;

use crate::ast::{Ast, NodeId, Span};
use crate::kind::Kind;
use crate::language::Language;
use crate::parse::parse;
use hole::Hole;
use setting::{Setting, settings};

/// Bytes of a pattern at most.
pub const MAX_PATTERN: usize = 64 << 10;
/// Readings that are tried of one pattern at most.
const TRIES: usize = 96;

/// A pattern as a tree.
#[derive(Clone, Debug)]
pub struct Pattern {
    /// The tree; its root is a [`Kind::Module`] whose children are what is looked for
    pub ast: Ast,
    /// Whether it is one expression, which is looked for within statements; otherwise statements or declarations in a row
    pub expression: bool,
}

impl Pattern {
    /// What is looked for: one node, or statements in a row.
    #[must_use]
    pub fn roots(&self) -> &[NodeId] {
        self.ast.children(NodeId::ROOT)
    }
}

/// Why a pattern could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PatternError {
    /// There is nothing in it
    #[error("the pattern is empty")]
    Empty,
    /// More than [`MAX_PATTERN`] bytes
    #[error("the pattern is larger than {MAX_PATTERN} bytes")]
    TooLarge,
    /// It is no code of the language, whatever is put around it
    #[error(
        "the pattern is no {language} code, whatever is put around it: see https://semgrep.dev/docs/writing-rules/pattern-syntax"
    )]
    Unreadable {
        /// The language it was tried in
        language: &'static str,
    },
}

/// Reads a pattern in a language.
///
/// # Errors
/// When it is empty, too large, or no code of the language.
pub fn parse_pattern(text: &str, language: Language) -> Result<Pattern, PatternError> {
    let text = text.trim_end();
    let text = text.trim_start_matches(['\n', '\r']);
    if text.trim().is_empty() {
        return Err(PatternError::Empty);
    }
    if text.len() > MAX_PATTERN {
        return Err(PatternError::TooLarge);
    }
    let text = &dedented(text);
    let tokens = token::tokens(text, language);
    let holes = hole::holes(&tokens, language);
    let complete = !text.ends_with(';');
    let mut tries = TRIES;
    for setting in settings(language, text) {
        if let Some(pattern) = read_in(text, &holes, &setting, language, complete, &mut tries) {
            return Ok(pattern);
        }
    }
    let related = match language {
        Language::JavaScript | Language::TypeScript => Some(Language::Tsx),
        _ => None,
    };
    match related {
        Some(other) => parse_pattern(text, other),
        None => Err(PatternError::Unreadable {
            language: language.name(),
        }),
    }
}

/// The text without what all its lines are indented by.
fn dedented(text: &str) -> String {
    let indent = |line: &str| line.len() - line.trim_start_matches([' ', '\t']).len();
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    let common = lines.map(indent).min().unwrap_or(0);
    let cut = |line: &str| line.get(common.min(indent(line))..).unwrap_or("").to_owned();
    text.lines().map(cut).collect::<Vec<_>>().join("\n")
}

/// Reads a pattern within a setting, choosing the forms of its holes one by one where the first ones do not fit.
fn read_in(
    text: &str,
    holes: &[Hole],
    setting: &Setting,
    language: Language,
    complete: bool,
    tries: &mut usize,
) -> Option<Pattern> {
    let mut chosen = vec![0_usize; holes.len()];
    let mut best = attempt(text, holes, &chosen, setting, language, complete, tries)?;
    for (index, hole) in holes.iter().enumerate() {
        if best.problems == 0 {
            break;
        }
        for form in 1..hole.forms.len() {
            let before = std::mem::replace(chosen.get_mut(index)?, form);
            let Some(next) = attempt(text, holes, &chosen, setting, language, complete, tries) else {
                break;
            };
            if next.problems < best.problems {
                best = next;
            } else {
                *chosen.get_mut(index)? = before;
            }
        }
    }
    best.pattern.filter(|_| best.problems == 0)
}

struct Attempt {
    /// How much of it could not be read.
    problems: usize,
    pattern: Option<Pattern>,
}

fn attempt(
    text: &str,
    holes: &[Hole],
    chosen: &[usize],
    setting: &Setting,
    language: Language,
    complete: bool,
    tries: &mut usize,
) -> Option<Attempt> {
    *tries = tries.checked_sub(1)?;
    let mut filled = String::with_capacity(text.len() + 64);
    filled.push_str(setting.before);
    let from = filled.len();
    let mut at = 0;
    for (hole, &form) in holes.iter().zip(chosen) {
        if hole.at.start < at {
            continue;
        }
        filled.push_str(text.get(at..hole.at.start)?);
        filled.push_str(hole.forms.get(form)?);
        at = hole.at.end;
    }
    filled.push_str(text.get(at..)?);
    let own = filled.len();
    filled.push_str(setting.after);
    // What completes the pattern belongs to it: a body, the declaration that a decorator is of.
    let partial = setting.after.contains("ELL0ZZ") && setting.after.trim_start().starts_with(['{', 'E', 'd']);
    let to = if partial {
        own + setting.after.find('}').map_or(setting.after.len(), |end| end + 1)
    } else {
        own
    };
    let parsed = parse(&filled, language);
    let broken = parsed
        .ast
        .ids()
        .filter(|&id| parsed.ast.kind(id) == Kind::Broken)
        .count();
    let problems = parsed.problems.len() + broken;
    let body = Span {
        start: u32::try_from(from).ok()?,
        end: u32::try_from(to).ok()?,
    };
    let roots = roots_within(&parsed.ast, body, filled.get(from..to)?);
    let pattern = (problems == 0 && !roots.is_empty())
        .then(|| finish(&parsed.ast, &filled, &roots, complete && !partial));
    let problems = if pattern.is_none() {
        problems.max(1)
    } else {
        problems
    };
    Some(Attempt { problems, pattern })
}

/// The outermost nodes that lie within a range.
fn roots_within(ast: &Ast, range: Span, text: &str) -> Vec<NodeId> {
    let mut roots = Vec::new();
    let mut walk = vec![NodeId::ROOT];
    while let Some(id) = walk.pop() {
        let span = ast.span(id);
        let empty = span.start == span.end;
        if empty && ast.kind(id) == Kind::Nothing {
            continue;
        }
        let bare = matches!(ast.kind(id), Kind::Module)
            || (ast.kind(id) == Kind::Block && !text.trim_start().starts_with('{'))
            || matches!(
                ast.kind(id),
                Kind::Catches | Kind::Patterns | Kind::Args | Kind::Modifiers
            );
        if !empty && range.holds(span) && !bare {
            roots.push(id);
        } else if span.start < range.end && range.start < span.end || bare {
            walk.extend(ast.children(id).iter().rev());
        }
    }
    roots
}

fn finish(ast: &Ast, source: &str, roots: &[NodeId], complete: bool) -> Pattern {
    if let [only] = roots
        && ast.kind(*only) == Kind::Expression
        && complete
        && let Some(inner) = ast.child(*only, 0)
    {
        return Pattern {
            ast: rewrite::rewrite(ast, source, &[inner]),
            expression: true,
        };
    }
    let statement = |&root: &NodeId| is_statement(ast.kind(root));
    Pattern {
        ast: rewrite::rewrite(ast, source, roots),
        expression: roots.len() == 1 && !roots.iter().all(statement),
    }
}

/// Whether nodes of this kind stand in a row within blocks.
#[must_use]
pub const fn is_statement(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Block
            | Kind::Expression
            | Kind::Variable
            | Kind::If
            | Kind::While
            | Kind::DoWhile
            | Kind::For
            | Kind::ForEach
            | Kind::Switch
            | Kind::Try
            | Kind::With
            | Kind::Return
            | Kind::Throw
            | Kind::Break
            | Kind::Continue
            | Kind::Labelled
            | Kind::Assert
            | Kind::Delete
            | Kind::Global
            | Kind::Pass
            | Kind::Spawn
            | Kind::Defer
            | Kind::Function
            | Kind::Class
            | Kind::Import
            | Kind::ImportFrom
            | Kind::Package
            | Kind::Export
    )
}

/// The marks that a tree of a pattern has in place of holes.
#[must_use]
pub const fn is_hole(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Metavariable
            | Kind::MetavariableEllipsis
            | Kind::Ellipsis
            | Kind::DeepEllipsis
            | Kind::TypedMetavariable
    )
}
