//! Whether tenants that share a cluster are kept apart.
//!
//! In: texts of manifests, and how tenants are declared. Out: [`Matrix`]: for each tenant, and for each two of them, the platform and the
//! outside, what keeps them apart, with the objects that prove each break; and from [`scaffold`] the manifests of a tenant that is kept apart.
//! What cannot be decided from manifests is said to be unknown, with the reason.
//!
//! Sources: <https://kubernetes.io/docs/concepts/security/multi-tenancy/>, and for what is asked at least the list of configurations of
//! <https://github.com/kubernetes-retired/multi-tenancy/tree/master/benchmarks/kubectl-mtb>.

mod aspects;
mod check;
mod checks;
mod declared;
mod matrix;
pub mod scaffold;
mod subjects;
mod world;

pub use check::{Options, TenancyCheck};
pub use declared::{COMMON_LABELS, Declared, NoDeclaration};
pub use matrix::{Aspect, Broken, Cell, Matrix, Party, Proof, State};
pub use world::{File, World};

use bartizan_model::RuleInfo;

/// The manuals of every rule about tenants, ordered by id.
#[must_use]
pub fn rules() -> Vec<RuleInfo> {
    let all = checks::ALL.iter();
    all.map(|about| about.info()).collect()
}
