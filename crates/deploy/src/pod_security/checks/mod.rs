//! One rule of the standards a file; its doc comment is the manual that `explain` prints, its page in Markdown the test.

pub(crate) mod allow_privilege_escalation;
pub(crate) mod app_armor_profile;
pub(crate) mod capabilities;
pub(crate) mod host_namespaces;
pub(crate) mod host_path_volumes;
pub(crate) mod host_ports;
pub(crate) mod host_probes;
pub(crate) mod privileged;
pub(crate) mod proc_mount;
pub(crate) mod restricted_volumes;
pub(crate) mod run_as_non_root;
pub(crate) mod run_as_user;
pub(crate) mod seccomp_profile;
pub(crate) mod selinux_options;
pub(crate) mod sysctls;
pub(crate) mod windows_host_process;

pub(crate) use super::Level;
use super::view::{Broken, View};
use bartizan_engine::rule::About;

/// How a check judges a pod.
pub(crate) type Run = fn(&View<'_>) -> Option<Broken>;

/// One check of the API server.
pub(crate) struct Check {
    /// Its manual here. Two checks of one thing at two levels share it.
    pub(crate) about: &'static About,
    /// Its name in the API server.
    pub(crate) id: &'static str,
    /// What is forbidden, in the words of the API server.
    pub(crate) reason: &'static str,
    /// The lowest level that has it.
    pub(crate) level: Level,
    /// The check of a lower level that it stands for at its own.
    pub(crate) replaces: Option<&'static str>,
    /// How it judges, from which minor version on, ascending.
    pub(crate) since: &'static [(u16, Run)],
}
