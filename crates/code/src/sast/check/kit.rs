//! The rules of one language, made ready once a file of it is seen.

use super::needs::Needs;
use crate::sast::around::NotAround;
use crate::sast::library::{FlowRules, Models};
use crate::sast::pattern::Regexes;
use crate::sast::rules::proven_rule;
use crate::sast::semgrep::Rule;
use bartizan_content::flow::Library;
use bartizan_content::{CodeRule, builtin};
use bartizan_engine::globs::PathGlobs;
use bartizan_engine::rule::Enabled;
use bartizan_syntax::Language;
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::OnceLock;

/// Languages whose files call one another, and are judged together.
const FAMILIES: [&[Language]; 13] = [
    &[Language::Python],
    &[Language::JavaScript, Language::TypeScript, Language::Tsx],
    &[Language::Java],
    &[Language::Go],
    &[Language::Ruby],
    &[Language::Php],
    &[Language::CSharp],
    &[Language::Kotlin],
    &[Language::Rust],
    &[Language::C],
    &[Language::Cpp],
    &[Language::Scala],
    &[Language::Bash],
];

/// What people know besides what is built in.
#[derive(Debug, Clone, Default)]
pub struct OwnCode {
    /// Rules. Each of patterns must run ([`pattern_rule`]).
    pub rules: Vec<CodeRule>,
    /// Models of libraries.
    pub libraries: Vec<Library>,
}

/// The rules of every language.
pub(super) struct Kits {
    enabled: Enabled,
    own: OwnCode,
    kits: [OnceLock<Kit>; FAMILIES.len()],
    none: Kit,
}

impl Kits {
    pub(super) fn new(enabled: Enabled, own: OwnCode) -> Self {
        Self {
            enabled,
            own,
            kits: Default::default(),
            none: Kit::default(),
        }
    }

    pub(super) const fn families() -> [&'static [Language]; FAMILIES.len()] {
        FAMILIES
    }

    /// Every rule in force.
    pub(super) fn rules(&self) -> impl Iterator<Item = &CodeRule> {
        let rules = builtin::code_rules().iter().chain(&self.own.rules);
        rules.filter(|rule| self.enabled.has(&rule.id))
    }

    /// The rules of a language.
    pub(super) fn of(&self, language: Language) -> &Kit {
        let family = FAMILIES.iter().position(|family| family.contains(&language));
        let place = family.and_then(|at| Some((FAMILIES.get(at)?, self.kits.get(at)?)));
        place.map_or(&self.none, |(family, kit)| {
            kit.get_or_init(|| Kit::of(family, &self.enabled, &self.own))
        })
    }
}

/// A rule of patterns, and what is known of it. It is made ready once a file is seen that it can find something in.
pub(super) struct PatternRule {
    pub(super) about: Cow<'static, CodeRule>,
    pub(super) not_around: NotAround,
    /// None of a rule that is not built in, which is made ready in any case
    needs: Option<Needs>,
    rule: OnceLock<Option<Rule>>,
}

impl PatternRule {
    fn of(about: Cow<'static, CodeRule>) -> Self {
        Self {
            needs: match &about {
                Cow::Borrowed(about) => Some(Needs::of(about)),
                Cow::Owned(_) => None,
            },
            not_around: NotAround::of(&about),
            about,
            rule: OnceLock::new(),
        }
    }

    /// The rule, made ready; none where it can find nothing in a file of these words.
    pub(super) fn ready_for(&self, words: &HashSet<&str>) -> Option<&Rule> {
        if self.needs.as_ref().is_some_and(|needs| !needs.are_met(words)) {
            return None;
        }
        self.rule.get_or_init(|| proven_rule(&self.about)).as_ref()
    }
}

/// The rules of one family of languages.
#[derive(Default)]
pub(super) struct Kit {
    pub(super) patterns: Vec<PatternRule>,
    pub(super) flow: FlowRules,
    flow_rules: Vec<(Cow<'static, CodeRule>, NotAround)>,
    pub(super) models: Models,
    pub(super) regexes: Regexes,
    paths: HashMap<String, (PathGlobs, PathGlobs)>,
}

impl Kit {
    fn of(family: &[Language], enabled: &Enabled, own: &OwnCode) -> Self {
        let names: Vec<&str> = family.iter().map(|language| language.name()).collect();
        let fits = |rule: &Cow<'static, CodeRule>| {
            enabled.has(&rule.id) && rule.languages.iter().any(|name| names.contains(&name.as_str()))
        };
        let rules = builtin::code_rules().iter().map(Cow::Borrowed);
        let rules = rules.chain(own.rules.iter().map(|rule| Cow::Owned(rule.clone())));
        let rules: Vec<Cow<'static, CodeRule>> = rules.filter(fits).collect();
        let flow_rules: Vec<(Cow<'static, CodeRule>, NotAround)> = rules
            .iter()
            .filter(|rule| rule.flow.is_some())
            .map(|rule| (rule.clone(), NotAround::of(rule)))
            .collect();
        Self {
            patterns: rules
                .iter()
                .filter(|rule| rule.flow.is_none())
                .map(|rule| PatternRule::of(rule.clone()))
                .collect(),
            flow: FlowRules::of(flow_rules.iter().map(|(rule, _)| rule.as_ref())),
            // Without a rule of flow nobody asks what libraries do.
            models: family
                .first()
                .filter(|_| !flow_rules.is_empty())
                .map_or_else(Models::default, |&language| {
                    Models::of(language, builtin::libraries().iter().chain(&own.libraries))
                }),
            regexes: Regexes::default(),
            paths: flow_rules
                .iter()
                .filter_map(|(rule, _)| Some((rule.id.clone(), globs(rule)?)))
                .collect(),
            flow_rules,
        }
    }

    /// The rule of flow of this number.
    pub(super) fn flow_rule(&self, number: usize) -> Option<(&CodeRule, &NotAround)> {
        let (rule, not_around) = self.flow_rules.get(number)?;
        Some((rule, not_around))
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
