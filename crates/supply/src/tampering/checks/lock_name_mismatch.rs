//! `supply/lock-name-mismatch`: an entry of a lock file fetches another package than it names.

use crate::tampering::document::{Document, From, Locked, Part};
use crate::tampering::host;
use crate::tampering::report::{Found, Report};
use crate::tampering::rule::{About, EXPECTED_PLACE, Rule, Whole, rule};

rule! {
    /// An entry of a lock file names one package, and its address fetches another, or another version. Lock files are long and
    /// seldom read in review: a pull request that changes one `resolved` line brings any package in under a trusted name, and
    /// the digest beside it was changed with it. npm, yarn and pnpm install what the address says.
    ///
    /// Compared are addresses in the form of npm's registry, `…/name/-/name-1.0.0.tgz`. Aliases (`npm:other@1`) are taken into
    /// account.
    LockNameMismatch {
        id: "supply/lock-name-mismatch",
        title: "A lock file fetches another package than it names",
        severity: High,
        confidence: High,
        cwe: ["CWE-829", "CWE-345"],
        controls: [EXPECTED_PLACE],
        remediation: "1. Treat it as an attack until you know better: who changed the line, in which commit, and was it installed anywhere?\n\
            2. Make the entry anew from the manifest with `npm install --package-lock-only`, and compare.\n\
            3. Let the build run `npm ci` and review changes of lock files like code.",
        references: [
            "https://docs.npmjs.com/cli/v11/configuring-npm/package-lock-json",
            "https://docs.npmjs.com/cli/v11/commands/npm-ci",
        ],
    }
}

impl Rule for LockNameMismatch {
    fn about(&self) -> &'static About {
        &Self::ABOUT
    }

    fn judge(&self, document: &Document, _: Whole<'_>, out: &mut Report<'_>) {
        if document.kind != "npm" || document.part != Part::Lock {
            return;
        }
        for one in document.locked.iter().filter(|one| one.from == From::Registry) {
            let Some(url) = one.url.as_deref() else { continue };
            let Some(fetched) = Archive::of(url) else { continue };
            if fetched.is_of(one) {
                continue;
            }
            out.finding(
                Found {
                    message: format!(
                        "the entry `{}` {} is fetched from `{}`, which is another package or version",
                        one.name.escape_debug(),
                        one.version.escape_debug(),
                        host::shown(url)
                    ),
                    key: format!("{} {}", one.name, one.version),
                    fix: "make the entry anew from the manifest, and find out who changed it".to_owned(),
                    ..Found::default()
                },
                &one.at,
            );
        }
    }
}

/// What an address of npm's registry names.
struct Archive {
    name: String,
    file: String,
}

impl Archive {
    fn of(url: &str) -> Option<Self> {
        let bare = url.split(['?', '#']).next()?;
        let (head, file) = bare.rsplit_once("/-/")?;
        let decoded = head.replace("%2f", "/").replace("%2F", "/").replace("%40", "@");
        let mut parts = decoded.rsplit('/');
        let base = parts.next()?;
        let scope = parts.next().filter(|scope| scope.starts_with('@'));
        let name = scope.map_or_else(|| base.to_owned(), |scope| format!("{scope}/{base}"));
        // Some registries put the scope before the file, too.
        let file = file.rsplit('/').next()?.strip_suffix(".tgz")?;
        Some(Self {
            name,
            file: file.replace("%2B", "+"),
        })
    }

    fn is_of(&self, locked: &Locked) -> bool {
        let base = locked.name.rsplit('/').next().unwrap_or(&locked.name);
        let named = self.name == locked.name;
        let version = self
            .file
            .strip_prefix(base)
            .and_then(|rest| rest.strip_prefix('-'));
        let without_build = |version: &str| version.split('+').next().unwrap_or_default().to_owned();
        let same = version.is_none_or(|version| {
            locked.version.is_empty() || without_build(version) == without_build(&locked.version)
        });
        named && same
    }
}
