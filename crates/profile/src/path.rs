//! Paths of one run made to stand for those of the next: numbers, digests and names of temporary files become `*`.
//!
//! A name is left as it is wherever a `*` could let a workload read what it was not seen to read: in directories of configuration, of homes and of
//! secrets, and in what `/proc` tells of other processes' memory. There a name that changes shows as a new one.

/// Directories in which no name ever becomes `*`, because secrets lie in them
const SECRET: [&str; 7] = [
    "/etc",
    "/root",
    "/home",
    "/boot",
    "/run/secrets",
    "/var/run/secrets",
    "/run/credentials",
];
/// Directories of programs and libraries: their numbers are versions
const PROGRAMS: [&str; 7] = ["/usr", "/lib", "/lib64", "/bin", "/sbin", "/opt", "/snap"];
/// Directories for what lives a short while
const TEMPORARY: [&str; 4] = ["/tmp", "/var/tmp", "/dev/shm", "/run"];
/// What `/proc/PID` has of a process that must not be read of any but itself
const OWN_ONLY: [&str; 12] = [
    "auxv",
    "cwd",
    "environ",
    "exe",
    "fd",
    "fdinfo",
    "map_files",
    "maps",
    "mem",
    "root",
    "smaps",
    "task",
];
/// Digits of a name that is taken to be a digest
const DIGEST: usize = 8;
/// Characters that `mkstemp(3)` and the like make up
const MADE_UP: usize = 6;

/// Who asked for a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Asker<'a> {
    /// Numbers of the process: in its own namespace, and in that of the host
    pub numbers: [u32; 2],
    /// Where it was started; empty where unknown. Names up to there were given to it, and are no ones that it made up
    pub directory: &'a str,
}

/// The path that stands for one which somebody asked for.
#[must_use]
pub fn generalised(path: &str, asker: Asker<'_>) -> String {
    if let Some(rest) = path.strip_prefix("/proc/") {
        return of_process(rest, asker.numbers);
    }
    if within(path, &SECRET) || within(path, &PROGRAMS) {
        return path.to_owned();
    }
    let temporary = within(path, &TEMPORARY);
    let directory = asker.directory.trim_end_matches('/');
    let given = if within(path, &[directory]) { directory } else { "" };
    let mut out = given.to_owned();
    for name in path.get(given.len()..).unwrap_or_default().split('/').skip(1) {
        out.push('/');
        out.push_str(&generalised_name(name, temporary));
    }
    out
}

/// The directory that a file lies in; None for the root.
pub(crate) fn directory_of(path: &str) -> Option<&str> {
    match path.rsplit_once('/')? {
        ("", "") => None,
        ("", _) => Some("/"),
        (directory, _) => Some(directory),
    }
}

/// Whether a generalised path is one of what `/proc` tells a process of itself.
pub(crate) fn is_of_itself(path: &str) -> bool {
    within(path, &["/proc/self"])
}

/// Whether a path lies where programs and libraries do.
pub(crate) fn is_of_programs(path: &str) -> bool {
    within(path, &PROGRAMS)
}

/// Whether a path is one of these directories, or lies below one.
fn within(path: &str, directories: &[&str]) -> bool {
    directories.iter().any(|directory| {
        path.strip_prefix(directory)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    })
}

fn of_process(rest: &str, own: [u32; 2]) -> String {
    let (first, below) = rest.split_once('/').unwrap_or((rest, ""));
    let Ok(number) = first.parse::<u32>() else {
        return format!("/proc/{rest}");
    };
    let first_below = below.split('/').next().unwrap_or_default();
    let who = if own.contains(&number) {
        "self"
    } else if OWN_ONLY.contains(&first_below) {
        first
    } else {
        "*"
    };
    let below: Vec<_> = below
        .split('/')
        .map(|name| if is_number(name) { "*" } else { name })
        .collect();
    format!("/proc/{who}/{}", below.join("/"))
        .trim_end_matches('/')
        .to_owned()
}

fn generalised_name(name: &str, temporary: bool) -> String {
    if is_number(name) || is_digest(name) {
        return "*".to_owned();
    }
    // Libraries put one of their own before what they make up.
    let made_up = |rest: &str| {
        rest.len() >= MADE_UP
            && rest
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    };
    if temporary && name.strip_prefix("tmp").is_some_and(made_up) {
        return "tmp*".to_owned();
    }
    // Parts between dots, dashes and underscores: `base.16384`, `cache-0a1b2c3d.db`
    let mut out = String::with_capacity(name.len());
    let mut part = String::new();
    for character in name.chars().chain(['\0']) {
        if matches!(character, '.' | '-' | '_' | '\0') {
            let changes = is_number(&part) || is_digest(&part) || (temporary && is_made_up(&part));
            out.push_str(if changes { "*" } else { &part });
            part.clear();
            if character != '\0' {
                out.push(character);
            }
        } else {
            part.push(character);
        }
    }
    out
}

