//! Whether what a rule says can be run: its patterns are code, its expressions and globs compile.
//!
//! In: a rule that was read. Out: the reason why it cannot run, where there is one.

use super::rule::{Condition, Formula, FormulaKind, Rule};
use crate::sast::pattern::compile;

/// Tries everything that a rule says.
///
/// # Errors
/// What of it cannot run.
pub(super) fn can_run(rule: &Rule) -> Result<(), String> {
    rule.formulas().into_iter().try_for_each(compiles)?;
    if let Some(fix) = &rule.fix_regex {
        compiled(&fix.regex)?;
    }
    rule.paths.sets()?;
    is_readable(rule)
}

/// Every regular expression of a formula, of its conditions and of its parts compiles.
fn compiles(formula: &Formula) -> Result<(), String> {
    for condition in &formula.conditions {
        match condition {
            Condition::Regex { regex, .. } => compiled(regex)?,
            Condition::Pattern { formula, .. } => compiles(formula)?,
            Condition::Comparison(_) | Condition::Type { .. } => {}
        }
    }
    match &formula.kind {
        FormulaKind::Text(regex) => compiled(regex),
        FormulaKind::Code(_) | FormulaKind::Generic(_) => Ok(()),
        FormulaKind::Inside(inner) => compiles(inner),
        FormulaKind::Either(all) => all.iter().try_for_each(compiles),
        FormulaKind::All(all, none) => all.iter().chain(none).try_for_each(compiles),
    }
}

fn compiled(regex: &str) -> Result<(), String> {
    match compile(regex) {
        Ok(_) => Ok(()),
        Err(error) => Err(format!(
            "`{regex}` is no regular expression that can be run: {error}"
        )),
    }
}

/// Every pattern can be read in at least one language of the rule.
fn is_readable(rule: &Rule) -> Result<(), String> {
    let mut leaves = Vec::new();
    for formula in rule.formulas() {
        formula.leaves(&mut leaves);
    }
    for leaf in leaves {
        let mut why = None;
        let fits = rule
            .languages
            .iter()
            .any(|&language| match leaf.pattern(language) {
                Ok(_) => true,
                Err(error) => {
                    why = Some(error);
                    false
                }
            });
        if !fits {
            let first = leaf.text.trim().lines().next().unwrap_or_default();
            let why = why.map_or_else(
                || "there is no language to read it in".to_owned(),
                |why| why.to_string(),
            );
            return Err(format!("`{first}`: {why}"));
        }
    }
    Ok(())
}
