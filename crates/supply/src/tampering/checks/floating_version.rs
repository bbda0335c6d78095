//! `supply/floating-version`: whatever is newest.

use crate::tampering::document::{Document, From, Part, Version};
use crate::tampering::report::{Found, Report, key_of, named};
use crate::tampering::rule::{About, Rule, Whole, rule};

rule! {
    /// A dependency is asked for in whatever version is newest when the build runs: `*`, `latest`, `1.+`, `LATEST`, an open
    /// range, a snapshot, a development branch, a requirement of pip without `==`. A version that was published an hour ago by
    /// whoever took its author's account over is then in your product without anybody having chosen it, and two builds of the
    /// same commit differ.
    ///
    /// Ordinary ranges that a lock file settles (`^1.2.0`, `~> 3.1`) are not reported. A library's requirements, which must be
    /// ranges, belong into pyproject.toml, where they are not reported either.
    FloatingVersion {
        id: "supply/floating-version",
        title: "Dependency in whatever version is newest",
        severity: Low,
        confidence: High,
        cwe: ["CWE-829"],
        controls: [],
        remediation: "Name the version, and let a tool propose newer ones.\n\
            - pip: write what you mean to `requirements.in`, then `uv pip compile --generate-hashes requirements.in -o requirements.txt`.\n\
            - npm, Composer: a range such as `^1.2.0`, and the lock file in the repository.\n\
            - Gradle, Maven, NuGet: the version itself, or dependency locking (`./gradlew dependencies --write-locks`).",
        references: [
            "https://pip.pypa.io/en/stable/topics/repeatable-installs/",
            "https://docs.gradle.org/current/userguide/dependency_locking.html",
        ],
    }
}

impl Rule for FloatingVersion {
    fn about(&self) -> &'static About {
        &Self::ABOUT
    }

    fn judge(&self, document: &Document, _: Whole<'_>, out: &mut Report<'_>) {
        if document.part == Part::Lock {
            return;
        }
        let requirements = document.tool == "pip" && document.kind == "pypi";
        let floats =
            |version: Version| version == Version::Newest || (requirements && version == Version::Range);
        let found: Vec<_> = document
            .asked
            .iter()
            .filter(|one| one.from == From::Registry && floats(one.version) && !one.digest)
            .collect();
        let places: Vec<_> = found.iter().map(|one| one.at.clone()).collect();
        out.findings(
            Found {
                message: format!(
                    "{} of {} are taken in whatever version is newest: {}",
                    found.len(),
                    document.asked.len(),
                    named(found.iter().map(|one| one.name.as_str()))
                ),
                key: key_of(found.iter().map(|one| one.name.as_str())),
                fix: "name the version, and let a tool propose newer ones".to_owned(),
                ..Found::default()
            },
            &places,
        );
    }
}
