//! Reads rule files of Semgrep.
//!
//! In: the text of a YAML file. Out: the rules that run, and for each that does not, why. A rule with an operator, an option or a language
//! that is not known here does not run; no condition is dropped. The format:
//! <https://semgrep.dev/docs/writing-rules/rule-syntax>.

use super::condition::Comparison;
use super::generic::Words;
use super::rule::{
    Condition, FixRegex, Formula, FormulaKind, Inner, Leaf, Mode, Paths, Propagator, Rule, Sanitizer,
    SideEffect, Sink, Source, Taint, TaintOptions,
};
use super::runs::can_run;
use crate::sast::pattern::Options;
use bartizan_document::{Dialect, Limits, Node, Value, read as read_yaml};
use bartizan_model::{Confidence, Control, Severity};
use bartizan_syntax::Language;

/// Bytes of a rule file at most.
pub const LARGEST_FILE: usize = 16 << 20;
/// Levels of formulas within each other at most.
const DEPTH: usize = 40;

/// What a rule file gave.
#[derive(Debug, Default)]
pub struct RuleFile {
    /// The rules that run.
    pub rules: Vec<Rule>,
    /// The rules that do not run.
    pub refused: Vec<Refused>,
}

/// A rule that does not run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Its id in its file; its place in the list when it has none.
    pub rule: String,
    /// Why.
    pub reason: String,
}

/// Why a file could not be read at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RuleFileError {
    /// It is too large.
    #[error("is larger than {LARGEST_FILE} bytes")]
    TooLarge,
    /// It is no YAML.
    #[error("does not parse as YAML: {0}")]
    Syntax(String),
    /// It has no list of rules.
    #[error("is no rule file of Semgrep: it has no list `rules:`")]
    NoRules,
}

/// Reads the rules of a file.
///
/// # Errors
/// When the file as a whole cannot be read; single rules that cannot run are listed in the result.
pub fn read(text: &str) -> Result<RuleFile, RuleFileError> {
    read_if(text, can_run)
}

/// Reads the rules of a file of which it is known that they run: patterns and expressions are not tried, which takes the most time.
///
/// # Errors
/// As [`read`].
pub fn read_proven(text: &str) -> Result<RuleFile, RuleFileError> {
    read_if(text, |_| Ok(()))
}

fn read_if(text: &str, runs: fn(&Rule) -> Result<(), String>) -> Result<RuleFile, RuleFileError> {
    if text.len() > LARGEST_FILE {
        return Err(RuleFileError::TooLarge);
    }
    let mut stream = read_yaml(text, Dialect::Core, Limits::default());
    if let Some(problem) = stream.errors.first() {
        return Err(RuleFileError::Syntax(problem.message.clone()));
    }
    if stream.documents.is_empty() {
        return Err(RuleFileError::NoRules);
    }
    let root = stream.documents.swap_remove(0).root;
    if !matches!(root.get("rules").map(|rules| &rules.value), Some(Value::List(_))) {
        return Err(RuleFileError::NoRules);
    }
    let mut file = RuleFile::default();
    for (index, node) in root.items_of("rules").iter().enumerate() {
        let id = node
            .text_of("id")
            .map_or_else(|| format!("rule {}", index + 1), str::to_owned);
        let read = rule(node, &id).and_then(|read| runs(&read.0).map(|()| read));
        match read {
            Ok((rule, left_out)) => {
                if !left_out.is_empty() {
                    let reason = format!("{}, only in its other languages", not_followed(&left_out));
                    file.refused.push(Refused { rule: id, reason });
                }
                file.rules.push(rule);
            }
            Err(reason) => file.refused.push(Refused { rule: id, reason }),
        }
    }
    Ok(file)
}

/// Keys of a rule that say nothing about what it finds.
const SILENT: [&str; 9] = [
    "id",
    "message",
    "severity",
    "languages",
    "metadata",
    "mode",
    "options",
    "min-version",
    "max-version",
];