fn is_number(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_digest(name: &str) -> bool {
    name.len() >= DIGEST
        && name.bytes().all(|byte| byte.is_ascii_hexdigit())
        && name.bytes().any(|byte| byte.is_ascii_digit())
}

/// Letters in both cases, or letters and digits, without an order: not a word
fn is_made_up(name: &str) -> bool {
    let has = |test: fn(&u8) -> bool| name.bytes().any(|byte| test(&byte));
    let middle = name.get(1..).unwrap_or_default();
    name.len() >= MADE_UP
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && (has(u8::is_ascii_digit) || middle.bytes().any(|byte| byte.is_ascii_uppercase()))
        && has(u8::is_ascii_alphabetic)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ASKER: Asker<'_> = Asker {
        numbers: [7, 4242],
        directory: "",
    };

    fn of(path: &str) -> String {
        generalised(path, ASKER)
    }

    #[test]
    fn names_of_temporary_files_and_numbers_stand_for_others() {
        for (path, expected) in [
            (
                "/var/lib/postgresql/15/main/base/16384/2619",
                "/var/lib/postgresql/*/main/base/*/*",
            ),
            (
                "/var/lib/postgresql/15/main/base/5/2619_vm",
                "/var/lib/postgresql/*/main/base/*/*_vm",
            ),
            ("/var/lib/nginx/body/0000000017", "/var/lib/nginx/body/*"),
            ("/tmp/tmpab12cd_x/file", "/tmp/tmp*/file"),
            ("/tmp/tmp.Hx7aQ2Lp9z", "/tmp/tmp.*"),
            ("/run/app/worker-17.sock", "/run/app/worker-*.sock"),
            (
                "/data/objects/3f/a94a8fe5ccb19ba61c4c0873d391e987982fbbd3",
                "/data/objects/3f/*",
            ),
            ("/var/cache/man/index.db", "/var/cache/man/index.db"),
        ] {
            assert_eq!(of(path), expected);
        }
    }

    #[test]
    fn no_name_among_secrets_ever_stands_for_another() {
        for path in [
            "/etc/ssl/private/a94a8fe5ccb19ba61c4c0873d391e987.key",
            "/etc/cron.d/17",
            "/root/.ssh/id_ed25519",
            "/home/u/1234/5678",
            "/run/secrets/12345678/token",
            "/var/run/secrets/kubernetes.io/serviceaccount/..2024_01/token",
        ] {
            assert_eq!(of(path), path);
        }
    }

    #[test]
    fn the_directory_that_a_process_was_started_in_keeps_its_name() {
        let asker = Asker {
            directory: "/tmp/tmp.Hx7aQ2Lp9z/1234",
            ..ASKER
        };
        for (path, expected) in [
            (
                "/tmp/tmp.Hx7aQ2Lp9z/1234/out/17",
                "/tmp/tmp.Hx7aQ2Lp9z/1234/out/*",
            ),
            ("/tmp/tmp.Hx7aQ2Lp9z/1234", "/tmp/tmp.Hx7aQ2Lp9z/1234"),
            ("/tmp/tmp.Hx7aQ2Lp9z/12345/x", "/tmp/tmp.*/*/x"),
        ] {
            assert_eq!(generalised(path, asker), expected);
        }
        let root = Asker {
            directory: "/",
            ..ASKER
        };
        assert_eq!(generalised("/srv/17", root), "/srv/*");
    }

    #[test]
    fn versions_of_programs_stay() {
        assert_eq!(
            of("/usr/lib/postgresql/15/bin/postgres"),
            "/usr/lib/postgresql/15/bin/postgres"
        );
    }

    #[test]
    fn a_process_may_look_at_itself_and_at_others_only_where_that_tells_no_secret() {
        assert_eq!(of("/proc/4242/maps"), "/proc/self/maps");
        assert_eq!(of("/proc/7/task/7/comm"), "/proc/self/task/*/comm");
        assert_eq!(of("/proc/99/stat"), "/proc/*/stat");
        assert_eq!(of("/proc/99/environ"), "/proc/99/environ");
        assert_eq!(of("/proc/99/mem"), "/proc/99/mem");
        assert_eq!(of("/proc/99/root/etc/shadow"), "/proc/99/root/etc/shadow");
        assert_eq!(of("/proc/sys/kernel/osrelease"), "/proc/sys/kernel/osrelease");
    }

    proptest! {
        #[test]
        fn what_stands_for_a_path_stands_for_itself(path in "(/[a-zA-Z0-9._-]{1,12}){1,5}") {
            let once = generalised(&path, ASKER);
            prop_assert_eq!(generalised(&once, ASKER), once);
        }

        #[test]
        fn depth_and_directory_of_secrets_stay(below in "(/[a-zA-Z0-9._-]{1,12}){1,5}") {
            let path = format!("/etc{below}");
            prop_assert_eq!(generalised(&path, ASKER), path);
            let other = format!("/srv{below}");
            prop_assert_eq!(generalised(&other, ASKER).matches('/').count(), other.matches('/').count());
        }
    }
}
