//! Policies in Rego.
//!
//! In: modules as text, data and inputs as JSON. Out: what a rule evaluates to, or why that cannot be told. The forms in which others
//! write their policies are in [`forms`]; tests of policies in [`mod@test`].
//!
//! Language: <https://www.openpolicyagent.org/docs/policy-reference>.

mod builtins;
mod dress;
pub mod forms;
mod rewrite;
pub mod test;

use crate::limits::{self, Limits};
use crate::{Cause, guard};
use regorus::utils::limits::ExecutionTimerConfig;
use regorus::{Engine, PolicyLengthConfig};
use serde_json::Value;
use std::num::{NonZeroU32, NonZeroUsize};
use std::time::Duration;

/// What a policy can learn of the world beside its input and data.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Surroundings {
    /// What `time.now_ns()` gives: nanoseconds since 1970. None: a policy that asks has no answer.
    pub now_ns: Option<i64>,
}

/// Which language a module is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// Rego before OPA 1.0: no `if`, no `contains`.
    V0,
    /// Rego since OPA 1.0.
    V1,
    /// The newer where the text is that, else the older.
    Either,
}

/// Modules and data that were loaded together.
#[derive(Clone)]
pub struct Rego {
    engine: Engine,
    limits: Limits,
}

impl std::fmt::Debug for Rego {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Rego")
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}

impl Rego {
    /// Nothing loaded yet.
    ///
    /// # Errors
    ///
    /// Where the engine refuses the built-in functions.
    pub fn new(limits: Limits, surroundings: Surroundings) -> Result<Self, Cause> {
        limits::count_steps();
        let mut engine = Engine::new();
        engine.set_gather_prints(true);
        engine.set_strict_builtin_errors(false);
        engine.set_policy_length_config(lengths(&limits));
        engine.set_execution_timer_config(ExecutionTimerConfig {
            limit: Duration::from_nanos(limits.steps),
            check_interval: NonZeroU32::MIN,
        });
        builtins::register(&mut engine, surroundings).map_err(failed)?;
        Ok(Self { engine, limits })
    }

    /// Loads one module; `path` is what errors and coverage call it.
    ///
    /// # Errors
    ///
    /// Where the text is too large or is no Rego.
    pub fn add_module(&mut self, path: &str, text: &str, dialect: Dialect) -> Result<(), Cause> {
        if text.len() > self.limits.policy_bytes {
            return Err(Cause::Limit {
                what: "bytes in a policy",
                limit: self.limits.policy_bytes,
            });
        }
        if text.lines().any(|line| line.len() > self.limits.line_bytes) {
            return Err(Cause::Limit {
                what: "bytes in a line of a policy",
                limit: self.limits.line_bytes,
            });
        }
        if limits::nesting(text) > self.limits.nesting {
            return Err(Cause::Limit {
                what: "open brackets in a policy",
                limit: self.limits.nesting,
            });
        }
        let dressed = dress::dress(text);
        let lengths = lengths(&self.limits);
        let mut add = |v0: bool| {
            let engine = &mut self.engine;
            guard::caught(|| {
                engine.set_rego_v0(v0);
                engine
                    .add_policy(path.to_owned(), rewrite::rewrite(path, &dressed, v0, lengths))
                    .map(drop)
                    .map_err(|error| Cause::Unreadable(plain(&error)))
            })
        };
        match dialect {
            Dialect::V0 => add(true),
            Dialect::V1 => add(false),
            Dialect::Either => add(false).or_else(|first| add(true).map_err(|_| first)),
        }
    }

    /// Puts data beside the modules, as `data`.
    ///
    /// # Errors
    ///
    /// Where it is no object, is too large, or contradicts what is there.
    pub fn add_data(&mut self, data: &Value) -> Result<(), Cause> {
        let data = self.value(data)?;
        self.engine.add_data(data).map_err(failed)
    }

    /// Names of the packages that were loaded, with `data.` before them.
    ///
    /// # Errors
    ///
    /// Where the engine cannot tell.
    pub fn packages(&self) -> Result<Vec<String>, Cause> {
        self.engine.get_packages().map_err(failed)
    }

