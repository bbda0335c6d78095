//! The steps by which an image was made, as its history tells them.
//!
//! In: `created_by` of a history, which every builder writes in its own way. Out: the instruction as a person wrote it, and which
//! layer each step made. <https://github.com/opencontainers/image-spec/blob/main/config.md#properties>

use bartizan_source::image::Step;

/// Instructions of a Dockerfile, <https://docs.docker.com/reference/dockerfile/>.
const INSTRUCTIONS: [&str; 18] = [
    "ADD",
    "ARG",
    "CMD",
    "COPY",
    "ENTRYPOINT",
    "ENV",
    "EXPOSE",
    "FROM",
    "HEALTHCHECK",
    "LABEL",
    "MAINTAINER",
    "ONBUILD",
    "RUN",
    "SHELL",
    "STOPSIGNAL",
    "USER",
    "VOLUME",
    "WORKDIR",
];

/// An instruction: its word in capitals, and what follows it. The word is empty where the step is no instruction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Instruction {
    pub(super) word: &'static str,
    pub(super) rest: String,
}

impl Instruction {
    /// Reads what a builder wrote: `/bin/sh -c #(nop)  CMD ["x"]`, `|1 A=b /bin/sh -c make`, `RUN /bin/sh -c make # buildkit`.
    pub(super) fn of(created_by: &str) -> Self {
        let text = created_by.trim();
        let text = text.strip_suffix("# buildkit").unwrap_or(text).trim();
        if let Some(command) = after_shell(text) {
            return match command.trim_start().strip_prefix("#(nop)") {
                Some(instruction) => Self::written(instruction.trim()).unwrap_or_else(|| Self::other(text)),
                None => Self {
                    word: "RUN",
                    rest: one_line(command),
                },
            };
        }
        match Self::written(text) {
            Some(found) if found.word == "RUN" => Self {
                rest: after_shell(&found.rest).map_or_else(|| found.rest.clone(), one_line),
                ..found
            },
            Some(found) => found,
            None => Self::other(text),
        }
    }