/// Why a rule about data does not run in languages whose files are only matched with patterns.
fn not_followed(languages: &[Language]) -> String {
    let names: Vec<&str> = languages.iter().map(|language| language.name()).collect();
    format!(
        "it is about data (`mode: taint`), which is not followed in {}",
        names.join(", ")
    )
}

/// A rule, and languages of its own that it does not run in.
fn rule(node: &Node, id: &str) -> Result<(Rule, Vec<Language>), String> {
    let mode = node.text_of("mode").unwrap_or("search");
    let taint = match mode {
        "search" => false,
        "taint" => true,
        other => return Err(format!("its mode `{other}` is not supported")),
    };
    for entry in node.entries() {
        let key = &*entry.key;
        let known = SILENT.contains(&key) || matches!(key, "fix" | "fix-regex" | "paths");
        let pattern = if taint {
            TAINT_KEYS.contains(&key)
        } else {
            SEARCH_KEYS.contains(&key)
        };
        if !known && !pattern {
            return Err(format!("its key `{key}` is not supported"));
        }
    }
    let (languages, any_text) = languages(node)?;
    let runs = |language: &Language| !taint || language.is_followed();
    let (languages, left_out): (Vec<Language>, Vec<Language>) = languages.into_iter().partition(runs);
    if languages.is_empty() && !left_out.is_empty() {
        return Err(not_followed(&left_out));
    }
    let (options, taint_options) = options(node.get("options"))?;
    let mode = if taint {
        Mode::Taint(Box::new(taint_mode(node, taint_options)?))
    } else {
        Mode::Search(Box::new(search_mode(node)?))
    };
    let mut mode = mode;
    if languages.is_empty()
        && let Mode::Search(formula) = &mut mode
    {
        as_text(formula);
    }
    let metadata = node.get("metadata");
    let rule = Rule {
        id: id.to_owned(),
        message: node.text_of("message").unwrap_or_default().trim().to_owned(),
        severity: severity(node.text_of("severity").unwrap_or_default()),
        confidence: confidence(metadata.and_then(|metadata| metadata.text_of("confidence"))),
        languages,
        any_text,
        mode,
        options,
        fix: node
            .text_of("fix")
            .map(|fix| fix.trim_end_matches('\n').to_owned()),
        fix_regex: fix_regex(node.get("fix-regex"))?,
        paths: paths(node.get("paths"))?,
        cwe: texts(metadata.and_then(|metadata| metadata.get("cwe")))
            .iter()
            .filter_map(|text| cwe(text))
            .collect(),
        controls: texts(metadata.and_then(|metadata| metadata.get("owasp")))
            .iter()
            .filter_map(|text| top_ten(text))
            .collect(),
        references: texts(metadata.and_then(|metadata| metadata.get("references"))),
    };
    Ok((rule, left_out))
}

const SEARCH_KEYS: [&str; 4] = ["pattern", "patterns", "pattern-either", "pattern-regex"];
const TAINT_KEYS: [&str; 4] = [
    "pattern-sources",
    "pattern-sinks",
    "pattern-sanitizers",
    "pattern-propagators",
];

/// Where a rule is for text, its patterns are regular expressions.
fn as_text(formula: &mut Formula) {
    match &mut formula.kind {
        FormulaKind::Code(leaf) => {
            formula.kind = FormulaKind::Text(leaf.text.trim_end_matches('\n').to_owned())
        }
        FormulaKind::Text(_) | FormulaKind::Generic(_) => {}
        FormulaKind::Inside(inner) => as_text(inner),
        FormulaKind::Either(all) => all.iter_mut().for_each(as_text),
        FormulaKind::All(all, none) => all.iter_mut().chain(none).for_each(as_text),
    }
}

