//! The format of `content/rules/code/<language>/<name>.yaml`: one rule of static analysis.
//!
//! ```yaml
//! id: code/python-example
//! title: Request data runs as a command
//! languages: [python]
//! severity: critical                   # critical, high, medium, low, info
//! confidence: high
//! cwe: [78]
//! controls: { OWASP-Top10-2021: [A03] }
//! message: data of a request reaches a shell
//! manual: |
//!   Markdown: what that means, and why it matters.
//! secure: |
//!   Markdown: what to write instead, with code.
//! references: ['https://docs.python.org/3/library/subprocess.html']
//! paths: { include: ['*.py'], exclude: ['tests/**'] }   # optional
//! not-around: '(?i)checksum'                            # optional: not in functions and classes of such names
//! fix: 'subprocess.run($X)'                             # optional, of patterns only: what the match may safely become
//! flow: { sources: [request], sinks: [command] }        # either this …
//! pattern: os.system($X)                                # … or one of pattern, patterns, pattern-either, pattern-regex
//! examples:                            # judged when tests run; a trailing comment `fires` marks each line of a finding
//!   fire: ["os.system(request.args['c'])  # fires"]
//!   quiet: ["os.system('true')"]
//! ```
//!
//! A rule that comes with Bartizan has all of that ([`complete`]). Your own need no more than `id`, `title`, `languages`, `severity` and what they
//! look for.
//!
//! Operators of patterns are Semgrep's, by name and by meaning: <https://semgrep.dev/docs/writing-rules/rule-syntax>. Kinds of flows are those that
//! the models of libraries use ([`crate::flow`]); `docs/code-rules.md` lists them.

use crate::requirements;
use bartizan_model::{Confidence, Control, RuleInfo, Severity};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Languages in which models say what containers do, for rules about data of others, beside [`LANGUAGES`].
pub const FOLLOWED: &[&str] = &["kotlin", "rust", "c", "cpp", "scala", "ruby", "php", "csharp"];

/// Languages that rules and models may name.
pub const LANGUAGES: &[&str] = &["python", "javascript", "typescript", "java", "go"];

/// One rule of static analysis.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct CodeRule {
    /// `code/language-name`.
    pub id: String,
    /// One line.
    pub title: String,
    /// Names of [`LANGUAGES`].
    pub languages: Vec<String>,
    /// How bad it is.
    pub severity: Severity,
    /// How sure a finding is; medium when absent.
    #[serde(default = "usual_confidence")]
    pub confidence: Confidence,
    /// CWE numbers.
    #[serde(default)]
    pub cwe: Vec<u32>,
    /// Requirements of published standards: framework and numbers.
    #[serde(default)]
    pub controls: BTreeMap<String, Vec<String>>,
    /// What is wrong, in one line; `$X` stands for what a metavariable is bound to. The title when absent.
    #[serde(default)]
    pub message: String,
    /// Markdown: what it means and why it matters. The message when absent.
    #[serde(default)]
    pub manual: String,
    /// Markdown: what to write instead, with code.
    #[serde(default)]
    pub secure: String,
    /// Addresses of public documentation.
    #[serde(default)]
    pub references: Vec<String>,
    /// Files that it judges; all of its languages when absent.
    #[serde(default)]
    pub paths: Paths,
    /// A regular expression: where the name of a function or class around (`Outer.Inner.function`) matches it, nothing is meant.
    #[serde(default)]
    pub not_around: Option<String>,
    /// What the match may become without changing what the program is for.
    #[serde(default)]
    pub fix: Option<String>,
    /// Data that must not go from one place to another.
    #[serde(default)]
    pub flow: Option<Flow>,
    /// One pattern of code.
    #[serde(default)]
    pub pattern: Option<String>,
    /// Conditions that all hold.
    #[serde(default)]
    pub patterns: Option<Vec<Operator>>,
    /// Conditions of which one holds.
    #[serde(default)]
    pub pattern_either: Option<Vec<Operator>>,
    /// A regular expression over the text of the file.
    #[serde(default)]
    pub pattern_regex: Option<String>,
    /// Code that it fires on and code that it passes.
    #[serde(default)]
    pub examples: CodeExamples,
}

