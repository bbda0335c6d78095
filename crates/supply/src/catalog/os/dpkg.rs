//! The status of dpkg: `var/lib/dpkg/status`, and one file a package in `var/lib/dpkg/status.d` as distroless images have.
//!
//! <https://manpages.debian.org/dpkg-query.1>, <https://www.debian.org/doc/debian-policy/ch-controlfields.html>

use super::{Wanted, package, root_of, stanzas};
use crate::catalog::{Cataloger, Inventory, Unreadable};
use bartizan_engine::Input;
use bartizan_model::SourcePackage;
use std::collections::HashMap;

/// Reads the status of dpkg.
pub struct Dpkg;

impl Cataloger for Dpkg {
    fn id(&self) -> &'static str {
        "os-dpkg"
    }

    fn title(&self) -> &'static str {
        "Installed packages of dpkg"
    }

    fn tells_installed(&self, _path: &str) -> bool {
        true
    }

    fn reads(&self, path: &str) -> bool {
        if root_of(path).is_none() {
            return false;
        }
        match path.rsplit_once("var/lib/dpkg/") {
            Some((_, "status")) => true,
            Some((_, below)) => below.starts_with("status.d/") && !below.ends_with(".md5sums"),
            None => false,
        }
    }

    fn read(&self, input: &Input<'_>, out: &mut Inventory<'_>) -> Result<(), Unreadable> {
        let text = String::from_utf8_lossy(input.bytes);
        let mut wanted = Wanted::default();
        let mut understood = text.trim().is_empty();
        for (stanza, at) in stanzas(&text) {
            let fields = fields(stanza);
            let field = |name: &str| {
                fields
                    .get(name)
                    .map(String::as_str)
                    .filter(|text| !text.is_empty())
            };
            let Some(name) = field("package") else {
                out.problem("an entry without a name");
                continue;
            };
            understood = true;
            if !is_unpacked(field("status")) {
                continue;
            }
            let Some(version) = field("version") else {
                out.problem(format!("`{}` has no version", name.escape_debug()));
                continue;
            };
            let mut package = package("deb", "debian", name, version);
            if let Some(architecture) = field("architecture") {
                package
                    .purl
                    .qualifiers
                    .insert("arch".to_owned(), architecture.to_owned());
            }
            package.source = field("source").map(source);
            package.at = at;
            let Some(added) = out.add(package) else {
                continue;
            };
            wanted.installs(name, added);
            for provided in relations(field("provides")).into_iter().flatten() {
                wanted.provides(&provided, added);
            }
            let mut asked = relations(field("pre-depends"));
            asked.extend(relations(field("depends")));
            wanted.asks(added, asked);
        }
        wanted.resolve(out);
        if understood {
            Ok(())
        } else {
            Err(Unreadable(
                "it is no status of dpkg: no entry has a name".to_owned(),
            ))
        }
    }
}

/// Names of installed packages without which dpkg or apt counts the system as broken.
pub(crate) fn essential(text: &str) -> impl Iterator<Item = &str> {
    stanzas(text).filter_map(|(stanza, _)| {
        let is_essential = stanza.lines().any(|line| {
            let flag = line.strip_suffix(": yes").unwrap_or_default();
            ["Essential", "Protected", "Important"].contains(&flag)
        });
        let of = |name: &str| {
            stanza
                .lines()
                .find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
        };
        let name = of("Package").filter(|_| is_essential && is_unpacked(of("Status")))?;
        Some(name.trim())
    })
}

/// Whether a package's files are there. Entries of `status.d` tell no status: they are there when the package is.
fn is_unpacked(status: Option<&str>) -> bool {
    let state = status.and_then(|status| status.split_ascii_whitespace().nth(2));
    !matches!(state, Some("not-installed" | "config-files"))
}

/// Fields by name in lower case; a value that goes on in further lines is only its first.
fn fields(stanza: &str) -> HashMap<String, String> {
    stanza
        .lines()
        .filter(|line| !line.starts_with([' ', '\t']))
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.trim().to_ascii_lowercase(), value.trim().to_owned()))
        .collect()
}

/// `name` or `name (version)`.
fn source(text: &str) -> SourcePackage {
    let (name, version) = match text.split_once('(') {
        Some((name, version)) => (name, Some(version.trim_end_matches(')').trim().to_owned())),
        None => (text, None),
    };
    SourcePackage {
        name: name.trim().to_owned(),
        version,
    }
}

/// Names of a relationship field, alternatives together, without versions and architectures.
fn relations(field: Option<&str>) -> Vec<Vec<String>> {
    let name = |one: &str| {
        let end = one.find([' ', '(', ':', '[', '<']).unwrap_or(one.len());
        one.get(..end).unwrap_or_default().to_owned()
    };
    field
        .unwrap_or_default()
        .split(',')
        .filter(|all| !all.trim().is_empty())
        .map(|all| all.split('|').map(|one| name(one.trim())).collect())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_that_is_missing_or_ends_with_a_comma_names_nothing_more() {
        assert!(relations(None).is_empty());
        assert_eq!(
            relations(Some("a (>= 1) | b, c:any,")),
            [vec!["a", "b"], vec!["c"]]
        );
    }
}