/// Where text of no language is looked at, its patterns are words in a row.
fn as_generic(formula: &mut Formula) -> Result<(), String> {
    match &mut formula.kind {
        FormulaKind::Code(leaf) => {
            let words =
                Words::read(&leaf.text).ok_or("a generic pattern of several lines is not supported")?;
            formula.kind = FormulaKind::Generic(words);
        }
        FormulaKind::Text(_) | FormulaKind::Generic(_) => {}
        FormulaKind::Inside(inner) => as_generic(inner)?,
        FormulaKind::Either(all) => all.iter_mut().try_for_each(as_generic)?,
        FormulaKind::All(all, none) => all.iter_mut().chain(none).try_for_each(as_generic)?,
    }
    Ok(())
}

fn severity(text: &str) -> Severity {
    match text.to_ascii_uppercase().as_str() {
        "CRITICAL" => Severity::Critical,
        "ERROR" | "HIGH" => Severity::High,
        "WARNING" | "MEDIUM" => Severity::Medium,
        "LOW" => Severity::Low,
        _ => Severity::Info,
    }
}

fn confidence(text: Option<&str>) -> Confidence {
    match text.map(str::to_ascii_uppercase).as_deref() {
        Some("HIGH") => Confidence::High,
        Some("LOW") => Confidence::Low,
        _ => Confidence::Medium,
    }
}

/// A category of the OWASP Top Ten, written `A03:2021 - Injection`.
fn top_ten(text: &str) -> Option<Control> {
    let (category, rest) = text.trim().split_once(':')?;
    let year = rest
        .get(..4)
        .filter(|year| year.bytes().all(|byte| byte.is_ascii_digit()))?;
    let number: u8 = category.strip_prefix('A')?.parse().ok()?;
    Some(Control {
        framework: format!("OWASP-Top10-{year}"),
        id: format!("A{number:02}"),
    })
}

fn cwe(text: &str) -> Option<u32> {
    let digits = text.trim().strip_prefix("CWE-")?;
    let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
    digits.get(..end)?.parse().ok()
}

/// A text, or the texts of a list.
fn texts(node: Option<&Node>) -> Vec<String> {
    let Some(node) = node else {
        return Vec::new();
    };
    match node.text() {
        Some(text) => vec![text.to_owned()],
        None => node
            .items()
            .iter()
            .filter_map(Node::text)
            .map(str::to_owned)
            .collect(),
    }
}

fn languages(node: &Node) -> Result<(Vec<Language>, bool), String> {
    let mut all = Vec::new();
    let mut any_text = false;
    let mut unknown = Vec::new();
    for name in texts(node.get("languages")) {
        match language(&name) {
            Some(Inner::Text | Inner::Generic) => any_text = true,
            Some(Inner::Code(Language::TypeScript)) => all.extend([Language::TypeScript, Language::Tsx]),
            Some(Inner::Code(language)) => all.push(language),
            None => unknown.push(name),
        }
    }
    all.sort_unstable();
    all.dedup();
    if all.is_empty() && !any_text {
        return Err(format!("it is for {}, which is not read", unknown.join(", ")));
    }
    Ok((all, any_text))
}

/// The language that a name of Semgrep means.
fn language(name: &str) -> Option<Inner> {
    Some(match name.to_ascii_lowercase().as_str() {
        "python" | "py" | "python3" | "python2" => Inner::Code(Language::Python),
        "javascript" | "js" => Inner::Code(Language::JavaScript),
        "typescript" | "ts" => Inner::Code(Language::TypeScript),
        "java" => Inner::Code(Language::Java),
        "go" | "golang" => Inner::Code(Language::Go),
        "ruby" | "rb" => Inner::Code(Language::Ruby),
        "php" => Inner::Code(Language::Php),
        "csharp" | "c#" => Inner::Code(Language::CSharp),
        "kotlin" | "kt" => Inner::Code(Language::Kotlin),
        "rust" | "rs" => Inner::Code(Language::Rust),
        "c" => Inner::Code(Language::C),
        "cpp" | "c++" => Inner::Code(Language::Cpp),
        "scala" => Inner::Code(Language::Scala),
        "bash" | "sh" => Inner::Code(Language::Bash),
        "regex" | "none" => Inner::Text,
        _ => return None,
    })
}

