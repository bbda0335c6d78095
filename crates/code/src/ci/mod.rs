//! Files of continuous integration: workflows and composite actions of GitHub, pipelines of GitLab, configurations of Dependabot.
//!
//! In: text. Out: findings of the rules in `checks`, one file each, with the test beside it. `github`, `gitlab` and `dependabot` say what a file holds,
//! `expression` reads expressions of GitHub, `taint` follows what people outside of the project write.
//!
//! Source: <https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax>, <https://docs.gitlab.com/ci/yaml/>.

mod check;
mod checks;
mod dependabot;
mod expression;
mod github;
mod gitlab;
mod taint;

pub use check::CiCheck;

use bartizan_model::RuleInfo;

/// The manuals of the rules about files of continuous integration, ordered by id.
#[must_use]
pub fn rules() -> Vec<RuleInfo> {
    checks::all()
        .into_iter()
        .map(bartizan_engine::rule::About::info)
        .collect()
}
