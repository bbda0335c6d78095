//! A process as `/proc` has it: one that was there before the sensor, or of which a record was lost.

use std::fs;
use std::os::unix::ffi::OsStringExt;
use std::os::unix::fs::MetadataExt;

use bartizan_model::runtime::{Capabilities, Executable, Process, Terminal, User};

use crate::clock::Clock;
use crate::host::Host;

/// Bytes of a file in `/proc` that are read at most
const MOST: usize = 64 * 1024;
/// Of `/proc/PID/stat`, counted from the one after the name
const STAT_PARENT: usize = 1;
const STAT_GROUP: usize = 2;
const STAT_SESSION: usize = 3;
const STAT_TERMINAL: usize = 4;
const STAT_START: usize = 19;
/// Nanoseconds of a tick of `/proc/PID/stat`, the same on all processors (`USER_HZ`)
pub(super) const TICK: u64 = 10_000_000;

/// The numbers of all processes.
pub(crate) fn numbers() -> Vec<u32> {
    let Ok(entries) = fs::read_dir("/proc") else {
        return Vec::new();
    };
    entries
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .collect()
}

fn bytes(pid: u32, name: &str) -> Option<Vec<u8>> {
    let mut bytes = fs::read(format!("/proc/{pid}/{name}")).ok()?;
    bytes.truncate(MOST);
    Some(bytes)
}

fn link(pid: u32, name: &str) -> Option<Box<[u8]>> {
    let path = fs::read_link(format!("/proc/{pid}/{name}")).ok()?;
    Some(path.into_os_string().into_vec().into())
}

/// The number that stands for a namespace: the link reads `mnt:[4026531841]`
fn namespace(pid: u32, name: &str) -> Option<u32> {
    let link = link(pid, &format!("ns/{name}"))?;
    let text = std::str::from_utf8(&link).ok()?;
    text.strip_suffix(']')?.rsplit_once('[')?.1.parse().ok()
}

/// The mount namespace of a process; None when it is gone
pub(crate) fn mount_namespace_of(pid: u32) -> Option<u32> {
    namespace(pid, "mnt")
}

/// The network namespace of a process; None when it is gone
pub(crate) fn network_namespace_of(pid: u32) -> Option<u32> {
    namespace(pid, "net")
}

/// `/proc/PID/stat`.
struct Stat {
    name: Box<[u8]>,
    /// What stands behind the name
    rest: String,
}

impl Stat {
    fn of(pid: u32) -> Option<Self> {
        let stat = bytes(pid, "stat")?;
        let open = stat.iter().position(|byte| *byte == b'(')?;
        let close = stat.iter().rposition(|byte| *byte == b')')?;
        Some(Self {
            name: stat.get(open + 1..close)?.into(),
            rest: std::str::from_utf8(stat.get(close + 1..)?).ok()?.to_owned(),
        })
    }

    fn number(&self, index: usize) -> u64 {
        let field = self.rest.split_whitespace().nth(index);
        field.and_then(|field| field.parse().ok()).unwrap_or(0)
    }

    fn started(&self) -> u64 {
        self.number(STAT_START).saturating_mul(TICK)
    }
}

/// When the process of this number was started, nanoseconds since the host was, in whole ticks; None when there is none (any more).
pub(super) fn started(pid: u32) -> Option<u64> {
    Some(Stat::of(pid)?.started())
}

