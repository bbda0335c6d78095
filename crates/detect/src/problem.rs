//! What is said of rules that do not run as they are written.

use std::fmt;

use bartizan_model::text::line;

/// Whether a rule runs all the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// It runs; something about it is worth knowing
    Note,
    /// It does not run
    Error,
}

/// Something about a rule file, with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Whether the rule runs all the same
    pub weight: Weight,
    /// The file, as its reader was told its name
    pub file: Box<str>,
    /// The line, from 1
    pub line: u32,
    /// The rule that it is about; empty where it is about none, or about all
    pub rule: Box<str>,
    /// What it is, as a sentence without a full stop
    pub message: Box<str>,
    /// What to write instead; empty where that is plain
    pub help: Box<str>,
}

/// In one line, whatever stood in the file.
impl fmt::Display for Problem {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "{}:{}: ", line(&self.file), self.line)?;
        if !self.rule.is_empty() {
            let runs = match self.weight {
                Weight::Error => "does not run",
                Weight::Note => "runs, but",
            };
            write!(to, "rule `{}` {runs}: ", line(&self.rule))?;
        }
        to.write_str(&line(&self.message))?;
        if !self.help.is_empty() {
            write!(to, "; {}", line(&self.help))?;
        }
        Ok(())
    }
}