    /// Packages with a rule `deny`, `violation` or `warn`, with `data.` before them, and the file of the first such rule.
    #[must_use]
    pub fn deciding(&mut self) -> Vec<(String, String)> {
        let mut found = std::collections::BTreeMap::new();
        for module in self.engine.get_modules() {
            let package: String = module.package.refr.span().text().split_whitespace().collect();
            for rule in &module.policy {
                if test::defines(rule).is_some_and(|name| ["deny", "violation", "warn"].contains(&name)) {
                    let path = rule.span().source.get_path().clone();
                    found.entry(format!("data.{package}")).or_insert(path);
                }
            }
        }
        found.into_iter().collect()
    }

    /// Does once what every evaluation would do: a good thing to call when all was loaded.
    ///
    /// # Errors
    ///
    /// Where the modules do not fit together.
    pub fn prepare(&mut self) -> Result<(), Cause> {
        limits::begin(&self.limits);
        let engine = &mut self.engine;
        guard::caught(|| {
            engine
                .eval_query("true".to_owned(), false)
                .map(drop)
                .map_err(failed)
        })
    }

    /// What a query gives, as `data.package.rule`; none where it is undefined.
    ///
    /// # Errors
    ///
    /// Where it cannot be told.
    pub fn query(&self, query: &str, input: &Value) -> Result<Option<Value>, Cause> {
        let input = self.value(input)?;
        let mut engine = self.engine.clone();
        self.run(&mut engine, query, Some(input))
    }

    fn run(
        &self,
        engine: &mut Engine,
        query: &str,
        input: Option<regorus::Value>,
    ) -> Result<Option<Value>, Cause> {
        limits::begin(&self.limits);
        let answer = guard::caught(|| {
            engine.set_input(input.unwrap_or(regorus::Value::Undefined));
            let results = engine.eval_query(query.to_owned(), false).map_err(failed)?;
            let value = results
                .result
                .first()
                .and_then(|result| result.expressions.first())
                .map(|expression| &expression.value);
            value.map_or(Ok(None), |value| self.json(value))
        });
        match limits::spoiled(&self.limits) {
            Some(cause) => Err(cause),
            None => answer,
        }
    }

    fn value(&self, json: &Value) -> Result<regorus::Value, Cause> {
        let what = ("values in an input", "levels in an input");
        limits::measure(json, self.limits.input_nodes, self.limits.input_depth, what)?;
        serde_json::from_value(json.clone()).map_err(|error| Cause::Failed(error.to_string()))
    }

    fn json(&self, value: &regorus::Value) -> Result<Option<Value>, Cause> {
        if matches!(value, regorus::Value::Undefined) {
            return Ok(None);
        }
        let mut left = self.limits.result_nodes;
        if !builtins::within(value, &mut left, self.limits.input_depth) {
            return Err(Cause::Limit {
                what: "values in an answer",
                limit: self.limits.result_nodes,
            });
        }
        serde_json::to_value(value)
            .map(Some)
            .map_err(|error| Cause::Failed(error.to_string()))
    }
}

/// What a text may be before it is read; what is written into it on the way is not counted.
fn lengths(limits: &Limits) -> PolicyLengthConfig {
    let columns = u32::try_from(limits.line_bytes).unwrap_or(u32::MAX);
    PolicyLengthConfig {
        max_col: at_least_one(columns.saturating_mul(4)),
        max_file_bytes: NonZeroUsize::new(limits.policy_bytes.saturating_mul(4)).unwrap_or(NonZeroUsize::MIN),
        max_lines: NonZeroUsize::new(limits.policy_lines).unwrap_or(NonZeroUsize::MIN),
    }
}

fn at_least_one(number: u32) -> NonZeroU32 {
    NonZeroU32::new(number).unwrap_or(NonZeroU32::MIN)
}

fn failed(error: impl std::fmt::Display) -> Cause {
    Cause::Failed(plain(&error))
}

/// The engine frames its errors over several lines; one is enough, with the place.
fn plain(error: &impl std::fmt::Display) -> String {
    let text = error.to_string();
    let place = text.lines().find_map(|line| line.trim().strip_prefix("--> "));
    let said = text.lines().find_map(|line| line.trim().strip_prefix("error: "));
    match (place, said) {
        (Some(place), Some(said)) => format!("{place}: {said}"),
        _ => text.split_whitespace().collect::<Vec<_>>().join(" "),
    }
}
