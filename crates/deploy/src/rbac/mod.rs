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
mod manifest;
mod permissions;
mod rule;
mod subject;

pub use manifest::{Account, Binding, Manifest, Role, Workload};
pub use permissions::{Grant, Note, Permissions};
pub use rule::{Request, Rule};
pub use subject::{ANONYMOUS, AUTHENTICATED, MASTERS, SERVICE_ACCOUNTS, Subject, UNAUTHENTICATED};
