//! The rules of one language, made ready once a file of it is seen.

use crate::sast::library::{FlowRules, Models};
use crate::sast::pattern::Regexes;
use crate::sast::rules::pattern_rule;
use crate::sast::semgrep::Rule;
use bartizan_content::{CodeRule, builtin};
use bartizan_engine::globs::PathGlobs;
use bartizan_engine::rule::Enabled;
use bartizan_syntax::Language;
use std::collections::HashMap;
use std::sync::OnceLock;

/// Languages whose files call one another, and are judged together.
const FAMILIES: [&[Language]; 4] = [
    &[Language::Python],
    &[Language::JavaScript, Language::TypeScript, Language::Tsx],
    &[Language::Java],
    &[Language::Go],
];

/// The rules of every language.
pub(super) struct Kits {
    enabled: Enabled,
    kits: [OnceLock<Kit>; FAMILIES.len()],
    none: Kit,
}

impl Kits {
    pub(super) fn new(enabled: Enabled) -> Self {
        Self {
            enabled,
            kits: Default::default(),
            none: Kit::default(),
        }
    }

    pub(super) const fn families() -> [&'static [Language]; FAMILIES.len()] {
        FAMILIES
    }

    /// The rules of a language.
    pub(super) fn of(&self, language: Language) -> &Kit {
        let family = FAMILIES.iter().position(|family| family.contains(&language));
        let place = family.and_then(|at| Some((FAMILIES.get(at)?, self.kits.get(at)?)));
        place.map_or(&self.none, |(family, kit)| {
            kit.get_or_init(|| Kit::of(family, &self.enabled))
        })
    }
}

/// A rule of patterns, and what is known of it.
pub(super) struct PatternRule {
    pub(super) rule: Rule,
    pub(super) about: &'static CodeRule,
}

/// The rules of one family of languages.
#[derive(Default)]
pub(super) struct Kit {
    pub(super) patterns: Vec<PatternRule>,
    pub(super) flow: FlowRules,
    flow_rules: Vec<&'static CodeRule>,
    pub(super) models: Models,
    pub(super) regexes: Regexes,
    paths: HashMap<&'static str, (PathGlobs, PathGlobs)>,
}

impl Kit {
    fn of(family: &[Language], enabled: &Enabled) -> Self {
        let names: Vec<&str> = family.iter().map(|language| language.name()).collect();
        let fits = |rule: &&'static CodeRule| {
            enabled.has(&rule.id) && rule.languages.iter().any(|name| names.contains(&name.as_str()))
        };
        let rules: Vec<&'static CodeRule> = builtin::code_rules().iter().filter(fits).collect();
        let patterns = rules.iter().filter_map(|about| {
            // That every built-in rule runs is what its tests say.
            let rule = pattern_rule(about).ok().flatten()?;
            Some(PatternRule { rule, about })
        });
        let flow_rules: Vec<&'static CodeRule> =
            rules.iter().copied().filter(|rule| rule.flow.is_some()).collect();
        Self {
            patterns: patterns.collect(),
            flow: FlowRules::of(flow_rules.iter().copied()),
            models: family.first().map_or_else(Models::default, |&language| {
                Models::of(language, builtin::libraries())
            }),
            regexes: Regexes::default(),
            paths: flow_rules
                .iter()
                .filter_map(|rule| Some((rule.id.as_str(), globs(rule)?)))
                .collect(),
            flow_rules,
        }
    }

    /// The rule of flow of this number.
    pub(super) fn flow_rule(&self, number: usize) -> Option<&'static CodeRule> {
        self.flow_rules.get(number).copied()
    }

    /// Whether a rule of flow judges a file of this path.
    pub(super) fn looks_at(&self, rule: &CodeRule, path: &str) -> bool {
        self.paths.get(rule.id.as_str()).is_none_or(|(include, exclude)| {
            (rule.paths.include.is_empty() || include.matches(path)) && !exclude.matches(path)
        })
    }
}

fn globs(rule: &CodeRule) -> Option<(PathGlobs, PathGlobs)> {
    if rule.paths.include.is_empty() && rule.paths.exclude.is_empty() {
        return None;
    }
    Some((
        PathGlobs::new(&rule.paths.include).ok()?,
        PathGlobs::new(&rule.paths.exclude).ok()?,
    ))
}