const fn usual_confidence() -> Confidence {
    Confidence::Medium
}

/// Globs on paths.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Paths {
    /// One of these must match, unless there is none.
    pub include: Vec<String>,
    /// None of these may match.
    pub exclude: Vec<String>,
}

/// Data of some kinds of sources that reaches some kinds of sinks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Flow {
    /// Kinds of sources of the models; [`Flow::CONSTANT`] stands for values that the program itself holds.
    pub sources: Vec<String>,
    /// Kinds of sinks of the models.
    pub sinks: Vec<String>,
    /// Kinds of cleaners after which data may pass; those of `sinks` when empty.
    #[serde(default)]
    pub cleaned_by: Vec<String>,
    /// Of constants: a regular expression that the value must match.
    #[serde(default)]
    pub values: Option<String>,
    /// Of constants: a regular expression that the value must not match.
    #[serde(default)]
    pub not_values: Option<String>,
}

impl Flow {
    /// The kind of source that literals, and values of files of properties, are.
    pub const CONSTANT: &'static str = "constant";
    /// The kind of source that numbers of predictable generators are.
    const WEAK_RANDOM: &'static str = "weak-random";

    /// Whether it is about values that the program makes, not about those that it is given: they are kept until somebody asks for them.
    #[must_use]
    pub fn is_about_what_is_made(&self) -> bool {
        self.sources.iter().any(|kind| kind == Self::WEAK_RANDOM)
    }

    /// Kinds of cleaners after which data may pass.
    #[must_use]
    pub fn cleaners(&self) -> &[String] {
        if self.cleaned_by.is_empty() {
            &self.sinks
        } else {
            &self.cleaned_by
        }
    }
}

/// One condition: exactly one field is set.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Operator {
    /// Code that matches
    pub pattern: Option<String>,
    /// Conditions that all hold
    pub patterns: Option<Vec<Operator>>,
    /// Conditions of which one holds
    pub pattern_either: Option<Vec<Operator>>,
    /// A regular expression that matches
    pub pattern_regex: Option<String>,
    /// Code around the match
    pub pattern_inside: Option<String>,
    /// Code that must not match
    pub pattern_not: Option<String>,
    /// Code that must not be around the match
    pub pattern_not_inside: Option<String>,
    /// A regular expression that must not match
    pub pattern_not_regex: Option<String>,
    /// What the text of a metavariable must match
    pub metavariable_regex: Option<MetavariableRegex>,
    /// What the code of a metavariable must match
    pub metavariable_pattern: Option<MetavariablePattern>,
    /// What must hold of the value of a metavariable
    pub metavariable_comparison: Option<MetavariableComparison>,
    /// The metavariable whose place is reported
    pub focus_metavariable: Option<String>,
}

/// A regular expression, anchored at the start, on the text of what a metavariable is bound to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MetavariableRegex {
    /// `$X`
    pub metavariable: String,
    /// The expression
    pub regex: String,
}

/// Conditions on the code that a metavariable is bound to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct MetavariablePattern {
    /// `$X`
    pub metavariable: String,
    /// Code that matches
    #[serde(default)]
    pub pattern: Option<String>,
    /// Conditions that all hold
    #[serde(default)]
    pub patterns: Option<Vec<Operator>>,
    /// Conditions of which one holds
    #[serde(default)]
    pub pattern_either: Option<Vec<Operator>>,
}

/// A comparison in the syntax of Python.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MetavariableComparison {
    /// `$X`
    pub metavariable: String,
    /// The comparison, as `$X < 2048`
    pub comparison: String,
}

/// Code on which a rule is tried.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CodeExamples {
    /// The name of the file that each of them is; by the language when absent.
    pub file: Option<String>,
    /// It fires at the marked lines of each of these, and nowhere else.
    pub fire: Vec<String>,
    /// It passes each of these.
    pub quiet: Vec<String>,
}

/// Why a rule file is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CodeRuleError {
    /// It is no YAML of the form required.
    #[error("the rule file does not parse: {0}")]
    Yaml(String),
    /// A field has a value that makes no sense.
    #[error("`{0}` {1}")]
    Field(&'static str, String),
}

