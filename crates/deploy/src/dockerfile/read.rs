//! Reads a Dockerfile: its directives, its instructions with continued lines joined, flags and here-documents.
//!
//! In: text. Out: [`Dockerfile`], whose pieces cover the text from the first byte to the last. Any text is read; what is not as the
//! builder wants it is named in `problems`.
//!
//! Source: <https://docs.docker.com/reference/dockerfile/>, and where it is silent the parser of
//! <https://github.com/moby/buildkit/tree/master/frontend/dockerfile/parser>.

use bartizan_document::{Excerpt, Span, shell};
use std::ops::Range;

/// Most instructions of one file.
const MOST_INSTRUCTIONS: usize = 20_000;

/// Instructions with arguments that may be a list in JSON.
const WITH_LISTS: [&str; 8] = [
    "RUN",
    "CMD",
    "ENTRYPOINT",
    "SHELL",
    "ADD",
    "COPY",
    "VOLUME",
    "HEALTHCHECK",
];
const KEYWORDS: [&str; 18] = [
    "FROM",
    "RUN",
    "CMD",
    "LABEL",
    "MAINTAINER",
    "EXPOSE",
    "ENV",
    "ADD",
    "COPY",
    "ENTRYPOINT",
    "VOLUME",
    "USER",
    "WORKDIR",
    "ARG",
    "ONBUILD",
    "STOPSIGNAL",
    "HEALTHCHECK",
    "SHELL",
];

/// What a piece of the text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Piece {
    /// A parser directive: the number of it.
    Directive(usize),
    /// A comment.
    Comment,
    /// A line with nothing on it.
    Blank,
    /// An instruction with its here-documents: the number of it.
    Instruction(usize),
}

/// A parser directive, as `# syntax=docker/dockerfile:1`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Directive {
    /// Its name in small letters.
    pub name: String,
    /// Its value.
    pub value: String,
    /// Its line.
    pub span: Span,
}

/// A flag of an instruction, as `--from=build`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flag {
    /// Without the two hyphens.
    pub name: String,
    /// What stands behind `=`; empty where there is none.
    pub value: String,
    /// Where it stands.
    pub at: Range<usize>,
}

/// A here-document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HereDocument {
    /// The word that ends it.
    pub name: String,
    /// Its lines.
    pub body: Span,
}

/// One instruction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Instruction {
    /// In capitals.
    pub keyword: String,
    /// Where the keyword stands.
    pub keyword_at: Range<usize>,
    /// All of it, here-documents included.
    pub span: Span,
    /// Flags in order.
    pub flags: Vec<Flag>,
    /// What follows the flags, continued lines joined.
    pub body: Excerpt,
    /// The words of the list, where the body is one in JSON.
    pub list: Option<Vec<String>>,
    /// Here-documents in order.
    pub documents: Vec<HereDocument>,
    /// What `ONBUILD` keeps for later.
    pub trigger: Option<Box<Self>>,
}

impl Instruction {
    /// The flag of a name.
    #[must_use]
    pub fn flag(&self, name: &str) -> Option<&Flag> {
        self.flags.iter().find(|flag| flag.name == name)
    }

    /// Where it begins, up to the end of its body.
    #[must_use]
    pub fn head(&self) -> Range<usize> {
        let length = self.body.text().len();
        self.keyword_at.start..self.body.place(0..length).end.max(self.keyword_at.end)
    }
}

/// A Dockerfile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dockerfile {
    /// Pieces in order, without a gap.
    pub pieces: Vec<(Piece, Span)>,
    /// Directives in order.
    pub directives: Vec<Directive>,
    /// Instructions in order.
    pub instructions: Vec<Instruction>,
    /// The character that continues lines.
    pub escape: char,
    /// What the builder would refuse, with its place.
    pub problems: Vec<(Span, String)>,
}

/// Reads a Dockerfile.
#[must_use]
pub fn read(text: &str) -> Dockerfile {
    let mut reader = Reader {
        text,
        at: 0,
        file: Dockerfile {
            pieces: Vec::new(),
            directives: Vec::new(),
            instructions: Vec::new(),
            escape: '\\',
            problems: Vec::new(),
        },
    };
    reader.directives();
    reader.lines();
    reader.file
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
    file: Dockerfile,
}

/// What an instruction is read from.
struct Joined {
    excerpt: Excerpt,
    start: usize,
}

impl<'t> Reader<'t> {
    /// The line at hand without its end, and where the next begins.
    fn line(&self) -> Option<(&'t str, usize)> {
        let rest = self.text.get(self.at..).filter(|rest| !rest.is_empty())?;
        let length = rest.find('\n').map_or(rest.len(), |at| at + 1);
        let line = rest.get(..length).unwrap_or(rest);
        Some((
            line.trim_end_matches('\n').trim_end_matches('\r'),
            self.at + length,
        ))
    }

    fn piece(&mut self, piece: Piece, end: usize) {
        self.file.pieces.push((piece, Span::new(self.at, end)));
        self.at = end;
    }

