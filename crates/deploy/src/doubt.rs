//! What rules could not decide in a file: said once a file, with the reasons.

use bartizan_engine::Sink;
use bartizan_engine::rule::{About, Found, Lines, Report};
use std::collections::BTreeMap;
use std::ops::Range;

/// Most reasons that one finding names.
const MOST_REASONS: usize = 5;

/// Something that could not be decided.
#[derive(Debug, Clone)]
pub(crate) struct Doubt {
    /// Why, in words that say of what.
    pub(crate) reason: String,
    /// Where.
    pub(crate) at: Range<usize>,
}

impl Doubt {
    pub(crate) fn new(reason: impl Into<String>, at: &Range<usize>) -> Self {
        Self {
            reason: reason.into(),
            at: at.clone(),
        }
    }
}

/// Says what could not be decided, if anything.
pub(crate) fn tell(
    about: &'static About,
    doubts: &[Doubt],
    lines: &Lines<'_>,
    enabled: bool,
    out: &mut Sink,
) {
    let mut reasons: BTreeMap<&str, &Range<usize>> = BTreeMap::new();
    for doubt in doubts {
        reasons.entry(&doubt.reason).or_insert(&doubt.at);
    }
    let mut shown: Vec<(&str, &Range<usize>)> = reasons.into_iter().collect();
    shown.sort_by_key(|(reason, at)| (at.start, *reason));
    if shown.is_empty() {
        return;
    }
    let more = shown.len().saturating_sub(MOST_REASONS);
    let texts: Vec<&str> = shown
        .iter()
        .take(MOST_REASONS)
        .map(|(reason, _)| *reason)
        .collect();
    let mut message = texts.join("; ");
    if more > 0 {
        message = format!("{message}; and {more} more");
    }
    let places: Vec<Range<usize>> = shown.iter().map(|(_, at)| (*at).clone()).collect();
    Report::new(about, lines, out, enabled).findings(
        Found {
            message,
            fix: "write the value, or look at it where it is given".to_owned(),
            ..Found::default()
        },
        &places,
    );
}
