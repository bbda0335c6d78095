//! Control planes and nodes of Kubernetes: what their programs are told, and what files configure them.
//!
//! In: static pods, configurations of kubeadm, kubelet and kube-proxy, units of systemd, kubeconfigs, policies of audit and admission.
//! Out: what rules say of them, and the programs of a cluster as components with versions. A flag that is missing is judged by the
//! program's default; where the default depends on a version that is not known, or the flag stands elsewhere, it is undecided.
//!
//! Numbers of checks are those of the CIS Kubernetes Benchmark 1.12; which flag belongs to which number: the files of
//! <https://github.com/aquasecurity/kube-bench/tree/main/cfg/cis-1.12>.

mod calls;
mod check;
mod checks;
mod components;
mod flags;
mod settings;
mod unit;

pub(crate) use calls::calls;
pub use check::ComponentsCheck;
pub(crate) use checks::{FLAGS, OBJECTS};
pub(crate) use flags::Invocation;
pub(crate) use unit::{is_unit, read as read_unit};

/// Reads a text as a file of flags, for fuzzing: how many flags were understood.
#[must_use]
pub fn flags_of(text: &str) -> usize {
    unit::read(text).iter().map(|one| one.flags.len()).sum()
}
