//! Reads the commands of a shell script, as far as their words are known without running it.
//!
//! In: text. Out: pipelines of commands whose words know their places; what stands in `$(…)`, in backticks and in `<(…)` is read as
//! commands within the word. Nothing is expanded. Any text is read: what is not closed reaches to the end.
//!
//! Source: <https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html>, with process substitution and `&>` of bash.

pub mod fetch;

use crate::Span;

/// Most levels of substitutions within substitutions that are read; deeper ones stay text.
const DEEPEST: usize = 12;

/// Commands that feed each other.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pipeline {
    /// In order; the output of each is the input of the next.
    pub commands: Vec<Command>,
}

/// One simple command.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Command {
    /// Its words in order, assignments before it included, reserved words left out.
    pub words: Vec<Word>,
    /// Where its input and output go.
    pub redirects: Vec<Redirect>,
}

/// A redirection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redirect {
    /// Its sign without a number before it, as `>>`.
    pub operator: Box<str>,
    /// What follows the sign.
    pub target: Word,
    /// The lines of a here-document.
    pub body: Option<Span>,
}

/// A word.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Word {
    /// Without its quotes; parameters and substitutions as they are written.
    pub text: String,
    /// Where it stands, quotes included.
    pub span: Span,
    /// Commands in its substitutions.
    pub inner: Vec<Pipeline>,
    /// Whether any of it is quoted.
    pub is_quoted: bool,
}

impl Command {
    /// The place from the first word to the last.
    #[must_use]
    pub fn span(&self) -> Span {
        match (self.words.first(), self.words.last()) {
            (Some(first), Some(last)) => Span {
                start: first.span.start,
                end: last.span.end,
            },
            _ => Span::default(),
        }
    }

    /// Variables set before the command, and the command's own words behind them.
    #[must_use]
    pub fn split(&self) -> (&[Word], &[Word]) {
        let is_assignment = |word: &Word| {
            let name = word.text.split_once('=').map_or("", |(name, _)| name);
            let name = name.strip_suffix('+').unwrap_or(name);
            !name.is_empty()
                && name
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        };
        let own = self.words.iter().position(|word| !is_assignment(word));
        self.words.split_at(own.unwrap_or(self.words.len()))
    }

    /// The words from the program on: `sudo`, `env` and the like are passed over with their flags.
    #[must_use]
    pub fn run(&self) -> &[Word] {
        let mut words = self.split().1;
        while let [first, rest @ ..] = words {
            let wraps = matches!(
                base(&first.text),
                "sudo"
                    | "doas"
                    | "env"
                    | "exec"
                    | "command"
                    | "nohup"
                    | "time"
                    | "nice"
                    | "builtin"
                    | "busybox"
            );
            if !wraps {
                break;
            }
            let next = rest
                .iter()
                .position(|word| !word.text.starts_with('-') && !word.text.contains('='));
            words = next.and_then(|next| rest.get(next..)).unwrap_or_default();
        }
        words
    }

    /// The name of the program without its directory; empty where there is none.
    #[must_use]
    pub fn program(&self) -> &str {
        self.run().first().map_or("", |word| base(&word.text))
    }

    /// Whether a word behind the program is one of these, or one of these with `=` and a value.
    #[must_use]
    pub fn has(&self, options: &[&str]) -> bool {
        let behind = self.run().iter().skip(1);
        behind.into_iter().any(|word| {
            let name = word.text.split('=').next().unwrap_or_default();
            options.contains(&name)
        })
    }
}

