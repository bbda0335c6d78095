//! Reads and validates rule files.
//!
//! In: the text of one YAML file. Out: a [`LeakRule`] whose patterns compile, or the reason why it is none.

use crate::leak::LeakRule;
use crate::literals::{Literal, required_literals};
use regex_automata::meta::Regex;
use regex_automata::util::syntax;

/// The rest of an identifier, with its separators.
macro_rules! words {
    () => {
        r"[A-Za-z0-9_.\- \t]{0,40}?"
    };
}

/// From the end of a name over a sign to the value.
macro_rules! sign {
    () => {
        concat!(
            r#"["'`\])}]{0,3}[ \t]{0,8}(?:=>|:{1,3}=|\?=|\|\||==|=|:|,|\(|>)[ \t]{0,8}(?:\r?\n[ \t]{0,24})?"#,
            r#"(?:[A-Za-z_]{1,16}[ \t]?[(=:][ \t]?)?[\\"'`\[(]{0,4}"#
        )
    };
}

/// A sign with what closes the name and opens the value, in as few states as do.
macro_rules! brief {
    () => {
        r#"["'\])]{0,2}[ \t]{0,3}(?:=>|:=|==?|:|\()[ \t]{0,3}["'`]?"#
    };
}

/// From a word for a credential to a value without a sign between them.
macro_rules! blank {
    () => {
        r#"(?:["']?[ \t]{1,4}(?:is[ \t:]{1,3})?|-)["'`]?"#
    };
}

/// What `(?&assign)` in a pattern stands for: what lies between the start of a name and its value. That is the rest of
/// an identifier, an optional closing quote or bracket, an assignment sign, the name of a keyword argument or a cast,
/// and optional opening quotes.
///
/// Every repetition costs each rule that uses it states to compile and to search with, hence the small bounds.
pub const ASSIGN: &str = concat!(words!(), sign!());

/// What `(?&named)` in a pattern stands for: from the name of a service to a credential of it. Either a sign follows at
/// once, or a word for a credential and then a sign or blanks (`example.Client(api_key="…")`, `--example-token …`,
/// "the example secret is …"): the number or the address of an account is none.
pub const NAMED: &str = concat!(
    r#"(?:"#,
    brief!(),
    r"|[A-Za-z0-9_.\-( ]{0,20}?(?i:key|token|secret|pat|password|private|access|auth)(?:[A-Za-z_.-]{0,8}?",
    brief!(),
    "|",
    blank!(),
    "))"
);

/// What `(?&then)` in a pattern stands for: the same after text that ends with a word for a credential already.
pub const THEN: &str = concat!("(?:", words!(), sign!(), "|", blank!(), ")");

/// Largest automaton a pattern may compile to, in bytes.
const PATTERN_SIZE_LIMIT: usize = 8 * 1024 * 1024;

/// Why a rule file is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RuleError {
    /// It is no YAML of the form required.
    #[error("the rule file does not parse: {0}")]
    Yaml(String),
    /// A pattern does not compile.
    #[error("pattern `{pattern}` does not compile: {cause}")]
    Pattern {
        /// The pattern, macros replaced.
        pattern: String,
        /// What the compiler said.
        cause: String,
    },
    /// A field has a value that makes no sense.
    #[error("`{field}`: {problem}")]
    Field {
        /// Name of the field.
        field: &'static str,
        /// What is wrong and what would be right.
        problem: String,
    },
}

impl RuleError {
    fn field(field: &'static str, problem: impl Into<String>) -> Self {
        Self::Field {
            field,
            problem: problem.into(),
        }
    }
}

/// Replaces the macros of a pattern.
#[must_use]
pub fn expand_macros(pattern: &str) -> String {
    pattern
        .replace("(?&assign)", ASSIGN)
        .replace("(?&named)", NAMED)
        .replace("(?&then)", THEN)
}

/// How patterns are read: over bytes, with ASCII classes and word boundaries.
#[must_use]
pub fn syntax_config() -> syntax::Config {
    syntax::Config::new().unicode(false).utf8(false)
}

/// Compiles a pattern whose macros are replaced already.
///
/// # Errors
/// When it does not parse or is too large.
pub fn compile(pattern: &str) -> Result<Regex, RuleError> {
    build(pattern, true)
}

/// [`compile`] for a pattern that is tried on short texts only, where looking ahead for its literals costs more to
/// prepare than it saves.
///
/// # Errors
/// As for [`compile`].
pub fn compile_for_short_texts(pattern: &str) -> Result<Regex, RuleError> {
    build(pattern, false)
}

fn build(pattern: &str, prefilter: bool) -> Result<Regex, RuleError> {
    Regex::builder()
        .syntax(syntax_config())
        .configure(
            Regex::config()
                .utf8_empty(false)
                .nfa_size_limit(Some(PATTERN_SIZE_LIMIT))
                .onepass_size_limit(Some(256 * 1024))
                .hybrid_cache_capacity(256 * 1024)
                .auto_prefilter(prefilter),
        )
        .build(pattern)
        .map_err(|error| RuleError::Pattern {
            pattern: pattern.to_owned(),
            cause: error
                .syntax_error()
                .map_or_else(|| error.to_string(), ToString::to_string),
        })
}

