//! `supply/url-dependency`: a file at an address, rather than a package of a registry.

use crate::tampering::document::{Digest, Document, From, Locked, Part};
use crate::tampering::host;
use crate::tampering::report::{Found, Report};
use crate::tampering::rule::{About, EXPECTED_PLACE, Rule, Whole, rule};

rule! {
    /// A dependency is a file at some address, and nothing says what the file must be. Its owner, or whoever has the host or
    /// its domain later, can exchange it at any time; no registry keeps the old one, scans the new one or can take it back,
    /// and advisories do not know its name. A dependency of a dependency can be such a file too.
    ///
    /// A file whose digest stands beside it (`#sha256=…`, `--hash`, an `integrity` in the lock file) is not reported.
    UrlDependency {
        id: "supply/url-dependency",
        title: "Dependency from an address without a digest",
        severity: Medium,
        confidence: High,
        cwe: ["CWE-494", "CWE-829"],
        controls: [EXPECTED_PLACE],
        remediation: "1. Take the package from a registry.\n\
            2. Where there is none, keep the file in a registry of your own, or write its digest beside it: \
            `acme-lib @ https://…/acme_lib-1.0-py3-none-any.whl#sha256=<64 digits>`; npm writes `integrity` into the lock file.",
        references: [
            "https://packaging.python.org/en/latest/specifications/version-specifiers/#direct-references",
            "https://docs.npmjs.com/cli/v11/using-npm/package-spec",
        ],
    }
}

impl Rule for UrlDependency {
    fn about(&self) -> &'static About {
        &Self::ABOUT
    }

    fn judge(&self, document: &Document, _: Whole<'_>, out: &mut Report<'_>) {
        // Tools with lock files write the digest there: it is asked for where it should be.
        let asked = document
            .asked
            .iter()
            .filter(|one| document.tool == "pip" && !one.digest);
        for one in asked {
            if let From::Archive { url } = &one.from {
                report(&one.name, url, &one.at, out);
            }
        }
        let unheld = |one: &&Locked| !matches!(one.digest, Digest::Strong);
        for one in document
            .locked
            .iter()
            .filter(unheld)
            .filter(|_| document.part == Part::Lock)
        {
            if let From::Archive { url } = &one.from {
                report(&one.name, url, &one.at, out);
            }
        }
    }
}

fn report(name: &str, url: &str, at: &std::ops::Range<usize>, out: &mut Report<'_>) {
    out.finding(
        Found {
            message: format!(
                "`{}` is whatever lies at `{}`: nothing says what it must be",
                name.escape_debug(),
                host::shown(url)
            ),
            key: name.to_owned(),
            fix: "take it from a registry, or write its digest beside the address".to_owned(),
            ..Found::default()
        },
        at,
    );
}
