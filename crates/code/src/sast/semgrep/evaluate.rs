//! Evaluates the formulas of rules over one file.
//!
//! In: a formula and a file as [`Scene`]. Out: the places that it means. Each pattern of a rule is searched once a file.

use super::generic::Words;
use super::ranges::{Role, dedup, difference, intersection};
use super::rule::{Condition, Formula, FormulaKind, Inner, Leaf};
use crate::sast::pattern::{Bound, Constant, Env, Facts, Found, Options, Regexes, search};
use bartizan_syntax::{Kind, Language, NodeId, Span, parse};
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::sync::Arc;

pub use super::ranges::Hit;

/// Matches of one regular expression in one file, at most.
const TEXT_MATCHES: usize = 10_000;
/// Pairs of places that are compared for one operator, at most.
const PAIRS: usize = 20_000_000;
/// Files within files that are read for `metavariable-pattern`, at most within each other.
const INNER: usize = 3;

/// What patterns found below a node, or in all of the file; patterns by where they stand in memory.
type Searched = HashMap<(usize, Option<NodeId>), Arc<Found>>;

/// One file that formulas are evaluated over.
#[derive(Debug)]
pub struct Scene<'a> {
    /// Its tree and what is known of it; for files that are only text, an empty tree.
    pub facts: &'a Facts<'a>,
    /// The language of the tree; none for text.
    pub language: Option<Language>,
    /// What counts as equal.
    pub options: Options,
    /// Regular expressions, compiled once.
    pub regexes: &'a Regexes,
    /// What patterns found, by where they stand in memory.
    searched: RefCell<Searched>,
    cut: Cell<bool>,
    depth: usize,
}

/// What a formula means, and whether that is all.
#[derive(Debug, Default)]
pub struct Outcome {
    /// The places in the order of the text.
    pub hits: Vec<Hit>,
    /// Whether a bound was reached, so that places can be missing.
    pub cut: bool,
}

/// The part of a file that is looked at.
#[derive(Clone, Copy, Debug)]
struct Part<'a> {
    node: Option<NodeId>,
    span: Option<Span>,
    env: Option<&'a Env>,
}

/// The places that a formula means.
#[must_use]
pub fn evaluate(formula: &Formula, scene: &Scene<'_>) -> Outcome {
    let whole = Part {
        node: None,
        span: None,
        env: None,
    };
    let hits = scene.formula(formula, whole);
    Outcome {
        hits: dedup(hits),
        cut: scene.cut.get(),
    }
}

impl<'a> Scene<'a> {
    /// A file.
    #[must_use]
    pub fn new(
        facts: &'a Facts<'a>,
        language: Option<Language>,
        options: Options,
        regexes: &'a Regexes,
    ) -> Self {
        Self {
            facts,
            language,
            options,
            regexes,
            searched: RefCell::default(),
            cut: Cell::new(false),
            depth: 0,
        }
    }

    fn formula(&self, formula: &Formula, part: Part<'_>) -> Vec<Hit> {
        let mut hits = self.kind(&formula.kind, part);
        for condition in &formula.conditions {
            hits = hits
                .into_iter()
                .flat_map(|hit| self.condition(condition, hit))
                .collect();
        }
        self.focused(hits, &formula.focus)
    }

    fn kind(&self, kind: &FormulaKind, part: Part<'_>) -> Vec<Hit> {
        match kind {
            FormulaKind::Code(leaf) => self.code(leaf, part),
            FormulaKind::Text(regex) => self.text(regex, part),
            FormulaKind::Generic(words) => self.generic(words, part),
            FormulaKind::Inside(inner) => {
                let mut hits = self.formula(inner, part);
                hits.iter_mut().for_each(|hit| hit.role = Role::Inside);
                hits
            }
            FormulaKind::Either(all) => all.iter().flat_map(|one| self.formula(one, part)).collect(),
            FormulaKind::All(all, none) => self.all(all, none, part),
        }
    }

