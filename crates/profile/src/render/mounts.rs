//! Where a workload has to write, so that all the rest can be mounted to be read only.

use std::collections::BTreeSet;

use crate::profile::Profile;

/// Directories that hold too much to be writable as a whole: of these, only the file
const BROAD: [&str; 23] = [
    "/",
    "/bin",
    "/boot",
    "/etc",
    "/home",
    "/lib",
    "/lib64",
    "/opt",
    "/root",
    "/sbin",
    "/srv",
    "/usr",
    "/usr/bin",
    "/usr/lib",
    "/usr/local",
    "/usr/sbin",
    "/usr/share",
    "/var",
    "/var/cache",
    "/var/lib",
    "/var/log",
    "/var/spool",
    "/mnt",
];
/// What the kernel or a runtime mounts of its own
const OWN: [&str; 3] = ["/proc", "/sys", "/dev"];

/// A place that has to be writable.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Writable {
    /// Absolute path
    pub path: String,
    /// A directory with all below it, and not a file alone
    pub directory: bool,
}

/// The places that have to be writable, the fewest that hold all that was written: directories, and single files where the directory holds too much else.
#[must_use]
pub fn writable(profile: &Profile) -> Vec<Writable> {
    let all: BTreeSet<Writable> = profile
        .written()
        .filter_map(|(path, access)| place(path, access.change))
        .collect();
    let directories: Vec<&str> = all
        .iter()
        .filter(|place| place.directory)
        .map(|place| place.path.as_str())
        .collect();
    all.iter()
        .filter(|place| {
            !directories
                .iter()
                .any(|directory| is_below(&place.path, directory))
        })
        .cloned()
        .collect()
}

fn is_below(path: &str, directory: &str) -> bool {
    path.strip_prefix(directory)
        .is_some_and(|rest| rest.starts_with('/'))
}

fn place(path: &str, changes: bool) -> Option<Writable> {
    if path == "/dev/shm" || is_below(path, "/dev/shm") {
        return Some(Writable {
            path: "/dev/shm".to_owned(),
            directory: true,
        });
    }
    if OWN.iter().any(|own| is_below(path, own)) {
        return None;
    }
    // A directory of which the name is not sure is that of the one above it.
    let sure = path
        .find('*')
        .map_or(path, |at| path.get(..at).unwrap_or_default());
    let parent = match sure.rsplit_once('/')?.0 {
        "" => "/",
        parent => parent,
    };
    if !BROAD.contains(&parent) {
        return Some(Writable {
            path: parent.to_owned(),
            directory: true,
        });
    }
    // What is made in a directory that holds too much would need all of it: the name alone stands for it.
    let is_broad = changes && BROAD.contains(&path);
    (sure == path && !is_broad).then(|| Writable {
        path: path.to_owned(),
        directory: false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calls::Architecture;
    use crate::profile::Access;
    use crate::window::Window;

    fn of(paths: &[(&str, bool)]) -> Vec<(String, bool)> {
        let mut profile = Profile::new("w", Architecture::X86_64);
        let mut window = Window::default();
        for &(path, change) in paths {
            let access = Access {
                write: true,
                change,
                ..Access::default()
            };
            window.files.insert(path.to_owned(), access);
        }
        profile.add(window, true);
        let places = writable(&profile);
        places
            .into_iter()
            .map(|place| (place.path, place.directory))
            .collect()
    }

    #[test]
    fn the_directories_that_are_written_to_are_writable_and_those_below_them() {
        let all = of(&[
            ("/var/lib/nginx/body/*", true),
            ("/var/lib/nginx/proxy", true),
            ("/var/log/nginx/access.log", false),
            ("/run/app/app.pid", true),
        ]);
        let expected = [
            ("/run/app", true),
            ("/var/lib/nginx", true),
            ("/var/log/nginx", true),
        ];
        assert_eq!(all, expected.map(|(path, whole)| (path.to_owned(), whole)));
    }

    #[test]
    fn a_directory_that_holds_too_much_is_never_writable_as_a_whole() {
        assert_eq!(of(&[("/etc/mtab", false)]), [("/etc/mtab".to_owned(), false)]);
        assert_eq!(
            of(&[("/var/log/lastlog", false)]),
            [("/var/log/lastlog".to_owned(), false)]
        );
    }

    #[test]
    fn what_the_kernel_mounts_needs_nothing_but_shared_memory() {
        assert_eq!(
            of(&[
                ("/proc/self/oom_score_adj", false),
                ("/dev/null", false),
                ("/dev/shm/x", true)
            ]),
            [("/dev/shm".to_owned(), true)]
        );
    }
}
