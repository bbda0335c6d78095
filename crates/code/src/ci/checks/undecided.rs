//! `ci/undecided`: what is put into scripts and not told here.

use super::{Rule, Subject};
use crate::ci::expression::expressions;
use crate::ci::taint::{Origin, origin};
use bartizan_engine::rule;
use bartizan_engine::rule::{Found, Report, key_of, named};
use std::collections::BTreeMap;
use std::ops::Range;

rule! {
    /// Scripts hold expressions whose values this file does not tell: outputs of actions and of other workflows, values that a script computes, a matrix
    /// that is made while it runs. Whether an outsider decides them is then not known.
    ///
    /// That is neither a pass nor a finding of `ci/script-injection`. It is said once a file, with the expressions, so that nobody takes
    /// silence for a pass. Giving them to the script as variables settles it, whatever they are.
    Undecided {
        id: "ci/undecided",
        title: "Values in scripts that the file does not tell",
        severity: Info,
        confidence: High,
        cwe: ["CWE-94"],
        controls: [("NIST-800-53-r5", "CM-6")],
        remediation: "Give them to the script as variables of `env`, and expand those in quotes.",
        references: ["https://docs.github.com/en/actions/concepts/security/script-injections"],
    }
}

pub(super) const RULE: Rule = Rule {
    about: &Undecided::ABOUT,
    judge,
};

fn judge(subject: &Subject<'_>, out: &mut Report<'_>) {
    let Subject::Github(workflow) = subject else {
        return;
    };
    let mut found: BTreeMap<String, Range<usize>> = BTreeMap::new();
    for (job, step) in workflow.steps() {
        let Some(run) = &step.run else { continue };
        for (range, expression) in expressions(run.excerpt.text()) {
            if let Origin::Unknown(path) = origin(expression, workflow, job, Some(step)) {
                found.entry(path).or_insert_with(|| run.excerpt.place(range));
            }
        }
    }
    let mut places: Vec<Range<usize>> = found.values().cloned().collect();
    places.sort_by_key(|at| at.start);
    out.findings(
        Found {
            message: format!(
                "scripts hold what is not told here: {}",
                named(found.keys().map(String::as_str))
            ),
            key: key_of(found.keys().map(String::as_str)),
            fix: "give them to the script as variables of `env`".to_owned(),
            ..Found::default()
        },
        &places,
    );
}
