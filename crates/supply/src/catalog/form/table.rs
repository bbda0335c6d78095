//! TOML (<https://toml.io/en/v1.0.0>) with the places of its values. Nesting is bounded by the reader.

use crate::catalog::Unreadable;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A table and where it stands.
#[derive(Clone, Copy)]
pub(crate) struct Table<'t> {
    table: &'t DeTable<'t>,
    /// Its place; of a `[[table]]` the header.
    pub(crate) at: (usize, usize),
}

/// Reads a document and gives its table to `then`.
pub(crate) fn read(text: &str, what: &str, then: impl FnOnce(Table<'_>)) -> Result<(), Unreadable> {
    let document =
        DeTable::parse(text).map_err(|error| Unreadable(format!("it is no {what}: {}", error.message())))?;
    then(Table {
        table: document.get_ref(),
        at: (0, 0),
    });
    Ok(())
}

impl<'t> Table<'t> {
    /// A string.
    pub(crate) fn text(self, key: &str) -> Option<&'t str> {
        self.table.get(key).and_then(|value| as_text(value.get_ref()))
    }

    /// A string or a number, as it is written.
    pub(crate) fn word(self, key: &str) -> Option<&'t str> {
        match self.table.get(key)?.get_ref() {
            DeValue::String(text) => Some(text),
            DeValue::Integer(number) => Some(number.as_str()),
            DeValue::Float(number) => Some(number.as_str()),
            _ => None,
        }
    }

    /// Whether a key is true.
    pub(crate) fn is(self, key: &str) -> bool {
        matches!(
            self.table.get(key).map(Spanned::get_ref),
            Some(DeValue::Boolean(true))
        )
    }

    /// Whether a key is false.
    pub(crate) fn is_not(self, key: &str) -> bool {
        matches!(
            self.table.get(key).map(Spanned::get_ref),
            Some(DeValue::Boolean(false))
        )
    }

    /// Whether it has a key.
    pub(crate) fn has(self, key: &str) -> bool {
        self.table.contains_key(key)
    }

    /// A value as JSON; none where it is not there, or is or holds a fraction or a date.
    pub(crate) fn json(self, key: &str) -> Option<serde_json::Value> {
        as_json(self.table.get(key)?.get_ref())
    }

    /// A table within.
    pub(crate) fn table(self, key: &str) -> Option<Table<'t>> {
        self.table.get(key).and_then(as_table)
    }

    /// The tables of an array.
    pub(crate) fn tables(self, key: &str) -> impl Iterator<Item = Table<'t>> {
        self.array(key).filter_map(as_table)
    }

    /// The strings of an array.
    pub(crate) fn texts(self, key: &str) -> impl Iterator<Item = &'t str> {
        self.array(key).filter_map(|value| as_text(value.get_ref()))
    }

    /// The keys.
    pub(crate) fn keys(self) -> impl Iterator<Item = &'t str> {
        self.table.keys().map(|key| key.get_ref().as_ref())
    }

    /// Where a key stands; an empty range where it does not.
    pub(crate) fn key_place(self, key: &str) -> Range<usize> {
        self.table.get_key_value(key).map_or(0..0, |(key, _)| key.span())
    }

    /// The strings of an array, each with its place.
    pub(crate) fn placed_texts(self, key: &str) -> impl Iterator<Item = (&'t str, Range<usize>)> {
        self.array(key)
            .filter_map(|value| Some((as_text(value.get_ref())?, value.span())))
    }

    /// Where it stands.
    pub(crate) fn place(self) -> Range<usize> {
        self.at.0..self.at.1
    }

    fn array(self, key: &str) -> impl Iterator<Item = &'t Spanned<DeValue<'t>>> {
        let values = match self.table.get(key).map(Spanned::get_ref) {
            Some(DeValue::Array(values)) => Some(values),
            _ => None,
        };
        values.into_iter().flat_map(|values| values.iter())
    }
}

fn as_text<'t>(value: &'t DeValue<'t>) -> Option<&'t str> {
    match value {
        DeValue::String(text) => Some(text),
        _ => None,
    }
}

fn as_table<'t>(value: &'t Spanned<DeValue<'t>>) -> Option<Table<'t>> {
    match value.get_ref() {
        DeValue::Table(table) => Some(Table {
            table,
            at: (value.span().start, value.span().end),
        }),
        _ => None,
    }
}

fn as_json(value: &DeValue<'_>) -> Option<serde_json::Value> {
    Some(match value {
        DeValue::String(text) => text.as_ref().into(),
        DeValue::Boolean(flag) => (*flag).into(),
        DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix()).ok()?.into(),
        DeValue::Float(_) | DeValue::Datetime(_) => return None,
        DeValue::Array(items) => {
            let items = items.iter().map(|item| as_json(item.get_ref()));
            serde_json::Value::Array(items.collect::<Option<_>>()?)
        }
        DeValue::Table(table) => {
            let members = table
                .iter()
                .map(|(key, value)| Some((key.get_ref().to_string(), as_json(value.get_ref())?)));
            serde_json::Value::Object(members.collect::<Option<_>>()?)
        }
    })
}
