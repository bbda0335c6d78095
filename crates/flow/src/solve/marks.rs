//! The marks of all files, with rules as sets of slots.
//!
//! A rule has a slot for each label. Only rules that have both a source and a sink anywhere get one: nothing can be found for others.

use std::collections::BTreeMap;

use bartizan_syntax::NodeId;

use crate::model::{Parts, Requires, Rule, RuleId};
use crate::program::{FileId, Program};
use crate::table::{Map, small};
use crate::values::{RuleSets, Slots};

/// What rules say of one node.
#[derive(Clone, Debug, Default)]
pub(crate) struct NodeRules {
    pub(crate) sources: Vec<SourceRule>,
    pub(crate) sinks: Vec<SinkRule>,
    /// Slots that are clean after it
    pub(crate) cleans: Slots2,
    pub(crate) propagators: Vec<Option<PropagatorRule>>,
}

/// Slots of a value, and of the variable that the node names.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Slots2 {
    pub(crate) value: Option<Slots>,
    pub(crate) place: Option<Slots>,
}

#[derive(Clone, Debug)]
pub(crate) struct SourceRule {
    pub(crate) slots: Slots,
    pub(crate) by_side_effect: bool,
    pub(crate) requires: Option<(u32, Requires)>,
}

#[derive(Clone, Debug)]
pub(crate) struct SinkRule {
    pub(crate) parts: Parts,
    pub(crate) slots: Slots,
    /// Labels that must be there, and the first slot of their rule
    pub(crate) requires: Option<(u32, Requires)>,
}

#[derive(Clone, Debug)]
pub(crate) struct PropagatorRule {
    pub(crate) slots: Slots,
    pub(crate) requires: Option<(u32, Requires)>,
    /// The slot that taint has afterwards
    pub(crate) label: Option<u32>,
}

/// The marks of all files.
#[derive(Debug)]
pub(crate) struct Compiled {
    nodes: Map<(FileId, NodeId), NodeRules>,
    /// The rule of each slot
    pub(crate) rule_of: Vec<RuleId>,
    /// The slots of rules for which taint goes through functions that are not known
    pub(crate) through_calls: Slots,
    pub(crate) through_indices: Slots,
    pub(crate) through_comparisons: Slots,
    pub(crate) through_scalars: Slots,
    pub(crate) between_calls: Slots,
    /// Texts without which a value is clean, and for which slots
    pub(crate) harmless_without: Vec<(String, Slots)>,
}

/// Slots by rule: the first, and how many.
type Places = Vec<Option<(u32, u32)>>;

/// Which rules are followed at all, and how many slots they take.
pub(crate) fn count_slots(program: &Program<'_>, rules: &[Rule]) -> (Vec<Option<(u32, u32)>>, usize) {
    let mut has = vec![(false, false); rules.len()];
    for file in &program.files {
        for (_, marks) in file.marks.iter() {
            for source in &marks.sources {
                if let Some(has) = has.get_mut(source.rule.0 as usize) {
                    has.0 = true;
                }
            }
            for sink in &marks.sinks {
                if let Some(has) = has.get_mut(sink.rule.0 as usize) {
                    has.1 = true;
                }
            }
        }
    }
    let mut next = 0;
    let places = rules
        .iter()
        .zip(has)
        .map(|(rule, (source, sink))| {
            (source && sink).then(|| {
                let first = next;
                let count = u32::from(rule.labels.max(1));
                next += count;
                (first, count)
            })
        })
        .collect();
    (places, next as usize)
}

