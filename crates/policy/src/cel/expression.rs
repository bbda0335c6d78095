//! Expressions: read once, evaluated within bounds that are counted before.
//!
//! In: the text of an expression, and named values. Out: a value, the error that the API server would have, too, or why it cannot be told.

use super::cost::Shape;
use super::{library, optional};
use crate::Cause;
use crate::guard::caught;
use cel::{Context, Env, ExecutionError, Program, Value};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Bytes of one expression.
const LONGEST: usize = 16 * 1024;
/// Steps that an expression could take at most, by its shape.
const MOST_WORK: u64 = 20_000_000;

/// What expressions are read and evaluated in: the language, its extension for strings, and optional values.
#[derive(Clone)]
pub struct Environment {
    env: Arc<Env>,
}

/// An expression that was read.
pub struct Expression {
    program: Program,
    shape: Shape,
    source: String,
}

/// Why an expression gives no value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// The API server would meet the same error: a key that is not there, a division by zero.
    #[error("{0}")]
    Error(String),
    /// It cannot be told what the API server would say.
    #[error(transparent)]
    Unknown(#[from] Cause),
}

impl Environment {
    /// The environment of Kubernetes.
    ///
    /// # Errors
    /// [`Cause::Failed`] where the engine refuses its own extension, which only another version of it could.
    pub fn kubernetes() -> Result<Self, Cause> {
        let mut env = Env::stdlib();
        env.add_extension(cel::extensions::strings)
            .map_err(|e| Cause::Failed(e.to_string()))?;
        optional::add_to(&mut env).map_err(|e| Cause::Failed(e.to_string()))?;
        Ok(Self { env: Arc::new(env) })
    }

    /// Reads an expression.
    ///
    /// # Errors
    /// [`Cause::Limit`] beyond 16 KiB, [`Cause::Unreadable`] where it is not CEL or nests too deeply.
    pub fn read(&self, source: &str) -> Result<Expression, Cause> {
        if source.len() > LONGEST {
            return Err(Cause::Limit {
                what: "bytes of an expression",
                limit: LONGEST,
            });
        }
        caught(|| {
            let program = self
                .env
                .compile(source)
                .map_err(|e| Cause::Unreadable(format!("{:?}: {e}", source.trim())))?;
            let shape = Shape::of(program.expression());
            Ok(Expression {
                program,
                shape,
                source: source.trim().to_owned(),
            })
        })
    }

    /// The value of `expression` where `names` have these values.
    ///
    /// # Errors
    /// [`Failure::Error`] where the API server would have one, too; [`Failure::Unknown`] where a function or name is not known here, where it could
    /// take too long, or where the engine failed.
    pub fn value(&self, expression: &Expression, names: &BTreeMap<String, Value>) -> Result<Value, Failure> {
        if expression.shape.work(names.values()) > MOST_WORK {
            return Err(Failure::Unknown(Cause::Limit {
                what: "steps that an expression could take",
                limit: usize::try_from(MOST_WORK).unwrap_or(usize::MAX),
            }));
        }
        let outcome = caught(|| {
            let mut context = Context::with_env(Arc::clone(&self.env));
            library::add_to(&mut context).map_err(|e| Cause::Failed(e.to_string()))?;
            for (name, value) in names {
                context.add_variable_from_value(name.as_str(), value.clone());
            }
            Ok(expression.program.execute(&context))
        })?;
        outcome.map_err(|error| failure(&error))
    }
}

impl Expression {
    /// The text, without blanks around it.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Whether it asks whether there is `variables.NAME`, where it would be told that there is not.
    pub(super) fn asks_for(&self, name: &str) -> bool {
        let parts: Vec<&str> = self.source.split("variables").skip(1).collect();
        parts.iter().any(|rest| {
            let rest = rest.trim_start();
            rest.starts_with('[')
                || rest.starts_with("[?")
                || rest
                    .strip_prefix(".?")
                    .is_some_and(|rest| rest.trim_start().starts_with(name))
        }) || (self.source.contains("has(") && self.source.contains(name))
    }
}

/// Errors about values are the policy's own; errors about names, functions and types may be a lack of this engine. So may be what a function
/// of the engine refuses, unless it only reads numbers: what it does not understand, the API server may.
fn failure(error: &ExecutionError) -> Failure {
    match error {
        ExecutionError::FunctionError { function, .. }
            if !library::OWN.contains(&function.as_str())
                && !["double", "int", "uint"].contains(&function.as_str()) =>
        {
            Failure::Unknown(Cause::Failed(error.to_string()))
        }
        ExecutionError::NoSuchKey(_)
        | ExecutionError::DivisionByZero(_)
        | ExecutionError::RemainderByZero(_)
        | ExecutionError::Overflow(..)
        | ExecutionError::IndexOutOfBounds(_)
        | ExecutionError::DuplicateKey(_)
        | ExecutionError::FunctionError { .. } => Failure::Error(error.to_string()),
        // The operators of logic are of the language: what they do not take, no engine does.
        ExecutionError::NoSuchOverload(why)
            if ["'_&&_'", "'_||_'", "'!_'"]
                .iter()
                .any(|operator| why.to_string().contains(operator)) =>
        {
            Failure::Error(error.to_string())
        }
        _ => Failure::Unknown(Cause::Failed(error.to_string())),
    }
}
