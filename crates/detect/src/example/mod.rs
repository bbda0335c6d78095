//! Events from small documents, so that an example says what happens and nothing else:
//!
//! ```yaml
//! call: openat
//! path: /etc/shadow
//! flags: O_RDONLY
//! result: 3
//! process: { name: cat, args: [/etc/shadow], exe: /usr/bin/cat, user: root, parents: [bash, sshd] }
//! container: { image: docker.io/library/nginx }
//! ```
//!
//! In: the [`Node`] of such a document. Out: the [`Event`] that the sensor would tell of it, with a default for whatever is not said. `process` and
//! each of its `parents` is a name, or a map with more. Errors are sentences about the key that is wrong.

mod action;
mod process;

use std::sync::Arc;

use bartizan_document::{Dialect, Limits, Node, Value, read};
use bartizan_model::runtime::{Certainty, Event};

use crate::calls;

/// When events of examples happen: nanoseconds since 1970, a noon in 2027
pub const NOW: u64 = 1_800_000_000_000_000_000;

/// What a document says, or what is wrong with it
type Told<T> = Result<T, String>;

/// Keys of an event
const KEYS: &[&str] = &[
    "call",
    "result",
    "path",
    "asked",
    "flags",
    "mode",
    "kind",
    "from",
    "to",
    "target",
    "source",
    "filesystem",
    "request",
    "command",
    "mtime",
    "name",
    "value",
    "signal",
    "reached",
    "to_user",
    "to_group",
    "effective",
    "family",
    "type",
    "local",
    "remote",
    "unix",
    "transport",
    "fd",
    "question",
    "process",
    "container",
    "ring",
    "number",
];

/// The document of a text.
///
/// # Errors
/// What keeps it from being read as YAML.
pub fn document(text: &str) -> Told<Node> {
    let stream = read(text, Dialect::Core, Limits::default());
    if let Some(error) = stream.errors.first() {
        return Err(error.message.to_string());
    }
    let first = stream.documents.into_iter().next();
    first
        .map(|document| document.root)
        .ok_or_else(|| "it is empty".to_owned())
}

/// The event of a document.
///
/// # Errors
/// A key that no event has, or a value that makes no sense for its key.
pub fn event(document: &Node) -> Told<Event<'_>> {
    let says = Says(document);
    says.has_only(KEYS)?;
    let name = says.text("call")?.ok_or("it has no `call`")?;
    let (call, _) = calls::all()
        .find(|(known, _)| *known == name)
        .ok_or_else(|| format!("there is no call `{name}`"))?;
    let result = says.number("result", if call.starts_with("open") { 3 } else { 0 })?;
    let container = document.get("container").map(process::container).transpose()?;
    Ok(Event {
        time: NOW,
        number: u64::try_from(says.number("number", 1)?).map_err(|error| error.to_string())?,
        cpu: 0,
        thread: process::PID,
        call,
        by_ring: says.flag("ring")?.unwrap_or(false),
        result,
        action: action::of(call, says, result)?,
        certainty: Certainty::Sure,
        process: process::of(document.get("process"), container.map(Arc::new).as_ref())?,
    })
}

/// Reads values of a map.
#[derive(Clone, Copy)]
struct Says<'n>(&'n Node);

impl<'n> Says<'n> {
    fn has_only(self, known: &[&str]) -> Told<()> {
        let other = self
            .0
            .entries()
            .iter()
            .find(|entry| !known.contains(&&*entry.key));
        other.map_or(Ok(()), |other| {
            Err(format!("`{}` is none of {}", other.key, known.join(", ")))
        })
    }

    fn read<T>(self, key: &str, wanted: &str, get: impl Fn(&'n Node) -> Option<T>) -> Told<Option<T>> {
        let Some(node) = self.0.get(key) else {
            return Ok(None);
        };
        get(node)
            .map(Some)
            .ok_or_else(|| format!("`{key}` is {}, and {wanted} is wanted", node.kind()))
    }

    fn text(self, key: &str) -> Told<Option<&'n str>> {
        self.read(key, "text", Node::text)
    }

    fn flag(self, key: &str) -> Told<Option<bool>> {
        self.read(key, "true or false", Node::bool)
    }

    fn number(self, key: &str, default: i64) -> Told<i64> {
        Ok(self.read(key, "a number", Node::int)?.unwrap_or(default))
    }

    fn small(self, key: &str, default: u32) -> Told<u32> {
        let number = self.number(key, default.into())?;
        u32::try_from(number).map_err(|_| format!("`{key}` is {number}, which is too small or too large"))
    }

    /// Bytes of a path; empty where it is not said
    fn path(self, key: &str) -> Told<&'n [u8]> {
        Ok(self.text(key)?.unwrap_or_default().as_bytes())
    }

    /// The texts of a list
    fn texts(self, key: &str) -> Told<Vec<&'n str>> {
        let texts = self.0.items_of(key).iter().map(Node::text);
        texts
            .collect::<Option<_>>()
            .ok_or_else(|| format!("`{key}` is a list of texts, in quotes where they look like numbers"))
    }

    /// Flags: a number, or names joined by `|`
    fn flags(self, key: &str, names: &[(&str, u64)]) -> Told<u64> {
        match self.0.get(key).map(|flags| &flags.value) {
            None => Ok(0),
            Some(Value::Int(value)) => u64::try_from(*value).map_err(|error| error.to_string()),
            Some(_) => self
                .text(key)?
                .unwrap_or_default()
                .split('|')
                .try_fold(0, |all, one| Ok(all | bit(one, names)?)),
        }
    }
}

fn bit(name: &str, names: &[(&str, u64)]) -> Told<u64> {
    let found = names.iter().find(|(known, _)| *known == name);
    found
        .map(|(_, bit)| *bit)
        .ok_or_else(|| format!("`{name}` is no flag that examples know"))
}
