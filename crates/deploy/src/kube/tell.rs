//! From what rules say of an object to findings.

use super::checks::undecided_object::UndecidedObject;
use super::rule::Judged;
use crate::Options;
use crate::check::first_advice;
use bartizan_document::Span;
use bartizan_engine::Sink;
use bartizan_engine::rule::{About, Found, Lines, Report};
use std::collections::BTreeMap;

/// Most reasons that are named of what is undecided in one object.
const MOST_REASONS: usize = 4;

/// Reports what rules say of one object.
pub(crate) struct Teller<'a> {
    options: &'a Options,
    lines: &'a Lines<'a>,
    out: &'a mut Sink,
    title: String,
    doubts: BTreeMap<String, Span>,
}

impl<'a> Teller<'a> {
    pub(crate) fn new(options: &'a Options, lines: &'a Lines<'a>, out: &'a mut Sink, title: String) -> Self {
        Self {
            options,
            lines,
            out,
            title,
            doubts: BTreeMap::new(),
        }
    }

    pub(crate) fn tell(&mut self, about: &'static About, judged: Judged) {
        if judged.broken.is_empty() && judged.undecided.is_empty() {
            return;
        }
        let enabled = self.options.enabled.has(about.id);
        let mut report = Report::new(about, self.lines, self.out, enabled);
        for broken in judged.broken {
            let places: Vec<_> = broken.at.iter().map(|at| at.range()).collect();
            let found = Found {
                message: format!("{} {}", self.title, broken.what).replace('\n', " "),
                key: format!("{} {}", self.title, broken.key).trim_end().to_owned(),
                fix: if broken.fix.is_empty() {
                    first_advice(about)
                } else {
                    broken.fix
                },
                severity: broken.severity,
                ..Found::default()
            };
            report.findings(found, &places);
        }
        if enabled {
            for (at, why) in judged.undecided {
                self.doubts.entry(why).or_insert(at);
            }
        }
    }

    /// Says what was left undecided, once for the object.
    pub(crate) fn finish(self) {
        let Some(first) = self.doubts.values().min() else {
            return;
        };
        let about = &UndecidedObject::ABOUT;
        let reasons: Vec<&str> = self.doubts.keys().map(String::as_str).collect();
        let more = reasons.len().saturating_sub(MOST_REASONS);
        let mut shown = reasons
            .iter()
            .take(MOST_REASONS)
            .copied()
            .collect::<Vec<_>>()
            .join("; ");
        if more > 0 {
            shown = format!("{shown}; and {more} more");
        }
        let found = Found {
            message: format!("{} is not judged in everything: {shown}", self.title).replace('\n', " "),
            key: self.title.clone(),
            fix: first_advice(about),
            ..Found::default()
        };
        let enabled = self.options.enabled.has(about.id);
        Report::new(about, self.lines, self.out, enabled).finding(found, &first.range());
    }
}
