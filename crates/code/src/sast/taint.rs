//! Rules about data: what their patterns match becomes marks on nodes, which `bartizan-flow` follows.
//!
//! In: the taint rules of one run and one file. Out: for each rule the sinks that tainted data gets to. The meaning is that of Semgrep's taint
//! mode: <https://semgrep.dev/docs/writing-rules/data-flow/taint-mode/overview>.

use super::library::containers;
use super::pattern::{Bound, Env, Facts, Options, same};
use super::semgrep::{Formula, Hit, Outcome, Scene, SideEffect, Taint, evaluate};
use bartizan_flow::{
    File, Label, Limits, Marks, Parts, Propagator, Requires, Rule as FlowRule, RuleId, Sanitizer, Sink,
    Source, analyse,
};
use bartizan_syntax::{Kind, NodeId, Span};
use std::collections::{BTreeMap, BTreeSet};

/// Where a rule marks sinks and sources: the places that it means, by the nodes that stand for them.
type Places = BTreeMap<NodeId, Vec<(Span, Env)>>;

/// The labels of one rule, by their places.
#[derive(Debug, Default)]
struct Labels(Vec<String>);

impl Labels {
    fn of(taint: &Taint) -> Self {
        let mut names = BTreeSet::new();
        names.extend(taint.sources.iter().filter_map(|source| source.label.clone()));
        names.extend(taint.propagators.iter().filter_map(|one| one.label.clone()));
        Self(names.into_iter().collect())
    }

    fn number(&self, name: &str) -> Option<Label> {
        let place = self.0.iter().position(|known| known == name)?;
        u8::try_from(place).ok().map(Label)
    }

    /// A condition on labels; none where it cannot be read.
    fn requires(&self, text: &str) -> Option<Requires> {
        let padded = text.replace('(', " ( ").replace(')', " ) ");
        let words: Vec<&str> = padded.split_whitespace().collect();
        let mut at = 0;
        let condition = self.any(&words, &mut at, 0)?;
        (at == words.len()).then_some(condition)
    }

    fn any(&self, words: &[&str], at: &mut usize, depth: usize) -> Option<Requires> {
        let mut all = vec![self.all(words, at, depth)?];
        while words.get(*at) == Some(&"or") {
            *at += 1;
            all.push(self.all(words, at, depth)?);
        }
        Some(if all.len() == 1 {
            all.pop()?
        } else {
            Requires::Any(all)
        })
    }

    fn all(&self, words: &[&str], at: &mut usize, depth: usize) -> Option<Requires> {
        let mut all = vec![self.one(words, at, depth)?];
        while words.get(*at) == Some(&"and") {
            *at += 1;
            all.push(self.one(words, at, depth)?);
        }
        Some(if all.len() == 1 {
            all.pop()?
        } else {
            Requires::All(all)
        })
    }

    fn one(&self, words: &[&str], at: &mut usize, depth: usize) -> Option<Requires> {
        if depth > 32 {
            return None;
        }
        let word = *words.get(*at)?;
        *at += 1;
        match word {
            "not" => Some(Requires::Not(Box::new(self.one(words, at, depth + 1)?))),
            "(" => {
                let inner = self.any(words, at, depth + 1)?;
                (words.get(*at) == Some(&")")).then_some(())?;
                *at += 1;
                Some(inner)
            }
            // A label that nothing has is never there.
            name => Some(
                self.number(name)
                    .map_or_else(|| Requires::Any(Vec::new()), Requires::Label),
            ),
        }
    }
}

/// Why a rule cannot be followed; none where it can.
#[must_use]
pub fn refusal(taint: &Taint) -> Option<String> {
    let labels = Labels::of(taint);
    let sources = taint.sources.iter().filter_map(|one| one.requires.as_ref());
    let sinks = taint.sinks.iter().filter_map(|one| one.requires.as_ref());
    let propagators = taint.propagators.iter().filter_map(|one| one.requires.as_ref());
    if let Some(text) = sources
        .chain(sinks)
        .chain(propagators)
        .find(|text| labels.requires(text).is_none())
    {
        return Some(format!("`requires: {text}` is not supported"));
    }
    if labels.0.len() > 8 {
        return Some("it has more than 8 labels".to_owned());
    }
    if taint
        .sources
        .iter()
        .any(|source| source.by_side_effect == SideEffect::Only)
    {
        return Some("`by-side-effect: only` is not supported".to_owned());
    }
    if taint.propagators.iter().any(|one| !one.replace_labels.is_empty()) {
        return Some("`replace-labels` is not supported".to_owned());
    }
    if taint.options.safe_booleans != taint.options.safe_numbers {
        return Some("`taint_assume_safe_booleans` without `taint_assume_safe_numbers`, or the other way round, is not supported".to_owned());
    }
    if taint.options.only_assignments {
        return Some("`taint_only_propagate_through_assignments` is not supported".to_owned());
    }
    None
}

