//! What the rules about who may do what in a cluster name.
//!
//! Facts from, and in our own words: CIS Kubernetes Benchmark 1.12, section 5.1 (numbers only), NSA and CISA Kubernetes Hardening Guide 1.2
//! <https://media.defense.gov/2022/Aug/29/2003066362/-1/-1/0/CTR_KUBERNETES_HARDENING_GUIDANCE_1.2_20220829.PDF>.

use super::{Practice, practice};

pub(super) const PRACTICES: &[Practice] = &[
    practice(
        "CIS-Kubernetes-1.12",
        "5.1.1",
        "Only who must is the administrator of the whole cluster.",
    ),
    practice(
        "CIS-Kubernetes-1.12",
        "5.1.2",
        "As few subjects as can be read secrets.",
    ),
    practice(
        "CIS-Kubernetes-1.12",
        "5.1.3",
        "Roles name the resources and verbs that they grant.",
    ),
    practice(
        "CIS-Kubernetes-1.12",
        "5.1.4",
        "As few subjects as can be create pods.",
    ),
    practice(
        "CIS-Kubernetes-1.12",
        "5.1.7",
        "Nobody is a member of the group whom the authorizer refuses nothing.",
    ),
    practice(
        "CIS-Kubernetes-1.12",
        "5.1.8",
        "As few subjects as can be bind, impersonate and escalate.",
    ),
    practice(
        "CIS-Kubernetes-1.12",
        "5.1.10",
        "As few subjects as can be speak to kubelets through the API server.",
    ),
];
