//! A filter of system calls, as OCI runtimes, Docker and Kubernetes take it (`linux.seccomp` of the OCI runtime specification).
//!
//! Calls that were seen are allowed, and what gives nothing further (`alike`); all others are answered with EPERM. Sockets are allowed by their family
//! and kind, new processes only in the namespaces of the old one where no others were seen. `clone3`, whose flags a filter cannot read, is answered with
//! ENOSYS then, upon which libraries take `clone`.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::alike;
use crate::calls::{Architecture, has};
use crate::profile::Profile;

/// What runc needs after its filter to get to the program, in a container with `noNewPrivileges` (`allowPrivilegeEscalation: false`): measured with 1.1.5
/// by what it does between `prctl(PR_SET_SECCOMP)` and `execve(2)`. It tells its parent that it is ready, closes descriptors, and is a program in Go all the
/// while, whose scheduler may interrupt it.
pub const RUNTIME: [&str; 14] = [
    "close",
    "epoll_ctl",
    "epoll_pwait",
    "execve",
    "fcntl",
    "fstatfs",
    "futex",
    "getdents64",
    "getpid",
    "gettid",
    "openat",
    "read",
    "tgkill",
    "write",
];

/// What runc needs beside that in a container that may gain privileges: the filter comes first there, since it needs a privilege that is given up after it.
pub const RUNTIME_WITH_NEW_PRIVILEGES: [&str; 13] = [
    "capget",
    "capset",
    "chdir",
    "faccessat2",
    "fchown",
    "fstat",
    "getcwd",
    "getppid",
    "newfstatat",
    "prctl",
    "setgid",
    "setgroups",
    "setuid",
];

/// `EPERM` and `ENOSYS`
const REFUSED: u32 = 1;
const ABSENT: u32 = 38;
/// Flags of `clone(2)` that make namespaces
const CLONE_NEW: u64 = 0x7e02_0000;
/// The part of the second argument of `socket(2)` that is no flag
const SOCK_TYPE: u64 = 0xf;

/// What a filter allows beside what was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Width {
    /// Nothing that was not seen, though it gives nothing further
    pub exact: bool,
    /// What runc needs in a container that may gain privileges
    pub new_privileges: bool,
}

/// The names that a filter of a profile allows, whatever their arguments.
#[must_use]
pub fn allows(profile: &Profile, width: Width) -> BTreeSet<&str> {
    let seen = profile
        .calls
        .keys()
        .chain(profile.compat_calls.keys())
        .chain(&profile.filtered);
    let seen = seen.map(String::as_str).chain(RUNTIME);
    let further = RUNTIME_WITH_NEW_PRIVILEGES
        .iter()
        .filter(|_| width.new_privileges);
    let seen = seen.chain(further.copied());
    let names = if width.exact {
        seen.collect()
    } else {
        alike::allowed(seen)
    };
    names
        .into_iter()
        .filter(|name| architectures(profile).any(|architecture| has(architecture, name)))
        .collect()
}

fn architectures(profile: &Profile) -> impl Iterator<Item = Architecture> {
    let compat = profile
        .architecture
        .compat()
        .filter(|_| !profile.compat_calls.is_empty());
    std::iter::once(profile.architecture).chain(compat)
}

/// Whether the filter answers `clone3` as if there were none.
#[must_use]
pub const fn hides_clone3(profile: &Profile) -> bool {
    profile.namespaces & CLONE_NEW == 0
}

