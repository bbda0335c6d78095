//! `supply/vendored-tree-differs`: vendored code is not what the lock file names.

use crate::tampering::document::{Document, From, Part};
use crate::tampering::report::{Found, Note, Place, Report, Verdicts};
use crate::tampering::rule::{About, EXPECTED_PLACE, Rule, Whole, rule};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

rule! {
    /// Code of dependencies lies in the repository, and is not what the lock file names: a crate whose package digest in
    /// `.cargo-checksum.json` is not in Cargo.lock, a Go module that `vendor/modules.txt` has in another version than go.mod.
    /// Vendored code is built as it lies there. Thousands of files that nobody reads in review are where a change of a few
    /// lines hides.
    ///
    /// Cargo compares the files of a vendored crate with the digests beside them, not with the package; the digest of the
    /// package is all that ties the two together. The content of Go's vendored modules is recorded nowhere, and `integrity` in
    /// lock files of npm is the digest of the archive, which a `node_modules` that lies in the repository no longer is: of
    /// these nothing can be compared.
    VendoredTreeDiffers {
        id: "supply/vendored-tree-differs",
        title: "Vendored code is not what the lock file names",
        severity: High,
        confidence: High,
        cwe: ["CWE-494", "CWE-345"],
        controls: [EXPECTED_PLACE],
        remediation: "Make the vendored tree anew, `cargo vendor --locked` or `go mod vendor`, and look at what changes. Change vendored \
            code by a patch that is applied when it is built, or by a fork, never in place.",
        references: [
            "https://doc.rust-lang.org/cargo/commands/cargo-vendor.html",
            "https://go.dev/ref/mod#vendoring",
        ],
    }
}

#[derive(Serialize, Deserialize)]
enum Noted {
    /// Digests of crates by name.
    Locked(BTreeMap<String, BTreeSet<String>>),
    /// A vendored crate: its directory and digest.
    Crate(String, String, Place),
    /// Versions that go.mod asks for.
    Required(BTreeMap<String, String>),
    /// Modules that are vendored.
    Modules(Vec<(String, String, Place)>),
}

impl Rule for VendoredTreeDiffers {
    fn about(&self) -> &'static About {
        &Self::ABOUT
    }

    fn judge(&self, document: &Document, _: Whole<'_>, out: &mut Report<'_>) {
        match (document.tool, document.part) {
            ("cargo", Part::Lock) => {
                let mut digests: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
                for one in &document.locked {
                    let of = digests.entry(one.name.clone()).or_default();
                    of.extend(one.hash.clone());
                }
                out.note(&Noted::Locked(digests));
            }
            ("cargo vendor", _) => {
                for one in &document.locked {
                    if let Some(hash) = &one.hash {
                        out.note(&Noted::Crate(one.name.clone(), hash.clone(), out.place(&one.at)));
                    }
                }
            }
            ("go", Part::Manifest) => {
                let asked = document.asked.iter().filter(|one| one.from == From::Registry);
                let asked = asked.map(|one| (one.name.clone(), one.spec.clone()));
                out.note(&Noted::Required(asked.collect()));
            }
            ("go mod vendor", _) => {
                let modules = document.locked.iter();
                let modules = modules.map(|one| (one.name.clone(), one.version.clone(), out.place(&one.at)));
                let modules: Vec<_> = modules.collect();
                out.note(&Noted::Modules(modules));
            }
            _ => {}
        }
    }

    fn finish(&self, notes: &[Note], _: Whole<'_>, out: &mut Verdicts<'_>) {
        let read: Vec<(&Note, Noted)> = notes
            .iter()
            .filter_map(|note| Some((note, note.read()?)))
            .collect();
        for (note, noted) in &read {
            match noted {
                Noted::Crate(directory, digest, place) => {
                    crate_differs(note, (directory, digest, *place), &read, out);
                }
                Noted::Modules(modules) => modules_differ(note, modules, &read, out),
                _ => {}
            }
        }
    }
}

fn crate_differs(
    note: &Note,
    (directory, digest, place): (&str, &str, Place),
    read: &[(&Note, Noted)],
    out: &mut Verdicts<'_>,
) {
    // Of several lock files above, any may be the one that it was vendored for.
    let locks = read
        .iter()
        .filter(|(other, _)| note.path.starts_with(other.directory()));
    let mut named = false;
    for (_, noted) in locks {
        let Noted::Locked(digests) = noted else { continue };
        if digests.values().any(|of| of.contains(digest)) {
            return;
        }
        let matches = |name: &String| {
            let version = directory.strip_prefix(name.as_str());
            version.is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
        };
        named |= digests.iter().any(|(name, of)| !of.is_empty() && matches(name));
    }
    if named {
        out.finding(
            Found {
                message: format!(
                    "the vendored crate `{}` was made of a package whose digest is not in Cargo.lock",
                    directory.escape_debug()
                ),
                key: directory.to_owned(),
                fix: "make it anew with `cargo vendor --locked`, and look at what changes".to_owned(),
                ..Found::default()
            },
            &[(note.path.as_str(), place)],
        );
    }
}

fn modules_differ(
    note: &Note,
    modules: &[(String, String, Place)],
    read: &[(&Note, Noted)],
    out: &mut Verdicts<'_>,
) {
    let root = note.directory().strip_suffix("vendor/").unwrap_or_default();
    let required = read.iter().find_map(|(other, noted)| match noted {
        Noted::Required(required) if other.directory() == root => Some(required),
        _ => None,
    });
    let Some(required) = required else { return };
    for (path, version, place) in modules {
        let Some(asked) = required.get(path).filter(|asked| *asked != version) else {
            continue;
        };
        out.finding(
            Found {
                message: format!(
                    "`{}` is vendored as {}, and go.mod asks for {}",
                    path.escape_debug(),
                    version.escape_debug(),
                    asked.escape_debug()
                ),
                key: path.clone(),
                fix: "run `go mod vendor`, and look at what changes".to_owned(),
                ..Found::default()
            },
            &[(note.path.as_str(), *place)],
        );
    }
}
