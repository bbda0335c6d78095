//! `ci/update-execution`: the code of dependencies runs where updates are prepared.

use super::update_cooldown::key;
use super::{Rule, Subject};
use bartizan_engine::rule;
use bartizan_engine::rule::{Found, Report, Severity};

rule! {
    /// `insecure-external-code-execution: allow` lets package managers run the code of manifests and packages while Dependabot prepares an update:
    /// `setup.py`, scripts of gems and of npm. What was published by anybody then runs with the credentials of the private registries that the configuration
    /// names, and before a person saw the update.
    ///
    /// High where registries are named: they switch this off by themselves, and this switches it on again with their credentials at hand. Without them
    /// it is low, for there is little to take, and it is so by default.
    UpdateExecution {
        id: "ci/update-execution",
        title: "Preparing an update runs the code of dependencies",
        severity: High,
        confidence: High,
        cwe: ["CWE-829", "CWE-94"],
        controls: [("NIST-800-53-r5", "SI-7"), ("NIST-800-53-r5", "CM-7")],
        remediation: "Remove it. A package whose version is known only by running it can say it in its manifest (`pyproject.toml` in place of `setup.py`).",
        references: ["https://docs.github.com/en/code-security/dependabot/working-with-dependabot/dependabot-options-reference#insecure-external-code-execution--"],
    }
}

pub(super) const RULE: Rule = Rule {
    about: &UpdateExecution::ABOUT,
    judge,
};

fn judge(subject: &Subject<'_>, out: &mut Report<'_>) {
    let Subject::Dependabot(dependabot) = subject else {
        return;
    };
    for update in &dependabot.updates {
        let Some(entry) = update.node.entry("insecure-external-code-execution") else {
            continue;
        };
        if entry.value.text() != Some("allow") {
            continue;
        }
        let registries = update.node.get("registries");
        let has_registries = registries.is_some_and(|node| node.text().is_some() || !node.items().is_empty());
        let with = if has_registries {
            ", with the credentials of registries at hand"
        } else {
            ""
        };
        out.finding(
            Found {
                message: format!(
                    "updates of `{}` run the code of dependencies{with}",
                    update.ecosystem.escape_debug()
                ),
                key: key(update),
                fix: "remove it".to_owned(),
                severity: (!has_registries).then_some(Severity::Low),
                ..Found::default()
            },
            &entry.key_span.range(),
        );
    }
}
