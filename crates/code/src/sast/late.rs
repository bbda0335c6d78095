//! Regular expressions that are compiled once somebody asks: of those of all rules and models a run needs few.

use regex_automata::meta::Regex;
use std::sync::OnceLock;

/// A regular expression that is not compiled yet. One that cannot be read matches nothing; whether it can is seen when rules and models are.
#[derive(Debug)]
pub(super) struct LateRegex {
    written: String,
    compiled: OnceLock<Option<Regex>>,
}

impl LateRegex {
    /// One of this text.
    pub(super) fn of(written: &str) -> Self {
        Self {
            written: written.to_owned(),
            compiled: OnceLock::new(),
        }
    }

    /// Whether it matches somewhere in a text.
    pub(super) fn is_match(&self, text: &str) -> bool {
        let compile = || bartizan_content::load::compile(&self.written).ok();
        let compiled = self.compiled.get_or_init(compile);
        compiled.as_ref().is_some_and(|regex| regex.is_match(text))
    }
}
