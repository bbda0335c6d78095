//! Fields: what rules may ask an event for, one table of names, what each takes, which calls answer it and what it reads of an event.
//!
//! In: events. Out: values, or none where an event has no answer. Names and meanings are those of <https://falco.org/docs/reference/rules/supported-fields/>.

mod argument;
mod container;
mod descriptor;
mod event;
mod names;
mod process;
mod signal;
mod unanswered;

use std::collections::HashMap;
use std::net::IpAddr;

use bartizan_model::runtime::{Event, Process};

use crate::calls::{Kind, Kinds};

pub(crate) use descriptor::base;
pub(crate) use event::{reads, result as outcome, writes};
pub(crate) use process::DIGEST;

/// Names that addresses are known by.
pub(crate) type HostNames = HashMap<IpAddr, Vec<Box<str>>>;

/// What fields are asked of.
#[derive(Clone, Copy)]
pub(crate) struct View<'e> {
    pub(crate) event: &'e Event<'e>,
    pub(crate) names: &'e HostNames,
}

impl<'e> View<'e> {
    fn process(&self) -> &'e Process {
        &self.event.process
    }

    /// The process so many steps up; 0 is the one that asks
    fn ancestor(&self, steps: usize) -> Option<&'e Process> {
        match steps.checked_sub(1) {
            None => Some(self.process()),
            Some(above) => self.process().ancestors().nth(above),
        }
    }
}

/// What stands in the brackets of a field.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub(crate) enum Argument {
    #[default]
    None,
    Index(usize),
    Key(Box<str>),
}

impl Argument {
    fn index(&self) -> usize {
        match self {
            Self::Index(index) => *index,
            _ => 0,
        }
    }

    fn key(&self) -> &str {
        match self {
            Self::Key(key) => key,
            _ => "",
        }
    }
}

/// Which arguments a field takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Takes {
    Nothing,
    /// A number, which may be left out where the field then stands for all
    Index {
        required: bool,
    },
    /// A number or a name, which may be left out where the field then stands for the whole
    Key {
        required: bool,
    },
}

/// Hands over one text after the other until one is enough.
pub(crate) type Each<'f, 'e> = &'f mut dyn FnMut(&'e [u8]) -> bool;

/// What a field reads of an event. The kind decides how values are compared.
#[derive(Clone, Copy)]
pub(crate) enum Read {
    /// A text that the event holds
    Text(for<'e> fn(&View<'e>, &Argument) -> Option<&'e [u8]>),
    /// A text that is put together; false where there is none
    Built(fn(&View<'_>, &Argument, &mut Vec<u8>) -> bool),
    /// Several texts; whether one was enough
    Many(for<'e> fn(&View<'e>, &Argument, Each<'_, 'e>) -> bool),
    /// A number
    Number(fn(&View<'_>, &Argument) -> Option<i64>),
    /// Two numbers, of which either may be meant
    Numbers(fn(&View<'_>) -> [Option<i64>; 2]),
    /// Yes or no
    Boolean(fn(&View<'_>) -> Option<bool>),
    /// Addresses, of which either may be meant
    Address(fn(&View<'_>) -> [Option<IpAddr>; 2]),
    /// Addresses, compared with networks
    Network(fn(&View<'_>) -> [Option<IpAddr>; 2]),
    /// Nothing of an event answers it, and why
    Never(&'static str),
}

/// A field.
pub(crate) struct Field {
    pub(crate) name: &'static str,
    pub(crate) takes: Takes,
    /// Which calls may answer it
    pub(crate) on: Kinds,
    pub(crate) read: Read,
}

/// A field without an argument that any call may answer.
const fn field(name: &'static str, read: Read) -> Field {
    Field {
        name,
        takes: Takes::Nothing,
        on: Kinds::ALL,
        read,
    }
}

impl Field {
    const fn on(mut self, kinds: Kinds) -> Self {
        self.on = kinds;
        self
    }

    const fn takes(mut self, takes: Takes) -> Self {
        self.takes = takes;
        self
    }

    /// Whether a call of this kind may answer it
    pub(crate) const fn may_answer(&self, kind: Kind) -> bool {
        self.on.has(kind) && !matches!(self.read, Read::Never(_))
    }
}

/// All fields.
pub(crate) fn all() -> impl Iterator<Item = &'static Field> {
    let tables = [
        event::FIELDS,
        argument::FIELDS,
        process::FIELDS,
        descriptor::FIELDS,
        signal::FIELDS,
        container::FIELDS,
        unanswered::FIELDS,
    ];
    tables.into_iter().flatten()
}

/// The field of a name.
pub(crate) fn named(name: &str) -> Option<&'static Field> {
    all().find(|field| field.name == name)
}

fn number(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

/// An empty text of a process or container means that it is not known.
fn known(text: &[u8]) -> Option<&[u8]> {
    (!text.is_empty()).then_some(text)
}

fn put(text: &[u8], to: &mut Vec<u8>) -> bool {
    to.extend_from_slice(text);
    true
}

fn put_number(value: impl std::fmt::Display, to: &mut Vec<u8>) -> bool {
    use std::io::Write;
    write!(to, "{value}").is_ok()
}
