//! The check `ci/workflows`: reads each file of continuous integration once and lets every rule judge it.

use super::checks::{self, ALL, Subject};
use super::dependabot::Dependabot;
use super::github::Workflow;
use super::gitlab::Pipeline;
use bartizan_document::{Dialect, Limits};
use bartizan_engine::rule::{Enabled, Lines, Report};
use bartizan_engine::{Check, CheckError, Input, Meta, Sink};
use bartizan_model::{FingerprintBuilder, RuleInfo};
use bartizan_source::{FileMeta, Interest};

/// Changes when the same file is judged differently; part of the key of cached results.
const REVISION: &[u8] = b"3";
/// Largest file that is read, in bytes.
const LARGEST: u64 = 4 << 20;

/// What files of continuous integration say.
pub struct CiCheck {
    meta: Meta,
    enabled: Enabled,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Github,
    Gitlab,
    Dependabot,
}

impl CiCheck {
    /// Its id.
    pub const ID: &'static str = "ci/workflows";

    /// The check with the rules whose ids are given, or all of them. `required`: whether the verdict depends on it having run
    /// everywhere.
    #[must_use]
    pub fn new(enabled: Enabled, required: bool) -> Self {
        let builder = enabled.mark(checks::all(), FingerprintBuilder::new(Self::ID).part(REVISION));
        Self {
            meta: Meta {
                id: Self::ID,
                title: "Workflows and pipelines",
                required,
                digest: Meta::digest_of(builder),
            },
            enabled,
        }
    }
}

fn kind_of(path: &str) -> Option<Kind> {
    let (directory, name) = path.rsplit_once('/').unwrap_or(("", path));
    let lower = name.to_ascii_lowercase();
    let is_yaml = lower.ends_with(".yml") || lower.ends_with(".yaml");
    let in_workflows = directory == ".github/workflows" || directory.ends_with("/.github/workflows");
    if (is_yaml && in_workflows) || matches!(lower.as_str(), "action.yml" | "action.yaml") {
        return Some(Kind::Github);
    }
    if is_yaml && lower.starts_with("dependabot.") && directory.rsplit('/').next() == Some(".github") {
        return Some(Kind::Dependabot);
    }
    let in_gitlab = directory
        .split('/')
        .any(|part| part == ".gitlab" || part == ".gitlab-ci");
    let is_pipeline =
        lower.ends_with(".gitlab-ci.yml") || lower.ends_with(".gitlab-ci.yaml") || (in_gitlab && is_yaml);
    is_pipeline.then_some(Kind::Gitlab)
}

impl Check for CiCheck {
    fn meta(&self) -> &Meta {
        &self.meta
    }

    fn rules(&self) -> Vec<RuleInfo> {
        super::rules()
    }

    fn wants(&self, file: &FileMeta) -> Interest {
        if kind_of(&file.path).is_some() {
            Interest::Entire(LARGEST)
        } else {
            Interest::No
        }
    }

    fn run(&self, input: &Input<'_>, out: &mut Sink) -> Result<(), CheckError> {
        let Some(kind) = kind_of(input.path()) else {
            return Ok(());
        };
        let (bare, lines) = Lines::of_text(input)?;
        let stream = bartizan_document::read(bare, Dialect::Core, Limits::default());
        for problem in &stream.errors {
            let place = lines.place(&problem.at.range());
            out.error(format!("line {}: {}", place.0, problem.message));
        }
        for document in &stream.documents {
            let subject = match kind {
                Kind::Github => Workflow::of(bare, &document.root).map(Subject::Github),
                Kind::Gitlab => Pipeline::of(bare, &document.root).map(Subject::Gitlab),
                Kind::Dependabot => Dependabot::of(bare, &document.root).map(Subject::Dependabot),
            };
            let Some(subject) = subject else { continue };
            for rule in ALL {
                let mut report = Report::new(rule.about, &lines, out, self.enabled.has(rule.about.id));
                (rule.judge)(&subject, &mut report);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_known_by_where_they_lie_and_their_names() {
        for path in [
            ".github/workflows/a.yml",
            "x/.github/workflows/b.yaml",
            "action.yml",
            "a/b/action.yaml",
        ] {
            assert_eq!(kind_of(path), Some(Kind::Github), "{path}");
        }
        for path in [".gitlab-ci.yml", "a.gitlab-ci.yml", ".gitlab/ci/x.yml"] {
            assert_eq!(kind_of(path), Some(Kind::Gitlab), "{path}");
        }
        for path in [".github/dependabot.yml", "x/.github/dependabot.yaml"] {
            assert_eq!(kind_of(path), Some(Kind::Dependabot), "{path}");
        }
        for path in [
            "workflows/a.yml",
            "dependabot.yml",
            ".github/workflows.yml",
            ".github/workflows/README.md",
            "x/actions.yml",
        ] {
            assert_eq!(kind_of(path), None, "{path}");
        }
    }
}
