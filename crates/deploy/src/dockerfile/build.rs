//! What a Dockerfile builds: stages, what each begins from, and the words of instructions with their variables filled in.
//!
//! In: a [`Dockerfile`]. Out: [`Build`]. A build argument has its default here; one without is unknown, as is what the image that a
//! stage begins from may set.
//!
//! Source: <https://docs.docker.com/build/building/variables/#scoping>, <https://docs.docker.com/build/building/multi-stage/>.

use super::expand::{Scope, expand};
use super::read::{Dockerfile, Instruction, word_length};
use bartizan_document::shell::{self, Pipeline};
use bartizan_document::{Excerpt, Span};
use std::collections::BTreeMap;
use std::ops::Range;

/// Most stages of a file; what is behind them belongs to none.
const MOST_STAGES: usize = 500;
/// Most variables of a scope.
const MOST_VARIABLES: usize = 2_000;
/// Most bytes of all words, filled in; those behind are unknown.
const MOST_TEXT: usize = 8 << 20;
/// Arguments that the builder sets by itself, from <https://docs.docker.com/reference/dockerfile/#automatic-platform-args-in-the-global-scope>.
const PLATFORM: [&str; 8] = [
    "TARGETPLATFORM",
    "TARGETOS",
    "TARGETARCH",
    "TARGETVARIANT",
    "BUILDPLATFORM",
    "BUILDOS",
    "BUILDARCH",
    "BUILDVARIANT",
];

/// A word of an instruction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// With quotes taken off and variables filled in, or the name of the variable that is not known.
    pub value: Result<String, String>,
    /// Where it stands.
    pub at: Range<usize>,
}

impl Word {
    /// Its value, where that is known.
    #[must_use]
    pub fn known(&self) -> Option<&str> {
        self.value.as_deref().ok()
    }
}

/// What a stage begins from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Base {
    /// Nothing.
    Scratch,
    /// Another stage: the number of it.
    Stage(usize),
    /// An image.
    Image(String),
    /// The name depends on a variable that is not known: its name.
    Unknown(String),
}

/// A stage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stage {
    /// What it begins from.
    pub base: Base,
    /// Where that is written.
    pub base_at: Range<usize>,
    /// Its name in small letters.
    pub name: Option<String>,
}

/// An instruction with what its words mean.
#[derive(Debug, Clone)]
pub struct Step<'d> {
    /// Number of its stage; none before the first.
    pub stage: Option<usize>,
    /// The instruction.
    pub instruction: &'d Instruction,
    /// Its words, where variables are filled in by the builder: paths, users, ports, `NAME` and `value` of variables in turn.
    pub words: Vec<Word>,
    /// Whether its commands are for a shell of POSIX.
    pub is_shell: bool,
}

/// A Dockerfile, understood.
#[derive(Debug, Clone)]
pub struct Build<'d> {
    /// Stages in order.
    pub stages: Vec<Stage>,
    /// Every instruction in order.
    pub steps: Vec<Step<'d>>,
}

/// The commands of a step, with the text that they stand in.
pub struct Commands {
    /// The commands.
    pub pipelines: Vec<Pipeline>,
    text: Excerpt,
}

impl Commands {
    /// Where something of them stands in the file.
    #[must_use]
    pub fn place(&self, span: Span) -> Range<usize> {
        self.text.place(span.range())
    }
}

impl<'d> Build<'d> {
    /// Understands a Dockerfile.
    #[must_use]
    pub fn of(file: &'d Dockerfile) -> Self {
        let mut reader = Reader {
            file,
            stages: Vec::new(),
            scopes: Vec::new(),
            global: Scope::default(),
            is_shell: true,
            left: MOST_TEXT,
        };
        for name in PLATFORM {
            reader.global.values.insert(name.to_owned(), None);
        }
        let steps = file.instructions.iter().map(|one| reader.step(one)).collect();
        Self {
            stages: reader.stages,
            steps,
        }
    }

    /// The stage whose image is the result, where no other is asked for.
    #[must_use]
    pub fn last(&self) -> Option<usize> {
        self.stages.len().checked_sub(1)
    }

    /// A stage and the stages that it begins from, the furthest first.
    #[must_use]
    pub fn chain(&self, stage: usize) -> Vec<usize> {
        let mut chain = vec![stage];
        let mut at = stage;
        while let Some(Base::Stage(parent)) = self.stages.get(at).map(|one| &one.base) {
            // A stage begins from an earlier one alone, so this ends.
            at = *parent;
            chain.push(at);
        }
        chain.reverse();
        chain
    }

