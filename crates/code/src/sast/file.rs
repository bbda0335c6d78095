//! One file as rules see it: read once, whatever the number of rules.

use super::pattern::{Facts, Regexes};
use super::semgrep::{Mode, Outcome, Rule, Scene, evaluate};
use bartizan_syntax::{Language, Parsed, parse};

/// A file.
#[derive(Debug)]
pub struct File<'a> {
    /// Its path, for rules that look at some paths only.
    pub path: &'a str,
    /// Its text.
    pub source: &'a str,
    /// The language it is read in; none for text.
    pub language: Option<Language>,
    parsed: Parsed,
}

impl<'a> File<'a> {
    /// Reads a file in its language.
    #[must_use]
    pub fn new(path: &'a str, source: &'a str, language: Option<Language>) -> Self {
        let parsed = match language {
            Some(language) => parse(source, language),
            None => parse("", Language::Python),
        };
        Self {
            path,
            source,
            language,
            parsed,
        }
    }

    /// What could not be read of it.
    #[must_use]
    pub fn problems(&self) -> &[bartizan_syntax::Problem] {
        &self.parsed.problems
    }
}

/// Where a rule finds something in a file.
#[must_use]
pub fn run(rule: &Rule, file: &File<'_>, regexes: &Regexes) -> Outcome {
    let language = file.language.filter(|language| rule.languages.contains(language));
    if language.is_none() && !rule.any_text {
        return Outcome::default();
    }
    let facts = Facts::new(&file.parsed.ast, file.source, regexes);
    let scene = Scene::new(&facts, language, rule.options, regexes);
    match &rule.mode {
        Mode::Search(formula) => evaluate(formula, &scene),
        Mode::Taint(taint) => super::taint::run(&[taint], &[scene], file.path, &facts).pop().unwrap_or_default(),
    }
}