/// Reads one rule file: parses, replaces macros, fills in the literals, and validates.
///
/// # Errors
/// When the file is no valid rule; the error names the field.
pub fn leak_rule(yaml: &str) -> Result<LeakRule, RuleError> {
    let mut rule: LeakRule = serde_saphyr::from_str(yaml).map_err(|e| RuleError::Yaml(e.to_string()))?;
    rule.pattern = expand_macros(&rule.pattern);
    if let Some(near) = &mut rule.near {
        near.pattern = expand_macros(&near.pattern);
    }
    validate(&rule)?;
    Ok(rule)
}

/// The literals the scanner looks for on behalf of a rule: those it names, else those derived from its pattern.
#[must_use]
pub fn literals_of(rule: &LeakRule) -> Vec<Literal> {
    if rule.literals.is_empty() {
        required_literals(&rule.pattern).unwrap_or_default()
    } else {
        let fold = rule.literals_ignore_case || rule.pattern.contains("(?i");
        rule.literals
            .iter()
            .map(|text| Literal::new(text.as_bytes(), fold))
            .collect()
    }
}

/// Checks everything about a rule but its examples.
///
/// # Errors
/// The first thing that is wrong.
pub fn validate(rule: &LeakRule) -> Result<(), RuleError> {
    validate_id(&rule.id)?;
    for (field, text) in [
        ("title", &rule.title),
        ("manual", &rule.manual),
        ("remediation", &rule.remediation),
    ] {
        if text.trim().is_empty() {
            return Err(RuleError::field(field, "is empty"));
        }
    }
    if rule.cwe.is_empty() {
        return Err(RuleError::field(
            "cwe",
            "names no weakness; 798 is hard-coded credentials",
        ));
    }
    compile(&rule.pattern)?;
    if let Some(near) = &rule.near {
        compile(&near.pattern)?;
    }
    for pattern in rule
        .require
        .not
        .iter()
        .chain(&rule.require.not_whole)
        .chain(&rule.path_pattern)
        .chain(&rule.not_path_pattern)
    {
        compile(pattern)?;
    }
    let literals = literals_of(rule);
    if literals.is_empty() && rule.paths.is_empty() {
        return Err(RuleError::field(
            "pattern",
            "has no literal that every match contains; give `literals`, make a part of the pattern fixed, or limit the rule by `paths`",
        ));
    }
    if let Some(short) = literals.iter().find(|l| l.bytes().len() < 3) {
        let text = String::from_utf8_lossy(short.bytes()).into_owned();
        return Err(RuleError::field(
            "literals",
            format!("`{text}` is shorter than three bytes"),
        ));
    }
    Ok(())
}

fn validate_id(id: &str) -> Result<(), RuleError> {
    let name = id.strip_prefix("leak/").unwrap_or_default();
    let valid = !name.is_empty()
        && name
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        && !name.starts_with('-');
    if valid {
        Ok(())
    } else {
        Err(RuleError::field(
            "id",
            "must be `leak/` and lower-case words joined by `-`",
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULE: &str = "
id: leak/example
title: Example token
severity: high
confidence: high
cwe: [798]
pattern: '(?i:example)(?&assign)(?P<secret>exq_[a-z]{8})'
manual: What it opens.
remediation: How to mend it.
examples:
  fire: [{ generate: 'EXAMPLE_API_KEY = \"exq_[a-z]{8}\"' }]
  quiet: [{ text: 'EXAMPLE_API_KEY = ${X}' }]
";

    #[test]
    fn a_rule_file_is_read_and_its_macro_replaced() {
        let rule = leak_rule(RULE).unwrap();
        let regex = compile(&rule.pattern).unwrap();
        for text in [
            "EXAMPLE_API_KEY=exq_abcdefgh",
            "example.api.key: 'exq_abcdefgh'",
            "{\"exampleApiKey\": \"exq_abcdefgh\"}",
            "$x['example_key'] => 'exq_abcdefgh'",
            "setExampleKey(\"exq_abcdefgh\")",
            "<example-key>exq_abcdefgh</example-key>",
        ] {
            assert!(regex.is_match(text), "{text}");
        }
        assert!(!regex.is_match("example exq_abcdefgh"));
    }

    #[test]
    fn unknown_keys_bad_patterns_and_missing_literals_are_refused() {
        assert!(matches!(
            leak_rule(&format!("{RULE}colour: red\n")),
            Err(RuleError::Yaml(_))
        ));
        let broken = RULE.replace("[a-z]{8})'", "[a-z]{8}'");
        assert!(matches!(leak_rule(&broken), Err(RuleError::Pattern { .. })));
        let shapeless = RULE.replace("(?i:example)(?&assign)(?P<secret>exq_[a-z]{8})", "[a-z]{8}");
        assert!(matches!(
            leak_rule(&shapeless),
            Err(RuleError::Field { field: "pattern", .. })
        ));
    }
}
