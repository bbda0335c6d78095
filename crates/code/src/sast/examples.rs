//! Tries the examples that stand in a rule of static analysis.
//!
//! In: a rule, and what is known of libraries. Out: what is wrong with it, one line each; nothing when every example is reported at the marked
//! lines and nowhere else.

use super::around::NotAround;
use super::library::{FlowRules, Meaning, Models, ProgramTypes, Settings, marks, told_at};
use super::pattern::Regexes;
use super::rules::pattern_rule;
use super::semgrep::Rule;
use super::{File, run};
use bartizan_content::CodeRule;
use bartizan_content::code::marked_lines;
use bartizan_content::flow::Library;
use bartizan_flow::{Limits, analyse};
use bartizan_syntax::{Language, parse};
use std::collections::{BTreeMap, BTreeSet};

/// From a text to the lines that a rule finds in it.
type Way<'a> = Box<dyn Fn(&str) -> BTreeSet<u32> + 'a>;

/// Usual extensions, by which examples are named.
const USUAL: [&str; 5] = ["py", "js", "ts", "java", "go"];

/// Tries every example of each rule, with no other rule in force: the id of each, and what is wrong with it.
#[must_use]
pub fn problems<'r>(rules: &'r [CodeRule], libraries: &[&Library]) -> Vec<(&'r str, Vec<String>)> {
    let mut known: BTreeMap<&str, Models> = BTreeMap::new();
    let mut all = Vec::with_capacity(rules.len());
    for rule in rules {
        let found = match place(rule) {
            Err(problem) => vec![problem],
            Ok((name, language)) => {
                let models = known
                    .entry(language.name())
                    .or_insert_with(|| Models::of(language, libraries.iter().copied()));
                of_rule(rule, models, &name, language)
            }
        };
        all.push((rule.id.as_str(), found));
    }
    all
}

fn of_rule(rule: &CodeRule, models: &Models, name: &str, language: Language) -> Vec<String> {
    let way: Way<'_> = match pattern_rule(rule) {
        Err(refused) => return vec![format!("does not run: {}", refused.reason)],
        Ok(Some(made)) => Box::new(move |code| by_patterns(rule, &made, name, code, language)),
        Ok(None) => Box::new(move |code| by_flow(rule, models, name, code, language)),
    };
    let mut found = Vec::new();
    for (list, examples) in [("fire", &rule.examples.fire), ("quiet", &rule.examples.quiet)] {
        for (number, code) in (1..).zip(examples) {
            for problem in parse(code, language).problems {
                found.push(format!("{list} example {number}: {}", problem.what));
            }
            let wanted: BTreeSet<u32> = marked_lines(code).into_iter().collect();
            let seen = way(code);
            if seen != wanted {
                found.push(format!(
                    "{list} example {number}: reports lines {seen:?} instead of {wanted:?}"
                ));
            }
        }
    }
    found
}

/// The file that examples stand in, and its language.
fn place(rule: &CodeRule) -> Result<(String, Language), String> {
    let name = rule.examples.file.clone();
    let first = rule.languages.first().map_or("", String::as_str);
    let name = name.or_else(|| {
        let names = USUAL.iter().map(|extension| format!("Example.{extension}"));
        names
            .into_iter()
            .find(|name| Language::of_path(name).is_some_and(|language| language.name() == first))
    });
    let name =
        name.ok_or_else(|| format!("`{first}` has no usual name of a file; `examples.file` gives one"))?;
    match Language::of_path(&name) {
        Some(language) => Ok((name, language)),
        None => Err(format!("`{name}` is no name of a file of source code")),
    }
}

fn line_of(code: &str, at: u32) -> u32 {
    let before = code.as_bytes().iter().take(at as usize);
    u32::try_from(before.filter(|&&byte| byte == b'\n').count())
        .unwrap_or(u32::MAX)
        .saturating_add(1)
}

fn by_patterns(about: &CodeRule, rule: &Rule, name: &str, code: &str, language: Language) -> BTreeSet<u32> {
    let file = File::new(name, code, Some(language));
    let not_around = NotAround::of(about);
    run(&[rule], &file, &Regexes::default())
        .iter()
        .flat_map(|outcome| &outcome.hits)
        .filter(|hit| !not_around.holds(file.ast(), hit.node))
        .map(|hit| line_of(code, hit.span.start))
        .collect()
}

fn by_flow(rule: &CodeRule, models: &Models, name: &str, code: &str, language: Language) -> BTreeSet<u32> {
    let rules = FlowRules::of([rule]);
    let parsed = parse(code, language);
    let types = ProgramTypes::new();
    let meaning = Meaning::of(&parsed.ast, models, &types);
    let marks = marks(&meaning, &rules, &Settings::default());
    let file = bartizan_flow::File {
        path: name,
        ast: &parsed.ast,
        marks: &marks,
        is_asked: true,
    };
    let not_around = NotAround::of(rule);
    let found = analyse(&[file], &rules.rules, models, &Limits::default());
    found
        .findings
        .iter()
        .map(|one| told_at(rule, one).1)
        .filter(|&node| !not_around.holds(&parsed.ast, Some(node)))
        .map(|node| line_of(code, parsed.ast.span(node).start))
        .collect()
}
