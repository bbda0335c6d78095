//! Merges the items of files, in their order: a later definition takes the place of one before, or adds to it.

use std::collections::BTreeMap;
use std::sync::Arc;

use bartizan_document::{Node, Value as Yaml};
use bartizan_model::runtime::Priority;

use super::exceptions::Exception;
use super::file::{Item, Kind, items, scalar, wrong};
use super::place::{Located, Place, Source};
use crate::language::{self, Expression, Value};
use crate::problem::{Problem, Weight};

/// All that files define.
#[derive(Debug, Default)]
pub(crate) struct Definitions {
    /// In the order of their first definition
    pub(crate) rules: Vec<RawRule>,
    pub(crate) macros: BTreeMap<Box<str>, Macro>,
    pub(crate) lists: BTreeMap<Box<str>, List>,
    pub(crate) problems: Vec<Problem>,
}

/// A rule as it is written.
#[derive(Debug, Clone)]
pub(crate) struct RawRule {
    pub(crate) name: Box<str>,
    pub(crate) place: Place,
    pub(crate) condition: Located,
    pub(crate) output: Located,
    pub(crate) description: Box<str>,
    pub(crate) priority: Priority,
    pub(crate) tags: Vec<Box<str>>,
    pub(crate) source: Box<str>,
    pub(crate) enabled: bool,
    /// Where it uses a field that is unknown, it is left out with a note alone
    pub(crate) may_be_unknown: bool,
    /// Something about it is wrong, and was told
    pub(crate) broken: bool,
    exceptions: Vec<Exception>,
}

/// What a rule does not fire for.
pub(crate) struct Exclusion {
    pub(crate) condition: Expression,
    pub(crate) place: Located,
}

impl RawRule {
    /// What its exceptions say
    pub(crate) fn exclusions(&self) -> impl Iterator<Item = Exclusion> + '_ {
        self.exceptions.iter().filter_map(|exception| {
            Some(Exclusion {
                condition: exception.condition()?,
                place: Located::at("", exception.place.clone()),
            })
        })
    }
}

/// A macro.
#[derive(Debug, Clone)]
pub(crate) struct Macro {
    pub(crate) condition: Located,
    pub(crate) broken: bool,
}

/// A list.
#[derive(Debug, Clone)]
pub(crate) struct List {
    pub(crate) items: Vec<Value>,
    pub(crate) place: Place,
    pub(crate) broken: bool,
}

/// What happens with a key of an item whose name is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    Replace,
    Append,
}

/// Reads one item, whose keys were checked.
struct Reader<'a, 'b> {
    source: &'a Source<'b>,
    item: &'a Item<'a>,
    problems: &'a mut Vec<Problem>,
    broken: bool,
}

impl Definitions {
    /// Reads one file, after those that were read before.
    pub(crate) fn add(&mut self, name: &str, text: &str) {
        let source = Source::new(name, text);
        let mut problems = std::mem::take(&mut self.problems);
        items(&source, &mut problems, |item, problems| {
            let mut reader = Reader {
                source: &source,
                item: &item,
                problems,
                broken: item.broken,
            };
            match item.kind {
                Kind::Rule => self.rule(&mut reader),
                Kind::Macro => self.macro_of(&mut reader),
                Kind::List => self.list(&mut reader),
                Kind::EngineVersion | Kind::PluginVersions => reader.required(),
            }
        });
        self.problems = problems;
    }

    fn list(&mut self, reader: &mut Reader<'_, '_>) {
        let modes = reader.modes();
        let name = &reader.item.name;
        let before = self.lists.get(name);
        reader.must_be_known(&modes, before.is_some());
        let items = reader.list_items();
        let appended = modes.get("items") == Some(&Mode::Append);
        let mut list = List {
            items: Vec::new(),
            place: reader.item.place.clone(),
            broken: reader.broken,
        };
        if let Some(before) = before.filter(|_| appended) {
            list = before.clone();
            list.broken |= reader.broken;
        }
        list.items.extend(items);
        self.lists.insert(name.clone(), list);
    }