/// The filter of a profile.
#[must_use]
pub fn seccomp(profile: &Profile, width: Width) -> Value {
    let mut names = allows(profile, width);
    let mut rules = Vec::new();
    if names.remove("socket") {
        let kinds: BTreeSet<_> = profile.sockets.iter().collect();
        rules.extend(kinds.into_iter().map(|socket| {
            let mut arguments = vec![
                json!({"index": 0, "value": socket.family, "op": "SCMP_CMP_EQ"}),
                json!({"index": 1, "value": SOCK_TYPE, "valueTwo": socket.kind, "op": "SCMP_CMP_MASKED_EQ"}),
            ];
            if socket.protocol != 0 {
                arguments.push(json!({"index": 2, "value": socket.protocol, "op": "SCMP_CMP_EQ"}));
            }
            json!({"names": ["socket"], "action": "SCMP_ACT_ALLOW", "args": arguments})
        }));
    }
    if hides_clone3(profile) && names.remove("clone") {
        rules.push(json!({
            "names": ["clone"],
            "action": "SCMP_ACT_ALLOW",
            "args": [{"index": 0, "value": CLONE_NEW, "valueTwo": 0, "op": "SCMP_CMP_MASKED_EQ"}],
        }));
        names.remove("clone3");
        rules.push(json!({"names": ["clone3"], "action": "SCMP_ACT_ERRNO", "errnoRet": ABSENT}));
    }
    rules.insert(0, json!({"names": names, "action": "SCMP_ACT_ALLOW"}));
    let architectures: Vec<_> = architectures(profile).map(Architecture::in_seccomp).collect();
    json!({
        "defaultAction": "SCMP_ACT_ERRNO",
        "defaultErrnoRet": REFUSED,
        "architectures": architectures,
        "syscalls": rules,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::SocketKind;
    use crate::window::Window;

    const EXACT: Width = Width {
        exact: true,
        new_privileges: false,
    };

    fn profile(calls: &[&str], sockets: &[[u32; 3]], namespaces: u64) -> Profile {
        let mut profile = Profile::new("w", Architecture::X86_64);
        let window = Window {
            calls: calls.iter().map(|&call| call.to_owned()).collect(),
            sockets: sockets
                .iter()
                .map(|&[family, kind, protocol]| SocketKind {
                    family,
                    kind,
                    protocol,
                })
                .collect(),
            namespaces,
            ..Window::default()
        };
        profile.add(window, true);
        profile
    }

    fn rule<'v>(filter: &'v Value, name: &str) -> Vec<&'v Value> {
        let rules = filter["syscalls"].as_array().unwrap();
        rules
            .iter()
            .filter(|rule| rule["names"].as_array().unwrap().iter().any(|own| own == name))
            .collect()
    }

    #[test]
    fn what_was_not_seen_is_refused() {
        let filter = seccomp(&profile(&["read", "openat"], &[], 0), Width::default());
        assert_eq!(filter["defaultAction"], "SCMP_ACT_ERRNO");
        assert_eq!(filter["architectures"], json!(["SCMP_ARCH_X86_64"]));
        for name in ["ptrace", "mount", "socket", "clone", "bpf", "mmap2"] {
            assert!(rule(&filter, name).is_empty(), "{name}");
        }
        assert_eq!(rule(&filter, "open").len(), 1);
        assert_eq!(
            rule(&seccomp(&profile(&["openat"], &[], 0), EXACT), "open").len(),
            0
        );
    }

    #[test]
    fn sockets_are_allowed_by_family_and_kind_alone() {
        let filter = seccomp(
            &profile(&["socket"], &[[2, 1, 0], [2, 3, 1]], 0),
            Width::default(),
        );
        let rules = rule(&filter, "socket");
        assert_eq!(rules.len(), 2);
        assert_eq!(rules[0]["args"].as_array().unwrap().len(), 2);
        assert_eq!(
            rules[1]["args"][2],
            json!({"index": 2, "value": 1, "op": "SCMP_CMP_EQ"})
        );
    }

    #[test]
    fn new_processes_stay_in_their_namespaces_unless_others_were_seen() {
        let filter = seccomp(&profile(&["clone3"], &[], 0), Width::default());
        assert_eq!(rule(&filter, "clone")[0]["args"][0]["value"], CLONE_NEW);
        assert_eq!(rule(&filter, "clone3")[0]["errnoRet"], 38);
        let filter = seccomp(&profile(&["clone3"], &[], 0x1000_0000), Width::default());
        assert_eq!(rule(&filter, "clone3")[0]["action"], "SCMP_ACT_ALLOW");
    }

    #[test]
    fn calls_of_32_bit_programs_come_with_their_numbers() {
        let mut profile = profile(&["read"], &[], 0);
        let mut window = Window::default();
        window.compat_calls.insert("mmap2".to_owned());
        profile.add(window, false);
        let filter = seccomp(&profile, Width::default());
        assert_eq!(
            filter["architectures"],
            json!(["SCMP_ARCH_X86_64", "SCMP_ARCH_X86"])
        );
        assert_eq!(rule(&filter, "mmap2").len(), 1);
    }
}