    /// The image that a stage begins from in the end.
    #[must_use]
    pub fn root(&self, stage: usize) -> Option<&Stage> {
        self.chain(stage)
            .first()
            .and_then(|first| self.stages.get(*first))
    }

    /// The steps that the image of a stage is made by, in order.
    pub fn made(&self, stage: usize) -> impl Iterator<Item = &Step<'d>> {
        let chain = self.chain(stage);
        chain
            .into_iter()
            .flat_map(move |one| self.steps.iter().filter(move |step| step.stage == Some(one)))
    }
}

impl Step<'_> {
    /// The commands that a `RUN` gives to a shell, those of its here-documents included; none for another shell than one of POSIX.
    #[must_use]
    pub fn commands(&self, text: &str) -> Vec<Commands> {
        let one = self.instruction.trigger.as_deref().unwrap_or(self.instruction);
        if one.keyword != "RUN" || !self.is_shell {
            return Vec::new();
        }
        let mut all = Vec::new();
        let mut add = |text: Excerpt| {
            let pipelines = shell::read(text.text());
            all.push(Commands { pipelines, text });
        };
        match &one.list {
            None => add(one.body.clone()),
            Some(words) => {
                // Of a list only what a shell is given is a script; it has the place of the whole.
                let is_script = words
                    .iter()
                    .any(|word| word == "-c" || word == "-ec" || word == "-lc");
                let script = if is_script {
                    words.last().cloned()
                } else {
                    Some(words.join(" "))
                };
                let at = one.head();
                let mut excerpt = Excerpt::default();
                for line in script.unwrap_or_default().split_inclusive('\n') {
                    excerpt.push(line, at.start);
                }
                add(excerpt);
            }
        }
        for document in &one.documents {
            let body = text.get(document.body.range()).unwrap_or_default();
            add(Excerpt::of(body, document.body.start as usize));
        }
        all
    }
}

struct Reader<'d> {
    file: &'d Dockerfile,
    stages: Vec<Stage>,
    scopes: Vec<Scope>,
    global: Scope,
    is_shell: bool,
    left: usize,
}