/// Reads one rule file.
///
/// # Errors
/// When the file is no valid rule; the error names the field.
pub fn read(yaml: &str) -> Result<CodeRule, CodeRuleError> {
    let mut rule: CodeRule =
        serde_saphyr::from_str(yaml).map_err(|error| CodeRuleError::Yaml(error.to_string()))?;
    validate_id(&rule)?;
    if rule.title.trim().is_empty() {
        return wrong("title", "is empty");
    }
    validate_subject(&rule)?;
    validate_examples(&rule.examples)?;
    if rule.message.trim().is_empty() {
        rule.message.clone_from(&rule.title);
    }
    if rule.manual.trim().is_empty() {
        rule.manual.clone_from(&rule.message);
    }
    Ok(rule)
}

/// Reads one rule file that comes with the program: it has a manual, the secure alternative, where its requirements come from, and examples.
///
/// # Errors
/// When the file is no valid rule or lacks one of these; the error names the field.
pub fn complete(yaml: &str) -> Result<CodeRule, CodeRuleError> {
    let rule = read(yaml)?;
    let given: CodeRule =
        serde_saphyr::from_str(yaml).map_err(|error| CodeRuleError::Yaml(error.to_string()))?;
    validate_texts(&given)?;
    Ok(rule)
}

fn wrong<T>(field: &'static str, problem: impl Into<String>) -> Result<T, CodeRuleError> {
    Err(CodeRuleError::Field(field, problem.into()))
}

fn validate_id(rule: &CodeRule) -> Result<(), CodeRuleError> {
    let name = rule.id.strip_prefix("code/").unwrap_or_default();
    let is_words = name
        .bytes()
        .all(|one| one.is_ascii_lowercase() || one.is_ascii_digit() || one == b'-');
    if !is_words {
        return wrong("id", "must be `code/` and lower-case words joined by `-`");
    }
    if let Some(other) = rule
        .languages
        .iter()
        .find(|name| !LANGUAGES.contains(&name.as_str()))
    {
        return wrong(
            "languages",
            format!("has `{other}`; there are {}", LANGUAGES.join(", ")),
        );
    }
    let first = rule.languages.first().map_or("", String::as_str);
    if first.is_empty() || !name.starts_with(&format!("{first}-")) {
        return wrong("id", "must start with `code/`, the first of `languages`, and `-`");
    }
    Ok(())
}

fn validate_texts(rule: &CodeRule) -> Result<(), CodeRuleError> {
    let texts = [
        ("message", &rule.message),
        ("manual", &rule.manual),
        ("secure", &rule.secure),
    ];
    for (field, text) in texts {
        if text.trim().is_empty() {
            return wrong(field, "is empty");
        }
    }
    let lists = [
        ("cwe", rule.cwe.is_empty()),
        ("controls", rule.controls.values().all(Vec::is_empty)),
        ("references", rule.references.is_empty()),
        ("examples.fire", rule.examples.fire.is_empty()),
        ("examples.quiet", rule.examples.quiet.is_empty()),
    ];
    for (field, is_empty) in lists {
        if is_empty {
            return wrong(field, "names nothing");
        }
    }
    Ok(())
}

fn validate_subject(rule: &CodeRule) -> Result<(), CodeRuleError> {
    let ways = [
        rule.flow.is_some(),
        rule.pattern.is_some(),
        rule.patterns.is_some(),
        rule.pattern_either.is_some(),
        rule.pattern_regex.is_some(),
    ];
    if ways.iter().filter(|&&is_set| is_set).count() != 1 {
        return wrong(
            "flow",
            "or one of `pattern`, `patterns`, `pattern-either`, `pattern-regex` is needed, and only one",
        );
    }
    let lists = rule.patterns.iter().chain(&rule.pattern_either);
    for operator in lists.flatten() {
        validate_operator(operator, MAX_DEPTH)?;
    }
    if let Some(regex) = &rule.pattern_regex {
        validate_regex("pattern-regex", regex)?;
    }
    if let Some(regex) = &rule.not_around {
        validate_regex("not-around", regex)?;
    }
    let Some(flow) = &rule.flow else { return Ok(()) };
    if rule.fix.is_some() {
        return wrong("fix", "is of patterns only");
    }
    if flow.sources.is_empty() || flow.sinks.is_empty() {
        return wrong("flow", "needs `sources` and `sinks`");
    }
    for regex in flow.values.iter().chain(&flow.not_values) {
        if !flow.sources.iter().any(|kind| kind == Flow::CONSTANT) {
            return wrong("flow", "has `values`, which only the source `constant` has");
        }
        validate_regex("flow.values", regex)?;
    }
    Ok(())
}