fn options(node: Option<&Node>) -> Result<(Options, TaintOptions), String> {
    let (mut options, mut taint) = (Options::default(), TaintOptions::default());
    for entry in node.map_or(&[][..], Node::entries) {
        let Some(value) = entry.value.bool() else {
            return Err(format!("its option `{}` is not true or false", entry.key));
        };
        let place = match &*entry.key {
            "constant_propagation" => &mut options.constant_propagation,
            "symbolic_propagation" => &mut options.symbolic_propagation,
            "ac_matching" => &mut options.ac_matching,
            "vardef_assign" => &mut options.vardef_assign,
            "attr_expr" => &mut options.attr_expr,
            "let_is_var" => &mut options.let_is_var,
            "go_deeper_stmt" => &mut options.go_deeper_stmt,
            "implicit_deep_exprstmt" => &mut options.implicit_deep_exprstmt,
            "implicit_ellipsis" => &mut options.implicit_ellipsis,
            "commutative_boolop" => &mut options.commutative_boolop,
            "symmetric_eq" => &mut options.symmetric_eq,
            "taint_unify_mvars" => &mut taint.unify_metavariables,
            "taint_assume_safe_functions" => &mut taint.safe_functions,
            "taint_assume_safe_indexes" => &mut taint.safe_indexes,
            "taint_assume_safe_comparisons" => &mut taint.safe_comparisons,
            "taint_assume_safe_booleans" => &mut taint.safe_booleans,
            "taint_assume_safe_numbers" => &mut taint.safe_numbers,
            "taint_only_propagate_through_assignments" => &mut taint.only_assignments,
            // Data is followed through calls in any case, by what is known of their arguments; whether into other files, too, is for the one
            // who runs the rule to say.
            "interfile" | "taint_intrafile" | "guarded_taint_signatures" => continue,
            other => return Err(format!("its option `{other}` is not supported")),
        };
        *place = value;
    }
    Ok((options, taint))
}

fn paths(node: Option<&Node>) -> Result<Paths, String> {
    for entry in node.map_or(&[][..], Node::entries) {
        if !matches!(&*entry.key, "include" | "exclude") {
            return Err(format!("its key `paths.{}` is not supported", entry.key));
        }
    }
    let of = |key| texts(node.and_then(|node| node.get(key)));
    Ok(Paths::new(of("include"), of("exclude")))
}

fn fix_regex(node: Option<&Node>) -> Result<Option<FixRegex>, String> {
    let Some(node) = node else {
        return Ok(None);
    };
    let (Some(regex), Some(replacement)) = (node.text_of("regex"), node.text_of("replacement")) else {
        return Err("its `fix-regex` lacks `regex` or `replacement`".to_owned());
    };
    Ok(Some(FixRegex {
        regex: regex.to_owned(),
        replacement: replacement.to_owned(),
        count: node
            .get("count")
            .and_then(Node::int)
            .and_then(|count| usize::try_from(count).ok()),
    }))
}

fn search_mode(node: &Node) -> Result<Formula, String> {
    let entries = node
        .entries()
        .iter()
        .filter(|entry| SEARCH_KEYS.contains(&&*entry.key));
    let mut found = entries.map(|entry| operator(&entry.key, &entry.value, DEPTH));
    let first = found.next().ok_or("it has no pattern")??;
    if found.next().is_some() {
        return Err(
            "it has several patterns side by side; `patterns` or `pattern-either` must join them".to_owned(),
        );
    }
    match first {
        Part::All(formula) => Ok(formula),
        _ => Err("it excludes, but finds nothing".to_owned()),
    }
}

/// A part of a conjunction.
enum Part {
    All(Formula),
    None(Formula),
    Condition(Condition),
    Focus(Vec<String>),
}