    /// Directives stand before everything else; the first line that is none ends them.
    fn directives(&mut self) {
        while let Some((line, next)) = self.line() {
            let Some((name, value)) = directive(line) else {
                return;
            };
            if self.file.directives.iter().any(|one| one.name == name) {
                let span = Span::new(self.at, next);
                self.file
                    .problems
                    .push((span, format!("the directive `{name}` stands twice")));
            }
            if name == "escape" {
                match value {
                    "`" => self.file.escape = '`',
                    "\\" => self.file.escape = '\\',
                    _ => {
                        let span = Span::new(self.at, next);
                        let problem = "the escape character must be a backslash or a backtick".to_owned();
                        self.file.problems.push((span, problem));
                    }
                }
            }
            self.file.directives.push(Directive {
                name,
                value: value.to_owned(),
                span: Span::new(self.at, next),
            });
            self.piece(Piece::Directive(self.file.directives.len() - 1), next);
        }
    }

    fn lines(&mut self) {
        while let Some((line, next)) = self.line() {
            let trimmed = line.trim_start();
            if trimmed.is_empty() {
                self.piece(Piece::Blank, next);
            } else if trimmed.starts_with('#') {
                self.piece(Piece::Comment, next);
            } else if self.file.instructions.len() >= MOST_INSTRUCTIONS {
                let span = Span::new(self.at, self.text.len());
                let problem =
                    format!("it has more than {MOST_INSTRUCTIONS} instructions; the rest is not read");
                self.file.problems.push((span, problem));
                self.piece(Piece::Comment, self.text.len());
            } else {
                self.instruction();
            }
        }
    }

    fn instruction(&mut self) {
        let start = self.at;
        let joined = self.joined();
        let (mut instruction, problem) = parsed(&joined, self.file.escape);
        let ends = names_of_documents(&instruction);
        let mut documents = Vec::new();
        for (name, tabs) in ends {
            let body = self.here_document(&name, tabs);
            documents.push(HereDocument { name, body });
        }
        let span = Span::new(start, self.at);
        instruction.span = span;
        if let Some(trigger) = &mut instruction.trigger {
            trigger.span = span;
            trigger.documents = documents.clone();
        }
        instruction.documents = documents;
        if let Some(problem) = problem {
            self.file
                .problems
                .push((Span::new(start, joined.start + 1), problem));
        }
        self.file.instructions.push(instruction);
        let number = self.file.instructions.len() - 1;
        self.file.pieces.push((Piece::Instruction(number), span));
    }

    /// A line with those that continue it. Comments and empty lines between them are left out, as the builder does.
    fn joined(&mut self) -> Joined {
        let mut excerpt = Excerpt::default();
        let mut start = self.at;
        let mut is_first = true;
        while let Some((line, next)) = self.line() {
            let trimmed = line.trim_start();
            let indent = line.len() - trimmed.len();
            if !is_first && (trimmed.is_empty() || trimmed.starts_with('#')) {
                self.at = next;
                continue;
            }
            let (shown, from) = if is_first {
                start = self.at + indent;
                (trimmed, self.at + indent)
            } else {
                (line, self.at)
            };
            let continued = continued(shown, self.file.escape);
            excerpt.push(continued.unwrap_or(shown), from);
            self.at = next;
            is_first = false;
            if continued.is_none() {
                break;
            }
        }
        Joined { excerpt, start }
    }

    fn here_document(&mut self, name: &str, tabs: bool) -> Span {
        let start = self.at;
        while let Some((line, next)) = self.line() {
            let end = self.at;
            self.at = next;
            let line = if tabs { line.trim_start_matches('\t') } else { line };
            if line == name {
                return Span::new(start, end);
            }
        }
        let span = Span::new(start, self.at);
        let problem = format!("the here-document `{}` is not closed", name.escape_debug());
        self.file.problems.push((span, problem));
        span
    }
}

fn directive(line: &str) -> Option<(String, &str)> {
    let (name, value) = line.trim_start().strip_prefix('#')?.split_once('=')?;
    let name = name.trim().to_ascii_lowercase();
    matches!(name.as_str(), "syntax" | "escape" | "check").then(|| (name, value.trim()))
}

/// The line without the sign that continues it, if it has one. A sign behind another is text.
fn continued(line: &str, escape: char) -> Option<&str> {
    let rest = line.trim_end_matches([' ', '\t']).strip_suffix(escape)?;
    (!rest.ends_with(escape)).then_some(rest)
}

fn parsed(joined: &Joined, escape: char) -> (Instruction, Option<String>) {
    part(&joined.excerpt, 0, escape, false)
}

