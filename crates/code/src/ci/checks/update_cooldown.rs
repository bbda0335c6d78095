//! `ci/update-cooldown`: releases are proposed the moment they are published.

use super::{Rule, Subject};
use crate::ci::dependabot::Update;
use bartizan_document::edit::{self, New};
use bartizan_engine::rule;
use bartizan_engine::rule::{Found, Report};

rule! {
    /// Dependabot proposes a release as soon as it is published. Packages that were taken over are mostly found and withdrawn within days; who merges
    /// updates at once, or lets a workflow merge them, runs them before that, in pull requests already.
    ///
    /// With a cooldown a release is proposed once it is some days old; updates that mend vulnerabilities do not wait for it. Reported is where there is none, or
    /// one of fewer than four days, which a weekend outlasts. Where nothing but such mending updates is asked for (`open-pull-requests-limit: 0`) there is
    /// nothing to wait for. `bartizan fix` adds seven days.
    UpdateCooldown {
        id: "ci/update-cooldown",
        title: "Updates are proposed without a cooldown",
        severity: Low,
        confidence: High,
        cwe: ["CWE-1357", "CWE-829"],
        controls: [("NIST-800-53-r5", "SR-3"), ("NIST-800-53-r5", "SI-7")],
        remediation: "```yaml\n- package-ecosystem: npm\n  directory: /\n  schedule: {interval: weekly}\n  cooldown: {default-days: 7}\n```",
        references: ["https://docs.github.com/en/code-security/dependabot/working-with-dependabot/dependabot-options-reference#cooldown-"],
    }
}

pub(super) const RULE: Rule = Rule {
    about: &UpdateCooldown::ABOUT,
    judge,
};

/// Fewest days that are enough.
const FEWEST: i64 = 4;

fn judge(subject: &Subject<'_>, out: &mut Report<'_>) {
    let Subject::Dependabot(dependabot) = subject else {
        return;
    };
    for update in &dependabot.updates {
        let only_mends = update
            .node
            .get("open-pull-requests-limit")
            .and_then(|node| node.int())
            == Some(0);
        let cooldown = update.node.get("cooldown");
        let days = cooldown.and_then(|node| node.get("default-days"));
        let found = days.and_then(|node| node.int());
        if only_mends || found.is_some_and(|days| days >= FEWEST) || (days.is_some() && found.is_none()) {
            continue;
        }
        let how = match found {
            Some(days) => format!("once they are {days} days old"),
            None => "as soon as they are published".to_owned(),
        };
        let place = days.or(cooldown).unwrap_or(update.node).span.range();
        out.finding(
            Found {
                message: format!(
                    "updates of `{}` are proposed {how}",
                    update.ecosystem.escape_debug()
                ),
                key: key(update),
                fix: "say `cooldown: {default-days: 7}`".to_owned(),
                edits: edit::set(
                    dependabot.text,
                    update.node,
                    &["cooldown", "default-days"],
                    New::scalar("7"),
                )
                .into_iter()
                .collect(),
                ..Found::default()
            },
            &place,
        );
    }
}

/// What tells one update of a file from another.
pub(super) fn key(update: &Update<'_>) -> String {
    let directory = update.node.text_of("directory").unwrap_or_default();
    let directories = update.node.items_of("directories").iter();
    let all: Vec<&str> = directories.filter_map(|node| node.text()).collect();
    format!("{} {directory}{}", update.ecosystem, all.join(" "))
}
