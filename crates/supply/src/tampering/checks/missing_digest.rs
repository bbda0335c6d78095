//! `supply/missing-digest`: a lock file does not say what the content must be.

use crate::tampering::document::{Digest, Document, From, Part};
use crate::tampering::report::{Found, Report, key_of, named};
use crate::tampering::rule::{About, Rule, Whole, rule};

rule! {
    /// Entries of a lock file name a package and a version but no digest, where the format has one. A registry, a proxy or
    /// whoever is between can then serve another content under the same version, and the lock file does not notice. Tools
    /// leave digests out for registries that send none, after merges that were resolved by hand, and when somebody edited the
    /// file to bring a package of theirs in.
    ///
    /// In requirements files the rule speaks where some entries have `--hash` and others do not: pip then refuses the file, or
    /// checks nothing when `--no-deps` or another file brings the package in. Entries that lock files rightly have without
    /// digest (git commits, directories, bundled packages, packages for other systems) are not reported.
    MissingDigest {
        id: "supply/missing-digest",
        title: "Locked packages without a digest",
        severity: Medium,
        confidence: High,
        cwe: ["CWE-353", "CWE-494"],
        controls: [EXPECTED_PLACE],
        remediation: "Make the lock file anew with a registry that serves digests, and look at what changes.\n\
            - npm: delete the entries or the file, then `npm install --package-lock-only`.\n\
            - pip: `uv pip compile --generate-hashes requirements.in -o requirements.txt` (or pip-compile), and install with `--require-hashes`.\n\
            - cargo: `cargo generate-lockfile`; poetry: `poetry lock --regenerate`; pipenv: `pipenv lock`.",
        references: [
            "https://docs.npmjs.com/cli/v11/configuring-npm/package-lock-json",
            "https://pip.pypa.io/en/stable/topics/secure-installs/",
        ],
    }
}
use crate::tampering::rule::EXPECTED_PLACE;

impl Rule for MissingDigest {
    fn about(&self) -> &'static About {
        &Self::ABOUT
    }

    fn judge(&self, document: &Document, _: Whole<'_>, out: &mut Report<'_>) {
        let missing: Vec<(&str, _)> = if document.part == Part::Lock {
            let locked = document.locked.iter().filter(|one| one.digest == Digest::Missing);
            locked.map(|one| (one.name.as_str(), one.at.clone())).collect()
        } else if document.asked.iter().any(|one| one.digest) {
            let asked = document.asked.iter().filter(|one| !one.digest);
            let asked = asked.filter(|one| matches!(one.from, From::Registry | From::Archive { .. }));
            asked.map(|one| (one.name.as_str(), one.at.clone())).collect()
        } else {
            Vec::new()
        };
        let places: Vec<_> = missing.iter().map(|(_, at)| at.clone()).collect();
        let of = document.locked.len().max(document.asked.len());
        out.findings(
            Found {
                message: format!(
                    "{} of {of} packages have no digest: {}",
                    missing.len(),
                    named(missing.iter().map(|(name, _)| *name))
                ),
                key: key_of(missing.iter().map(|(name, _)| *name)),
                fix: "make the entries anew, and look at what changes".to_owned(),
                ..Found::default()
            },
            &places,
        );
    }
}
