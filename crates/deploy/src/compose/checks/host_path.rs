//! `deploy/compose/host-path`: a part of the machine's own files in a container.

use super::{Rule, is_socket};
use crate::compose::read::Compose;
use crate::doubt::Doubt;
use bartizan_engine::rule;
use bartizan_engine::rule::{Found, Report, Severity};
use std::ops::Range;

rule! {
    /// A container has a path of the machine by which the machine can be taken over or its secrets read: its root, `/etc`, `/root`, `/boot`, the
    /// engine's own files, a disk as a device. Writable, the program in the container changes who may log in and what is started, which is high;
    /// read-only it reads keys and passwords, which is medium, as are `/proc`, `/sys`, `/dev`, `/home`, `/var/run`, and credentials of the person who
    /// starts it (`~/.ssh`, `~/.aws`, `~/.kube`).
    ///
    /// Single harmless files (`/etc/localtime`, `/etc/timezone`, `/etc/ssl/certs`) are not reported.
    HostPath {
        id: "deploy/compose/host-path",
        title: "Path of the machine in a container",
        severity: High,
        confidence: High,
        cwe: ["CWE-668", "CWE-732"],
        controls: [("NIST-800-53-r5", "SC-39"), ("NIST-800-53-r5", "AC-6")],
        remediation: "Mount a directory that is made for this container, or a named volume. Where one file is needed, mount that, with `:ro`.",
        references: ["https://docs.docker.com/engine/storage/bind-mounts/"],
    }
}

pub(super) const RULE: Rule = Rule {
    about: &HostPath::ABOUT,
    judge,
};

/// Directories by which the machine can be taken over.
const TAKES_OVER: [&str; 9] = [
    "/etc",
    "/root",
    "/boot",
    "/usr",
    "/bin",
    "/sbin",
    "/lib",
    "/var/lib/docker",
    "/var/lib/kubelet",
];
const READS: [&str; 7] = ["/proc", "/sys", "/dev", "/home", "/var/run", "/run", "/var/log"];
const HARMLESS: [&str; 8] = [
    "/etc/localtime",
    "/etc/timezone",
    "/etc/ssl/certs",
    "/etc/hosts",
    "/etc/resolv.conf",
    "/etc/pki/ca-trust",
    "/etc/machine-id",
    "/usr/share/zoneinfo",
];
const CREDENTIALS: [&str; 5] = [".ssh", ".aws", ".kube", ".gnupg", ".docker"];

fn judge(file: &Compose<'_>, out: &mut Report<'_>, doubts: &mut Vec<Doubt>) {
    for service in &file.services {
        for mount in service.binds(doubts) {
            let path = match mount.source.trim_end_matches('/') {
                "" => "/",
                path => path,
            };
            if let Some(severity) = severity(path, mount.read_only) {
                report(service.name, &mount.source, severity, &mount.at, out);
            }
        }
        for (device, at) in service.texts("devices", doubts) {
            let path = device.split(':').next().unwrap_or_default();
            let is_disk = [
                "/dev/sd",
                "/dev/nvme",
                "/dev/vd",
                "/dev/xvd",
                "/dev/mem",
                "/dev/kmem",
                "/dev/dm-",
                "/dev/mapper",
            ]
            .iter()
            .any(|disk| path.starts_with(disk));
            if is_disk {
                report(service.name, path, Severity::High, &at, out);
            }
        }
    }
}

fn severity(path: &str, read_only: bool) -> Option<Severity> {
    let within = |directory: &str| {
        path == directory
            || path
                .strip_prefix(directory)
                .is_some_and(|rest| rest.starts_with('/'))
    };
    let is_credential =
        path.starts_with(['~', '$']) && path.split('/').any(|part| CREDENTIALS.contains(&part));
    if is_socket(path) || HARMLESS.iter().any(|one| within(one)) {
        None
    } else if path == "/"
        || TAKES_OVER.contains(&path)
        || (within("/etc") && !path.trim_start_matches("/etc/").contains('.'))
    {
        Some(if read_only {
            Severity::Medium
        } else {
            Severity::High
        })
    } else if READS.contains(&path) || is_credential || path == "~" {
        Some(Severity::Medium)
    } else {
        None
    }
}

fn report(service: &str, path: &str, severity: Severity, at: &Range<usize>, out: &mut Report<'_>) {
    out.finding(
        Found {
            message: format!(
                "`{}` has `{}` of the machine",
                service.escape_debug(),
                path.escape_debug()
            ),
            key: format!("{service} {path}"),
            fix: "mount a directory made for it, or a named volume".to_owned(),
            severity: Some(severity),
            ..Found::default()
        },
        at,
    );
}