    fn all(&self, all: &[Formula], none: &[Formula], part: Part<'_>) -> Vec<Hit> {
        let (outer, plain): (Vec<&Formula>, Vec<&Formula>) = all.iter().partition(|one| is_inside(one));
        let mut hits: Option<Vec<Hit>> = None;
        for one in plain.into_iter().chain(outer) {
            let found = self.formula(one, part);
            hits = Some(match hits {
                None => found,
                Some(hits) => {
                    let found = self.comparable(&hits, found);
                    intersection(self.facts, self.options, &hits, &found)
                }
            });
            if hits.as_ref().is_some_and(Vec::is_empty) {
                return Vec::new();
            }
        }
        let mut hits = match hits {
            Some(hits) => hits,
            // Only exclusions: within `metavariable-pattern` they are of the metavariable itself.
            None => part.span.map_or_else(Vec::new, |span| {
                vec![Hit {
                    span,
                    node: part.node,
                    env: part.env.cloned().unwrap_or_default(),
                    role: Role::Plain,
                    steps: Vec::new(),
                }]
            }),
        };
        for one in none {
            if hits.is_empty() {
                break;
            }
            let removed = self.comparable(&hits, self.formula(one, part));
            hits = difference(self.facts, self.options, hits, &removed);
        }
        hits
    }

    /// As many places as can be compared with the others within the bound.
    fn comparable(&self, others: &[Hit], mut hits: Vec<Hit>) -> Vec<Hit> {
        let most = PAIRS / others.len().max(1);
        if hits.len() > most {
            self.cut.set(true);
            hits.truncate(most);
        }
        hits
    }

    fn code(&self, leaf: &Leaf, part: Part<'_>) -> Vec<Hit> {
        let Some(language) = self.language else {
            return Vec::new();
        };
        let Ok(pattern) = leaf.pattern(language) else {
            return Vec::new();
        };
        let key = (std::ptr::from_ref(leaf).addr(), part.node);
        let known = self.searched.borrow().get(&key).cloned();
        let found = known.unwrap_or_else(|| {
            let found = Arc::new(search(pattern, self.facts, self.options, part.node));
            self.searched.borrow_mut().insert(key, Arc::clone(&found));
            found
        });
        self.cut.set(self.cut.get() || found.cut);
        let hits = found.matches.iter().map(|one| Hit {
            span: one.span,
            node: Some(one.node),
            env: one.env.clone(),
            role: Role::Plain,
            steps: Vec::new(),
        });
        hits.collect()
    }

    fn text(&self, regex: &str, part: Part<'_>) -> Vec<Hit> {
        let Some(compiled) = self.regexes.get(regex) else {
            return Vec::new();
        };
        let range = part.span.map_or(0..self.facts.source.len(), Span::range);
        let Some(text) = self.facts.source.get(range.clone()) else {
            return Vec::new();
        };
        let mut hits = Vec::new();
        for captures in compiled.captures_iter(text).take(TEXT_MATCHES) {
            let Ok(captures) = captures else {
                self.cut.set(true);
                break;
            };
            let Some(whole) = captures.get(0) else {
                continue;
            };
            let place = |start: usize, end: usize| Span {
                start: u32::try_from(range.start + start).unwrap_or(u32::MAX),
                end: u32::try_from(range.start + end).unwrap_or(u32::MAX),
            };
            let mut env = Env::default();
            for (index, name) in compiled.capture_names().enumerate().skip(1) {
                if let Some(group) = captures.get(index) {
                    let name = name.map_or_else(|| format!("${index}"), |name| format!("${name}"));
                    env = env.with(
                        &name,
                        Bound::Text(group.as_str().into(), place(group.start(), group.end())),
                    );
                }
            }
            hits.push(Hit {
                span: place(whole.start(), whole.end()),
                node: None,
                env,
                role: Role::Text,
                steps: Vec::new(),
            });
        }
        self.cut.set(self.cut.get() || hits.len() >= TEXT_MATCHES);
        hits
    }

