//! The line that a rule writes for an event, and the fields that it names.

use std::collections::BTreeMap;

use crate::compile::{FieldRef, Subject, subject_of};
use crate::evaluate::Scratch;
use crate::fields::{Read, View};
use crate::language;
use crate::show::harmless;

/// A line with places for fields.
#[derive(Debug, Clone, Default)]
pub(crate) struct Format {
    parts: Vec<Part>,
}

#[derive(Debug, Clone)]
enum Part {
    Text(Box<str>),
    Field { name: Box<str>, subject: Subject },
}

/// What of a line cannot be read: an offset, a message and what to write instead.
pub(crate) type Mistake = (usize, String, String);

impl Format {
    /// Reads a line: `%` and a field, or a transformer of one. A `*` at its beginning says that it is written whether or not fields have answers,
    /// which it is anyway.
    pub(crate) fn new(text: &str) -> Result<Self, Mistake> {
        let mut parts = Vec::new();
        let mut literal = String::new();
        let trimmed = text.trim();
        let mut rest = trimmed.strip_prefix('*').unwrap_or(trimmed);
        while let Some((before, after)) = rest.split_once('%') {
            literal.push_str(before);
            let begins = after.starts_with(|one: char| one.is_ascii_alphabetic());
            if !begins {
                literal.push('%');
                rest = after.strip_prefix('%').unwrap_or(after);
                continue;
            }
            let offset = text.len().saturating_sub(after.len());
            let (operand, length) = language::operand(after).map_err(|mistake| {
                let help = "write a field such as `%proc.name`, or `%%` for a percent sign".to_owned();
                (offset, mistake.message, help)
            })?;
            let subject = subject_of(&operand).map_err(|(message, help, _)| (offset, message, help))?;
            if !literal.is_empty() {
                parts.push(Part::Text(std::mem::take(&mut literal).into()));
            }
            let (name, follows) = after.split_at_checked(length).unwrap_or((after, ""));
            parts.push(Part::Field {
                name: name.into(),
                subject,
            });
            rest = follows;
        }
        literal.push_str(rest);
        if !literal.is_empty() {
            parts.push(Part::Text(literal.into()));
        }
        Ok(Self { parts })
    }

    /// All fields that the line names
    pub(crate) fn fields(&self, each: &mut dyn FnMut(FieldRef)) {
        for part in &self.parts {
            if let Part::Field { subject, .. } = part {
                subject.fields(each);
            }
        }
    }

    /// The line for an event, and what its fields are, by their names
    pub(crate) fn write(
        &self,
        view: &View<'_>,
        scratch: &Scratch,
    ) -> (String, BTreeMap<String, serde_json::Value>) {
        let mut line = String::new();
        let mut fields = BTreeMap::new();
        for part in &self.parts {
            match part {
                Part::Text(text) => line.push_str(&harmless(text.as_bytes())),
                Part::Field { name, subject } => {
                    let texts = answers(subject, view, scratch);
                    let text = texts.join(",");
                    line.push_str(if texts.is_empty() { "<NA>" } else { &text });
                    fields.insert(name.to_string(), value(subject, texts));
                }
            }
        }
        (line, fields)
    }
}

fn answers(subject: &Subject, view: &View<'_>, scratch: &Scratch) -> Vec<String> {
    let mut texts = Vec::new();
    scratch.texts(subject, view, &mut |text| {
        texts.push(harmless(text));
        false
    });
    texts
}

/// Numbers and truth as such, several texts as a list, none as null
fn value(subject: &Subject, mut texts: Vec<String>) -> serde_json::Value {
    use serde_json::Value;
    let read = match subject {
        Subject::Field(field, _) => Some(field.0.read),
        _ => None,
    };
    match (read, texts.len()) {
        (_, 0) => Value::Null,
        (Some(Read::Number(_)), 1) => texts
            .pop()
            .and_then(|text| text.parse::<i64>().ok())
            .map_or(Value::Null, Value::from),
        (Some(Read::Boolean(_)), 1) => Value::Bool(texts.first().is_some_and(|text| text == "true")),
        (_, 1) => texts.pop().map_or(Value::Null, Value::String),
        _ => texts.into(),
    }
}