fn operator(key: &str, value: &Node, left: usize) -> Result<Part, String> {
    let left = left.checked_sub(1).ok_or("its patterns are nested too deeply")?;
    let text = || {
        value
            .text()
            .ok_or_else(|| format!("`{key}` is {}, where text is needed", value.kind()))
    };
    let code = |text: &str| Formula::of(FormulaKind::Code(Box::new(Leaf::new(text))));
    Ok(match key {
        "pattern" => Part::All(code(&scalar(value)?)),
        "patterns" => Part::All(conjunction(value, left)?),
        "pattern-either" => Part::All(disjunction(value, left)?),
        "pattern-regex" => Part::All(Formula::of(FormulaKind::Text(text()?.to_owned()))),
        "pattern-inside" => Part::All(Formula::of(FormulaKind::Inside(Box::new(formula_of(
            value, left,
        )?)))),
        "pattern-not" => Part::None(formula_of(value, left)?),
        "pattern-not-inside" => Part::None(Formula::of(FormulaKind::Inside(Box::new(formula_of(
            value, left,
        )?)))),
        "pattern-not-regex" => Part::None(Formula::of(FormulaKind::Text(text()?.to_owned()))),
        "focus-metavariable" => Part::Focus(texts(Some(value))),
        "metavariable-regex" => Part::Condition(regex_condition(value)?),
        "metavariable-comparison" => Part::Condition(comparison_condition(value)?),
        "metavariable-pattern" => Part::Condition(pattern_condition(value, left)?),
        "metavariable-type" => Part::Condition(type_condition(value)?),
        other => return Err(format!("its operator `{other}` is not supported")),
    })
}

/// The text of a pattern, which YAML may have taken for a number or a truth.
fn scalar(value: &Node) -> Result<String, String> {
    match &value.value {
        Value::Text(text) => Ok(text.to_string()),
        Value::Int(number) => Ok(number.to_string()),
        Value::Float(number) => Ok(number.to_string()),
        Value::Bool(truth) => Ok(truth.to_string()),
        _ => Err(format!("a pattern is {}, where text is needed", value.kind())),
    }
}

/// A pattern, or a map with one operator.
fn formula_of(value: &Node, left: usize) -> Result<Formula, String> {
    if value.entries().is_empty() {
        return Ok(Formula::of(FormulaKind::Code(Box::new(Leaf::new(&scalar(
            value,
        )?)))));
    }
    one_of(value, left)
}

fn one_of(value: &Node, left: usize) -> Result<Formula, String> {
    let [entry] = value.entries() else {
        return Err("a pattern has several operators where one is needed".to_owned());
    };
    match operator(&entry.key, &entry.value, left)? {
        Part::All(formula) => Ok(formula),
        _ => Err(format!("`{}` stands where something must be found", entry.key)),
    }
}

fn disjunction(value: &Node, left: usize) -> Result<Formula, String> {
    let all: Result<Vec<Formula>, String> = value.items().iter().map(|item| one_of(item, left)).collect();
    let all = all?;
    if all.is_empty() {
        return Err("`pattern-either` is empty".to_owned());
    }
    Ok(Formula::of(FormulaKind::Either(all)))
}

fn conjunction(value: &Node, left: usize) -> Result<Formula, String> {
    let mut parts = Vec::new();
    for item in value.items() {
        if item.entries().is_empty() {
            return Err(format!("`patterns` has {} among its operators", item.kind()));
        }
        for entry in item.entries() {
            parts.push(operator(&entry.key, &entry.value, left)?);
        }
    }
    Ok(joined(parts))
}

/// What holds where all of the parts do.
fn joined(parts: Vec<Part>) -> Formula {
    let (mut all, mut none) = (Vec::new(), Vec::new());
    let mut formula = Formula::of(FormulaKind::Either(Vec::new()));
    for part in parts {
        match part {
            Part::All(one) => all.push(one),
            Part::None(one) => none.push(one),
            Part::Condition(condition) => formula.conditions.push(condition),
            Part::Focus(names) => formula.focus.push(names),
        }
    }
    formula.kind = FormulaKind::All(all, none);
    formula
}

