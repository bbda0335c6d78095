//! Practices that rules about running hosts name: NIST SP 800-53 r5, in our own words.

use super::{Practice, practice};

const fn nist(id: &'static str, asks: &'static str) -> Practice {
    practice("NIST-800-53-r5", id, asks)
}

/// Controls that rules about running hosts name.
pub(super) const PRACTICES: &[Practice] = &[
    nist(
        "AC-17",
        "What may be reached from afar, and how, is decided before anybody connects.",
    ),
    nist(
        "AU-5",
        "When the record of what happens fails, somebody is told and something is done.",
    ),
    nist(
        "AU-11",
        "Records of what happened are kept for as long as they may be needed.",
    ),
    nist(
        "CM-3",
        "Changes of a system are proposed, judged, written down and looked at afterwards.",
    ),
    nist(
        "CM-5",
        "Who may change a system is decided, written down and enforced.",
    ),
    nist(
        "CM-11",
        "What users install themselves is ruled by a policy, and watched.",
    ),
    nist(
        "SI-3",
        "Malicious code is looked for where it comes in, and kept from running.",
    ),
    nist(
        "SI-16",
        "Memory is guarded against code that does not belong there.",
    ),
];
