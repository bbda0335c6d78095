//! The check `deploy/compose`: reads each Compose file once and lets every rule judge it.

use super::checks::{self, ALL, Undecided};
use super::read::Compose;
use crate::doubt;
use bartizan_document::{Dialect, Limits};
use bartizan_engine::rule::{Enabled, Lines, Report};
use bartizan_engine::{Check, CheckError, Input, Meta, Sink};
use bartizan_model::{FingerprintBuilder, RuleInfo};
use bartizan_source::{FileMeta, Interest};
use memchr::memmem;

/// Changes when the same file is judged differently; part of the key of cached results.
const REVISION: &[u8] = b"1";
/// Largest file that is read, in bytes.
const LARGEST: u64 = 4 << 20;

/// What Compose files say.
pub struct ComposeCheck {
    meta: Meta,
    enabled: Enabled,
}

impl ComposeCheck {
    /// Its id.
    pub const ID: &'static str = "deploy/compose";

    /// The check with the rules whose ids are given, or all of them. `required`: whether the verdict depends on it having run
    /// everywhere.
    #[must_use]
    pub fn new(enabled: Enabled, required: bool) -> Self {
        let builder = enabled.mark(checks::all(), FingerprintBuilder::new(Self::ID).part(REVISION));
        Self {
            meta: Meta {
                id: Self::ID,
                title: "Compose files",
                required,
                digest: Meta::digest_of(builder),
            },
            enabled,
        }
    }
}

/// Whether a path is that of a Compose file: `compose.yaml`, `docker-compose.yml`, and those with another word in the name.
pub(super) fn is_compose(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    let Some(stem) = name.strip_suffix(".yml").or_else(|| name.strip_suffix(".yaml")) else {
        return false;
    };
    let first = stem.split('.').next().unwrap_or_default();
    let known = |word: &str| {
        ["compose", "docker-compose", "podman-compose"].iter().any(|one| {
            word == *one || word.starts_with(&format!("{one}-")) || word.starts_with(&format!("{one}_"))
        })
    };
    known(first) || stem.ends_with("docker-compose")
}

/// Whether a Compose file stands for itself, and is not laid over another by its name.
pub(super) fn is_base(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    matches!(
        name.as_str(),
        "compose.yaml"
            | "compose.yml"
            | "docker-compose.yaml"
            | "docker-compose.yml"
            | "podman-compose.yaml"
            | "podman-compose.yml"
    )
}

impl Check for ComposeCheck {
    fn meta(&self) -> &Meta {
        &self.meta
    }

    fn rules(&self) -> Vec<RuleInfo> {
        super::rules()
    }

    fn wants(&self, file: &FileMeta) -> Interest {
        if is_compose(&file.path) {
            Interest::Entire(LARGEST)
        } else {
            Interest::No
        }
    }

    fn run(&self, input: &Input<'_>, out: &mut Sink) -> Result<(), CheckError> {
        if memmem::find(input.bytes, b"services").is_none() {
            return Ok(());
        }
        let (bare, lines) = Lines::of_text(input)?;
        let stream = bartizan_document::read(bare, Dialect::Core, Limits::default());
        if !stream.errors.is_empty() && (bare.contains("{{") || bare.contains("{%")) {
            return Err(CheckError(
                "it is a template of a Compose file, and templates are not judged: render it first"
                    .to_owned(),
            ));
        }
        for problem in &stream.errors {
            let place = lines.place(&problem.at.range());
            out.error(format!("line {}: {}", place.0, problem.message));
        }
        for document in &stream.documents {
            let file = Compose::of(bare, &document.root);
            let mut doubts = file.doubts.clone();
            for rule in ALL {
                let mut report = Report::new(rule.about, &lines, out, self.enabled.has(rule.about.id));
                (rule.judge)(&file, &mut report, &mut doubts);
            }
            let about = &Undecided::ABOUT;
            doubt::tell(about, &doubts, &lines, self.enabled.has(about.id), out);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compose_files_are_known_by_their_names() {
        for path in [
            "compose.yaml",
            "a/docker-compose.yml",
            "docker-compose.prod.yml",
            "compose-dev.yaml",
            "podman-compose.yml",
            "x.docker-compose.yml",
        ] {
            assert!(is_compose(path), "{path}");
        }
        for path in [
            "composer.json",
            "composer.yaml",
            "decompose.yml",
            "compose.md",
            "docker.yml",
        ] {
            assert!(!is_compose(path), "{path}");
        }
    }
}
