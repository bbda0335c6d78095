//! Who brought a layer: the base image, or an instruction of one's own.
//!
//! In: the configuration of an image, annotations of its manifest, and a Dockerfile where there is one. Out: for each layer the
//! instruction that made it, whether that is one of the base image, and how that is known. An image does not record where its base
//! ends; what is guessed says so.

use super::dockerfile::{Matched, matched, stages};
use super::history::{Instruction, steps_of_layers};
use bartizan_source::image::{Image, ImageConfig};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

/// Characters of an instruction that are shown.
const SHOWN: usize = 80;
const BASE_NAME: &str = "org.opencontainers.image.base.name";
const BASE_DIGEST: &str = "org.opencontainers.image.base.digest";

/// How it is known where the base image ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KnownBy {
    /// The instructions of the Dockerfile are the last steps of the history.
    Dockerfile,
    /// A command to start stands in the history before the last layers: base images end with one.
    LastCommand,
}

/// The image that another was built from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Base {
    /// Its name, where an annotation, a label or the Dockerfile tells it.
    pub name: Option<String>,
    /// The digest of its manifest, where an annotation or label tells it.
    pub digest: Option<String>,
    /// Number of steps of the history that are its own, and how that is known; none where it is not.
    pub ends: Option<(usize, KnownBy)>,
}

/// What is known of the making of an image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribution {
    /// The base image.
    pub base: Base,
    instructions: Vec<Instruction>,
    /// Steps of which no values are shown.
    guarded: BTreeSet<usize>,
    /// For each layer the step that made it.
    steps: Vec<Option<usize>>,
    /// The Dockerfile, and the lines of it that made a step.
    file: Option<File>,
}

/// A Dockerfile that fits.
#[derive(Debug, Clone, PartialEq, Eq)]
struct File {
    name: String,
    /// For each step of the history that it made, the lines of the instruction.
    lines: BTreeMap<usize, (u32, u32)>,
}

/// Whose step of the making something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// Of the base image.
    Base,
    /// Of the image itself.
    Own,
    /// It is not known where the base image ends.
    Unknown,
}

impl Attribution {
    /// What is known of the making of an image; `dockerfile` is the name and text of the file it was built by.
    #[must_use]
    pub fn of(image: &Image, dockerfile: Option<(&str, &str)>) -> Self {
        Self::by(&image.config, &image.annotations, image.layers.len(), dockerfile)
    }

    fn by(
        config: &ImageConfig,
        annotations: &BTreeMap<String, String>,
        layers: usize,
        dockerfile: Option<(&str, &str)>,
    ) -> Self {
        let matched = dockerfile.and_then(|(_, text)| matched(&stages(text), &config.history));
        let instructions: Vec<Instruction> = config
            .history
            .iter()
            .map(|step| Instruction::of(&step.created_by))
            .collect();
        let said = |key: &str| {
            let found = annotations.get(key).or_else(|| config.config.labels.get(key));
            found.filter(|text| !text.is_empty()).cloned()
        };
        let (ends, written) = match &matched {
            Some(Matched { base, first, .. }) => (Some((*first, KnownBy::Dockerfile)), Some(base.clone())),
            None => (
                last_command(config, &instructions).map(|end| (end, KnownBy::LastCommand)),
                None,
            ),
        };
        Self {
            base: Base {
                name: said(BASE_NAME).or(written),
                digest: said(BASE_DIGEST),
                ends,
            },
            guarded: (0..instructions.len()).collect(),
            instructions,
            steps: steps_of_layers(&config.history, layers),
            file: matched.zip(dockerfile).map(|(matched, (name, _))| File {
                name: name.to_owned(),
                lines: matched.lines,
            }),
        }
    }

    /// Shows steps with their values, for which it is known that they hold no credential. Those that give values to names are
    /// never shown so.
    #[must_use]
    pub fn showing(mut self, is_harmless: impl Fn(usize) -> bool) -> Self {
        let instructions = &self.instructions;
        self.guarded.retain(|step| {
            let assigns = instructions.get(*step).is_none_or(Instruction::assigns);
            assigns || !is_harmless(*step)
        });
        self
    }

    /// Whose a step of the history is.
    #[must_use]
    pub fn whose_step(&self, step: usize) -> Whose {
        match self.base.ends {
            Some((end, _)) if step < end => Whose::Base,
            Some(_) => Whose::Own,
            None => Whose::Unknown,
        }
    }

    /// Whose a layer is, the lowest being 0.
    #[must_use]
    pub fn whose_layer(&self, layer: usize) -> Whose {
        let step = self.steps.get(layer).copied().flatten();
        step.map_or(Whose::Unknown, |step| self.whose_step(step))
    }

    /// The lines of the Dockerfile that made a step, with the name of the file.
    #[must_use]
    pub fn lines(&self, step: usize) -> Option<(&str, (u32, u32))> {
        let file = self.file.as_ref()?;
        Some((&file.name, *file.lines.get(&step)?))
    }

    /// A layer in words: `layer 2 of 5, from your instruction `RUN make` (Dockerfile, line 14)`.
    #[must_use]
    pub fn layer(&self, layer: usize) -> String {
        let mut text = format!("layer {} of {}", layer + 1, self.steps.len());
        if let Some(step) = self.steps.get(layer).copied().flatten() {
            text.push_str(", ");
            text.push_str(&self.step(step));
        }
        text
    }

