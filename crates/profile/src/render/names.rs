//! Names that several policies share: of the workload, and of the directories that its libraries are in.

use std::collections::BTreeSet;

use crate::path::is_of_programs;
use crate::profile::Profile;

/// Characters of a name in Kubernetes, at most
const NAME_MAX: usize = 63;

/// The name of a workload where only lower-case letters, digits and dashes may stand (RFC 1123).
pub(crate) fn file_name(workload: &str) -> String {
    let mut name: String = workload
        .chars()
        .map(|character| character.to_ascii_lowercase())
        .map(|character| {
            if character.is_ascii_alphanumeric() {
                character
            } else {
                '-'
            }
        })
        .take(NAME_MAX)
        .collect();
    name = name.trim_matches('-').to_owned();
    if name.is_empty() {
        "workload".to_owned()
    } else {
        name
    }
}

/// Whether a path is that of a shared library.
pub(crate) fn is_library(path: &str) -> bool {
    let file = path.rsplit('/').next().unwrap_or_default();
    let is_version =
        |rest: &str| rest.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') && !rest.is_empty();
    file.ends_with(".so") || file.split_once(".so.").is_some_and(|(_, rest)| is_version(rest))
}

/// The directories of the shared libraries that were loaded: the kernel itself loads one more from there, which loads the others, and another
/// version has another name.
pub(crate) fn libraries(profile: &Profile) -> BTreeSet<String> {
    profile
        .files
        .keys()
        .filter(|path| is_library(path))
        .filter_map(|path| path.rsplit_once('/'))
        .map(|(directory, _)| directory)
        .filter(|directory| is_of_programs(directory))
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_name_becomes_one_of_kubernetes() {
        assert_eq!(
            file_name("/system.slice/nginx.service"),
            "system-slice-nginx-service"
        );
        assert_eq!(file_name("///"), "workload");
    }

    #[test]
    fn libraries_are_known_by_their_names() {
        assert!(is_library("/usr/lib/x86_64-linux-gnu/libc.so.6") && is_library("/opt/x/mod.so"));
        assert!(!is_library("/etc/so.conf") && !is_library("/etc/ld.so.cache"));
    }

    #[test]
    fn only_directories_of_programs_are_those_of_libraries() {
        let mut profile = Profile::new("w", crate::calls::Architecture::X86_64);
        let mut window = crate::window::Window::default();
        for path in [
            "/usr/lib/libc.so.6",
            "/tmp/own.so",
            "/etc/ld.so.cache",
            "/root/x.so",
        ] {
            window
                .files
                .insert(path.to_owned(), crate::profile::Access::EXECUTE);
        }
        profile.add(window, true);
        assert_eq!(libraries(&profile), BTreeSet::from(["/usr/lib".to_owned()]));
    }
}
