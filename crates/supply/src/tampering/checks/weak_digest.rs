//! `supply/weak-digest`: a digest that can be forged.

use crate::tampering::document::{Digest, Document};
use crate::tampering::report::{Found, Report, key_of, named};
use crate::tampering::rule::{About, Rule, Whole, rule};

rule! {
    /// Entries of a lock file are held by SHA-1 or MD5 alone. Two contents with the same digest can be made for both, so who
    /// publishes a package can have a harmless and a harmful one, and show you the first. Lock files of npm 5 and yarn 1 have
    /// such digests of packages from before 2017; the registry has better ones for them now.
    WeakDigest {
        id: "supply/weak-digest",
        title: "Locked packages with a digest that can be forged",
        severity: Low,
        confidence: High,
        cwe: ["CWE-328"],
        controls: [("OWASP-ASVS-5.0", "11.4.1")],
        remediation: "Make the entries anew: delete the lock file and `node_modules`, run the package manager, and look at what \
            changes. `npm install --package-lock-only` and `yarn install` of today write SHA-512.",
        references: ["https://www.w3.org/TR/SRI/", "https://shattered.io/"],
    }
}

impl Rule for WeakDigest {
    fn about(&self) -> &'static About {
        &Self::ABOUT
    }

    fn judge(&self, document: &Document, _: Whole<'_>, out: &mut Report<'_>) {
        let weak: Vec<_> = document
            .locked
            .iter()
            .filter(|one| matches!(one.digest, Digest::Weak(_)))
            .collect();
        let places: Vec<_> = weak.iter().map(|one| one.at.clone()).collect();
        let algorithm = weak.first().map_or("", |one| match one.digest {
            Digest::Weak(name) => name,
            _ => "",
        });
        out.findings(
            Found {
                message: format!(
                    "{} of {} packages are held by {algorithm} alone: {}",
                    weak.len(),
                    document.locked.len(),
                    named(weak.iter().map(|one| one.name.as_str()))
                ),
                key: key_of(weak.iter().map(|one| one.name.as_str())),
                fix: "make the entries anew with today's package manager".to_owned(),
                ..Found::default()
            },
            &places,
        );
    }
}
