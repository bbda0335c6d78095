//! Reads one file into the items that it lists, each with its keys checked.

use bartizan_document::{Dialect, Limits, Node, Value, read};

use super::place::{Place, Source};
use crate::problem::{Problem, Weight};

/// Nodes of one file at most
const NODES: usize = 1_000_000;
/// Levels of nesting at most
const DEPTH: usize = 32;

/// What an item defines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Rule,
    Macro,
    List,
    EngineVersion,
    PluginVersions,
}

impl Kind {
    const ALL: [(&'static str, Self); 5] = [
        ("rule", Self::Rule),
        ("macro", Self::Macro),
        ("list", Self::List),
        ("required_engine_version", Self::EngineVersion),
        ("required_plugin_versions", Self::PluginVersions),
    ];

    /// Keys that an item may have beside the one that it is named by
    pub(super) const fn keys(self) -> &'static [&'static str] {
        match self {
            Self::Rule => &[
                "desc",
                "condition",
                "output",
                "priority",
                "source",
                "enabled",
                "tags",
                "exceptions",
                "append",
                "override",
                "warn_evttypes",
                "skip-if-unknown-filter",
                "capture",
                "capture_duration",
            ],
            Self::Macro => &["condition", "append", "override"],
            Self::List => &["items", "append", "override"],
            Self::EngineVersion | Self::PluginVersions => &[],
        }
    }
}

/// One item of a file.
pub(super) struct Item<'a> {
    pub(super) kind: Kind,
    pub(super) name: Box<str>,
    pub(super) place: Place,
    pub(super) node: &'a Node,
    /// Something about it is wrong, and was told
    pub(super) broken: bool,
}

/// Reads a file and gives each item that can be told to be one, in order.
pub(super) fn items(
    source: &Source<'_>,
    problems: &mut Vec<Problem>,
    mut each: impl FnMut(Item<'_>, &mut Vec<Problem>),
) {
    let limits = Limits {
        nodes: NODES,
        depth: DEPTH,
    };
    let stream = read(source.text, Dialect::Core, limits);
    for error in &stream.errors {
        problems.push(wrong(
            source.place(error.at.start as usize),
            "",
            format!("the file cannot be read as YAML from here on: {}", error.message),
            "nothing of this document runs; mend it, or leave the file out",
        ));
    }
    for document in &stream.documents {
        let listed = match &document.root.value {
            Value::Null => &[],
            Value::List(items) => items.as_slice(),
            _ => {
                problems.push(wrong(
                    source.place_of(&document.root),
                    "",
                    format!("a file of rules is a list, and this is {}", document.root.kind()),
                    "begin each rule, macro and list with `- `",
                ));
                &[]
            }
        };
        for node in listed {
            let Some(mut item) = item(source, node, problems) else {
                continue;
            };
            for twice in &document.duplicates {
                if node.span.range().contains(&(twice.at.start as usize)) {
                    item.broken = true;
                    problems.push(wrong(
                        source.place(twice.at.start as usize),
                        &item.name,
                        twice.message.clone(),
                        "write each key once",
                    ));
                }
            }
            each(item, problems);
        }
    }
}

fn item<'a>(source: &Source<'_>, node: &'a Node, problems: &mut Vec<Problem>) -> Option<Item<'a>> {
    let place = source.place_of(node);
    let found = Kind::ALL
        .into_iter()
        .find_map(|(key, kind)| Some((key, kind, node.get(key)?)));
    let Some((key, kind, named)) = found else {
        let keys: Vec<_> = node.entries().iter().map(|entry| &*entry.key).collect();
        problems.push(wrong(
            place,
            "",
            format!("this defines nothing that is known: {}", keys.join(", ")),
            "begin with `rule`, `macro`, `list`, `required_engine_version` or `required_plugin_versions`",
        ));
        return None;
    };
    let name: Box<str> = scalar(source, named).unwrap_or_default().into();
    let mut broken = false;
    let mut tell = |place, message: String, help: String| {
        problems.push(wrong(place, &name, message, help));
        broken = true;
    };
    if name.is_empty() && kind != Kind::PluginVersions {
        tell(
            place.clone(),
            format!("`{key}` has no name"),
            format!("write `{key}: name`"),
        );
    }
    for entry in node.entries() {
        if &*entry.key != key && !kind.keys().contains(&&*entry.key) {
            tell(
                source.place(entry.key_span.start as usize),
                format!("`{}` is no key of a {key}", entry.key),
                format!("write one of {}", kind.keys().join(", ")),
            );
        }
    }
    Some(Item {
        kind,
        name,
        place,
        node,
        broken,
    })
}

/// The text of a scalar, as it is written where it is no text in quotes: `010` stays `010`. None for lists and maps.
pub(super) fn scalar<'a>(source: &Source<'a>, node: &'a Node) -> Option<&'a str> {
    match &node.value {
        Value::Text(text) => Some(text),
        Value::List(_) | Value::Map(_) => None,
        _ => Some(source.text.get(node.span.range()).unwrap_or_default().trim()),
    }
}

/// A problem that keeps a rule from running.
pub(super) fn wrong(
    place: Place,
    rule: &str,
    message: impl Into<String>,
    help: impl Into<String>,
) -> Problem {
    Problem {
        weight: Weight::Error,
        file: (*place.file).into(),
        line: place.line,
        rule: rule.into(),
        message: message.into().into(),
        help: help.into().into(),
    }
}