fn metavariable(node: &Node, operator: &str) -> Result<String, String> {
    let name = node.text_of("metavariable");
    name.map(str::to_owned)
        .ok_or_else(|| format!("`{operator}` lacks `metavariable`"))
}

/// Refuses keys of an operator that are not known.
fn only(node: &Node, operator: &str, keys: &[&str]) -> Result<(), String> {
    match node.entries().iter().find(|entry| !keys.contains(&&*entry.key)) {
        Some(entry) => Err(format!(
            "`{operator}` has the key `{}`, which is not supported",
            entry.key
        )),
        None => Ok(()),
    }
}

fn regex_condition(node: &Node) -> Result<Condition, String> {
    only(
        node,
        "metavariable-regex",
        &["metavariable", "regex", "constant-propagation"],
    )?;
    let regex = node
        .get("regex")
        .map(scalar)
        .transpose()?
        .ok_or("`metavariable-regex` lacks `regex`")?;
    Ok(Condition::Regex {
        metavariable: metavariable(node, "metavariable-regex")?,
        regex,
        constants: node
            .get("constant-propagation")
            .and_then(Node::bool)
            .unwrap_or(false),
    })
}

fn comparison_condition(node: &Node) -> Result<Condition, String> {
    only(
        node,
        "metavariable-comparison",
        &["metavariable", "comparison", "strip", "base"],
    )?;
    let text = node
        .text_of("comparison")
        .ok_or("`metavariable-comparison` lacks `comparison`")?;
    let mut comparison =
        Comparison::read(text).ok_or_else(|| format!("the comparison `{text}` is not supported"))?;
    comparison.metavariable = node.text_of("metavariable").map(str::to_owned);
    comparison.strip = node.get("strip").and_then(Node::bool).unwrap_or(false);
    comparison.base = node
        .get("base")
        .and_then(Node::int)
        .and_then(|base| u32::try_from(base).ok())
        .filter(|base| (2..=36).contains(base));
    Ok(Condition::Comparison(comparison))
}

fn pattern_condition(node: &Node, left: usize) -> Result<Condition, String> {
    const OPERATOR: &str = "metavariable-pattern";
    only(
        node,
        OPERATOR,
        &[
            "metavariable",
            "language",
            "pattern",
            "patterns",
            "pattern-either",
            "pattern-regex",
        ],
    )?;
    let inner = match node.text_of("language") {
        None => None,
        Some("generic") => Some(Inner::Generic),
        Some(name) => {
            Some(language(name).ok_or_else(|| format!("`{OPERATOR}` reads {name}, which is not supported"))?)
        }
    };
    let operators = node
        .entries()
        .iter()
        .filter(|entry| SEARCH_KEYS.contains(&&*entry.key));
    let mut parts = operators.map(|entry| operator(&entry.key, &entry.value, left));
    let Some(Part::All(mut formula)) = parts.next().transpose()? else {
        return Err(format!("`{OPERATOR}` has no pattern"));
    };
    match inner {
        Some(Inner::Text) => as_text(&mut formula),
        Some(Inner::Generic) => as_generic(&mut formula)?,
        Some(Inner::Code(_)) | None => {}
    }
    if parts.next().is_some() {
        return Err(format!("`{OPERATOR}` has several patterns side by side"));
    }
    Ok(Condition::Pattern {
        metavariable: metavariable(node, OPERATOR)?,
        language: inner,
        formula: Box::new(formula),
    })
}

fn type_condition(node: &Node) -> Result<Condition, String> {
    only(
        node,
        "metavariable-type",
        &["metavariable", "type", "types", "language"],
    )?;
    let mut types = texts(node.get("type"));
    types.extend(texts(node.get("types")));
    if types.is_empty() {
        return Err("`metavariable-type` lacks `type`".to_owned());
    }
    Ok(Condition::Type {
        metavariable: metavariable(node, "metavariable-type")?,
        types: types.iter().map(|text| Leaf::of_type(text)).collect(),
    })
}