    fn macro_of(&mut self, reader: &mut Reader<'_, '_>) {
        let modes = reader.modes();
        let name = &reader.item.name;
        let before = self.macros.get(name);
        reader.must_be_known(&modes, before.is_some());
        let condition = reader.located("condition");
        let appended = modes.get("condition") == Some(&Mode::Append);
        let mut defined = Macro {
            condition: Located::default(),
            broken: reader.broken,
        };
        match (before.filter(|_| appended), condition) {
            (Some(before), Some(condition)) => {
                defined = before.clone();
                defined.broken |= reader.broken;
                defined.condition.append(&condition);
            }
            (None, Some(condition)) => defined.condition = condition,
            (_, None) => {
                reader.tell("a macro has no condition", "write `condition: …`");
                defined.broken = true;
            }
        }
        self.macros.insert(name.clone(), defined);
    }

    fn rule(&mut self, reader: &mut Reader<'_, '_>) {
        let modes = reader.modes();
        let node = reader.item.node;
        let before = self.rules.iter_mut().find(|rule| rule.name == reader.item.name);
        let only_enabled = node
            .entries()
            .iter()
            .all(|entry| matches!(&*entry.key, "rule" | "enabled"));
        let changes = !modes.is_empty() || (only_enabled && node.get("enabled").is_some());
        if changes {
            let Some(rule) = before else {
                reader.must_be_known(&modes, false);
                return;
            };
            reader.change(rule, &modes);
            rule.broken |= reader.broken;
            return;
        }
        let rule = reader.whole_rule();
        match before {
            Some(before) => *before = rule,
            None => self.rules.push(rule),
        }
    }
}

impl Reader<'_, '_> {
    fn tell(&mut self, message: impl Into<String>, help: impl Into<String>) {
        self.tell_at(self.item.place.clone(), message, help);
    }

    fn tell_at(&mut self, place: Place, message: impl Into<String>, help: impl Into<String>) {
        self.problems.push(wrong(place, &self.item.name, message, help));
        self.broken = true;
    }

    fn get(&self, key: &str) -> Option<&Node> {
        self.item.node.get(key)
    }

    fn text(&mut self, key: &str) -> Option<String> {
        let node = self.item.node.get(key)?;
        let text = scalar(self.source, node).map(ToOwned::to_owned);
        if text.is_none() {
            let (place, kind) = (self.source.place_of(node), node.kind());
            self.tell_at(
                place,
                format!("`{key}` is {kind} where a text is expected"),
                "write one text",
            );
        }
        text
    }

    fn located(&mut self, key: &str) -> Option<Located> {
        let text = self.text(key)?;
        let node = self.item.node.get(key)?;
        (!text.trim().is_empty()).then(|| Located::of(self.source, node, &text))
    }

    fn boolean(&mut self, key: &str) -> Option<bool> {
        let node = self.item.node.get(key)?;
        let value = match scalar(self.source, node) {
            Some("true" | "True" | "yes" | "on") => Some(true),
            Some("false" | "False" | "no" | "off") => Some(false),
            _ => None,
        };
        if value.is_none() {
            let place = self.source.place_of(node);
            self.tell_at(
                place,
                format!("`{key}` is neither true nor false"),
                "write `true` or `false`",
            );
        }
        value
    }

