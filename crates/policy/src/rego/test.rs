//! Tests that policies bring along: rules whose names begin with `test_`.
//!
//! In: modules that are loaded. Out: an outcome for each test, and which lines of which modules were evaluated.
//! <https://www.openpolicyagent.org/docs/policy-testing>

use super::{Rego, failed};
use crate::{Cause, guard, limits};
use regorus::unstable::{Expr, Rule, RuleHead};
use serde_json::Value;
use std::collections::BTreeSet;

/// A test of a policy.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Test {
    /// The file that holds it.
    pub path: String,
    /// The line of its first definition, from 1.
    pub line: u32,
    /// Its package and name, as `data.main_test.test_denies`.
    pub name: String,
}

/// How a test went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It holds.
    Passed,
    /// It is false or undefined; where it has cases, these are.
    Failed(Vec<String>),
    /// It is left out by its name, which begins with `todo_`.
    Skipped,
    /// It could not be told.
    Unknown(Cause),
}

/// Lines of one module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coverage {
    /// The file.
    pub path: String,
    /// Lines that were evaluated, from 1.
    pub covered: BTreeSet<u32>,
    /// Lines that could have been and were not.
    pub missed: BTreeSet<u32>,
}

impl Rego {
    /// Every test of the modules, each once, in the order of their names.
    #[must_use]
    pub fn tests(&mut self) -> Vec<Test> {
        let mut tests = Vec::new();
        for module in self.engine.get_modules() {
            let package = written(&module.package.refr);
            for rule in &module.policy {
                let Some(name) = head(rule).map(|expression| expression.span().text().to_owned()) else {
                    continue;
                };
                if name.starts_with("test_") || name.starts_with("todo_test_") {
                    let span = rule.span();
                    tests.push(Test {
                        path: span.source.get_path().clone(),
                        line: span.line,
                        name: format!("data.{package}.{name}"),
                    });
                }
            }
        }
        tests.sort_by(|a, b| (&a.name, a.line).cmp(&(&b.name, b.line)));
        tests.dedup_by(|a, b| a.name == b.name);
        tests
    }

    /// Runs tests, one after the other, with a word to `seen` after each. Coverage is of all that were run, where it is asked for.
    ///
    /// # Errors
    ///
    /// Where the modules do not fit together.
    pub fn run_tests(
        &mut self,
        tests: &[Test],
        with_coverage: bool,
        mut seen: impl FnMut(&Test, &Outcome),
    ) -> Result<Vec<Coverage>, Cause> {
        self.prepare()?;
        let mut engine = self.engine.clone();
        engine.set_enable_coverage(with_coverage);
        for test in tests {
            let short = test.name.rsplit('.').next().unwrap_or_default();
            let outcome = if short.starts_with("todo_") {
                Outcome::Skipped
            } else {
                let answer = self.run(&mut engine, &test.name, None);
                let met = limits::cases();
                if matches!(answer, Err(Cause::Panicked(_))) {
                    engine = self.engine.clone();
                    engine.set_enable_coverage(with_coverage);
                }
                match answer {
                    Ok(Some(Value::Bool(true))) => Outcome::Passed,
                    Ok(Some(held @ Value::Object(_))) => cases(&met, &held),
                    Ok(_) => cases(&met, &Value::Null),
                    Err(cause) => Outcome::Unknown(cause),
                }
            };
            let _ = engine.take_prints();
            seen(test, &outcome);
        }
        if !with_coverage {
            return Ok(Vec::new());
        }
        let report = guard::caught(|| engine.get_coverage_report().map_err(failed))?;
        Ok(report
            .files
            .into_iter()
            .map(|file| Coverage {
                path: file.path,
                covered: file.covered,
                missed: file.not_covered,
            })
            .collect())
    }
}

/// A test with cases holds where each case that was met does.
fn cases(met: &[Vec<String>], held: &Value) -> Outcome {
    let holds = |case: &&Vec<String>| {
        let found = case.iter().try_fold(held, |held, name| held.get(name));
        found == Some(&Value::Bool(true))
    };
    let mut failed: Vec<String> = met
        .iter()
        .filter(|case| !holds(case))
        .map(|case| case.join(", "))
        .collect();
    failed.sort();
    failed.dedup();
    if failed.is_empty() && !met.is_empty() {
        Outcome::Passed
    } else {
        Outcome::Failed(failed)
    }
}

/// The name of what a rule defines, where it is a plain rule.
fn head(rule: &Rule) -> Option<&Expr> {
    match rule {
        Rule::Spec {
            head: RuleHead::Compr { refr, .. },
            ..
        } => {
            let mut name = refr.as_ref();
            while let Expr::RefBrack { refr, .. } = name {
                name = refr;
            }
            Some(name)
        }
        _ => None,
    }
}

/// A package's name as it is written, spaces left out.
fn written(expression: &Expr) -> String {
    expression.span().text().split_whitespace().collect()
}

/// The name of what a rule defines, functions left out.
pub(super) fn defines(rule: &Rule) -> Option<&str> {
    let Rule::Spec { head, .. } = rule else {
        return None;
    };
    let mut name = match head {
        RuleHead::Compr { refr, .. } | RuleHead::Set { refr, .. } => refr.as_ref(),
        RuleHead::Func { .. } => return None,
    };
    while let Expr::RefBrack { refr, .. } = name {
        name = refr;
    }
    matches!(name, Expr::Var { .. }).then(|| name.span().text())
}