/// What one rule marks in a file.
struct Marker<'a> {
    scene: &'a Scene<'a>,
    marks: &'a mut Marks,
    rule: RuleId,
    labels: Labels,
    cut: bool,
}

/// Runs taint rules over one file; an outcome for each rule.
#[must_use]
pub fn run(rules: &[&Taint], scenes: &[Scene<'_>], path: &str, facts: &Facts<'_>) -> Vec<Outcome> {
    let mut marks = Marks::default();
    let mut flow_rules = Vec::with_capacity(rules.len());
    let mut sinks: Vec<Places> = Vec::with_capacity(rules.len());
    let mut sources: Vec<Places> = Vec::with_capacity(rules.len());
    let mut outcomes: Vec<Outcome> = Vec::with_capacity(rules.len());
    for (index, (taint, scene)) in rules.iter().zip(scenes).enumerate() {
        let labels = Labels::of(taint);
        flow_rules.push(FlowRule {
            labels: u8::try_from(labels.0.len()).unwrap_or(u8::MAX),
            safe_calls: taint.options.safe_functions,
            safe_indices: taint.options.safe_indexes,
            safe_comparisons: taint.options.safe_comparisons || taint.options.safe_booleans,
            safe_scalars: taint.options.safe_booleans && taint.options.safe_numbers,
            ..FlowRule::default()
        });
        let mut marker = Marker {
            scene,
            marks: &mut marks,
            rule: RuleId(u32::try_from(index).unwrap_or(u32::MAX)),
            labels,
            cut: false,
        };
        let (own_sources, own_sinks) = (marker.sources(taint), marker.sinks(taint));
        marker.sinks_that_are_sources(taint, &own_sources);
        marker.sanitizers(taint, &[&own_sources, &own_sinks]);
        sources.push(own_sources);
        sinks.push(own_sinks);
        marker.propagators(taint);
        outcomes.push(Outcome {
            hits: Vec::new(),
            cut: marker.cut,
        });
    }
    let file = File {
        path,
        ast: facts.ast,
        marks: &marks,
        is_asked: true,
    };
    let library = containers(facts.ast.language());
    let found = analyse(&[file], &flow_rules, library, &Limits::default());
    for finding in &found.findings {
        let index = finding.rule.0 as usize;
        let (Some(outcome), Some(taint)) = (outcomes.get_mut(index), rules.get(index)) else {
            continue;
        };
        let options = scenes.get(index).map(|scene| scene.options).unwrap_or_default();
        let origins = sources.get(index).and_then(|places| places.get(&finding.source));
        for (span, env) in sinks
            .get(index)
            .and_then(|places| places.get(&finding.sink))
            .into_iter()
            .flatten()
        {
            let unified = !taint.options.unify_metavariables
                || origins.is_none_or(|origins| {
                    origins
                        .iter()
                        .any(|(_, origin)| unify(facts, options, origin, env))
                });
            if unified {
                outcome.hits.push(Hit {
                    span: *span,
                    node: Some(finding.sink),
                    env: env.clone(),
                    role: super::semgrep::Role::Plain,
                    steps: finding.steps.clone(),
                });
            }
        }
    }
    for outcome in &mut outcomes {
        outcome.hits.sort_by_key(|hit| (hit.span.start, hit.span.end));
        outcome.hits.dedup_by(|one, other| one.span == other.span);
        outcome.cut |= !found.limited.is_empty();
    }
    outcomes
}

/// Whether metavariables that both have stand for the same.
fn unify(facts: &Facts<'_>, options: Options, left: &Env, right: &Env) -> bool {
    left.iter().all(|(name, bound)| {
        right
            .get(name)
            .is_none_or(|other| same(facts, options, bound, other))
    })
}

impl Marker<'_> {
    fn hits(&mut self, formula: &Formula) -> Vec<Hit> {
        let outcome = evaluate(formula, self.scene);
        self.cut |= outcome.cut;
        outcome.hits
    }

    fn requires(&self, text: Option<&String>) -> Option<Requires> {
        text.and_then(|text| self.labels.requires(text))
    }

    fn sources(&mut self, taint: &Taint) -> Places {
        let mut places = Places::new();
        for source in &taint.sources {
            let label = source
                .label
                .as_deref()
                .and_then(|name| self.labels.number(name))
                .unwrap_or_default();
            for hit in self.hits(&source.formula) {
                let whole = self.nodes(&hit);
                let parts = if source.exact {
                    Vec::new()
                } else {
                    self.within(hit.span)
                };
                let parts = parts
                    .into_iter()
                    .filter(|part| !whole.contains(part))
                    .map(|node| (node, false));
                let nodes: Vec<(NodeId, bool)> =
                    whole.iter().map(|&node| (node, true)).chain(parts).collect();
                for (node, itself) in nodes {
                    places.entry(node).or_default().push((hit.span, hit.env.clone()));
                    self.marks.source(
                        node,
                        Source {
                            rule: self.rule,
                            label,
                            requires: self.requires(source.requires.as_ref()),
                            by_side_effect: itself && source.by_side_effect == SideEffect::Yes,
                        },
                    );
                }
            }
        }
        places
    }

    fn sinks(&mut self, taint: &Taint) -> Places {
        let mut places = Places::new();
        for sink in &taint.sinks {
            // What a metavariable stands for is a value; another call that a pattern matches is what data is handed to.
            let is_value = !sink.formula.focus.is_empty();
            for hit in self.hits(&sink.formula) {
                for node in self.nodes(&hit) {
                    places.entry(node).or_default().push((hit.span, hit.env.clone()));
                    let is_call = self.scene.facts.ast.kind(node) == Kind::Call;
                    let value = (is_value && is_call).then_some(Parts::Value);
                    for parts in std::iter::once(Parts::All).chain(value) {
                        self.marks.sink(
                            node,
                            Sink {
                                rule: self.rule,
                                requires: self.requires(sink.requires.as_ref()),
                                parts,
                            },
                        );
                    }
                }
            }
        }
        places
    }

    /// A sink that is a source itself is reached by what it gives.
    fn sinks_that_are_sources(&mut self, taint: &Taint, sources: &Places) {
        for sink in &taint.sinks {
            for hit in self.hits(&sink.formula) {
                for node in self.nodes(&hit) {
                    if sources.contains_key(&node) && self.scene.facts.ast.kind(node) == Kind::Call {
                        self.marks.sink(
                            node,
                            Sink {
                                rule: self.rule,
                                requires: self.requires(sink.requires.as_ref()),
                                parts: Parts::Value,
                            },
                        );
                    }
                }
            }
        }
    }

    fn sanitizers(&mut self, taint: &Taint, others: &[&Places]) {
        let taken: BTreeSet<Span> = others
            .iter()
            .flat_map(|places| places.values().flatten())
            .map(|(span, _)| *span)
            .collect();
        for sanitizer in &taint.sanitizers {
            for hit in self.hits(&sanitizer.formula) {
                if sanitizer.not_conflicting && taken.contains(&hit.span) {
                    continue;
                }
                let mut nodes = self.nodes(&hit);
                if !sanitizer.exact {
                    nodes.extend(self.within(hit.span));
                }
                nodes.sort_unstable();
                nodes.dedup();
                for node in nodes {
                    self.marks.sanitizer(
                        node,
                        Sanitizer {
                            rule: self.rule,
                            by_side_effect: sanitizer.by_side_effect,
                        },
                    );
                }
            }
        }
    }

    fn propagators(&mut self, taint: &Taint) {
        for propagator in &taint.propagators {
            for hit in self.hits(&propagator.formula) {
                let nodes = |name: &str| match hit.env.get(name) {
                    Some(Bound::Node(node)) => vec![*node],
                    Some(Bound::Nodes(nodes)) => nodes.to_vec(),
                    _ => Vec::new(),
                };
                let Some(&to) = nodes(&propagator.to).first() else {
                    continue;
                };
                let anchor = self.nodes(&hit).into_iter().next().unwrap_or(to);
                for from in nodes(&propagator.from) {
                    self.marks.propagator(
                        anchor,
                        Propagator {
                            rule: self.rule,
                            from,
                            to,
                            requires: self.requires(propagator.requires.as_ref()),
                            label: propagator
                                .label
                                .as_deref()
                                .and_then(|name| self.labels.number(name)),
                        },
                    );
                }
            }
        }
    }

    /// The nodes that stand for a place: the node itself, or what is evaluated in the statements.
    fn nodes(&self, hit: &Hit) -> Vec<NodeId> {
        let (facts, ast) = (self.scene.facts, self.scene.facts.ast);
        if let Some(node) = hit.node
            && ast.span(node) == hit.span
            && (facts.is_expression(node) || is_named(ast.kind(node)))
        {
            return vec![node];
        }
        let mut outermost = Vec::new();
        let mut walk = vec![NodeId::ROOT];
        while let Some(at) = walk.pop() {
            let span = ast.span(at);
            if span.end <= hit.span.start || hit.span.end <= span.start {
                continue;
            }
            if hit.span.holds(span) && facts.is_expression(at) && ast.kind(at) != Kind::Other {
                outermost.push(at);
            } else {
                walk.extend(ast.children(at).iter().rev());
            }
        }
        outermost
    }

    /// Every expression within a place.
    fn within(&self, span: Span) -> Vec<NodeId> {
        let (facts, ast) = (self.scene.facts, self.scene.facts.ast);
        let mut found = Vec::new();
        let mut walk = vec![NodeId::ROOT];
        while let Some(at) = walk.pop() {
            let here = ast.span(at);
            if here.end <= span.start || span.end <= here.start {
                continue;
            }
            if span.holds(here) && facts.is_expression(at) {
                found.push(at);
            }
            walk.extend(ast.children(at).iter().rev());
        }
        found
    }
}

/// Whether a node that is no expression stands for a value all the same: a name that is declared.
const fn is_named(kind: Kind) -> bool {
    matches!(kind, Kind::Name | Kind::Param)
}