    /// A step of the history in words.
    #[must_use]
    pub fn step(&self, step: usize) -> String {
        let instruction = self.instructions.get(step);
        let shown = instruction.map(|one| {
            if self.guarded.contains(&step) {
                one.without_values()
            } else {
                one.shown(SHOWN)
            }
        });
        let shown = shown.unwrap_or_default();
        let mut text = match self.whose_step(step) {
            Whose::Base => {
                let name = self.base.name.as_deref();
                let name = name
                    .map(|name| format!(" {}", harmless(name)))
                    .unwrap_or_default();
                format!("from the base image{name}")
            }
            Whose::Own => "from your instruction".to_owned(),
            Whose::Unknown => "made by".to_owned(),
        };
        if shown.is_empty() {
            return text.replace("made by", "of unknown making");
        }
        let base = self.whose_step(step) == Whose::Base;
        let _ = if base {
            write!(text, " (`{shown}`)")
        } else {
            write!(text, " `{shown}`")
        };
        if let Some((name, (first, last))) = self.lines(step) {
            let name = harmless(name);
            let _ = if first == last {
                write!(text, " ({name}, line {first})")
            } else {
                write!(text, " ({name}, lines {first} to {last})")
            };
        }
        text
    }

    /// How it is known where the base image ends, in words.
    #[must_use]
    pub const fn how(&self) -> &'static str {
        match self.base.ends {
            Some((_, KnownBy::Dockerfile)) => "known by the Dockerfile",
            Some((_, KnownBy::LastCommand)) => {
                "taken from the history: base images end with a command to start"
            }
            None => "not known: the history does not tell, and no Dockerfile was named that fits it",
        }
    }
}

fn harmless(text: &str) -> String {
    let clean = text
        .chars()
        .map(|c| if c.is_control() || c == '`' { ' ' } else { c });
    clean.take(200).collect()
}

/// The step after the last command to start that is followed by a layer: nobody who writes a Dockerfile puts one before what makes
/// layers, and the file of a base image has it at its end.
fn last_command(config: &ImageConfig, instructions: &[Instruction]) -> Option<usize> {
    let last_layer = config.history.iter().rposition(|step| !step.empty_layer)?;
    let before = instructions.get(..last_layer)?;
    let command = before
        .iter()
        .rposition(|one| matches!(one.word, "CMD" | "ENTRYPOINT"))?;
    Some(command + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use bartizan_source::image::Step;

    fn config(steps: &[(&str, bool)]) -> ImageConfig {
        let history = steps.iter().map(|(created_by, empty_layer)| Step {
            created_by: (*created_by).to_owned(),
            empty_layer: *empty_layer,
            ..Step::default()
        });
        ImageConfig {
            history: history.collect(),
            ..ImageConfig::default()
        }
    }

    const STEPS: &[(&str, bool)] = &[
        ("/bin/sh -c #(nop) ADD file:1 in /", false),
        ("/bin/sh -c #(nop)  CMD [\"bash\"]", true),
        ("ENV A=b", true),
        ("RUN /bin/sh -c make # buildkit", false),
        ("CMD [\"/app\"]", true),
    ];

    fn shown(
        config: &ImageConfig,
        annotations: &BTreeMap<String, String>,
        layers: usize,
        dockerfile: Option<(&str, &str)>,
    ) -> Attribution {
        Attribution::by(config, annotations, layers, dockerfile).showing(|_| true)
    }

    #[test]
    fn values_are_shown_of_steps_that_are_known_to_be_harmless_only() {
        let steps = [
            ("RUN /bin/sh -c login --token abc", false),
            ("ENV PASSWORD=abc", true),
        ];
        let config = config(&steps);
        let found = Attribution::by(&config, &BTreeMap::new(), 1, None);
        assert_eq!(found.step(0), "made by `RUN login …`");
        let found = found.showing(|_| true);
        assert_eq!(found.step(0), "made by `RUN login --token abc`");
        assert_eq!(found.step(1), "made by `ENV PASSWORD …`");
    }

    #[test]
    fn a_base_image_ends_with_the_last_command_that_layers_follow() {
        let found = shown(&config(STEPS), &BTreeMap::new(), 2, None);
        assert_eq!(found.base.ends, Some((2, KnownBy::LastCommand)));
        assert_eq!(
            found.layer(0),
            "layer 1 of 2, from the base image (`ADD file:1 in /`)"
        );
        assert_eq!(found.layer(1), "layer 2 of 2, from your instruction `RUN make`");
        assert_eq!(found.whose_step(2), Whose::Own);
    }

    #[test]
    fn a_dockerfile_tells_lines_and_annotations_tell_the_name() {
        let annotations = BTreeMap::from([(BASE_NAME.to_owned(), "docker.io/library/debian:12".to_owned())]);
        let file = "FROM debian:12\nENV A=b\n\nRUN make\nCMD [\"/app\"]\n";
        let found = shown(&config(STEPS), &annotations, 2, Some(("Dockerfile", file)));
        assert_eq!(found.base.ends, Some((2, KnownBy::Dockerfile)));
        assert_eq!(
            found.layer(0),
            "layer 1 of 2, from the base image docker.io/library/debian:12 (`ADD file:1 in /`)"
        );
        assert_eq!(
            found.layer(1),
            "layer 2 of 2, from your instruction `RUN make` (Dockerfile, line 4)"
        );
    }

    #[test]
    fn where_nothing_tells_where_the_base_ends_nobody_is_named() {
        let steps = [("ADD rootfs.tar / # buildkit", false), ("CMD [\"sh\"]", true)];
        let found = shown(&config(&steps), &BTreeMap::new(), 1, None);
        assert_eq!(found.base.ends, None);
        assert_eq!(found.layer(0), "layer 1 of 1, made by `ADD rootfs.tar /`");
        let found = shown(&config(&steps), &BTreeMap::new(), 3, None);
        assert_eq!(found.layer(2), "layer 3 of 3");
    }
}
