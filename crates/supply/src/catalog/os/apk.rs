//! The installed database of apk, `lib/apk/db/installed`.
//!
//! <https://wiki.alpinelinux.org/wiki/Apk_spec>

use super::{Wanted, package, root_of, stanzas};
use crate::catalog::{Cataloger, Inventory, Unreadable, file_name};
use bartizan_engine::Input;
use bartizan_model::SourcePackage;

/// Reads the installed database of apk.
pub struct Apk;

impl Cataloger for Apk {
    fn id(&self) -> &'static str {
        "os-apk"
    }

    fn title(&self) -> &'static str {
        "Installed packages of apk"
    }

    fn tells_installed(&self, _path: &str) -> bool {
        true
    }

    fn reads(&self, path: &str) -> bool {
        file_name(path) == "installed" && root_of(path).is_some()
    }

    fn read(&self, input: &Input<'_>, out: &mut Inventory<'_>) -> Result<(), Unreadable> {
        let text = String::from_utf8_lossy(input.bytes);
        let mut wanted = Wanted::default();
        let mut understood = text.trim().is_empty();
        for (stanza, at) in stanzas(&text) {
            let field = |letter: char| {
                let lines = stanza.lines();
                let mut values = lines.filter_map(|line| line.strip_prefix(letter)?.strip_prefix(':'));
                values.next().map(str::trim).filter(|value| !value.is_empty())
            };
            let (Some(name), Some(version)) = (field('P'), field('V')) else {
                out.problem("an entry without a name or a version");
                continue;
            };
            understood = true;
            let mut package = package("apk", "alpine", name, version);
            if let Some(architecture) = field('A') {
                package
                    .purl
                    .qualifiers
                    .insert("arch".to_owned(), architecture.to_owned());
            }
            package.source = field('o').map(|origin| SourcePackage {
                name: origin.to_owned(),
                version: None,
            });
            package.licenses = field('L').map(str::to_owned).into_iter().collect();
            package.at = at;
            let Some(added) = out.add(package) else {
                continue;
            };
            wanted.installs(name, added);
            for provided in names(field('p')) {
                wanted.provides(provided, added);
            }
            let asked = names(field('D')).map(|name| vec![name.to_owned()]);
            wanted.asks(added, asked.collect());
        }
        wanted.resolve(out);
        if understood {
            Ok(())
        } else {
            Err(Unreadable(
                "it is no database of apk: no entry has a name and a version".to_owned(),
            ))
        }
    }
}

/// Names without version constraints; those that must not be installed (`!name`) are left out.
fn names(field: Option<&str>) -> impl Iterator<Item = &str> {
    field
        .unwrap_or_default()
        .split_ascii_whitespace()
        .filter(|one| !one.starts_with('!'))
        .filter_map(|one| one.split(['<', '>', '=', '~', '@']).next())
}
