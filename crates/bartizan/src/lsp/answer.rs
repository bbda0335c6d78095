//! What an editor is told of a judged document.
//!
//! In: a document with its findings. Out: diagnostics, the manual behind a place, and what mends or waives a finding.

use super::comment;
use super::text::Text;
use bartizan_model::{Date, Finding, Location, RuleInfo, Severity};
use lsp_types::{
    CodeAction, CodeActionKind, CodeActionOrCommand, CodeDescription, Diagnostic,
    DiagnosticRelatedInformation, DiagnosticSeverity, Hover, HoverContents, MarkupContent, MarkupKind,
    NumberOrString, Position, Range, TextEdit, Uri, WorkspaceEdit,
};
use std::collections::{BTreeMap, HashMap};

/// Days that a waiver made in an editor covers a finding.
const WAIVED_DAYS: u16 = 30;

/// A document as it was judged.
#[derive(Debug)]
pub(super) struct Judged {
    pub(super) uri: Uri,
    /// Relative to the root of the work.
    pub(super) path: String,
    pub(super) version: i32,
    pub(super) text: Text,
    /// Those of this file that nothing waives.
    pub(super) findings: Vec<Finding>,
    pub(super) rules: BTreeMap<String, RuleInfo>,
}

impl Judged {
    pub(super) fn diagnostics(&self) -> Vec<Diagnostic> {
        let places = self.findings.iter().flat_map(|finding| self.places(finding));
        places
            .map(|(finding, place)| self.diagnostic(finding, place))
            .collect()
    }

