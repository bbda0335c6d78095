//! Findings of source code.
//!
//! In: where a rule matches, or which way data takes. Out: findings, with the way as steps and what mends them as edits.

use crate::sast::around::names_around;
use crate::sast::pattern::compile;
use crate::sast::semgrep::{Hit, Rule};
use bartizan_content::CodeRule;
use bartizan_engine::Input;
use bartizan_engine::rule::Lines;
use bartizan_flow::{PathStep, What};
use bartizan_model::{AssetId, EvidenceStep, Finding, FingerprintBuilder, Fix, Location, RuleInfo, TextEdit};
use bartizan_source::FileMeta;
use bartizan_syntax::{Ast, NodeId, Span};
use fancy_regex::Regex;
use std::borrow::Cow;

/// Longest text of a metavariable that a message shows.
const LONGEST_NAME: usize = 60;
/// Steps of a way that are told; of a longer one the first and the last.
const MOST_STEPS: usize = 30;

/// A file that is judged.
#[derive(Clone, Copy)]
pub(super) struct Source<'a> {
    pub(super) path: &'a str,
    pub(super) text: &'a str,
    pub(super) ast: &'a Ast,
    /// Whether it is only there to understand others by
    pub(super) is_around: bool,
}

impl Source<'_> {
    /// Does something with the file as an input of a check.
    fn with<T>(&self, run: impl FnOnce(&Input<'_>) -> T) -> T {
        let meta = FileMeta {
            path: self.path.into(),
            size: self.text.len() as u64,
            commit: None,
            author: None,
            layer: None,
        };
        run(&Input::whole(&meta, self.text.as_bytes()))
    }

    fn location(&self, span: Span) -> Location {
        self.with(|input| input.locate(span.range()))
    }

    fn code(&self, span: Span) -> &str {
        self.text.get(span.range()).unwrap_or_default()
    }

    /// What tells a place from others: where it stands and what it says, whatever its line is.
    fn key(&self, node: Option<NodeId>, span: Span) -> String {
        let words: Vec<&str> = self.code(span).split_whitespace().collect();
        format!(
            "{} {}",
            node.map_or_else(String::new, |node| names_around(self.ast, node)),
            words.join(" ")
        )
    }
}

/// The line of a byte, from 1.
pub(super) fn line_of(text: &str, at: u32) -> usize {
    let head = text.as_bytes().get(..at as usize).unwrap_or(text.as_bytes());
    head.iter().filter(|&&byte| byte == b'\n').count() + 1
}

/// Tells what one rule found.
pub(super) struct Teller<'r> {
    info: Cow<'r, RuleInfo>,
    message: &'r str,
}

impl<'r> Teller<'r> {
    /// What a rule says of itself and of what it finds.
    pub(super) const fn new(info: Cow<'r, RuleInfo>, message: &'r str) -> Self {
        Self { info, message }
    }

    /// For one of our own rules.
    pub(super) fn of(rule: &'r CodeRule) -> Self {
        Self::new(Cow::Owned(rule.info()), &rule.message)
    }

    /// What a rule of patterns found.
    pub(super) fn hit(&self, hit: &Hit, rule: &Rule, file: &Source<'_>, lines: &Lines<'_>) -> Finding {
        let range = hit.span.range();
        let location = lines.place(&range).location(file.path);
        let mut finding = self.finding(
            file.key(hit.node, hit.span),
            self.message(hit, file),
            location.clone(),
        );
        if let (Some(replacement), Some(mending)) = (replacement(hit, rule, file), &mut finding.fix) {
            mending.edits.push(TextEdit {
                location,
                replacement,
            });
        }
        finding.evidence = way(&hit.steps, hit.span, file, std::slice::from_ref(file));
        finding.snippet = lines.snippet(&range);
        finding
    }

