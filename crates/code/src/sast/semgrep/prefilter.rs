//! Which rules can find anything in a file, told by the words of its text alone.
//!
//! In: a formula and the set of words of a file. Out: whether a match is possible. Every name of a pattern stands somewhere in a file that it
//! matches, even where the file calls things otherwise: an import says it. The words are collected once a file, for all rules.

use super::rule::{Condition, Formula, FormulaKind, Leaf, Mode, Rule};
use bartizan_syntax::pattern::Pattern;
use bartizan_syntax::{Flags, Kind, Language};
use std::collections::HashSet;

/// The words of a text: runs of letters, digits, `_` and `$`.
#[must_use]
pub fn words(text: &str) -> HashSet<&str> {
    text.split(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '$')))
        .filter(|word| !word.is_empty())
        .collect()
}

/// Whether a rule can find anything in a file with these words.
#[must_use]
pub fn possible(rule: &Rule, language: Option<Language>, present: &HashSet<&str>) -> bool {
    let fits = |formula: &Formula| formula_fits(formula, language, present);
    match &rule.mode {
        Mode::Search(formula) => fits(formula),
        Mode::Taint(taint) => {
            taint.sources.iter().any(|one| fits(&one.formula))
                && taint.sinks.iter().any(|one| fits(&one.formula))
        }
    }
}

fn formula_fits(formula: &Formula, language: Option<Language>, present: &HashSet<&str>) -> bool {
    let conditions = formula.conditions.iter().all(|condition| match condition {
        Condition::Pattern {
            language: None,
            formula,
            ..
        } => formula_fits(formula, language, present),
        _ => true,
    });
    conditions
        && match &formula.kind {
            FormulaKind::Code(leaf) => language.is_none_or(|language| leaf_fits(leaf, language, present)),
            FormulaKind::Text(_) | FormulaKind::Generic(_) => true,
            FormulaKind::Inside(inner) => formula_fits(inner, language, present),
            FormulaKind::Either(all) => all.iter().any(|one| formula_fits(one, language, present)),
            FormulaKind::All(all, _) => all.iter().all(|one| formula_fits(one, language, present)),
        }
}

fn leaf_fits(leaf: &Leaf, language: Language, present: &HashSet<&str>) -> bool {
    leaf.required(language)
        .iter()
        .all(|word| present.contains(&**word))
}

/// The words that stand in every text that the pattern matches.
pub(super) fn required(pattern: &Pattern) -> Box<[Box<str>]> {
    let ast = &pattern.ast;
    let mut found: Vec<Box<str>> = Vec::new();
    for id in ast.ids() {
        let free = ast.node(id).flags.has(Flags::IMPLIED)
            || ast.ancestors(id).any(|above| {
                matches!(
                    ast.kind(above),
                    Kind::Modifiers | Kind::Type | Kind::TypedMetavariable
                )
            });
        if ast.kind(id) != Kind::Name || free {
            continue;
        }
        let word = ast.text(id);
        let whole = !word.is_empty()
            && word
                .chars()
                .all(|c| c.is_alphanumeric() || matches!(c, '_' | '$'));
        // The name of a parameter that a function keeps for itself, and of an anonymous function, are still written out.
        if whole && !found.iter().any(|known| **known == *word) {
            found.push(word.into());
        }
    }
    found.into()
}
