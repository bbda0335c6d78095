//! Settings of the kernel that decide who can load programs into it, use what they compile to, and learn where it lies.
//!
//! In: `/proc/sys`, the parameters of modules, and the mode of lockdown. Out: a line for each, with what was read, why it matters and how it is mended.
//! What they mean is in Documentation/admin-guide/sysctl of the kernel, and in kernel_lockdown(7).

use std::io::{Error, ErrorKind};

use super::Line;

/// A number below `/proc/sys`.
struct Setting {
    /// As sysctl(8) names it
    name: &'static str,
    /// Values that are right
    right: &'static [i64],
    why: &'static str,
}

const SETTINGS: [Setting; 5] = [
    Setting {
        name: "kernel.unprivileged_bpf_disabled",
        right: &[1, 2],
        why: "anybody may load programs into the kernel",
    },
    Setting {
        name: "net.core.bpf_jit_harden",
        right: &[2],
        why: "constants of a program for the kernel stand in its machine code as they are, where an attacker can jump to them",
    },
    Setting {
        name: "kernel.perf_event_paranoid",
        right: &[2, 3, 4],
        why: "anybody may measure what the kernel does, and learn addresses and secrets from that",
    },
    Setting {
        name: "kernel.kptr_restrict",
        right: &[1, 2],
        why: "addresses of the kernel may be read in /proc, which an attack on it begins with",
    },
    Setting {
        name: "kernel.yama.ptrace_scope",
        right: &[1, 2, 3],
        why: "a process may take over any other of its user, also one that may load programs into the kernel",
    },
];

const MODULES_DISABLED: &str = "/proc/sys/kernel/modules_disabled";
const SIGNED_ONLY: &str = "/sys/module/module/parameters/sig_enforce";
const LOCKDOWN: &str = "/sys/kernel/security/lockdown";

type Read = Result<String, Error>;

/// A line for each setting.
pub(super) fn lines() -> Vec<Line> {
    let read = |path: &str| std::fs::read_to_string(path).map(|text| text.trim().to_owned());
    let mut lines: Vec<Line> = SETTINGS
        .iter()
        .map(|setting| {
            let path = format!("/proc/sys/{}", setting.name.replace('.', "/"));
            number(setting, read(&path))
        })
        .collect();
    let lockdown = read(LOCKDOWN);
    lines.push(modules(read(MODULES_DISABLED), read(SIGNED_ONLY), &lockdown));
    lines.push(locked(lockdown));
    lines
}

fn number(setting: &Setting, read: Read) -> Line {
    let Setting { name, right, why } = setting;
    let best = right.first().copied().unwrap_or_default();
    let mend = format!(
        "`sudo sysctl -w {name}={best}`, and `{name} = {best}` in a file of /etc/sysctl.d keeps it so"
    );
    match read.map(|text| text.parse::<i64>().map_err(|_| text)) {
        Ok(Ok(value)) if right.contains(&value) => Line::ok("kernel", format!("{name} is {value}")),
        Ok(Ok(value)) => Line::warn("kernel", format!("{name} is {value}: {why}"), mend),
        Ok(Err(text)) => Line::warn(
            "kernel",
            format!(
                "{name} is `{}`, which is no number",
                bartizan_model::text::line(&text)
            ),
            mend,
        ),
        Err(error) if error.kind() == ErrorKind::NotFound => Line::warn(
            "kernel",
            format!("there is no {name}, so that it is not known whether {why}"),
            "boot a kernel that is built with it, as those of distributions are",
        ),
        Err(error) => unread(name, &error),
    }
}

/// Whether a module that nobody vouched for could be loaded
fn modules(disabled: Read, signed_only: Read, lockdown: &Read) -> Line {
    let locked = lockdown.as_deref().is_ok_and(|text| mode(text) != Some("none"));
    match disabled {
        Err(error) if error.kind() == ErrorKind::NotFound => Line::ok("kernel", "it takes no modules"),
        Err(error) => unread("kernel.modules_disabled", &error),
        Ok(value) if value == "1" => Line::ok("kernel", "kernel.modules_disabled is 1"),
        Ok(_) if signed_only.is_ok_and(|value| value == "Y") || locked => {
            Line::ok("kernel", "modules are loaded only when they are signed")
        }
        Ok(value) => Line::warn(
            "kernel",
            format!(
                "kernel.modules_disabled is {}, and modules need no signature: root may put any code into the kernel",
                bartizan_model::text::line(&value)
            ),
            "`sudo sysctl -w kernel.modules_disabled=1` once all that are needed are loaded, or boot with `module.sig_enforce=1`",
        ),
    }
}

