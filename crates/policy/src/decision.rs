//! What a policy answers: yes, no, or that it could not be told and why.

use bartizan_model::Verdict;
use serde_json::Value;

/// Why a policy speaks against something.
#[derive(Debug, Clone, PartialEq)]
pub struct Reason {
    /// One line for people; empty where the policy gave none.
    pub message: String,
    /// Whatever else the policy said: paths, identifiers, what would mend it. `Null` where it said nothing else.
    pub details: Value,
}

impl Reason {
    /// A reason with nothing but its message.
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            details: Value::Null,
        }
    }
}

/// Why a question has no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Cause {
    /// The policy could not be read.
    #[error("the policy cannot be read: {0}")]
    Unreadable(String),
    /// The policy cannot be evaluated: a function that is not there, a conflict of rules.
    #[error("the policy cannot be evaluated: {0}")]
    Failed(String),
    /// A limit was reached.
    #[error("the limit of {limit} {what} was reached")]
    Limit {
        /// What is counted.
        what: &'static str,
        /// How many are allowed.
        limit: usize,
    },
    /// The engine panicked.
    #[error("the engine failed inside: {0}")]
    Panicked(String),
    /// The policy needs what cannot be known from texts: the network, a cluster.
    #[error("the policy asks for what is not known here: {0}")]
    NotKnown(String),
}

impl Cause {
    /// What whoever wrote or runs the policy can do about it.
    #[must_use]
    pub const fn help(&self) -> &'static str {
        match self {
            Self::Unreadable(_) => "mend the policy at the place that is named",
            Self::Failed(_) => "mend the policy, or leave out the function that is not supported",
            Self::Limit { .. } => "make the policy or its input smaller",
            Self::Panicked(_) => "please report it with the policy; until then leave the policy out",
            Self::NotKnown(_) => "give the policy what it asks for as data",
        }
    }
}

/// The answer of one policy about one input.
#[derive(Debug, Clone, PartialEq)]
pub enum Decision {
    /// Nothing speaks against it.
    Allow {
        /// What the policy remarks all the same.
        warnings: Vec<Reason>,
    },
    /// The policy speaks against it, at least once.
    Deny {
        /// Each reason, in the order of the policy's own answer.
        reasons: Vec<Reason>,
        /// What the policy only remarks.
        warnings: Vec<Reason>,
    },
    /// It could not be told.
    Unknown(Cause),
}

impl Decision {
    /// Allow where nothing was said, deny where something was.
    #[must_use]
    pub fn from_reasons(reasons: Vec<Reason>, warnings: Vec<Reason>) -> Self {
        if reasons.is_empty() {
            Self::Allow { warnings }
        } else {
            Self::Deny { reasons, warnings }
        }
    }

    /// The same in the words of every gate.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        match self {
            Self::Allow { .. } => Verdict::Allow,
            Self::Deny { reasons, .. } => Verdict::Deny {
                reasons: reasons.iter().map(|r| r.message.clone()).collect(),
            },
            Self::Unknown(cause) => Verdict::Unknown {
                cause: cause.to_string(),
            },
        }
    }
}

/// A policy that answers about inputs.
pub trait Decide {
    /// What the policy says about one input. Whatever goes wrong, up to a panic of the engine, is [`Decision::Unknown`].
    fn decide(&self, input: &Value) -> Decision;
}
