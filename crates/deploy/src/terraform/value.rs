//! Values of Terraform, of which parts may be unknown.

use bartizan_document::Span;
use std::collections::BTreeMap;
use std::rc::Rc;

/// Stands in a text for a part that is not known.
pub(crate) const HOLE: char = '\u{FFFC}';

/// A place in one of the files of a configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Which of the files.
    pub file: usize,
    /// Where in it.
    pub span: Span,
}

/// Why something is not known.
#[derive(Debug, Clone, PartialEq)]
pub struct Reason {
    /// As a part of a sentence: "`var.x` has no value".
    pub text: Rc<str>,
    /// Whether Terraform itself would refuse it, which is what `try` and `can` ask.
    pub refused: bool,
}

/// A value.
#[derive(Debug, Clone, PartialEq)]
pub enum Val {
    /// Nothing, or what was left out.
    Null,
    /// True or false.
    Bool(bool),
    /// A number.
    Number(f64),
    /// Text.
    Text(String),
    /// Text with [`HOLE`]s where it is not known.
    Partial(String, Reason),
    /// Values in order.
    List(Vec<Val>),
    /// Values by name.
    Map(Map),
    /// Not known.
    Unknown(Reason),
}

/// Values by name; those of a block know where they are written.
#[derive(Debug, Clone, Default)]
pub struct Map {
    /// The values.
    pub entries: BTreeMap<String, Val>,
    /// Where they are written.
    pub places: Option<Rc<Places>>,
}

/// Where a block and what is in it are written.
#[derive(Debug, Clone)]
pub struct Places {
    /// Its head.
    pub at: Place,
    /// Its attributes.
    pub attributes: BTreeMap<String, Place>,
}

impl PartialEq for Map {
    fn eq(&self, other: &Self) -> bool {
        self.entries == other.entries
    }
}

impl Val {
    /// Not known, for a reason that lies outside of what was read.
    pub(crate) fn unknown(text: impl AsRef<str>) -> Self {
        Self::Unknown(Reason {
            text: text.as_ref().into(),
            refused: false,
        })
    }

    /// Not known, because Terraform would refuse it.
    pub(crate) fn refused(text: impl AsRef<str>) -> Self {
        Self::Unknown(Reason {
            text: text.as_ref().into(),
            refused: true,
        })
    }

    /// Text.
    pub(crate) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// Values by name.
    pub(crate) fn map(entries: impl IntoIterator<Item = (String, Self)>) -> Self {
        Self::Map(Map {
            entries: entries.into_iter().collect(),
            places: None,
        })
    }

    /// Its text, where it is wholly known text.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The first reason for which a part of it is not known.
    pub(crate) fn doubt(&self) -> Option<&Reason> {
        match self {
            Self::Unknown(reason) | Self::Partial(_, reason) => Some(reason),
            Self::List(items) => items.iter().find_map(Self::doubt),
            Self::Map(map) => map.entries.values().find_map(Self::doubt),
            _ => None,
        }
    }

    /// Whether Terraform would refuse it or a part of it.
    pub(crate) fn is_refused(&self) -> bool {
        match self {
            Self::Unknown(reason) | Self::Partial(_, reason) => reason.refused,
            Self::List(items) => items.iter().any(Self::is_refused),
            Self::Map(map) => map.entries.values().any(Self::is_refused),
            _ => false,
        }
    }

    /// How many values it is made of; long texts count for more.
    pub(crate) fn size(&self) -> usize {
        match self {
            Self::Text(text) | Self::Partial(text, _) => 1 + text.len() / 64,
            Self::List(items) => 1 + items.iter().map(Self::size).sum::<usize>(),
            Self::Map(map) => 1 + map.entries.values().map(Self::size).sum::<usize>(),
            _ => 1,
        }
    }

    /// It as text, as a template writes it; none where templates take no such value.
    pub(crate) fn written(&self) -> Option<String> {
        match self {
            Self::Text(text) | Self::Partial(text, _) => Some(text.clone()),
            Self::Bool(value) => Some(value.to_string()),
            Self::Number(number) => Some(number.to_string()),
            Self::Unknown(_) => Some(HOLE.to_string()),
            _ => None,
        }
    }