fn locked(read: Read) -> Line {
    match read {
        Ok(text) => match mode(&text) {
            Some("integrity") => Line::ok("kernel", "lockdown is integrity"),
            Some("confidentiality") => Line::warn(
                "kernel",
                "lockdown is confidentiality: programs for the kernel may not read its memory, those of the sensor neither",
                "boot with `lockdown=integrity` to watch this host",
            ),
            _ => Line::warn(
                "kernel",
                "lockdown is off: root may write to the memory of the kernel",
                "boot with `lockdown=integrity` on the kernel's command line",
            ),
        },
        Err(error) if error.kind() == ErrorKind::NotFound => Line::warn(
            "kernel",
            format!(
                "there is no {LOCKDOWN}: the kernel is not locked against root, or what tells of it is not mounted"
            ),
            "`sudo mount -t securityfs none /sys/kernel/security`, or boot a kernel with `lockdown` among its LSM",
        ),
        Err(error) => unread("lockdown", &error),
    }
}

fn unread(what: &str, error: &Error) -> Line {
    Line::warn(
        "kernel",
        format!("{what} cannot be read: {}", crate::error::plain(error)),
        "run it as root, on the host itself",
    )
}

/// Of modes in a line the one in brackets: `none [integrity] confidentiality`
fn mode(text: &str) -> Option<&str> {
    text.split_once('[')?.1.split_once(']').map(|(mode, _)| mode)
}

#[cfg(test)]
mod tests {
    use super::super::State;
    use super::*;

    fn missing() -> Read {
        Err(ErrorKind::NotFound.into())
    }

    fn text(text: &str) -> Read {
        Ok(text.to_owned())
    }

    #[test]
    fn a_setting_that_lets_anybody_in_is_told_with_the_command_that_mends_it() {
        let [unprivileged, ..] = &SETTINGS;
        let line = number(unprivileged, text("0"));
        assert!(line.state == State::Warn);
        let help = line.help.unwrap_or_default();
        assert!(
            help.contains("sysctl -w kernel.unprivileged_bpf_disabled=1"),
            "{help}"
        );
        for right in ["1", "2"] {
            assert!(number(unprivileged, text(right)).state == State::Ok);
        }
    }

    #[test]
    fn what_cannot_be_read_is_never_right() {
        for setting in &SETTINGS {
            for read in [
                missing(),
                Err(ErrorKind::PermissionDenied.into()),
                text("\u{1b}[2J"),
                text(""),
            ] {
                let line = number(setting, read);
                assert!(line.state == State::Warn && line.help.is_some());
                assert!(!line.found.contains('\u{1b}'), "{}", line.found);
            }
        }
    }

    #[test]
    fn modules_are_shut_out_in_any_of_four_ways() {
        let none = || text("[none] integrity confidentiality");
        assert!(modules(text("0"), text("N"), &none()).state == State::Warn);
        assert!(modules(text("0"), missing(), &missing()).state == State::Warn);
        assert!(modules(text("1"), text("N"), &none()).state == State::Ok);
        assert!(modules(text("0"), text("Y"), &none()).state == State::Ok);
        assert!(modules(text("0"), text("N"), &text("none [integrity] confidentiality")).state == State::Ok);
        assert!(modules(missing(), missing(), &missing()).state == State::Ok);
    }

    #[test]
    fn lockdown_that_blinds_the_sensor_is_told() {
        assert!(locked(text("none [integrity] confidentiality")).state == State::Ok);
        let line = locked(text("none integrity [confidentiality]"));
        assert!(line.found.contains("sensor"), "{}", line.found);
        assert!(locked(text("[none] integrity confidentiality")).state == State::Warn);
        assert!(locked(missing()).state == State::Warn);
    }
}
