//! `deploy/pod-security/selinux-options`: a type that confines less.

use super::{Check, Level};
use crate::pod_security::view::{Broken, View, quoted, setters};
use bartizan_engine::rule;
use std::collections::BTreeSet;

rule! {
    /// Where a node has SELinux, containers run as the type `container_t`, which reaches nothing of the node. Another type, user or
    /// role may reach more: `spc_t`, for instance, is not confined at all. Allowed are no setting and the types made for containers
    /// (`container_t`, `container_init_t`, `container_kvm_t`, from version 1.31 on `container_engine_t`); a user or a role never.
    SelinuxOptions {
        id: "deploy/pod-security/selinux-options",
        title: "Pod chooses another SELinux context",
        severity: Medium,
        confidence: High,
        cwe: ["CWE-693"],
        controls: [("NIST-800-53-r5", "AC-3"), ("NIST-800-53-r5", "SC-39")],
        remediation: "Take `type`, `user` and `role` away; `level` may stay. What the program needs beyond belongs into a policy of the node.",
        references: [
            "https://kubernetes.io/docs/concepts/security/pod-security-standards/",
        ],
    }
}

pub(crate) const BASELINE: Check = Check {
    about: &SelinuxOptions::ABOUT,
    id: "seLinuxOptions",
    reason: "seLinuxOptions",
    level: Level::Baseline,
    replaces: None,
    since: &[(0, first), (31, with_engine)],
};

fn first(view: &View<'_>) -> Option<Broken> {
    run(view, &["", "container_t", "container_init_t", "container_kvm_t"])
}

fn with_engine(view: &View<'_>) -> Option<Broken> {
    run(
        view,
        &[
            "",
            "container_t",
            "container_init_t",
            "container_kvm_t",
            "container_engine_t",
        ],
    )
}

fn run(view: &View<'_>, allowed: &[&str]) -> Option<Broken> {
    let mut names = Vec::new();
    let mut is_pod = false;
    let mut types = BTreeSet::new();
    let (mut user, mut role) = (false, false);
    let mut fields = Vec::new();
    let places =
        std::iter::once((None, view.spec())).chain(view.containers().map(|(one, at)| (Some(one), at)));
    for (container, at) in places {
        let before = fields.len();
        for key in ["type", "user", "role"] {
            let Some((value, at)) = view.text(&at, &["securityContext", "seLinuxOptions", key]) else {
                continue;
            };
            let is_allowed = if key == "type" {
                allowed.contains(&value)
            } else {
                value.is_empty()
            };
            if is_allowed {
                continue;
            }
            fields.push(view.field(&at));
            match key {
                "type" => _ = types.insert(value),
                "user" => user = true,
                _ => role = true,
            }
        }
        if fields.len() > before {
            match container {
                None => is_pod = true,
                Some(container) => names.push(container.name()),
            }
        }
    }
    let mut details = Vec::new();
    if !types.is_empty() {
        let word = if types.len() == 1 { "type" } else { "types" };
        details.push(format!("{word} {}", quoted(types)));
    }
    if user {
        details.push("user may not be set".to_owned());
    }
    if role {
        details.push("role may not be set".to_owned());
    }
    let who = setters(is_pod, &names)?;
    let detail = format!(
        "{who} set forbidden securityContext.seLinuxOptions: {}",
        details.join("; ")
    );
    Some(Broken::new(detail, fields))
}