    /// What `append` and `override` say of each key. Empty where the item stands for itself.
    fn modes(&mut self) -> BTreeMap<Box<str>, Mode> {
        let mut modes = BTreeMap::new();
        if self.boolean("append") == Some(true) {
            if self.get("override").is_some() {
                self.tell(
                    "`append` and `override` exclude each other",
                    "write `override` alone",
                );
            }
            let keys: &[&str] = match self.item.kind {
                Kind::Rule => &["condition", "exceptions", "output", "desc", "tags"],
                Kind::Macro => &["condition"],
                _ => &["items"],
            };
            let given = keys.iter().filter(|key| self.get(key).is_some());
            modes.extend(given.map(|key| (Box::from(*key), Mode::Append)));
            if modes.is_empty() {
                self.tell(
                    "`append` adds nothing",
                    format!("write one of {}", keys.join(", ")),
                );
            }
        }
        let Some(overridden) = self.item.node.get("override") else {
            return modes;
        };
        for entry in overridden.entries() {
            let place = self.source.place(entry.key_span.start as usize);
            let mode = match scalar(self.source, &entry.value) {
                Some("replace") => Mode::Replace,
                Some("append") => Mode::Append,
                _ => {
                    self.tell_at(
                        place,
                        format!("`{}` is overridden in no known way", entry.key),
                        "write `append` or `replace`",
                    );
                    continue;
                }
            };
            let appendable = matches!(
                &*entry.key,
                "condition" | "output" | "desc" | "tags" | "exceptions" | "items"
            );
            let replaceable = appendable
                || matches!(
                    &*entry.key,
                    "priority"
                        | "enabled"
                        | "warn_evttypes"
                        | "skip-if-unknown-filter"
                        | "capture"
                        | "capture_duration"
                );
            if !self.item.kind.keys().contains(&&*entry.key)
                || !replaceable
                || (mode == Mode::Append && !appendable)
            {
                self.tell_at(
                    place,
                    format!("`{}` cannot be overridden so", entry.key),
                    "replace it, or leave it",
                );
            } else if self.get(&entry.key).is_none() {
                self.tell_at(
                    place,
                    format!("`{}` is overridden and not given", entry.key),
                    format!("write `{}: …`", entry.key),
                );
            } else {
                modes.insert(entry.key.clone(), mode);
            }
        }
        for entry in self.item.node.entries() {
            let named = matches!(&*entry.key, "rule" | "macro" | "list" | "override" | "append");
            if !named && overridden.get(&entry.key).is_none() {
                let place = self.source.place(entry.key_span.start as usize);
                self.tell_at(
                    place,
                    format!("`{}` is given and not overridden", entry.key),
                    format!(
                        "write `{}: replace` or `{}: append` below `override`",
                        entry.key, entry.key
                    ),
                );
            }
        }
        modes
    }

    /// Tells of an item that changes what is not there
    fn must_be_known(&mut self, modes: &BTreeMap<Box<str>, Mode>, known: bool) {
        if !known && (!modes.is_empty() || self.item.kind == Kind::Rule) {
            self.tell(
                "this changes a definition that no file before has",
                "read the file with the definition first, or write it in full",
            );
        }
    }

    fn list_items(&mut self) -> Vec<Value> {
        let Some(node) = self.item.node.get("items") else {
            self.tell("a list has no items", "write `items: […]`");
            return Vec::new();
        };
        if !matches!(node.value, Yaml::List(_)) {
            let place = self.source.place_of(node);
            self.tell_at(
                place,
                format!("`items` is {}", node.kind()),
                "write `items: [a, b]`",
            );
        }
        let mut values = Vec::new();
        for item in node.items() {
            match scalar(self.source, item).map(language::value) {
                Some(Ok(value)) => values.push(value),
                _ => {
                    let place = self.source.place_of(item);
                    self.tell_at(
                        place,
                        format!("an item of a list is {}", item.kind()),
                        "write a text",
                    );
                }
            }
        }
        values
    }

    fn tags(&mut self) -> Vec<Box<str>> {
        let Some(node) = self.item.node.get("tags") else {
            return Vec::new();
        };
        let tags = node.items().iter().filter_map(|tag| scalar(self.source, tag));
        tags.map(Into::into).collect()
    }

    fn priority(&mut self) -> Option<Priority> {
        let text = self.text("priority")?;
        let priority = Priority::named(text.trim());
        if priority.is_none() {
            let names: Vec<_> = Priority::ALL.iter().map(|one| one.name()).collect();
            self.tell(
                format!("there is no priority `{}`", text.trim()),
                format!("write one of {}", names.join(", ")),
            );
        }
        priority
    }