    /// Which way data takes that must not, told at the place that is to be mended.
    pub(super) fn flow(
        &self,
        found: &bartizan_flow::Finding,
        (place, node): (usize, NodeId),
        files: &[Source<'_>],
    ) -> Finding {
        let none = || Location::of_file("");
        let (Some(file), Some(end)) = (files.get(place), files.get(found.file)) else {
            return self.finding(String::new(), self.message.to_owned(), none());
        };
        let span = file.ast.span(node);
        let mut finding = self.finding(
            file.key(Some(node), span),
            self.message.to_owned(),
            file.location(span),
        );
        finding.evidence = way(&found.steps, end.ast.span(found.sink), end, files);
        finding.snippet = file.with(|input| Lines::new(input, 0).snippet(&span.range()));
        finding
    }

    fn finding(&self, key: String, message: String, location: Location) -> Finding {
        let info = &self.info;
        let fingerprint = FingerprintBuilder::new(&info.id)
            .file_name_of(&location.path)
            .part(key.as_bytes())
            .finish();
        let asset = AssetId::file(&location.path);
        Finding {
            title: info.title.clone(),
            message,
            cwe: info.cwe.clone(),
            controls: info.controls.clone(),
            fix: Some(Fix {
                description: first_sentence(&info.remediation),
                edits: Vec::new(),
            }),
            locations: vec![location],
            ..Finding::new(
                info.id.clone(),
                (info.severity, info.confidence),
                fingerprint,
                asset,
            )
        }
    }

    fn message(&self, hit: &Hit, file: &Source<'_>) -> String {
        // What stands in quotes may be a secret.
        let shown = |name: &str| {
            let text = bound(hit, name, file)?;
            let harmless = text.len() <= LONGEST_NAME && !text.contains(['"', '\'', '`', '\n']);
            Some(if harmless {
                text.to_owned()
            } else {
                "a value".to_owned()
            })
        };
        filled(self.message, shown)
    }
}

/// The steps of a way to a place, of a long one the first and the last; none where there is no way.
fn way(steps: &[PathStep], end: Span, file: &Source<'_>, files: &[Source<'_>]) -> Vec<EvidenceStep> {
    if steps.is_empty() {
        return Vec::new();
    }
    let half = MOST_STEPS / 2;
    let shown = steps
        .iter()
        .enumerate()
        .filter(|(at, _)| *at < half || at + half >= steps.len());
    let mut told: Vec<EvidenceStep> = shown
        .filter_map(|(_, step)| {
            let home = files.get(step.file)?;
            let span = home.ast.span(step.node);
            Some(EvidenceStep {
                message: said(step.what).to_owned(),
                location: Some(home.location(span)),
            })
        })
        .collect();
    told.push(EvidenceStep {
        message: "it gets here".to_owned(),
        location: Some(file.location(end)),
    });
    told
}

/// What stands in the place of what was found once it is mended.
fn replacement(hit: &Hit, rule: &Rule, file: &Source<'_>) -> Option<String> {
    if let Some(template) = &rule.fix {
        return Some(filled(template, |name| bound(hit, name, file).map(str::to_owned)));
    }
    let fix = rule.fix_regex.as_ref()?;
    let regex = compile(&fix.regex).ok()?;
    let text = file.code(hit.span);
    // Groups are written `\1` in the rule and `${1}` here.
    let group = Regex::new(r"\\(\d+)").ok()?;
    let template = group
        .replace_all(&fix.replacement.replace('$', "$$"), "$${$1}")
        .into_owned();
    let mended = regex
        .try_replacen(text, fix.count.unwrap_or(0), template.as_str())
        .ok()?;
    (mended != text).then(|| mended.into_owned())
}

fn bound<'h>(hit: &'h Hit, name: &str, file: &'h Source<'_>) -> Option<&'h str> {
    Some(hit.env.get(name)?.text(file.ast, file.text))
}

/// A text with `$NAME` replaced as far as it stands for something.
fn filled(template: &str, value: impl Fn(&str) -> Option<String>) -> String {
    let mut out = String::with_capacity(template.len());
    let mut rest = template;
    while let Some(at) = rest.find('$') {
        let (head, tail) = rest.split_at(at);
        out.push_str(head);
        let dots = if tail.starts_with("$...") { 4 } else { 1 };
        let name = tail.get(dots..).unwrap_or_default();
        let length = name
            .find(|c: char| !(c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_'))
            .unwrap_or(name.len());
        let (whole, after) = tail.split_at(dots + length);
        match value(whole).filter(|_| length > 0) {
            Some(text) => out.push_str(&text),
            None => out.push_str(whole),
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

/// The first sentence of a text in Markdown.
fn first_sentence(markdown: &str) -> String {
    let paragraph = markdown.trim().split("\n\n").next().unwrap_or_default();
    let line = paragraph.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.find(". ") {
        Some(end) => line.get(..=end).unwrap_or(&line).to_owned(),
        None => line,
    }
}

const fn said(what: What) -> &'static str {
    match what {
        What::Source => "data from outside comes in",
        What::Assigned => "it is kept",
        What::Called => "a function is called with it",
        What::Found => "another call finds it",
        What::Entered => "it is a parameter",
        What::Returned => "it comes back",
        What::Passed => "it is handed on",
        What::OtherSanitizer => "what makes it harmless elsewhere does not here",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_replaced_as_far_as_they_stand_for_something() {
        let value = |name: &str| match name {
            "$X" => Some("a".to_owned()),
            "$...ARGS" => Some("1, 2".to_owned()),
            _ => None,
        };
        assert_eq!(
            filled("f($X, $...ARGS) $Y $ $5 $XY", value),
            "f(a, 1, 2) $Y $ $5 $XY"
        );
    }

    #[test]
    fn the_first_sentence_ends_at_its_stop() {
        assert_eq!(
            first_sentence("Use a.b. Then\nmore.\n\n```\nx. y\n```"),
            "Use a.b."
        );
        assert_eq!(first_sentence(""), "");
    }
}
