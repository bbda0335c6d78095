//! The commands of a shell script, as Trivy's checks of Dockerfiles ask for them.
//!
//! In: a script. Out: each simple command as its words, quotes kept as written; those inside substitutions follow the command that they
//! are in. Declarations, tests in double brackets and lone assignments are no commands.
//! <https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html>

use super::{Named, string, text};
use regorus::Value;

pub(super) const ALL: &[Named] = &[("sh.parse_commands", 1, |given| {
    let commands = parse(text(given, 0)?)?;
    let words = |command: Vec<String>| Value::from(command.iter().map(string).collect::<Vec<_>>());
    Some(Value::from(commands.into_iter().map(words).collect::<Vec<_>>()))
})];

/// Substitutions inside one another.
const DEPTH: usize = 32;

/// Words that open or go on with a compound command, after which another command may stand.
const CONTINUE: [&str; 10] = [
    "if", "then", "else", "elif", "do", "while", "until", "{", "!", "time",
];

/// Words that end one.
const END: [&str; 4] = ["fi", "done", "esac", "}"];

/// Words that declare; what follows is no command.
const DECLARE: [&str; 7] = [
    "declare", "local", "export", "readonly", "typeset", "nameref", "let",
];

fn parse(script: &str) -> Option<Vec<Vec<String>>> {
    let mut reader = Reader { text: script, at: 0 };
    let mut out = Vec::new();
    commands(&mut reader, None, 0, &mut out)?;
    Some(out)
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let next = self.peek()?;
        self.at += next.len_utf8();
        Some(next)
    }

    fn skip(&mut self, text: &str) -> bool {
        let found = self.rest().starts_with(text);
        self.at += if found { text.len() } else { 0 };
        found
    }
}

/// One command that is being read.
#[derive(Default)]
struct Command {
    words: Vec<String>,
    inner: Vec<Vec<String>>,
    declares: bool,
    /// Words are names until the next separator, as after `for` and `case`.
    names: bool,
}

impl Command {
    fn finish(&mut self, out: &mut Vec<Vec<String>>) {
        let command = std::mem::take(self);
        if !command.words.is_empty() && !command.declares && !command.names {
            out.push(command.words);
        }
        out.extend(command.inner);
    }

    fn take(&mut self, word: String) {
        let first = self.words.is_empty() && !self.declares && !self.names;
        if first && (CONTINUE.contains(&word.as_str()) || END.contains(&word.as_str())) {
            return;
        }
        if first && matches!(word.as_str(), "for" | "case" | "select" | "function" | "[[") {
            self.names = true;
        } else if first && DECLARE.contains(&word.as_str()) {
            self.declares = true;
        } else if !(first && is_assignment(&word)) {
            self.words.push(word);
        }
    }
}

fn is_assignment(word: &str) -> bool {
    word.split_once('=').is_some_and(|(name, _)| {
        let name = name.strip_suffix('+').unwrap_or(name);
        let mut chars = name.chars();
        chars.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
            && chars.all(|c| c.is_ascii_alphanumeric() || c == '_')
    })
}

/// Reads commands until `end`, or the end of the text where there is none. None for what is no script.
fn commands(
    reader: &mut Reader<'_>,
    end: Option<char>,
    depth: usize,
    out: &mut Vec<Vec<String>>,
) -> Option<()> {
    if depth > DEPTH {
        return None;
    }
    let mut command = Command::default();
    loop {
        let Some(next) = reader.peek() else {
            command.finish(out);
            return end.is_none().then_some(());
        };
        if Some(next) == end {
            reader.next();
            command.finish(out);
            return Some(());
        }
        match next {
            ' ' | '\t' | '\r' => drop(reader.next()),
            '\\' if reader.rest().starts_with("\\\n") => drop(reader.skip("\\\n")),
            '\n' | ';' | '&' | '|' => {
                if !reader.skip("&>") {
                    reader.next();
                    command.finish(out);
                }
            }
            '#' => {
                while reader.peek().is_some_and(|c| c != '\n') {
                    reader.next();
                }
            }
            '(' => {
                reader.next();
                command.finish(out);
                commands(reader, Some(')'), depth + 1, out)?;
            }
            // The pattern of a `case` ends so, where no parenthesis is open.
            ')' if end.is_none() => {
                reader.next();
                command = Command::default();
            }
            '<' | '>' => redirection(reader, depth, &mut command)?,
            _ => {
                let word = word(reader, depth, &mut command.inner)?;
                let number = word.bytes().all(|byte| byte.is_ascii_digit());
                if !(number && reader.rest().starts_with(['<', '>'])) {
                    command.take(word);
                }
            }
        }
    }
}

