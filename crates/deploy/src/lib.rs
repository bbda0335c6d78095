//! DEPLOY: what is deployed decides what an attacker can do with a bug.
//!
//! In: manifests, configurations and files of flags. Out: findings. Pure: no input or output of its own. What cannot be decided from the text is neither passed nor failed:
//! it is said, with the reason.

mod check;
pub mod cloud;
pub mod compose;
pub mod control_plane;
pub mod dockerfile;
mod doubt;
mod encryption;
mod facts;
mod istio;
pub mod kube;
pub mod parity;
mod paths;
pub mod pod_security;
pub mod rbac;
pub mod reach;
pub mod render;
pub mod tenancy;
pub mod terraform;
mod workload;

pub use check::{KubernetesCheck, Options};
pub use cloud::TerraformCheck;
pub use compose::ComposeCheck;
pub use control_plane::ComponentsCheck;
pub use dockerfile::DockerfileCheck;
pub use rbac::RbacCheck;
pub use tenancy::TenancyCheck;

use bartizan_engine::rule::About;
use bartizan_model::RuleInfo;

/// What is known of every rule about manifests, ordered by id.
fn all() -> Vec<&'static About> {
    let mut all = pod_security::all();
    all.extend(kube::registry::all());
    all.sort_by_key(|about| about.id);
    all
}

/// The manuals of every rule about manifests; those about resources of clouds are [`cloud::rules`]. Ordered by id.
#[must_use]
pub fn rules() -> Vec<RuleInfo> {
    all().into_iter().map(About::info).collect()
}

/// The manuals of every rule about Dockerfiles and Compose files. Ordered by id.
#[must_use]
pub fn file_rules() -> Vec<RuleInfo> {
    let mut all = compose::rules();
    all.extend(dockerfile::rules());
    all
}
