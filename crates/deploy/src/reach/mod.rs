//! Who can connect to whom, from manifests.
//!
//! In: texts of manifests, through [`Manifest`] and [`Manifests`]. Out: for every pair of workloads, and for addresses outside and the controllers that
//! publish workloads, the set of connections that policies let through, with the rules that decide it; and separately what is published
//! to the outside. What is not understood, and so may change the answer, is a [`Note`].
//!
//! Three layers must agree: what administrators say, what NetworkPolicies and policies of Cilium say together, and what a mesh of Istio says.
//! What they let through only for some requests, names or callers is a [`Condition`] of an edge.
//!
//! Source: <https://kubernetes.io/docs/concepts/services-networking/network-policies/>, <https://network-policy-api.sigs.k8s.io/>.

mod address;
mod admin;
mod cilium;
mod classes;
mod cluster;
mod condition;
mod decide;
mod explain;
mod exposure;
mod front;
mod groups;
mod kinds;
mod layers;
mod mesh;
mod parties;
mod policy;
mod pool;
mod ports;
pub(crate) mod selector;

pub use classes::TooLarge;
pub use cluster::{Manifest, Manifests};
pub use condition::{Alternative, Condition, Effect};
pub use explain::{Layer, Reason};
pub use exposure::Published;
pub(crate) use groups::Between;
pub(crate) use kinds::{decides, is_read, is_workload};
pub use parties::{Edge, Reach};
pub use policy::Action;
pub use ports::{Connections, Ports, Protocol};
pub(crate) use selector::{Labels, Selector, labels};

/// Something that could not be read or is not understood, so that the answer may not be whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// File and line, or a file.
    pub place: String,
    /// What it is, and why.
    pub message: String,
}

/// Which side of a connection a policy speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// Connections to the pods that the policy governs.
    Ingress,
    /// Connections from them.
    Egress,
}