/// The process of this number, and when it was started as [`started`] says it; None when there is none (any more).
pub(super) fn read(pid: u32, clock: Clock, host: &mut Host) -> Option<(u64, Process)> {
    let stat = Stat::of(pid)?;
    let small = |index: usize| u32::try_from(stat.number(index)).unwrap_or(0);
    let status = String::from_utf8_lossy(&bytes(pid, "status")?).into_owned();
    let line = |key: &str| {
        status
            .lines()
            .find_map(|line| line.strip_prefix(key)?.strip_prefix(':'))
    };
    let column = |key: &str, index: usize| -> u32 {
        line(key)
            .and_then(|line| line.split_whitespace().nth(index)?.parse().ok())
            .unwrap_or(0)
    };
    let mask = |key: &str| {
        line(key)
            .and_then(|line| u64::from_str_radix(line.trim(), 16).ok())
            .unwrap_or(0)
    };
    let namespaces: Box<[_]> = super::NAMESPACES
        .into_iter()
        .filter_map(|name| Some((name, namespace(pid, name)?)))
        .collect();
    let mount = namespaces
        .iter()
        .find_map(|(name, number)| (*name == "mnt").then_some(*number));
    let cgroup = host.cgroup_number(pid);
    let terminal = small(STAT_TERMINAL);
    let mut process = Process {
        pid,
        inner_pid: line("NSpid")
            .and_then(|line| line.split_whitespace().last()?.parse().ok())
            .unwrap_or(0),
        started: clock.of_day(stat.started()),
        parent_pid: small(STAT_PARENT),
        group: small(STAT_GROUP),
        session: small(STAT_SESSION),
        name: stat.name.clone(),
        executable: executable(pid),
        arguments: super::split(&bytes(pid, "cmdline").unwrap_or_default()),
        arguments_cut: false,
        environment_digest: Host::digest_of_environment(&bytes(pid, "environ").unwrap_or_default()),
        directory: link(pid, "cwd").unwrap_or_default(),
        user: User {
            id: column("Uid", 0),
            effective: column("Uid", 1),
            group: column("Gid", 0),
            login: bytes(pid, "loginuid")
                .and_then(|text| std::str::from_utf8(&text).ok()?.trim().parse().ok())
                .filter(|login| *login != super::NO_LOGIN),
            ..User::default()
        },
        capabilities: Capabilities {
            permitted: mask("CapPrm"),
            effective: mask("CapEff"),
            inheritable: mask("CapInh"),
        },
        // A device number of 32 bits (`new_encode_dev`): the minor one lies around the major one.
        terminal: (terminal != 0).then_some(Terminal {
            major: (terminal >> 8) & 0xfff,
            minor: (terminal & 0xff) | ((terminal >> 12) & 0xfff00),
        }),
        cgroup,
        container: mount.and_then(|mount| host.container(pid, cgroup, mount)),
        namespaces,
        parent: None,
    };
    host.name_users(&mut process.user, pid, mount.unwrap_or(0));
    Some((stat.started(), process))
}

fn executable(pid: u32) -> Executable {
    let Some(path) = link(pid, "exe") else {
        return Executable::default();
    };
    let file = fs::metadata(format!("/proc/{pid}/exe")).ok();
    let of = |number: fn(&fs::Metadata) -> u64| file.as_ref().map(number).unwrap_or_default();
    Executable {
        in_memory: path.starts_with(b"/memfd:"),
        path,
        device: of(MetadataExt::dev),
        inode: of(MetadataExt::ino),
        changed: file
            .as_ref()
            .map_or(0, |file| since_1970(file.ctime(), file.ctime_nsec())),
        modified: file
            .as_ref()
            .map_or(0, |file| since_1970(file.mtime(), file.mtime_nsec())),
        writable: file.as_ref().is_some_and(|file| file.mode() & 0o222 != 0),
        ..Executable::default()
    }
}

/// When the inode of the program that a process runs was changed and its content was written, nanoseconds since 1970; both 0 where it runs another
/// one by now, or has ended.
pub(super) fn times_of_program(pid: u32, inode: u64) -> (u64, u64) {
    fs::metadata(format!("/proc/{pid}/exe"))
        .ok()
        .filter(|file| file.ino() == inode)
        .map_or((0, 0), |file| {
            (
                since_1970(file.ctime(), file.ctime_nsec()),
                since_1970(file.mtime(), file.mtime_nsec()),
            )
        })
}

fn since_1970(seconds: i64, nanoseconds: i64) -> u64 {
    u64::try_from(seconds)
        .unwrap_or(0)
        .saturating_mul(1_000_000_000)
        .saturating_add(u64::try_from(nanoseconds).unwrap_or(0))
}