    /// Every place of a finding in this document.
    fn places<'j>(&'j self, finding: &'j Finding) -> impl Iterator<Item = (&'j Finding, &'j Location)> {
        let here = finding.locations.iter().filter(|place| place.path == self.path);
        here.map(move |place| (finding, place))
    }

    fn diagnostic(&self, finding: &Finding, place: &Location) -> Diagnostic {
        let reference = self
            .rules
            .get(&finding.rule)
            .and_then(|rule| rule.references.first());
        let related: Vec<DiagnosticRelatedInformation> = finding
            .evidence
            .iter()
            .filter_map(|step| self.related(step))
            .collect();
        Diagnostic {
            range: self.text.range(place),
            severity: Some(severity(finding.severity)),
            code: Some(NumberOrString::String(finding.rule.clone())),
            code_description: reference
                .and_then(|address| address.parse().ok())
                .map(|href| CodeDescription { href }),
            source: Some("bartizan".to_owned()),
            message: message(finding),
            related_information: (!related.is_empty()).then_some(related),
            tags: None,
            data: None,
        }
    }

    fn related(&self, step: &bartizan_model::EvidenceStep) -> Option<DiagnosticRelatedInformation> {
        let place = step.location.as_ref().filter(|place| place.path == self.path)?;
        Some(DiagnosticRelatedInformation {
            location: lsp_types::Location::new(self.uri.clone(), self.text.range(place)),
            message: step.message.clone(),
        })
    }

    /// The findings that touch a range, each with the place at which it does.
    fn within(&self, range: Range) -> impl Iterator<Item = (&Finding, Range)> {
        let places = self.findings.iter().flat_map(|finding| self.places(finding));
        places.filter_map(move |(finding, place)| {
            let here = self.text.range(place);
            (here.start <= range.end && range.start <= here.end).then_some((finding, here))
        })
    }

    /// The manuals of what was found at a position.
    pub(super) fn hover(&self, at: Position) -> Option<Hover> {
        let found: Vec<(&Finding, Range)> = self.within(Range::new(at, at)).collect();
        let range = found.first()?.1;
        let mut rules: Vec<&str> = Vec::new();
        let mut parts = Vec::new();
        for (finding, _) in found {
            if !rules.contains(&finding.rule.as_str()) {
                rules.push(&finding.rule);
                parts.push(self.manual(finding));
            }
        }
        Some(Hover {
            contents: HoverContents::Markup(MarkupContent {
                kind: MarkupKind::Markdown,
                value: parts.join("\n\n---\n\n"),
            }),
            range: Some(range),
        })
    }

    fn manual(&self, finding: &Finding) -> String {
        let mut page = format!(
            "**{}** · {} · `{}`\n\n{}",
            finding.title,
            finding.severity.as_str(),
            finding.rule,
            finding.message
        );
        if let Some(rule) = self.rules.get(&finding.rule) {
            page.push_str(&format!("\n\n{}", rule.manual.trim()));
            if !rule.remediation.trim().is_empty() {
                page.push_str(&format!("\n\n**How to mend it**\n\n{}", rule.remediation.trim()));
            }
            let links = rule.references.iter().map(|address| format!("\n- <{address}>"));
            page.push_str(&format!("\n{}", links.collect::<String>()));
        }
        page.trim_end().to_owned()
    }

    /// What mends or waives what was found in a range.
    pub(super) fn actions(&self, range: Range, today: Date) -> Vec<CodeActionOrCommand> {
        let mut actions = Vec::new();
        for (finding, here) in self.within(range) {
            let reported = self.reported(finding, here);
            actions.extend(self.mending(finding).map(|edits| {
                self.action(
                    finding
                        .fix
                        .as_ref()
                        .map_or("Mend it", |fix| fix.description.as_str()),
                    edits,
                    &reported,
                    true,
                )
            }));
            actions.extend(self.waiving(finding, here, today).map(|edit| {
                let title = format!("Waive {} here, for a reason", finding.rule);
                self.action(&title, vec![edit], &reported, false)
            }));
        }
        actions.into_iter().map(CodeActionOrCommand::CodeAction).collect()
    }

    fn reported(&self, finding: &Finding, here: Range) -> Vec<Diagnostic> {
        let places = self.places(finding);
        let place = places
            .map(|(_, place)| place)
            .find(|place| self.text.range(place) == here);
        place
            .map(|place| self.diagnostic(finding, place))
            .into_iter()
            .collect()
    }

    fn mending(&self, finding: &Finding) -> Option<Vec<TextEdit>> {
        let edits = &finding.fix.as_ref()?.edits;
        let all_here = edits.iter().all(|edit| edit.location.path == self.path);
        (all_here && !edits.is_empty()).then(|| {
            let edit = |edit: &bartizan_model::TextEdit| TextEdit {
                range: self.text.range(&edit.location),
                new_text: edit.replacement.clone(),
            };
            edits.iter().map(edit).collect()
        })
    }

    /// A waiver comment above the line. The reason is left for the person to write: without one the waiver does not count.
    fn waiving(&self, finding: &Finding, here: Range, today: Date) -> Option<TextEdit> {
        let (open, close) = comment::of(&self.path)?;
        let line = self.text.line(here.start.line);
        let indent: String = line.chars().take_while(|one| one.is_whitespace()).collect();
        let until = if finding.severity >= Severity::High {
            format!(" until {}", today.plus_days(WAIVED_DAYS))
        } else {
            String::new()
        };
        let start = Position::new(here.start.line, 0);
        Some(TextEdit {
            range: Range::new(start, start),
            new_text: format!(
                "{indent}{open}bartizan: allow[{}]{until} -- {close}\n",
                finding.rule
            ),
        })
    }

    fn action(
        &self,
        title: &str,
        edits: Vec<TextEdit>,
        reported: &[Diagnostic],
        preferred: bool,
    ) -> CodeAction {
        #[allow(
            clippy::mutable_key_type,
            reason = "the type of the protocol; the address is never changed"
        )]
        let changes = HashMap::from([(self.uri.clone(), edits)]);
        CodeAction {
            title: title.to_owned(),
            kind: Some(CodeActionKind::QUICKFIX),
            diagnostics: Some(reported.to_vec()),
            edit: Some(WorkspaceEdit {
                changes: Some(changes),
                ..WorkspaceEdit::default()
            }),
            is_preferred: preferred.then_some(true),
            ..CodeAction::default()
        }
    }
}

fn message(finding: &Finding) -> String {
    match &finding.fix {
        Some(fix) => format!("{}: {}\n{}", finding.title, finding.message, fix.description),
        None => format!("{}: {}", finding.title, finding.message),
    }
}

const fn severity(severity: Severity) -> DiagnosticSeverity {
    match severity {
        Severity::Critical | Severity::High => DiagnosticSeverity::ERROR,
        Severity::Medium => DiagnosticSeverity::WARNING,
        Severity::Low => DiagnosticSeverity::INFORMATION,
        Severity::Info => DiagnosticSeverity::HINT,
    }
}
