//! `supply/replaced-source`: something stands in for what the manifests name.

use crate::tampering::document::{Document, SwitchKind};
use crate::tampering::report::{Report, switches};
use crate::tampering::rule::{About, EXPECTED_PLACE, Rule, Whole, rule};

rule! {
    /// Manifests name a package, and a setting elsewhere takes another in its place: `[source.crates-io] replace-with`, a Go
    /// `replace` to another module, an npm override to an address, a Maven mirror of `*`. Each has honest uses — a mirror, a
    /// fork with a fix — and each is also the quietest way to put other code under a trusted name, because nothing in the
    /// manifest that reviewers read says so. Advisories about the name do not fit the fork, either.
    ///
    /// Vendored directories and modules of the same repository are not reported.
    ReplacedSource {
        id: "supply/replaced-source",
        title: "Another source stands in for a package",
        severity: Low,
        confidence: High,
        cwe: ["CWE-829"],
        controls: [EXPECTED_PLACE],
        remediation: "1. Make sure that it is yours and still needed; take the fix from upstream where it was released.\n\
            2. Keep a mirror honest by digests: commit the lock file, and build with `--locked`, `npm ci`, `-mod=readonly`.\n\
            3. Accept it with `bartizan waive add`, with the reason that the next reader needs.",
        references: [
            "https://doc.rust-lang.org/cargo/reference/source-replacement.html",
            "https://go.dev/ref/mod#go-mod-file-replace",
            "https://maven.apache.org/guides/mini/guide-mirror-settings.html",
        ],
    }
}

impl Rule for ReplacedSource {
    fn about(&self) -> &'static About {
        &Self::ABOUT
    }

    fn judge(&self, document: &Document, _: Whole<'_>, out: &mut Report<'_>) {
        switches(
            out,
            document,
            (SwitchKind::Replaced, None),
            "make sure that it is yours and still needed",
        );
    }
}