    /// From JSON; text with holes is not known.
    pub(crate) fn from_json(json: &serde_json::Value, why: &Reason) -> Self {
        use serde_json::Value as Json;
        match json {
            Json::Null => Self::Null,
            Json::Bool(value) => Self::Bool(*value),
            Json::Number(number) => Self::Number(number.as_f64().unwrap_or(f64::NAN)),
            Json::String(text) if text.chars().eq([HOLE]) => Self::Unknown(why.clone()),
            Json::String(text) if text.contains(HOLE) => Self::Partial(text.clone(), why.clone()),
            Json::String(text) => Self::Text(text.clone()),
            Json::Array(items) => Self::List(items.iter().map(|item| Self::from_json(item, why)).collect()),
            Json::Object(map) => Self::map(
                map.iter()
                    .map(|(key, item)| (key.clone(), Self::from_json(item, why))),
            ),
        }
    }

    /// To JSON, with holes where it is not known.
    pub(crate) fn to_json(&self) -> serde_json::Value {
        use serde_json::Value as Json;
        match self {
            Self::Null => Json::Null,
            Self::Bool(value) => Json::Bool(*value),
            Self::Number(number) if number.fract() == 0.0 && number.abs() < 9e15 => {
                number.to_string().parse::<i64>().map_or(Json::Null, Json::from)
            }
            Self::Number(number) => Json::from(*number),
            Self::Text(text) | Self::Partial(text, _) => Json::from(text.as_str()),
            Self::Unknown(_) => Json::from(HOLE.to_string()),
            Self::List(items) => items.iter().map(Self::to_json).collect(),
            Self::Map(map) => Json::Object(
                map.entries
                    .iter()
                    .map(|(key, value)| (key.clone(), value.to_json()))
                    .collect(),
            ),
        }
    }
}

/// Whether two values are the same. `loose` takes `"true"` for true and `"7"` for 7, as a provider's schema would convert them.
pub(crate) fn equal(one: &Val, other: &Val, loose: bool) -> Val {
    match (one, other) {
        (Val::Unknown(reason), _) | (_, Val::Unknown(reason)) => Val::Unknown(reason.clone()),
        (Val::Partial(text, reason), Val::Text(known)) | (Val::Text(known), Val::Partial(text, reason)) => {
            let head = text.split(HOLE).next().unwrap_or_default();
            let tail = text.rsplit(HOLE).next().unwrap_or_default();
            if known.starts_with(head) && known.ends_with(tail) {
                Val::Unknown(reason.clone())
            } else {
                Val::Bool(false)
            }
        }
        (Val::Partial(_, reason), Val::Partial(..)) => Val::Unknown(reason.clone()),
        (Val::List(a), Val::List(b)) => {
            if a.len() != b.len() {
                return Val::Bool(false);
            }
            every(a.iter().zip(b).map(|(a, b)| equal(a, b, loose)))
        }
        (Val::Map(a), Val::Map(b)) => {
            if !a.entries.keys().eq(b.entries.keys()) {
                return Val::Bool(false);
            }
            every(
                a.entries
                    .values()
                    .zip(b.entries.values())
                    .map(|(a, b)| equal(a, b, loose)),
            )
        }
        (Val::Bool(value), Val::Text(text)) | (Val::Text(text), Val::Bool(value)) if loose => {
            Val::Bool(*text == value.to_string())
        }
        (Val::Number(number), Val::Text(text)) | (Val::Text(text), Val::Number(number)) if loose => {
            Val::Bool(text.parse() == Ok(*number))
        }
        _ => Val::Bool(one == other),
    }
}

/// True where all are; false where one is; else not known.
pub(crate) fn every(values: impl Iterator<Item = Val>) -> Val {
    let mut doubt = None;
    for value in values {
        match value {
            Val::Bool(true) => {}
            Val::Unknown(reason) => doubt = doubt.or(Some(reason)),
            _ => return Val::Bool(false),
        }
    }
    doubt.map_or(Val::Bool(true), Val::Unknown)
}

/// True where one is; false where none is; else not known.
pub(crate) fn some(values: impl Iterator<Item = Val>) -> Val {
    let mut doubt = None;
    for value in values {
        match value {
            Val::Bool(true) => return value,
            Val::Unknown(reason) => doubt = doubt.or(Some(reason)),
            _ => {}
        }
    }
    doubt.map_or(Val::Bool(false), Val::Unknown)
}
