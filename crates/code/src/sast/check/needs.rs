//! Which rules of patterns can find anything in a file, told by the texts of their patterns alone.
//!
//! In: a rule as it is packed, and the words of a file. Out: whether the rule is worth being made ready, which costs far more than to ask. What
//! passes here is judged by [`crate::sast::semgrep::possible`], by the trees of the patterns: this sees less, and nothing that that does not see.

use bartizan_content::CodeRule;
use bartizan_content::code::Operator;
use std::collections::HashSet;

/// Words that a file needs for a rule to find anything in it.
#[derive(Debug)]
pub(super) enum Needs {
    /// All of these words
    Words(Vec<String>),
    /// All of these
    All(Vec<Self>),
    /// Any of these
    Any(Vec<Self>),
}

impl Needs {
    /// What a rule needs.
    pub(super) fn of(rule: &CodeRule) -> Self {
        Self::All(vec![
            Self::of_pattern(rule.pattern.as_ref()),
            Self::of_all(rule.patterns.as_ref()),
            Self::of_any(rule.pattern_either.as_ref()),
        ])
    }

    fn of_operator(operator: &Operator) -> Self {
        Self::All(vec![
            Self::of_pattern(operator.pattern.as_ref()),
            Self::of_pattern(operator.pattern_inside.as_ref()),
            Self::of_all(operator.patterns.as_ref()),
            Self::of_any(operator.pattern_either.as_ref()),
        ])
    }

    fn of_pattern(pattern: Option<&String>) -> Self {
        Self::Words(pattern.map_or_else(Vec::new, |pattern| names_of_values(pattern)))
    }

    fn of_all(operators: Option<&Vec<Operator>>) -> Self {
        Self::All(operators.into_iter().flatten().map(Self::of_operator).collect())
    }

    fn of_any(operators: Option<&Vec<Operator>>) -> Self {
        match operators {
            Some(operators) => Self::Any(operators.iter().map(Self::of_operator).collect()),
            None => Self::All(Vec::new()),
        }
    }

    /// Whether a file with these words has them.
    pub(super) fn are_met(&self, present: &HashSet<&str>) -> bool {
        match self {
            Self::Words(words) => words.iter().all(|word| present.contains(word.as_str())),
            Self::All(all) => all.iter().all(|one| one.are_met(present)),
            Self::Any(any) => any.iter().any(|one| one.are_met(present)),
        }
    }
}

/// Words before an opening parenthesis, or between commas, that name nothing.
const KEYWORDS: [&str; 36] = [
    "and", "as", "assert", "await", "catch", "class", "def", "delete", "elif", "else", "except", "false",
    "False", "for", "from", "func", "function", "if", "import", "in", "lambda", "nil", "None", "not", "null",
    "or", "print", "return", "self", "super", "switch", "this", "true", "True", "while", "with",
];

/// The names in the text of a pattern which stand for values that are called, handed over or set: whatever a file calls them in its place, it
/// says them somewhere. What may be a type, a modifier or a decorator is left out, as these need not be written.
fn names_of_values(pattern: &str) -> Vec<String> {
    let plain = without_texts(pattern);
    let mut found = Vec::new();
    let mut rest = plain.as_str();
    while let Some(start) = rest.find(is_of_chain) {
        let (_, from) = rest.split_at(start);
        let (chain, after) = from.split_at(from.find(|one| !is_of_chain(one)).unwrap_or(from.len()));
        let before = plain.get(..plain.len() - from.len()).unwrap_or_default();
        if stands_for_a_value(before, after) && !chain.contains("$...") {
            let names = chain.split('.').filter(|word| is_name(word));
            found.extend(names.map(str::to_owned));
        }
        rest = after;
    }
    found
}

/// The same text, of as many characters, in which what stands in quotes is quotes.
fn without_texts(pattern: &str) -> String {
    let (mut open, mut is_escaped) = (None, false);
    let shown = |one: char| {
        let Some(quote) = open else {
            open = Some(one).filter(|one| matches!(one, '"' | '\'' | '`'));
            return one;
        };
        if one == quote && !is_escaped {
            open = None;
        }
        is_escaped = one == '\\' && !is_escaped;
        '"'
    };
    pattern.chars().map(shown).collect()
}