/// The name of a path without its directories.
fn base(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// Every pipeline of a script, those within words behind the one that they stand in.
#[must_use]
pub fn every(pipelines: &[Pipeline]) -> Vec<&Pipeline> {
    let mut all = Vec::new();
    for pipeline in pipelines {
        all.push(pipeline);
        for command in &pipeline.commands {
            let targets = command.redirects.iter().map(|one| &one.target);
            for word in command.words.iter().chain(targets) {
                all.extend(every(&word.inner));
            }
        }
    }
    all
}

/// Reads a script.
#[must_use]
pub fn read(text: &str) -> Vec<Pipeline> {
    let mut reader = Reader {
        text,
        at: 0,
        end: text.len(),
        depth: 0,
    };
    reader.pipelines(false)
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
    end: usize,
    depth: usize,
}

/// What was read so far of a list of pipelines.
#[derive(Default)]
struct Building {
    all: Vec<Pipeline>,
    pipeline: Pipeline,
    command: Command,
    /// Here-documents whose lines are still to come: number of the redirection, name, whether tabs are cut.
    waiting: Vec<(String, bool)>,
}

impl Building {
    fn end_command(&mut self) {
        let mut command = std::mem::take(&mut self.command);
        while let Some(first) = command.words.first() {
            let reserved = matches!(
                first.text.as_str(),
                "if" | "then"
                    | "else"
                    | "elif"
                    | "while"
                    | "until"
                    | "do"
                    | "!"
                    | "{"
                    | "}"
                    | "fi"
                    | "done"
                    | "esac"
            );
            if first.is_quoted || !reserved {
                break;
            }
            command.words.remove(0);
        }
        if !command.words.is_empty() || !command.redirects.is_empty() {
            self.pipeline.commands.push(command);
        }
    }

    fn end_pipeline(&mut self) {
        self.end_command();
        let pipeline = std::mem::take(&mut self.pipeline);
        if !pipeline.commands.is_empty() {
            self.all.push(pipeline);
        }
    }

    /// A pipe: behind a closed group it goes on with what the group ended with.
    fn pipe(&mut self) {
        self.end_command();
        if self.pipeline.commands.is_empty() {
            self.pipeline = self.all.pop().unwrap_or_default();
        }
    }
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.after(0)
    }

    fn after(&self, by: usize) -> Option<u8> {
        let at = self.at + by;
        if at < self.end {
            self.text.as_bytes().get(at).copied()
        } else {
            None
        }
    }

    fn starts_with(&self, what: &str) -> bool {
        let rest = self.text.get(self.at..self.end).unwrap_or_default();
        rest.starts_with(what)
    }

    fn pipelines(&mut self, in_group: bool) -> Vec<Pipeline> {
        let mut building = Building::default();
        let mut groups = 0_usize;
        while let Some(byte) = self.peek() {
            let before = self.at;
            match byte {
                b' ' | b'\t' | b'\r' => self.at += 1,
                b'\\' if self.starts_with("\\\n") => self.at += 2,
                b'\\' if self.starts_with("\\\r\n") => self.at += 3,
                b'#' => self.skip_to(b'\n'),
                b'\n' => {
                    self.at += 1;
                    self.here_documents(&mut building);
                    building.end_pipeline();
                }
                b')' if groups == 0 && in_group => {
                    self.at += 1;
                    break;
                }
                b'(' | b')' => {
                    groups = if byte == b'(' {
                        groups + 1
                    } else {
                        groups.saturating_sub(1)
                    };
                    self.at += 1;
                    building.end_pipeline();
                }
                b';' => {
                    self.at += 1;
                    building.end_pipeline();
                }
                b'&' if !self.starts_with("&>") => {
                    self.at += 1;
                    building.end_pipeline();
                }
                b'|' if self.starts_with("||") => {
                    self.at += 2;
                    building.end_pipeline();
                }
                b'|' => {
                    self.at += if self.starts_with("|&") { 2 } else { 1 };
                    building.pipe();
                    self.skip_lines();
                }
                _ => self.part(&mut building),
            }
            if self.at == before {
                self.at += 1;
            }
        }
        self.here_documents(&mut building);
        building.end_pipeline();
        building.all
    }

    /// A word or a redirection.
    fn part(&mut self, building: &mut Building) {
        let is_process = self.starts_with("<(") || self.starts_with(">(");
        let operator = if is_process { None } else { self.operator() };
        let Some(operator) = operator else {
            let word = self.word();
            building.command.words.push(word);
            return;
        };
        while matches!(self.peek(), Some(b' ' | b'\t')) {
            self.at += 1;
        }
        let target = self.word();
        if operator.starts_with("<<") && operator != "<<<" {
            building.waiting.push((target.text.clone(), operator == "<<-"));
        }
        building.command.redirects.push(Redirect {
            operator: operator.into(),
            target,
            body: None,
        });
    }

    /// A sign of redirection, with digits before it passed over.
    fn operator(&mut self) -> Option<&'static str> {
        const SIGNS: [&str; 12] = [
            "&>>", "<<<", "<<-", "&>", ">>", "<<", ">&", "<&", "<>", ">|", ">", "<",
        ];
        let mut digits = 0;
        while self.after(digits).is_some_and(|byte| byte.is_ascii_digit()) {
            digits += 1;
        }
        let rest = self.text.get(self.at + digits..self.end).unwrap_or_default();
        let sign = SIGNS.into_iter().find(|sign| rest.starts_with(sign))?;
        self.at += digits + sign.len();
        Some(sign)
    }

    fn here_documents(&mut self, building: &mut Building) {
        let bodies: Vec<Span> = std::mem::take(&mut building.waiting)
            .into_iter()
            .map(|(name, tabs)| self.here_document(&name, tabs))
            .collect();
        let commands = building
            .pipeline
            .commands
            .iter_mut()
            .chain(std::iter::once(&mut building.command));
        let open = commands
            .flat_map(|command| command.redirects.iter_mut())
            .filter(|one| one.body.is_none() && matches!(&*one.operator, "<<" | "<<-"));
        for (redirect, body) in open.zip(bodies) {
            redirect.body = Some(body);
        }
    }

    fn here_document(&mut self, name: &str, tabs: bool) -> Span {
        let start = self.at;
        while self.at < self.end {
            let line_start = self.at;
            self.skip_to(b'\n');
            let line = self
                .text
                .get(line_start..self.at)
                .unwrap_or_default()
                .trim_end_matches('\r');
            self.at = (self.at + 1).min(self.end);
            // Blanks before the name are let pass: the script may be indented in what holds it.
            let line = if tabs { line.trim_start_matches('\t') } else { line };
            if line == name {
                return Span::new(start, line_start);
            }
        }
        Span::new(start, self.end)
    }

    fn skip_to(&mut self, byte: u8) {
        while self.peek().is_some_and(|next| next != byte) {
            self.at += 1;
        }
    }

    fn skip_lines(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\r' | b'\n')) {
            self.at += 1;
        }
    }

    fn word(&mut self) -> Word {
        let start = self.at;
        let mut word = Word::default();
        while let Some(byte) = self.peek() {
            match byte {
                b'<' | b'>' if self.after(1) == Some(b'(') && self.at == start && self.depth < DEEPEST => {
                    self.at += 2;
                    self.substitution(start, &mut word);
                }
                b' ' | b'\t' | b'\r' | b'\n' | b';' | b'&' | b'|' | b'<' | b'>' | b'(' | b')' => break,
                b'\\' => self.escape(&mut word),
                b'\'' => {
                    word.is_quoted = true;
                    self.at += 1;
                    let from = self.at;
                    self.skip_to(b'\'');
                    word.text
                        .push_str(self.text.get(from..self.at).unwrap_or_default());
                    self.at = (self.at + 1).min(self.end);
                }
                b'"' => self.double(&mut word),
                b'$' => self.dollar(&mut word),
                b'`' => self.backticks(&mut word),
                _ => self.character(&mut word),
            }
        }
        word.span = Span::new(start, self.at);
        word
    }

    fn character(&mut self, word: &mut Word) {
        let next = self
            .text
            .get(self.at..self.end)
            .and_then(|rest| rest.chars().next());
        if let Some(next) = next {
            word.text.push(next);
        }
        self.at += next.map_or(0, char::len_utf8);
    }

    fn escape(&mut self, word: &mut Word) {
        self.at += 1;
        if self.peek() == Some(b'\n') {
            self.at += 1;
        } else if self.starts_with("\r\n") {
            self.at += 2;
        } else {
            word.is_quoted = true;
            self.character(word);
        }
    }

    fn double(&mut self, word: &mut Word) {
        word.is_quoted = true;
        self.at += 1;
        while let Some(byte) = self.peek() {
            match byte {
                b'"' => {
                    self.at += 1;
                    return;
                }
                b'\\' if matches!(self.after(1), Some(b'$' | b'`' | b'"' | b'\\' | b'\n')) => {
                    self.escape(word)
                }
                b'$' => self.dollar(word),
                b'`' => self.backticks(word),
                _ => self.character(word),
            }
        }
    }

    fn dollar(&mut self, word: &mut Word) {
        let start = self.at;
        if self.starts_with("$((") {
            self.at += 3;
            while self.at < self.end && !self.starts_with("))") {
                self.at += 1;
            }
            self.at = (self.at + 2).min(self.end);
        } else if self.starts_with("$(") && self.depth < DEEPEST {
            self.at += 2;
            return self.substitution(start, word);
        } else if self.starts_with("${") {
            let mut open = 0_usize;
            while let Some(byte) = self.peek() {
                self.at += 1;
                match byte {
                    b'{' => open += 1,
                    b'}' if open <= 1 => break,
                    b'}' => open -= 1,
                    _ => {}
                }
            }
        } else {
            self.at += 1;
        }
        word.text
            .push_str(self.text.get(start..self.at).unwrap_or_default());
    }

    /// Commands up to a closing parenthesis, within a word.
    fn substitution(&mut self, start: usize, word: &mut Word) {
        self.depth += 1;
        let inner = self.pipelines(true);
        self.depth -= 1;
        word.inner.extend(inner);
        word.text
            .push_str(self.text.get(start..self.at).unwrap_or_default());
    }

    fn backticks(&mut self, word: &mut Word) {
        let start = self.at;
        self.at += 1;
        let mut close = self.at;
        while close < self.end {
            match self.text.as_bytes().get(close) {
                Some(b'\\') => close += 2,
                Some(b'`') => break,
                _ => close += 1,
            }
        }
        let close = close.min(self.end);
        if self.depth < DEEPEST {
            let outer = std::mem::replace(&mut self.end, close);
            self.depth += 1;
            let inner = self.pipelines(false);
            self.depth -= 1;
            self.end = outer;
            word.inner.extend(inner);
        }
        self.at = (close + 1).min(self.end);
        word.text
            .push_str(self.text.get(start..self.at).unwrap_or_default());
    }
}

#[cfg(test)]
mod tests;
