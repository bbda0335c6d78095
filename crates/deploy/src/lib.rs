//! DEPLOY: what is deployed decides what an attacker can do with a bug.
//!
//! In: manifests. Out: findings. Pure: no input or output of its own. What cannot be decided from the text is neither passed nor failed:
//! it is said, with the reason.

mod check;
pub mod cloud;
pub mod kube;
pub mod pod_security;
pub mod terraform;

pub use check::{KubernetesCheck, Options, scan};
pub use cloud::TerraformCheck;

use bartizan_model::RuleInfo;

/// The manuals of every rule about manifests; those about resources of clouds are [`cloud::rules`].
#[must_use]
pub fn rules() -> Vec<RuleInfo> {
    pod_security::rules()
}
