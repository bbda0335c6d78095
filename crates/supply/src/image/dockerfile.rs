//! A Dockerfile, as far as attribution needs it: its stages and which lines each instruction takes.
//!
//! In: the text of a Dockerfile and a history. Out: for each step of the history that one of its instructions made, the lines of
//! that instruction. <https://docs.docker.com/reference/dockerfile/>

use super::history::Instruction;
use bartizan_source::image::Step;
use std::collections::BTreeMap;

/// Longest Dockerfile that is read, in bytes.
pub const LONGEST: usize = 1 << 20;

/// A build stage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Stage {
    /// What it begins from, with the defaults of build arguments filled in.
    pub(super) base: String,
    name: Option<String>,
    instructions: Vec<Placed>,
}

/// An instruction with the lines it takes, from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Placed {
    instruction: Instruction,
    lines: (u32, u32),
}

/// Which steps of a history are instructions of a Dockerfile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Matched {
    /// What the stage begins from, outside of the Dockerfile.
    pub(super) base: String,
    /// Number of the first step that is its own.
    pub(super) first: usize,
    /// Lines of the instruction for each step of its own.
    pub(super) lines: BTreeMap<usize, (u32, u32)>,
}

/// The stages of a Dockerfile in order.
pub(super) fn stages(text: &str) -> Vec<Stage> {
    let mut stages: Vec<Stage> = Vec::new();
    let mut arguments: BTreeMap<String, String> = BTreeMap::new();
    for placed in instructions(text) {
        let instruction = &placed.instruction;
        match (instruction.word, stages.last_mut()) {
            ("FROM", _) => {
                let mut words = instruction.rest.split(' ').filter(|word| !word.starts_with("--"));
                let base = filled(words.next().unwrap_or_default(), &arguments);
                let name = match (words.next(), words.next()) {
                    (Some(word), Some(name)) if word.eq_ignore_ascii_case("as") => Some(name.to_lowercase()),
                    _ => None,
                };
                stages.push(Stage {
                    base,
                    name,
                    instructions: Vec::new(),
                });
            }
            ("ARG", None) => {
                if let Some((name, value)) = instruction.rest.split_once('=') {
                    let value = value.trim_matches(['"', '\'']).to_owned();
                    arguments.insert(name.to_owned(), value);
                }
            }
            (_, Some(stage)) => stage.instructions.push(placed),
            (_, None) => {}
        }
    }
    stages
}

/// The stage that made a history, the last one first; none where no stage fits.
pub(super) fn matched(stages: &[Stage], history: &[Step]) -> Option<Matched> {
    (0..stages.len()).rev().find_map(|number| {
        let (base, instructions) = chain(stages, number)?;
        let mut matched = Matched {
            base,
            first: history.len(),
            lines: BTreeMap::new(),
        };
        for placed in instructions.iter().rev() {
            loop {
                let before = matched.first.checked_sub(1).and_then(|at| history.get(at));
                let step = before.map(|step| Instruction::of(&step.created_by));
                let word = placed.instruction.word;
                match step {
                    Some(step) if is_same(&placed.instruction, &step) => {
                        matched.first -= 1;
                        matched.lines.insert(matched.first, placed.lines);
                    }
                    // Labels may be given on the command line of a build.
                    Some(step) if step.word == "LABEL" && word != "LABEL" => {
                        matched.first -= 1;
                        continue;
                    }
                    // Not every builder records these.
                    _ if matches!(word, "ARG" | "SHELL" | "ONBUILD" | "LABEL" | "STOPSIGNAL") => {}
                    _ => return None,
                }
                break;
            }
        }
        (!matched.lines.is_empty()).then_some(matched)
    })
}

/// The instructions of a stage and of the stages that it begins from, and what those begin from.
fn chain(stages: &[Stage], number: usize) -> Option<(String, Vec<Placed>)> {
    let mut stage = stages.get(number)?;
    let mut at = number;
    let mut all = stage.instructions.clone();
    while let Some((parent, found)) = stages
        .get(..at)?
        .iter()
        .enumerate()
        .rev()
        .find(|(_, one)| one.name.as_deref() == Some(stage.base.to_lowercase().as_str()))
    {
        all.splice(0..0, found.instructions.iter().cloned());
        (stage, at) = (found, parent);
    }
    Some((stage.base.clone(), all))
}

fn is_same(written: &Instruction, step: &Instruction) -> bool {
    if written.word != step.word {
        return false;
    }
    if written.word != "RUN" || written.rest.contains("<<") {
        return true;
    }
    let command = written.rest.split(' ').skip_while(|word| word.starts_with("--"));
    let written = Instruction {
        word: "RUN",
        rest: command.collect::<Vec<_>>().join(" "),
    };
    written.essence() == step.essence()
}

/// `$NAME` and `${NAME}` of known build arguments.
fn filled(text: &str, arguments: &BTreeMap<String, String>) -> String {
    let mut text = text.to_owned();
    for (name, value) in arguments {
        text = text
            .replace(&format!("${{{name}}}"), value)
            .replace(&format!("${name}"), value);
    }
    text
}