fn is_of_chain(one: char) -> bool {
    one.is_alphanumeric() || matches!(one, '_' | '$' | '.')
}

fn is_name(word: &str) -> bool {
    word.starts_with(|one: char| one.is_alphabetic() || one == '_')
        && !word.contains('$')
        && !KEYWORDS.contains(&word)
}

/// Whether names joined by dots, between these texts, are called, handed over or set.
fn stands_for_a_value(before: &str, after: &str) -> bool {
    let (left, right) = (before.trim_end_matches(' '), after.trim_start_matches(' '));
    if before.ends_with(['@', ']', '*']) || left.ends_with("new") {
        return false;
    }
    let is_set = |text: &str| text.starts_with('=') && !text.starts_with("==") && !text.starts_with("=>");
    let is_called = after.starts_with('(');
    let is_keyword = is_set(after) && left.ends_with(['(', ',']);
    let is_target = is_set(right) && (left.is_empty() || left.ends_with('\n'));
    // Between parentheses that stand by themselves may be a type.
    let is_first = left
        .strip_suffix('(')
        .is_some_and(|callee| callee.ends_with(is_of_chain));
    let is_argument = (is_first || left.ends_with([',', '='])) && right.starts_with([',', ')', '\n']);
    is_called || is_keyword || is_target || is_argument
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sast::rules::pattern_rule;
    use crate::sast::semgrep::words;
    use bartizan_content::builtin;

    #[test]
    fn names_of_types_decorators_and_texts_are_not_needed() {
        for (pattern, names) in [
            ("os.system($X)", &["os", "system"][..]),
            (
                "requests.get($URL, verify=False, auth=$A)",
                &["requests", "get", "verify", "auth"],
            ),
            ("DEBUG = True", &["DEBUG"]),
            ("@app.route($X)\ndef $F(...): ...", &[]),
            ("new java.util.Random($X)", &[]),
            ("(java.lang.String) $X", &[]),
            ("$X.set(\"it's f(x)\", MODE)", &["set", "MODE"]),
            ("f($...ARGS)", &["f"]),
            ("java.util.Random $X = $Y", &[]),
            ("hmac.New($H, []byte(\"\"))", &["hmac", "New"]),
        ] {
            assert_eq!(names_of_values(pattern), names, "{pattern}");
        }
    }

    /// Every leaf of a rule needs by its tree what it needs by its text, so that no rule is left out that could find something.
    #[test]
    fn the_trees_of_all_patterns_need_what_their_texts_need() {
        let (mut count, mut wrong) = (0, Vec::new());
        for about in builtin::code_rules() {
            let Some(rule) = pattern_rule(about).unwrap() else {
                continue;
            };
            let mut leaves = Vec::new();
            for formula in rule.formulas() {
                formula.leaves(&mut leaves);
            }
            let languages = |leaf| rule.languages.iter().map(move |&one| (leaf, one));
            for (leaf, language) in leaves.iter().copied().flat_map(languages) {
                if leaf.pattern(language).is_err() {
                    continue;
                }
                for name in names_of_values(&leaf.text) {
                    count += 1;
                    if !leaf.required(language).iter().any(|word| **word == *name) {
                        wrong.push(format!(
                            "{}: `{name}` of `{}` in {}",
                            about.id,
                            leaf.text,
                            language.name()
                        ));
                    }
                }
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
        assert!(count > 500, "{count} words tell rules apart");
    }

    #[test]
    fn examples_that_rules_fire_on_have_them_made_ready() {
        let rules = builtin::code_rules().iter().filter(|rule| rule.flow.is_none());
        for rule in rules {
            for example in &rule.examples.fire {
                assert!(Needs::of(rule).are_met(&words(example)), "{}: {example}", rule.id);
            }
        }
    }

    #[test]
    fn a_file_that_says_nothing_of_them_has_few_rules_made_ready() {
        let present = words("def add(left, right):\n    return left + right\n");
        let rules = builtin::code_rules().iter().filter(|rule| rule.flow.is_none());
        let needs: Vec<Needs> = rules.map(Needs::of).collect();
        let left = needs.iter().filter(|needs| needs.are_met(&present)).count();
        assert!(left * 3 < needs.len(), "{left} of {}", needs.len());
    }
}
