//! One file as rules see it: read once, whatever the number of rules.

use super::pattern::{Facts, Regexes};
use super::semgrep::{Mode, Outcome, Rule, Scene, evaluate, possible, words};
use super::taint;
use bartizan_syntax::{Ast, Language, Parsed, Problem, parse};
use std::collections::HashSet;

/// A file that was read.
#[derive(Debug)]
pub struct File<'a> {
    /// Its path with slashes, for rules that look at some paths only.
    pub path: &'a str,
    /// Its text.
    pub source: &'a str,
    /// The language it is read in; none for text.
    pub language: Option<Language>,
    parsed: Parsed,
    words: HashSet<&'a str>,
}

impl<'a> File<'a> {
    /// Reads a file in its language.
    #[must_use]
    pub fn new(path: &'a str, source: &'a str, language: Option<Language>) -> Self {
        let parsed = match language {
            Some(language) => read(source, language),
            None => parse("", Language::Python),
        };
        Self {
            path,
            source,
            language,
            parsed,
            words: words(source),
        }
    }

    /// What could not be read of it.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        &self.parsed.problems
    }

    /// The words of its text.
    pub(super) const fn words(&self) -> &HashSet<&'a str> {
        &self.words
    }

    /// Its tree.
    #[must_use]
    pub const fn ast(&self) -> &Ast {
        &self.parsed.ast
    }

    /// Its tree, to be kept.
    #[must_use]
    pub fn into_ast(self) -> Ast {
        self.parsed.ast
    }

    /// Whether a rule looks at this file at all and can find something in it.
    fn suits(&self, rule: &Rule) -> bool {
        let language = self.language.filter(|language| rule.languages.contains(language));
        (language.is_some() || rule.any_text)
            && possible(rule, language, &self.words)
            && rule.paths.hold(self.path)
    }
}

/// Reads a text; JavaScript that has types all the same is read as TypeScript where that understands more of it, a header of C as C++.
pub(crate) fn read(source: &str, language: Language) -> Parsed {
    let parsed = parse(source, language);
    let wider = match language {
        Language::JavaScript => Language::Tsx,
        Language::C => Language::Cpp,
        _ => return parsed,
    };
    if parsed.problems.is_empty() {
        return parsed;
    }
    let other = parse(source, wider);
    if other.problems.len() < parsed.problems.len() {
        other
    } else {
        parsed
    }
}

/// Where rules find something in a file: an outcome for each rule, in their order.
///
/// The file is read once for all of them, and data is followed once for all rules about data.
#[must_use]
pub fn run(rules: &[&Rule], file: &File<'_>, regexes: &Regexes) -> Vec<Outcome> {
    let mut outcomes: Vec<Outcome> = rules.iter().map(|_| Outcome::default()).collect();
    let suited: Vec<(usize, &Rule)> = rules
        .iter()
        .copied()
        .enumerate()
        .filter(|(_, rule)| file.suits(rule))
        .collect();
    if suited.is_empty() {
        return outcomes;
    }
    let facts = Facts::new(&file.parsed.ast, file.source, regexes);
    let (mut followed, mut scenes, mut places) = (Vec::new(), Vec::new(), Vec::new());
    for (index, rule) in suited {
        let suits = file
            .language
            .is_some_and(|language| rule.languages.contains(&language));
        let language = suits.then(|| facts.ast.language());
        let scene = Scene::new(&facts, language, rule.options, regexes);
        match &rule.mode {
            Mode::Search(formula) => {
                if let Some(place) = outcomes.get_mut(index) {
                    *place = evaluate(formula, &scene);
                }
            }
            Mode::Taint(taint) => {
                followed.push(&**taint);
                scenes.push(scene);
                places.push(index);
            }
        }
    }
    if !followed.is_empty() {
        for (index, outcome) in places
            .into_iter()
            .zip(taint::run(&followed, &scenes, file.path, &facts))
        {
            if let Some(place) = outcomes.get_mut(index) {
                *place = outcome;
            }
        }
    }
    outcomes
}