fn redirection(reader: &mut Reader<'_>, depth: usize, command: &mut Command) -> Option<()> {
    if reader.rest().starts_with("<(") || reader.rest().starts_with(">(") {
        reader.at += 2;
        return commands(reader, Some(')'), depth + 1, &mut command.inner);
    }
    let heredoc = reader.rest().starts_with("<<") && !reader.rest().starts_with("<<<");
    while reader
        .peek()
        .is_some_and(|c| matches!(c, '<' | '>' | '&' | '|' | '-'))
    {
        reader.next();
    }
    while reader.peek().is_some_and(|c| matches!(c, ' ' | '\t')) {
        reader.next();
    }
    let mut target = Vec::new();
    let mark = word(reader, depth, &mut target)?;
    command.inner.extend(target);
    if heredoc {
        let mark = mark.trim_matches(['"', '\'']);
        let rest = reader.rest();
        let body = rest
            .find('\n')
            .and_then(|line| Some((line, rest.get(line + 1..)?)));
        if let Some((line, body)) = body {
            let same_line = rest.get(..line).unwrap_or_default();
            let mut length = 0;
            for text in body.split_inclusive('\n') {
                length += text.len();
                if text.trim() == mark {
                    break;
                }
            }
            let mut tail = Reader {
                text: same_line,
                at: 0,
            };
            let mut more = Vec::new();
            commands(&mut tail, None, depth + 1, &mut more)?;
            command.inner.extend(more);
            reader.at += line + 1 + length;
        }
    }
    Some(())
}

/// One word as it is written; commands of substitutions in it go to `inner`.
fn word(reader: &mut Reader<'_>, depth: usize, inner: &mut Vec<Vec<String>>) -> Option<String> {
    let start = reader.at;
    while let Some(next) = reader.peek() {
        match next {
            ' ' | '\t' | '\r' | '\n' | ';' | '&' | '|' | '(' | ')' | '<' | '>' => break,
            '\\' => {
                reader.next();
                reader.next()?;
            }
            '\'' => {
                reader.next();
                while reader.next()? != '\'' {}
            }
            '"' => {
                reader.next();
                double_quoted(reader, depth, inner)?;
            }
            _ if substitution(reader, depth, inner)? => {}
            _ => drop(reader.next()),
        }
    }
    reader
        .text
        .get(start..reader.at)
        .map(|word| word.replace("\\\n", ""))
}

fn double_quoted(reader: &mut Reader<'_>, depth: usize, inner: &mut Vec<Vec<String>>) -> Option<()> {
    loop {
        match reader.peek()? {
            '"' => {
                reader.next();
                return Some(());
            }
            '\\' => {
                reader.next();
                reader.next()?;
            }
            _ if substitution(reader, depth, inner)? => {}
            _ => drop(reader.next()),
        }
    }
}

/// Reads `$(…)`, `` `…` ``, `$((…))` or `${…}` where one stands.
fn substitution(reader: &mut Reader<'_>, depth: usize, inner: &mut Vec<Vec<String>>) -> Option<bool> {
    if reader.skip("$((") {
        let length = reader.rest().find("))")?;
        reader.at += length + 2;
    } else if reader.skip("$(") {
        commands(reader, Some(')'), depth + 1, inner)?;
    } else if reader.skip("`") {
        let length = reader.rest().find('`')?;
        let mut within = Reader {
            text: reader.rest().get(..length)?,
            at: 0,
        };
        commands(&mut within, None, depth + 1, inner)?;
        reader.at += length + 1;
    } else if reader.skip("${") {
        let mut open = 1_usize;
        while open > 0 {
            match reader.next()? {
                '{' => open += 1,
                '}' => open -= 1,
                _ => {}
            }
        }
    } else {
        return Some(false);
    }
    Some(true)
}
