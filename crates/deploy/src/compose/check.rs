//! The check `deploy/compose`: notes the text of each file that may be a Compose file, and lets every rule judge those that are once every file
//! was read, because services take from other files.

use super::checks::{ALL, Undecided, secrets};
use super::files::{File, Files};
use super::read::Compose;
use crate::{doubt, facts};
use bartizan_engine::rule::{Enabled, Lines, Report};
use bartizan_engine::{Check, CheckError, Fact, Input, Meta, Sink};
use bartizan_model::{FingerprintBuilder, RuleInfo};
use bartizan_source::{FileMeta, Interest};
use memchr::memmem;

/// Changes when the same file is noted differently; part of the key of cached results.
const REVISION: &[u8] = b"2";
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
        let builder = FingerprintBuilder::new(Self::ID).part(REVISION);
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
        // Any file can be included, whatever its name.
        if is_compose(&file.path) || matches!(file.extension(), "yml" | "yaml") {
            Interest::Entire(LARGEST)
        } else {
            Interest::No
        }
    }

    fn recognises(&self, file: &FileMeta, _head: &[u8]) -> bool {
        is_compose(&file.path)
    }

    fn run(&self, input: &Input<'_>, out: &mut Sink) -> Result<(), CheckError> {
        if memmem::find(input.bytes, b"services").is_none() && memmem::find(input.bytes, b"include").is_none()
        {
            return Ok(());
        }
        if is_compose(input.path()) {
            out.fact(without_secrets(input.text()?));
        } else if let Ok(text) = input.text()
            && (text.starts_with("services:") || text.contains("\nservices:"))
        {
            out.fact(without_secrets(text));
        }
        Ok(())
    }

    fn finish(&self, facts: &[Fact], out: &mut Sink) -> Result<(), CheckError> {
        let facts = facts::within(facts, "of Compose files", out);
        let files: Vec<File<'_>> = facts
            .iter()
            .map(|fact| File::read(&fact.path, &fact.data))
            .collect();
        let together = Files::of(&files);
        for file in together.judged() {
            self.judge(file, &together, out);
        }
        Ok(())
    }
}

impl ComposeCheck {
    fn judge<'f>(&self, file: &'f File<'f>, together: &Files<'f>, out: &mut Sink) {
        let path = file.path;
        if !file.stream.errors.is_empty() && (file.text.contains("{{") || file.text.contains("{%")) {
            out.error(format!(
                "{path}: it is a template of a Compose file, and templates are not judged: render it first"
            ));
            return;
        }
        let meta = FileMeta::new(path, file.text.len() as u64);
        let input = Input::whole(&meta, file.text.as_bytes());
        let lines = Lines::new(&input, 0);
        for problem in &file.stream.errors {
            let place = lines.place(&problem.at.range());
            out.error(format!("{path}: line {}: {}", place.0, problem.message));
        }
        for document in &file.stream.documents {
            let compose = Compose::of(file, &document.root, together);
            let mut doubts = compose.doubts.clone();
            for rule in ALL {
                let mut report = Report::new(rule.about, &lines, out, self.enabled.has(rule.about.id));
                (rule.judge)(&compose, &mut report, &mut doubts);
            }
            let about = &Undecided::ABOUT;
            doubt::tell(about, &doubts, &lines, self.enabled.has(about.id), out);
        }
    }
}

/// The text with other letters and digits in place of those of secrets that are written into it, for what is noted may be kept. Places stay
/// where they are, and whether there is a value.
fn without_secrets(text: &str) -> String {
    let mut bytes = text.as_bytes().to_vec();
    if memmem::find(&bytes, b"environment").is_some() {
        let shift = text.len() - text.trim_start_matches('\u{feff}').len();
        let file = File::read("", text);
        for at in file
            .stream
            .documents
            .iter()
            .flat_map(|document| secrets(&document.root))
        {
            let Some(value) = bytes.get_mut(at.start + shift..at.end + shift) else {
                continue;
            };
            // Behind a backslash, no digit but this one is an escape by itself.
            let other = if value.contains(&b'\\') { b'0' } else { b'x' };
            for byte in value.iter_mut().filter(|byte| byte.is_ascii_alphanumeric()) {
                *byte = other;
            }
        }
    }
    String::from_utf8(bytes).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_noted_holds_no_secret_and_keeps_every_place() {
        let text = "\u{feff}services:\n  a:\n    environment:\n      PASSWORD: \"pier\\n9\"\n      API_TOKEN: ${T:-harbour}\n      MODE: dev\n\
                    \x20 b:\n    environment: ['DB_PASSWORD=pier', MODE=dev]\n";
        let noted = without_secrets(text);
        assert_eq!(noted.len(), text.len());
        let kept = text
            .replace("pier\\n9", "0000\\00")
            .replace("{T:-harbour}", "{x:-xxxxxxx}");
        assert_eq!(noted, kept.replace("=pier", "=xxxx"));
    }

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