    /// An instruction as it stands in a Dockerfile.
    pub(super) fn written(text: &str) -> Option<Self> {
        let (first, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
        let word = INSTRUCTIONS
            .iter()
            .find(|word| word.eq_ignore_ascii_case(first))?;
        Some(Self {
            word,
            rest: one_line(rest),
        })
    }

    fn other(text: &str) -> Self {
        Self {
            word: "",
            rest: one_line(text),
        }
    }

    /// What of it can hold no credential: its word and the first name behind it, without any value.
    pub(super) fn without_values(&self) -> String {
        let start = self
            .rest
            .trim_start_matches(|c: char| !c.is_alphanumeric() && !matches!(c, '/' | '.' | '-'));
        let name: String = start
            .chars()
            .take_while(|c| c.is_alphanumeric() || matches!(c, '/' | '.' | '-' | '_'))
            .take(40)
            .collect();
        let more = if name.len() < self.rest.len() { " …" } else { "" };
        format!("{} {name}{more}", self.word).trim().to_owned()
    }

    /// Whether it gives values to names, any of which may be a credential.
    pub(super) fn assigns(&self) -> bool {
        matches!(self.word, "ENV" | "ARG" | "LABEL" | "ONBUILD")
    }

    /// On one line, of at most `most` characters.
    pub(super) fn shown(&self, most: usize) -> String {
        let joint = if self.word.is_empty() || self.rest.is_empty() {
            ""
        } else {
            " "
        };
        let text = format!("{}{joint}{}", self.word, self.rest);
        let harmless = text
            .chars()
            .map(|c| if c.is_control() || c == '`' { ' ' } else { c });
        let text: String = harmless.collect();
        if text.chars().count() <= most {
            return text;
        }
        let kept: String = text.chars().take(most.saturating_sub(1)).collect();
        format!("{}…", kept.trim_end())
    }

    /// Letters and digits alone, which every builder keeps.
    pub(super) fn essence(&self) -> String {
        self.rest.chars().filter(|c| c.is_alphanumeric()).collect()
    }
}

/// The command of `[|N NAME=value…] SHELL [OPTION…] -c COMMAND`.
fn after_shell(text: &str) -> Option<&str> {
    let Some(arguments) = text.strip_prefix('|') else {
        return command_of_shell(text);
    };
    // The values of build arguments may hold anything, so the shell is looked for.
    let mut paths = arguments.match_indices(" /").map(|(at, _)| at + 1);
    paths.find_map(|at| command_of_shell(arguments.get(at..)?))
}

fn command_of_shell(text: &str) -> Option<&str> {
    let (program, _) = text.split_once(' ')?;
    let is_shell = program.starts_with('/') && program.ends_with("sh");
    let (options, command) = text.split_once(" -c ").or_else(|| text.split_once("c "))?;
    let is_plain = options
        .split(' ')
        .skip(1)
        .all(|word| word.starts_with('-') || word == "pipefail");
    (is_shell && is_plain).then_some(command)
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// For each layer, the lowest first, the number of the step that made it; none for all where the history does not speak of as many
/// layers as there are, for then nobody can tell which is which.
pub(super) fn steps_of_layers(history: &[Step], layers: usize) -> Vec<Option<usize>> {
    let made = history.iter().enumerate().filter(|(_, step)| !step.empty_layer);
    let made: Vec<Option<usize>> = made.map(|(number, _)| Some(number)).collect();
    if made.len() == layers {
        made
    } else {
        vec![None; layers]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_builders_write_is_brought_to_what_a_person_wrote() {
        for (written, shown) in [
            ("/bin/sh -c #(nop)  CMD [\"bash\"]", "CMD [\"bash\"]"),
            ("/bin/sh -c #(nop) ADD file:0123 in / ", "ADD file:0123 in /"),
            (
                "/bin/sh -c apt-get update &&   apt-get install -y curl",
                "RUN apt-get update && apt-get install -y curl",
            ),
            ("|2 A=b C=/x y /bin/sh -c make all", "RUN make all"),
            ("RUN /bin/sh -c make all # buildkit", "RUN make all"),
            ("RUN |1 A=b /bin/sh -c make all # buildkit", "RUN make all"),
            ("/bin/bash -o pipefail -c curl | sh", "RUN curl | sh"),
            ("RUN /bin/bash -eux -o pipefail -c make", "RUN make"),
            ("COPY app /srv/app # buildkit", "COPY app /srv/app"),
            ("ENV PATH=/usr/bin:/bin", "ENV PATH=/usr/bin:/bin"),
            ("RUN [\"a\", \"b\"]", "RUN [\"a\", \"b\"]"),
            (
                "# debian.sh --arch 'amd64' out/ 'bookworm'",
                "# debian.sh --arch 'amd64' out/ 'bookworm'",
            ),
            ("bazel build ...", "bazel build ..."),
            ("", ""),
        ] {
            assert_eq!(Instruction::of(written).shown(200), shown, "{written}");
        }
    }

    #[test]
    fn long_and_hostile_instructions_are_shown_on_one_short_line() {
        let shown = Instruction::of(&format!("/bin/sh -c a\u{1b}[31m`b`\n{}", "é".repeat(300))).shown(40);
        assert!(shown.chars().count() <= 40 && shown.ends_with('…'), "{shown}");
        assert!(!shown.contains(['\u{1b}', '\n', '`']), "{shown:?}");
    }

    #[test]
    fn nothing_but_names_is_shown_of_what_may_hold_a_credential() {
        for (written, shown) in [
            ("ENV PASSWORD=hunter2", "ENV PASSWORD …"),
            ("ENV PASSWORD hunter2", "ENV PASSWORD …"),
            ("/bin/sh -c TOKEN=hunter2 make", "RUN TOKEN …"),
            ("RUN [\"curl\",\"-u\",\"me:hunter2\"]", "RUN curl …"),
            ("WORKDIR /app", "WORKDIR /app"),
            ("USER", "USER"),
        ] {
            assert_eq!(Instruction::of(written).without_values(), shown, "{written}");
        }
    }

    #[test]
    fn steps_that_made_no_layer_are_passed_over() {
        let step = |empty_layer| Step {
            empty_layer,
            ..Step::default()
        };
        let history = [step(false), step(true), step(true), step(false), step(true)];
        assert_eq!(steps_of_layers(&history, 2), [Some(0), Some(3)]);
        assert_eq!(steps_of_layers(&history, 3), [None, None, None]);
        assert_eq!(steps_of_layers(&[], 1), [None]);
    }
}
