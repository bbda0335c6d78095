//! Operating systems: which one it is, and the databases of its package manager.
//!
//! The release of a distribution stands in another file than its packages, so these catalogers leave the namespace as the
//! database tells it and the ecosystem open; [`crate::inventory::finish`] joins the two.

mod apk;
pub(crate) mod dpkg;
mod os_release;
mod pacman;
pub(crate) mod rpm;

pub use apk::Apk;
pub use dpkg::Dpkg;
pub use os_release::OsRelease;
pub use pacman::Pacman;
pub use rpm::Rpm;

use super::Package;
use super::inventory::{Added, Inventory};
use bartizan_model::{PackageUrlParts, Scope};
use std::collections::HashMap;
use std::ops::Range;

/// Places below the root of a system where the release or a package database is kept.
const PLACES: [&str; 8] = [
    "etc/os-release",
    "usr/lib/os-release",
    "var/lib/dpkg/",
    "lib/apk/db/installed",
    "var/lib/pacman/local/",
    "var/lib/rpm/",
    "usr/lib/sysimage/rpm/",
    "usr/share/rpm/",
];

/// The root of the system that the file at `path` describes: what stands before the well-known place, with the `/` or `!/`
/// at its end; empty for the target itself. None where the path is no such place.
pub(crate) fn root_of(path: &str) -> Option<&str> {
    PLACES
        .iter()
        .filter_map(|place| {
            let at = path.rfind(place)?;
            let whole = place.ends_with('/') || at + place.len() == path.len();
            let root = path.get(..at)?;
            // `/usr` is merged with `/` in some distributions, and the database is then below it.
            let root = match *place {
                "lib/apk/db/installed" => root.strip_suffix("usr/").unwrap_or(root),
                _ => root,
            };
            (whole && (root.is_empty() || root.ends_with('/'))).then_some(root)
        })
        .min_by_key(|root| root.len())
}

fn package(kind: &str, namespace: &str, name: &str, version: &str) -> Package {
    Package {
        purl: PackageUrlParts {
            kind: kind.to_owned(),
            namespace: Some(namespace.to_owned()),
            name: name.to_owned(),
            version: Some(version.to_owned()),
            ..PackageUrlParts::default()
        },
        // Advisories name a package without its distribution.
        name: name.to_owned(),
        scope: Scope::Runtime,
        ..Package::default()
    }
}

/// The stanzas of a database in text: lines up to an empty one, with the range of each.
fn stanzas(text: &str) -> impl Iterator<Item = (&str, Range<usize>)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = text.get(at..)?;
        let start = at + (rest.len() - rest.trim_start_matches(['\n', '\r']).len());
        let rest = text.get(start..).filter(|rest| !rest.is_empty())?;
        let len = rest.find("\n\n").unwrap_or(rest.len());
        at = start + len;
        Some((rest.get(..len)?, start..start + len))
    })
}

/// What the installed packages of one database provide and ask for.
#[derive(Default)]
struct Wanted {
    provided: HashMap<String, Added>,
    asked: Vec<(Added, Vec<Vec<String>>)>,
}

impl Wanted {
    /// A package goes by its own name before anything else that provides it.
    fn installs(&mut self, name: &str, package: Added) {
        self.provided.insert(name.to_owned(), package);
    }

    fn provides(&mut self, name: &str, package: Added) {
        self.provided.entry(name.to_owned()).or_insert(package);
    }

    /// Of each list of alternatives the first that is installed is depended on.
    fn asks(&mut self, package: Added, alternatives: Vec<Vec<String>>) {
        self.asked.push((package, alternatives));
    }

    fn resolve(self, out: &mut Inventory<'_>) {
        for (from, wanted) in self.asked {
            let on: Vec<Added> = wanted
                .iter()
                .filter_map(|names| names.iter().find_map(|name| self.provided.get(name).copied()))
                .collect();
            out.depends(from, on);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_root_of_a_system_is_what_stands_before_the_well_known_place() {
        for (path, root) in [
            ("var/lib/dpkg/status", Some("")),
            ("etc/os-release", Some("")),
            ("rootfs/usr/lib/os-release", Some("rootfs/")),
            ("image.tar!/lib/apk/db/installed", Some("image.tar!/")),
            ("a/usr/lib/apk/db/installed", Some("a/")),
            ("a/var/lib/rpm/Packages", Some("a/")),
            ("xvar/lib/rpm/Packages", None),
            ("etc/os-release.d", None),
            ("var/lib/other", None),
        ] {
            assert_eq!(root_of(path), root, "{path}");
        }
    }

    #[test]
    fn stanzas_are_parted_by_empty_lines() {
        let text = "\n\na: 1\nb: 2\n\n\nc: 3";
        let all: Vec<_> = stanzas(text).collect();
        assert_eq!(all, [("a: 1\nb: 2", 2..11), ("c: 3", 14..18)]);
    }
}