/// How deep conditions may stand in each other.
const MAX_DEPTH: usize = 12;

fn validate_operator(operator: &Operator, depth: usize) -> Result<(), CodeRuleError> {
    if depth == 0 {
        return wrong("patterns", "are nested too deep");
    }
    if operator.set() != 1 {
        return wrong("patterns", "has an item that is not exactly one condition");
    }
    let regexes = [
        &operator.pattern_regex,
        &operator.pattern_not_regex,
        &operator.metavariable_regex.as_ref().map(|of| of.regex.clone()),
    ];
    for regex in regexes.into_iter().flatten() {
        validate_regex("patterns", regex)?;
    }
    let inner = operator.metavariable_pattern.as_ref();
    let lists = operator.patterns.iter().chain(&operator.pattern_either);
    let lists = lists.chain(inner.and_then(|of| of.patterns.as_ref()));
    let lists = lists.chain(inner.and_then(|of| of.pattern_either.as_ref()));
    for below in lists.flatten() {
        validate_operator(below, depth - 1)?;
    }
    Ok(())
}

fn validate_regex(field: &'static str, regex: &str) -> Result<(), CodeRuleError> {
    match crate::load::compile(regex) {
        Ok(_) => Ok(()),
        Err(error) => wrong(field, format!("`{regex}` does not compile: {error}")),
    }
}

fn validate_examples(examples: &CodeExamples) -> Result<(), CodeRuleError> {
    if examples.fire.iter().any(|code| marked_lines(code).is_empty()) {
        return wrong(
            "examples.fire",
            "has one without a line that ends with the comment `fires`",
        );
    }
    if examples.quiet.iter().any(|code| !marked_lines(code).is_empty()) {
        return wrong(
            "examples.quiet",
            "has one with a line that ends with the comment `fires`",
        );
    }
    Ok(())
}

/// Numbers, from 1, of the lines of an example that end with the comment `fires`.
#[must_use]
pub fn marked_lines(code: &str) -> Vec<u32> {
    let is_marked = |line: &str| {
        let line = line.trim_end_matches(['}', '/', '*', ' ']);
        line.strip_suffix("fires").is_some_and(|before| {
            let before = before.trim_end();
            before.ends_with('#') || before.ends_with("//") || before.ends_with("/*")
        })
    };
    let numbered = (1..).zip(code.lines());
    numbered
        .filter(|(_, line)| is_marked(line))
        .map(|(number, _)| number)
        .collect()
}

impl Operator {
    fn set(&self) -> usize {
        [
            self.pattern.is_some(),
            self.patterns.is_some(),
            self.pattern_either.is_some(),
            self.pattern_regex.is_some(),
            self.pattern_inside.is_some(),
            self.pattern_not.is_some(),
            self.pattern_not_inside.is_some(),
            self.pattern_not_regex.is_some(),
            self.metavariable_regex.is_some(),
            self.metavariable_pattern.is_some(),
            self.metavariable_comparison.is_some(),
            self.focus_metavariable.is_some(),
        ]
        .into_iter()
        .filter(|&is_set| is_set)
        .count()
    }
}

impl CodeRule {
    /// Its requirements of published standards.
    #[must_use]
    pub fn controls(&self) -> Vec<Control> {
        requirements::controls(&self.controls)
    }

    /// Its manual.
    #[must_use]
    pub fn info(&self) -> RuleInfo {
        RuleInfo {
            id: self.id.clone(),
            title: self.title.clone(),
            severity: self.severity,
            confidence: self.confidence,
            cwe: self.cwe.iter().map(|number| format!("CWE-{number}")).collect(),
            controls: self.controls(),
            manual: self.manual.clone(),
            remediation: self.secure.clone(),
            references: self.references.clone(),
        }
    }
}

#[cfg(test)]
#[path = "code_tests.rs"]
mod tests;