impl Compiled {
    pub(crate) fn new(program: &Program<'_>, rules: &[Rule], places: &Places, sets: &mut RuleSets) -> Self {
        let mut rule_of = Vec::new();
        for (number, place) in places.iter().enumerate() {
            if let Some((_, count)) = place {
                rule_of.extend((0..*count).map(|_| RuleId(small(number))));
            }
        }
        let mut through = |safe: fn(&Rule) -> bool| {
            let slots = rules
                .iter()
                .zip(places)
                .filter(|(rule, _)| !safe(rule))
                .filter_map(|(_, place)| *place)
                .flat_map(|(first, count)| first..first + count);
            sets.of(slots)
        };
        let through_calls = through(|rule| rule.safe_calls);
        let through_indices = through(|rule| rule.safe_indices);
        let through_comparisons = through(|rule| rule.safe_comparisons);
        let through_scalars = through(|rule| rule.safe_scalars);
        let between_calls = through(|rule| rule.safe_between_calls);
        let mut harmless: BTreeMap<String, Vec<u32>> = BTreeMap::new();
        for (rule, place) in rules.iter().zip(places) {
            let Some((first, count)) = place else {
                continue;
            };
            for text in &rule.harmless_without {
                harmless
                    .entry(text.clone())
                    .or_default()
                    .extend(*first..first + count);
            }
        }
        let harmless_without = harmless
            .into_iter()
            .map(|(text, slots)| (text, sets.of(slots)))
            .collect();
        let mut compiled = Self {
            nodes: Map::default(),
            rule_of,
            through_calls,
            through_indices,
            through_comparisons,
            through_scalars,
            between_calls,
            harmless_without,
        };
        for (index, file) in program.files.iter().enumerate() {
            for (node, marks) in file.marks.iter() {
                let rules = compile(marks, places, sets);
                compiled.nodes.insert((FileId::at(index), node), rules);
            }
        }
        compiled
    }

    pub(crate) fn of(&self, file: FileId, node: NodeId) -> Option<&NodeRules> {
        self.nodes.get(&(file, node))
    }
}

fn compile(marks: &crate::model::NodeMarks, places: &Places, sets: &mut RuleSets) -> NodeRules {
    let place = |rule: RuleId| places.get(rule.0 as usize).copied().flatten();
    let mut rules = NodeRules::default();
    for side in [false, true] {
        let plain = marks
            .sources
            .iter()
            .filter(|source| source.by_side_effect == side && source.requires.is_none());
        let slots: Vec<u32> = plain
            .filter_map(|source| Some(place(source.rule)?.0 + u32::from(source.label.0)))
            .collect();
        if !slots.is_empty() {
            rules.sources.push(SourceRule {
                slots: sets.of(slots),
                by_side_effect: side,
                requires: None,
            });
        }
    }
    for source in &marks.sources {
        if let (Some((first, _)), Some(requires)) = (place(source.rule), &source.requires) {
            rules.sources.push(SourceRule {
                slots: sets.of([first + u32::from(source.label.0)]),
                by_side_effect: source.by_side_effect,
                requires: Some((first, requires.clone())),
            });
        }
    }
    for sink in &marks.sinks {
        let Some((first, count)) = place(sink.rule) else {
            continue;
        };
        let slots = sets.of(first..first + count);
        if let Some(requires) = &sink.requires {
            rules.sinks.push(SinkRule {
                parts: sink.parts,
                slots,
                requires: Some((first, requires.clone())),
            });
            continue;
        }
        let same = |known: &&mut SinkRule| known.parts == sink.parts && known.requires.is_none();
        match rules.sinks.iter_mut().find(same) {
            Some(known) => known.slots = sets.union(known.slots, slots),
            None => rules.sinks.push(SinkRule {
                parts: sink.parts,
                slots,
                requires: None,
            }),
        }
    }
    for sanitizer in &marks.sanitizers {
        let Some((first, count)) = place(sanitizer.rule) else {
            continue;
        };
        let slots = sets.of(first..first + count);
        let value = rules.cleans.value.unwrap_or(Slots::NONE);
        rules.cleans.value = Some(sets.union(value, slots));
        if sanitizer.by_side_effect {
            let place = rules.cleans.place.unwrap_or(Slots::NONE);
            rules.cleans.place = Some(sets.union(place, slots));
        }
    }
    for propagator in &marks.propagators {
        rules
            .propagators
            .push(place(propagator.rule).map(|(first, count)| PropagatorRule {
                slots: sets.of(first..first + count),
                requires: propagator.requires.clone().map(|requires| (first, requires)),
                label: propagator.label.map(|label| first + u32::from(label.0)),
            }));
    }
    rules
}
