//! `supply/lookalike-name`: a name that is nearly a well-known one.

use crate::tampering::document::{Document, From, Part, normal};
use crate::tampering::report::{Found, Report};
use crate::tampering::rule::{About, EXPECTED_PLACE, Rule, Whole, rule};
use crate::tampering::similar::{Names, Similarity};
use bartizan_model::{Confidence, Severity};

rule! {
    /// The project asks for a package whose name is one slip of the finger away from a widely used one: a letter left out,
    /// doubled, exchanged or swapped, another separator, digits that look like letters, a scope that looks like another. Who
    /// publishes such names waits for the slip. Their code often does what the well-known package does, and something else.
    ///
    /// Only what the project itself asks for is compared, in npm, Python, Ruby and Go, with lists of widely used names (data, with
    /// their sources, in content/supply/popular). A name that is itself on the list, that is your own by `[supply.own]`, or
    /// that is in a scope of widely used packages is not reported. Names of fewer than five letters, and names that differ in
    /// a digit alone, are not compared. A name that looks the same is high, a slip medium with low confidence: most are
    /// honest packages with unlucky names, which is for you to see once.
    LookalikeName {
        id: "supply/lookalike-name",
        title: "A package name that is nearly a well-known one",
        severity: Medium,
        confidence: Low,
        cwe: ["CWE-1357"],
        controls: [EXPECTED_PLACE],
        remediation: "1. Look the package up: is it the one that you mean, and who publishes it since when?\n\
            2. If it is not, remove it and treat every machine that installed it as compromised: replace the tokens it could read.\n\
            3. If it is, say so once: `bartizan waive add`, with the reason.",
        references: [
            "https://owasp.org/www-project-top-10-ci-cd-security-risks/",
            "https://github.com/ossf/malicious-packages",
        ],
    }
}

impl Rule for LookalikeName {
    fn about(&self) -> &'static About {
        &Self::ABOUT
    }

    fn judge(&self, document: &Document, whole: Whole<'_>, out: &mut Report<'_>) {
        if document.part != Part::Manifest {
            return;
        }
        let Some(names) = Names::of(document.kind) else {
            return;
        };
        for one in document.asked.iter().filter(|one| one.from == From::Registry) {
            let name = normal(document.kind, &one.name);
            if whole.own.has(document.kind, &name) {
                continue;
            }
            let Some((known, how)) = names.nearest(&name) else {
                continue;
            };
            let (says, level) = match how {
                Similarity::LooksTheSame => ("looks the same as", Some((Severity::High, Confidence::Medium))),
                Similarity::Separators => ("differs in separators alone from", None),
                Similarity::Slip => ("is one slip away from", None),
            };
            out.finding(
                Found {
                    message: format!(
                        "`{}` {says} `{known}`, which is widely used and is not the same package",
                        one.name.escape_debug()
                    ),
                    key: one.name.clone(),
                    fix: format!("make sure that you do not mean `{known}`"),
                    severity: level.map(|(severity, _)| severity),
                    confidence: level.map(|(_, confidence)| confidence),
                    ..Found::default()
                },
                &one.at,
            );
        }
    }
}
