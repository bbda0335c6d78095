//! What workloads and Services are asked for beyond the Pod Security Standards.
//!
//! In: objects, and what the manifests of all files together tell of namespaces. Out: what rules say of them. The sources are the CIS
//! Kubernetes Benchmark (numbers alone) and the Kubernetes hardening guide of NSA and CISA
//! <https://media.defense.gov/2022/Aug/29/2003066362/-1/-1/0/CTR_KUBERNETES_HARDENING_GUIDANCE_1.2_20220829.PDF>.

mod checks;
pub(crate) mod namespaces;

pub(crate) use checks::{ALL, no_network_policy};