/// The instruction in a part of a joined line from an offset on.
fn part(line: &Excerpt, from: usize, escape: char, is_trigger: bool) -> (Instruction, Option<String>) {
    let text = line.text();
    let rest = text.get(from..).unwrap_or_default();
    let start = from + (rest.len() - rest.trim_start().len());
    let end = text
        .get(start..)
        .and_then(|rest| rest.find(char::is_whitespace))
        .map_or(text.len(), |at| start + at);
    let keyword = text.get(start..end).unwrap_or_default().to_ascii_uppercase();
    let (flags, body_start) = flags(line, end, escape);
    let body_text = text.get(body_start..).unwrap_or_default();
    let mut body = Excerpt::default();
    for (offset, piece) in pieces_of(line, body_start, body_text.trim_end()) {
        body.push(piece, offset);
    }
    let list = WITH_LISTS
        .contains(&keyword.as_str())
        .then(|| list_of(&keyword, body.text()))
        .flatten();
    let mut problem = (!KEYWORDS.contains(&keyword.as_str()))
        .then(|| format!("`{}` is no instruction", keyword.escape_debug()));
    let trigger = (keyword == "ONBUILD" && !is_trigger).then(|| {
        let (inner, wrong) = part(line, end, escape, true);
        problem = problem.take().or(wrong);
        if matches!(inner.keyword.as_str(), "FROM" | "ONBUILD" | "MAINTAINER") {
            problem = Some(format!("ONBUILD cannot keep `{}`", inner.keyword.escape_debug()));
        }
        Box::new(inner)
    });
    let instruction = Instruction {
        keyword,
        keyword_at: line.place(start..end),
        span: Span::default(),
        flags,
        body,
        list,
        documents: Vec::new(),
        trigger,
    };
    (instruction, problem)
}

/// The pieces of a part of an excerpt, each with its place: cut where the source goes on elsewhere.
fn pieces_of<'e>(line: &Excerpt, from: usize, text: &'e str) -> Vec<(usize, &'e str)> {
    let mut pieces = Vec::new();
    let mut start = 0;
    let mut expected = None;
    for (at, one) in text.char_indices() {
        let place = line.place(from + at..from + at + one.len_utf8()).start;
        if expected.is_some_and(|expected| expected != place) {
            let begun = line.place(from + start..from + start + 1).start;
            pieces.push((begun, text.get(start..at).unwrap_or_default()));
            start = at;
        }
        expected = Some(place + one.len_utf8());
    }
    if start < text.len() {
        let begun = line.place(from + start..from + start + 1).start;
        pieces.push((begun, text.get(start..).unwrap_or_default()));
    }
    pieces
}

/// The flags behind a keyword, and where what follows them begins.
fn flags(line: &Excerpt, from: usize, escape: char) -> (Vec<Flag>, usize) {
    let text = line.text();
    let mut flags = Vec::new();
    let mut at = from;
    loop {
        let rest = text.get(at..).unwrap_or_default();
        at += rest.len() - rest.trim_start().len();
        let rest = text.get(at..).unwrap_or_default();
        if !rest.starts_with("--") {
            return (flags, at);
        }
        let length = word_length(rest, escape);
        let word = rest.get(..length).unwrap_or_default();
        if word == "--" {
            return (flags, at + length);
        }
        let (name, value) = word.split_once('=').unwrap_or((word, ""));
        flags.push(Flag {
            name: name.trim_start_matches('-').to_owned(),
            value: value.trim_matches(['"', '\'']).to_owned(),
            at: line.place(at..at + length),
        });
        at += length;
    }
}

/// How far a word reaches, whose blanks may be quoted or escaped.
pub(super) fn word_length(text: &str, escape: char) -> usize {
    let mut quote = None;
    let mut skip = false;
    for (at, one) in text.char_indices() {
        if std::mem::take(&mut skip) {
            continue;
        }
        match quote {
            Some(open) if one == open => quote = None,
            Some('\'') => {}
            _ if one == escape => skip = true,
            Some(_) => {}
            None if one == '"' || one == '\'' => quote = Some(one),
            None if one.is_whitespace() => return at,
            None => {}
        }
    }
    text.len()
}

fn list_of(keyword: &str, body: &str) -> Option<Vec<String>> {
    let body = if keyword == "HEALTHCHECK" {
        body.strip_prefix("CMD").map_or(body, str::trim_start)
    } else {
        body
    };
    if body.starts_with('[') {
        serde_json::from_str(body).ok()
    } else {
        None
    }
}

/// The names of the here-documents that an instruction begins, and whether tabs before them are cut.
fn names_of_documents(instruction: &Instruction) -> Vec<(String, bool)> {
    let one = instruction.trigger.as_deref().unwrap_or(instruction);
    let may_have = matches!(one.keyword.as_str(), "RUN" | "ADD" | "COPY") && one.list.is_none();
    if !may_have || !one.body.text().contains("<<") {
        return Vec::new();
    }
    let script = shell::read(one.body.text());
    let mut names = Vec::new();
    for pipeline in &script {
        for redirect in pipeline.commands.iter().flat_map(|command| &command.redirects) {
            if matches!(&*redirect.operator, "<<" | "<<-") && !redirect.target.text.is_empty() {
                names.push((redirect.target.text.clone(), &*redirect.operator == "<<-"));
            }
        }
    }
    names
}

#[cfg(test)]
#[path = "read_tests.rs"]
mod tests;
