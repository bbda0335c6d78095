//! Rules of flow by the kinds of sources, sinks and cleaners that they speak of.

use crate::sast::late::LateRegex;
use bartizan_content::code::{CodeRule, Flow};
use bartizan_content::flow::Cleaner;
use bartizan_flow::{Rule, RuleId};
use bartizan_syntax::NodeId;
use std::collections::{BTreeSet, HashMap};

/// The rules of flow of one language, by the kinds that they speak of.
#[derive(Debug, Default)]
pub struct FlowRules {
    /// What the engine has to know of each.
    pub rules: Vec<Rule>,
    /// Their ids, in the same order.
    pub ids: Vec<String>,
    pub(super) sources: HashMap<String, Vec<RuleId>>,
    pub(super) sinks: HashMap<String, Vec<RuleId>>,
    pub(super) cleaners: HashMap<String, Vec<RuleId>>,
    pub(super) constants: Vec<Constants>,
}

/// A rule about constants, and which it means.
#[derive(Debug)]
pub(super) struct Constants {
    pub(super) rule: RuleId,
    values: Option<LateRegex>,
    not_values: Option<LateRegex>,
    pub(super) sinks: BTreeSet<String>,
    /// Whether nearly every constant is meant, so that only files with one of its sinks are worth marking
    pub(super) is_wide: bool,
}

impl FlowRules {
    /// Those of the rules that are about flow.
    #[must_use]
    pub fn of<'r>(all: impl IntoIterator<Item = &'r CodeRule>) -> Self {
        let mut rules = Self::default();
        for rule in all {
            if let Some(flow) = &rule.flow {
                rules.add(&rule.id, flow);
            }
        }
        rules
    }

    fn add(&mut self, id: &str, flow: &Flow) {
        let rule = RuleId(u32::try_from(self.rules.len()).unwrap_or(u32::MAX));
        let is_constant = flow.sources.iter().any(|kind| kind == Flow::CONSTANT);
        let is_made = flow.is_about_what_is_made();
        self.rules.push(Rule {
            labels: 1,
            // What a function makes of a constant is no constant any more.
            safe_calls: is_constant,
            safe_indices: true,
            safe_comparisons: true,
            safe_scalars: !is_constant && !is_made,
            // What was made for somebody is kept until a later call asks for it.
            safe_between_calls: !is_constant && !is_made,
            harmless_without: flow
                .sinks
                .iter()
                .flat_map(|kind| harm_of(kind))
                .map(|text| (*text).to_owned())
                .collect(),
        });
        self.ids.push(id.to_owned());
        let lists = [
            (&mut self.sources, flow.sources.as_slice()),
            (&mut self.sinks, flow.sinks.as_slice()),
            (&mut self.cleaners, flow.cleaners()),
        ];
        for (map, kinds) in lists {
            for kind in kinds {
                map.entry(kind.clone()).or_default().push(rule);
            }
        }
        self.cleaners
            .entry(Cleaner::ANY.to_owned())
            .or_default()
            .push(rule);
        if is_constant {
            self.constants.push(Constants {
                rule,
                values: flow.values.as_deref().map(LateRegex::of),
                not_values: flow.not_values.as_deref().map(LateRegex::of),
                sinks: flow.sinks.iter().cloned().collect(),
                is_wide: flow.values.as_deref().is_none_or(|values| {
                    values.len() < 2 || !values.contains(|one: char| one.is_ascii_alphabetic())
                }),
            });
        }
    }
}

impl Constants {
    /// Whether a value is one of them.
    pub(super) fn means(&self, value: &str) -> bool {
        self.values.as_ref().is_none_or(|values| values.is_match(value))
            && !self.not_values.as_ref().is_some_and(|not| not.is_match(value))
    }
}

/// The file and the node that a finding is told at: where data does harm, or where the program keeps the value that it should not have made.
#[must_use]
pub fn told_at(rule: &CodeRule, finding: &bartizan_flow::Finding) -> (usize, NodeId) {
    let is_made = rule.flow.as_ref().is_some_and(Flow::is_about_what_is_made);
    let kept = finding.kept.filter(|_| is_made);
    kept.unwrap_or((finding.file, finding.sink))
}

/// Texts without which data does no harm to a kind of sink.
fn harm_of(kind: &str) -> &'static [&'static str] {
    match kind {
        "path" | "extract" => &["..", "../"],
        "xpath" => &["'", "\""],
        "html" => &["<"],
        "log" | "header" | "mail" => &["\n", "\r"],
        _ => &[],
    }
}