    fn exceptions(&mut self, before: &[Exception]) -> Vec<Exception> {
        let Some(node) = self.item.node.get("exceptions") else {
            return Vec::new();
        };
        let mut exceptions = Vec::new();
        for node in node.items() {
            let name = node.get("name").and_then(|name| scalar(self.source, name));
            let before = before.iter().find(|one| name == Some(&*one.name));
            if before.is_some() && (node.get("fields").is_some() || node.get("comps").is_some()) {
                let place = self.source.place_of(node);
                self.tell_at(
                    place,
                    "fields of an exception that is there cannot be changed",
                    "write its name and values alone",
                );
                continue;
            }
            match Exception::read(self.source, node, before) {
                Ok(exception) => exceptions.push(exception),
                Err((place, message, help)) => self.tell_at(place, message, help),
            }
        }
        exceptions
    }

    fn whole_rule(&mut self) -> RawRule {
        let mut missing = Vec::new();
        for key in ["condition", "output", "desc", "priority"] {
            if self.get(key).is_none() {
                missing.push(key);
            }
        }
        if !missing.is_empty() {
            self.tell(format!("a rule lacks {}", missing.join(", ")), "write them");
        }
        let source = self.text("source").unwrap_or_else(|| "syscall".to_owned());
        RawRule {
            name: self.item.name.clone(),
            place: self.item.place.clone(),
            condition: self.located("condition").unwrap_or_default(),
            output: self.located("output").unwrap_or_default(),
            description: self.text("desc").unwrap_or_default().into(),
            priority: self.priority().unwrap_or(Priority::Debug),
            tags: self.tags(),
            source: source.into(),
            enabled: self.boolean("enabled").unwrap_or(true),
            may_be_unknown: self.boolean("skip-if-unknown-filter").unwrap_or(false),
            exceptions: self.exceptions(&[]),
            broken: self.broken,
        }
    }

    fn change(&mut self, rule: &mut RawRule, modes: &BTreeMap<Box<str>, Mode>) {
        let appends = |key: &str| modes.get(key) == Some(&Mode::Append);
        for (key, to) in [("condition", &mut rule.condition), ("output", &mut rule.output)] {
            if let Some(text) = self.located(key) {
                if appends(key) {
                    to.append(&text);
                } else {
                    *to = text;
                }
            }
        }
        if let Some(text) = self.text("desc") {
            rule.description = if appends("desc") {
                format!("{} {text}", rule.description).into()
            } else {
                text.into()
            };
        }
        if self.get("tags").is_some() {
            if !appends("tags") {
                rule.tags.clear();
            }
            let tags = self.tags();
            rule.tags.extend(tags);
        }
        if self.get("exceptions").is_some() {
            if !appends("exceptions") {
                rule.exceptions.clear();
            }
            for exception in self.exceptions(&rule.exceptions) {
                match rule.exceptions.iter_mut().find(|one| one.name == exception.name) {
                    Some(before) => before.extend(exception),
                    None => rule.exceptions.push(exception),
                }
            }
        }
        rule.priority = self.priority().unwrap_or(rule.priority);
        rule.enabled = self.boolean("enabled").unwrap_or(rule.enabled);
        rule.may_be_unknown = self
            .boolean("skip-if-unknown-filter")
            .unwrap_or(rule.may_be_unknown);
    }

    /// What a file asks of the program that reads it
    fn required(&mut self) {
        let what = match self.item.kind {
            Kind::EngineVersion => format!(
                "the file is written for version {} of Falco's engine",
                self.item.name
            ),
            _ => {
                let listed = self.get("required_plugin_versions").map_or(&[][..], Node::items);
                let plugins = listed
                    .iter()
                    .filter_map(|node| scalar(self.source, node.get("name")?));
                format!(
                    "the file is written for plugins of Falco: {}",
                    plugins.collect::<Vec<_>>().join(", ")
                )
            }
        };
        self.problems.push(Problem {
            weight: Weight::Note,
            file: Arc::clone(&self.item.place.file).as_ref().into(),
            line: self.item.place.line,
            rule: "".into(),
            message: what.into(),
            help: "what it means here stands in docs/detection.md".into(),
        });
    }
}
