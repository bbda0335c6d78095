//! Rules that judge one object, and what they say of it.
//!
//! In: a [`Subject`]. Out: a [`Judged`]: what is broken, and what the text does not tell, with the reason.

use super::{Object, Pod};
use bartizan_document::{Node, Span};
use bartizan_engine::rule::{About, Severity};

/// One object, with the pod that it is or makes.
pub(crate) struct Subject<'o> {
    pub(crate) object: &'o Object,
    pub(crate) pod: Option<Pod<'o>>,
}

/// What breaks a rule.
#[derive(Debug, Clone, Default)]
pub(crate) struct Broken {
    /// What is wrong, said of the object: `says …`.
    pub(crate) what: String,
    /// What tells it from others of the same rule in the same object.
    pub(crate) key: String,
    /// How to mend it here; the rule's own way where it is empty.
    pub(crate) fix: String,
    /// Where it differs from the rule's.
    pub(crate) severity: Option<Severity>,
    /// Where it is written; at least one place.
    pub(crate) at: Vec<Span>,
}

/// What a rule says of an object.
#[derive(Debug, Default)]
pub(crate) struct Judged {
    pub(crate) broken: Vec<Broken>,
    /// What could not be decided: where, and why.
    pub(crate) undecided: Vec<(Span, String)>,
}

/// A rule that judges one object.
pub(crate) struct ObjectRule {
    pub(crate) about: &'static About,
    pub(crate) run: fn(&Subject<'_>, &mut Judged),
}

impl<'o> Subject<'o> {
    pub(crate) fn of(object: &'o Object) -> Self {
        Self {
            object,
            pod: Pod::of(object),
        }
    }

    /// Whether it is of a kind in an API group, in whatever version.
    pub(crate) fn is(&self, group: &str, kind: &str) -> bool {
        self.object.kind == kind && self.object.group() == group
    }

    /// The value at the end of a way of keys from the object; none where it is missing or null.
    pub(crate) fn at(&self, way: &[&str]) -> Option<&'o Node> {
        self.object.root.at(way).filter(|node| !node.is_null())
    }

    /// The text of an annotation, and where it is written.
    pub(crate) fn annotation(&self, key: &str) -> Option<(&'o str, Span)> {
        let node = self.at(&["metadata", "annotations"])?.get(key)?;
        Some((node.text()?, node.span))
    }
}

impl Judged {
    /// Something is wrong at a place; nothing else of the same rule is said of the object.
    pub(crate) fn one(&mut self, what: impl Into<String>, at: Span) {
        self.broken.push(Broken {
            what: what.into(),
            at: vec![at],
            ..Broken::default()
        });
    }

    /// Something is wrong, of another severity than the rule's.
    pub(crate) fn rated(&mut self, severity: Severity, what: impl Into<String>, at: Span) {
        self.keyed("", Some(severity), what, at);
    }

    /// One of several things that may be wrong with the same object.
    pub(crate) fn keyed(&mut self, key: &str, severity: Option<Severity>, what: impl Into<String>, at: Span) {
        self.broken.push(Broken {
            what: what.into(),
            key: key.to_owned(),
            severity,
            at: vec![at],
            ..Broken::default()
        });
    }

    pub(crate) fn undecided(&mut self, why: impl Into<String>, at: Span) {
        self.undecided.push((at, why.into()));
    }
}

/// What a scalar says, as text; none for lists, maps and null.
pub(crate) fn scalar(node: &Node) -> Option<String> {
    node.text()
        .map(str::to_owned)
        .or_else(|| node.bool().map(|value| value.to_string()))
        .or_else(|| node.int().map(|value| value.to_string()))
}

/// Whether a value is filled in later, by a template or a shell.
pub(crate) fn is_open(text: &str) -> bool {
    text.contains("{{") || text.contains('$')
}