impl<'d> Reader<'d> {
    fn step(&mut self, instruction: &'d Instruction) -> Step<'d> {
        if instruction.keyword == "FROM" {
            self.from(instruction);
            self.is_shell = true;
        }
        if instruction.keyword == "SHELL" {
            let list = instruction.list.iter().flatten();
            let first = list.map(String::as_str).next().unwrap_or_default();
            let name = first.rsplit(['/', '\\']).next().unwrap_or_default();
            self.is_shell = name.ends_with("sh") && !name.contains("pwsh");
        }
        let one = instruction.trigger.as_deref().unwrap_or(instruction);
        let words = match one.keyword.as_str() {
            "ENV" | "ARG" | "LABEL" => self.pairs(one),
            "ADD" | "COPY" | "USER" | "EXPOSE" | "VOLUME" | "WORKDIR" | "FROM" => self.words(one),
            _ => Vec::new(),
        };
        if instruction.trigger.is_none() {
            self.assign(one, &words);
        }
        Step {
            stage: self.stages.len().checked_sub(1),
            instruction,
            words,
            is_shell: self.is_shell,
        }
    }

    fn scope(&self) -> &Scope {
        self.scopes.last().unwrap_or(&self.global)
    }

    fn value(&mut self, word: &str) -> Result<String, String> {
        let value = expand(word, self.scope(), self.file.escape)?;
        self.left = self
            .left
            .checked_sub(value.len())
            .ok_or_else(|| "what was not read".to_owned())?;
        Ok(value)
    }

    fn words(&mut self, instruction: &Instruction) -> Vec<Word> {
        if let Some(list) = &instruction.list {
            let body = instruction.body.text();
            let mut from = 0;
            let words = list.iter().map(|word| {
                let found = body.get(from..).and_then(|rest| rest.find(word.as_str()));
                let start = found.map_or(from, |found| from + found);
                from = if found.is_some() { start + word.len() } else { from };
                (word.clone(), instruction.body.place(start..from.max(start)))
            });
            let words: Vec<_> = words.collect();
            return words
                .into_iter()
                .map(|(word, at)| Word {
                    value: self.value(&word),
                    at,
                })
                .collect();
        }
        let words = split(&instruction.body, self.file.escape);
        words
            .into_iter()
            .map(|(word, at)| Word {
                value: self.value(word),
                at,
            })
            .collect()
    }

    /// Names and values in turn. `ARG NAME` has no value: an empty list of bytes stands for it with the place of the name.
    fn pairs(&mut self, instruction: &Instruction) -> Vec<Word> {
        let words = split(&instruction.body, self.file.escape);
        let old =
            instruction.keyword != "ARG" && words.first().is_some_and(|(first, _)| !first.contains('='));
        let mut pairs = Vec::new();
        if old {
            // `ENV NAME value that goes on`.
            if let Some((name, at)) = words.first() {
                let text = instruction.body.text();
                let value = text.get(name.len()..).unwrap_or_default().trim();
                let value = Word {
                    value: self.value(value),
                    at: instruction.body.place(text.len() - value.len()..text.len()),
                };
                pairs.extend([
                    Word {
                        value: Ok((*name).to_owned()),
                        at: at.clone(),
                    },
                    value,
                ]);
            }
            return pairs;
        }
        for (word, at) in words {
            let (name, value) = word
                .split_once('=')
                .map_or((word, None), |(name, value)| (name, Some(value)));
            pairs.push(Word {
                value: self.value(name),
                at: at.clone(),
            });
            let value = match value {
                Some(value) => self.value(value),
                None => Err(name.to_owned()),
            };
            pairs.push(Word { value, at });
        }
        pairs
    }

    fn assign(&mut self, instruction: &Instruction, words: &[Word]) {
        let is_argument = instruction.keyword == "ARG";
        if !is_argument && instruction.keyword != "ENV" {
            return;
        }
        for pair in words.chunks(2) {
            let [name, value] = pair else { continue };
            let Some(name) = name.known() else { continue };
            let mut value = value.known().map(str::to_owned);
            if is_argument && value.is_none() && !self.scopes.is_empty() {
                // `ARG NAME` in a stage takes the default of the one before the first stage.
                value = self.global.values.get(name).cloned().flatten();
            }
            let scope = self.scopes.last_mut().unwrap_or(&mut self.global);
            if scope.values.len() < MOST_VARIABLES || scope.values.contains_key(name) {
                scope.values.insert(name.to_owned(), value);
            } else {
                scope.is_open = true;
            }
        }
    }

    fn from(&mut self, instruction: &Instruction) {
        if self.stages.len() >= MOST_STAGES {
            return;
        }
        let escape = self.file.escape;
        let words = split(&instruction.body, escape);
        let mut words = words.iter();
        let (word, at) = words
            .next()
            .cloned()
            .unwrap_or_else(|| ("", instruction.keyword_at.clone()));
        let name = match (words.next(), words.next()) {
            (Some((word, _)), Some((name, _))) if word.eq_ignore_ascii_case("as") => {
                Some(name.to_lowercase())
            }
            _ => None,
        };
        let base = match expand(word, &self.global, escape) {
            Err(unknown) => Base::Unknown(unknown),
            Ok(image) => {
                let lower = image.to_lowercase();
                let stage = self
                    .stages
                    .iter()
                    .rposition(|one| one.name.as_deref() == Some(lower.as_str()));
                match stage {
                    Some(stage) => Base::Stage(stage),
                    None if image == "scratch" => Base::Scratch,
                    None if image.is_empty() => Base::Unknown(word.to_owned()),
                    None => Base::Image(image),
                }
            }
        };
        let scope = match &base {
            Base::Stage(stage) => self.scopes.get(*stage).cloned().unwrap_or_default(),
            Base::Scratch => Scope::default(),
            Base::Image(_) | Base::Unknown(_) => Scope {
                values: BTreeMap::new(),
                is_open: true,
            },
        };
        self.scopes.push(scope);
        self.stages.push(Stage {
            base,
            base_at: at,
            name,
        });
    }
}

/// The words of a body with their places.
fn split(body: &Excerpt, escape: char) -> Vec<(&str, Range<usize>)> {
    let text = body.text();
    let mut words = Vec::new();
    let mut at = 0;
    while let Some(rest) = text.get(at..) {
        at += rest.len() - rest.trim_start().len();
        let rest = text.get(at..).unwrap_or_default();
        let length = word_length(rest, escape);
        if length == 0 {
            break;
        }
        words.push((
            rest.get(..length).unwrap_or_default(),
            body.place(at..at + length),
        ));
        at += length;
    }
    words
}
