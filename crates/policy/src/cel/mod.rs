//! CEL, as Kubernetes speaks it: expressions, the functions Kubernetes adds, and admission policies.
//!
//! In: policies and requests as JSON. Out: values and decisions. The language: <https://github.com/google/cel-spec>; what Kubernetes adds:
//! <https://kubernetes.io/docs/reference/using-api/cel/>.

mod address;
mod admission;
mod cost;
mod expression;
mod kyverno;
mod library;
mod optional;
mod quantity;
mod scope;

pub use admission::ValidatingAdmissionPolicy;
pub use expression::{Environment, Expression, Failure};
pub use kyverno::{KyvernoRule, kyverno_rules};
pub use quantity::Quantity;