/// The pattern of one source, sink, sanitizer or propagator; conditions beside it hold of what it finds.
fn place(node: &Node, name: &str, keys: &[&str]) -> Result<Formula, String> {
    let mut formula = None;
    let mut conditions = Vec::new();
    for entry in node.entries() {
        if keys.contains(&&*entry.key) {
            continue;
        }
        match operator(&entry.key, &entry.value, DEPTH)? {
            Part::All(one) => {
                if formula.replace(one).is_some() {
                    return Err(format!("`{name}` has several patterns side by side"));
                }
            }
            other => conditions.push(other),
        }
    }
    let formula = formula.ok_or_else(|| format!("`{name}` has no pattern"))?;
    if conditions.is_empty() {
        return Ok(formula);
    }
    conditions.insert(0, Part::All(formula));
    Ok(joined(conditions))
}

fn taint_mode(node: &Node, options: TaintOptions) -> Result<Taint, String> {
    let mut taint = Taint {
        options,
        ..Taint::default()
    };
    let label = |item: &Node, key| item.text_of(key).map(str::to_owned);
    let flag = |item: &Node, key| item.get(key).and_then(Node::bool);
    for item in node.items_of("pattern-sources") {
        let formula = place(
            item,
            "pattern-sources",
            &["label", "requires", "by-side-effect", "exact"],
        )?;
        let by_side_effect = match (flag(item, "by-side-effect"), item.text_of("by-side-effect")) {
            (Some(true), _) => SideEffect::Yes,
            (None, Some("only")) => SideEffect::Only,
            _ => SideEffect::No,
        };
        taint.sources.push(Source {
            formula,
            label: label(item, "label"),
            requires: requires(item)?,
            by_side_effect,
            exact: flag(item, "exact").unwrap_or(false),
        });
    }
    for item in node.items_of("pattern-sinks") {
        taint.sinks.push(Sink {
            formula: place(item, "pattern-sinks", &["requires", "exact"])?,
            requires: requires(item)?,
            exact: flag(item, "exact").unwrap_or(false),
        });
    }
    for item in node.items_of("pattern-sanitizers") {
        taint.sanitizers.push(Sanitizer {
            formula: place(
                item,
                "pattern-sanitizers",
                &["by-side-effect", "exact", "not_conflicting", "not-conflicting"],
            )?,
            by_side_effect: flag(item, "by-side-effect").unwrap_or(false),
            exact: flag(item, "exact").unwrap_or(false),
            not_conflicting: flag(item, "not_conflicting")
                .or(flag(item, "not-conflicting"))
                .unwrap_or(false),
        });
    }
    for item in node.items_of("pattern-propagators") {
        let keys = [
            "from",
            "to",
            "by-side-effect",
            "requires",
            "label",
            "replace-labels",
        ];
        let end = |key| label(item, key).ok_or_else(|| format!("`pattern-propagators` lacks `{key}`"));
        taint.propagators.push(Propagator {
            formula: place(item, "pattern-propagators", &keys)?,
            from: end("from")?,
            to: end("to")?,
            by_side_effect: flag(item, "by-side-effect").unwrap_or(true),
            requires: requires(item)?,
            label: label(item, "label"),
            replace_labels: texts(item.get("replace-labels")),
        });
    }
    if taint.sources.is_empty() || taint.sinks.is_empty() {
        return Err("it lacks `pattern-sources` or `pattern-sinks`".to_owned());
    }
    if let Some(reason) = crate::sast::taint::refusal(&taint) {
        return Err(reason);
    }
    Ok(taint)
}

/// The labels that are needed, as text.
fn requires(node: &Node) -> Result<Option<String>, String> {
    match node.get("requires") {
        None => Ok(None),
        Some(value) => match value.text() {
            Some(text) => Ok(Some(text.to_owned())),
            None => Err("`requires` for each metavariable is not supported".to_owned()),
        },
    }
}