    fn generic(&self, words: &Words, part: Part<'_>) -> Vec<Hit> {
        let range = part.span.map_or(0..self.facts.source.len(), Span::range);
        let text = self.facts.source.get(range.clone()).unwrap_or("");
        let found = words.find(text);
        let hits = found.into_iter().map(|(at, bindings)| {
            let place = |at: &std::ops::Range<usize>| Span {
                start: u32::try_from(range.start + at.start).unwrap_or(u32::MAX),
                end: u32::try_from(range.start + at.end).unwrap_or(u32::MAX),
            };
            let env = bindings.iter().fold(Env::default(), |env, (name, at)| {
                let word = text.get(at.clone()).unwrap_or("");
                env.with(name, Bound::Text(word.into(), place(at)))
            });
            Hit {
                span: place(&at),
                node: None,
                env,
                role: Role::Plain,
                steps: Vec::new(),
            }
        });
        hits.collect()
    }

    fn focused(&self, hits: Vec<Hit>, focus: &[Vec<String>]) -> Vec<Hit> {
        if focus.is_empty() {
            return hits;
        }
        let mut found = Vec::new();
        for hit in hits {
            let mut spans: Option<Vec<(Span, Option<NodeId>)>> = None;
            for names in focus {
                let bounds = names.iter().filter_map(|name| hit.env.get(name));
                let places: Vec<(Span, Option<NodeId>)> =
                    bounds.filter_map(|bound| self.place(bound)).collect();
                spans = Some(match spans {
                    None => places,
                    Some(known) => known
                        .iter()
                        .flat_map(|one| places.iter().map(move |other| (one, other)))
                        .filter_map(|(one, other)| {
                            if one.0.holds(other.0) {
                                Some(*other)
                            } else {
                                other.0.holds(one.0).then_some(*one)
                            }
                        })
                        .collect(),
                });
            }
            let within = spans
                .unwrap_or_default()
                .into_iter()
                .filter(|(span, _)| hit.span.holds(*span));
            found.extend(within.map(|(span, node)| Hit {
                span,
                node,
                ..hit.clone()
            }));
        }
        dedup(found)
    }

    fn place(&self, bound: &Bound) -> Option<(Span, Option<NodeId>)> {
        let node = match bound {
            Bound::Node(node) => Some(*node),
            Bound::Nodes(nodes) => nodes.first().copied(),
            Bound::Text(..) => None,
        };
        Some((bound.span(self.facts.ast)?, node))
    }

    /// The place again when a condition holds of it, with what the condition binds.
    fn condition(&self, condition: &Condition, hit: Hit) -> Vec<Hit> {
        match condition {
            Condition::Regex {
                metavariable,
                regex,
                constants,
            } => {
                let Some(bound) = hit.env.get(metavariable) else {
                    return Vec::new();
                };
                match self.regex_holds(bound, regex, *constants) {
                    Some(groups) => vec![Hit {
                        env: groups.joined(&hit.env),
                        ..hit
                    }],
                    None => Vec::new(),
                }
            }
            Condition::Comparison(comparison) => {
                let value = |name: &str| self.value(hit.env.get(name)?);
                let holds = comparison.holds(&value, self.regexes);
                if holds { vec![hit] } else { Vec::new() }
            }
            Condition::Type { metavariable, types } => {
                let Some(Bound::Node(node)) = hit.env.get(metavariable) else {
                    return Vec::new();
                };
                let fits = types.iter().any(|leaf| self.has_type(leaf, *node));
                if fits { vec![hit] } else { Vec::new() }
            }
            Condition::Pattern {
                metavariable,
                language,
                formula,
            } => {
                let Some(bound) = hit.env.get(metavariable) else {
                    return Vec::new();
                };
                let envs = self.inner(bound, *language, formula, &hit.env);
                envs.into_iter()
                    .map(|env| Hit {
                        env: hit.env.joined(&env),
                        ..hit.clone()
                    })
                    .collect()
            }
        }
    }

