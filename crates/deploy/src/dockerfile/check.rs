//! The check `deploy/dockerfile`: reads each Dockerfile once and lets every rule judge it.

use super::checks::{self, ALL, Judged, Undecided, WholeContext};
use super::{Build, read};
use crate::doubt;
use bartizan_engine::rule::{Enabled, Lines, Note, Report, Verdicts};
use bartizan_engine::{Check, CheckError, Fact, Input, Meta, Sink};
use bartizan_model::{FingerprintBuilder, RuleInfo};
use bartizan_source::{FileMeta, Interest};

/// Changes when the same file is judged differently; part of the key of cached results.
const REVISION: &[u8] = b"1";
/// Largest Dockerfile that is read, in bytes.
const LARGEST: u64 = 1 << 20;
/// What is noted of a file that says what is left out of a build.
const IGNORES: &str = "ignores";

/// What Dockerfiles say.
pub struct DockerfileCheck {
    meta: Meta,
    enabled: Enabled,
    complete: bool,
}

impl DockerfileCheck {
    /// Its id.
    pub const ID: &'static str = "deploy/dockerfile";

    /// The check with the rules whose ids are given, or all of them. `required`: whether the verdict depends on it having run
    /// everywhere. `complete`: whether every file of the target is looked at, so that what was not seen is not there.
    #[must_use]
    pub fn new(enabled: Enabled, complete: bool, required: bool) -> Self {
        let builder = enabled.mark(checks::all(), FingerprintBuilder::new(Self::ID).part(REVISION));
        Self {
            meta: Meta {
                id: Self::ID,
                title: "Dockerfiles",
                required,
                digest: Meta::digest_of(builder),
            },
            enabled,
            complete,
        }
    }
}

fn name_of(path: &str) -> String {
    path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase()
}

/// Whether a path is that of a Dockerfile: by the names that builders and editors know.
#[must_use]
pub(super) fn is_dockerfile(path: &str) -> bool {
    /// What a source file about Dockerfiles ends with.
    const OTHERS: [&str; 20] = [
        "rs",
        "go",
        "py",
        "js",
        "ts",
        "mjs",
        "md",
        "rb",
        "java",
        "c",
        "h",
        "html",
        "json",
        "yaml",
        "yml",
        "toml",
        "lock",
        "sh",
        "dockerignore",
        "php",
    ];
    let name = name_of(path);
    let (stem, extension) = name.rsplit_once('.').unwrap_or((&name, ""));
    let is_named = |text: &str| matches!(text.split('.').next(), Some("dockerfile" | "containerfile"));
    matches!(extension, "dockerfile" | "containerfile") || (is_named(stem) && !OTHERS.contains(&extension))
}

fn is_ignore_file(path: &str) -> bool {
    let name = name_of(path);
    name == ".containerignore" || name.ends_with(".dockerignore")
}

impl Check for DockerfileCheck {
    fn meta(&self) -> &Meta {
        &self.meta
    }

    fn rules(&self) -> Vec<RuleInfo> {
        super::rules()
    }

    fn wants(&self, file: &FileMeta) -> Interest {
        if is_dockerfile(&file.path) || is_ignore_file(&file.path) {
            Interest::Entire(LARGEST)
        } else {
            Interest::No
        }
    }

    fn run(&self, input: &Input<'_>, out: &mut Sink) -> Result<(), CheckError> {
        if is_ignore_file(input.path()) {
            out.fact(IGNORES.to_owned());
            return Ok(());
        }
        let (bare, lines) = Lines::of_text(input)?;
        let file = read(bare);
        if !file.problems.is_empty() && (bare.contains("{{") || bare.contains("{%") || bare.contains("<%")) {
            return Err(CheckError(
                "it is a template of a Dockerfile, and templates are not judged: render it first".to_owned(),
            ));
        }
        for (at, problem) in &file.problems {
            out.error(format!("line {}: {problem}", lines.place(&at.range()).0));
        }
        let build = Build::of(&file);
        if build.stages.is_empty() && !file.instructions.is_empty() {
            out.error("it has no FROM, so nothing is built by it");
        }
        let judged = Judged {
            text: bare,
            file: &file,
            build: &build,
        };
        let mut doubts = Vec::new();
        for rule in ALL {
            let mut report = Report::new(rule.about, &lines, out, self.enabled.has(rule.about.id));
            (rule.judge)(&judged, &mut report, &mut doubts);
        }
        let about = &Undecided::ABOUT;
        doubt::tell(about, &doubts, &lines, self.enabled.has(about.id), out);
        Ok(())
    }

    fn finish(&self, facts: &[Fact], out: &mut Sink) -> Result<(), CheckError> {
        let about = &WholeContext::ABOUT;
        if !self.complete || !self.enabled.has(about.id) {
            return Ok(());
        }
        let ignores: Vec<&str> = facts
            .iter()
            .filter(|fact| fact.data == IGNORES)
            .map(|fact| fact.path.as_str())
            .collect();
        let mut verdicts = Verdicts::new(about, out);
        for fact in facts {
            if let Some(data) = fact.data.strip_prefix(about.id) {
                let note = Note::new(fact.path.clone(), data.trim().to_owned());
                checks::whole_context::finish(&note, &ignores, &mut verdicts);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dockerfiles_are_known_by_their_names() {
        for path in [
            "Dockerfile",
            "a/dockerfile",
            "Dockerfile.prod",
            "api.Dockerfile",
            "Containerfile",
            "b/Containerfile.dev",
        ] {
            assert!(is_dockerfile(path), "{path}");
        }
        for path in [
            "src/dockerfile.rs",
            "Dockerfile.md",
            "Dockerfile.dockerignore",
            "mydockerfile",
            "docker-compose.yml",
        ] {
            assert!(!is_dockerfile(path), "{path}");
        }
    }
}