/// Every instruction with its lines, lines that go on joined, comments and here-documents passed over.
fn instructions(text: &str) -> Vec<Placed> {
    let text = text.get(..LONGEST).unwrap_or(text);
    let escape = if text.lines().take(5).any(|line| is_directive(line, "escape", "`")) {
        '`'
    } else {
        '\\'
    };
    let mut found = Vec::new();
    let mut lines = (1_u32..).zip(text.lines());
    while let Some((first, line)) = lines.next() {
        if is_blank(line) {
            continue;
        }
        let mut whole = String::new();
        let (mut last, mut line) = (first, line);
        loop {
            let trimmed = line.trim_end();
            let goes_on = trimmed.strip_suffix(escape);
            if !(is_blank(line) && last != first) {
                whole.push_str(goes_on.unwrap_or(trimmed));
                whole.push(' ');
                if goes_on.is_none() {
                    break;
                }
            }
            match lines.next() {
                Some((number, next)) => (last, line) = (number, next),
                None => break,
            }
        }
        for end in here_documents(&whole) {
            for (number, line) in lines.by_ref() {
                last = number;
                if line.trim_start_matches('\t') == end {
                    break;
                }
            }
        }
        if let Some(instruction) = Instruction::written(whole.trim()) {
            found.push(Placed {
                instruction,
                lines: (first, last),
            });
        }
    }
    found
}

fn is_blank(line: &str) -> bool {
    let line = line.trim_start();
    line.is_empty() || line.starts_with('#')
}

fn is_directive(line: &str, name: &str, value: &str) -> bool {
    let directive = line
        .trim_start()
        .strip_prefix('#')
        .and_then(|line| line.split_once('='));
    directive.is_some_and(|(found, is)| found.trim().eq_ignore_ascii_case(name) && is.trim() == value)
}

/// The words that end the here-documents that an instruction begins.
fn here_documents(instruction: &str) -> Vec<String> {
    let starts_so = ["RUN", "COPY", "ADD"].iter().any(|word| {
        let start = instruction.trim_start().get(..word.len() + 1).unwrap_or_default();
        start.trim_end().eq_ignore_ascii_case(word)
    });
    if !starts_so {
        return Vec::new();
    }
    let words = instruction
        .split_whitespace()
        .filter_map(|word| word.strip_prefix("<<"));
    words
        .map(|word| word.trim_start_matches('-').trim_matches(['"', '\'']).to_owned())
        .filter(|word| !word.is_empty() && word.chars().all(|c| c.is_alphanumeric() || c == '_'))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "# syntax=docker/dockerfile:1\nARG BASE=debian:12\nFROM golang:1.22 AS build\nRUN go build ./...\n\n\
        FROM ${BASE} AS base\nRUN apt-get update && \\\n    # why\n    apt-get install -y curl\nFROM base\n\
        ARG VERSION\nCOPY --from=build /app /app\nRUN <<EOF\nset -e\nFROM here\nEOF\nUSER 1000\nCMD [\"/app\"]\n";

    fn step(created_by: &str) -> Step {
        Step {
            created_by: created_by.to_owned(),
            ..Step::default()
        }
    }

    #[test]
    fn stages_have_their_bases_and_the_lines_of_their_instructions() {
        let stages = stages(FILE);
        let bases: Vec<_> = stages.iter().map(|stage| stage.base.as_str()).collect();
        assert_eq!(bases, ["golang:1.22", "debian:12", "base"]);
        let lines: Vec<_> = stages[2].instructions.iter().map(|placed| placed.lines).collect();
        assert_eq!(lines, [(11, 11), (12, 12), (13, 16), (17, 17), (18, 18)]);
        assert_eq!(stages[1].instructions[0].lines, (7, 9));
    }

    #[test]
    fn a_history_is_matched_with_the_stage_that_made_it_and_what_that_begins_from() {
        let history = [
            step("/bin/sh -c #(nop) ADD file:1 in /"),
            step("/bin/sh -c #(nop)  CMD [\"bash\"]"),
            step("RUN /bin/sh -c apt-get update &&     apt-get install -y curl # buildkit"),
            step("ARG VERSION=1"),
            step("COPY /app /app # buildkit"),
            step("RUN |1 VERSION=1 /bin/sh -c <<EOF (set -e) # buildkit"),
            step("USER 1000"),
            step("CMD [\"/app\"]"),
            step("LABEL org.example=1"),
        ];
        let matched = matched(&stages(FILE), &history).unwrap();
        assert_eq!((matched.base.as_str(), matched.first), ("debian:12", 2));
        assert_eq!(matched.lines[&2], (7, 9));
        assert_eq!(matched.lines[&4], (12, 12));
        assert_eq!(matched.lines[&7], (18, 18));
    }

    #[test]
    fn a_dockerfile_of_another_image_matches_nothing() {
        let history = [step("RUN /bin/sh -c something else"), step("CMD [\"/app\"]")];
        assert_eq!(matched(&stages(FILE), &history), None);
        assert_eq!(matched(&[], &history), None);
        assert_eq!(matched(&stages(FILE), &[]), None);
    }

    #[test]
    fn a_stage_that_names_itself_or_goes_on_to_the_end_does_no_harm() {
        for text in [
            "FROM a AS a\nRUN x\\",
            "FROM",
            "RUN <<EOF\n",
            "FROM b\nFROM B AS b\nRUN y",
        ] {
            matched(&stages(text), &[step("RUN x")]);
        }
    }
}