    /// The groups of an expression that matches at the beginning of what a metavariable stands for.
    fn regex_holds(&self, bound: &Bound, regex: &str, constants: bool) -> Option<Env> {
        let anchored = self.regexes.get(&format!("\\A(?:{regex})"))?;
        let text = bound.text(self.facts.ast, self.facts.source);
        let constant = match bound {
            Bound::Node(node) if constants => self.facts.values.constant(self.facts.ast, *node),
            _ => None,
        };
        let constant = constant.map(|constant| constant.to_text());
        for text in [Some(text), constant.as_deref()].into_iter().flatten() {
            if let Ok(Some(captures)) = anchored.captures(text) {
                let span = bound.span(self.facts.ast)?;
                let mut env = Env::default();
                for (index, name) in anchored.capture_names().enumerate().skip(1) {
                    if let (Some(group), Some(name)) = (captures.get(index), name) {
                        env = env.with(&format!("${name}"), Bound::Text(group.as_str().into(), span));
                    }
                }
                return Some(env);
            }
        }
        None
    }

    fn value(&self, bound: &Bound) -> Option<Constant> {
        if let Bound::Node(node) = bound
            && let Some(constant) = self.facts.values.constant(self.facts.ast, *node)
        {
            return Some(constant);
        }
        let text = bound.text(self.facts.ast, self.facts.source);
        (!text.is_empty()).then(|| Constant::Text(text.to_owned()))
    }

    fn has_type(&self, leaf: &Leaf, node: NodeId) -> bool {
        let pattern = self.language.and_then(|language| leaf.pattern(language).ok());
        pattern.is_some_and(|pattern| {
            let found = search(pattern, self.facts, self.options, Some(node));
            found.matches.iter().any(|one| one.node == node)
        })
    }

    /// What a formula binds within what a metavariable stands for; nothing when it means no place there.
    fn inner(&self, bound: &Bound, language: Option<Inner>, formula: &Formula, env: &Env) -> Vec<Env> {
        let Some((span, node)) = self.place(bound) else {
            return Vec::new();
        };
        let text = self.content(bound);
        match language {
            None => {
                let part = Part {
                    node,
                    span: Some(span),
                    env: Some(env),
                };
                let hits = self.formula(formula, part);
                let fits = hits.into_iter().filter(|hit| span.holds(hit.span));
                let envs: Vec<Env> = fits.map(|hit| hit.env).collect();
                self.agreeing(envs, env)
            }
            Some(inner) if self.depth < INNER => {
                let (language, parsed) = match inner {
                    Inner::Text | Inner::Generic => (None, parse("", Language::Python)),
                    Inner::Code(language) => (Some(language), parse(&text, language)),
                };
                let facts = Facts::new(&parsed.ast, &text, self.regexes);
                let scene = Scene {
                    depth: self.depth + 1,
                    ..Scene::new(&facts, language, self.options, self.regexes)
                };
                let whole = Span {
                    start: 0,
                    end: u32::try_from(text.len()).unwrap_or(u32::MAX),
                };
                let part = Part {
                    node: None,
                    span: Some(whole),
                    env: None,
                };
                if scene.formula(formula, part).is_empty() {
                    Vec::new()
                } else {
                    vec![Env::default()]
                }
            }
            Some(_) => {
                self.cut.set(true);
                Vec::new()
            }
        }
    }

    fn agreeing(&self, envs: Vec<Env>, env: &Env) -> Vec<Env> {
        let fits = |one: &Env| {
            one.iter().all(|(name, bound)| {
                env.get(name)
                    .is_none_or(|known| crate::sast::pattern::same(self.facts, self.options, known, bound))
            })
        };
        let mut kept: Vec<Env> = Vec::new();
        for one in envs {
            if fits(&one) && !kept.contains(&one) {
                kept.push(one);
            }
        }
        kept
    }

    /// The text of a metavariable; of a string, what is between its quotes.
    fn content(&self, bound: &Bound) -> String {
        if let Bound::Node(node) = bound
            && self.facts.ast.kind(*node) == Kind::Str
        {
            return self.facts.ast.text(*node).to_owned();
        }
        bound.text(self.facts.ast, self.facts.source).to_owned()
    }
}

fn is_inside(formula: &Formula) -> bool {
    matches!(formula.kind, FormulaKind::Inside(_))
}
