//! The check `supply/inventory`: runs the catalogers over the files they read.

use super::{Cataloger, Inventory, LARGEST_FILE, file_name, is_within_package, registry};
use crate::sbom;
use bartizan_engine::{Check, CheckError, Input, Meta, Sink};
use bartizan_model::{FingerprintBuilder, RuleInfo};
use bartizan_source::{FileMeta, Interest};

/// Changes when a cataloger reads the same bytes differently; part of the key of cached results.
const REVISION: &[u8] = b"6";

/// Which files are bills of materials that somebody else made, rather than evidence of a component.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bills {
    /// None.
    None,
    /// Those whose path begins so.
    Beginning(&'static str),
}

impl Bills {
    fn are_at(self, path: &str) -> bool {
        match self {
            Self::None => false,
            Self::Beginning(beginning) => path.starts_with(beginning),
        }
    }
}

/// Lists the components of a target. It has no rules: an inventory is no finding.
pub struct InventoryCheck {
    meta: Meta,
    bills: Bills,
}

impl InventoryCheck {
    /// Its id.
    pub const ID: &'static str = "supply/inventory";

    /// The check with every cataloger. A verdict depends on it where it is `required`.
    #[must_use]
    pub fn new(bills: Bills, required: bool) -> Self {
        let mut builder = FingerprintBuilder::new(Self::ID)
            .part(REVISION)
            .part(format!("{bills:?}").as_bytes());
        for cataloger in registry::ALL {
            builder = builder.part(cataloger.id().as_bytes());
        }
        let mut digest = [0; 32];
        for (to, from) in digest.iter_mut().zip(builder.finish().as_str().bytes()) {
            *to = from;
        }
        Self {
            bills,
            meta: Meta {
                id: Self::ID,
                title: "Inventory of components",
                required,
                digest,
            },
        }
    }
}

impl Check for InventoryCheck {
    fn meta(&self) -> &Meta {
        &self.meta
    }

    fn rules(&self) -> Vec<RuleInfo> {
        Vec::new()
    }

    fn wants(&self, file: &FileMeta) -> Interest {
        if self.bills.are_at(&file.path) {
            Interest::Entire(sbom::LARGEST)
        } else if readers(file).next().is_some() {
            Interest::Entire(LARGEST_FILE)
        } else if is_archive(&file.path) {
            // Members are asked about one by one, but only those of archives that somebody wants.
            Interest::Head(512)
        } else {
            Interest::No
        }
    }

    fn recognises(&self, file: &FileMeta, head: &[u8]) -> bool {
        self.bills.are_at(&file.path) || readers(file).any(|one| one.recognises(head))
    }

    fn run(&self, input: &Input<'_>, out: &mut Sink) -> Result<(), CheckError> {
        if self.bills.are_at(input.path()) {
            let read = sbom::read(input.bytes, input.path());
            read.components
                .into_iter()
                .for_each(|component| out.component(component));
            read.problems.into_iter().for_each(|problem| out.error(problem));
            return Ok(());
        }
        for cataloger in readers(input.meta).filter(|one| one.recognises(input.bytes)) {
            let mut inventory = Inventory::new(cataloger.id(), input);
            let result = cataloger.read(input, &mut inventory);
            let (components, problems) = inventory.into_parts();
            for component in components {
                out.component(component);
            }
            for problem in problems {
                out.error(format!("{}: {problem}", cataloger.id()));
            }
            if let Err(error) = result {
                out.error(format!("{}: {error}", cataloger.id()));
            }
        }
        Ok(())
    }
}

/// Whether a name is that of an archive in which catalogers look: of Java, Python, .NET, or a plain one. A single compressed file
/// (`changelog.gz`) is none.
fn is_archive(path: &str) -> bool {
    const ENDS: [&str; 26] = [
        ".jar", ".war", ".ear", ".aar", ".rar", ".sar", ".par", ".kar", ".hpi", ".jpi", ".lpkg", ".whl",
        ".egg", ".pyz", ".nupkg", ".apk", ".zip", ".tar", ".tgz", ".txz", ".tbz2", ".tzst", ".tar.gz",
        ".tar.xz", ".tar.zst", ".tar.bz2",
    ];
    let name = file_name(path);
    ENDS.iter().any(|end| {
        let start = name.len().saturating_sub(end.len());
        name.get(start..)
            .is_some_and(|ending| ending.eq_ignore_ascii_case(end))
    })
}

/// The catalogers that may read a file, by its name and size; a size of 0 may be one that the source does not know.
fn readers(file: &FileMeta) -> impl Iterator<Item = &'static dyn Cataloger> {
    let within = is_within_package(&file.path);
    registry::ALL
        .iter()
        .copied()
        .filter(move |one| !within || one.tells_installed(&file.path))
        .filter(|one| (file.size == 0 || file.size >= one.least_size()) && one.reads(&file.path))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(path: &str) -> Interest {
        InventoryCheck::new(Bills::None, false).wants(&FileMeta {
            path: path.into(),
            size: 100_000,
            commit: None,
            author: None,
            layer: None,
        })
    }

    #[test]
    fn archives_are_opened_even_where_no_other_check_wants_them() {
        for path in [
            "lib/shop.jar",
            "a.war!/WEB-INF/lib/b.JAR",
            "x.tar.gz",
            "site-packages/a/b.jar",
        ] {
            assert_eq!(wanted(path), Interest::Head(512), "{path}");
        }
        assert_eq!(wanted("usr/share/doc/a/changelog.gz"), Interest::No);
    }

    #[test]
    fn lock_files_within_installed_packages_are_left_aside_and_records_of_what_is_installed_are_not() {
        assert_eq!(wanted("node_modules/a/yarn.lock"), Interest::No);
        for path in [
            "yarn.lock",
            "node_modules/.package-lock.json",
            "node_modules/a/package.json",
            "lib/site-packages/a.dist-info/METADATA",
        ] {
            assert_eq!(wanted(path), Interest::Entire(LARGEST_FILE), "{path}");
        }
    }
}
