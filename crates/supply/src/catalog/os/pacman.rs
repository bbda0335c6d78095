//! The local database of pacman: one `var/lib/pacman/local/NAME-VERSION/desc` a package.
//!
//! <https://man.archlinux.org/man/alpm-db-desc.5>. What a package depends on names packages of other files, so it is not
//! read.

use super::{package, root_of};
use crate::catalog::{Cataloger, Inventory, Unreadable, file_name};
use bartizan_engine::Input;
use bartizan_model::SourcePackage;

/// Reads the local database of pacman.
pub struct Pacman;

impl Cataloger for Pacman {
    fn id(&self) -> &'static str {
        "os-pacman"
    }

    fn title(&self) -> &'static str {
        "Installed packages of pacman"
    }

    fn tells_installed(&self, _path: &str) -> bool {
        true
    }

    fn reads(&self, path: &str) -> bool {
        file_name(path) == "desc" && path.contains("var/lib/pacman/local/") && root_of(path).is_some()
    }

    fn read(&self, input: &Input<'_>, out: &mut Inventory<'_>) -> Result<(), Unreadable> {
        let text = String::from_utf8_lossy(input.bytes);
        let values = |name: &'static str| {
            text.lines()
                .skip_while(move |line| {
                    line.trim().strip_prefix('%').and_then(|l| l.strip_suffix('%')) != Some(name)
                })
                .skip(1)
                .map(str::trim)
                .take_while(|line| !line.is_empty() && !line.starts_with('%'))
        };
        let one = |name: &'static str| values(name).next();
        let (Some(name), Some(version)) = (one("NAME"), one("VERSION")) else {
            return Err(Unreadable(
                "it is no description of a package: NAME or VERSION is missing".to_owned(),
            ));
        };
        let mut package = package("alpm", "arch", name, version);
        if let Some(architecture) = one("ARCH") {
            package
                .purl
                .qualifiers
                .insert("arch".to_owned(), architecture.to_owned());
        }
        package.source = one("BASE").map(|base| SourcePackage {
            name: base.to_owned(),
            version: None,
        });
        package.licenses = values("LICENSE").map(str::to_owned).collect();
        out.add(package);
        Ok(())
    }
}
