//! Who may do what in a cluster, and who can take it, from manifests: RBAC of Kubernetes.
//!
//! In: texts of manifests, through [`Manifest`]. Out: [`Permissions`], which knows every grant (a binding that names a subject, the role
//! that it refers to, a rule of that role), answers requests as the API server's authorizer answers them, and finds the ways by which one
//! subject becomes another. What cannot be decided, as the grants of a role that was not read, is said ([`Permissions::unknown`]), never
//! taken for nothing.
//!
//! Source: <https://kubernetes.io/docs/reference/access-authn-authz/rbac/>,
//! <https://kubernetes.io/docs/concepts/security/rbac-good-practices/>.

mod builtin;
mod check;
mod checks;
mod graph;
mod judge;
mod manifest;
mod opening;
mod paths;
mod permissions;
mod power;
mod rule;
mod subject;
mod summary;
mod way;

pub use check::{RbacCheck, rules};
pub use manifest::{Account, Binding, Manifest, Role, Workload};
pub use paths::{Escalation, Escalations, Outcome, PowerOf, Step};
pub use permissions::{Grant, Note, Permissions};
pub use power::Power;
pub use rule::{Request, Rule};
pub use subject::{ANONYMOUS, AUTHENTICATED, MASTERS, SERVICE_ACCOUNTS, Subject, UNAUTHENTICATED};
pub use way::Way;
