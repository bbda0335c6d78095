//! Values of a file of policies by their keys, with a problem for each that is not what it should be.

use bartizan_document::{Node, Value};

use crate::falco::place::Source;
use crate::problem::{Problem, Weight};

/// A file that is read.
pub(super) struct Reader<'a> {
    source: Source<'a>,
    problems: Vec<Problem>,
}

/// A text as it may stand in a message
pub(super) fn shown(text: &str) -> String {
    bartizan_model::text::visible(text.as_bytes())
}

impl<'a> Reader<'a> {
    pub(super) fn new(name: &str, text: &'a str) -> Self {
        Self {
            source: Source::new(name, text),
            problems: Vec::new(),
        }
    }

    /// What was wrong
    pub(super) fn finish(mut self) -> Result<(), Vec<Problem>> {
        if self.problems.is_empty() {
            return Ok(());
        }
        self.problems.sort_by_key(|problem| problem.line);
        Err(self.problems)
    }

    pub(super) fn wrong(&mut self, node: &Node, message: String, help: impl Into<Box<str>>) {
        self.wrong_at(node.span.start as usize, message, help);
    }

    pub(super) fn wrong_at(&mut self, offset: usize, message: String, help: impl Into<Box<str>>) {
        let place = self.source.place(offset);
        self.problems.push(Problem {
            weight: Weight::Error,
            file: (*place.file).into(),
            line: place.line,
            rule: Box::default(),
            message: message.into(),
            help: help.into(),
        });
    }

    /// Holds a map against the keys that it may have.
    pub(super) fn keys(&mut self, node: &Node, what: &str, known: &[&str]) {
        self.map(node, what);
        for entry in node.entries() {
            if known.contains(&&*entry.key) {
                continue;
            }
            let near = known
                .iter()
                .min_by_key(|one| strsim::damerau_levenshtein(one, &entry.key))
                .filter(|one| strsim::damerau_levenshtein(one, &entry.key) <= 2);
            let help = match near {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("write one of {}", known.join(", ")),
            };
            self.wrong_at(
                entry.key_span.start as usize,
                format!("`{}` is no key of {what}", shown(&entry.key)),
                help,
            );
        }
    }

    pub(super) fn map(&mut self, node: &Node, what: &str) {
        if !matches!(node.value, Value::Map(_)) {
            self.wrong(
                node,
                format!("{what} has keys, and this is {}", node.kind()),
                "write `key: value` below it",
            );
        }
    }

    /// Items of a list; none where the key is not there
    pub(super) fn list<'n>(&mut self, node: &'n Node, key: &str) -> &'n [Node] {
        let Some(found) = node.get(key) else { return &[] };
        if !matches!(found.value, Value::List(_)) {
            self.wrong(
                found,
                format!("`{key}` is a list, and this is {}", found.kind()),
                format!("write `{key}: [ … ]`, or begin each line below it with `- `"),
            );
        }
        found.items()
    }

    pub(super) fn text(&mut self, node: &Node, key: &str) -> Option<Box<str>> {
        let found = node.get(key)?;
        match found.text() {
            Some(text) if !text.is_empty() => Some(text.into()),
            _ => {
                self.wrong(
                    found,
                    format!("`{key}` is text, and this is {}", empty_or(found)),
                    "put it in quotes",
                );
                None
            }
        }
    }

    /// A rule that is there or not
    pub(super) fn flag(&mut self, node: &Node, key: &str) -> bool {
        let Some(found) = node.get(key) else { return false };
        found.bool().unwrap_or_else(|| {
            self.wrong(
                found,
                format!("`{key}` is true or false, and this is {}", found.kind()),
                format!("write `{key}: true`, or leave it out"),
            );
            false
        })
    }

    /// One of some words; the first type's default where the key is not there
    pub(super) fn one_of<T: Copy + Default>(&mut self, node: &Node, key: &str, words: &[(&str, T)]) -> T {
        let Some(found) = node.get(key) else {
            return T::default();
        };
        let value = words
            .iter()
            .find_map(|(word, value)| (found.text() == Some(word)).then_some(*value));
        value.unwrap_or_else(|| {
            let names: Vec<_> = words.iter().map(|(word, _)| *word).collect();
            self.wrong(
                found,
                format!("`{key}` is none of {}", names.join(", ")),
                format!(
                    "write one of these; without it, it is {}",
                    names.first().unwrap_or(&"")
                ),
            );
            T::default()
        })
    }
}

fn empty_or(node: &Node) -> &'static str {
    if node.text().is_some() {
        "empty"
    } else {
        node.kind()
    }
}
