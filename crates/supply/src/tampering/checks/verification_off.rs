//! `supply/verification-off`: digests are not compared.

use crate::tampering::document::{Document, SwitchKind};
use crate::tampering::report::{Report, switches};
use crate::tampering::rule::{About, Rule, Whole, rule};
use bartizan_model::Severity;

rule! {
    /// A setting turns off the comparison of digests, so that a package whose content was exchanged after it was first seen
    /// is built in without a word: `GOSUMDB=off`, `GONOSUMDB` or `GOPRIVATE` for all of a public code host, Maven's
    /// `checksumPolicy` `ignore`, yarn's `checksumBehavior: ignore`, `verify-store-integrity=false`.
    ///
    /// Patterns of your own hosts and organisations in `GOPRIVATE` are right and not reported. What only weakens a check
    /// (`GOPROXY=direct`, a lock file that a restore may change) is reported as low.
    VerificationOff {
        id: "supply/verification-off",
        title: "Digests of packages are not compared",
        severity: High,
        confidence: High,
        cwe: ["CWE-494", "CWE-354"],
        controls: [EXPECTED_PLACE],
        remediation: "1. Remove the setting.\n\
            2. Go: name your own modules alone, `GOPRIVATE=git.acme.example,github.com/acme/*`, and leave `GOSUMDB` and `GOPROXY` as \
            they are by default.\n\
            3. Maven: `<checksumPolicy>fail</checksumPolicy>`. NuGet: `<RestoreLockedMode>true</RestoreLockedMode>` on build machines.\n\
            4. Where an artifact's digest really was wrong, find out why before anything is built from it.",
        references: [
            "https://go.dev/ref/mod#private-modules",
            "https://maven.apache.org/settings.html",
            "https://learn.microsoft.com/en-us/nuget/consume-packages/package-references-in-project-files#locking-dependencies",
        ],
    }
}
use crate::tampering::rule::EXPECTED_PLACE;

impl Rule for VerificationOff {
    fn about(&self) -> &'static About {
        &Self::ABOUT
    }

    fn judge(&self, document: &Document, _: Whole<'_>, out: &mut Report<'_>) {
        let fix = "remove it, or narrow it to hosts and names of your own";
        switches(out, document, (SwitchKind::Unverified, None), fix);
        switches(
            out,
            document,
            (SwitchKind::LessVerified, Some(Severity::Low)),
            fix,
        );
    }
}
